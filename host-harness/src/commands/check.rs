//! `koppeling check`: is everything as it must be?

use serde::Serialize;

use super::advice::About;
use super::screen::{Screen, Tone};
use super::waiting::with_next;
use super::worked::worked_at;
use super::workplace::{halted, later};
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{Finding, Verdict};
use crate::run::{End, Halt, Host, HostLimits, system_name};
use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// A finding, for a machine.
#[derive(Serialize)]
struct Line {
    code: String,
    system: Option<&'static str>,
    verdict: &'static str,
    english: String,
    dutch: String,
}

pub(super) async fn run(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    let host = global.host(HostLimits::default(), screen).await?;
    let office = of.find(host.store()).await?;
    let findings = check(&host, &office).await?;
    if global.json {
        let lines: Vec<_> = findings.iter().map(Line::from).collect();
        screen.json(&lines);
    } else {
        show(&findings, screen);
    }
    Ok(verdict(&findings))
}

/// The findings of one office. One that does not hold comes with the command to type.
pub(super) async fn check(host: &Host, office: &OfficeNumber) -> Result<Vec<Finding>, CommandError> {
    match host.turn(office, |connector, context| async move { connector.check(context).await }).await? {
        Ok(findings) => {
            let about = About { of_login: host.asked_login_last(office), ..About::default() };
            let worked = worked_at(&host.store().runs(office, u32::MAX).await?);
            Ok(findings.into_iter().map(|finding| advised(finding, office, &about, worked)).collect())
        }
        Err(error) => Err(match End::from(error) {
            End::Later(wait) => later(host, office, wait).await,
            End::Halted(halt) => halted(host, office, halt).await,
            End::Done | End::InitialSyncFirst => Halt::Defect("check".to_owned()).into(),
        }),
    }
}

/// With what to do. `worked`: when the office last worked.
fn advised(finding: Finding, office: &OfficeNumber, about: &About<'_>, worked: Option<Timestamp>) -> Finding {
    match finding.verdict {
        Verdict::Holds => finding,
        Verdict::Differs | Verdict::Unknown | Verdict::Fails => {
            let about = About { system: finding.system, ..*about };
            Finding { message: with_next(finding.message, &finding.code, office, &about, worked), ..finding }
        }
    }
}

/// One line each in English, one in Dutch below it where there is something to do.
pub(super) fn show(findings: &[Finding], screen: &Screen) {
    for finding in findings {
        let (mark, tone) = match finding.verdict {
            Verdict::Holds => ("ok     ", Tone::Good),
            Verdict::Differs => ("note   ", Tone::Quiet),
            Verdict::Unknown => ("unknown", Tone::Quiet),
            Verdict::Fails => ("FAILS  ", Tone::Bad),
        };
        let system = finding.system.map(|system| format!("{}: ", system_name(system))).unwrap_or_default();
        screen.line(format!("{} {system}{}", screen.toned(tone, mark), finding.message.english));
        if finding.verdict != Verdict::Holds {
            screen.line(format!("        {}", screen.toned(Tone::Quiet, &finding.message.dutch)));
        }
    }
}

/// A verdict, for a machine.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::Differs => "differs",
        Verdict::Unknown => "unknown",
        Verdict::Fails => "fails",
    }
}

/// The exit code that the findings ask for.
pub(super) fn verdict(findings: &[Finding]) -> Exit {
    if findings.iter().any(|finding| finding.verdict == Verdict::Fails) { Exit::Settings } else { Exit::Ok }
}

impl From<&Finding> for Line {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.clone(),
            system: finding.system.map(system_name),
            verdict: word(finding.verdict),
            english: finding.message.english.clone(),
            dutch: finding.message.dutch.clone(),
        }
    }
}
