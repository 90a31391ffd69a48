use proptest::prelude::*;

use super::*;

fn ac(huisnummer: &str, toevoeging: &str) -> HouseNumber {
    HouseNumber { huisnummer: huisnummer.to_owned(), toevoeging: toevoeging.to_owned() }
}

fn tribe(number: Option<u32>, suffix: &str) -> NumberAndSuffix {
    NumberAndSuffix { number, suffix: suffix.to_owned() }
}

/// `assert_eq!` would print nothing of the two.
fn is<T: PartialEq>(left: T, right: T, case: &str) {
    assert!(left == right, "{case}");
}

#[test]
fn nothing_is_lost_on_the_way_to_tribe() {
    is(ac("12", "").to_tribe(), tribe(Some(12), ""), "a number alone");
    is(ac("12", "hs").to_tribe(), tribe(Some(12), "hs"), "an addition");
    is(ac("12", "0").to_tribe(), tribe(Some(12), "0"), "the addition 0");
    is(ac("12-14", "hs").to_tribe(), tribe(Some(12), "-14 hs"), "two numbers and an addition");
    is(ac("12-14 hs", "").to_tribe(), tribe(Some(12), "-14 hs"), "all in one");
    is(ac("12A", "").to_tribe(), tribe(Some(12), "A"), "a letter");
    is(ac("12 14", "").to_tribe(), tribe(Some(12), "14"), "a second number");
    is(ac("t.o. 5", "").to_tribe(), tribe(None, "t.o. 5"), "no number in front");
    is(ac("", "").to_tribe(), tribe(None, ""), "nothing");
    is(ac("", "hs").to_tribe(), tribe(None, "hs"), "an addition alone");
    is(ac("012", "").to_tribe(), tribe(None, "012"), "a leading zero");
    is(ac("100000", "").to_tribe(), tribe(None, "100000"), "too large");
    is(ac("99999999999999", "a").to_tribe(), tribe(None, "99999999999999 a"), "far too large");
}

#[test]
fn ac_gets_its_own_spelling_back() {
    for own in [ac("12-14 hs", ""), ac("12", "HS"), ac(" 12 ", " hs"), ac("t.o. 5", ""), ac("", "hs")] {
        is(own.to_tribe().to_ac(&own), own, "unchanged");
    }
    is(tribe(Some(12), "HS").to_ac(&ac("12", "hs")), ac("12", "hs"), "capitals alone are no change");
}

#[test]
fn a_change_is_laid_out_as_ac_had_it() {
    is(tribe(Some(14), "hs").to_ac(&ac("12", "bis")), ac("14", "hs"), "in two fields");
    is(tribe(Some(14), "hs").to_ac(&ac("12 bis", "")), ac("14 hs", ""), "in one, with a space");
    is(tribe(Some(14), "-16").to_ac(&ac("12-14", "")), ac("14-16", ""), "in one, without");
    is(tribe(Some(14), "16").to_ac(&ac("12-14", "")), ac("14 16", ""), "two numbers are kept apart");
    is(tribe(Some(14), "").to_ac(&ac("12-14", "")), ac("14", ""), "no suffix any more");
    is(tribe(Some(14), "hs").to_ac(&ac("", "")), ac("14", "hs"), "AC had none");
    is(tribe(None, "t.o. 5").to_ac(&ac("12", "hs")), ac("t.o. 5", ""), "no number");
    is(tribe(None, "").to_ac(&ac("12", "hs")), ac("", ""), "emptied");
}

#[test]
fn other_numbers_are_not_the_same() {
    assert_ne!(ac("12", "14").canonical(), ac("1214", "").canonical());
    assert_ne!(ac("12", "").canonical(), ac("12", "0").canonical());
    assert_ne!(tribe(Some(1), "2").canonical(), tribe(Some(12), "").canonical());
    assert!(ac(" ", "").is_empty() && tribe(None, " ").is_empty() && !ac("0", "").is_empty());
}

fn parts() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[0-9 ]{0,7}[-a-zA-Z0-9 .ëe\u{308}Σİ\u{a0}]{0,6}"]
}

proptest! {
    #[test]
    fn there_and_back_is_the_same(huisnummer in parts(), toevoeging in parts()) {
        let own = HouseNumber { huisnummer, toevoeging };
        prop_assert!(own.to_tribe().to_ac(&own) == own);
        prop_assert_eq!(own.to_tribe().canonical(), own.canonical());
    }

    #[test]
    fn whatever_ac_had_it_gets_what_tribe_says(
        number in proptest::option::of(0_u32..200_000),
        suffix in parts(),
        huisnummer in parts(),
        toevoeging in parts(),
    ) {
        let said = NumberAndSuffix { number, suffix };
        let written = said.to_ac(&HouseNumber { huisnummer, toevoeging });
        prop_assert_eq!(written.canonical(), said.canonical());
    }
}
