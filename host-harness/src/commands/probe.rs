//! `koppeling dialect probe`: what a live AdvocaatCentraal shows of what was assumed, by reading alone.

use std::collections::BTreeMap;

use serde_json::json;

use super::advice::About;
use super::check::word;
use super::records::answered;
use super::screen::{Screen, Tone};
use super::waiting::passes_by_itself;
use super::workplace::describe;
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{Probed, System, Text, Verdict};
use crate::run::{Host, HostLimits};
use crate::settings::OfficeNumber;

pub(super) async fn run(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    let host = global.host(HostLimits::default(), screen).await?;
    let office = of.find(host.store()).await?;
    let answer = host.turn(&office, |connector, context| async move { connector.probe(context).await }).await?;
    let lines = answered(&host, &office, answer).await?;
    let sentences = sentences(&host, &office, &lines).await;
    if global.json {
        let line = |line: &Probed| {
            let text = sentences.get(line.code.as_str());
            json!({
                "assumption": line.assumption, "code": line.code, "verdict": word(line.verdict), "at": line.at,
                "status": line.status, "refusal": line.refusal,
                "english": text.map(|text| &text.english), "dutch": text.map(|text| &text.dutch),
            })
        };
        screen.json(&lines.iter().map(line).collect::<Vec<_>>());
    } else {
        lines.iter().for_each(|line| show(line, sentences.get(line.code.as_str()), screen));
    }
    Ok(verdict(&lines))
}

/// The sentence of each code, each asked for once.
async fn sentences<'l>(host: &Host, office: &OfficeNumber, lines: &'l [Probed]) -> BTreeMap<&'l str, Text> {
    let about = About { system: Some(System::Advocaatcentraal), ..About::default() };
    let mut sentences = BTreeMap::new();
    for line in lines {
        if !sentences.contains_key(line.code.as_str())
            && let Some(text) = describe(host, office, &line.code, &about).await
        {
            sentences.insert(line.code.as_str(), text);
        }
    }
    sentences
}

fn show(line: &Probed, text: Option<&Text>, screen: &Screen) {
    let (mark, tone) = match line.verdict {
        Verdict::Holds => ("holds      ", Tone::Good),
        Verdict::Differs => ("DIFFERS    ", Tone::Bad),
        Verdict::Unknown => ("not told   ", Tone::Quiet),
        Verdict::Fails => ("FAILS      ", Tone::Bad),
    };
    let at = line.at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default();
    let english = text.map_or(line.code.as_str(), |text| text.english.as_str());
    let answered = answered_with(line);
    screen.line(format!("{:<4}{}{english}{answered}{at}", line.assumption, screen.toned(tone, mark)));
    if let (Verdict::Differs | Verdict::Fails, Some(text)) = (line.verdict, text) {
        screen.line(format!("               {}", screen.toned(Tone::Quiet, &text.dutch)));
    }
}

/// What AdvocaatCentraal answered, where that is what is wrong: what a rule of the dialect is written for.
fn answered_with(line: &Probed) -> String {
    match (line.status, &line.refusal) {
        (None, _) => String::new(),
        (Some(status), None) => format!(" [status {status}]"),
        (Some(status), Some(code)) => format!(" [status {status}, code {code}]"),
    }
}

/// What the dialect has to be changed for has a place in it. Else what was asked in vain is to be asked again later, and what
/// only differs does no harm.
fn verdict(lines: &[Probed]) -> Exit {
    let is_wrong = |line: &&Probed| matches!(line.verdict, Verdict::Differs | Verdict::Fails);
    let wrong: Vec<&Probed> = lines.iter().filter(is_wrong).collect();
    match wrong.as_slice() {
        wrong if wrong.iter().any(|line| line.at.is_some()) => Exit::Settings,
        wrong if wrong.iter().any(|line| passes_by_itself(&line.code)) => Exit::Unavailable,
        wrong if wrong.iter().any(|line| line.verdict == Verdict::Fails) => Exit::Settings,
        _ => Exit::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(verdict: Verdict, code: &str, at: Option<&str>) -> Probed {
        Probed {
            assumption: "A4".to_owned(),
            code: code.to_owned(),
            verdict,
            at: at.map(str::to_owned),
            status: None,
            refusal: None,
        }
    }

    #[test]
    fn only_what_the_dialect_has_to_be_changed_for_ends_with_the_code_of_settings() {
        let at = Some("/relations/lists/0/paging");
        for (verdict, code, at, exit) in [
            (Verdict::Holds, "probe-list-goes-on", None, Exit::Ok),
            (Verdict::Unknown, "probe-not-in-dialect", Some("/writing/version"), Exit::Ok),
            (Verdict::Differs, "probe-rows-lean", None, Exit::Ok),
            (Verdict::Differs, "probe-list-not-in-order", None, Exit::Ok),
            (Verdict::Differs, "probe-page-repeats", at, Exit::Settings),
            (Verdict::Fails, "other-form", at, Exit::Settings),
            (Verdict::Fails, "address-forbidden", None, Exit::Settings),
            (Verdict::Fails, "probe-server-error", None, Exit::Unavailable),
            (Verdict::Fails, "timed-out", None, Exit::Unavailable),
            (Verdict::Fails, "name-unknown", None, Exit::Settings),
        ] {
            let good = line(Verdict::Holds, "probe-address-answers", None);
            assert_eq!(super::verdict(&[good, line(verdict, code, at)]), exit, "{code}");
        }
    }

    #[test]
    fn what_was_answered_is_told_beside_the_sentence() {
        let mut line = line(Verdict::Differs, "probe-missing-refused-otherwise", Some("/errors/rules"));
        assert_eq!(answered_with(&line), "");
        line.status = Some(400);
        assert_eq!(answered_with(&line), " [status 400]");
        line.refusal = Some("REL-0404".to_owned());
        assert_eq!(answered_with(&line), " [status 400, code REL-0404]");
    }
}
