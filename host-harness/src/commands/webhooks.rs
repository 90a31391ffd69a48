//! `koppeling webhooks`: the office's own webhooks in Tribe, one for each kind of record.

use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Value, json};

use super::records::answered;
use super::screen::Screen;
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::Registrations;
use crate::run::{Host, HostLimits};
use crate::settings::OfficeNumber;
use crate::store::Wanted;

/// What to do with the webhooks.
#[derive(Subcommand)]
pub(super) enum Webhooks {
    /// Tells which of the office's own webhooks stand in Tribe
    List(Where),
    /// Makes those that lack, where Tribe lets it; tells what to enter by hand for the rest
    Register(Where),
    /// Removes the office's own webhooks from Tribe, and no other
    Remove(Where),
    /// Tells what to enter on Tribe's page, without asking Tribe
    Print(Where),
}

#[derive(Args)]
pub(super) struct Where {
    #[command(flatten)]
    of: OneOffice,
    /// Where Tribe reaches `koppeling run` from outside, for instance https://koppeling.example, or the office's whole
    /// address, which ends with /tribe/ and its number
    #[arg(long, value_name = "URL", env = "KOPPELING_URL", value_parser = outside)]
    url: String,
}

impl Where {
    fn deliveries(&self, office: &OfficeNumber) -> Result<String, CommandError> {
        deliveries(&self.url, office)
    }
}

/// Where the deliveries of an office go: below the address that was given, unless that is it already.
fn deliveries(url: &str, office: &OfficeNumber) -> Result<String, CommandError> {
    match url.rsplit_once("/tribe/") {
        None => Ok(format!("{url}/tribe/{office}")),
        Some((_, named)) if named == office.as_str() => Ok(url.to_owned()),
        Some(_) => Err(CommandError::AddressOfAnother { url: url.to_owned(), office: office.clone() }),
    }
}

/// Where Tribe reached `koppeling run`, for whoever wants no deliveries any more.
#[derive(Args)]
pub(super) struct Outside {
    /// Where Tribe reaches `koppeling run` from outside: the office's webhooks that lead there are removed
    #[arg(long, value_name = "URL", env = "KOPPELING_URL", value_parser = outside)]
    url: Option<String>,
}

/// What became of the office's own webhooks where they are wanted no more.
pub(super) enum Removal {
    /// There can be none: without a secret none is registered.
    None,
    /// None leads to that address any more.
    Removed(String),
    /// They may stand there still, with why, and what leads there.
    Left { why: String, to: String },
}

impl Outside {
    /// Removes them. That it cannot be done keeps nothing else from being done.
    pub(super) async fn remove(&self, global: &Global, office: &OfficeNumber, screen: &Screen) -> Removal {
        let Some(given) = self.url.as_deref() else {
            let why = "their address was not given with --url".to_owned();
            return match has_secret(global, office, screen).await {
                Ok(false) => Removal::None,
                Ok(true) | Err(_) => Removal::Left { why, to: format!("…/tribe/{office}") },
            };
        };
        let url = match deliveries(given, office) {
            Ok(url) => url,
            Err(error) => return Removal::Left { why: error.to_string(), to: format!("…/tribe/{office}") },
        };
        match removed(global, office, &url, screen).await {
            Ok(left) if left.registered.is_empty() => match lead_elsewhere(global, office, screen).await {
                Some(to) => Removal::Left { why: format!("those of {url} are removed, others lead elsewhere"), to },
                None => Removal::Removed(url),
            },
            Ok(_) => Removal::Left { why: "Tribe did not take the removal".to_owned(), to: url },
            Err(error) => Removal::Left { why: error.to_string(), to: url },
        }
    }
}

async fn has_secret(global: &Global, office: &OfficeNumber, screen: &Screen) -> Result<bool, CommandError> {
    let settings = global.store(screen)?.office(office).await?;
    Ok(settings.is_some_and(|settings| !settings.tribe_webhook_secret.expose_secret().is_empty()))
}

/// The other addresses to which the office's webhooks were seen to lead; none if there are none.
async fn lead_elsewhere(global: &Global, office: &OfficeNumber, screen: &Screen) -> Option<String> {
    let known = global.store(screen).ok()?.summary(office).await.ok()??;
    let addresses: Vec<String> = known.summary.webhooks_lead_to.into_iter().collect();
    (!addresses.is_empty()).then(|| addresses.join(" and "))
}

async fn removed(
    global: &Global,
    office: &OfficeNumber,
    url: &str,
    screen: &Screen,
) -> Result<Registrations, CommandError> {
    let host = global.host(HostLimits::default(), screen).await?;
    let answer = host.turn(office, |connector, context| async move { connector.remove_webhooks(context, url).await });
    let left = answered(&host, office, answer.await?).await?;
    host.store().record_webhooks(office, url, !left.registered.is_empty()).await?;
    Ok(left)
}

