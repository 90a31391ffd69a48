//! The check of the settings page: its findings and what follows from them; and the relation types of both sides.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::BTreeMap;

use advocaatcentraal_tribe::settings::{Problem, name};
use advocaatcentraal_tribe::setup::{Finding, Found, Verdict, check, ready, relation_types};
use advocaatcentraal_tribe::sync::Stop;
use advocaatcentraal_tribe::wording::Code;
use sandbox::advocaatcentraal::{Etag, Rows, Stamps, Variants};
use sandbox::tribe::{Character, CountryCodes, NestedCreate, OverlongPage, TextEquality};
use serde_json::json;
use tests::World;
use tests::support::synced_company;

fn findings(world: &World) -> BTreeMap<Code, Verdict> {
    let before = world.writes();
    let found = check(world.ports(), &world.read_settings(), None).unwrap();
    assert_eq!(world.writes(), before, "a check never writes");
    let code = |found: Finding| match found.code {
        Found::Code(code) => Some((code, found.verdict)),
        Found::Outage(_) => None,
    };
    found.into_iter().filter_map(code).collect()
}

#[test]
fn everything_as_assumed_holds_and_what_only_a_write_can_tell_is_not_known() {
    let world = World::new(1, 40);
    let found = findings(&world);
    let not_holding: Vec<_> = found.iter().filter(|(_, verdict)| **verdict != Verdict::Holds).collect();
    let expected = [
        (&Code::EmptyMembersUnknown, &Verdict::Unknown),
        (&Code::PagesUnknown, &Verdict::Unknown),
        (&Code::NestingUnknown, &Verdict::Unknown),
        (&Code::TagsUnknown, &Verdict::Unknown),
        (&Code::WebhookSecretMissing, &Verdict::Differs),
    ];
    for finding in not_holding {
        assert!(expected.contains(&finding), "{finding:?}");
    }
}

#[test]
fn what_the_first_write_showed_is_told_from_then_on() {
    for (nested_create, code) in
        [(NestedCreate::Honoured, Code::NestingHonoured), (NestedCreate::Ignored, Code::NestingNotHonoured)]
    {
        let character = Character { nested_create, ..Character::default() };
        let world = World::with(2, 40, Variants::default(), character);
        world.initial_sync().unwrap();
        assert!(findings(&world).contains_key(&code), "{code:?}");
    }
}

