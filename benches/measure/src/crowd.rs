//! The stand-ins of many offices in this process, each below a path of its own behind the same two ports.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use host_harness::component::{Connector, Limits, Runtime, Source};
use host_harness::run::{End, Host, HostLimits, Work};
use host_harness::settings::{OfficeNumber, OfficeSettings};
use host_harness::store::{MasterKey, Store};
use koppeling_egress::{Egress, Pace, Timeouts};
use sandbox::advocaatcentraal::{Office, Variants};
use sandbox::comparison::{Comparison, Kvk, compare};
use sandbox::server::{Clock, Options, Served, System, machine_clock, serve_many};
use sandbox::tribe::{Character, Delivery, Guid, Tenant};
use sandbox::{AdvocaatCentraal, Request, Response, Tribe, population};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::Failure;

/// What all of them sign their webhooks with.
pub(crate) const SECRET: &str = "sandbox-webhook-secret";
/// In which header.
pub(crate) const SIGNED: &str = "X-Tribe-Signature";
/// What a cycle reads again after a write ([`Crowd::prepare`]).
const READ_AGAIN: Duration = Duration::from_secs(15 * 60);
/// Initial syncs at once.
const SYNCS: usize = 8;
/// The member of an office's companies that is edited in Tribe, and what it is in AdvocaatCentraal.
const IN_TRIBE: &str = "EmailAddress";
const IN_ADVOCAATCENTRAAL: &str = "email";

/// One office's AdvocaatCentraal, which notes what arrives there.
pub(crate) struct Register {
    pub(crate) system: AdvocaatCentraal,
    office: usize,
    arrived: Arc<Arrived>,
}

/// When each value of [`Crowd::edit`] was written to AdvocaatCentraal first.
#[derive(Default)]
pub(crate) struct Arrived(Mutex<HashMap<OfOffice, Vec<(u64, Instant)>>>);

/// A company, by its office and AdvocaatCentraal's id.
type OfOffice = (usize, String);

impl System for Register {
    fn handle(&mut self, now: sandbox::Instant, request: &Request) -> Response {
        let answer = self.system.handle(now, request);
        if request.method == "PUT" {
            self.note(&request.target);
        }
        answer
    }

    fn take_deliveries(&mut self) -> Vec<Delivery> {
        Vec::new()
    }
}

impl Register {
    fn note(&self, target: &str) {
        let id = target.rsplit('/').next().unwrap_or_default();
        let Some(record) = self.system.relatie(id) else { return };
        let Some(number) = numbered(record.current().text(IN_ADVOCAATCENTRAAL)) else { return };
        let mut arrived = self.arrived.0.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.entry((self.office, id.to_owned())).or_default().push((number, Instant::now()));
    }
}

impl Arrived {
    /// When that edit of a record was there, or a later one of it.
    pub(crate) fn when(&self, edit: &Edit) -> Option<Instant> {
        let arrived = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_record = arrived.get(&(edit.office, edit.id.clone()))?;
        of_record.iter().filter(|(number, _)| *number >= edit.number).map(|(_, at)| *at).min()
    }
}

fn address(number: u64) -> String {
    format!("bericht{number}@voorbeeld.example")
}

fn numbered(address: &str) -> Option<u64> {
    address.strip_prefix("bericht")?.strip_suffix("@voorbeeld.example")?.parse().ok()
}

/// One edit of a user of Tribe.
pub(crate) struct Edit {
    pub(crate) office: usize,
    /// AdvocaatCentraal's id of the company.
    pub(crate) id: String,
    number: u64,
    pub(crate) at: Instant,
}

/// One office: both its systems.
pub(crate) struct Member {
    pub(crate) number: String,
    pub(crate) register: Arc<Mutex<Register>>,
    pub(crate) tribe: Arc<Mutex<Tribe>>,
}

impl Member {
    pub(crate) fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tribe(&self) -> MutexGuard<'_, Tribe> {
        self.tribe.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its companies that stand in Tribe: by AdvocaatCentraal's id, and Tribe's.
    pub(crate) fn companies(&self) -> Vec<(String, Guid)> {
        let (register, tribe) = (self.register(), self.tribe());
        let companies = register.system.relaties().filter(|(_, record)| record.current().text("soort") == "bedrijf");
        let active = companies.filter(|(_, record)| record.current().text("status") == "actief");
        let in_tribe = active.filter_map(|(id, _)| {
            let found = tribe.find_by_import_id(&format!("ac:{}:relatie:{id}", self.number));
            Some((id.to_owned(), *found.first()?))
        });
        in_tribe.collect()
    }
}

