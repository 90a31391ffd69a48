//! A working day with users on both sides, under every way in which either system may behave.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::time::Duration;

use sandbox::Dates;
use sandbox::advocaatcentraal::{ChildEditsMoveParent, Etag, Filter, Ids, Order, PageCap, Put, Rows, Stamps, Variants};
use sandbox::tribe::{
    Character, ExpandedRows, FirstMutationDate, NestedCreate, PutAnswer, RetryAfter, TextEquality, Unordered,
};
use tests::{Users, World};

/// Initial sync, ten cycles in which users edit and half of the webhooks arrive, and then quiet: both systems say the
/// same within two cycles, and the third writes nothing.
fn working_day(seed: u64, variants: Variants, character: Character) {
    let world = World::with(seed, 40, variants, character);
    let mut users = Users::new(seed);
    world.initial_sync().unwrap();
    for _ in 0..10 {
        for _ in 0..4 {
            let edited = users.edit(&world);
            world.wait(Duration::from_secs(7));
            if let Some(id) = edited.filter(|_| seed.is_multiple_of(2)) {
                world.push(&[&id]).unwrap();
            }
        }
        world.poll().unwrap();
    }
    world.wait(Duration::from_secs(30 * 60));
    world.poll().unwrap();
    world.poll().unwrap();
    let before = world.writes();
    let cycle = world.poll().unwrap();
    assert_eq!(world.writes(), before, "the third idle cycle writes: {cycle:?}");
    world.assert_same();
}

fn ac(variants: Variants) {
    for seed in 1..4 {
        working_day(seed, variants, Character::default());
    }
}

fn tribe(character: Character) {
    for seed in 1..4 {
        working_day(seed, Variants::default(), character.clone());
    }
}

#[test]
fn both_systems_as_assumed() {
    for seed in 1..20 {
        working_day(seed, Variants::default(), Character::default());
    }
}

#[test]
fn ac_with_stamps_without_offset() {
    ac(Variants { stamps: Stamps::Naive, ..Variants::default() });
}

#[test]
fn ac_with_a_filter_that_takes_dates_only() {
    ac(Variants { stamps: Stamps::DateOnlyFilter, ..Variants::default() });
}

#[test]
fn ac_with_lists_in_random_order_within_a_stamp() {
    ac(Variants { order: Order::RandomWithinEqualStamps, ..Variants::default() });
}

#[test]
fn ac_with_unsorted_lists() {
    ac(Variants { order: Order::Unsorted, ..Variants::default() });
}

#[test]
fn ac_with_an_exclusive_filter() {
    ac(Variants { filter: Filter::Exclusive, ..Variants::default() });
}

#[test]
fn ac_that_ignores_the_filter() {
    ac(Variants { filter: Filter::Ignored, ..Variants::default() });
}

#[test]
fn ac_with_lean_rows() {
    ac(Variants { rows: Rows::Lean, ..Variants::default() });
}

#[test]
fn ac_whose_put_merges() {
    ac(Variants { put: Put::Merge, ..Variants::default() });
}

#[test]
fn ac_without_etags() {
    ac(Variants { etag: Etag::No, ..Variants::default() });
}

#[test]
fn ac_with_weak_etags() {
    ac(Variants { etag: Etag::Weak, ..Variants::default() });
}

#[test]
fn ac_with_etags_that_never_fit() {
    ac(Variants { etag: Etag::NeverFits, ..Variants::default() });
}

#[test]
fn ac_with_ids_as_numbers() {
    ac(Variants { ids: Ids::Number, ..Variants::default() });
}

#[test]
fn ac_with_small_pages() {
    ac(Variants { page_cap: PageCap::TwentyFive, ..Variants::default() });
    ac(Variants { page_cap: PageCap::SilentlyClipped, ..Variants::default() });
}

#[test]
fn ac_whose_rows_become_visible_late() {
    ac(Variants { late_visible: Duration::from_secs(8 * 60), ..Variants::default() });
    ac(Variants { late_visible: Duration::from_secs(24 * 60), ..Variants::default() });
}

#[test]
fn ac_that_does_not_tell_its_clock_or_a_wrong_one() {
    for dates in [Dates::Untold, Dates::YearsAhead] {
        ac(Variants { dates, ..Variants::default() });
    }
}

#[test]
fn tribe_that_does_not_tell_its_clock_or_a_wrong_one() {
    for dates in [Dates::Untold, Dates::YearsAhead] {
        tribe(Character { dates, ..Character::default() });
    }
}

#[test]
fn ac_whose_child_edits_do_not_move_the_parent() {
    // Such an edit is on no list; it is found when anything else of the record changes, or by the sweep.
    let variants = Variants { child_edits_move_parent: ChildEditsMoveParent::No, ..Variants::default() };
    let world = World::with(1, 40, variants, Character::default());
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world.assert_same();
}

#[test]
fn tribe_whose_put_answers_nothing() {
    tribe(Character { put_answer: PutAnswer::NoContent, ..Character::default() });
}

#[test]
fn tribe_whose_reads_lag() {
    tribe(Character { read_lag: Duration::from_secs(10), ..Character::default() });
}

#[test]
fn tribe_that_disregards_case_in_eq() {
    tribe(Character { text_equality: TextEquality::CaseInsensitive, ..Character::default() });
}

#[test]
fn tribe_that_shuffles_what_has_no_order() {
    tribe(Character { unordered: Unordered::Shuffled, ..Character::default() });
}

#[test]
fn tribe_that_repeats_rows_of_what_has_no_order() {
    tribe(Character { unordered: Unordered::Repeating, ..Character::default() });
}

#[test]
fn tribe_that_repeats_a_row_for_each_that_is_expanded() {
    tribe(Character { expanded_rows: ExpandedRows::ForEachExpanded, ..Character::default() });
}

#[test]
fn tribe_whose_new_records_have_no_mutation_date() {
    tribe(Character { first_mutation_date: FirstMutationDate::NullUntilEdited, ..Character::default() });
}

#[test]
fn tribe_that_touches_addresses_again() {
    tribe(Character { address_follow_up: Some(Duration::from_secs(5)), ..Character::default() });
}

#[test]
fn tribe_that_leaves_out_nested_records() {
    tribe(Character { nested_create: NestedCreate::Ignored, ..Character::default() });
}

#[test]
fn tribe_that_refuses_nested_records() {
    tribe(Character { nested_create: NestedCreate::Refused, ..Character::default() });
}

#[test]
fn tribe_with_tokens_of_a_minute() {
    tribe(Character { token_life: Duration::from_secs(90), retry_after: RetryAfter::Date, ..Character::default() });
}
