//! What reading alone tells of each system, by the dialect for it; and where a system breaks what was assumed.

use std::collections::BTreeSet;

use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::setup::{Probed, Verdict, probe};
use advocaatcentraal_tribe::wording::describe;
use sandbox::advocaatcentraal::{
    Empties, Etag, Filter, Ids, List, Order, PageCap, Paging, Rows, Stamps, Variants, Wire,
};
use sandbox::tribe::Character;
use tests::{Engine, World};

use super::SYSTEMS;

/// What a probe may ask at most where there are two lists of relations; a login comes on top.
const QUESTIONS: u64 = 19;

/// The lines of a probe, which reads only.
fn lines(world: &World) -> Vec<Probed> {
    let calls = |world: &World| world.ac.borrow().counters().calls().values().sum::<u64>();
    let (asked, written) = (calls(world), world.writes());
    let lines = probe(world.ports(), &world.read_settings());
    assert!(calls(world) - asked <= QUESTIONS, "{}", calls(world) - asked);
    assert_eq!((world.writes(), world.violations()), (written, 0), "a probe only reads");
    for line in &lines {
        assert!(describe(line.code).is_some(), "{line:?}");
    }
    lines
}

fn of(verdict: Verdict, lines: &[Probed]) -> Vec<&'static str> {
    lines.iter().filter(|line| line.verdict == verdict).map(|line| line.code).collect()
}

/// So many relations, in an office that is spoken to as that system is.
fn world(relations: usize, variants: Variants, (wire, dialect): (Wire, &str)) -> World {
    let world = World::with(1, relations, variants, Character::default());
    if wire == Wire::Assumed { world } else { world.speaking(wire, dialect) }
}

const ASSUMED: (Wire, &str) = (Wire::Assumed, dialect::BUILT_IN);

fn systems() -> impl Iterator<Item = (Wire, &'static str)> {
    [ASSUMED].into_iter().chain(SYSTEMS)
}

#[test]
fn nothing_differs_at_a_system_that_speaks_as_its_dialect_says() {
    for system in systems() {
        let lines = lines(&world(60, Variants::default(), system));
        let wrong: Vec<&Probed> =
            lines.iter().filter(|line| matches!(line.verdict, Verdict::Differs | Verdict::Fails)).collect();
        assert!(wrong.is_empty(), "{:?}: {wrong:?}", system.0);
        let holding = of(Verdict::Holds, &lines);
        for code in ["address-answers", "key-taken", "list-goes-on", "rows-whole", "missing-refused", "persons-read"] {
            let code = format!("probe-{code}");
            assert!(holding.contains(&code.as_str()), "{:?} {code}: {lines:?}", system.0);
        }
        if system.0 != Wire::Ledger {
            for code in ["filter-works", "bound-included", "list-in-order", "stamps-as-said"] {
                let code = format!("probe-{code}");
                assert!(holding.contains(&code.as_str()), "{:?} {code}: {lines:?}", system.0);
            }
        }
        let all: BTreeSet<&str> = lines.iter().map(|line| line.assumption).collect();
        assert_eq!(all.len(), 14, "each assumption has a line: {all:?}");
    }
}

#[test]
fn an_office_of_few_relations_is_never_told_to_differ() {
    for system in systems() {
        for relations in [0, 1, 2, 3, 10, 11] {
            let lines = lines(&world(relations, Variants::default(), system));
            assert_eq!(of(Verdict::Differs, &lines), [] as [&str; 0], "{:?} {relations}: {lines:?}", system.0);
        }
    }
}

