#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::office_state::{Need, State};
use crate::run::Work;
use crate::store::RunResult;

const RULES: &str = include_str!("../../../deploy/prometheus/koppeling.rules.yml");
const DASHBOARD: &str = include_str!("../../../deploy/grafana/koppeling.json");
const DOCUMENT: &str = include_str!("../../../docs/operating.md");

fn shown() -> Shown {
    Shown {
        store: StoreMetrics::default(),
        calls: CallMetrics::of(&["tribe"]),
        guest: GuestMetrics::default(),
        runs: RunMetrics::of(32, &["poll"], &["done"]),
        deliveries: DeliveryMetrics::default(),
    }
}

fn all_read() -> Readings {
    let (states, needs) = (vec![("late", 2)], vec![("brake", 1)]);
    let offices = OfficeReadings { states, needs, waiting: 3, ..OfficeReadings::default() };
    Readings { offices: Some(offices), interval: Some(Duration::from_secs(300)), disk_free: Some(7) }
}

fn has(page: &str, line: &str) -> bool {
    page.lines().any(|told| told == line)
}

#[test]
fn what_never_happened_reads_zero_and_what_did_is_counted() {
    let shown = shown();
    let page = Page::new(shown.clone());
    let before = page.text(&all_read());
    for line in [
        r#"koppeling_calls_total{system="tribe",outcome="429"} 0"#,
        r#"koppeling_runs_total{work="poll",result="done"} 0"#,
        r#"koppeling_deliveries_total{status="401"} 0"#,
        r#"koppeling_store_errors_total{kind="failed"} 0"#,
        "koppeling_places 32",
        r#"koppeling_offices{state="late"} 2"#,
        r#"koppeling_office_needs{need="brake"} 1"#,
        "koppeling_interval_seconds 300.0",
        "koppeling_edits_waiting 3",
        "koppeling_disk_free_bytes 7",
        "# EOF",
    ] {
        assert!(has(&before, line), "{line}\n{before}");
    }
    let time = Duration::from_millis(30);
    for (status, class) in
        [(None, "none"), (Some(204), "2xx"), (Some(302), "3xx"), (Some(404), "4xx"), (Some(429), "429")]
    {
        shown.calls.answered("tribe", status, time);
        let line = format!(r#"koppeling_calls_total{{system="tribe",outcome="{class}"}} 1"#);
        assert!(has(&page.text(&all_read()), &line), "{line}");
    }
    shown.calls.answered("tribe", Some(503), time);
    shown.store.operation(time, Some("failed"));
    shown.deliveries.answered(418);
    shown.guest.called(time, 3 << 20);
    let (waits, takes) = (shown.runs.wait(), shown.runs.take());
    drop(waits);
    let after = page.text(&all_read());
    for line in [
        r#"koppeling_calls_total{system="tribe",outcome="5xx"} 1"#,
        r#"koppeling_call_seconds_count{system="tribe"} 6"#,
        r#"koppeling_store_errors_total{kind="failed"} 1"#,
        r#"koppeling_deliveries_total{status="other"} 1"#,
        r#"koppeling_guest_memory_bytes_bucket{le="4194304.0"} 1"#,
        r#"koppeling_guest_memory_bytes_bucket{le="2097152.0"} 0"#,
        "koppeling_places_waited_for 0",
        "koppeling_places_in_use 1",
    ] {
        assert!(has(&after, line), "{line}\n{after}");
    }
    drop(takes);
    assert!(has(&page.text(&all_read()), "koppeling_places_in_use 0"));
}

#[test]
fn what_cannot_be_read_is_left_out() {
    let page = Page::new(shown());
    assert!(page.text(&all_read()).contains("koppeling_offices{"));
    let blind = page.text(&Readings::default());
    assert!(
        !blind.contains("koppeling_offices")
            && !blind.contains("koppeling_interval")
            && !blind.contains("koppeling_disk_free_bytes"),
        "{blind}"
    );
    assert!(blind.contains("koppeling_store_errors_total"), "{blind}");
}

/// The names of all metrics, as a query names them: those of a counter end with `_total`.
fn registered() -> BTreeSet<String> {
    let text = Page::new(shown()).text(&all_read());
    let of = |line: &str| {
        let (name, kind) = line.strip_prefix("# TYPE ")?.split_once(' ')?;
        Some(match kind {
            "counter" => format!("{name}_total"),
            "info" => format!("{name}_info"),
            _ => name.to_owned(),
        })
    };
    text.lines().filter_map(of).collect()
}

#[test]
fn all_metrics_are_there_and_no_name_twice() {
    let registered = registered();
    assert_eq!(registered.len(), 20, "{registered:?}");
    let text = Page::new(shown()).text(&all_read());
    assert_eq!(text.lines().filter(|line| line.starts_with("# TYPE ")).count(), registered.len());
}

/// The names of metrics in a text of queries; those of a histogram's parts are its own.
fn queried(text: &str) -> BTreeSet<String> {
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
    let names = words.filter(|word| word.starts_with("koppeling_"));
    names
        .map(|name| {
            ["_bucket", "_count", "_sum"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name).to_owned()
        })
        .collect()
}

/// The first cells of the rows of a table, by how they begin.
fn rows(begin: &str) -> Vec<&'static str> {
    DOCUMENT
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(cell, _)| cell)
        .filter(|cell| cell.starts_with(begin))
        .collect()
}

#[test]
fn the_alerts_and_the_dashboard_ask_for_metrics_that_there_are() {
    for (file, text) in [("rules", RULES), ("dashboard", DASHBOARD)] {
        let queried = queried(text);
        assert!(queried.len() > 10, "{file}: {queried:?}");
        let unknown: Vec<_> = queried.difference(&registered()).cloned().collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?}");
    }
    let unseen: Vec<_> = registered().difference(&queried(DASHBOARD)).cloned().collect();
    assert!(unseen.is_empty(), "not on the dashboard: {unseen:?}");
}

#[test]
fn the_document_tells_of_each_metric_and_each_alert_once() {
    let metrics = rows("koppeling_");
    assert_eq!(metrics.iter().map(ToString::to_string).collect::<BTreeSet<_>>(), registered());
    assert_eq!(metrics.len(), registered().len());
    let alerts: Vec<_> = RULES.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert_eq!(alerts.len(), 20);
    assert_eq!(rows("Koppeling"), alerts);
}

#[test]
fn the_alerts_and_the_dashboard_ask_for_labels_that_there_are() {
    let told = Page::new(Shown {
        calls: CallMetrics::of(&["advocaatcentraal", "tribe", "tribe-login"]),
        runs: RunMetrics::of(1, &Work::NAMES, &RunResult::ALL.map(RunResult::name)),
        ..shown()
    });
    let states = State::ALL.map(|state| (state.name(), 1)).into();
    let needs = Need::ALL.map(|need| (need.name(), 1)).into();
    let offices = OfficeReadings { states, needs, ..OfficeReadings::default() };
    let told = told.text(&Readings { offices: Some(offices), ..Readings::default() });
    // What stands in a pair of quotation marks behind a label of ours, each alternative by itself.
    for label in ["state", "need", "kind", "result", "outcome", "status", "system"] {
        for asked in RULES.split(&format!("{{{label}=")).skip(1) {
            let values = asked.split('"').nth(1).unwrap();
            for value in values.split('|') {
                assert!(told.contains(&format!("{label}=\"{value}\"")), "{label}={value}");
            }
        }
    }
}
