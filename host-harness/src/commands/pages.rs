//! `koppeling pages`: who may look at the pages of `koppeling run`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::screen::Screen;
use super::{CommandError, Exit, Global, OneOffice};
use crate::pages::{Address, ENTER, PagesUrl};
use crate::settings::OfficeNumber;
use crate::store::{Session, Whom};
use crate::timestamp::Timestamp;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Subcommand)]
pub(super) enum Pages {
    /// Prints a link that lets one person in once: you, or with a number somebody of that office, who sees that one only
    Link(Link),
    /// Lists who is logged in
    Sessions,
    /// Logs everybody out, and takes back the links that nobody used: of one office, or of all
    End {
        /// The office's number; everybody where none is given
        office: Option<OfficeNumber>,
    },
}

/// Where the pages are.
#[derive(Args)]
pub(super) struct PagesAt {
    /// Where the pages for people are served; or `off`
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8086", env = "KOPPELING_PAGES", value_parser = pages_listen)]
    pages: PagesListen,
    /// The address that people use for the pages, where a proxy with TLS stands in front, such as
    /// https://koppeling.example
    #[arg(long, value_name = "URL", env = "KOPPELING_PAGES_URL")]
    pages_url: Option<PagesUrl>,
}

/// Where a browser asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PagesListen {
    At(SocketAddr),
    Off,
}

fn pages_listen(text: &str) -> Result<PagesListen, String> {
    match text.parse() {
        Ok(address) => Ok(PagesListen::At(address)),
        Err(_) if text == "off" => Ok(PagesListen::Off),
        Err(_) => Err("give an address with its port, such as 127.0.0.1:8086, or `off`".to_owned()),
    }
}

/// What `koppeling run` is told of its pages.
#[derive(Args)]
pub(super) struct ServedPages {
    #[command(flatten)]
    at: PagesAt,
    /// The proxy in front of the pages, by its IP address: who asks is then whom its X-Forwarded-For names; several with
    /// commas between them
    #[arg(long, value_name = "IP", value_delimiter = ',', env = "KOPPELING_PAGES_PROXY")]
    pages_proxy: Vec<IpAddr>,
}

/// Where browsers ask, and how people find it.
pub(super) struct Browsed {
    pub(super) listener: TcpListener,
    pub(super) address: Address,
    pub(super) proxies: Vec<IpAddr>,
    /// Where it is listened, as the log has it.
    pub(super) place: SocketAddr,
}

impl ServedPages {
    /// Begins to listen; none where no pages are wanted.
    pub(super) async fn listen(&self) -> Result<Option<Browsed>, CommandError> {
        let PagesListen::At(wanted) = self.at.pages else { return Ok(None) };
        let url = self.at.pages_url.as_ref();
        // What leaves this machine without TLS can be read on its way, and so can the cookie of a session.
        if !wanted.ip().is_loopback() && url.is_none() {
            return Err(CommandError::PagesInTheOpen(wanted));
        }
        let failed = |source| CommandError::PagesListen { address: wanted.to_string(), source };
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let place = listener.local_addr().map_err(failed)?;
        let proxies = self.pages_proxy.iter().map(IpAddr::to_canonical).collect();
        Ok(Some(Browsed { listener, address: Address::new(place, url), proxies, place }))
    }
}

impl PagesAt {
    /// The address that a link begins with.
    fn url(&self) -> Result<String, CommandError> {
        match (&self.pages_url, self.pages) {
            (Some(url), _) => Ok(url.to_string()),
            (None, PagesListen::At(address)) if address.ip().is_loopback() => Ok(format!("http://{address}")),
            (None, PagesListen::At(address)) => Err(CommandError::PagesInTheOpen(address)),
            (None, PagesListen::Off) => Err(CommandError::PagesOff),
        }
    }
}

/// For whom a link is, and for how long.
#[derive(Args)]
pub(super) struct Link {
    /// The number of the office whose people it is for; the operator's where none is given
    office: Option<OfficeNumber>,
    /// How long whoever enters with it may look, from now on, such as 30d [default: 12h, of an office 30d]
    #[arg(long = "for", value_name = "TIME", value_parser = lasting)]
    access: Option<Duration>,
    /// How long the link waits to be used, such as 15m or 7d [default: 15m, of an office 7d]
    #[arg(long, value_name = "TIME", value_parser = lasting)]
    valid: Option<Duration>,
    #[command(flatten)]
    at: PagesAt,
}

