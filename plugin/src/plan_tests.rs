#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

const OLD: Fingerprint = Fingerprint::sample(1);
const NEW: Fingerprint = Fingerprint::sample(2);
const OTHER: Fingerprint = Fingerprint::sample(3);
const NONE: Fingerprint = Fingerprint::EMPTY;

fn agreed(fingerprint: Fingerprint) -> Option<Base> {
    Some(Base { ac: fingerprint, tribe: fingerprint })
}

fn slot(tribe: Fingerprint, base: Option<Base>) -> Slot {
    Slot {
        tribe: Some(tribe),
        is_unreadable: false,
        base,
        perhaps_emptied: false,
        apart: None,
        taken: Taken::AsMoved,
        is_base_lost: false,
    }
}

fn both_ways(ac: Fingerprint, slots: Vec<Slot>) -> Vec<Step> {
    decide(&Cell { ac: Some(ac), slots, direction: Direction::BothWays })
}

#[test]
fn nothing_moved_is_nothing_to_do_even_where_tribe_spells_it_otherwise() {
    let base = Some(Base { ac: OLD, tribe: OTHER });
    assert_eq!(both_ways(OLD, vec![slot(OTHER, base)]), [Step::Keep]);
}

#[test]
fn an_edit_in_ac_goes_to_tribe() {
    assert_eq!(both_ways(NEW, vec![slot(OLD, agreed(OLD))]), [Step::WriteToTribe]);
}

#[test]
fn an_edit_in_tribe_goes_to_ac() {
    assert_eq!(both_ways(OLD, vec![slot(NEW, agreed(OLD))]), [Step::WriteToAdvocaatCentraal]);
}

#[test]
fn the_same_edit_on_both_sides_is_agreement() {
    assert_eq!(both_ways(NEW, vec![slot(NEW, agreed(OLD))]), [Step::Agree(Base { ac: NEW, tribe: NEW })]);
}

#[test]
fn two_different_edits_end_with_ac_and_keep_the_other() {
    assert_eq!(both_ways(NEW, vec![slot(OTHER, agreed(OLD))]), [Step::OverwriteInTribe]);
}

#[test]
fn emptying_travels_both_ways() {
    assert_eq!(both_ways(NONE, vec![slot(OLD, agreed(OLD))]), [Step::WriteToTribe]);
    assert_eq!(both_ways(OLD, vec![slot(NONE, agreed(OLD))]), [Step::WriteToAdvocaatCentraal]);
}

fn lost(ac: Fingerprint, slots: Vec<Slot>) -> Option<(Side, Loss)> {
    let cell = Cell { ac: Some(ac), slots, direction: Direction::BothWays };
    loss(&cell, &decide(&cell))
}

#[test]
fn a_loss_is_told_by_the_side_that_has_it_and_by_what_takes_its_place() {
    assert_eq!(lost(NONE, vec![slot(OLD, agreed(OLD))]), Some((Side::Tribe, Loss::Emptied)));
    assert_eq!(lost(OLD, vec![slot(NONE, agreed(OLD))]), Some((Side::AdvocaatCentraal, Loss::Emptied)));
    assert_eq!(lost(NONE, vec![slot(NEW, agreed(OLD))]), Some((Side::Tribe, Loss::Emptied)), "both moved");
    assert_eq!(lost(NEW, vec![slot(OLD, agreed(OLD))]), Some((Side::Tribe, Loss::OneValue(NEW))));
    assert_eq!(lost(OLD, vec![slot(NEW, agreed(OLD))]), Some((Side::AdvocaatCentraal, Loss::OneValue(NEW))));
    let sibling_full = vec![slot(NONE, agreed(NONE)), slot(OLD, agreed(OLD))];
    assert_eq!(lost(NEW, sibling_full), Some((Side::Tribe, Loss::OneValue(NEW))));
}

#[test]
fn filling_an_empty_field_and_agreeing_lose_nothing() {
    assert_eq!(lost(NONE, vec![slot(NEW, None)]), None);
    assert_eq!(lost(NEW, vec![slot(NONE, None)]), None);
    assert_eq!(lost(NEW, vec![slot(NEW, agreed(OLD))]), None);
}

fn held(ac: Fingerprint, slots: Vec<Slot>) -> Vec<Step> {
    held_back(both_ways(ac, slots))
}

