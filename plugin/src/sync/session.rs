//! What every slice has in hand: the two clients, the office's state, the books, and what is left of the budget.

use crate::advocaatcentraal::Record;
use crate::answer::Failure;
use crate::link::{
    Column, DeepInsert, EmptyMembers, Fingerprint, FingerprintKey, GapsByList, Header, Kind, Loss, OfficeState, Rules,
    Side, StateError,
};
use crate::mapping::{AcRecord, FieldMapper, Markers, Row};
use crate::ports::{Clock, Ports};
use crate::relation::{Instant, TribeId};
use crate::set::Set;
use crate::settings::{Problem, Settings, name};
use crate::sync::books::{Books, Retry};
use crate::sync::brake::{Treatment, Wish};
use crate::sync::budget::{Allowance, Budget, CountedHttp};
use crate::sync::closed::Closed;
use crate::sync::health::{Health, stop_of_failure};
use crate::sync::known_ids::{are_known, linked};
use crate::sync::observation::Observer;
use crate::sync::outcome::{Outcome, Stop, Stopped, System, Verdict};
use crate::sync::overlap::believed;
use crate::sync::tried::{header, is_tried, read_by};
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
    /// What is known of what the rows of AC's lists leave out (A7).
    pub(super) gaps: GapsByList,
    /// Which side gets nothing for now.
    closed: Closed,
    /// By which dialect, and where, this call reads.
    read_by: Option<Fingerprint>,
    /// What the settings said of each field before, and when that changed.
    pub(super) rules: Rules,
    /// The records that a person had forgotten.
    forgotten: Set<link::Subject>,
    pub(super) profile: Profile,
    allowance: Allowance<'a>,
    pub(super) books: Books,
    pub(super) health: Health,
    /// At whose wish records are handled.
    pub(super) wish: Wish,
    /// Whether what is found now was missed before.
    pub(super) is_sweep: bool,
    /// Whether a person asked for records to be made anew.
    pub(super) makes_anew: bool,
    /// Whether relations are looked for whose type was mapped since.
    pub(super) brings_in: bool,
    /// Whether what is overwritten gives way to a value that was given back.
    pub(super) gives_back: bool,
    /// Whether this slice has counted how many records hold a value.
    pub(super) has_counted: bool,
    /// Whether Tribe may hold orphans.
    orphans: Orphans,
    /// Whether Tribe showed a marker of this office, once that was asked.
    shows_markers: Option<bool>,
    /// How many records have a link, once it was counted.
    linked: Option<usize>,
}

/// Whether Tribe may hold orphans: records with our marker that no link of this store knows, because the store was
/// lost, or an older copy of it came back. Known for one call only: a stored answer is what an old copy brings back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Orphans {
    /// It may: the marker of a record is looked up before the record is made.
    Perhaps,
    /// Not asked yet. What makes many records asks, since the answer may spare it the look-ups.
    NotAsked,
    /// It held none of our markers when this call first made something: all that it holds now, this call made.
    None,
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
    let noticed = session.notice_ids().and_then(|()| session.notice_rules());
    let result = noticed.and_then(|()| work(&mut session)).and_then(|()| session.flush());
    session.books.tell_unreadable();
    if session.ac.found_no_person_list() {
        session.books.note(Code::NoPersonLists, None, None);
    }
    session.books.outcome.standing = Some(session.books.standing());
    match result {
        Ok(()) => Ok(session.books.outcome),
        Err(stop) => {
            // What became a dead letter before the stop is kept, if the store still takes it.
            let kept = session.flush();
            let error = kept.err().unwrap_or(stop);
            Err(Stopped { error, partial: Box::new(session.books.outcome) })
        }
    }
}

