//! Tribe's webhooks on their way to the connector. Faults lose, copy, delay and reorder them.

use advocaatcentraal_tribe::relation::TribeId;
use advocaatcentraal_tribe::secret::Secret;
use advocaatcentraal_tribe::tribe::read_delivery;

use crate::World;
use crate::faults::Kind;
use crate::invariants::{Broken, Invariant};

const SECRET: &str = "a webhook's secret";
const HOUR: u64 = 60 * 60 * 1000;
/// Copies of one delivery; as many as one product saw (F102).
const COPIES: usize = 46;
/// Deliveries of a bulk import; as many as one product saw (F65).
const BURST: u128 = 3_000;

/// Deliveries under way.
#[derive(Default)]
pub(super) struct Hooks {
    under_way: Vec<(u64, TribeId)>,
}

impl Hooks {
    /// Registers the webhooks that an office has.
    pub(super) fn register(world: &World) {
        let mut tribe = world.tribe.borrow_mut();
        let types = ["Relation.Organization", "Relation.Person", "Relationship.Person.Contact.Standard", "Address"];
        for of in types {
            tribe.register_webhook(world.now(), "https://koppeling.example/hooks/12345", of, SECRET);
        }
    }

    /// Takes the deliveries that Tribe sent since the last time. Faults lose, copy and delay some of them.
    pub(super) fn collect(&mut self, world: &World, broken: &mut Vec<Broken>) {
        let deliveries = world.tribe.borrow_mut().take_deliveries();
        let header = world.tribe.borrow().character().signature_header.clone();
        let now = world.now().as_millis();
        for delivery in deliveries {
            if world.faults.strikes(Kind::HookLost) {
                continue;
            }
            let signature = delivery.headers.iter().find(|(name, _)| *name == header).map(|(_, text)| text.as_str());
            let Ok(changes) = read_delivery(signature, &delivery.body, &Secret::new(SECRET)) else {
                let what = "a genuine delivery is refused".to_owned();
                broken.push(Broken { invariant: Invariant::I15, what });
                continue;
            };
            let copies = if world.faults.strikes(Kind::HookCopies) { COPIES } else { 1 };
            let due = if world.faults.strikes(Kind::HookDelayed) { now + HOUR } else { now };
            for change in changes {
                self.under_way.extend(std::iter::repeat_n((due, change.id), copies));
            }
        }
        if world.faults.strikes(Kind::HookBurst) {
            let ids = (0..BURST).map(|number| format!("00000000-0000-4000-8000-{number:012x}"));
            self.under_way.extend(ids.filter_map(|id| TribeId::parse(&id)).map(|id| (now, id)));
        }
    }

    /// Takes the deliveries that have arrived by now, in the order of arrival.
    pub(super) fn arrived(&mut self, world: &World) -> Vec<TribeId> {
        let now = world.now().as_millis();
        let (arrived, later): (Vec<_>, Vec<_>) = self.under_way.drain(..).partition(|(due, _)| *due <= now);
        self.under_way = later;
        let mut arrived: Vec<TribeId> = arrived.into_iter().map(|(_, id)| id).collect();
        if arrived.len() > 1 && world.faults.strikes(Kind::HookReordered) {
            arrived.reverse();
            let by = world.faults.draw(arrived.len());
            arrived.rotate_left(by);
        }
        arrived
    }

    /// Delivers again what was not handled.
    pub(super) fn again(&mut self, world: &World, changes: Vec<TribeId>) {
        let now = world.now().as_millis();
        self.under_way.extend(changes.into_iter().map(|id| (now, id)));
    }

    /// Drops every delivery that is under way.
    pub(super) fn drop_all(&mut self, world: &World) {
        drop(world.tribe.borrow_mut().take_deliveries());
        self.under_way.clear();
    }
}
