//! `koppeling office login`: a person logs in to Tribe and lets the connector in.
//!
//! The person's browser comes back with a code, to a port of this machine or by hand; the connector exchanges it. No token
//! ever passes through here, and the code only on its way from the browser to the connector.

use std::io;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use zeroize::Zeroizing;

use super::redirect::{self, Browser, Code, Landing, Page, RedirectUri, code_in, new_state};
use super::redirect_problem::RedirectProblem;
use super::screen::Screen;
use super::workplace::{halted, later};
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{Connector, System};
use crate::run::{End, Halt, Host, HostLimits};
use crate::settings::OfficeNumber;

/// A person has so long to log in. Tribe: inferred (a login request of Hydra's lives half an hour).
const PATIENCE: Duration = Duration::from_secs(15 * 60);

#[derive(Args)]
pub(super) struct Login {
    #[command(flatten)]
    of: OneOffice,
    #[command(flatten)]
    way: Way,
}

/// How the browser comes back.
#[derive(Args)]
pub(super) struct Way {
    /// Where Tribe sends the browser back to, exactly as it is registered with the application in Tribe
    #[arg(long, value_name = "URL", default_value = redirect::THIS_MACHINE)]
    redirect_uri: RedirectUri,
    /// Asks for the address at which the browser ended, for a machine without a browser
    #[arg(long)]
    paste: bool,
}

impl Default for Way {
    fn default() -> Self {
        Self { redirect_uri: RedirectUri::this_machine(), paste: false }
    }
}

impl Login {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let host = global.host(HostLimits::default(), screen).await?;
        let office = self.of.find(host.store()).await?;
        log_in(&host, &office, &self.way, global, screen).await?;
        if global.json {
            screen.json(&json!({"office": office, "logged-in": true}));
            return Ok(Exit::Ok);
        }
        screen.line(format!("Office {office} is logged in to Tribe. Next: koppeling check {office}"));
        Ok(Exit::Ok)
    }
}

/// A person logs in, and the connector keeps the login.
pub(super) async fn log_in(
    host: &Host,
    office: &OfficeNumber,
    way: &Way,
    global: &Global,
    screen: &Screen,
) -> Result<(), CommandError> {
    let state = new_state()?;
    let url = consent_url(host, office, &way.redirect_uri, &state).await?;
    // Taken before anything is shown: a person must not log in for a port that is not ours.
    let landing = if way.paste { None } else { Some(Landing::at(&way.redirect_uri).await?) };
    screen.aside("Open this address in a browser, log in to Tribe, and allow the connector in:");
    match global.json {
        true => screen.aside(&url),
        false => screen.line(&url),
    }
    let stop = host.stop().clone();
    let come_back = async {
        match landing {
            Some(landing) => landing.wait_for_browser(PATIENCE, &state).await,
            None => {
                screen.aside("Then paste the address at which the browser ended, even if it shows an error there:");
                code_in(&pasted().await?, &state).map(|code| (code, Browser::Elsewhere))
            }
        }
    };
    let (code, browser) = tokio::select! {
        biased;
        () = stop.cancelled() => return Err(Halt::Cancelled.into()),
        back = come_back => back?,
    };
    let kept = hand_in(host, office, &code, &way.redirect_uri).await;
    browser.show(if kept.is_ok() { Page::LoggedIn } else { Page::Failed }).await;
    kept
}

async fn consent_url(
    host: &Host,
    office: &OfficeNumber,
    redirect_uri: &RedirectUri,
    state: &str,
) -> Result<String, CommandError> {
    let settings = host.settings(office).await?;
    let context = host.keyless(&settings);
    let connector = host.connector_of(&settings).await?;
    match connector.consent_url(context, redirect_uri.as_str(), state).await.map_err(Halt::from)? {
        Ok(url) => Ok(url),
        Err(error) => Err(failed(host, office, error.into()).await),
    }
}

async fn hand_in(
    host: &Host,
    office: &OfficeNumber,
    code: &Code,
    redirect_uri: &RedirectUri,
) -> Result<(), CommandError> {
    let give =
        |connector: Connector, context| async move { connector.consent(context, code, redirect_uri.as_str()).await };
    match host.turn(office, give).await? {
        Ok(()) => Ok(()),
        Err(error) => Err(failed(host, office, error.into()).await),
    }
}

async fn failed(host: &Host, office: &OfficeNumber, end: End) -> CommandError {
    match end {
        End::Later(wait) => later(host, office, wait).await,
        End::Halted(Halt::Credentials(System::Tribe)) => RedirectProblem::NotTaken.into(),
        End::Halted(halt) => halted(host, office, halt).await,
        End::Done | End::InitialSyncFirst => Halt::Defect("consent".to_owned()).into(),
    }
}

/// A line of standard input, read on a thread of its own: nothing can interrupt the reading, and ctrl-c must not wait
/// for it.
async fn pasted() -> Result<Zeroizing<String>, RedirectProblem> {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = Zeroizing::new(String::new());
        let read = io::stdin().read_line(&mut line).map(|_| line);
        // Nobody may be waiting any more.
        let _ = tell.send(read);
    });
    match told.await {
        Ok(Ok(line)) => Ok(line),
        Ok(Err(_)) | Err(_) => Err(RedirectProblem::NoCode),
    }
}
