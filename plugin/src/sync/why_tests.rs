#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::link::{Loss, RefusedValue, Subject};
use crate::mapping::{self, cells};
use crate::plan::Taken;
use crate::relation::{ContactpersoonId, RelatieId};
use crate::sync::brake::Treatment;
use crate::sync::observation::{Observation, Observed, Reading};
use crate::sync::planned::plan_each;
use crate::tribe::SinceMade;

const OLD: Fingerprint = Fingerprint::sample(1);
const NEW: Fingerprint = Fingerprint::sample(2);
const NONE: Fingerprint = Fingerprint::EMPTY;

const AC: Option<Side> = Some(Side::AdvocaatCentraal);
const TRIBE: Option<Side> = Some(Side::Tribe);

const EMAIL: &str = "organisatie.email";
const MOBILE: [&str; 2] = ["contactpersoon.mobiel.zakelijk@1001", "contactpersoon.mobiel.prive"];

/// A place of which something is asked, and what is known around it.
#[derive(Clone)]
struct Place {
    field: Observed,
    link: Link,
    held: bool,
    known: Known,
}

#[derive(Clone, Copy)]
struct Known {
    fit: Fit,
    outside: Option<Reason>,
    lags: bool,
    refused: Option<RefusedBy>,
    is_conflict: bool,
    stands: Option<Option<Fingerprint>>,
}

const NOTHING: Known =
    Known { fit: Fit::Fits, outside: None, lags: false, refused: None, is_conflict: false, stands: None };

impl Place {
    /// Of the whys of the field's places, in their order.
    fn whys(&self) -> Vec<Option<Reason>> {
        let observation =
            Observation { fields: vec![self.field.clone()], reading: Reading::Single, ..Observation::default() };
        let treat = |_, _: &crate::mapping::Row, loss| match loss {
            Loss::Emptied if self.held => Treatment::Hold,
            _ => Treatment::GoThrough,
        };
        let planned = plan_each(&observation, &self.link, &treat).remove(0);
        let of_each = planned.slots().map(|(slot, tribe, step)| {
            let Known { fit, outside, lags, refused, is_conflict, stands } = self.known;
            let stands = stands.unwrap_or(tribe.says);
            let (planned, link) = (&planned, &self.link);
            why(&Case { planned, slot, tribe, step, link, stands, fit, outside, lags, refused, is_conflict })
        });
        of_each.collect()
    }

    fn why(&self) -> Option<Reason> {
        self.whys()[0]
    }

    fn knowing(&self, known: Known) -> Option<Reason> {
        Self { known, ..self.clone() }.why()
    }
}

fn field(subject: &Subject, name: &str, ac: Option<Fingerprint>, tribe: &[Option<Fingerprint>]) -> Observed {
    let organisations = [RelatieId::new("1001")];
    let cell = cells(subject, &organisations).into_iter().find(|cell| cell.row.name == name).unwrap();
    let says = |says: &Option<Fingerprint>| InTribe {
        says: *says,
        is_unreadable: false,
        is_split: false,
        since_made: SinceMade::Unchanged,
        is_removed: false,
        taken: Taken::AsMoved,
    };
    let tribe = tribe.iter().map(says).collect();
    Observed {
        cell: cell.into(),
        direction: Direction::BothWays,
        ac,
        is_unreadable_in_ac: false,
        place: mapping::Place::Stands,
        tribe,
    }
}

fn place(field: Observed, bases: &[(&str, Fingerprint, Fingerprint)]) -> Place {
    let mut link = Link::default();
    for (slot, ac, tribe) in bases {
        link.bases.insert((*slot).to_owned(), Base { ac: *ac, tribe: *tribe });
    }
    Place { field, link, held: false, known: NOTHING }
}

/// The e-mail address of a company, with what both sides last agreed on.
fn email(ac: Option<Fingerprint>, tribe: Option<Fingerprint>, base: (Fingerprint, Fingerprint)) -> Place {
    let company = Subject::Organisation(RelatieId::new("1001"));
    place(field(&company, EMAIL, ac, &[tribe]), &[(EMAIL, base.0, base.1)])
}

/// The mobile number of a contact person, which stands in Tribe twice.
fn mobile(ac: Fingerprint, tribe: [Fingerprint; 2], bases: [(Fingerprint, Fingerprint); 2]) -> Place {
    let person = Subject::ContactPerson(ContactpersoonId::new("5001"));
    let field = field(&person, "contactpersoon.mobiel", Some(ac), &tribe.map(Some));
    place(field, &[(MOBILE[0], bases[0].0, bases[0].1), (MOBILE[1], bases[1].0, bases[1].1)])
}

