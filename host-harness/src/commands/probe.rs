//! `koppeling dialect probe`: what a live AdvocaatCentraal shows of what was assumed, by reading alone.

use std::collections::BTreeMap;

use serde_json::json;

use super::advice::About;
use super::check::word;
use super::records::answered;
use super::screen::{Screen, Tone};
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
    screen.line(format!("{:<4}{}{english}{at}", line.assumption, screen.toned(tone, mark)));
    if let (Verdict::Differs | Verdict::Fails, Some(text)) = (line.verdict, text) {
        screen.line(format!("               {}", screen.toned(Tone::Quiet, &text.dutch)));
    }
}

/// What differs is to be mended, or at least to be looked at, before the first write.
fn verdict(lines: &[Probed]) -> Exit {
    let is_good = |line: &Probed| matches!(line.verdict, Verdict::Holds | Verdict::Unknown);
    if lines.iter().all(is_good) { Exit::Ok } else { Exit::Settings }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(verdict: Verdict) -> Probed {
        Probed { assumption: "A4".to_owned(), code: "probe-list-goes-on".to_owned(), verdict, at: None }
    }

    #[test]
    fn what_differs_or_fails_ends_with_another_code_than_what_is_only_not_told() {
        for (verdict, exit) in [
            (Verdict::Holds, Exit::Ok),
            (Verdict::Unknown, Exit::Ok),
            (Verdict::Differs, Exit::Settings),
            (Verdict::Fails, Exit::Settings),
        ] {
            assert_eq!(super::verdict(&[line(Verdict::Holds), line(verdict)]), exit, "{verdict:?}");
        }
    }
}
