#![allow(clippy::unwrap_used)]

use std::time::Duration;

use super::*;
use crate::link::{Fingerprint, Kind, Side, Subject};
use crate::mapping::rows;
use crate::relation::{ContactpersoonId, Instant, RelatieId};

const NOON: Instant = Instant::from_millis(1_800_000_000_000);
const DUMMY: Loss = Loss::OneValue(Fingerprint::sample(7));

fn company(id: usize) -> Subject {
    Subject::Organisation(RelatieId::new(id.to_string()))
}

fn email(side: Side) -> Column {
    Column { side, kind: Kind::Organisation, field: "organisatie.email".to_owned() }
}

fn phone(side: Side) -> Column {
    Column { field: "organisatie.telefoonnummer".to_owned(), ..email(side) }
}

/// So many companies whose e-mail address in Tribe is held back.
fn holding_back(records: usize, loss: Loss) -> Brake {
    let mut brake = Brake::default();
    for id in 0..records {
        brake.losing_mut(&email(Side::Tribe), loss).held.insert(company(id), Cycle::Poll);
    }
    brake
}

fn braked(state: BrakeState) -> Brake {
    let mut brake = holding_back(3, Loss::Emptied);
    brake.put_on(&email(Side::Tribe), Loss::Emptied, 3, NOON);
    brake.brakes.get_mut(&0).unwrap().state = state;
    brake
}

#[test]
fn two_are_never_too_many_and_three_may_be_however_small_the_office() {
    assert!(!is_too_many(2, 2) && !is_too_many(2, 0));
    assert!(is_too_many(3, 3) && is_too_many(3, 29));
    assert!(!is_too_many(3, 30));
}

#[test]
fn more_than_a_tenth_of_those_that_hold_the_value_is_too_many() {
    assert!(!is_too_many(500, 5_000));
    assert!(is_too_many(501, 5_000));
}

#[test]
fn each_column_and_each_new_value_counts_by_itself() {
    let mut brake = holding_back(2, Loss::Emptied);
    brake.losing_mut(&email(Side::Tribe), DUMMY).held.insert(company(3), Cycle::Poll);
    brake.losing_mut(&email(Side::AdvocaatCentraal), Loss::Emptied).held.insert(company(4), Cycle::Poll);
    brake.losing_mut(&phone(Side::Tribe), Loss::Emptied).held.insert(company(5), Cycle::Poll);
    assert_eq!(brake.records(&email(Side::Tribe), Loss::Emptied), 2);
    assert_eq!(brake.records(&email(Side::Tribe), DUMMY), 1);
    assert_eq!(brake.records(&phone(Side::AdvocaatCentraal), Loss::Emptied), 0);
}

#[test]
fn a_record_that_lost_its_value_and_is_found_again_counts_once() {
    let mut brake = holding_back(3, Loss::Emptied);
    let lost = &mut brake.losing_mut(&email(Side::Tribe), Loss::Emptied).lost;
    lost.insert(company(0), NOON);
    lost.insert(company(9), NOON);
    assert_eq!(brake.records(&email(Side::Tribe), Loss::Emptied), 4);
}

#[test]
fn what_went_through_counts_for_a_day_and_then_no_more() {
    let mut brake = Brake::default();
    brake.losing_mut(&email(Side::Tribe), Loss::Emptied).lost.insert(company(0), NOON);
    let almost = NOON.plus(Duration::from_secs(24 * 3600 - 1));
    assert!(!brake.forget_old(almost));
    assert_eq!(brake.records(&email(Side::Tribe), Loss::Emptied), 1);
    assert!(brake.forget_old(NOON.plus(Duration::from_secs(24 * 3600))));
    assert_eq!(brake.records(&email(Side::Tribe), Loss::Emptied), 0);
}

#[test]
fn while_a_brake_stands_nothing_that_it_counted_is_forgotten() {
    let mut brake = braked(BrakeState::On);
    brake.losing_mut(&email(Side::Tribe), Loss::Emptied).lost.insert(company(9), NOON);
    assert!(!brake.forget_old(NOON.plus(Duration::from_secs(30 * 24 * 3600))));
    assert_eq!(brake.records(&email(Side::Tribe), Loss::Emptied), 4);
    brake.end(0, NOON);
    assert_eq!(brake.records(&email(Side::Tribe), Loss::Emptied), 3, "what is held is never forgotten");
    assert!(brake.all_standing().next().is_none());
}

