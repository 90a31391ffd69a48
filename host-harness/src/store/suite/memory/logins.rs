//! Who may look at the pages, in memory.

use serde::{Deserialize, Serialize};

use super::Process;
use crate::settings::OfficeNumber;
use crate::store::access::{Deed, Ended, Hashed, LoginLink, Session, Whom};
use crate::store::database::{DEEDS_KEPT, DEEDS_KEPT_FOR, DatabaseError, DeedOf, Logins};
use crate::timestamp::Timestamp;

/// All that is kept of it.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    links: Vec<LoginLink>,
    sessions: Vec<(Hashed, Session)>,
    last_number: u64,
    deeds: Vec<(Option<OfficeNumber>, Deed)>,
}

impl Kept {
    /// What a removed office leaves: nothing.
    pub(super) fn remove(&mut self, office: &OfficeNumber) {
        self.links.retain(|link| link.whom.office() != Some(office));
        self.sessions.retain(|(_, session)| session.whom.office() != Some(office));
        self.deeds.retain(|(of, _)| of.as_ref() != Some(office));
    }

    /// What an old copy must not claim.
    pub(super) fn let_nobody_in(&mut self) {
        self.links.clear();
        self.sessions.clear();
    }

    fn forget_old(&mut self, now: Timestamp) {
        self.links.retain(|link| link.valid_until > now);
        self.sessions.retain(|(_, session)| session.until > now);
    }

    fn record(&mut self, office: Option<&OfficeNumber>, deed: Deed) {
        let is_of = |of: &Option<OfficeNumber>| of.as_ref() == office;
        self.deeds.retain(|(of, kept)| !is_of(of) || kept.at >= deed.at.minus(DEEDS_KEPT_FOR));
        self.deeds.push((office.cloned(), deed));
        let mut beyond = self.deeds.iter().filter(|(of, _)| is_of(of)).count().saturating_sub(DEEDS_KEPT as usize);
        self.deeds.retain(|(of, _)| {
            let goes = is_of(of) && beyond > 0;
            beyond -= usize::from(goes);
            !goes
        });
    }
}

impl Logins for Process {
    fn put_login_link(&self, link: &LoginLink, deed: &Deed) -> Result<bool, DatabaseError> {
        let mut state = self.state();
        if link.whom.office().is_some_and(|office| !state.offices.contains_key(office)) {
            return Ok(false);
        }
        state.logins.forget_old(deed.at);
        state.logins.links.push(link.clone());
        state.logins.record(link.whom.office(), deed.clone());
        Ok(true)
    }

    fn spend_login_link(
        &self,
        link: &Hashed,
        (session, before): (&Hashed, Option<&Hashed>),
        now: Timestamp,
        deed: DeedOf<'_>,
    ) -> Result<Option<Session>, DatabaseError> {
        let logins = &mut self.state().logins;
        let Some(place) = logins.links.iter().position(|kept| kept.hash == *link && kept.valid_until > now) else {
            return Ok(None);
        };
        let LoginLink { whom, ends, .. } = logins.links.remove(place);
        logins.forget_old(now);
        logins.sessions.retain(|(hash, _)| Some(hash) != before);
        logins.last_number += 1;
        let begun = Session { number: logins.last_number, whom, since: now, until: ends };
        logins.sessions.push((*session, begun.clone()));
        logins.record(begun.whom.office(), deed(&begun));
        Ok(Some(begun))
    }

    fn session(&self, session: &Hashed, now: Timestamp) -> Result<Option<Session>, DatabaseError> {
        let state = self.state();
        let found = state.logins.sessions.iter().find(|(hash, kept)| hash == session && kept.until > now);
        Ok(found.map(|(_, session)| session.clone()))
    }

    fn sessions(&self, now: Timestamp) -> Result<Vec<Session>, DatabaseError> {
        let state = self.state();
        let last = state.logins.sessions.iter().filter(|(_, session)| session.until > now);
        Ok(last.map(|(_, session)| session.clone()).collect())
    }

    fn end_session(&self, session: &Hashed, deed: &Deed) -> Result<(), DatabaseError> {
        let logins = &mut self.state().logins;
        if let Some(place) = logins.sessions.iter().position(|(hash, _)| hash == session) {
            let (_, ended) = logins.sessions.remove(place);
            logins.record(ended.whom.office(), deed.clone());
        }
        Ok(())
    }

    fn end_logins(&self, office: Option<&OfficeNumber>, deed: &Deed) -> Result<Ended, DatabaseError> {
        let logins = &mut self.state().logins;
        let is_meant = |whom: &Whom| office.is_none() || whom.office() == office;
        let all = logins.links.iter().map(|link| &link.whom).chain(logins.sessions.iter().map(|(_, of)| &of.whom));
        let mut trails: Vec<_> = all.filter(|whom| is_meant(whom)).map(|whom| whom.office().cloned()).collect();
        trails.sort();
        trails.dedup();
        let before = (logins.links.len(), logins.sessions.len());
        logins.links.retain(|link| !is_meant(&link.whom));
        logins.sessions.retain(|(_, session)| !is_meant(&session.whom));
        trails.iter().for_each(|trail| logins.record(trail.as_ref(), deed.clone()));
        let (links, sessions) = (before.0 - logins.links.len(), before.1 - logins.sessions.len());
        Ok(Ended { links: links as u64, sessions: sessions as u64 })
    }

    fn deeds(&self, office: Option<&OfficeNumber>, limit: u32) -> Result<Vec<Deed>, DatabaseError> {
        let state = self.state();
        let own = state.logins.deeds.iter().rev().filter(|(of, _)| of.as_ref() == office);
        Ok(own.take(limit as usize).map(|(_, deed)| deed.clone()).collect())
    }
}
