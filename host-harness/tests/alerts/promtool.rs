//! Prometheus's own judgement of the rules, over series that are made of pages that were read.
//!
//! A page is what `/metrics` told at one moment. Four of them tell of a fault: before it, while it lasts, once it was
//! mended, and a while later. Each of the fault's states is held for as long as the rule asks for and longer; counters go
//! on by what they went on by between two pages, every five minutes, as with cycles of the schedule.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Once;

const RULES: &str = include_str!("../../../deploy/prometheus/koppeling.rules.yml");

/// What was read; none where nobody answered.
pub(super) type Page = Option<String>;

/// Minutes before the fault, beyond what its rule asks for while it lasts, and after the mend.
const BEFORE: usize = 70;
const LASTING: usize = 70;
const MENDED: usize = 70;
/// Minutes from one step of a counter to the next.
const STEP: usize = 5;

/// What was read before a fault, while it lasted, when it was mended, and later.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) before: Page,
    pub(super) fault: Page,
    pub(super) mended: Page,
    pub(super) later: Page,
}

/// One rule of the file.
struct Rule {
    name: String,
    /// The metrics that it asks for.
    metrics: BTreeSet<String>,
    /// How long it holds before it fires, in minutes.
    hold: usize,
}

/// The names of all alerts.
pub(super) fn alerts() -> Vec<String> {
    rules().into_iter().map(|rule| rule.name).collect()
}

fn rules() -> Vec<Rule> {
    RULES
        .split("- alert: ")
        .skip(1)
        .map(|text| {
            let words = text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
            let metrics =
                words.filter(|word| word.starts_with("koppeling_")).chain(text.contains("up{").then_some("up"));
            let hold = text.lines().find_map(|line| line.trim().strip_prefix("for: "));
            Rule {
                name: text.lines().next().unwrap().to_owned(),
                metrics: metrics.map(str::to_owned).collect(),
                hold: hold.map_or(0, minutes),
            }
        })
        .collect()
}

fn minutes(text: &str) -> usize {
    let (number, unit) = text.split_at(text.len() - 1);
    number.parse::<usize>().unwrap()
        * if unit == "d" {
            24 * 60
        } else if unit == "h" {
            60
        } else {
            1
        }
}

/// The numbers of a page, by the name and the labels of a series.
fn numbers(page: &Page) -> Vec<(String, f64)> {
    let Some(page) = page else { return vec![(with_target("up"), 0.0)] };
    let told = page.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (series, value) = line.rsplit_once(' ').unwrap();
        (with_target(series), value.parse().unwrap())
    });
    told.chain([(with_target("up"), 1.0)]).collect()
}

/// A series with the labels that Prometheus gives whatever it asks of one target.
fn with_target(series: &str) -> String {
    let target = "job=\"koppeling\",instance=\"a\"";
    match series.strip_suffix('}') {
        Some(series) => format!("{series},{target}}}"),
        None => format!("{series}{{{target}}}"),
    }
}

fn name_of(series: &str) -> &str {
    series.split('{').next().unwrap()
}

/// Whether a number only grows.
fn counts(series: &str) -> bool {
    ["_total", "_bucket", "_count", "_sum"].iter().any(|end| name_of(series).ends_with(end))
}

/// The values of a series, minute by minute.
fn values(series: &str, pages: &[Vec<(String, f64)>; 4], lasting: usize) -> String {
    let [before, fault, mended, later] =
        pages.each_ref().map(|page| page.iter().find(|(known, _)| known == series).map(|(_, value)| *value));
    let mut told = String::new();
    let mut tell = |value: Option<f64>| match value {
        Some(value) => write!(told, "{value} ").unwrap(),
        None => told.push_str("_ "),
    };
    if counts(series) {
        let step = |from: Option<f64>, to: Option<f64>| to.unwrap_or_default() - from.unwrap_or_default();
        let (healthy, faulty) = (step(mended, later), step(before, fault));
        let mut value = before.unwrap_or_default();
        for (minutes, step) in [(BEFORE, healthy), (lasting, faulty), (MENDED, healthy)] {
            for minute in 0..minutes {
                value += if minute % STEP == 0 { step } else { 0.0 };
                tell(Some(value));
            }
        }
    } else {
        for (minutes, value) in [(BEFORE, before), (lasting, fault), (MENDED, later)] {
            (0..minutes).for_each(|_| tell(value));
        }
    }
    told
}

