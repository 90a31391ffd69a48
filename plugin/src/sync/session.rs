//! What every slice has in hand: the two clients, the office's state, the books, and what is left of the budget.

use crate::answer::Failure;
use crate::link::{Column, DeepInsert, FingerprintKey, Header, Kind, Loss, OfficeState, Orphans, Side};
use crate::mapping::{FieldMapper, Markers, Row};
use crate::ports::{Clock, Ports};
use crate::relation::Instant;
use crate::settings::{Problem, Settings, name};
use crate::sync::books::{Books, Retry};
use crate::sync::brake::{Treatment, Wish};
use crate::sync::budget::{Allowance, Budget, CountedHttp};
use crate::sync::health::{Health, stop_of_failure};
use crate::sync::observation::Observer;
use crate::sync::outcome::{Outcome, Stop, Stopped, System};
use crate::tribe::Profile;
use crate::wording::Code;
use crate::{advocaatcentraal, link, tribe};

/// One slice of work for one office.
pub(super) struct Session<'a> {
    pub(super) settings: &'a Settings,
    clock: &'a dyn Clock,
    pub(super) ac: advocaatcentraal::Client<'a>,
    pub(super) tribe: tribe::Client<'a>,
    pub(super) state: OfficeState<'a>,
    pub(super) key: FingerprintKey,
    header: Header,
    pub(super) profile: Profile,
    pub(super) allowance: Allowance<'a>,
    pub(super) books: Books,
    pub(super) health: Health,
    /// At whose wish records are handled.
    pub(super) wish: Wish,
    /// Whether what is found now was missed before.
    pub(super) is_sweep: bool,
    /// Whether what is overwritten gives way to a value that was given back.
    pub(super) gives_back: bool,
    /// Whether this slice has counted how many records hold a value.
    pub(super) has_counted: bool,
}

/// Does work for one office in a session of its own, and gives its outcome; where it stops, what was done until then.
pub(super) fn run(
    ports: Ports<'_>,
    settings: &Settings,
    budget: Budget,
    work: impl FnOnce(&mut Session<'_>) -> Result<(), Stop>,
) -> Result<Outcome, Stopped> {
    let http = CountedHttp::new(ports.http);
    let allowance = Allowance::new(budget, &http, ports.clock);
    let mut session = Session::begin(ports, &http, settings, allowance)?;
    match work(&mut session).and_then(|()| session.flush()) {
        Ok(()) => Ok(session.books.outcome),
        Err(stop) => {
            // What became a dead letter before the stop is kept, if the store still takes it.
            let kept = session.flush();
            let error = kept.err().unwrap_or(stop);
            Err(Stopped { error, partial: session.books.outcome })
        }
    }
}

impl<'a> Session<'a> {
    /// Reads what every slice needs. Nothing is written before the tenant is known to be the linked one.
    fn begin(
        ports: Ports<'a>,
        http: &'a CountedHttp<'a>,
        settings: &'a Settings,
        allowance: Allowance<'a>,
    ) -> Result<Self, Stop> {
        let ports = Ports { http, ..ports };
        let now = ports.clock.now();
        let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
        let mut header = state.header(ports.random)?;
        let tribe = tribe::Client::new(ports, &settings.tribe, state.token_key());
        let profile = match state.profile::<Profile>()? {
            Some(profile) if profile.is_good(&tribe, now) => profile,
            earlier => {
                let profile = Profile::read(&tribe, now);
                let profile = profile.map_err(|failure| stop_of_failure(failure, System::Tribe, ports.clock.now()))?;
                let profile = profile.after(earlier);
                state.save_profile(&profile)?;
                profile
            }
        };
        match &header.tribe_organisation {
            Some(known) if *known != profile.own_organisation => {
                return Err(Stop::Settings(vec![Problem { setting: name::TRIBE_CLIENT_ID, code: Code::OtherTenant }]));
            }
            Some(_) => {}
            None => {
                header.tribe_organisation = Some(profile.own_organisation.clone());
                state.save_header(&header)?;
            }
        }
        Ok(Self {
            settings,
            clock: ports.clock,
            ac: advocaatcentraal::Client::new(http, ports.clock, &settings.advocaatcentraal),
            tribe,
            books: Books::open(&state, now, settings.keep_for)?,
            state,
            key: header.key.clone(),
            header,
            profile,
            allowance,
            health: Health::default(),
            wish: Wish::Person,
            is_sweep: false,
            gives_back: false,
            has_counted: false,
        })
    }

    /// Now, by this machine's clock.
    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// This machine's clock.
    pub(super) fn clock(&self) -> &'a dyn Clock {
        self.clock
    }

    /// Carries values across.
    pub(super) fn mapper(&self) -> FieldMapper<'_> {
        FieldMapper { profile: &self.profile, function_property: &self.settings.tribe.function_property }
    }

    /// Takes the fingerprints of what both sides say.
    pub(super) fn observer(&self) -> Observer<'_> {
        Observer { mapper: self.mapper(), key: &self.key, settings: self.settings }
    }

    /// The markers of this office.
    pub(super) fn markers(&self) -> Markers<'a> {
        Markers::of(&self.settings.advocaatcentraal.office)
    }

    /// What the first write showed of Tribe: whether it makes a record inside another along with it.
    pub(super) fn deep_insert(&self) -> Option<DeepInsert> {
        self.header.deep_insert
    }

    /// Keeps what a write showed of Tribe.
    pub(super) fn learn(&mut self, deep_insert: DeepInsert) -> Result<(), Stop> {
        self.header.deep_insert = Some(deep_insert);
        Ok(self.state.save_header(&self.header)?)
    }

    /// Whether Tribe may hold orphans: records with our marker that no link knows.
    pub(super) fn orphans(&mut self) -> Result<Orphans, Stop> {
        if let Some(known) = self.header.orphans {
            return Ok(known);
        }
        let orphans = match self.tribe.has_markers(&self.markers().prefix()) {
            Ok(false) => Orphans::No,
            // A tenant that does not take the question gets every look-up.
            Ok(true) | Err(Failure::Refused { .. }) => Orphans::Perhaps,
            Err(failure) => return Err(self.stop(failure, System::Tribe)),
        };
        self.expect_orphans(orphans)?;
        Ok(orphans)
    }

    /// Keeps whether there may be orphans.
    pub(super) fn expect_orphans(&mut self, orphans: Orphans) -> Result<(), Stop> {
        self.header.orphans = Some(orphans);
        Ok(self.state.save_header(&self.header)?)
    }

    /// What is done with losses of records of that kind.
    pub(super) fn treating(&self, kind: Kind) -> impl Fn(Side, &Row, Loss) -> Treatment {
        move |side, row, loss| {
            self.wish.treatment(self.books.brake(), &Column { side, kind, field: row.name.to_owned() }, loss)
        }
    }

    /// A failure of a system as a whole.
    pub(super) fn stop(&self, failure: Failure, system: System) -> Stop {
        stop_of_failure(failure, system, self.now())
    }

    /// A record that was asked for by itself could not be read.
    pub(super) fn was_not_read(&mut self, failure: Failure, system: System) -> Result<(), Stop> {
        self.health.was_not_read(failure, system, self.clock.now())
    }

    /// Makes a record a dead letter. Durable with the next [`Session::flush`].
    pub(super) fn dead_letter(&mut self, subject: &link::Subject, code: Code, field: Option<&str>, retry: Retry) {
        self.books.dead_letter(self.clock.now(), subject, code, field, retry);
    }

    /// Makes the books durable.
    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        Ok(self.books.flush(&self.state)?)
    }
}
