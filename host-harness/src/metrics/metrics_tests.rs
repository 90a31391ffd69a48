#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;

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
    let offices = OfficeReadings { states: vec![("late", 2)], waiting: 3, ..OfficeReadings::default() };
    Readings { offices: Some(offices), disk_free: Some(7) }
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
    assert!(!blind.contains("koppeling_offices") && !blind.contains("koppeling_disk_free_bytes"), "{blind}");
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
    assert_eq!(registered.len(), 18, "{registered:?}");
    let text = Page::new(shown()).text(&all_read());
    assert_eq!(text.lines().filter(|line| line.starts_with("# TYPE ")).count(), registered.len());
}