#[test]
fn of_values_that_hardly_any_record_gets_the_oldest_are_forgotten() {
    let mut brake = holding_back(3, DUMMY);
    brake.losing_mut(&email(Side::Tribe), Loss::Emptied).lost.insert(company(0), NOON);
    for number in 0..1_000_u64 {
        let mut bytes = [1; 16];
        bytes.iter_mut().zip(number.to_be_bytes()).for_each(|(byte, digit)| *byte = digit);
        let value = Loss::OneValue(hex::encode(bytes).parse().unwrap());
        let when = NOON.plus(Duration::from_secs(number));
        brake.losing_mut(&email(Side::Tribe), value).lost.insert(company(9), when);
    }
    brake.drop_empty();
    let left = brake.losses.get(&email(Side::Tribe)).unwrap();
    assert_eq!(left.len(), 202);
    assert!(left.contains_key(&DUMMY) && left.contains_key(&Loss::Emptied));
    let oldest = left.values().flat_map(|losing| losing.lost.values()).filter(|at| **at > NOON).min();
    assert_eq!(oldest, Some(&NOON.plus(Duration::from_secs(800))));
}

#[test]
fn a_clearing_waits_for_the_end_of_its_cycle_and_a_value_only_from_the_third_record_on() {
    let (poll, column) = (Wish::Cycle(Cycle::Poll), email(Side::Tribe));
    assert_eq!(poll.treatment(&Brake::default(), &column, Loss::Emptied), Treatment::Hold);
    assert_eq!(poll.treatment(&holding_back(2, DUMMY), &column, DUMMY), Treatment::GoThrough);
    assert_eq!(poll.treatment(&holding_back(3, DUMMY), &column, DUMMY), Treatment::Hold);
    let few = Wish::EndOf(Cycle::Poll, Set::from([(column.clone(), Loss::Emptied)]));
    assert_eq!(few.treatment(&Brake::default(), &column, Loss::Emptied), Treatment::GoThrough);
    assert_eq!(few.treatment(&Brake::default(), &phone(Side::Tribe), Loss::Emptied), Treatment::Hold);
}

#[test]
fn a_brake_holds_its_own_loss_until_a_person_decides_and_then_does_as_told() {
    let (poll, column) = (Wish::Cycle(Cycle::Poll), email(Side::Tribe));
    let treated = |state, wish: &Wish| wish.treatment(&braked(state), &column, Loss::Emptied);
    assert_eq!(treated(BrakeState::On, &poll), Treatment::Hold);
    assert_eq!(treated(BrakeState::Released, &poll), Treatment::GoThrough);
    assert_eq!(treated(BrakeState::TakingBack, &poll), Treatment::TurnAround);
    assert_eq!(treated(BrakeState::On, &Wish::Person), Treatment::GoThrough, "one record at a person's wish");
    assert_eq!(treated(BrakeState::TakingBack, &Wish::Person), Treatment::TurnAround);
    let other = poll.treatment(&braked(BrakeState::On), &column, DUMMY);
    assert_eq!(other, Treatment::GoThrough, "another value goes on");
}

#[test]
fn only_what_somebody_would_miss_counts() {
    let person = Subject::ContactPerson(ContactpersoonId::new("1"));
    let counted =
        |loss: Loss| -> Vec<&str> { rows(&person).filter(|row| !counts(row, loss)).map(|row| row.name).collect() };
    assert_eq!(counted(Loss::Emptied), ["contactpersoon.achternaam"]);
    let by_nature = ["contactpersoon.geslacht", "contactpersoon.functie", "priveadres.plaats", "priveadres.land"];
    assert_eq!(counted(DUMMY), by_nature);
}

#[test]
fn columns_and_losses_are_read_as_they_are_written() {
    let brake = braked(BrakeState::On);
    let bytes = crate::stored::to_bytes(&brake).unwrap();
    assert_eq!(crate::stored::of_bytes::<Brake>(&bytes).unwrap(), brake);
    assert_eq!(email(Side::Tribe).to_string(), "tribe/organisatie/organisatie.email");
    assert_eq!(String::from(DUMMY), "07".repeat(16));
    assert!(Column::try_from("tribe/bedrijf/organisatie.email".to_owned()).is_err());
}