#[test]
fn what_is_the_same_or_empty_on_both_sides_does_not_differ() {
    for (ac, tribe) in [(Some(OLD), Some(OLD)), (Some(NONE), Some(NONE)), (None, Some(NONE)), (Some(NONE), None)] {
        assert_eq!(email(ac, tribe, (OLD, OLD)).why(), None, "{ac:?} {tribe:?}");
    }
    assert_eq!(email(None, None, (OLD, OLD)).why(), None);
    let archived = Known { outside: Some((Why::Archived, AC)), ..NOTHING };
    assert_eq!(email(Some(OLD), Some(OLD), (OLD, OLD)).knowing(archived), None);
}

#[test]
fn what_moved_on_one_side_waits_for_the_other_and_what_moved_on_both_is_a_conflict() {
    assert_eq!(email(Some(NEW), Some(OLD), (OLD, OLD)).why(), Some((Why::Waiting, TRIBE)));
    assert_eq!(email(Some(OLD), Some(NEW), (OLD, OLD)).why(), Some((Why::Waiting, AC)));
    assert_eq!(email(Some(NEW), Some(NONE), (OLD, OLD)).why(), Some((Why::Conflict, TRIBE)));
}

#[test]
fn an_edit_in_tribe_of_a_field_that_travels_one_way_stays() {
    let mut edited = email(Some(OLD), Some(NEW), (OLD, OLD));
    edited.field.direction = Direction::FromAdvocaatCentraal;
    assert_eq!(edited.why(), Some((Why::OneWay, AC)));
    edited.link.bases.clear();
    edited.field.ac = Some(NONE);
    assert_eq!(edited.why(), Some((Why::OneWay, AC)));
    edited.field.ac = Some(OLD);
    assert_eq!(edited.why(), Some((Why::Conflict, TRIBE)), "AC goes first where nothing was agreed on");
}

#[test]
fn a_sibling_that_stays_is_told_as_such_and_as_a_conflict_where_its_value_is_kept() {
    let beside = mobile(NEW, [NEW, OLD], [(NEW, NEW), (NEW, OLD)]);
    assert_eq!(beside.whys(), [None, Some((Why::SiblingKept, TRIBE))]);
    let lost = Place { known: Known { is_conflict: true, ..NOTHING }, ..beside };
    assert_eq!(lost.whys(), [None, Some((Why::Conflict, TRIBE))]);
    let coming = mobile(OLD, [NEW, NONE], [(OLD, OLD), (OLD, NONE)]);
    assert_eq!(coming.whys(), [Some((Why::Waiting, AC)), Some((Why::SiblingKept, TRIBE))]);
}

#[test]
fn what_was_entered_while_a_field_went_one_way_is_agreed_on_by_the_setting_once_it_goes_both_ways() {
    let mut entered = email(Some(OLD), Some(NEW), (OLD, NEW));
    entered.link.leave_apart(EMAIL, Base { ac: OLD, tribe: NEW }, WhyApart::OneWay);
    assert_eq!(entered.why(), Some((Why::AgreedBySetting, None)));
    entered.field.direction = Direction::FromAdvocaatCentraal;
    assert_eq!(entered.why(), Some((Why::OneWay, AC)));
}

#[test]
fn one_field_on_which_both_agreed_though_they_differ_was_stored_otherwise_or_is_not_explained() {
    let mut agreed = email(Some(OLD), Some(NEW), (OLD, NEW));
    assert_eq!(agreed.why(), Some((Why::Unexplained, None)));
    agreed.link.took(EMAIL, Side::Tribe, Base { ac: OLD, tribe: NEW });
    assert_eq!(agreed.why(), Some((Why::StoredOtherwise, TRIBE)));
}

#[test]
fn what_cannot_be_read_is_told_whatever_was_agreed_on() {
    let mut unreadable = email(None, Some(OLD), (OLD, OLD));
    unreadable.field.is_unreadable_in_ac = true;
    assert_eq!(unreadable.why(), Some((Why::Unreadable, AC)));
    let mut unreadable = email(Some(OLD), None, (OLD, OLD));
    unreadable.field.tribe[0].is_unreadable = true;
    assert_eq!(unreadable.why(), Some((Why::Unreadable, TRIBE)));
}

