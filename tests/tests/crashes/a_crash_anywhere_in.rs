//! One test for each reference, so that they run beside each other.

use tests::references;

use super::crash_everywhere;

macro_rules! crash_in {
    ($($name:ident,)+) => {
        $(
            #[test]
            fn $name() {
                let reference = references::ALL.iter().find(|reference| reference.name == stringify!($name));
                crash_everywhere(reference.expect("a reference of that name"));
            }
        )+

        #[test]
        fn every_reference_and_at_least_thirty() {
            let tested = [$(stringify!($name)),+];
            let all: Vec<&str> = references::ALL.iter().map(|reference| reference.name).collect();
            assert_eq!(all, tested);
            assert!(tested.len() >= 30);
        }
    };
}

crash_in! {
    initial_sync,
    initial_sync_in_small_slices,
    initial_sync_with_nested_records_left_out,
    initial_sync_with_nested_records_refused,
    initial_sync_with_lagging_reads,
    initial_sync_from_lean_rows,
    initial_sync_again,
    a_company_edited_in_ac,
    a_company_edited_in_ac_empty_answers,
    a_private_person_edited_in_ac,
    a_contact_person_edited_in_ac,
    an_address_edited_in_ac,
    an_address_added_in_ac,
    an_address_added_in_ac_nothing_nested,
    a_field_emptied_in_ac,
    an_edit_in_tribe_pushed,
    an_edit_in_tribe_polled,
    an_edit_in_tribe_ac_without_etag,
    an_address_edited_in_tribe,
    a_field_emptied_in_tribe,
    one_of_two_mobiles_edited_in_tribe,
    both_mobiles_edited_in_tribe,
    the_same_field_on_both_sides,
    other_fields_on_both_sides,
    a_new_company_with_a_contact_person,
    a_contact_person_at_a_second_organisation,
    a_contact_person_moved,
    a_second_role,
    a_type_gone_and_back,
    archived_edited_and_taken_out,
    removed_in_tribe,
    removed_in_tribe_and_looked_for,
    removed_in_tribe_and_made_anew,
    removed_in_tribe_and_there_again,
    an_older_copy_of_the_store,
    the_state_lost,
    a_sweep_that_finds_what_no_stamp_shows,
    a_create_whose_answer_was_lost,
    a_create_that_was_not_sent,
    an_organisation_for_which_somebody_waits,
    a_create_in_doubt_for_which_somebody_waits,
    a_value_given_back,
    initial_sync_by_consent,
    a_login_renewed_in_a_poll,
    a_login_refused_in_a_poll,
}