impl Removal {
    /// In a sentence; nothing where there can be none.
    pub(super) fn told(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Removed(url) => Some(format!("No webhook in Tribe leads to {url} any more.")),
            Self::Left { why, to } => Some(format!(
                "Webhooks may still stand in Tribe ({why}): remove those that lead to {to} at \
                 https://app.tribecrm.nl/v2/configuration/api, tab Webhooks."
            )),
        }
    }

    /// For a machine.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::None => json!({"state": "none"}),
            Self::Removed(url) => json!({"state": "removed", "url": url}),
            Self::Left { why, to } => json!({"state": "left", "url": to, "why": why}),
        }
    }
}

/// Tribe: documented that an address must begin with `https`. A stand-in on this machine takes any.
fn outside(text: &str) -> Result<String, String> {
    let url: http::Uri = text.parse().map_err(|_| "give an address such as https://koppeling.example".to_owned())?;
    let here = matches!(url.host(), Some("localhost" | "127.0.0.1"));
    match url.scheme_str() {
        Some("https") => {}
        Some("http") if here => {}
        _ => return Err("Tribe delivers to addresses that begin with https only".to_owned()),
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// The entity types that are wanted, as Tribe's page names them.
const WANTED: [&str; 4] =
    ["Relation.Organization", "Relation.Person", "Relationship.Person.Contact.Standard", "Address"];

/// What stands in Tribe, for a machine.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RegistrationList<'a> {
    url: &'a str,
    own: Vec<Line<'a>>,
    missing: &'a [String],
    /// Those that lead to another address to which some were seen to lead before.
    elsewhere: Vec<Elsewhere<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Elsewhere<'a> {
    url: &'a str,
    own: Vec<Line<'a>>,
}

fn lines(found: &Registrations) -> Vec<Line<'_>> {
    found.registered.iter().map(|one| Line { id: &one.id, entity_type: &one.entity_type }).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Line<'a> {
    id: &'a str,
    entity_type: &'a str,
}

impl Webhooks {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let (Self::List(at) | Self::Register(at) | Self::Remove(at) | Self::Print(at)) = self;
        let host = global.host(HostLimits::default(), screen).await?;
        let office = at.of.find(host.store()).await?;
        let url = at.deliveries(&office)?;
        if let (Self::Register(_), wanted @ Wanted::Deactivated) =
            (self, host.store().activity(&office).await?.wanted())
        {
            return Err(CommandError::NotActive { office, wanted });
        }
        let has_secret = !host.settings(&office).await?.tribe_webhook_secret.expose_secret().is_empty();
        let found = match self {
            Self::Print(_) => Registrations { registered: Vec::new(), missing: WANTED.map(str::to_owned).into() },
            Self::List(_) | Self::Register(_) | Self::Remove(_) => self.ask(&host, &office, &url).await?,
        };
        let elsewhere = match self {
            Self::Print(_) => Vec::new(),
            Self::List(_) | Self::Register(_) | Self::Remove(_) => elsewhere(&host, &office, &url, &found).await?,
        };
        if global.json {
            let elsewhere = elsewhere.iter().map(|(url, found)| Elsewhere { url, own: lines(found) }).collect();
            screen.json(&RegistrationList { url: &url, own: lines(&found), missing: &found.missing, elsewhere });
        } else {
            self.show(&found, at, (&office, &url), has_secret, screen);
            for (url, found) in &elsewhere {
                let count = found.registered.len();
                screen.line(format!(
                    "Others stand in Tribe too, and deliver to {url} ({count}): remove them with `koppeling webhooks remove \
                     {office} --url {url}`."
                ));
            }
        }
        Ok(Exit::Ok)
    }

    async fn ask(&self, host: &Host, office: &OfficeNumber, url: &str) -> Result<Registrations, CommandError> {
        let answer = host
            .turn(office, |connector, context| async move {
                match self {
                    Self::Register(_) => connector.register_webhooks(context, url).await,
                    Self::Remove(_) => connector.remove_webhooks(context, url).await,
                    Self::List(_) | Self::Print(_) => connector.webhooks(context, url).await,
                }
            })
            .await?;
        answered(host, office, answer).await
    }

    fn show(
        &self,
        found: &Registrations,
        at: &Where,
        (office, url): (&OfficeNumber, &str),
        has_secret: bool,
        screen: &Screen,
    ) {
        let registered = found.registered.iter().map(|webhook| [webhook.entity_type.clone(), webhook.id.clone()]);
        let missing = found.missing.iter().filter(|_| matches!(self, Self::List(_)));
        let missing = missing.map(|entity_type| [entity_type.clone(), "missing".to_owned()]);
        let rows: Vec<_> = registered.chain(missing).collect();
        if !rows.is_empty() {
            screen.table(["ENTITY TYPE", "WEBHOOK"], rows);
        }
        match (self, found.missing.as_slice()) {
            (Self::Remove(_), _) if found.registered.is_empty() => {
                screen.line("No webhook in Tribe leads here any more.");
            }
            (Self::Remove(_), _) => screen.line("These were not removed: remove them on Tribe's page."),
            (_, []) => screen.line("Every webhook that is needed stands in Tribe."),
            (Self::List(_), _) if !has_secret => screen.line(ask_for_secret(office)),
            (Self::List(_), _) => {
                screen.line(format!("Next: koppeling webhooks register {office} --url {}", at.url));
            }
            (Self::Register(_) | Self::Print(_), missing) => by_hand(missing, office, url, has_secret, screen),
        }
    }
}

