#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::link::{Base, Subject};
use crate::mapping::cells;
use crate::plan::{Direction, Taken};
use crate::relation::RelatieId;
use crate::tribe::SinceMade;

const OLD: Fingerprint = Fingerprint::sample(1);
const NEW: Fingerprint = Fingerprint::sample(2);
const NONE: Fingerprint = Fingerprint::EMPTY;

/// One field of an organisation, as both sides say it.
fn field(name: &str, ac: Option<Fingerprint>, tribe: Option<Fingerprint>) -> Observed {
    let subject = Subject::Organisation(RelatieId::new("1001"));
    let cell = cells(&subject, &[]).into_iter().find(|cell| cell.row.name == name).unwrap();
    let in_tribe = InTribe {
        says: tribe,
        is_unreadable: false,
        is_split: false,
        since_made: SinceMade::Changed,
        is_removed: false,
        taken: Taken::AsMoved,
    };
    let tribe = vec![in_tribe; cell.slots.len()];
    Observed {
        cell: cell.into(),
        direction: Direction::BothWays,
        ac,
        is_unreadable_in_ac: false,
        place: Place::Stands,
        tribe,
    }
}

fn email(ac: Option<Fingerprint>, tribe: Option<Fingerprint>) -> Observed {
    field("organisatie.email", ac, tribe)
}

fn observed(reading: Reading, fields: impl IntoIterator<Item = Observed>) -> Observation {
    Observation { fields: fields.into_iter().collect(), reading, ..Observation::default() }
}

fn agreed(names: &[&str], ac: Fingerprint, tribe: Fingerprint) -> Link {
    let mut link = Link::default();
    for name in names {
        link.bases.insert((*name).to_owned(), Base { ac, tribe });
    }
    link
}

fn steps(planned: &[Planned]) -> Vec<(&'static str, Vec<Step>)> {
    planned.iter().map(|planned| (planned.name(), planned.steps.clone())).collect()
}

/// As a cycle does: what is emptied is held, and any other value goes through.
fn waiting(_: Side, _: &Row, loss: Loss) -> Treatment {
    if loss == Loss::Emptied { Treatment::Hold } else { Treatment::GoThrough }
}

const WAIT: Treat<'static> = &waiting;
const THROUGH: Treat<'static> = &|_, _, _| Treatment::GoThrough;
const BACK: Treat<'static> = &|_, _, _| Treatment::TurnAround;

#[test]
fn a_field_that_did_not_move_is_left_out_of_the_plan() {
    let observation =
        observed(Reading::InList, [email(Some(OLD), Some(OLD)), field("organisatie.website", None, None)]);
    assert!(plan(&observation, &agreed(&["organisatie.email"], OLD, OLD), WAIT).is_empty());
}

#[test]
fn each_field_is_planned_by_its_own_base() {
    let observation =
        observed(Reading::InList, [email(Some(NEW), Some(OLD)), field("organisatie.website", Some(OLD), Some(NEW))]);
    let link = agreed(&["organisatie.email", "organisatie.website"], OLD, OLD);
    let plan = plan(&observation, &link, WAIT);
    let expected =
        [("organisatie.email", vec![Step::WriteToTribe]), ("organisatie.website", vec![Step::WriteToAdvocaatCentraal])];
    assert_eq!(steps(&plan), expected);
    assert!(plan[0].writes_to_tribe() && !plan[1].writes_to_tribe());
    assert_eq!(plan[1].source().unwrap().1, Some(NEW));
}

#[test]
fn a_clearing_waits_for_the_end_of_its_cycle_and_goes_through_when_it_may() {
    let observation = observed(Reading::InList, [email(Some(NONE), Some(OLD))]);
    let link = agreed(&["organisatie.email"], OLD, OLD);
    let waiting = plan(&observation, &link, WAIT);
    assert_eq!(steps(&waiting), [("organisatie.email", vec![Step::Keep])]);
    assert_eq!(waiting[0].held(), Some((Side::Tribe, Loss::Emptied)));
    let through = plan(&observation, &link, THROUGH);
    assert_eq!(steps(&through), [("organisatie.email", vec![Step::WriteToTribe])]);
    assert_eq!(through[0].held(), None);
    assert_eq!(through[0].loss.unwrap().loss, Loss::Emptied);
    let back = plan(&observation, &link, BACK);
    assert_eq!(steps(&back), [("organisatie.email", vec![Step::WriteToAdvocaatCentraal])]);
}

#[test]
fn what_tribe_stored_in_place_of_a_value_is_no_loss_when_that_is_sent_again() {
    for sent in [NEW, NONE] {
        let observation = observed(Reading::InList, [email(Some(sent), Some(OLD))]);
        let mut link = Link::default();
        assert!(link.took("organisatie.email", Side::Tribe, Base { ac: sent, tribe: OLD }) && link.ask_again());
        let planned = plan(&observation, &link, WAIT);
        assert_eq!(steps(&planned), [("organisatie.email", vec![Step::WriteToTribe])]);
        assert_eq!(planned[0].loss, None);
    }
}

#[test]
fn a_field_that_tribe_demands_is_no_clearing_that_waits() {
    let observation = observed(Reading::InList, [field("organisatie.bedrijfsnaam", Some(NONE), Some(OLD))]);
    let planned = plan(&observation, &agreed(&["organisatie.bedrijfsnaam"], OLD, OLD), WAIT);
    assert_eq!(planned[0].loss, None);
}

#[test]
fn a_row_that_leaves_a_field_out_says_nothing() {
    let observation = observed(Reading::InList, [email(None, Some(NEW))]);
    assert!(plan(&observation, &agreed(&["organisatie.email"], NONE, NONE), WAIT).is_empty());
}

