//! Reading a page of Tribe.

use std::hint::black_box;

use advocaatcentraal_tribe::relation::{Presence, TribeId};
use advocaatcentraal_tribe::secret::Secret;
use advocaatcentraal_tribe::tribe::{AddressSlot, Client, Entity, Flow, Kvk, Property, Record, RelationKind, Settings};

use crate::counting::Work;
use crate::tenant::{self, ROWS};
use crate::world::{World, answer};

const TOKEN_KEY: &str = "12345/token";
const FUNCTION: &str = "Function";
const ORGANISATION: [Property; 5] = [
    Property::Name,
    Property::PhoneNumber,
    Property::EmailAddress,
    Property::Website,
    Property::ChamberOfCommerceNumber,
];
const ADDRESS: [Property; 3] = [Property::Street, Property::Postalcode, Property::City];

/// A page of organisations by their ids, with a token that there is, and of each everything that the sync asks, once.
pub(crate) fn read_organisations() -> Work {
    let token = "{\"access_token\":\"made-up\",\"expires_in\":3600,\"token_type\":\"bearer\"}".to_owned();
    let world = World::answering([token, tenant::organisations()].map(|body| answer(body, None)));
    let settings = Settings {
        url: "https://tribe.example".to_owned(),
        auth_url: "https://auth.example".to_owned(),
        flow: Flow::ClientCredentials,
        client_id: "made-up".to_owned(),
        client_secret: Secret::new("made-up"),
        marker_property: "ImportId".to_owned(),
        function_property: FUNCTION.to_owned(),
        kvk: Kvk::Linked,
    };
    let ids = (0..ROWS).filter_map(|number| TribeId::parse(&tenant::id(number, 0))).collect();
    let wanted = [(Entity::Organization, ids)];
    let is_logged_in = Client::new(world.ports(), &settings, TOKEN_KEY.to_owned()).prove_login().is_ok();
    Box::new(move || {
        let client = Client::new(world.ports(), &settings, TOKEN_KEY.to_owned());
        let Ok(read) = client.read(black_box(&wanted)) else { return 0 };
        if is_logged_in { read.found.values().map(ask).sum() } else { 0 }
    })
}

fn ask(record: &Record) -> usize {
    black_box((record.id(), record.changed_at(), record.since_made(), record.marker("ImportId")));
    let addresses =
        AddressSlot::of(RelationKind::Organization).iter().filter_map(|slot| record.address(*slot).flatten());
    texts(record, &ORGANISATION) + addresses.map(ask_address).sum::<usize>()
}

fn ask_address(address: &Record) -> usize {
    let house_number = usize::from(matches!(black_box(address.house_number()), Ok(Some(_))));
    let country = usize::from(matches!(black_box(address.choice(Property::Country)), Ok(Some(Some(_)))));
    house_number + country + texts(address, &ADDRESS)
}

fn texts(record: &Record, properties: &[Property]) -> usize {
    let told = |said: Presence| usize::from(black_box(said).text().is_some());
    properties.iter().map(|property| told(record.text(*property, FUNCTION))).sum()
}
