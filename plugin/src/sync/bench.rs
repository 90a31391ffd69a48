//! A bench for the floors of the sync: a session on Tribe's stand-in and items made by hand, without a whole world. AC
//! is not there: what asks for it fails.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use sandbox::tribe::{Character, Tenant};
use serde_json::json;

use crate::advocaatcentraal::Relatie;
use crate::link::{Link, Part, PartState, Subject};
use crate::mapping::AcRecord;
use crate::ports::{Clock, Ports};
use crate::relation::{Instant, TribeId};
use crate::settings::{Settings, name};
use crate::sync::budget::Budget;
use crate::sync::item::{Batch, Item};
use crate::sync::observation::Reading;
use crate::sync::outcome::{Outcome, Stop};
use crate::sync::scope;
use crate::sync::session::{Session, run};
use crate::tribe::desk::Desk;

const TRIBE: &str = "https://tribe.example";

/// A desk with an office's settings.
pub(super) struct Bench {
    pub(super) desk: Desk,
    settings: Settings,
}

impl Bench {
    pub(super) fn with(character: Character) -> Self {
        let tenant = Tenant::default();
        let given = [
            (name::ADVOCAATCENTRAAL_URL, "https://ac.example"),
            (name::ADVOCAATCENTRAAL_OFFICE, "12345"),
            (name::ADVOCAATCENTRAAL_KEY, "key"),
            (name::TRIBE_URL, TRIBE),
            (name::TRIBE_AUTH_URL, TRIBE),
            (name::TRIBE_CLIENT_ID, tenant.client_id.as_str()),
            (name::TRIBE_CLIENT_SECRET, tenant.client_secret.as_str()),
            (name::RELATION_TYPES, r#"{"client":"customer"}"#),
        ];
        let get = |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        Self { desk: Desk::new(character), settings: Settings::read(get).unwrap() }
    }

    /// Does work in a session of its own, which must not stop.
    pub(super) fn run<T>(&self, work: impl FnOnce(&mut Session<'_>) -> Result<T, Stop>) -> (T, Outcome) {
        let ports = Ports { http: &self.desk, store: &self.desk, clock: &self.desk, random: &self.desk };
        let budget = Budget { time: Duration::from_secs(600), requests: 10_000 };
        let mut done = None;
        let outcome = run(ports, &self.settings, budget, |session| {
            done = Some(work(session)?);
            Ok(())
        });
        match (done, outcome) {
            (Some(done), Ok(outcome)) => (done, outcome),
            (_, stopped) => panic!("the work stopped: {stopped:?}"),
        }
    }

    pub(super) fn now(&self) -> Instant {
        self.desk.now()
    }

    pub(super) fn wait(&self, seconds: u64) {
        self.desk.now.set(self.desk.now.get() + seconds * 1000);
    }
}

/// A company with an address, as a single read gives it.
pub(super) fn company(id: &str) -> AcRecord {
    AcRecord::Relatie(Relatie::sample(&json!({
        "id": id, "soort": "bedrijf", "relatietypen": ["client"], "status": "actief",
        "gewijzigd": "2026-03-02T10:00:05+01:00", "bedrijfsnaam": "Voorbeeld Logistiek B.V.",
        "telefoonnummer": "020 555 01 23", "email": "info@voorbeeld.example", "website": "", "kvk": "",
        "adressen": [{
            "type": "hoofdkantoor", "straat": "Voorbeeldstraat", "huisnummer": "12", "toevoeging": "",
            "postcode": "1012 AB", "plaats": "Amsterdam", "land": "NL",
        }],
    })))
}

/// An item of a company with that link.
pub(super) fn item(session: &mut Session<'_>, id: &str, link: Link) -> Item {
    let ac = company(id);
    let subject = ac.subject().unwrap();
    let AcRecord::Relatie(relatie) = &ac else { panic!("a company is a relation") };
    let scope = scope::of_relation(session, &subject, relatie);
    Item::new(session.observer(), subject, (ac, Reading::Single), scope, link)
}

/// A batch of one company.
pub(super) fn batch(session: &mut Session<'_>, id: &str, link: Link) -> Batch {
    Batch::of(vec![item(session, id, link)])
}

/// The one item of such a batch, whatever became of it.
pub(super) fn only(batch: Batch) -> Item {
    batch.into_items().next().unwrap()
}

/// A link whose relation is that Tribe record since then.
pub(super) fn linked(id: TribeId, since: Instant) -> Link {
    let mut link = Link::default();
    link.parts.insert(Part::Relation, PartState::Linked { id, since });
    link
}

/// The subject of a company.
pub(super) fn subject(id: &str) -> Subject {
    company(id).subject().unwrap()
}
