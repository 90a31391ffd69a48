#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};

use super::*;

/// The one line with which a document is refused; empty where it is taken.
fn told(document: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(document).unwrap();
    change(&mut document);
    Dialect::parse(&document.to_string()).err().map(|misfit| misfit.to_string()).unwrap_or_default()
}

fn organisation(field: &str, stands: Value) -> String {
    told(crate::BUILT_IN, |d| d["relations"]["record"]["organisation"][field] = stands)
}

/// Two fields of an organisation in the rows of one list.
fn picks(one: Value, other: Value) -> String {
    told(crate::BUILT_IN, |d| {
        let fields = &mut d["relations"]["record"]["organisation"];
        fields["telefoonnummer"] = one;
        fields["website"] = other;
    })
}

fn pick(words: Value, at: &str) -> Value {
    json!({ "list": "/nummers", "where": words, "at": at })
}

#[test]
fn a_field_does_not_stand_where_the_record_is_known_by() {
    for (at, other) in [
        ("/id", "id"),
        ("/soort", "kind"),
        ("/soort/woord", "kind"),
        ("/status", "status"),
        ("/gewijzigd", "changed"),
        ("/gewijzigd/op", "changed"),
        ("/relatietypen", "types"),
        ("/adressen", "addresses"),
        ("/adressen/straat", "addresses"),
        ("", "id"),
    ] {
        let expected = format!("/relations/record/organisation/email: this stands where {other} stands");
        assert_eq!(organisation("email", at.into()), expected, "{at}");
        let in_rows = json!({ "list": at, "where": { "/woord": ["werk"] }, "at": "/tekst" });
        assert_eq!(organisation("email", in_rows), expected, "rows of {at}");
    }
}

#[test]
fn a_field_does_not_stand_where_the_version_stands() {
    let told = told(crate::BOOKKEEPING, |d| d["writing"]["version"] = json!({ "member": "/email" }));
    assert_eq!(told, "/relations/record/organisation/email: this stands where the version stands");
}

#[test]
fn the_version_of_a_contact_person_inside_a_relation_is_that_of_the_relation() {
    assert_eq!(told(crate::BOOKKEEPING, |d| d["writing"]["version"] = json!({ "member": "/gender" })), "");
    let inside = told(crate::BOOKKEEPING, |d| d["writing"]["version"] = json!({ "member": "/contact_people" }));
    assert_eq!(inside, "/persons/inside/rows: this stands where the version stands");
}

#[test]
fn what_only_has_to_be_there_to_tell_the_kind_may_be_a_field_or_hold_fields() {
    let named =
        |at: &str| told(crate::BOOKKEEPING, |d| d["relations"]["record"]["organisation"]["bedrijfsnaam"] = at.into());
    assert_eq!(named("/company_name"), "", "the kind is told by it");
    assert_eq!(named("/company_name/official"), "");
    let deeper = |d: &mut Value| {
        d["relations"]["record"]["kind"]["present"]["organisation"] = "/company/name/text".into();
    };
    let expected = "/relations/record/organisation/bedrijfsnaam: this stands where kind stands";
    assert_eq!(told(crate::LEDGER, deeper), expected);
}

#[test]
fn a_field_does_not_stand_where_a_part_of_an_address_stands() {
    let told = |at: &str| told(crate::BOOKKEEPING, |d| d["relations"]["record"]["organisation"]["website"] = at.into());
    let expected = "/relations/record/addresses/places/hoofdkantoor/parts/straat: this stands where website stands";
    assert_eq!(told("/address1"), expected);
    assert_eq!(told("/address1/line"), expected);
}

#[test]
fn two_addresses_of_an_organisation_do_not_stand_at_one_place() {
    let told = |of: &str| {
        told(crate::REGISTER, |d| {
            d["relations"]["record"]["addresses"]["places"][of]["at"] = "/Addresses/Visiting".into();
        })
    };
    let expected =
        "/relations/record/addresses/places/postadres/parts/straat: this stands where hoofdkantoor straat stands";
    assert_eq!(told("postadres"), expected);
    assert_eq!(told("prive"), "", "that of a person may stand where that of an organisation stands");
}