#[test]
fn where_a_loss_is_held_back_its_siblings_do_not_settle_for_it() {
    assert_eq!(held(OLD, vec![slot(OLD, agreed(OLD)), slot(NONE, agreed(OLD))]), [Step::Keep, Step::Keep]);
    let one_agrees = held(NONE, vec![slot(NONE, agreed(OLD)), slot(OLD, agreed(OLD))]);
    assert_eq!(one_agrees, [Step::Agree(Base { ac: NONE, tribe: NONE }), Step::Keep]);
}

fn turned(ac: Fingerprint, slots: Vec<Slot>) -> Vec<Step> {
    let cell = Cell { ac: Some(ac), slots, direction: Direction::BothWays };
    turned_around(&cell, decide(&cell))
}

#[test]
fn a_loss_that_is_turned_around_gives_the_value_back_to_the_side_that_moved() {
    assert_eq!(turned(NONE, vec![slot(OLD, agreed(OLD))]), [Step::WriteToAdvocaatCentraal]);
    assert_eq!(turned(NEW, vec![slot(OLD, agreed(OLD))]), [Step::WriteToAdvocaatCentraal]);
    assert_eq!(turned(OLD, vec![slot(NONE, agreed(OLD))]), [Step::WriteToTribe]);
    let siblings = turned(NONE, vec![slot(OLD, agreed(OLD)), slot(OLD, agreed(OLD))]);
    assert_eq!(siblings, [Step::WriteToAdvocaatCentraal, Step::SettleBesideAdvocaatCentraal]);
    let second = turned(OLD, vec![slot(OLD, agreed(OLD)), slot(NEW, agreed(OLD))]);
    assert_eq!(second, [Step::Keep, Step::WriteToTribe]);
    let both = turned(OLD, vec![slot(NONE, agreed(OLD)), slot(NONE, agreed(OLD))]);
    assert_eq!(both, [Step::WriteToTribe, Step::WriteToTribe]);
    let one_is_empty = turned(NEW, vec![slot(NONE, agreed(NONE)), slot(OLD, agreed(OLD))]);
    assert_eq!(one_is_empty, [Step::SettleBesideAdvocaatCentraal, Step::WriteToAdvocaatCentraal]);
}

#[test]
fn a_side_that_says_nothing_decides_nothing() {
    let silent = Slot {
        tribe: None,
        is_unreadable: false,
        base: agreed(OLD),
        perhaps_emptied: false,
        apart: None,
        taken: Taken::AsMoved,
        is_base_lost: false,
    };
    assert_eq!(both_ways(NEW, vec![silent]), [Step::Keep]);
    let lean = Cell { ac: None, slots: vec![slot(NEW, agreed(OLD))], direction: Direction::BothWays };
    assert_eq!(decide(&lean), [Step::Keep]);
}

#[test]
fn what_cannot_be_read_in_tribe_is_no_edit_and_gives_way_when_ac_moved() {
    let unreadable = |base| Slot {
        tribe: None,
        is_unreadable: true,
        base,
        perhaps_emptied: false,
        apart: None,
        taken: Taken::AsMoved,
        is_base_lost: false,
    };
    assert_eq!(both_ways(OLD, vec![unreadable(agreed(OLD))]), [Step::Keep]);
    assert_eq!(both_ways(NEW, vec![unreadable(agreed(OLD))]), [Step::OverwriteInTribe]);
    assert_eq!(both_ways(NEW, vec![unreadable(None)]), [Step::Keep], "nobody knows whether AC moved");
    let siblings = vec![slot(NEW, agreed(OLD)), unreadable(agreed(OLD))];
    let steps = [Step::WriteToAdvocaatCentraal, Step::SettleBesideAdvocaatCentraal];
    assert_eq!(both_ways(OLD, siblings), steps, "it stays, as a readable sibling does");
}

#[test]
fn a_user_who_puts_the_old_value_back_is_heard() {
    // AC set NEW, we wrote NEW, the user restores OLD.
    assert_eq!(both_ways(NEW, vec![slot(OLD, agreed(NEW))]), [Step::WriteToAdvocaatCentraal]);
}

#[test]
fn of_two_siblings_only_the_edited_one_travels() {
    let steps = both_ways(OLD, vec![slot(OLD, agreed(OLD)), slot(NEW, agreed(OLD))]);
    assert_eq!(steps, [Step::SettleBesideAdvocaatCentraal, Step::WriteToAdvocaatCentraal]);
}

