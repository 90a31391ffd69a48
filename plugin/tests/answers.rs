//! Answers in the shape of Tribe's own: every null written out, members that nobody asked for, newlines in computed
//! names, house numbers that end in `.0`, stamps of whole seconds, custom properties with and without an underscore in
//! front. They parse, map to the right field, and compare with what AdvocaatCentraal says.
//!
//! The people and companies are invented.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use advocaatcentraal_tribe::advocaatcentraal;
use advocaatcentraal_tribe::answer::Failure;
use advocaatcentraal_tribe::link::{Link, Subject};
use advocaatcentraal_tribe::mapping::{AcRecord, FieldMapper, TribeSide, cells};
use advocaatcentraal_tribe::ports::{
    Clock, Http, Method, NoAnswer, Ports, Random, Request, Response, Store, StoreError,
};
use advocaatcentraal_tribe::relation::{ContactpersoonId, Instant, Presence, RelatieId, TribeId};
use advocaatcentraal_tribe::secret::Secret;
use advocaatcentraal_tribe::tribe::{
    AddressSlot, Client, Create, Edit, Entity, Facts, Flow, Kvk, PageLimit, Profile, Record, RelationKind,
    RelationType, Settings, SinceMade, TextEquality, Update,
};

macro_rules! answer {
    ($name:literal) => {
        include_str!(concat!("answers/", $name))
    };
}

const ORGANISATION: &str = "1b2c3d4e-5f6a-4b7c-9d8e-0f1a2b3c4d5e";
const PERSON: &str = "2c3d4e5f-6a7b-4c8d-8e9f-1a2b3c4d5e6f";
const CONTACT: &str = "4e5f6a7b-8c9d-4eaf-8ab1-3c4d5e6f7a8b";
const VISITING_ADDRESS: &str = "5f6a7b8c-9dae-4fb0-9bc2-4d5e6f7a8b9c";
const PRIVATE_ADDRESS: &str = "7b8c9dae-bfc0-4bd2-9de4-6f7a8b9cadbe";