#[test]
fn a_wrong_key_an_unknown_office_and_a_wrong_secret_each_fail_by_name() {
    for (setting, value, code) in [
        (name::ADVOCAATCENTRAAL_KEY, "wrong", Code::CredentialsRefused),
        (name::ADVOCAATCENTRAAL_OFFICE, "99999", Code::OfficeDiffers),
        (name::TRIBE_CLIENT_SECRET, "wrong", Code::CredentialsRefused),
        (name::TRIBE_FUNCTION_FIELD, "JobTitle", Code::FunctionFieldMissing),
        (name::MARKER_FIELD, "NoSuchField", Code::MarkerFieldMissing),
        (name::RELATION_TYPES, r#"{"no-such-type":"customer"}"#, Code::MappedTypeMissing),
        (name::RELATION_TYPES, r#"{"client":"00000000-0000-4000-8000-000000000000"}"#, Code::TribeTypeMissing),
    ] {
        let world = World::new(3, 20);
        world.set(setting, value);
        assert_eq!(findings(&world).get(&code), Some(&Verdict::Fails), "{setting}");
    }
}

#[test]
fn a_type_that_is_not_there_is_named() {
    let custom = "00000000-0000-4000-8000-000000000000";
    for (types, code, named) in [
        (r#"{"clientt":"customer","client":"customer"}"#.to_owned(), Code::MappedTypeMissing, "clientt"),
        (format!(r#"{{"client":"{custom}"}}"#), Code::TribeTypeMissing, custom),
    ] {
        let world = World::new(3, 20);
        world.set(name::RELATION_TYPES, &types);
        let found = check(world.ports(), &world.read_settings(), None).unwrap();
        let missing = found.iter().find(|finding| finding.code == code.into()).unwrap();
        assert_eq!(missing.names, [named]);
    }
}

#[test]
fn without_a_property_for_the_marker_work_stops_with_that_setting_until_it_is_there() {
    let world = World::new(3, 20);
    let is_ready = || ready(world.ports(), &world.read_settings());
    assert_eq!(is_ready(), Ok(()));
    // Set after the profile was read.
    world.set(name::MARKER_FIELD, "NoSuchField");
    let problem = Problem { setting: name::MARKER_FIELD, code: Code::MarkerFieldMissing };
    for _ in 0..2 {
        assert_eq!(is_ready(), Err(Stop::Settings(vec![problem.clone()])));
    }
    let found = check(world.ports(), &world.read_settings(), None).unwrap();
    let missing = found.iter().find(|finding| finding.code == Code::MarkerFieldMissing.into()).unwrap();
    assert!(missing.names.iter().any(|name| name == "Relation_Organization.NoSuchField"), "{:?}", missing.names);
    world.set(name::MARKER_FIELD, "ImportId");
    assert_eq!(is_ready(), Ok(()));
    let asked = || world.tribe.borrow().counters().calls().values().sum::<u64>();
    let before = asked();
    assert_eq!((is_ready(), asked()), (Ok(()), before), "what is known costs no call");
}

#[test]
fn whether_tags_fit_is_told_from_the_first_write_on() {
    for (etag, before, after, verdict) in [
        (Etag::Yes, Code::TagsUnknown, Code::TagsFit, Verdict::Holds),
        (Etag::NeverFits, Code::TagsUnknown, Code::TagsDoNotFit, Verdict::Differs),
        (Etag::Weak, Code::NoTags, Code::NoTags, Verdict::Differs),
        (Etag::No, Code::NoTags, Code::NoTags, Verdict::Differs),
    ] {
        let world = World::with(11, 20, Variants { etag, ..Variants::default() }, Character::default());
        world.initial_sync().unwrap();
        assert!(findings(&world).contains_key(&before), "{etag:?}");
        let company = synced_company(&world);
        world.edit_in_tribe(&format!("ac:12345:relatie:{company}"), &json!({"PhoneNumber": "020 555 16 01"}));
        world.poll().unwrap();
        assert_eq!(findings(&world).get(&after), Some(&verdict), "{etag:?}");
    }
}

#[test]
fn stamps_without_offset_are_named_and_lived_with() {
    let variants = Variants { stamps: Stamps::Naive, ..Variants::default() };
    let world = World::with(4, 20, variants, Character::default());
    assert_eq!(findings(&world).get(&Code::StampsWithoutOffset), Some(&Verdict::Differs));
}

#[test]
fn another_tenant_than_the_linked_one_stands_still() {
    let world = World::new(5, 20);
    world.initial_sync().unwrap();
    // A copy of the environment has a login of its own.
    let other = sandbox::tribe::Tenant { seed: 99, client_id: "copy".to_owned(), ..sandbox::tribe::Tenant::default() };
    *world.tribe.borrow_mut() = sandbox::Tribe::new(other, Character::default());
    world.set(name::TRIBE_CLIENT_ID, "copy");
    assert!(world.poll().is_err());
    assert_eq!(findings(&world).get(&Code::OtherTenant), Some(&Verdict::Fails));
    assert_eq!(world.writes().1, 0, "nothing is written to the other tenant");
}

#[test]
fn custom_relation_types_are_listed_with_their_dutch_names_and_what_they_are_for() {
    let world = World::new(6, 20);
    let (ac, tribe) = relation_types(world.ports(), &world.read_settings()).unwrap();
    let client = ac.iter().find(|known| known.id.as_str() == "client").unwrap();
    assert_eq!(client.name, "Cliënt");
    assert_eq!(client.mapped_to.as_ref().map(|mapped| mapped.key()).as_deref(), Some("customer"));
    let named = |name: &str| tribe.iter().find(|known| known.name.as_deref() == Some(name)).unwrap();
    assert!(named("Wederpartij").for_organisations && named("Wederpartij").for_persons);
    assert!(named("Tussenpersoon").for_organisations && !named("Tussenpersoon").for_persons);
    let supplier = tribe.iter().find(|known| known.relation_type.key() == "supplier").unwrap();
    assert!(supplier.for_organisations && !supplier.for_persons);
}

#[test]
fn each_unknown_that_reading_can_tell_is_told_line_by_line() {
    for (character, code, verdict) in [
        (
            Character { text_equality: TextEquality::CaseInsensitive, ..Character::default() },
            Code::CapitalsDoNotMatter,
            Verdict::Differs,
        ),
        (
            Character { text_equality: TextEquality::CaseSensitive, ..Character::default() },
            Code::CapitalsMatter,
            Verdict::Holds,
        ),
        (
            Character { overlong_page: OverlongPage::Refused, ..Character::default() },
            Code::PagesRefused,
            Verdict::Differs,
        ),
        (
            Character { country_codes: CountryCodes::Numbers, ..Character::default() },
            Code::CountriesKnown,
            Verdict::Holds,
        ),
        (
            Character { genders: vec![("1".to_owned(), "?".to_owned())], ..Character::default() },
            Code::GendersUnknown,
            Verdict::Differs,
        ),
        (Character::default(), Code::AddressTypesKnown, Verdict::Holds),
        (Character::default(), Code::EditorNotTold, Verdict::Holds),
        (Character::default(), Code::PartnersKnown, Verdict::Holds),
        (Character::default(), Code::AddressSlotsKnown, Verdict::Holds),
    ] {
        let world = World::with(7, 20, Variants::default(), character);
        assert_eq!(findings(&world).get(&code), Some(&verdict), "{code:?}");
    }
}

#[test]
fn a_list_of_more_than_a_hundred_shows_that_pages_are_clipped() {
    let world = World::new(8, 400);
    world.initial_sync().unwrap();
    assert_eq!(findings(&world).get(&Code::PagesClipped), Some(&Verdict::Holds));
}

#[test]
fn a_function_field_of_another_name_is_found_and_named_and_then_used() {
    let character = Character { function_property: "JobTitle".to_owned(), ..Character::default() };
    let world = World::with(9, 40, Variants::default(), character);
    let found = check(world.ports(), &world.read_settings(), None).unwrap();
    let missing = found.iter().find(|finding| finding.code == Code::FunctionFieldMissing.into()).unwrap();
    assert_eq!((missing.verdict, missing.names.as_slice()), (Verdict::Fails, ["JobTitle".to_owned()].as_slice()));
    world.set(name::TRIBE_FUNCTION_FIELD, "JobTitle");
    assert_eq!(findings(&world).get(&Code::FunctionFieldKnown), Some(&Verdict::Holds));
    world.initial_sync().unwrap();
    let tribe = world.tribe.borrow();
    let filled =
        tribe.set("Relationship_Person_Contact_Standard").filter(|contact| !contact.text("JobTitle").is_empty());
    assert!(filled.count() > 3);
}

#[test]
fn what_was_found_is_kept_with_the_profile_and_outlives_its_renewal() {
    let kept = |world: &World| {
        world.store.dump().into_iter().any(|(_, value)| String::from_utf8_lossy(&value).contains("case-insensitive"))
    };
    let character = Character { text_equality: TextEquality::CaseInsensitive, ..Character::default() };
    let world = World::with(10, 20, Variants::default(), character);
    world.initial_sync().unwrap();
    assert!(!kept(&world), "a slice asks only what it needs");
    findings(&world);
    assert!(kept(&world));
    // A profile is read again after a day.
    world.wait(std::time::Duration::from_secs(25 * 60 * 60));
    world.poll().unwrap();
    assert!(kept(&world));
}

/// The built-in dialect, with something of a relation's record elsewhere.
fn with_record(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut dialect: serde_json::Value = serde_json::from_str(dialect::BUILT_IN).unwrap();
    dialect["name"] = json!("example");
    change(&mut dialect["relations"]["record"]);
    dialect.to_string()
}

#[test]
fn an_office_of_which_no_relation_can_be_synced_is_told_with_the_member_that_is_wrong() {
    for (document, member) in [
        (with_record(|record| record["id"] = json!("/nowhere")), "relations.record.id"),
        (with_record(|record| record["status"]["word"]["at"] = json!("/nowhere")), "relations.record.status"),
        (with_record(|record| record["kind"]["word"]["at"] = json!("/nowhere")), "relations.record.kind"),
    ] {
        for rows in [Rows::Full, Rows::Lean] {
            let world = World::with(1, 40, Variants { rows, ..Variants::default() }, Character::default());
            assert!(!findings(&world).contains_key(&Code::NothingToSync));
            world.set(name::DIALECT, &document);
            let found = check(world.ports(), &world.read_settings(), None).unwrap();
            let told = found.iter().find(|finding| finding.code == Code::NothingToSync.into());
            assert_eq!(told.map(|told| told.names.clone()), Some(vec![member.to_owned()]), "{rows:?}");
        }
        let world = World::new(1, 40);
        world.set(name::DIALECT, &document);
        assert!(world.initial_sync().unwrap().codes().contains(&"nothing-to-sync"), "{member}");
    }
}

#[test]
fn an_initial_sync_that_passes_every_relation_over_says_so_and_one_of_an_empty_office_does_not() {
    let world = World::new(1, 40);
    world.set(name::RELATION_TYPES, r#"{"no-such-type":"customer"}"#);
    assert!(world.initial_sync().unwrap().codes().contains(&"nothing-to-sync"));
    assert!(!World::new(1, 0).initial_sync().unwrap().codes().contains(&"nothing-to-sync"));
    assert!(!World::new(1, 40).initial_sync().unwrap().codes().contains(&"nothing-to-sync"));
}