#[test]
fn after_the_edit_of_one_sibling_nothing_is_left_to_do() {
    let other_stays = Some(Base { ac: NEW, tribe: OLD });
    assert_eq!(both_ways(NEW, vec![slot(OLD, other_stays), slot(NEW, agreed(NEW))]), [Step::Keep, Step::Keep]);
}

#[test]
fn a_change_in_ac_reaches_both_siblings_also_the_one_that_stayed() {
    let other_stays = Some(Base { ac: NEW, tribe: OLD });
    let steps = both_ways(OTHER, vec![slot(OLD, other_stays), slot(NEW, agreed(NEW))]);
    assert_eq!(steps, [Step::WriteToTribe, Step::WriteToTribe]);
}

#[test]
fn of_two_siblings_edited_differently_the_business_one_travels_and_the_other_is_kept() {
    let steps = both_ways(OLD, vec![slot(NEW, agreed(OLD)), slot(OTHER, agreed(OLD))]);
    assert_eq!(steps, [Step::WriteToAdvocaatCentraal, Step::LoseToSibling]);
}

#[test]
fn of_two_siblings_edited_alike_both_agree() {
    let steps = both_ways(OLD, vec![slot(NEW, agreed(OLD)), slot(NEW, agreed(OLD))]);
    assert_eq!(steps, [Step::WriteToAdvocaatCentraal, Step::SettleBesideAdvocaatCentraal]);
}

#[test]
fn what_a_setting_takes_as_agreed_stays_on_both_sides() {
    let taken = |taken, ac, tribe| both_ways(ac, vec![Slot { taken, ..slot(tribe, agreed(OLD)) }]);
    let left = |ac, tribe, why| [Step::StayApart(Base { ac, tribe }, why)];
    assert_eq!(taken(Taken::TribeAsAgreed, OLD, NEW), left(OLD, NEW, WhyApart::OneWay));
    assert_eq!(taken(Taken::TribeAsAgreed, NEW, OLD), [Step::WriteToTribe], "AC's own change goes on");
    assert_eq!(taken(Taken::BothAsAgreed, NEW, OLD), left(NEW, OLD, WhyApart::Setting));
    assert_eq!(taken(Taken::BothAsAgreed, OLD, NONE), left(OLD, NONE, WhyApart::Setting));
    assert_eq!(taken(Taken::BothAsAgreed, OLD, OLD), [Step::Keep]);
    assert_eq!(taken(Taken::AcAsAgreed, NEW, OLD), left(NEW, OLD, WhyApart::Setting));
    assert_eq!(taken(Taken::AcAsAgreed, NEW, NONE), left(NEW, NONE, WhyApart::Setting), "both are other than before");
    assert_eq!(taken(Taken::AcAsAgreed, OLD, NEW), [Step::WriteToAdvocaatCentraal], "an edit of Tribe's goes on");
}

/// Apart, as a sibling that a user made different.
fn apart(tribe: Fingerprint, ac: Fingerprint) -> Slot {
    Slot { apart: Some(WhyApart::Sibling), ..slot(tribe, Some(Base { ac, tribe })) }
}

fn stays(ac: Fingerprint, tribe: Fingerprint) -> Step {
    Step::StayApart(Base { ac, tribe }, WhyApart::Sibling)
}

#[test]
fn ac_is_emptied_only_when_no_sibling_holds_its_value_any_more() {
    let one = both_ways(OLD, vec![slot(OLD, agreed(OLD)), slot(NONE, agreed(OLD))]);
    assert_eq!(one, [Step::Keep, stays(OLD, NONE)]);
    let last = both_ways(OLD, vec![slot(NONE, agreed(OLD)), apart(NONE, OLD)]);
    assert_eq!(last, [Step::WriteToAdvocaatCentraal, Step::SettleBesideAdvocaatCentraal]);
    let both = both_ways(OLD, vec![slot(NONE, agreed(OLD)), slot(NONE, agreed(OLD))]);
    assert_eq!(both, [Step::WriteToAdvocaatCentraal, Step::SettleBesideAdvocaatCentraal]);
    let unseen = Slot { tribe: None, ..slot(OLD, agreed(OLD)) };
    assert_eq!(both_ways(OLD, vec![unseen, slot(NONE, agreed(OLD))]), [Step::Keep, stays(OLD, NONE)]);
    let behind = both_ways(NEW, vec![slot(OLD, agreed(OLD)), slot(NONE, Some(Base { ac: NEW, tribe: OTHER }))]);
    assert_eq!(behind, [Step::WriteToTribe, stays(NEW, NONE)], "a sibling still waits for it");
}