/// Tribe as far as it gives these answers, and AC for one record.
#[derive(Default)]
struct Desk {
    /// Answers in place of the usual, by a part of the target.
    instead: Vec<(&'static str, u16, String)>,
    store: RefCell<BTreeMap<String, Vec<u8>>>,
    asked: RefCell<Vec<String>>,
}

impl Desk {
    fn answer(&self, request: &Request) -> (u16, String) {
        let target = request.url.strip_prefix("https://tribe.example").unwrap_or(&request.url);
        if let Some((_, status, body)) = self.instead.iter().find(|(part, ..)| target.contains(part)) {
            return (*status, body.clone());
        }
        let resource = target.trim_start_matches("/v1/odata/").split(['?', '(']).next().unwrap_or_default();
        let body = match resource {
            "/oauth2/token" => r#"{"access_token":"a.b","expires_in":3599,"scope":"read write","token_type":"bearer"}"#,
            "$metadata" => answer!("metadata.xml"),
            "GetCurrentEmployee" => answer!("current-employee.json"),
            "Relation_Organization" => answer!("relation-organization.json"),
            "Relation_Person" => answer!("relation-person.json"),
            "Relationship_Person_Contact_Standard" => answer!("relationship-contact.json"),
            "Relationship_Organization_Identity" => answer!("relationship-identity.json"),
            "Relationship_Organization_CommercialRelationship_Customer" => {
                answer!("relationship-organization-customer.json")
            }
            "Relationship_Person_CommercialRelationship_Prospect" => answer!("relationship-person-prospect.json"),
            "Relationship_Organization_Supplier" => answer!("relationship-supplier.json"),
            "e4a1b2c3__d4e5__4f6a__8b7c__9d0e1f2a3b4c" => answer!("relationship-custom-type.json"),
            "Address" => answer!("address.json"),
            "Datastore_Country" => answer!("datastore-country.json"),
            "Datastore_Gender" => answer!("datastore-gender.json"),
            "Datastore_AdressType" => answer!("datastore-address-type.json"),
            "Datastore_Role" => answer!("datastore-role.json"),
            "Webhook" => answer!("webhook.json"),
            _ => return (404, r#"{"error":{"code":null,"message":"Cannot find it."}}"#.to_owned()),
        };
        (200, body.to_owned())
    }

    fn settings() -> Settings {
        Settings {
            url: "https://tribe.example".to_owned(),
            auth_url: "https://tribe.example".to_owned(),
            flow: Flow::ClientCredentials,
            client_id: "client".to_owned(),
            client_secret: Secret::new("secret"),
            marker_property: "ImportId".to_owned(),
            function_property: "Function".to_owned(),
            kvk: Kvk::Linked,
        }
    }

    fn ask<T>(&self, ask: impl FnOnce(&Client<'_>) -> T) -> T {
        let settings = Self::settings();
        ask(&Client::new(Ports { http: self, store: self, clock: self, random: self }, &settings, "token".to_owned()))
    }

    fn record(&self, entity: Entity, id: &str) -> Record {
        let id = guid(id);
        self.ask(|client| client.read(&[(entity, vec![id.clone()])])).unwrap().found.remove(&id).unwrap()
    }

    /// What Tribe's side says in each field, in canonical form.
    fn says(&self, subject: &Subject, at: &[RelatieId], side: &TribeSide) -> BTreeMap<String, Presence> {
        let profile = self.ask(|client| Profile::read(client, Instant::from_millis(0))).unwrap();
        let mapper = FieldMapper { profile: &profile, function_property: "Function" };
        let (cells, link) = (cells(subject, at), Link::default());
        let slots = cells.iter().flat_map(|cell| cell.slots.iter().map(move |slot| (cell, slot)));
        slots.map(|(cell, slot)| (slot.key.clone(), mapper.tribe_value(cell.row, slot, side, &link))).collect()
    }

    /// What AC says in each field, in canonical form, by the slots that it feeds.
    fn ac_value(&self, record: &AcRecord, at: &[RelatieId]) -> BTreeMap<String, Presence> {
        let profile = self.ask(|client| Profile::read(client, Instant::from_millis(0))).unwrap();
        let mapper = FieldMapper { profile: &profile, function_property: "Function" };
        let cells = cells(&record.subject().unwrap(), at);
        let slots = cells.iter().flat_map(|cell| cell.slots.iter().map(move |slot| (cell, slot)));
        slots.map(|(cell, slot)| (slot.key.clone(), mapper.ac_value(cell, record))).collect()
    }
}

impl Http for Desk {
    fn send_each(
        &self,
        requests: Vec<Request>,
        _: usize,
        on_answer: &mut dyn FnMut(usize, Result<Response, NoAnswer>) -> ControlFlow<()>,
    ) {
        for (position, request) in requests.into_iter().enumerate() {
            let verb = match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
                Method::Put => "PUT",
                Method::Patch => "PATCH",
                Method::DeleteWebhook => "DELETE",
            };
            self.asked.borrow_mut().push(format!("{verb} {}", request.url));
            let (status, body) = self.answer(&request);
            let headers = vec![("Date".to_owned(), "Tue, 02 Jun 2026 10:00:00 GMT".to_owned())];
            if on_answer(position, Ok(Response { status, headers, body: body.into_bytes() })).is_break() {
                return;
            }
        }
    }
}

impl Store for Desk {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.store.borrow().get(key).cloned())
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.store.borrow_mut().insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.store.borrow_mut().remove(key);
        Ok(())
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.store.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }
}

impl Clock for Desk {
    fn now(&self) -> Instant {
        Instant::from_millis(1_780_394_400_000)
    }
}

impl Random for Desk {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

fn guid(text: &str) -> TribeId {
    TribeId::parse(text).unwrap()
}

/// A record of AC's, through AC's own client.
fn in_ac(list: &'static str, body: &str) -> AcRecord {
    let desk = Desk { instead: vec![(list, 200, body.to_owned())], ..Desk::default() };
    let settings = advocaatcentraal::Settings {
        url: "https://ac.example".to_owned(),
        office: "12345".to_owned(),
        key: Secret::new("key"),
        key_header: "X-Api-Key".to_owned(),
        user: String::new(),
        password: Secret::new(""),
        dialect: advocaatcentraal::built_in(),
    };
    let client = advocaatcentraal::Client::new(&desk, &desk, &settings);
    match list {
        "relaties" => AcRecord::Relatie(client.relatie(&RelatieId::new("77")).unwrap()),
        _ => AcRecord::Contactpersoon(client.contactpersoon(&ContactpersoonId::new("801")).unwrap()),
    }
}

/// Fields in which the two sides differ.
fn differing(ac: &BTreeMap<String, Presence>, tribe: &BTreeMap<String, Presence>) -> Vec<String> {
    assert_eq!(ac.keys().collect::<Vec<_>>(), tribe.keys().collect::<Vec<_>>());
    ac.iter().filter(|(slot, says)| tribe[*slot] != **says).map(|(slot, _)| slot.clone()).collect()
}

#[test]
fn an_organisation_with_its_addresses_compares_equal_with_the_same_relation_in_ac() {
    let desk = Desk::default();
    let side = TribeSide { relation: Some(desk.record(Entity::Organization, ORGANISATION)), ..TribeSide::default() };
    let ac = in_ac(
        "relaties",
        r#"{"id":"77","soort":"bedrijf","status":"actief","relatietypen":["client"],
            "bedrijfsnaam":"Vermeer & Zn. Handelsmaatschappij B.V.","telefoonnummer":"020 - 555 01 23",
            "email":"kantoor@vermeer.example","website":"www.vermeer.example","kvk":"1234567",
            "adressen":[
              {"id":"a","type":"hoofdkantoor","straat":"Keizersgracht","huisnummer":"12-14","toevoeging":"hs",
               "postcode":"1015 CS","plaats":"Amsterdam","land":"Nederland"},
              {"id":"b","type":"postadres","straat":"Postbus","huisnummer":"123","toevoeging":null,
               "postcode":"1000AA","plaats":"Amsterdam","land":""}]}"#,
    );
    let subject = Subject::Organisation(RelatieId::new("77"));
    let says = desk.says(&subject, &[], &side);
    assert_eq!(differing(&desk.ac_value(&ac, &[]), &says), Vec::<String>::new());
    assert!(says.values().all(|says| !says.is_absent()), "every field of the table is found: {says:?}");
}

