//! What every store must do, whatever keeps it: one function for each behaviour of [`Database`](super::database::Database).
//!
//! A store is tried by giving it a [`Fixture`](fixture::Fixture) and a `suite!` of its own. The one in memory is here to
//! show that nothing is asked which only SQLite can do.

mod copies;
mod deliveries;
mod fixture;
mod history;
mod keys;
mod leases;
mod logins;
mod memory;
mod offices;
mod quota;
mod removal;
mod two_at_once;

/// A test of each behaviour, for the store of that fixture.
macro_rules! suite {
    ($fixture:ty) => {
        suite! { $fixture =>
            leases {
                a_late_writer_is_refused
                nothing_that_a_late_writer_wanted_was_done
                who_never_had_a_lease_is_refused
                a_token_is_greater_than_every_one_before
                a_lease_is_one_offices_and_one_holders
                a_lease_lasts_twenty_seconds_from_each_sign_of_life
                a_lease_of_the_future_ends_too
                a_lease_that_was_given_back_is_free_at_once
                an_old_lease_that_is_given_back_takes_no_newer_one_away
                the_office_of_a_process_that_ended_is_taken_over
                a_process_that_only_enters_holds_no_office
                what_an_owner_leaves_is_given_to_the_next_one
                who_lost_a_lease_leaves_nothing
            }
            keys {
                a_value_is_read_as_it_was_written
                who_only_reads_needs_no_lease
                keys_are_one_offices_own
                a_batch_is_written_whole
                keys_come_in_pages_that_neither_repeat_nor_miss
                a_full_last_page_is_followed_by_an_empty_one_at_most
                what_one_process_wrote_another_reads
            }
            deliveries {
                a_change_waits_until_its_record_is_quiet
                a_record_that_never_rests_is_taken_after_its_longest_wait
                a_record_waits_once_however_often_it_is_delivered
                a_delivery_during_the_work_is_not_lost
                an_office_is_due_as_soon_as_one_of_its_changes_is
                a_deletion_is_remembered_whatever_comes_after_it
                what_came_while_the_clock_was_ahead_waits_for_nothing
                what_fails_again_and_again_does_not_stand_in_front
                no_more_are_given_than_were_asked_for
                nothing_waits_for_an_office_that_is_not_there
                the_oldest_delivery_is_told_of_the_offices_that_are_worked_for
            }
            history {
                runs_are_told_newest_first
                the_history_is_bounded_in_runs
                the_history_is_bounded_in_days
                what_the_runs_add_up_to_is_kept_beside_them
                what_it_adds_up_to_outlives_the_history
                nothing_is_written_down_for_an_office_that_is_not_there
            }
            offices {
                offices_keep_their_settings
                settings_that_are_given_anew_move_nothing_else
                whether_an_office_is_worked_for_is_kept_beside_its_settings
                the_schedules_interval_is_remembered
                the_proof_of_the_key_is_kept_once
                trying_to_write_leaves_everything_as_it_was
            }
            quota {
                what_an_office_holds_is_counted_with_each_write
                a_write_beyond_the_quota_is_refused_and_nothing_of_it_is_done
                what_shrinks_frees_quota_also_where_more_is_held_than_may_be
                a_full_office_keeps_no_other_from_writing
                who_is_fenced_is_told_so_before_anything_of_the_quota
                an_office_that_is_added_anew_holds_nothing
                a_copy_that_is_put_back_has_its_own_count
            }
            removal {
                nothing_is_left_of_an_office_that_is_removed
                another_office_is_untouched
                what_still_works_for_it_writes_nothing_more
                its_tokens_stay_old_when_it_is_added_anew
            }
            copies {
                a_copy_holds_all_and_the_original_goes_on
                a_copy_that_is_put_back_tells_what_it_holds
                a_copy_that_is_put_back_makes_every_token_an_old_one
                every_sealed_value_is_sealed_anew
                what_does_not_open_stays_as_it_is
            }
            logins {
                a_link_lets_one_person_in_once
                a_link_holds_until_its_time_is_over
                there_is_no_link_for_an_office_that_is_not_there
                a_session_ends_when_the_end_of_its_link_comes
                who_enters_again_leaves_the_session_of_before
                who_leaves_is_out_and_nobody_else
                all_logins_of_an_office_are_ended_and_no_others
                what_was_done_stands_in_the_trail_of_its_office
                the_trail_is_bounded_in_rows_and_in_days
                nothing_is_left_of_the_logins_of_an_office_that_is_removed
                a_copy_that_is_put_back_lets_nobody_in
                nothing_of_a_secret_is_kept
            }
            two_at_once {
                of_two_that_enter_with_one_link_one_gets_in
                of_two_that_ask_for_an_office_one_gets_it
                no_change_to_what_the_runs_add_up_to_is_lost
                no_delivery_of_two_is_lost
                what_two_write_stands_whole
            }
        }
    };
    ($fixture:ty => $($room:ident { $($behaviour:ident)* })*) => {
        $($(
            #[test]
            fn $behaviour() {
                super::$room::$behaviour(&<$fixture as super::fixture::Fixture>::empty());
            }
        )*)*
    };
}

/// SQLite, on a disk.
mod sqlite {
    suite!(super::fixture::OnDisk);
}

/// The plain one.
mod in_memory {
    suite!(super::memory::InMemory);
}