/// Has Prometheus say that an alert does not fire before the fault, fires while it lasts, and is gone after the mend.
pub(super) fn fires_and_ends(alert: &str, seen: &Seen) {
    let rules = rules();
    let rule = rules.iter().find(|rule| rule.name == alert).unwrap_or_else(|| panic!("there is no rule {alert}"));
    let lasting = rule.hold + LASTING;
    let text = told(&rule.metrics, seen, lasting);
    let firing = format!("clamp_max(count(ALERTS{{alertname=\"{alert}\",alertstate=\"firing\"}}), 1)");
    let times = [(BEFORE - 1, false), (BEFORE + lasting - 1, true), (BEFORE + lasting + MENDED - 1, false)];
    let asked = times.iter().fold(String::new(), |mut asked, (minute, fires)| {
        let samples = if *fires { "[{labels: '{}', value: 1}]" } else { "[]" };
        write!(asked, "\n      - {{expr: '{firing}', eval_time: {minute}m, exp_samples: {samples}}}").unwrap();
        asked
    });
    judge(alert, &text, &asked);
}

/// Has Prometheus say that no alert at all fires where pages follow each other so, over more than a day.
pub(super) fn nothing_fires(before: Page, later: Page) {
    let metrics = rules().into_iter().flat_map(|rule| rule.metrics).collect();
    let seen = Seen { before: before.clone(), fault: later.clone(), mended: before, later };
    let minutes = 25 * 60;
    let text = told(&metrics, &seen, minutes);
    judge(
        "a healthy host",
        &text,
        &format!("\n      - {{expr: 'ALERTS{{alertstate=\"firing\"}}', eval_time: {minutes}m, exp_samples: []}}"),
    );
}

/// The series of those metrics, as `promtool` takes them.
fn told(metrics: &BTreeSet<String>, seen: &Seen, lasting: usize) -> String {
    let pages = [&seen.before, &seen.fault, &seen.mended, &seen.later].map(numbers);
    let all = pages.iter().flatten().map(|(series, _)| series.as_str());
    let asked: BTreeSet<&str> = all.filter(|series| metrics.contains(name_of(series))).collect();
    assert!(!asked.is_empty(), "no page has any of {metrics:?}");
    asked.iter().fold(String::new(), |mut text, series| {
        write!(text, "\n      - series: '{series}'\n        values: '{}'", values(series, &pages, lasting)).unwrap();
        text
    })
}

static TOLD: Once = Once::new();

/// Asks `promtool`. Where it is not there, that is told aloud, and fails where the gate said that it must be.
fn judge(what: &str, series: &str, asked: &str) {
    let named = std::env::var("PROMTOOL").ok();
    let program = named.clone().unwrap_or_else(|| "promtool".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/prometheus/koppeling.rules.yml");
    let text = format!(
        "rule_files: ['{}']\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:{series}\n    \
         promql_expr_test:{asked}\n",
        rules.canonicalize().unwrap().display()
    );
    let file = folder.path().join("test.yml");
    std::fs::write(&file, &text).unwrap();
    match Command::new(&program).args(["test", "rules"]).arg(&file).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{what}: {said}\n{}", summary(series));
        }
        Err(error) if named.is_some() => panic!("{program} of PROMTOOL does not run: {error}"),
        // Not by a macro: a test's output is shown only where it fails.
        Err(_) => TOLD.call_once(|| {
            let left_out = "\nNOT TESTED: what Prometheus makes of the alerts: there is no `promtool`, install Debian's package \
                            `prometheus`\n";
            std::io::stderr().write_all(left_out.as_bytes()).unwrap();
        }),
    }
}

/// The first and the last values of each series: enough to see what was fed.
fn summary(series: &str) -> String {
    let of = |line: &str| {
        let values: Vec<&str> = line.split_whitespace().collect();
        let middle = values.len() / 2;
        let some = [values.first(), values.get(middle), values.last()];
        some.into_iter().flatten().copied().collect::<Vec<_>>().join(" … ")
    };
    series.lines().map(|line| if line.contains("values:") { of(line) } else { line.to_owned() } + "\n").collect()
}