#[test]
fn what_breaks_an_assumption_is_told_with_what_to_write() {
    let of = Variants::default;
    let list = "/relations/lists/0";
    for (variants, assumption, code, at) in [
        (Variants { order: Order::Unsorted, ..of() }, "A4", "list-not-in-order", None),
        (Variants { filter: Filter::Ignored, ..of() }, "A4", "filter-without-effect", Some("/changed-since")),
        (
            Variants { filter: Filter::Exclusive, ..of() },
            "A4",
            "bound-excluded",
            Some("/changed-since/parameter/exclusive"),
        ),
        (
            Variants { stamps: Stamps::DateOnlyFilter, ..of() },
            "A4",
            "filter-by-day",
            Some("/changed-since/parameter/form"),
        ),
        (Variants { paging: Paging::IgnoresCursor, ..of() }, "A4", "page-repeats", Some("/paging")),
        (Variants { paging: Paging::NextLinksToItself, ..of() }, "A4", "cursor-repeats", Some("/paging")),
        (Variants { stamps: Stamps::Naive, ..of() }, "A5", "stamps-are-naive", Some("=/relations/record/changed/form")),
        (Variants { rows: Rows::Lean, ..of() }, "A7", "rows-lean", None),
        (Variants { empties: Empties::LeftOut, ..of() }, "A7", "empties-left-out", None),
        (Variants { etag: Etag::No, ..of() }, "A9", "tag-missing", Some("=/writing/version")),
        (Variants { etag: Etag::Weak, ..of() }, "A9", "tag-missing", Some("=/writing/version")),
    ] {
        let lines = lines(&world(60, variants, ASSUMED));
        let differing: Vec<&Probed> = lines.iter().filter(|line| line.verdict == Verdict::Differs).collect();
        let at = at.map(|at| at.strip_prefix('=').map_or_else(|| [list, at].concat(), str::to_owned));
        let [line] = differing[..] else { panic!("{variants:?}: {differing:?}") };
        assert_eq!((line.assumption, line.code), (assumption, format!("probe-{code}").as_str()), "{variants:?}");
        assert_eq!(line.at, at, "{variants:?}");
    }
}

#[test]
fn what_only_bends_an_assumption_differs_in_nothing() {
    let of = Variants::default;
    for variants in [
        Variants { ids: Ids::Number, ..of() },
        Variants { order: Order::RandomWithinEqualStamps, ..of() },
        Variants { paging: Paging::PageNumber, ..of() },
        Variants { page_cap: PageCap::TwentyFive, ..of() },
        Variants { page_cap: PageCap::SilentlyClipped, ..of() },
        Variants { late_visible: std::time::Duration::from_secs(24 * 60), ..of() },
    ] {
        let lines = lines(&world(60, variants, ASSUMED));
        assert_eq!(self::of(Verdict::Differs, &lines), [] as [&str; 0], "{variants:?}: {lines:?}");
    }
}

#[test]
fn the_dialect_of_another_system_fails_or_differs() {
    for (wire, _) in SYSTEMS {
        let world = World::with(1, 40, Variants::default(), Character::default()).speaking(wire, dialect::BUILT_IN);
        let lines = lines(&world);
        assert!(lines.iter().any(|line| line.verdict == Verdict::Fails), "{wire:?}: {lines:?}");
    }
    let lines = {
        let world = world(20, Variants::default(), ASSUMED);
        world.set(name::ADVOCAATCENTRAAL_KEY, "another");
        lines(&world)
    };
    assert_eq!(of(Verdict::Fails, &lines), ["credentials-refused"]);
}

#[test]
fn a_deleted_relation_that_is_still_listed_is_gone_by_its_id() {
    let world = world(40, Variants::default(), ASSUMED);
    world.ac.borrow_mut().variants_mut().order = Order::Sorted;
    let id = "1005";
    let mut record = tests::support::relation_in_ac(&world, id).as_object().unwrap().clone();
    record.insert("status".to_owned(), "verwijderd".into());
    world.ac.borrow_mut().load(List::Relaties, [record]);
    let lines = lines(&world);
    assert!(of(Verdict::Holds, &lines).contains(&"probe-deleted-gone"), "{lines:?}");
}

#[test]
fn the_component_tells_the_same() {
    for system in systems() {
        let world = world(20, Variants::default(), system);
        let [native, component] = Engine::ALL.map(|engine| engine.connector().probe(&world).unwrap());
        assert_eq!(native, component, "{:?}", system.0);
    }
}