#[test]
fn in_a_row_of_addresses_each_member_says_one_thing() {
    let rows = "/relations/record/addresses/rows";
    for (at, told_at, other) in [
        ("/id", "parts/straat", "id"),
        ("/type", "parts/straat", "type"),
        ("/plaats/straat", "parts/plaats", "straat"),
        ("/huisnummer", "parts/huisnummer", "straat"),
    ] {
        let told = told(crate::BUILT_IN, |d| {
            d["relations"]["record"]["addresses"]["rows"]["parts"]["straat"] = at.into();
        });
        assert_eq!(told, format!("{rows}/{told_at}: this stands where {other} stands"), "{at}");
    }
    let told = told(crate::BUILT_IN, |d| d["relations"]["record"]["addresses"]["rows"]["type"] = "/id".into());
    assert_eq!(told, format!("{rows}/type: this stands where id stands"));
}

#[test]
fn a_contact_person_s_place_at_a_relation_is_nobody_else_s() {
    let at = |member: &str, pointer: &str| {
        told(crate::REGISTER, |d| {
            d["persons"]["lists"]["record"]["positions"]["at"][member] = pointer.into();
        })
    };
    let place = "/persons/lists/record/positions/at";
    assert_eq!(at("functie", "/Employer/Id"), format!("{place}/functie: this stands where relation stands"));
    assert_eq!(at("functie", "/Id"), format!("{place}/functie: this stands where id stands"));
    assert_eq!(
        at("functie", "/Properties/Mobile"),
        "/persons/lists/record/fields/mobiel: this stands where functie stands"
    );
    let in_rows = told(crate::BUILT_IN, |d| {
        d["persons"]["lists"]["record"]["fields"]["mobiel"] = "/koppelingen".into();
    });
    assert_eq!(in_rows, "/persons/lists/record/fields/mobiel: this stands where positions stands");
}

#[test]
fn two_fields_are_not_picked_from_a_row_that_may_be_the_same() {
    let expected = "/relations/record/organisation/website: this stands where telefoonnummer stands";
    for (one, other) in [
        (json!({ "/soort": ["werk"] }), json!({ "/soort": ["werk"] })),
        (json!({ "/soort": ["werk", "mobiel"] }), json!({ "/soort": ["mobiel"] })),
        (json!({ "/soort": ["werk"] }), json!({ "/soort": ["werk"], "/eerste": ["ja"] })),
        (json!({ "/soort": ["werk"] }), json!({ "/eerste": ["ja"] })),
    ] {
        for [one, other] in [[&one, &other], [&other, &one]] {
            assert_eq!(picks(pick(one.clone(), "/tekst"), pick(other.clone(), "/tekst")), expected, "{one} {other}");
            let inside = picks(pick(one.clone(), "/tekst"), pick(other.clone(), "/tekst/lang"));
            assert_eq!(inside, expected, "{one} {other}");
        }
    }
}

#[test]
fn two_fields_are_picked_from_rows_that_contradict_and_from_two_members_of_one_row() {
    let work = json!({ "/soort": ["werk"], "/eerste": ["ja"] });
    assert_eq!(picks(pick(work.clone(), "/tekst"), pick(json!({ "/soort": ["thuis"] }), "/tekst")), "");
    assert_eq!(picks(pick(work.clone(), "/tekst"), pick(work, "/adres")), "");
}

#[test]
fn a_word_by_which_a_row_is_known_is_no_field() {
    let work = json!({ "/soort": ["werk"] });
    assert_eq!(
        picks(pick(work.clone(), "/soort"), pick(json!({ "/soort": ["thuis"] }), "/tekst")),
        "/relations/record/organisation/telefoonnummer: this stands where a word of its row stands"
    );
    assert_eq!(
        picks(pick(work, "/tekst"), pick(json!({ "/tekst": ["website"] }), "/adres")),
        "/relations/record/organisation/website: this stands where telefoonnummer stands"
    );
}

#[test]
fn a_list_that_is_picked_from_holds_no_other_field() {
    let work = || pick(json!({ "/soort": ["werk"] }), "/tekst");
    let expected = "/relations/record/organisation/website: this stands where telefoonnummer stands";
    assert_eq!(picks(work(), json!("/nummers")), expected);
    assert_eq!(picks(work(), json!("/nummers/website")), expected);
    let deeper = json!({ "list": "/nummers/meer", "where": { "/soort": ["thuis"] }, "at": "/tekst" });
    assert_eq!(picks(work(), deeper), expected);
}