#[test]
fn a_value_for_ac_comes_before_its_emptying_whatever_the_order() {
    let steps = both_ways(OLD, vec![slot(NONE, agreed(OLD)), slot(NEW, agreed(OLD))]);
    assert_eq!(steps, [Step::SettleApart, Step::WriteToAdvocaatCentraal]);
    let steps = both_ways(OLD, vec![slot(NEW, agreed(OLD)), slot(NONE, agreed(OLD))]);
    assert_eq!(steps, [Step::WriteToAdvocaatCentraal, Step::SettleApart]);
}

#[test]
fn a_sibling_that_was_made_different_stays_when_ac_moves() {
    let steps = both_ways(NEW, vec![slot(OLD, agreed(OLD)), apart(NONE, OLD)]);
    assert_eq!(steps, [Step::WriteToTribe, stays(NEW, NONE)]);
    let steps = both_ways(NEW, vec![slot(OLD, agreed(OLD)), slot(OTHER, agreed(OLD))]);
    assert_eq!(steps, [Step::WriteToTribe, stays(NEW, OTHER)], "both moved at once: D3 goes before D2");
    let steps = both_ways(NONE, vec![slot(OLD, agreed(OLD)), apart(OTHER, OLD)]);
    assert_eq!(steps, [Step::WriteToTribe, stays(NONE, OTHER)], "what AC empties too");
    let steps = both_ways(NEW, vec![apart(OTHER, OLD), apart(NONE, OLD)]);
    assert_eq!(steps, [Step::WriteToTribe, stays(NEW, NONE)], "AC's value has a place somewhere");
    let steps = both_ways(NEW, vec![slot(OTHER, agreed(OLD)), slot(NONE, agreed(OLD))]);
    assert_eq!(steps, [Step::OverwriteInTribe, stays(NEW, NONE)]);
}

#[test]
fn a_difference_between_siblings_outlives_the_bases() {
    let lost = |tribe| Slot { is_base_lost: true, ..slot(tribe, None) };
    let held = Step::Agree(Base { ac: OLD, tribe: OLD });
    assert_eq!(both_ways(OLD, vec![lost(OLD), lost(NEW)]), [held, stays(OLD, NEW)]);
    assert_eq!(both_ways(OLD, vec![lost(OLD), lost(NONE)]), [held, stays(OLD, NONE)]);
    assert_eq!(both_ways(OLD, vec![lost(NEW), lost(NONE)]), [Step::OverwriteInTribe, stays(OLD, NONE)]);
    assert_eq!(both_ways(OLD, vec![lost(NEW)]), [Step::OverwriteInTribe], "without siblings AC wins");
    let made = slot(NONE, None);
    assert_eq!(both_ways(OLD, vec![lost(OLD), made]), [held, Step::WriteToTribe], "one that was never filled is");
}

#[test]
fn what_ac_emptied_beside_one_sibling_does_not_come_back_from_another_whose_base_is_lost() {
    let lost = Slot { is_base_lost: true, ..slot(NEW, None) };
    assert_eq!(both_ways(NONE, vec![slot(NEW, agreed(OLD)), lost]), [stays(NONE, NEW), Step::OverwriteInTribe]);
    assert_eq!(both_ways(NONE, vec![slot(NEW, agreed(NEW)), lost]), [Step::WriteToTribe, Step::OverwriteInTribe]);
    let added = slot(NEW, None);
    let to_ac = [Step::SettleBesideAdvocaatCentraal, Step::WriteToAdvocaatCentraal];
    assert_eq!(both_ways(NONE, vec![slot(NONE, agreed(NONE)), lost]), to_ac, "AC did not move");
    assert_eq!(both_ways(NONE, vec![slot(NONE, agreed(OLD)), added]), to_ac, "added since");
}