#[test]
fn what_is_null_is_empty_and_a_slot_without_an_address_too() {
    let desk = Desk::default();
    let bare = desk.record(Entity::Organization, "9c8d7e6f-5a4b-4c3d-8e2f-1a0b9c8d7e6f");
    assert_eq!(bare.address(AddressSlot::Visiting).map(|address| address.is_none()), Some(true));
    assert_eq!(bare.marker("ImportId"), None);
    let side = TribeSide { relation: Some(bare), ..TribeSide::default() };
    let says = desk.says(&Subject::Organisation(RelatieId::new("79")), &[], &side);
    let filled: Vec<_> = says.iter().filter(|(_, says)| **says != Presence::Empty).collect();
    assert_eq!(filled, [(&"organisatie.bedrijfsnaam".to_owned(), &Presence::of("Leeg B.V."))]);
}

#[test]
fn a_contact_person_with_its_contact_relationship_compares_equal_and_a_changed_field_does_not() {
    let desk = Desk::default();
    let at = RelatieId::new("77");
    let side = TribeSide {
        relation: Some(desk.record(Entity::Person, PERSON)),
        contacts: [(at.clone(), desk.record(Entity::Contact, CONTACT))].into_iter().collect(),
        shares: None,
    };
    let person = |mobile: &str| {
        in_ac(
            "contactpersonen",
            &format!(
                r#"{{"id":"801","status":"actief","voornamen":"Sofie Marijke","achternaam":"Oever",
                "tussenvoegsels":"van den","voorletters":"S.M.","geboortedatum":"1980-02-29","geslacht":"V",
                "mobiel":"{mobile}","prive_telefoon":"06 5550 1111","emailadres":"S.vandenOever@vermeer.example",
                "adressen":[{{"id":"a","type":"prive","straat":"Beispielallee","huisnummer":"7","toevoeging":"A",
                "postcode":"10115","plaats":"Berlin","land":"Germany"}}],
                "koppelingen":[{{"relatie_id":"77","functie":"Hoofd juridische zaken","doorkiesnummer":"020 555 01 24"}}]}}"#
            ),
        )
    };
    let at = [at];
    let says = desk.says(&Subject::ContactPerson(ContactpersoonId::new("801")), &at, &side);
    assert_eq!(differing(&desk.ac_value(&person("06 5550 2222"), &at), &says), Vec::<String>::new());
    let differing = differing(&desk.ac_value(&person("06 5550 2223"), &at), &says);
    assert_eq!(differing.len(), 2, "the business number and the private one: {differing:?}");
}

#[test]
fn an_empty_list_holds_nobody() {
    let desk = Desk {
        instead: vec![("Relation_Person?", 200, answer!("relation-person-empty.json").to_owned())],
        ..Desk::default()
    };
    assert!(desk.ask(|client| client.read(&[(Entity::Person, vec![guid(PERSON)])])).unwrap().found.is_empty());
    let markers = ["ac:12345:contactpersoon:801".to_owned()];
    assert!(desk.ask(|client| client.read_by_markers(&[(Entity::Person, markers.to_vec())])).unwrap().is_empty());
}