/// A time with its unit, up to a year.
fn lasting(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(time) if !time.is_zero() && time <= DAY * 366 => Ok(time),
        _ => Err("give a time of at most a year with its unit, such as 15m, 12h or 30d".to_owned()),
    }
}

impl Pages {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        match self {
            Self::Link(link) => link.run(global, screen).await,
            Self::Sessions => sessions(global, screen).await,
            Self::End { office } => end(global, office.clone(), screen).await,
        }
    }
}

impl Link {
    async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let (url, store, now) = (self.at.url()?, global.store(screen)?, Timestamp::now());
        let office = match &self.office {
            Some(office) => Some(OneOffice { office: Some(office.clone()) }.find(&store).await?),
            None => None,
        };
        let (usual_access, usual_valid) =
            if office.is_some() { (DAY * 30, DAY * 7) } else { (MINUTE * 60 * 12, MINUTE * 15) };
        let (access, valid) = (self.access.unwrap_or(usual_access), self.valid.unwrap_or(usual_valid));
        // A link that lets nobody in any more is none.
        let valid = valid.min(access);
        let made = store.make_login_link(Whom::of(office.clone()), valid, access, now).await?;
        let Some(secret) = made else {
            return Err(office.map_or(CommandError::NoOffice, CommandError::NoSuchOffice));
        };
        let link = format!("{url}{ENTER}{}", secret.text());
        if global.json {
            screen.json(&json!({
                "link": link, "office": office, "valid-until": now.plus(valid), "access-until": now.plus(access),
            }));
            return Ok(Exit::Ok);
        }
        screen.line(&link);
        let whom =
            office.map_or_else(|| "you as the operator".to_owned(), |office| format!("somebody of office {office}"));
        screen.aside(format!(
            "It lets {whom} in once, within {}, to look until {}. Whoever has it first gets in: send it to nobody else.",
            humantime::format_duration(valid),
            now.plus(access)
        ));
        Ok(Exit::Ok)
    }
}

async fn sessions(global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
    let all = global.store(screen)?.sessions(Timestamp::now()).await?;
    if global.json {
        let told = |session: &Session| {
            json!({
                "session": session.number, "office": session.whom.office(), "since": session.since, "until": session.until,
            })
        };
        screen.json(&all.iter().map(told).collect::<Vec<Value>>());
    } else if all.is_empty() {
        screen.line("Nobody is logged in. Next: koppeling pages link");
    } else {
        for Session { number, whom, since, until } in &all {
            let whom = whom.office().map_or_else(|| "the operator".to_owned(), |office| format!("office {office}"));
            screen.line(format!("session {number}: {whom}, since {since}, until {until}"));
        }
    }
    Ok(Exit::Ok)
}

async fn end(global: &Global, office: Option<OfficeNumber>, screen: &Screen) -> Result<Exit, CommandError> {
    let store = global.store(screen)?;
    let office = match office {
        Some(office) => Some(OneOffice { office: Some(office) }.find(&store).await?),
        None => None,
    };
    let ended = store.end_logins(office.as_ref(), Timestamp::now()).await?;
    if global.json {
        screen.json(&ended);
        return Ok(Exit::Ok);
    }
    let of = office.map_or_else(String::new, |office| format!(" of office {office}"));
    screen.line(format!(
        "Sessions{of} that were ended: {}; links that let nobody in any more: {}. Next: koppeling pages link",
        ended.sessions, ended.links
    ));
    Ok(Exit::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_at_an_address_or_nowhere() {
        assert_eq!(pages_listen("off"), Ok(PagesListen::Off));
        assert!(matches!(pages_listen("[::1]:8086"), Ok(PagesListen::At(_))));
        for wrong in ["8086", "localhost:8086", "", "on"] {
            assert!(pages_listen(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_link_lasts_for_a_time_with_its_unit_of_at_most_a_year() {
        assert_eq!(lasting("30d"), Ok(DAY * 30));
        for wrong in ["30", "0s", "", "ever", "400d"] {
            assert!(lasting(wrong).is_err(), "{wrong}");
        }
    }
}
