#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use koppeling_egress::{Egress, Pace, Timeouts};

use super::misbehaving::{self, Behaviour};
use super::*;
use crate::settings::OfficeSettings;

const BUDGET: Budget = Budget { milliseconds: 1000, requests: 10 };

fn context() -> CallContext {
    let settings = OfficeSettings::from_toml(
        "office = \"1\"\nloopback = true\nadvocaatcentraal-url = \"http://127.0.0.1:1\"\nadvocaatcentraal-key = \"k\"\n\
         tribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n",
    )
    .unwrap();
    let egress = Egress::new(Timeouts::default(), Pace::default()).office("1", settings.allowed());
    CallContext { config: Arc::new(settings.config()), keys: Keys::None, egress }
}

struct Loaded {
    _folder: tempfile::TempDir,
    connector: Connector,
}

fn load(bytes: &[u8], limits: Limits) -> Result<Loaded, LoadError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("connector.wasm");
    fs::write(&file, bytes).unwrap();
    let connector = Connector::load(&Runtime::new(limits).unwrap(), &Source::File(file), None)?;
    Ok(Loaded { _folder: folder, connector })
}

async fn poll(behaviour: Behaviour, limits: Limits) -> CallError {
    load(&misbehaving::connector(behaviour), limits).unwrap().connector.poll(context(), BUDGET).await.unwrap_err()
}

