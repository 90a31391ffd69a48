use sandbox::tribe::{Character, NestedCreate};

use super::*;
use crate::link::Link;
use crate::sync::bench::{Bench, batch, only};
use crate::sync::create::create as create_what_is_missing;

const CUSTOMERS: &str = "Relationship_Organization_CommercialRelationship_Customer";

/// What is learned where Tribe behaves so, and the company that was made meanwhile.
fn learned_of(nested_create: NestedCreate) -> (Option<Nesting>, Item, Bench) {
    let bench = Bench::with(Character { nested_create, ..Character::default() });
    let ((learned, item), _) = bench.run(|session| {
        let mut batch = batch(session, "1001", Link::default());
        create_what_is_missing(session, &mut batch)?;
        Ok((session.deep_insert(), only(batch)))
    });
    (learned, item, bench)
}

fn stands(item: &Item) -> bool {
    item.missing().is_empty() && !item.is_halted
}

#[test]
fn a_tribe_that_takes_deep_inserts_is_known_by_the_first_company_with_an_address() {
    let (learned, item, bench) = learned_of(NestedCreate::Honoured);
    assert_eq!(learned, Some(Nesting::Honoured));
    assert!(stands(&item) && item.is_seen, "it is made, and read back whole");
    assert_eq!(bench.desk.calls("POST", "Relation_Organization"), 0, "nothing but the relationship is sent");
}

#[test]
fn an_address_that_is_left_out_is_noticed_and_the_relation_counts() {
    let (learned, item, _) = learned_of(NestedCreate::RelationsOnly);
    assert_eq!(learned, Some(Nesting::RelationsOnly));
    assert!(stands(&item));
}

#[test]
fn a_relationship_that_is_refused_for_want_of_the_relation_inside_it_is_made_after_it() {
    let (learned, item, bench) = learned_of(NestedCreate::Ignored);
    assert_eq!(learned, Some(Nesting::NotHonoured));
    assert!(stands(&item));
    assert_eq!(bench.desk.calls("POST", "Relation_Organization"), 1);
    assert_eq!(bench.desk.calls("POST", CUSTOMERS), 2);
}

#[test]
fn a_relationship_that_was_made_without_the_relation_inside_it_is_joined_to_it() {
    let (learned, item, bench) = learned_of(NestedCreate::LeftBehind);
    assert_eq!(learned, Some(Nesting::NotHonoured));
    assert!(stands(&item));
    assert_eq!(bench.desk.calls("POST", "Relation_Organization"), 1);
    assert_eq!((bench.desk.calls("POST", CUSTOMERS), bench.desk.calls("PUT", CUSTOMERS)), (1, 1));
}

#[test]
fn a_refusal_while_nothing_is_known_is_an_answer_and_no_dead_letter() {
    let (learned, item, bench) = learned_of(NestedCreate::Refused);
    assert_eq!(learned, Some(Nesting::NotHonoured));
    assert!(stands(&item));
    let ((), outcome) = bench.run(|session| {
        assert!(session.books.letter(&item.subject).is_none());
        Ok(())
    });
    assert!(outcome.notes.is_empty());
}

#[test]
fn what_was_learned_holds_for_the_next_session() {
    let (_, _, bench) = learned_of(NestedCreate::RelationsOnly);
    let (learned, _) = bench.run(|session| Ok(session.deep_insert()));
    assert_eq!(learned, Some(Nesting::RelationsOnly));
}

#[test]
fn only_a_record_that_lacks_both_relation_and_relationship_fits() {
    let bench = Bench::with(Character::default());
    bench.run(|session| {
        let new = crate::sync::bench::item(session, "1001", Link::default());
        assert!(fits(&new) && would_tell(session, &new));
        let id = crate::relation::TribeId::parse("5f1c6a8e-0000-4000-8000-000000000001");
        let known = id.map(|id| crate::sync::bench::linked(id, bench.now()));
        let known = crate::sync::bench::item(session, "1001", known.unwrap_or_default());
        assert!(!fits(&known), "its relation stands");
        Ok(())
    });
}