#[test]
fn what_one_side_has_no_place_for_or_does_not_say_is_told() {
    let mut left_out = email(None, Some(OLD), (OLD, OLD));
    assert_eq!(left_out.why(), Some((Why::LeftOut, AC)));
    left_out.field.place = mapping::Place::Nowhere;
    assert_eq!(left_out.why(), Some((Why::NoPlace, AC)));
    assert_eq!(email(Some(OLD), None, (OLD, OLD)).why(), Some((Why::NoPlace, TRIBE)));
    let company = Subject::Organisation(RelatieId::new("1001"));
    let mut address = field(&company, "postadres.plaats", Some(OLD), &[None]);
    let base = [("postadres.plaats", OLD, OLD)];
    assert_eq!(place(address.clone(), &base).why(), Some((Why::NoPlace, TRIBE)), "it stands in another place");
    address.tribe[0].is_removed = true;
    assert_eq!(place(address, &base).why(), Some((Why::Gone, TRIBE)));
}

#[test]
fn what_tribe_cannot_hold_is_told_though_it_is_about_to_be_written() {
    let moved = email(Some(NEW), Some(OLD), (OLD, OLD));
    assert_eq!(moved.knowing(Known { fit: Fit::NoRow, ..NOTHING }), Some((Why::NoRow, TRIBE)));
    let emptied = email(Some(NONE), Some(OLD), (OLD, OLD));
    assert_eq!(emptied.knowing(Known { fit: Fit::Demanded, ..NOTHING }), Some((Why::Demanded, TRIBE)));
    let counts_as_empty = email(Some(NONE), Some(NONE), (NONE, NONE));
    assert_eq!(counts_as_empty.knowing(Known { fit: Fit::NoRow, ..NOTHING }), Some((Why::NoRow, TRIBE)));
}

#[test]
fn a_name_in_several_fields_differs_only_where_what_stands_there_does() {
    let mut split = email(Some(OLD), None, (OLD, OLD));
    split.field.tribe[0].is_split = true;
    let standing = |stands| Known { stands: Some(Some(stands)), ..NOTHING };
    assert_eq!(split.knowing(standing(NEW)), Some((Why::NameSplit, TRIBE)));
    assert_eq!(split.knowing(standing(OLD)), None);
}

#[test]
fn what_is_refused_or_held_back_is_told_in_place_of_waiting() {
    let mut moved = email(Some(NEW), Some(OLD), (OLD, OLD));
    assert_eq!(moved.knowing(Known { refused: Some(RefusedBy::Tribe), ..NOTHING }), Some((Why::Refused, TRIBE)));
    let of_other = Known { refused: Some(RefusedBy::AdvocaatCentraal), ..NOTHING };
    assert_eq!(moved.knowing(of_other), Some((Why::Waiting, TRIBE)));
    moved.link.refused.insert(EMAIL.to_owned(), RefusedValue { by: RefusedBy::Tribe, value: NEW });
    assert_eq!(moved.why(), Some((Why::Refused, TRIBE)));
    let mut edited = email(Some(OLD), Some(NEW), (OLD, OLD));
    edited.link.refused.insert(EMAIL.to_owned(), RefusedValue { by: RefusedBy::AdvocaatCentraal, value: NEW });
    assert_eq!(edited.why(), Some((Why::Refused, AC)));
    let emptied = |ac, tribe| Place { held: true, ..email(Some(ac), Some(tribe), (OLD, OLD)) };
    assert_eq!(emptied(NONE, OLD).why(), Some((Why::Braked, TRIBE)));
    assert_eq!(emptied(OLD, NONE).why(), Some((Why::Braked, AC)));
}

#[test]
fn a_record_of_which_nothing_travels_and_a_read_that_lags_go_before_all_else() {
    let moved = email(Some(NEW), Some(OLD), (OLD, OLD));
    for outside in [(Why::Unmapped, AC), (Why::Archived, AC), (Why::Paused, AC)] {
        assert_eq!(moved.knowing(Known { outside: Some(outside), lags: true, ..NOTHING }), Some(outside));
    }
    assert_eq!(moved.knowing(Known { lags: true, ..NOTHING }), Some((Why::NotVisibleYet, TRIBE)));
}

#[test]
fn what_nothing_explains_is_unexplained() {
    let observed = email(Some(OLD), Some(NEW), (OLD, OLD));
    let observation =
        Observation { fields: vec![observed.field.clone()], reading: Reading::InList, ..Observation::default() };
    let planned = plan_each(&observation, &observed.link, &|_, _, _| Treatment::GoThrough).remove(0);
    let (slot, tribe, _) = planned.slots().next().unwrap();
    // As if the planner had forgotten it.
    let case = Case {
        planned: &planned,
        slot,
        tribe,
        step: Step::Keep,
        link: &observed.link,
        stands: tribe.says,
        fit: Fit::Fits,
        outside: None,
        lags: false,
        refused: None,
        is_conflict: false,
    };
    assert_eq!(why(&case), Some((Why::Unexplained, None)));
}