/// Looks at one office in a session of its own, and writes down nothing of it.
pub(super) fn look<T>(
    ports: Ports<'_>,
    settings: &Settings,
    budget: Budget,
    work: impl FnOnce(&mut Session<'_>) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let http = CountedHttp::new(ports.http);
    let allowance = Allowance::new(budget, &http, ports.clock);
    let mut session = Session::begin(ports, &http, settings, allowance)?;
    session.rules = session.rules_by(session.now());
    work(&mut session)
}

/// Tribe's profile as it is stored, where that is good and enough; else read anew and stored.
pub(crate) fn good_profile(
    ports: Ports<'_>,
    state: &OfficeState<'_>,
    tribe: &tribe::Client<'_>,
    is_enough: impl Fn(&Profile) -> bool,
) -> Result<Profile, Stop> {
    let now = ports.clock.now();
    match state.profile::<Profile>()? {
        Some(profile) if profile.is_good(tribe, now) && is_enough(&profile) => Ok(profile),
        earlier => {
            let profile = Profile::read(tribe, now);
            // As long as it is to wait counts from the answer.
            let profile = profile.map_err(|failure| stop_of_failure(failure, System::Tribe, ports.clock.now()))?;
            let profile = profile.after(earlier);
            state.save_profile(&profile)?;
            Ok(profile)
        }
    }
}

/// What is known of AC's empty members once it gave that single record. One that holds an empty member settles it.
pub(crate) fn empty_members(known: Option<EmptyMembers>, record: &dyn Record) -> Option<EmptyMembers> {
    match known {
        Some(EmptyMembers::Held) => known,
        _ if record.holds_an_empty_field() => Some(EmptyMembers::Held),
        None if record.leaves_out_a_field() => Some(EmptyMembers::LeftOut),
        None | Some(EmptyMembers::LeftOut) => known,
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
        let mut header = header(&state, ports.random, settings)?;
        let read_by = read_by(&header, settings);
        let tribe = tribe::Client::new(ports, &settings.tribe, state.token_key());
        let profile = good_profile(ports, &state, &tribe, |_| true)?;
        match &header.tribe_organisation {
            Some(known) if *known != profile.own_organisation => {
                return Err(Stop::Settings(vec![Problem { setting: name::TRIBE_CLIENT_ID, code: Code::OtherTenant }]));
            }
            Some(_) => {}
            None => {
                header.tribe_organisation = Some(profile.own_organisation.clone());
                header.ids_read_by = read_by;
                state.save_header(&header)?;
            }
        }
        let session = Self {
            settings,
            clock: ports.clock,
            ac: advocaatcentraal::Client::new(http, ports.clock, &settings.advocaatcentraal).knowing_tags(header.tags),
            tribe,
            books: Books::open(&state, now, settings.keep_for)?,
            forgotten: state.forgotten()?,
            rules: state.rules()?,
            state,
            key: header.key.clone(),
            closed: Closed::of(is_tried(&header, settings), settings.paused),
            read_by,
            gaps: header.gaps.clone(),
            header,
            profile,
            allowance,
            health: Health::default(),
            wish: Wish::Person,
            is_sweep: false,
            makes_anew: false,
            brings_in: false,
            gives_back: false,
            has_counted: false,
            orphans: Orphans::Perhaps,
            shows_markers: None,
            linked: None,
        };
        if session.header.ids_read_by != read_by {
            session.assert_known_ids()?;
        }
        Ok(session)
    }

    /// An office that is read by another dialect, or at another address, must know the records that are linked.
    fn assert_known_ids(&self) -> Result<(), Stop> {
        let is_known = are_known(&self.ac, &linked(&self.state)?);
        match is_known.map_err(|failure| self.stop(failure, System::AdvocaatCentraal))? {
            true => Ok(()),
            false => Err(Stop::Settings(vec![Problem { setting: name::DIALECT, code: Code::OtherIds }])),
        }
    }

    /// Keeps by what the ids are read now: what is linked was found by it.
    fn notice_ids(&mut self) -> Result<(), Stop> {
        if self.header.ids_read_by != self.read_by {
            self.header.ids_read_by = self.read_by;
            self.state.save_header(&self.header)?;
        }
        Ok(())
    }

    /// Whether new work may be begun: the budget is not spent, and the outcome holds no more writes than a caller takes.
    pub(super) fn may_go_on(&self) -> bool {
        self.allowance.is_left() && !self.books.outcome.is_full()
    }

    /// How many records may be brought together at once.
    pub(super) fn records_at_once(&self) -> usize {
        self.allowance.records_at_once()
    }

    /// Notices what the settings say otherwise of a field than before (D17). Durable before anything is looked at by it.
    fn notice_rules(&mut self) -> Result<(), Stop> {
        let now = self.now();
        let since = match self.rules.turned(|field| self.settings.goes_both_ways(field)).next() {
            None => now,
            Some(_) => {
                let server_time = self.tribe.server_time().map_err(|failure| self.stop(failure, System::Tribe))?;
                believed(server_time, now).unwrap_or(now)
            }
        };
        let rules = self.rules_by(since);
        if rules != self.rules {
            self.state.save_rules(&rules)?;
            self.rules = rules;
        }
        Ok(())
    }

    /// The rules with what the settings say now; `since` is Tribe's clock.
    fn rules_by(&self, since: Instant) -> Rules {
        let mut rules = self.rules.clone();
        let goes_both_ways = |field: &str| self.settings.goes_both_ways(field);
        rules.take(self.settings.one_way(), goes_both_ways, self.settings.readings(), since);
        rules.pause(self.settings.paused);
        rules
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
        let leaves_out_empties = self.header.empty_members == Some(EmptyMembers::LeftOut);
        let (key, settings, rules) = (&self.key, self.settings, &self.rules);
        let closed = self.closed;
        Observer { mapper: self.mapper(), key, settings, rules, leaves_out_empties, closed }
    }

    /// Which side gets nothing for now.
    pub(super) fn closed(&self) -> Closed {
        self.closed
    }

    /// Notes which side gets nothing for now.
    pub(super) fn tell_closed(&mut self) {
        self.closed.codes().for_each(|code| self.books.note(code, None, None));
    }

    /// Whether Tribe gets nothing for now; it is noted, since whoever asks leaves work undone for it.
    pub(super) fn leaves_tribe_alone(&mut self) -> bool {
        let code = self.closed.code(Side::Tribe);
        if let Some(code) = code {
            self.books.note(code, None, None);
        }
        code.is_some()
    }

    /// The markers of this office.
    pub(super) fn markers(&self) -> Markers {
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

    /// Keeps what a single record of AC's shows of its empty members (A7).
    pub(super) fn learn_of_empties(&mut self, record: &AcRecord) -> Result<(), Stop> {
        let shown = empty_members(self.header.empty_members, record.common());
        if shown == self.header.empty_members {
            return Ok(());
        }
        self.header.empty_members = shown;
        Ok(self.state.save_header(&self.header)?)
    }

    /// This call makes many records: it may ask Tribe once whether any marker needs to be looked up.
    pub(super) fn makes_many(&mut self) {
        self.orphans = Orphans::NotAsked;
    }

    /// Whether Tribe may hold records with our marker that no link knows.
    pub(super) fn may_be_orphans(&mut self) -> Result<bool, Stop> {
        if self.orphans == Orphans::NotAsked {
            self.orphans = if self.shows_markers()? { Orphans::Perhaps } else { Orphans::None };
        }
        Ok(self.orphans == Orphans::Perhaps)
    }

    /// Whether Tribe shows any record with a marker of this office.
    fn shows_markers(&mut self) -> Result<bool, Stop> {
        let shows = match self.shows_markers {
            Some(shows) => shows,
            None => self.as_shown(self.tribe.has_markers(&self.markers().prefix()))?,
        };
        self.shows_markers = Some(shows);
        Ok(shows)
    }

    /// Whether Tribe shows nothing of this office though records are linked: then that a record does not show tells
    /// nothing.
    pub(super) fn is_blind(&mut self) -> Result<bool, Stop> {
        if !self.state.is_any_linked()? || self.shows_markers()? {
            return Ok(false);
        }
        Ok(!self.as_shown(self.tribe.has_marked_relationships(&self.markers().prefix()))?)
    }

    /// A tenant that does not take the question may show something.
    fn as_shown(&self, answer: Result<bool, Failure>) -> Result<bool, Stop> {
        match answer {
            Err(Failure::Refused { .. } | Failure::Gone) => Ok(true),
            answer => answer.map_err(|failure| self.stop(failure, System::Tribe)),
        }
    }

    /// Whether a person had that record forgotten, and did not take that back (D18).
    pub(super) fn is_forgotten(&self, subject: &link::Subject) -> bool {
        self.forgotten.contains(subject)
    }

    /// Remembers that these are forgotten, or no longer.
    pub(super) fn remember_forgotten(&mut self, subjects: &[link::Subject], forgotten: bool) -> Result<(), Stop> {
        let before = self.forgotten.clone();
        for subject in subjects {
            if forgotten {
                self.forgotten.insert(subject.clone())
            } else {
                self.forgotten.remove(subject)
            };
        }
        if self.forgotten != before {
            self.state.save_forgotten(&self.forgotten)?;
        }
        Ok(())
    }

    /// What is done with losses of records of that kind.
    pub(super) fn treating(&self, kind: Kind) -> impl Fn(Side, &Row, Loss) -> Treatment {
        move |side, row, loss| {
            self.wish.treatment(self.books.brake(), &Column { side, kind, field: row.name.to_owned() }, loss)
        }
    }

    /// How many records have a link. Counted once in a slice, since every key of the store is read for it.
    pub(super) fn linked(&mut self) -> Result<usize, Stop> {
        let linked = match self.linked {
            Some(linked) => linked,
            None => self.state.count_links()?,
        };
        self.linked = Some(linked);
        Ok(linked)
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
    pub(super) fn dead_letter<'f>(
        &mut self,
        subject: &link::Subject,
        code: Code,
        fields: impl IntoIterator<Item = &'f str>,
        retry: Retry,
    ) {
        self.books.dead_letter(self.clock.now(), subject, code, fields, retry);
    }

    /// Whose Tribe record that is.
    pub(super) fn owner(&self, id: &TribeId) -> Result<Option<link::Subject>, Stop> {
        match self.state.owner(id) {
            Err(StateError::Damaged) => Ok(self.state.mend_owner(id)?),
            owner => Ok(owner?),
        }
    }

    /// What is stored of a record is damaged: nothing of it travels until a person has it forgotten, and synced again.
    pub(super) fn tell_damaged(&mut self, subject: &link::Subject) {
        self.dead_letter(subject, Code::StateDamaged, None, Retry::WhenChanged(None));
        self.books.count(Verdict::DeadLettered);
    }

    /// Tells, once for the tenant, of a gender for which Tribe has no row.
    pub(super) fn tell_gender_without_row(&mut self, gender: &str, field: &str) -> Result<(), Stop> {
        if self.profile.tell_gender(gender) {
            self.state.save_profile(&self.profile)?;
            self.books.note(Code::GenderWithoutRow, None, Some(field));
        }
        Ok(())
    }

    /// Makes the books durable, and what reading and writing have shown of AC.
    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        if self.header.tags != self.ac.tags() || self.header.gaps != self.gaps {
            self.header.tags = self.ac.tags();
            self.header.gaps = self.gaps.clone();
            self.state.save_header(&self.header)?;
        }
        Ok(self.books.flush(&self.state)?)
    }
}
