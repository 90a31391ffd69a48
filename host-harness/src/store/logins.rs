//! What the store does for the pages: it lets people in by links that hold once, and keeps who did what.

use std::time::Duration;

use super::access::{By, Deed, Done, Ended, Hashed, LoginLink, Secret, Session, Whom};
use super::{Store, StoreError};
use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

impl Store {
    /// Makes a link that lets one person in once within `valid`, and out again after `access`; both from now on. None where
    /// there is no such office.
    pub async fn make_login_link(
        &self,
        whom: Whom,
        valid: Duration,
        access: Duration,
        now: Timestamp,
    ) -> Result<Option<Secret>, StoreError> {
        let secret = Secret::random();
        let hash = Hashed::of(secret.text());
        let link = LoginLink { hash, whom, valid_until: now.plus(valid), ends: now.plus(access) };
        let deed = Deed::new(now, By::Terminal, Done::LinkMade);
        let is_made = self.run(move |database, _| Ok(database.put_login_link(&link, &deed)?)).await?;
        Ok(is_made.then_some(secret))
    }

    /// Lets somebody in with the secret of a link, which holds no longer then: gives the secret of a new session. One that the
    /// same person had before ends. None for a link that is wrong, spent or too old, all of them after the same work.
    pub async fn log_in(
        &self,
        link: &str,
        before: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<(Secret, Session)>, StoreError> {
        let secret = Secret::random();
        let hashes = (Hashed::of(link), Hashed::of(secret.text()), before.map(Hashed::of));
        let session = self
            .run(move |database, _| {
                let (link, session, before) = &hashes;
                let deed = |session: &Session| Deed::new(now, session.into(), Done::LoggedIn);
                Ok(database.spend_login_link(link, (session, before.as_ref()), now, &deed)?)
            })
            .await?;
        Ok(session.map(|session| (secret, session)))
    }

    /// The session of that secret, while it lasts.
    pub async fn session(&self, secret: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let hash = Hashed::of(secret);
        self.run(move |database, _| Ok(database.session(&hash, now)?)).await
    }

    /// The sessions that last, in the order in which they began.
    pub async fn sessions(&self, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.run(move |database, _| Ok(database.sessions(now)?)).await
    }

    /// Ends the session of that secret.
    pub async fn log_out(&self, secret: &str, session: &Session, now: Timestamp) -> Result<(), StoreError> {
        let (hash, deed) = (Hashed::of(secret), Deed::new(now, session.into(), Done::LoggedOut));
        self.run(move |database, _| Ok(database.end_session(&hash, &deed)?)).await
    }

    /// Ends every session and takes every link back: of that office's people, or of all.
    pub async fn end_logins(&self, office: Option<&OfficeNumber>, now: Timestamp) -> Result<Ended, StoreError> {
        let (office, deed) = (office.cloned(), Deed::new(now, By::Terminal, Done::LoginsEnded));
        self.run(move |database, _| Ok(database.end_logins(office.as_ref(), &deed)?)).await
    }

    /// The last entries of the audit trail, newest first: of that office, or of what is no office's.
    pub async fn deeds(&self, office: Option<&OfficeNumber>, limit: u32) -> Result<Vec<Deed>, StoreError> {
        let office = office.cloned();
        self.run(move |database, _| Ok(database.deeds(office.as_ref(), limit)?)).await
    }
}