#[test]
fn a_one_way_field_never_goes_back_but_follows_ac() {
    let one_way = |ac, tribe, base| {
        decide(&Cell { ac: Some(ac), slots: vec![slot(tribe, base)], direction: Direction::FromAdvocaatCentraal })
    };
    let stays = |ac, tribe| [Step::StayApart(Base { ac, tribe }, WhyApart::OneWay)];
    assert_eq!(one_way(OLD, NEW, agreed(OLD)), stays(OLD, NEW));
    assert_eq!(one_way(OTHER, NEW, agreed(OLD)), [Step::OverwriteInTribe]);
    assert_eq!(one_way(NONE, NEW, None), stays(NONE, NEW));
    // Once it goes both ways, what stood there has not moved; and AC's next value is a conflict with it.
    let left = Slot { apart: Some(WhyApart::OneWay), ..slot(NEW, Some(Base { ac: OLD, tribe: NEW })) };
    assert_eq!(both_ways(OLD, vec![left]), [Step::Keep]);
    assert_eq!(both_ways(OTHER, vec![left]), [Step::OverwriteInTribe]);
    assert_eq!(both_ways(OLD, vec![Slot { tribe: Some(OTHER), ..left }]), [Step::WriteToAdvocaatCentraal]);
}

#[test]
fn without_a_base_an_empty_side_is_filled_and_a_filled_one_is_never_cleared() {
    assert_eq!(both_ways(NEW, vec![slot(NONE, None)]), [Step::WriteToTribe]);
    assert_eq!(both_ways(NONE, vec![slot(NEW, None)]), [Step::WriteToAdvocaatCentraal]);
    assert_eq!(both_ways(NEW, vec![slot(OTHER, None)]), [Step::OverwriteInTribe]);
    assert_eq!(both_ways(NONE, vec![slot(NONE, None)]), [Step::Agree(Base { ac: NONE, tribe: NONE })]);
}

#[test]
fn what_a_user_may_have_emptied_is_filled_again_and_that_is_kept() {
    let emptied = Slot { perhaps_emptied: true, ..slot(NONE, None) };
    assert_eq!(both_ways(NEW, vec![emptied]), [Step::OverwriteInTribe]);
    assert_eq!(both_ways(NONE, vec![emptied]), [Step::Agree(Base { ac: NONE, tribe: NONE })]);
}

/// Both systems and the base of one field, small enough to try millions.
#[derive(Clone, Debug)]
struct World {
    cell: Cell,
    kept: Vec<Fingerprint>,
}

impl World {
    /// Carries out a plan as the sync does, with both systems storing what they are sent.
    fn cycle(&mut self) -> usize {
        let steps = decide(&self.cell);
        let Some(before) = self.cell.ac else { return 0 };
        let sent = steps.iter().position(|step| *step == Step::WriteToAdvocaatCentraal);
        let ac = sent.map_or(before, |winner| self.cell.slots[winner].tribe.unwrap());
        let mut writes = usize::from(sent.is_some());
        for (slot, step) in self.cell.slots.iter_mut().zip(&steps) {
            match step {
                Step::Keep => {}
                Step::Agree(base) => (slot.base, slot.apart) = (Some(*base), None),
                Step::WriteToTribe | Step::OverwriteInTribe => {
                    if *step == Step::OverwriteInTribe {
                        self.kept.extend(slot.tribe);
                    }
                    slot.tribe = Some(before);
                    slot.is_unreadable = false;
                    slot.base = Some(Base { ac: before, tribe: before });
                    slot.apart = None;
                    writes += 1;
                }
                Step::StayApart(base, why) => (slot.base, slot.apart) = (Some(*base), Some(*why)),
                Step::WriteToAdvocaatCentraal
                | Step::SettleBesideAdvocaatCentraal
                | Step::LoseToSibling
                | Step::SettleApart => {
                    let tribe = slot.tribe.unwrap_or_else(|| slot.base.unwrap().tribe);
                    match step {
                        Step::LoseToSibling => {
                            self.kept.push(slot.tribe.unwrap());
                            slot.apart = Some(WhyApart::Sibling);
                        }
                        Step::SettleApart => slot.apart = Some(WhyApart::Sibling),
                        Step::WriteToAdvocaatCentraal => slot.apart = None,
                        _ => {}
                    }
                    slot.base = Some(Base { ac, tribe });
                }
            }
            slot.apart = slot.apart.filter(|_| slot.base.is_some_and(|base| base.ac != base.tribe));
            slot.is_base_lost &= slot.base.is_none();
        }
        self.cell.ac = Some(ac);
        writes
    }

    fn says(&self, fingerprint: Fingerprint) -> bool {
        self.cell.ac == Some(fingerprint) || self.cell.slots.iter().any(|slot| slot.tribe == Some(fingerprint))
    }
}

