//! `koppeling sandbox`: the two stand-ins by themselves, to play with by curl and by the other commands.

use std::time::Duration;

use clap::Args;
use koppeling_egress::Pace;

use super::global::Global;
use super::screen::{Screen, Tone};
use super::speaks::Speaks;
use super::stand_ins::{Making, StandIns, Wire};
use super::{CommandError, Exit};

#[derive(Args)]
pub(super) struct Sandbox {
    /// Made-up relations in AdvocaatCentraal
    #[arg(long, default_value_t = 250)]
    relations: usize,
    /// The same seed gives the same people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Port of AdvocaatCentraal
    #[arg(long, default_value_t = 8181)]
    advocaatcentraal_port: u16,
    /// Port of Tribe and its login
    #[arg(long, default_value_t = 8182)]
    tribe_port: u16,
    /// Where Tribe delivers its webhooks, for instance http://127.0.0.1:8085/tribe/12345
    #[arg(long, value_name = "URL")]
    deliver_to: Option<String>,
    /// As which kind of system AdvocaatCentraal speaks; the settings of the office have the dialect for it
    #[arg(long, value_name = "SYSTEM", default_value = "assumed")]
    speaks: Speaks,
    /// Every answer waits so long, as `150ms` or `2s`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration)]
    delay: Duration,
}

impl Sandbox {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let making = self.making(global.calls_per_minute);
        let ports = making.ports;
        let stand_ins = StandIns::start_speaking(making, self.speaks.wire())
            .await
            .map_err(|source| CommandError::Ports { ports, source })?;
        if let Some(url) = &self.deliver_to {
            stand_ins.deliver_to(url);
        }
        screen.aside(format!("AdvocaatCentraal  {}", stand_ins.advocaatcentraal_url()));
        screen.aside(format!("Tribe             {}", stand_ins.tribe_url()));
        let hint = "The settings of their office follow. Keep them in a file, and: koppeling office add --from FILE";
        screen.aside(screen.toned(Tone::Quiet, hint));
        screen.line(stand_ins.settings());
        screen.aside(screen.toned(Tone::Quiet, BY_HAND));
        for command in by_hand(&stand_ins) {
            screen.aside(format!("  {command}"));
        }
        // Nothing is stored; there is nothing to end but this process.
        let _ = tokio::signal::ctrl_c().await;
        Ok(Exit::Ok)
    }

    /// Tribe's stand-in allows what the option for every command says.
    fn making(&self, pace: Pace) -> Making {
        let calls_per_minute = match pace {
            Pace::Unlimited => None,
            Pace::PerMinute(calls) => Some(calls.get()),
        };
        Making {
            relations: self.relations,
            seed: self.seed,
            ports: (self.advocaatcentraal_port, self.tribe_port),
            calls_per_minute,
            delay: self.delay,
            ..Making::default()
        }
    }
}

/// What stands above the commands.
const BY_HAND: &str = "By hand, until ctrl-c ends it. Both keep what is edited in memory only: a restart undoes it. The last one \
                       is an edit in Tribe, which `koppeling poll` takes to AdvocaatCentraal:";

/// Commands that ask both stand-ins something, and one that edits a record.
fn by_hand(stand_ins: &StandIns) -> Vec<String> {
    let (office, tenant) = (stand_ins.advocaatcentraal().office().clone(), stand_ins.tribe().tenant().clone());
    let (ac, tribe) = (stand_ins.advocaatcentraal_url(), stand_ins.tribe_url());
    let key = format!("-H 'Authorization: Bearer {}'", office.key);
    let number = &office.number;
    let mut commands = match stand_ins.advocaatcentraal().wire() {
        Wire::Assumed => {
            vec![format!("curl -H '{}: {}' {ac}/offices/{number}/relaties", office.key_header, office.key)]
        }
        Wire::Practice => vec![format!("curl {key} {ac}/api/v4/firms/{number}/contacts")],
        Wire::Bookkeeping => vec![format!("curl {key} {ac}/api/v2/{number}/contacts")],
        Wire::Register => {
            let tenant = format!("-H 'X-Tenant: {number}'");
            vec![
                format!("curl {tenant} -d '{{\"ApiKey\":\"{}\"}}' {ac}/register/session", office.key),
                format!("curl {tenant} -H 'X-Session: <the Token of that>' {ac}/register/organisations"),
            ]
        }
        Wire::Ledger => {
            let user = format!("-u {}:{} -H 'X-Ledger-Version: 3'", office.user, office.key);
            vec![format!("curl {user} '{ac}/v1/ledgers/{number}/relations?view=full'")]
        }
    };
    commands.extend([
        format!(
            "curl -d grant_type=client_credentials -d client_id={} -d client_secret={} -d scope='read write' \
             {tribe}/oauth2/token",
            tenant.client_id, tenant.client_secret
        ),
        format!(
            "curl -H 'Authorization: Bearer <the access_token of that>' '{tribe}/v1/odata/Relation_Organization?$top=2'"
        ),
        format!(
            "curl -X PUT -H 'Authorization: Bearer <the access_token of that>' -H 'Content-Type: application/json' \
             -d '{{\"PhoneNumber\":\"020 555 01 99\"}}' '{tribe}/v1/odata/Relation_Organization(<the ID of one>)'"
        ),
    ]);
    commands
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        global: Global,
        #[command(flatten)]
        sandbox: Sandbox,
    }

    fn making(arguments: &[&str]) -> Making {
        let typed = Typed::parse_from(["sandbox"].iter().chain(arguments));
        typed.sandbox.making(typed.global.calls_per_minute)
    }

    #[test]
    fn the_stand_in_of_tribe_allows_as_many_calls_as_was_typed() {
        assert_eq!(making(&[]).calls_per_minute, Some(1000));
        assert_eq!(making(&["--calls-per-minute", "60"]).calls_per_minute, Some(60));
        assert_eq!(making(&["--calls-per-minute", "unlimited"]).calls_per_minute, None);
    }

    #[tokio::test]
    async fn it_says_that_a_restart_undoes_edits_and_how_one_is_made() {
        let Ok(stand_ins) = StandIns::start(Making { relations: 1, ..Making::default() }).await else { return };
        let commands = by_hand(&stand_ins);
        let edit = commands.last().map(String::as_str).unwrap_or_default();
        assert!(edit.starts_with("curl -X PUT") && edit.contains(&stand_ins.tribe_url()), "{edit}");
        assert!(BY_HAND.contains("a restart undoes it") && BY_HAND.contains("The last one is an edit"));
    }

    #[test]
    fn its_answers_wait_as_long_as_was_typed() {
        assert_eq!(making(&[]).delay, Duration::ZERO);
        assert_eq!(making(&["--delay", "150ms"]).delay, Duration::from_millis(150));
        assert!(Typed::try_parse_from(["sandbox", "--delay", "soon"]).is_err());
    }
}
