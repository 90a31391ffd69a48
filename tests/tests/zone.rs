//! Amsterdam's clocks: the connector's rule and the stand-in's zone data, each against the zone data of this machine.
//!
//! Connector and stand-in share no source, so an error in one of them shows here, and not only as records that differ.
//! The connector knows rules, the stand-in takes zone data.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use advocaatcentraal_tribe::relation::{Instant as ConnectorInstant, Stamp};
use jiff::civil::date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};
use sandbox::Instant;

/// Europe/Amsterdam by this machine, or by the data that `jiff` brings along where the machine has none.
fn amsterdam() -> TimeZone {
    let machine = TimeZoneDatabase::from_env().get("Europe/Amsterdam");
    machine.or_else(|_| TimeZone::get("Europe/Amsterdam")).unwrap()
}

/// Every instant at which an error could show: around each change of the clocks, and noon of every day.
fn instants(zone: &TimeZone, from: i16) -> Vec<Timestamp> {
    let (begin, end) = (date(from, 1, 1).at(12, 0, 0, 0), date(2051, 1, 1).at(0, 0, 0, 0));
    let (begin, end) = (zone.to_timestamp(begin).unwrap(), zone.to_timestamp(end).unwrap());
    let changes = zone.following(begin).map(|change| change.timestamp()).take_while(|at| *at < end);
    let around = changes
        .flat_map(|at| [-7201, -3601, -3600, -1, 0, 1, 3599, 3600, 7200].map(|by| at + SignedDuration::from_secs(by)));
    let mut noons = Vec::new();
    let mut noon = begin;
    while noon < end {
        noons.push(noon);
        noon += SignedDuration::from_hours(24);
    }
    around.chain(noons).collect()
}

fn by_zone_data(zone: &TimeZone, at: Timestamp) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn millis(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap()
}

#[test]
fn the_stand_in_agrees_with_the_zone_data_from_1970_to_2050() {
    let zone = amsterdam();
    for at in instants(&zone, 1970) {
        let expected = by_zone_data(&zone, at);
        assert_eq!(Instant::from_millis(millis(at)).amsterdam(), expected);
        assert_eq!(Instant::parse(&expected), Some(Instant::from_millis(millis(at))));
    }
}

#[test]
fn the_connector_agrees_with_the_zone_data_from_1970_to_2050() {
    let zone = amsterdam();
    for at in instants(&zone, 1970) {
        let expected = by_zone_data(&zone, at);
        assert_eq!(Stamp::amsterdam_text(ConnectorInstant::from_millis(millis(at))), expected);
        let naive = &expected[..19];
        let first = zone.to_ambiguous_timestamp(naive.parse().unwrap()).compatible().unwrap();
        assert_eq!(Stamp::parse(naive).unwrap().instant().as_millis(), millis(first), "{naive} without an offset");
        assert_eq!(Instant::parse(naive), Some(Instant::from_millis(millis(first))), "{naive} without an offset");
    }
}