#[tokio::test]
async fn a_panic_ends_the_call_and_not_the_host() {
    let loaded = load(&misbehaving::connector(Behaviour::Panics), Limits::default()).unwrap();
    for _ in 0..2 {
        let error = loaded.connector.poll(context(), BUDGET).await.unwrap_err();
        assert!(matches!(error, CallError::Trap { kind: TrapKind::Panic, .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_endless_loop_is_stopped_at_the_deadline() {
    let limits = Limits { call: Duration::from_millis(100), ..Limits::default() };
    let start = Instant::now();
    assert_eq!(poll(Behaviour::Loops, limits).await, CallError::Deadline(limits.call));
    assert!(start.elapsed() < Duration::from_secs(20), "the build of the guest is part of this");
}

#[tokio::test]
async fn a_loop_lets_other_tasks_have_their_turn() {
    let limits = Limits { call: Duration::from_millis(300), ..Limits::default() };
    let loaded = load(&misbehaving::connector(Behaviour::Loops), limits).unwrap();
    // One thread runs both: without the epochs the second would never be polled.
    let mut turns = 0;
    let looping = loaded.connector.poll(context(), BUDGET);
    tokio::pin!(looping);
    loop {
        tokio::select! {
            _ = &mut looping => break,
            () = tokio::time::sleep(Duration::from_millis(1)) => turns += 1,
        }
    }
    assert!(turns >= 3, "{turns} turns");
}

#[tokio::test]
async fn a_memory_hog_is_stopped_at_its_limit() {
    let limits = Limits { memory: 8 << 20, ..Limits::default() };
    assert_eq!(poll(Behaviour::Hogs, limits).await, CallError::Memory { limit: 8 << 20 });
}

#[tokio::test]
async fn an_endless_recursion_ends_the_call_and_not_the_host() {
    let error = poll(Behaviour::Recurses, Limits::default()).await;
    assert!(matches!(error, CallError::Trap { kind: TrapKind::StackOverflow, .. }), "{error:?}");
}

fn refusal(bytes: &[u8]) -> NotLoadable {
    match load(bytes, Limits::default()) {
        Err(LoadError::NotLoadable { reason, .. }) => reason,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was loaded"),
    }
}

#[test]
fn what_is_no_connector_is_refused_with_a_reason() {
    assert_eq!(refusal(b"#!/bin/sh"), NotLoadable::NotWasm);
    assert_eq!(refusal(b""), NotLoadable::NotWasm);
    assert_eq!(refusal(&misbehaving::core_module()), NotLoadable::CoreModule);
    let missing = "advocaatcentraal:tribe-sync/records".to_owned();
    assert_eq!(refusal(&misbehaving::another_world()), NotLoadable::OtherWorld { missing });
}

#[test]
fn a_file_that_was_cut_off_is_refused_wherever_it_ends() {
    let whole = misbehaving::connector(Behaviour::Panics);
    for kept in (8..whole.len()).step_by(997) {
        let reason = refusal(&whole[..kept]);
        assert!(matches!(reason, NotLoadable::Damaged { .. } | NotLoadable::OtherWorld { .. }), "{kept}: {reason}");
    }
}

#[test]
fn another_version_of_the_contract_is_told_by_its_number() {
    for (version, found, advice) in [
        ("1.0.0", Version { major: 1, minor: 0, patch: 0 }, "install a newer koppeling"),
        ("0.2.0", Version { major: 0, minor: 2, patch: 0 }, "install a newer koppeling"),
        ("0.0.9", Version { major: 0, minor: 0, patch: 9 }, "use a newer connector"),
    ] {
        let reason = refusal(&misbehaving::connector_of(version));
        assert_eq!(reason, NotLoadable::OtherContract { found });
        assert!(reason.to_string().contains(advice) && !reason.to_string().contains('\n'));
    }
    load(&misbehaving::connector_of("0.1.7"), Limits::default()).unwrap();
}

#[tokio::test]
async fn a_connector_of_a_later_version_runs_as_one_of_this() {
    for version in ["0.1.1", "0.1.12"] {
        let loaded = load(&misbehaving::connector_with_more(version, Behaviour::Idles), Limits::default()).unwrap();
        assert_eq!(loaded.connector.about().contract.to_string(), version);
        assert!(loaded.connector.about().exports.iter().any(|name| name == "later"));
        let outcome = loaded.connector.poll(context(), BUDGET).await.unwrap().unwrap();
        assert_eq!((outcome.counts.read, outcome.next), (0, Next::Done));
    }
    let reason = refusal(&misbehaving::connector_with_more("0.2.0", Behaviour::Idles));
    assert!(matches!(reason, NotLoadable::OtherContract { .. }), "{reason}");
}

#[tokio::test]
async fn a_connector_of_every_released_version_runs() {
    let current = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    for wit in misbehaving::released().into_iter().chain([current]) {
        let loaded = load(&misbehaving::connector_from(&wit, Behaviour::Idles), Limits::default()).unwrap();
        let outcome = loaded.connector.poll(context(), BUDGET).await.unwrap().unwrap();
        assert_eq!(outcome.next, Next::Done, "{}", wit.display());
    }
}

#[test]
fn what_a_component_says_of_itself_is_told_unless_it_disturbs() {
    use std::io::Write;

    let labelled = |name: &str, data: &[u8]| {
        let mut bytes = misbehaving::connector(Behaviour::Panics);
        let mut section = vec![u8::try_from(name.len()).unwrap()];
        section.extend(name.as_bytes());
        section.extend(data);
        // A section: its number, its length as LEB128, its bytes.
        bytes.push(0);
        let mut length = section.len();
        while length >= 0x80 {
            bytes.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        bytes.push(length as u8);
        bytes.extend(section);
        examine(&bytes).unwrap().label
    };
    let packed = |text: &str| {
        let mut packing = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packing.write_all(text.as_bytes()).unwrap();
        packing.finish().unwrap()
    };
    assert_eq!(labelled("version", b"1.2.3").version.as_deref(), Some("1.2.3"));
    assert_eq!(labelled("version", b"1\x1b[2J").version, None);
    assert_eq!(labelled("licenses", &[0xff]).licence, None);
    assert_eq!(labelled("description", &[b'x'; 2_000]).description, None);

    let list = r#"{"packages":[{"name":"a","version":"1.0.0","source":"local","root":true,"dependencies":[1]},
        {"name":"b","version":"2.0.0","source":"crates.io","kind":"build"}],"format":1}"#;
    let label = labelled(".dep-v0", &packed(list));
    assert_eq!(label.packages_of(PackageKind::Runtime).map(|package| &package.name).collect::<Vec<_>>(), ["a"]);
    assert_eq!(label.packages_of(PackageKind::Build).map(|package| &package.version).collect::<Vec<_>>(), ["2.0.0"]);
    // A few kilobytes that would unpack to megabytes.
    let bomb = packed(&format!("{{\"packages\":[]{}}}", " ".repeat(64 << 20)));
    assert_eq!(labelled(".dep-v0", &bomb), Label::default());
    assert_eq!(labelled(".dep-v0", b"not packed"), Label::default());
}

#[test]
fn examining_runs_nothing_and_tells_what_is_there() {
    let bytes = misbehaving::connector(Behaviour::Loops);
    let about = examine(&bytes).unwrap();
    assert_eq!(about.size, bytes.len());
    assert_eq!(about.contract, CONTRACT);
    assert!(about.imports.iter().any(|name| name == "wasi:keyvalue/store@0.2.0-draft"));
    assert!(about.exports.iter().any(|name| name == "advocaatcentraal:tribe-sync/sync@0.1.0"));
}

#[test]
fn machine_code_is_kept_and_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let (file, cache) = (folder.path().join("connector.wasm"), folder.path().join("cache"));
    fs::write(&file, misbehaving::connector(Behaviour::Panics)).unwrap();
    let runtime = Runtime::new(Limits::default()).unwrap();
    let source = Source::File(file.clone());
    let kept = || -> Vec<PathBuf> { fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).collect() };

    Connector::load(&runtime, &source, Some(&cache)).unwrap();
    let first = kept();
    assert_eq!(first.len(), 1);
    Connector::load(&runtime, &source, Some(&cache)).unwrap();
    assert_eq!(kept(), first);

    // Damaged machine code is made anew, and another component gets code of its own.
    fs::write(&first[0], b"damaged").unwrap();
    Connector::load(&runtime, &source, Some(&cache)).unwrap();
    assert!(fs::metadata(&first[0]).unwrap().len() > 1000);
    fs::write(&file, misbehaving::connector(Behaviour::Loops)).unwrap();
    Connector::load(&runtime, &source, Some(&cache)).unwrap();
    assert_eq!(kept().len(), 2);
}

#[test]
fn machine_code_is_kept_under_everything_that_could_make_it_wrong() {
    use std::collections::BTreeSet;
    use wasmtime::{Config, Engine, ModuleVersionStrategy};

    let name = |change: fn(&mut Config), component: &[u8]| {
        let mut config = Config::new();
        config.wasm_component_model(true).epoch_interruption(true);
        change(&mut config);
        load::kept_name(&Engine::new(&config).unwrap(), component)
    };
    let same = name(|_| {}, b"component");
    assert_eq!(same, name(|_| {}, b"component"));
    let names = BTreeSet::from([
        same,
        name(|_| {}, b"another component"),
        name(|config| _ = config.consume_fuel(true), b"component"),
        name(|config| _ = config.module_version(ModuleVersionStrategy::Custom("49".to_owned())).unwrap(), b"component"),
        // The same processor without the features that this one was found to have.
        name(
            |config| _ = config.target(&format!("{}-unknown-linux-gnu", std::env::consts::ARCH)).unwrap(),
            b"component",
        ),
    ]);
    assert_eq!(names.len(), 5, "{names:?}");
}

#[test]
fn machine_code_that_was_not_used_for_longest_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let (file, cache) = (folder.path().join("connector.wasm"), folder.path().join("cache"));
    fs::write(&file, misbehaving::connector(Behaviour::Panics)).unwrap();
    let runtime = Runtime::new(Limits::default()).unwrap();
    let source = Source::File(file.clone());
    Connector::load(&runtime, &source, Some(&cache)).unwrap();
    let first = fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    let set_age = |path: &std::path::Path, hours: u64| {
        let time = std::time::SystemTime::now() - Duration::from_secs(3600 * hours);
        fs::File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
    };
    for hours in 1..=10 {
        let path = cache.join(format!("{hours}.cwasm"));
        fs::write(&path, b"of another koppeling").unwrap();
        set_age(&path, hours);
    }
    set_age(&first, 100);
    // Used again, and then one more.
    Connector::load(&runtime, &source, Some(&cache)).unwrap();
    fs::write(&file, misbehaving::connector(Behaviour::Loops)).unwrap();
    Connector::load(&runtime, &source, Some(&cache)).unwrap();
    assert!(first.exists());
    assert_eq!(fs::read_dir(&cache).unwrap().count(), 8);
    assert!(cache.join("6.cwasm").exists() && !cache.join("7.cwasm").exists());
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let runtime = Runtime::new(Limits::default()).unwrap();
    let error = Connector::load(&runtime, &Source::File("nowhere.wasm".into()), None).map(drop).unwrap_err();
    assert!(error.to_string().starts_with("nowhere.wasm cannot be read"));
}