#[test]
fn the_stamp_of_a_record_that_was_never_edited_is_that_of_its_creation() {
    let desk = Desk::default();
    let at = |text: &str| advocaatcentraal_tribe::relation::Stamp::parse(text).unwrap().instant();
    let edited = desk.record(Entity::Organization, ORGANISATION);
    assert_eq!(edited.changed_at(), Some(at("2026-05-06T13:45:59Z")));
    assert_eq!(edited.since_made(), SinceMade::Changed);
    let untouched = desk.record(Entity::Organization, "9c8d7e6f-5a4b-4c3d-8e2f-1a0b9c8d7e6f");
    assert_eq!(untouched.changed_at(), Some(at("2026-03-04T09:15:01Z")));
    assert_eq!(untouched.since_made(), SinceMade::Unchanged);
    let half = |leave_out: &str| {
        let mut answer: serde_json::Value = serde_json::from_str(answer!("relation-organization.json")).unwrap();
        answer["value"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .for_each(|row| drop(row.as_object_mut().unwrap().remove(leave_out)));
        let desk = Desk { instead: vec![("Relation_Organization?", 200, answer.to_string())], ..Desk::default() };
        desk.record(Entity::Organization, ORGANISATION).since_made()
    };
    assert_eq!(half("LastMutationDate"), SinceMade::Unsaid, "nobody knows whether it was changed");
    // Touched by the server itself, five seconds after it was written.
    assert_eq!(edited.address(AddressSlot::Visiting).unwrap().unwrap().since_made(), SinceMade::Changed);
}

#[test]
fn the_profile_understands_rows_by_code_and_by_name_and_leaves_the_rest_alone() {
    let desk = Desk::default();
    let profile = desk.ask(|client| Profile::read(client, Instant::from_millis(0))).unwrap();
    assert_eq!(profile.own_organisation, guid("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"));
    assert_eq!(profile.country_row("NL"), Some(&guid("5b0c7c1e-3a9d-4f6e-8a27-1c9e0d4b7f10")));
    assert_eq!(profile.country_row("BE"), Some(&guid("e2f3a4b5-c6d7-4ce9-8efb-d0e1f2a3b4c5")), "by its name");
    assert_eq!(profile.country(&guid("d1e2f3a4-b5c6-4bd8-9dea-cfd0e1f2a3b4")), Some("XX"), "two letters are a code");
    assert_eq!(profile.counts(), (3, 4), "Unknown is a gender of AC's: O");
}

#[test]
fn every_role_is_found_by_its_marker_and_one_in_other_capitals_is_not() {
    let desk = Desk::default();
    for (relation_type, kind, marker, expected) in [
        ("customer", RelationKind::Organization, "ac:12345:relatie:77#client", 1),
        ("prospect", RelationKind::Person, "ac:12345:relatie:78#betalende-partij", 1),
        ("supplier", RelationKind::Organization, "ac:12345:relatie:77#leverancier", 0),
        ("e4a1b2c3-d4e5-4f6a-8b7c-9d0e1f2a3b4c", RelationKind::Person, "ac:12345:relatie:78#wederpartij", 1),
    ] {
        let set = RelationType::parse(relation_type).unwrap().set(kind).unwrap();
        let markers = [marker.to_owned(), "ac:12345:relatie:1#client".to_owned()];
        let found = desk.ask(|client| client.by_markers(&[(set.clone(), markers.to_vec())])).unwrap();
        assert_eq!(found.get(&(set, marker.to_owned())).map_or(0, Vec::len), expected, "{relation_type}");
        assert_eq!(found.len(), expected);
    }
}

#[test]
fn the_answers_to_a_create_and_an_update_of_every_role_and_entity_tell_the_id() {
    let shape = |set: &str| {
        let list: serde_json::Value = serde_json::from_str(answer!("relationship-organization-customer.json")).unwrap();
        let mut entity = list["value"][0].clone();
        entity["@odata.context"] = format!("$metadata#OData.{set}/$entity").into();
        entity["_Type"] = set.replace('_', ".").into();
        entity.to_string()
    };
    let kinds = [RelationKind::Organization, RelationKind::Person];
    let roles = RelationType::STANDARD.iter().flat_map(|of| kinds.map(|kind| of.set(kind)));
    let entities =
        [Entity::Organization, Entity::Person, Entity::Contact, Entity::Address].map(|of| of.set().to_owned());
    let sets: Vec<String> = roles.flatten().chain(entities).collect();
    assert_eq!(sets.len(), 16, "ten stages, supplier, partner and four entities");
    for set in sets {
        let desk = Desk { instead: vec![("/v1/odata/", 201, shape(&set))], ..Desk::default() };
        let made = guid("8c9daebf-c0d1-4ce3-8ef5-7a8b9cadbecf");
        let create = vec![((), Create { set: set.clone(), edit: Edit::new() })];
        let mut ids = Vec::new();
        desk.ask(|client| client.create_each(create, &mut |(), answer| ids.push(answer.unwrap().id().clone())))
            .unwrap();
        let update = vec![((), Update { set: set.clone(), id: made.clone(), edit: Edit::new() })];
        desk.ask(|client| {
            client.update_each(update, &mut |(), answer| ids.push(answer.unwrap().record.unwrap().id().clone()))
        })
        .unwrap();
        assert_eq!(ids, [made.clone(), made], "{set}");
    }
}

#[test]
fn an_update_that_answers_nothing_is_one_that_was_carried_out() {
    let desk = Desk { instead: vec![("/v1/odata/", 204, String::new())], ..Desk::default() };
    let update = vec![((), Update { set: "Address".to_owned(), id: guid(VISITING_ADDRESS), edit: Edit::new() })];
    let mut told = Vec::new();
    desk.ask(|client| client.update_each(update, &mut |(), answer| told.push(answer.unwrap().record.is_none())))
        .unwrap();
    assert_eq!(told, [true]);
}

#[test]
fn addresses_tell_whose_they_are() {
    let desk = Desk::default();
    let ids = [guid(VISITING_ADDRESS), guid(PRIVATE_ADDRESS)];
    let owners = desk.ask(|client| client.owners_of_addresses(&ids)).unwrap();
    assert_eq!(owners, [guid(ORGANISATION), guid(PERSON)]);
    let changed = desk.ask(|client| client.changed(Entity::Address, Instant::from_millis(0), None)).unwrap();
    let looked_at: Vec<TribeId> = changed.rows.into_iter().flat_map(|row| row.look_at).collect();
    assert_eq!(looked_at, owners);
}

#[test]
fn the_schema_tells_fields_slots_and_the_dutch_names_of_custom_types() {
    let desk = Desk::default();
    let metadata = desk.ask(|client| client.metadata()).unwrap();
    assert!(metadata.has_property("Relation_Organization", "_4d7c1e60__1f2b__4a3c__9d55__0a6b7c8d9e01"));
    assert!(metadata.has_property("Relationship_Person_Contact_Standard", "ImportId"), "inherited over four types");
    let mut types = metadata.custom_relation_types();
    types.sort_by(|(_, _, left), (_, _, right)| left.cmp(right));
    let names: Vec<_> = types.iter().map(|(id, _, name)| (id.to_string(), name.clone().unwrap())).collect();
    let expected = [
        ("4f6a7b8c-9dae-4fb0-9bc2-4d5e6f7a8b9c", "Opdrachtgever"),
        ("e4a1b2c3-d4e5-4f6a-8b7c-9d0e1f2a3b4c", "Wederpartij <zaak>"),
    ];
    assert_eq!(names, expected.map(|(id, name)| (id.to_owned(), name.to_owned())));
}

#[test]
fn the_facts_of_a_tenant_are_read_from_its_own_answers() {
    let desk = Desk::default();
    let facts = desk.ask(|client| Facts::read(client, &client.metadata()?)).unwrap();
    assert_eq!(facts.function_properties, ["FunctionTitle"]);
    assert_eq!(facts.address_types, ["Postal address", "Visit"]);
    assert_eq!(facts.page_limit, None);
    // The answer repeats the whole table whatever was asked: the row is in it.
    assert_eq!(facts.text_equality, Some(TextEquality::CaseInsensitive));
    assert!(!facts.has_partners && facts.editor_properties.is_empty());
    let refused = Desk { instead: vec![("$top=101", 400, String::new())], ..Desk::default() };
    let facts = refused.ask(|client| Facts::read(client, &client.metadata()?)).unwrap();
    assert_eq!(facts.page_limit, Some(PageLimit::Refused));
}

#[test]
fn who_is_logged_in_answers_and_an_error_is_none() {
    assert_eq!(Desk::default().ask(|client| client.current_employee()), Ok(()));
    let body = r#"{"error":{"code":null,"message":"The URI is malformed."}}"#.to_owned();
    let desk = Desk { instead: vec![("GetCurrentEmployee", 400, body)], ..Desk::default() };
    assert!(matches!(desk.ask(|client| client.current_employee()), Err(Failure::Refused { status: 400, .. })));
}

#[test]
fn nothing_is_asked_for_by_another_method_than_it_must() {
    let desk = Desk::default();
    desk.ask(|client| Facts::read(client, &client.metadata()?)).unwrap();
    let asked = desk.asked.borrow();
    assert!(asked.iter().all(|call| call.starts_with("GET ") || call.ends_with("/oauth2/token")), "{asked:?}");
}
