//! A person who logs in to Tribe and consents, for an office that logs in by consent.

use advocaatcentraal_tribe::consent;
use advocaatcentraal_tribe::link::OfficeState;
use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::{Stop, System};
use advocaatcentraal_tribe::tribe::{Client, Flow, LoginState};

use crate::World;

const STATE: &str = "stateofthehost";

impl World {
    /// From now on the office logs in by consent, which a person still has to give.
    pub fn log_in_by_consent(&self) {
        self.set(name::TRIBE_LOGIN, Flow::AuthorizationCode.as_str());
    }

    /// Visits the login page as the connector says, and gives the query that Tribe sends the browser back with.
    pub fn visit_login_page(&self) -> Result<String, Stop> {
        let redirect_uri = self.redirect_uri();
        let url = consent::url(&self.read_settings(), &redirect_uri, STATE)?;
        let target = url.strip_prefix(super::TRIBE).unwrap_or_default();
        // The browser sends this request, not the connector: no fault strikes it and nothing is checked.
        let answer = self.tribe.borrow_mut().handle(self.now(), &sandbox::Request::new("GET", target));
        let back = answer.header("location").unwrap_or_default();
        Ok(back.strip_prefix(&redirect_uri).unwrap_or_default().trim_start_matches('?').to_owned())
    }

    /// A person logs in, consents, and the host hands in the code.
    pub fn consent(&self) -> Result<(), Stop> {
        let back = self.visit_login_page()?;
        let code = back.split('&').find_map(|pair| pair.strip_prefix("code=")).unwrap_or_default();
        self.hand_in(code)?;
        self.login_disturbed.set(false);
        Ok(())
    }

    /// The host hands in a code.
    pub fn hand_in(&self, code: &str) -> Result<(), Stop> {
        self.watch.begin_slice();
        let result = self.engine.get().connector().consent(self, code, &self.redirect_uri());
        if result.is_ok() {
            // The login is stored. A wait that the connector was asked for after that reaches no host.
            self.watch.slice_is_lost();
        }
        result
    }

    fn redirect_uri(&self) -> String {
        self.tribe.borrow().tenant().redirect_uri.clone()
    }

    /// What the connector keeps of its login.
    pub fn login_state(&self) -> Option<LoginState> {
        let settings = self.read_settings();
        let state = OfficeState::new(&self.store, &settings.advocaatcentraal.office);
        Client::new(self.ports(), &settings.tribe, state.token_key()).login_state().ok()
    }

    /// A fault struck a call of the login: a person may have to consent again.
    pub fn disturb_login(&self) {
        self.login_disturbed.set(true);
    }

    /// Whether a fault struck a call of the login since a person consented last.
    pub fn is_login_disturbed(&self) -> bool {
        self.login_disturbed.get()
    }

    /// Whether a stop asks a person to consent.
    pub fn asks_for_consent(&self, stop: &Stop) -> bool {
        let asks =
            matches!(self.login_state(), Some(LoginState::Ended | LoginState::NoConsent | LoginState::NotRenewable));
        *stop == Stop::Credentials(System::Tribe) && asks
    }
}