/// All offices.
pub(crate) struct Crowd {
    pub(crate) members: Vec<Member>,
    pub(crate) arrived: Arc<Arrived>,
    served: (Served, Served),
    /// Milliseconds.
    behind: Arc<AtomicU64>,
    types: BTreeMap<String, String>,
    edits: AtomicU64,
}

/// What the initial syncs took.
pub(crate) struct Prepared {
    pub(crate) took: Duration,
    /// Organisations and persons that were made in Tribe.
    pub(crate) records: usize,
}

impl Crowd {
    /// Makes and serves them.
    pub(crate) async fn start(offices: usize, relations: usize) -> Result<Self, Failure> {
        let behind = Arc::new(AtomicU64::new(0));
        let clock: Clock = {
            let behind = Arc::clone(&behind);
            Arc::new(move || machine_clock()().minus(Duration::from_millis(behind.load(Ordering::Relaxed))))
        };
        let arrived = Arc::<Arrived>::default();
        // A token of an hour would run out for all of them at once, an hour after they were made at once.
        let character =
            Character { calls_per_minute: None, token_life: Duration::from_secs(24 * 3600), ..Character::default() };
        let first = Tribe::new(Tenant { seed: u64::MAX, ..Tenant::default() }, character);
        let members = (0..offices).map(|office| {
            let number = (100_000 + office).to_string();
            let of_office = Office { number: number.clone(), ..Office::default() };
            let mut system = AdvocaatCentraal::new(of_office, Variants::default());
            let seed = office as u64;
            population::seeded(seed, relations).load_into(&mut system);
            let register = Register { system, office, arrived: Arc::clone(&arrived) };
            let tribe = first.another(Tenant { seed, ..Tenant::default() });
            Member { number, register: Arc::new(Mutex::new(register)), tribe: Arc::new(Mutex::new(tribe)) }
        });
        let members: Vec<Member> = members.collect();
        let registers = members.iter().map(|member| (member.number.clone(), Arc::clone(&member.register)));
        let tribes = members.iter().map(|member| (member.number.clone(), Arc::clone(&member.tribe)));
        let options = || Options { clock: Arc::clone(&clock), ..Options::default() };
        let served =
            (serve_many(registers.collect(), options()).await?, serve_many(tribes.collect(), options()).await?);
        let types = [("client", "customer"), ("leverancier", "supplier")];
        let types = types.map(|(of, key)| (of.to_owned(), key.to_owned())).into();
        Ok(Self { members, arrived, served, behind, types, edits: AtomicU64::new(0) })
    }

    /// The settings of an office.
    pub(crate) fn settings(&self, office: &Member) -> Result<OfficeSettings, Failure> {
        self.settings_with(office, &self.served.0.url())
    }

    /// The same with its AdvocaatCentraal at another server.
    pub(crate) fn settings_with(&self, office: &Member, ac: &str) -> Result<OfficeSettings, Failure> {
        let (number, tenant) = (&office.number, office.tribe().tenant().clone());
        let key = office.register().system.office().key.clone();
        let tribe = self.served.1.url();
        let mut text = format!(
            "office = \"{number}\"\nloopback = true\nkvk = \"on\"\n\
             advocaatcentraal-url = \"{ac}/{number}\"\nadvocaatcentraal-key = \"{key}\"\n\
             tribe-url = \"{tribe}/{number}\"\ntribe-auth-url = \"{tribe}/{number}\"\n\
             tribe-client-id = \"{}\"\ntribe-client-secret = \"{}\"\ntribe-webhook-secret = \"{SECRET}\"\n\n\
             [relation-types]\n",
            tenant.client_id, tenant.client_secret,
        );
        for (relatietype, key) in &self.types {
            text.push_str(&format!("{relatietype} = \"{key}\"\n"));
        }
        Ok(OfficeSettings::from_toml(&text)?)
    }