/// Remembers where webhooks lead, and gives those that lead to another address than that one. Tribe is asked by address, so
/// that only those are known to which some were seen to lead before.
async fn elsewhere(
    host: &Host,
    office: &OfficeNumber,
    url: &str,
    found: &Registrations,
) -> Result<Vec<(String, Registrations)>, CommandError> {
    let store = host.store();
    store.record_webhooks(office, url, !found.registered.is_empty()).await?;
    let known = store.summary(office).await?.map(|of| of.summary.webhooks_lead_to).unwrap_or_default();
    let mut elsewhere = Vec::new();
    for other in known.into_iter().filter(|other| other != url) {
        let to = other.as_str();
        let answer = host.turn(office, |connector, context| async move { connector.webhooks(context, to).await });
        let there = answered(host, office, answer.await?).await?;
        if there.registered.is_empty() {
            store.record_webhooks(office, to, false).await?;
        } else {
            elsewhere.push((other, there));
        }
    }
    Ok(elsewhere)
}

/// Without the secret no delivery is taken, so it comes first.
fn ask_for_secret(office: &OfficeNumber) -> String {
    format!(
        "No secret is set, and without one no delivery is taken. Choose one that nobody guesses, and enter it with \
         `koppeling office edit {office} --ask tribe-webhook-secret`."
    )
}

/// What an administrator enters, exactly.
fn by_hand(missing: &[String], office: &OfficeNumber, url: &str, has_secret: bool, screen: &Screen) {
    if !has_secret {
        screen.line(ask_for_secret(office));
    }
    screen.line("Enter these in Tribe, at https://app.tribecrm.nl/v2/configuration/api, tab Webhooks, one each:");
    for of in missing {
        screen.line(format!("  Entity type  {of}"));
        screen.line(format!("  URL          {url}"));
        screen.line("  Secret       the value of the setting tribe-webhook-secret");
    }
    screen.line(format!(
        "If Tribe makes the secret itself, give it with `koppeling office edit {office} --ask tribe-webhook-secret`."
    ));
    screen.line(format!(
        "Then make one edit in Tribe while `koppeling run` is running. If `koppeling status` does not tell of it \
         under \"last edits told by Tribe's webhooks\", Tribe does not reach {url}, or the header that holds the signature \
         is called otherwise (`koppeling office edit {office} --set tribe-webhook-header=<name>`); `koppeling \
         status {office}` tells when a delivery was refused, and why."
    ));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_address_may_be_that_of_all_offices_or_the_whole_one_of_this_office() {
        let office: OfficeNumber = "12345".parse().unwrap();
        let deliveries =
            |url: &str| Where { of: OneOffice { office: None }, url: outside(url).unwrap() }.deliveries(&office);
        for url in [
            "https://koppeling.example",
            "https://koppeling.example/",
            "https://koppeling.example/tribe/12345",
            "https://koppeling.example/tribe/12345/",
        ] {
            assert_eq!(deliveries(url).unwrap(), "https://koppeling.example/tribe/12345", "{url}");
        }
        assert_eq!(deliveries("https://voorbeeld.example/a").unwrap(), "https://voorbeeld.example/a/tribe/12345");
        let other = deliveries("https://koppeling.example/tribe/54321").unwrap_err();
        assert!(other.to_string().contains("is not that of office 12345"), "{other}");
    }

    #[test]
    fn deliveries_come_over_https_or_to_this_machine() {
        assert_eq!(outside("https://koppeling.example/").unwrap(), "https://koppeling.example");
        assert!(outside("http://127.0.0.1:8085").is_ok());
        for wrong in ["http://koppeling.example", "koppeling.example", "ftp://koppeling.example", ""] {
            assert!(outside(wrong).is_err(), "{wrong}");
        }
    }
}