#[test]
fn a_single_record_that_leaves_a_field_out_which_was_agreed_to_be_empty_has_it_empty() {
    let observation = observed(Reading::Single, [email(None, Some(NEW))]);
    let planned = plan(&observation, &agreed(&["organisatie.email"], NONE, NONE), WAIT);
    assert_eq!(steps(&planned), [("organisatie.email", vec![Step::WriteToAdvocaatCentraal])]);
}

#[test]
fn a_single_record_that_leaves_a_field_out_which_had_a_value_says_nothing() {
    let observation = observed(Reading::Single, [email(None, Some(NEW))]);
    assert!(plan(&observation, &agreed(&["organisatie.email"], OLD, OLD), WAIT).is_empty());
}

#[test]
fn where_ac_leaves_empty_members_out_an_edit_in_tribe_goes_there_and_nothing_is_cleared() {
    let link = agreed(&["organisatie.email"], OLD, OLD);
    let planned = |reading, tribe| {
        let observation = observed(reading, [email(None, Some(tribe))]);
        steps(&plan(&Observation { leaves_out_empties: true, ..observation }, &link, THROUGH))
    };
    assert!(planned(Reading::Single, OLD).is_empty(), "whether AC emptied it nobody knows");
    assert_eq!(planned(Reading::Single, NEW), [("organisatie.email", vec![Step::WriteToAdvocaatCentraal])]);
    assert_eq!(planned(Reading::Single, NONE), [("organisatie.email", vec![Step::WriteToAdvocaatCentraal])]);
    assert!(planned(Reading::InList, NEW).is_empty());
}

#[test]
fn what_cannot_be_read_in_ac_is_never_taken_to_be_empty() {
    let unreadable = Observed { is_unreadable_in_ac: true, ..email(None, Some(NEW)) };
    let observation = observed(Reading::Single, [unreadable]);
    assert!(plan(&observation, &Link::default(), WAIT).is_empty());
    assert!(plan(&observation, &agreed(&["organisatie.email"], NONE, NONE), WAIT).is_empty());
}

#[test]
fn a_field_without_a_place_in_ac_is_never_taken_to_be_empty() {
    let without_place = Observed { place: Place::Nowhere, ..email(None, Some(NEW)) };
    let observation = observed(Reading::Single, [without_place]);
    assert!(plan(&observation, &Link::default(), WAIT).is_empty());
}

#[test]
fn a_row_is_read_by_itself_where_that_might_show_a_place_for_tribes_edit() {
    let observation = observed(Reading::InList, [email(None, Some(NEW))]);
    assert!(would_matter(&observation, &agreed(&["organisatie.email"], NONE, NONE), WAIT));
    assert!(!would_matter(&observation, &agreed(&["organisatie.email"], OLD, OLD), WAIT));
}

#[test]
fn a_row_is_read_by_itself_where_both_sides_would_agree_on_another_value_than_before() {
    let observation = observed(Reading::InList, [email(Some(NEW), Some(NEW))]);
    assert!(would_matter(&observation, &agreed(&["organisatie.email"], OLD, OLD), WAIT));
    assert!(!would_matter(&observation, &agreed(&["organisatie.email"], NEW, OLD), WAIT), "AC says what it said");
    assert!(!would_matter(&observation, &Link::default(), WAIT), "nothing was agreed on");
    let mut by_setting = email(Some(NEW), Some(NEW));
    by_setting.tribe[0].taken = Taken::AcAsAgreed;
    let observation = observed(Reading::InList, [by_setting]);
    assert!(!would_matter(&observation, &agreed(&["organisatie.email"], OLD, OLD), WAIT), "no value moved");
}

#[test]
fn tribe_empty_after_a_create_in_doubt_is_filled_again_and_told_only_if_somebody_was_there() {
    let mut link = Link::default();
    link.sent.insert("organisatie.email".to_owned(), Base { ac: OLD, tribe: OLD });
    let mut field = email(Some(OLD), Some(NONE));
    let planned = plan(&observed(Reading::InList, [field.clone()]), &link, WAIT);
    assert_eq!(steps(&planned), [("organisatie.email", vec![Step::OverwriteInTribe])]);
    field.tribe[0].since_made = SinceMade::Unchanged;
    let planned = plan(&observed(Reading::InList, [field]), &link, WAIT);
    assert_eq!(steps(&planned), [("organisatie.email", vec![Step::WriteToTribe])]);
}

#[test]
fn an_observation_tells_on_which_side_something_moved() {
    let link = agreed(&["organisatie.email"], OLD, OLD);
    let moved = |ac, tribe| {
        let observation = observed(Reading::InList, [email(ac, tribe)]);
        (
            !observation.is_unchanged_in_ac(&link),
            !observation.is_unchanged_in_tribe(&link),
            observation.differing(&link),
        )
    };
    assert_eq!(moved(Some(OLD), Some(OLD)), (false, false, vec![]));
    assert_eq!(moved(Some(NEW), Some(OLD)), (true, false, vec!["organisatie.email"]));
    assert_eq!(moved(Some(OLD), Some(NEW)), (false, true, vec!["organisatie.email"]));
    assert_eq!(moved(None, None), (false, false, vec![]));
}

#[test]
fn a_field_that_never_agreed_has_moved_in_ac_and_in_tribe_unless_it_is_empty_there() {
    let link = Link::default();
    let observation = observed(Reading::InList, [email(Some(NONE), Some(NONE))]);
    assert!(!observation.is_unchanged_in_ac(&link));
    assert!(observation.is_unchanged_in_tribe(&link));
    assert!(observation.differing(&link).is_empty());
}
