//! `koppeling check`: is everything as it must be?

use std::sync::Arc;

use serde::Serialize;

use super::advice::{About, change_of};
use super::mapped::{entries, without_wrong_entries};
use super::patience::telling;
use super::screen::{Screen, Tone};
use super::waiting::{passes_by_itself, with_next};
use super::workplace::{halted, later, sentence};
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{CallContext, Error, Finding, SettingProblem, Text, Verdict};
use crate::run::{End, Halt, Host, HostLimits, system_name};
use crate::settings::OfficeNumber;
use crate::store::Wanted;
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
    let findings = telling(&host, &office, screen, check(&host, &office)).await?;
    if global.json {
        let lines: Vec<_> = findings.iter().map(Line::from).collect();
        screen.json(&lines);
    } else {
        show(&findings, screen);
    }
    let activity = host.store().activity(&office).await?.wanted();
    if activity != Wanted::Active {
        let word = activity.in_words();
        screen.aside(format!("Office {office} is {word}: it goes on with `koppeling office resume {office}`."));
    }
    Ok(verdict(&findings))
}

/// The findings of one office. One that does not hold comes with the command to type.
pub(super) async fn check(host: &Host, office: &OfficeNumber) -> Result<Vec<Finding>, CommandError> {
    match host.turn(office, |connector, context| async move { connector.check(context).await }).await? {
        Err(Error::Settings(problems)) => {
            let mut findings = Vec::new();
            for problem in &problems {
                findings.push(of_problem(host, office, problem).await);
            }
            let rest = without_problems(host, office, &problems).await?;
            findings.extend(all_advised(host, office, rest).await?);
            Ok(findings)
        }
        Ok(findings) => all_advised(host, office, findings).await,
        Err(error) => Err(match End::from(error) {
            End::Later(wait) => later(host, office, wait).await,
            End::Halted(halt) => halted(host, office, halt).await,
            End::Done | End::InitialSyncFirst => Halt::Defect("check".to_owned()).into(),
        }),
    }
}

/// Findings with what to do about each that does not hold.
async fn all_advised(host: &Host, office: &OfficeNumber, findings: Vec<Finding>) -> Result<Vec<Finding>, CommandError> {
    let about = About { of_login: host.asked_login_last(office), ..About::default() };
    let worked = host.store().summary(office).await?.and_then(|of| of.summary.worked);
    Ok(findings.into_iter().map(|finding| advised(finding, office, &about, worked)).collect())
}

/// All that can be told in spite of problems with settings; nothing where other settings are wrong, too.
async fn without_problems(
    host: &Host,
    office: &OfficeNumber,
    problems: &[SettingProblem],
) -> Result<Vec<Finding>, CommandError> {
    let config = Arc::new(without_wrong_entries(host.settings(office).await?, problems).config());
    let rest =
        host.turn(office, |connector, context| async move { connector.check(CallContext { config, ..context }).await });
    Ok(rest.await?.unwrap_or_default())
}

/// A problem with a setting as a line of a check.
async fn of_problem(host: &Host, office: &OfficeNumber, problem: &SettingProblem) -> Finding {
    let settings = host.settings(office).await.ok();
    let entries = entries(problem, settings.as_ref());
    let text = sentence(host, office, &problem.code).await;
    let Text { dutch, english } =
        text.unwrap_or_else(|| Text { dutch: problem.code.clone(), english: problem.code.clone() });
    let (setting, change) = (&problem.setting, change_of(&problem.setting, office));
    let message = Text {
        dutch: format!("{setting}: {dutch}{entries} Typ: `{change}`."),
        english: format!("{setting}: {english}{entries} Type: `{change}`."),
    };
    Finding { code: problem.code.clone(), system: None, verdict: Verdict::Fails, message }
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

/// The exit code that the findings ask for: what a person must mend comes before what passes by itself.
pub(super) fn verdict(findings: &[Finding]) -> Exit {
    let fails = || findings.iter().filter(|finding| finding.verdict == Verdict::Fails);
    let exits: Vec<Exit> = fails().map(|finding| exit_of(&finding.code)).collect();
    let gravest = [Exit::Settings, Exit::Credentials, Exit::Unavailable, Exit::Braked];
    gravest.into_iter().find(|exit| exits.contains(exit)).unwrap_or(Exit::Ok)
}

/// The exit code of a finding that does not hold.
fn exit_of(code: &str) -> Exit {
    match code {
        "credentials-refused" | "consent-missing" | "consent-ended" | "consent-not-renewable" => Exit::Credentials,
        "brake-on" | "many-not-shown" => Exit::Braked,
        code if passes_by_itself(code) => Exit::Unavailable,
        _ => Exit::Settings,
    }
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

#[cfg(test)]
mod tests {
    use advocaatcentraal_tribe::wording::Code;

    use super::*;

    fn finding(code: &str, verdict: Verdict) -> Finding {
        let message = Text { dutch: String::new(), english: String::new() };
        Finding { code: code.to_owned(), system: None, verdict, message }
    }

    #[test]
    fn what_a_person_must_mend_decides_the_exit_code_before_what_passes_by_itself() {
        let fails = |codes: &[&str]| -> Exit {
            let mut findings = vec![finding("tribe-reached", Verdict::Holds), finding("no-tags", Verdict::Differs)];
            findings.extend(codes.iter().map(|code| finding(code, Verdict::Fails)));
            verdict(&findings)
        };
        assert_eq!(fails(&[]), Exit::Ok);
        assert_eq!(fails(&["brake-on"]), Exit::Braked);
        assert_eq!(fails(&["brake-on", "timed-out"]), Exit::Unavailable);
        assert_eq!(fails(&["timed-out", "credentials-refused"]), Exit::Credentials);
        assert_eq!(fails(&["credentials-refused", "name-unknown"]), Exit::Settings);
    }

    #[test]
    fn every_code_that_has_an_exit_code_of_its_own_is_one_of_the_connector() {
        let codes = ["credentials-refused", "consent-missing", "consent-ended", "consent-not-renewable", "brake-on"];
        for code in codes.into_iter().chain(["many-not-shown"]) {
            assert!(Code::parse(code).is_some(), "{code}");
            assert_ne!(exit_of(code), Exit::Settings, "{code}");
        }
    }
}