fn any_print() -> impl Strategy<Value = Fingerprint> {
    (0u8..4).prop_map(|number| if number == 0 { NONE } else { Fingerprint::sample(number) })
}

fn any_world() -> impl Strategy<Value = World> {
    let base = prop::option::weighted(0.8, (any_print(), any_print()).prop_map(|(ac, tribe)| Base { ac, tribe }));
    let why = prop_oneof![Just(WhyApart::Sibling), Just(WhyApart::OneWay)];
    let marks = (any::<bool>(), any::<bool>(), prop::option::of(why));
    let slot =
        (prop::option::weighted(0.9, any_print()), base, marks).prop_map(|(tribe, base, (doubt, lost, apart))| {
            let perhaps_emptied = doubt && tribe == Some(NONE) && base.is_none();
            let apart = base.filter(|base: &Base| base.ac != base.tribe).and(apart);
            let is_base_lost = lost && base.is_none() && !perhaps_emptied;
            Slot {
                tribe,
                is_unreadable: doubt && tribe.is_none(),
                base,
                perhaps_emptied,
                apart,
                taken: Taken::AsMoved,
                is_base_lost,
            }
        });
    let direction = prop_oneof![Just(Direction::BothWays), Just(Direction::FromAdvocaatCentraal)];
    (prop::option::weighted(0.9, any_print()), prop::collection::vec(slot, 1..4), direction)
        .prop_map(|(ac, slots, direction)| World { cell: Cell { ac, slots, direction }, kept: Vec::new() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn after_two_cycles_the_third_writes_nothing(mut world in any_world()) {
        world.cycle();
        world.cycle();
        prop_assert_eq!(world.cycle(), 0);
        let settled = world.clone();
        world.cycle();
        prop_assert_eq!(settled.cell, world.cell);
    }

    #[test]
    fn no_value_is_invented(mut world in any_world()) {
        let before = world.clone();
        world.cycle();
        prop_assert!(world.cell.ac.is_none_or(|fingerprint| before.says(fingerprint)));
        for slot in &world.cell.slots {
            prop_assert!(slot.tribe.is_none_or(|fingerprint| before.says(fingerprint)));
        }
    }

    #[test]
    fn every_edit_is_on_a_side_or_kept(mut world in any_world()) {
        let before = world.cell.clone();
        while world.cycle() > 0 {}
        if let Some(ac) = before.ac {
            for slot in &before.slots {
                let Some(tribe) = slot.tribe else { continue };
                let edited = slot.base.map_or(tribe != NONE, |base| tribe != base.tribe);
                prop_assert!(!edited || tribe == ac || world.says(tribe) || world.kept.contains(&tribe));
            }
            let moved = before.slots.iter().all(|slot| slot.base.is_some_and(|base| base.ac != ac));
            prop_assert!(!moved || world.says(ac) || before.slots.iter().all(|slot| slot.tribe.is_none()));
        }
    }

    #[test]
    fn a_one_way_field_is_never_written_to_ac(mut world in any_world()) {
        world.cell.direction = Direction::FromAdvocaatCentraal;
        let before = world.cell.ac;
        world.cycle();
        world.cycle();
        prop_assert_eq!(world.cell.ac, before);
    }

    #[test]
    fn one_edit_of_one_slot_ends_in_one_write_to_ac(mut world in any_world(), edit in any_print(), at in 0usize..3) {
        world.cell.direction = Direction::BothWays;
        while world.cycle() > 0 {}
        world.cycle();
        let at = at % world.cell.slots.len();
        let slot = world.cell.slots[at];
        if world.cell.ac.is_some() && slot.tribe.is_some() && slot.tribe != Some(edit) && world.cell.ac != Some(edit) {
            let before = world.cell.ac;
            world.cell.slots[at].tribe = Some(edit);
            let others = world.cell.slots.iter().enumerate().filter(|(position, _)| *position != at);
            let holds = |slot: &Slot| slot.tribe.or(slot.base.map(|base| base.tribe)) == before;
            // Emptied where a sibling holds AC's value, it stays beside it (D15).
            let stays = edit == NONE && others.map(|(_, slot)| slot).any(holds);
            prop_assert_eq!(world.cycle(), usize::from(!stays));
            prop_assert_eq!(world.cell.ac, if stays { before } else { Some(edit) });
            prop_assert_eq!(world.cycle(), 0);
        }
    }
}