    /// Adds every office to a new data folder, and does its initial sync by the host in this process: the same code as
    /// `koppeling sync`, without a process for each. The stand-ins' clocks are behind meanwhile, so that the first cycle finds
    /// nothing to read again.
    pub(crate) async fn prepare(&self, folder: &Path) -> Result<Prepared, Failure> {
        let key = MasterKey::create(&folder.join("koppeling.key"))?;
        let store = Store::open(folder, &key)?;
        let connector = Connector::load(&Runtime::new(Limits::default())?, &Source::BuiltIn, None)?;
        let host = Host::new(
            connector,
            store.clone(),
            Egress::new(Timeouts::default(), Pace::Unlimited),
            HostLimits::default(),
        );
        self.behind.store(u64::try_from(READ_AGAIN.as_millis())?, Ordering::Relaxed);
        let mut numbers = Vec::new();
        for member in &self.members {
            let settings = self.settings(member)?;
            store.put_office(&settings).await?;
            numbers.push(settings.office);
        }
        let (began, next, numbers) = (Instant::now(), Arc::new(AtomicUsize::new(0)), Arc::new(numbers));
        let mut workers = JoinSet::new();
        for _ in 0..SYNCS {
            workers.spawn(sync_all(host.clone(), Arc::clone(&numbers), Arc::clone(&next)));
        }
        while let Some(worker) = workers.join_next().await {
            worker??;
        }
        let took = began.elapsed();
        self.behind.store(0, Ordering::Relaxed);
        host.stop().cancel();
        let records = self.members.iter().map(|member| {
            let tribe = member.tribe();
            ["Relation_Organization", "Relation_Person"].iter().map(|set| tribe.set(set).count()).sum::<usize>()
        });
        Ok(Prepared { took, records: records.sum() })
    }

    /// Registers webhooks in every Tribe that deliver to `<url>/tribe/<office>`. Whoever edits posts what is delivered.
    pub(crate) fn deliver_to(&self, url: &str) {
        for member in &self.members {
            let to = format!("{url}/tribe/{}", member.number);
            for kind in ["Relation", "Relationship"] {
                member.tribe().register_webhook(machine_clock()(), &to, kind, SECRET);
            }
        }
    }

    /// A user of Tribe gives a company of an office another address of e-mail; what Tribe delivers of it.
    pub(crate) fn edit(&self, office: usize, which: usize) -> Result<(Edit, Vec<Delivery>), Failure> {
        let member = self.members.get(office).ok_or("there is no such office")?;
        let companies = member.companies();
        let (id, there) = companies.get(which % companies.len().max(1)).ok_or("no company stands in Tribe")?.clone();
        let number = self.edits.fetch_add(1, Ordering::Relaxed);
        let mut tribe = member.tribe();
        tribe.edit(machine_clock()(), there, &json!({ IN_TRIBE: address(number) }))?;
        let deliveries = tribe.take_deliveries();
        Ok((Edit { office, id, number, at: Instant::now() }, deliveries))
    }

    /// What Tribe delivers of a write of the connector's own: that it was, of a record that nobody touched since.
    pub(crate) fn echo(&self, office: usize, which: usize, url: &str) -> Result<Delivery, Failure> {
        let member = self.members.get(office).ok_or("there is no such office")?;
        let companies = member.companies();
        let (_, there) = companies.get(which % companies.len().max(1)).ok_or("no company stands in Tribe")?;
        let payload = json!({"type": "EntityUpdateMutation", "entityType": "Relation.Organization",
            "entityId": there.to_string()});
        let body = json!({"webhookId": there.to_string(), "payload": payload}).to_string().into_bytes();
        let headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            (SIGNED.to_owned(), sandbox::tribe::signature(SECRET, &body)),
        ];
        let url = format!("{url}/tribe/{}", member.number);
        Ok(Delivery { at: machine_clock()(), url, headers, body })
    }

    /// What the stand-ins' own judge says of an office.
    pub(crate) fn compare(&self, member: &Member) -> Comparison {
        compare(&member.register().system, &member.tribe(), &self.types, Kvk::On)
    }
}

async fn sync_all(host: Host, numbers: Arc<Vec<OfficeNumber>>, next: Arc<AtomicUsize>) -> Result<(), Failure> {
    while let Some(office) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
        let run = host.run(office, Work::InitialSync, &mut |_| {}).await;
        if !matches!(run.end, End::Done) {
            return Err(format!("the initial sync of {office} ended as {:?}", run.to_history().result).into());
        }
    }
    Ok(())
}

/// A new relation in AdvocaatCentraal, which comes to Tribe.
pub(crate) fn new_company(number: u64) -> serde_json::Map<String, Value> {
    let fields = json!({
        "soort": "bedrijf",
        "bedrijfsnaam": format!("Nieuw {number} B.V."),
        "relatietypen": ["client"],
    });
    fields.as_object().cloned().unwrap_or_default()
}
