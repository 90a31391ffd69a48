//! Who may look at the pages, and what was done by whom.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::fixture::{Fixture, add, at, office};
use crate::store::access::{By, Deed, Done, Ended, Hashed, LoginLink, Session, Whom};
use crate::store::database::{DEEDS_KEPT, DEEDS_KEPT_FOR, Database};

/// A link with that secret, made at the beginning: it holds for ten seconds, and for a hundred whoever entered with it.
pub(super) fn put(database: &dyn Database, secret: &str, whom: Whom) -> bool {
    let link = LoginLink { hash: Hashed::of(secret), whom, valid_until: at(10), ends: at(100) };
    database.put_login_link(&link, &Deed::new(at(0), By::Terminal, Done::LinkMade)).unwrap()
}

/// Enters with a link, so many seconds after the beginning.
pub(super) fn enter(database: &dyn Database, link: &str, session: &str, now: u64) -> Option<Session> {
    enter_again(database, link, (session, None), now)
}

fn enter_again(
    database: &dyn Database,
    link: &str,
    (session, before): (&str, Option<&str>),
    now: u64,
) -> Option<Session> {
    let deed = |session: &Session| Deed::new(at(now), session.into(), Done::LoggedIn);
    let hashes = (Hashed::of(link), Hashed::of(session), before.map(Hashed::of));
    database.spend_login_link(&hashes.0, (&hashes.1, hashes.2.as_ref()), at(now), &deed).unwrap()
}

fn is_in(database: &dyn Database, session: &str, now: u64) -> bool {
    database.session(&Hashed::of(session), at(now)).unwrap().is_some()
}

fn of(number: &str) -> Whom {
    Whom::Office(office(number))
}

/// What stands in a trail, newest first.
fn trail(database: &dyn Database, number: Option<&str>) -> Vec<(By, Done)> {
    let office = number.map(office);
    let deeds = database.deeds(office.as_ref(), u32::MAX).unwrap();
    deeds.into_iter().map(|deed| (deed.by, deed.what)).collect()
}

pub(super) fn a_link_lets_one_person_in_once(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    assert!(put(&*process, "link", of("1")));
    let other = store.process();
    assert_eq!(enter(&*other, "another", "a", 3), None);
    let begun = enter(&*other, "link", "a", 3).unwrap();
    assert_eq!((&begun.whom, begun.since, begun.until), (&of("1"), at(3), at(100)));
    assert_eq!(enter(&*process, "link", "b", 4), None, "it was spent");
    assert_eq!(process.session(&Hashed::of("a"), at(4)).unwrap(), Some(begun));
    assert!(!is_in(&*process, "b", 4) && !is_in(&*process, "link", 4));
}

pub(super) fn a_link_holds_until_its_time_is_over(store: &impl Fixture) {
    let process = store.process();
    put(&*process, "in time", Whom::Operator);
    put(&*process, "too late", Whom::Operator);
    assert_eq!(enter(&*process, "in time", "a", 9).unwrap().whom, Whom::Operator);
    assert_eq!(enter(&*process, "too late", "b", 10), None);
}

pub(super) fn there_is_no_link_for_an_office_that_is_not_there(store: &impl Fixture) {
    let process = store.process();
    assert!(!put(&*process, "link", of("1")));
    add(&*process, "1");
    assert_eq!(enter(&*process, "link", "a", 3), None, "nor is there one later");
    assert_eq!(trail(&*process, Some("1")), []);
}

pub(super) fn a_session_ends_when_the_end_of_its_link_comes(store: &impl Fixture) {
    let process = store.process();
    put(&*process, "link", Whom::Operator);
    enter(&*process, "link", "a", 3).unwrap();
    assert!(is_in(&*process, "a", 99) && !is_in(&*process, "a", 100));
    assert_eq!((process.sessions(at(99)).unwrap().len(), process.sessions(at(100)).unwrap()), (1, vec![]));
}

pub(super) fn who_enters_again_leaves_the_session_of_before(store: &impl Fixture) {
    let process = store.process();
    for link in ["one", "two", "three"] {
        put(&*process, link, Whom::Operator);
    }
    let first = enter(&*process, "one", "a", 1).unwrap();
    let other = enter(&*process, "two", "b", 2).unwrap();
    let anew = enter_again(&*process, "three", ("c", Some("a")), 3).unwrap();
    assert!(first.number < other.number && other.number < anew.number);
    assert_eq!(process.sessions(at(4)).unwrap(), [other, anew]);
    assert_eq!(enter_again(&*process, "none", ("d", Some("b")), 4), None);
    assert!(is_in(&*process, "b", 4), "a link that lets nobody in ends nothing");
}

pub(super) fn who_leaves_is_out_and_nobody_else(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    put(&*process, "one", of("1"));
    put(&*process, "two", of("1"));
    let number = enter(&*process, "one", "a", 1).unwrap().number;
    enter(&*process, "two", "b", 1).unwrap();
    let deed = Deed::new(at(2), By::Office(number), Done::LoggedOut);
    for _ in 0..2 {
        process.end_session(&Hashed::of("a"), &deed).unwrap();
    }
    assert!(!is_in(&*process, "a", 3) && is_in(&*process, "b", 3));
    assert_eq!(trail(&*process, Some("1")).first(), Some(&(By::Office(number), Done::LoggedOut)));
    let left = trail(&*process, Some("1")).iter().filter(|(_, what)| *what == Done::LoggedOut).count();
    assert_eq!(left, 1, "who is out does not leave");
}

pub(super) fn all_logins_of_an_office_are_ended_and_no_others(store: &impl Fixture) {
    let process = store.process();
    for number in ["1", "2"] {
        add(&*process, number);
        put(&*process, number, of(number));
        put(&*process, &format!("unspent {number}"), of(number));
        enter(&*process, number, &format!("in {number}"), 1).unwrap();
    }
    put(&*process, "operator", Whom::Operator);
    enter(&*process, "operator", "in", 1).unwrap();
    let deed = Deed::new(at(2), By::Terminal, Done::LoginsEnded);
    let one = office("1");
    assert_eq!(process.end_logins(Some(&one), &deed).unwrap(), Ended { links: 1, sessions: 1 });
    assert!(!is_in(&*process, "in 1", 3) && is_in(&*process, "in 2", 3) && is_in(&*process, "in", 3));
    assert_eq!(enter(&*process, "unspent 1", "late", 3), None);
    assert_eq!(process.end_logins(None, &deed).unwrap(), Ended { links: 1, sessions: 2 });
    assert_eq!(process.sessions(at(3)).unwrap(), []);
    assert_eq!(process.end_logins(None, &deed).unwrap(), Ended::default());
    for number in [Some("1"), Some("2"), None] {
        let trail = trail(&*process, number);
        assert_eq!(trail.first(), Some(&(By::Terminal, Done::LoginsEnded)));
        assert_eq!(trail.iter().filter(|(_, what)| *what == Done::LoginsEnded).count(), 1, "{number:?}");
    }
}

pub(super) fn what_was_done_stands_in_the_trail_of_its_office(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    put(&*process, "one", of("1"));
    put(&*process, "two", Whom::Operator);
    let number = enter(&*process, "one", "a", 1).unwrap().number;
    let made = (By::Terminal, Done::LinkMade);
    assert_eq!(trail(&*process, Some("1")), [(By::Office(number), Done::LoggedIn), made]);
    assert_eq!((trail(&*process, None), trail(&*process, Some("2"))), (vec![made], vec![]));
    let deeds = process.deeds(Some(&office("1")), 1).unwrap();
    assert_eq!((deeds.len(), deeds.first().unwrap().at), (1, at(1)));
}

pub(super) fn the_trail_is_bounded_in_rows_and_in_days(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    let put_at = |now, whom| {
        let link = LoginLink { hash: Hashed::of(&format!("{now:?}")), whom, valid_until: now, ends: now };
        process.put_login_link(&link, &Deed::new(now, By::Terminal, Done::LinkMade)).unwrap();
    };
    put_at(at(0), Whom::Operator);
    for second in 0..u64::from(DEEDS_KEPT) + 3 {
        put_at(at(second), of("1"));
    }
    let kept = process.deeds(Some(&office("1")), u32::MAX).unwrap();
    assert_eq!((kept.len(), kept.last().unwrap().at), (DEEDS_KEPT as usize, at(3)));
    put_at(at(5).plus(DEEDS_KEPT_FOR), of("1"));
    assert_eq!(process.deeds(Some(&office("1")), u32::MAX).unwrap().last().unwrap().at, at(5));
    put_at(at(9_000).plus(DEEDS_KEPT_FOR), of("1"));
    assert_eq!(process.deeds(Some(&office("1")), u32::MAX).unwrap().len(), 2);
    assert_eq!(process.deeds(None, u32::MAX).unwrap().len(), 1, "each trail by itself");
}

pub(super) fn nothing_is_left_of_the_logins_of_an_office_that_is_removed(store: &impl Fixture) {
    let process = store.process();
    for number in ["1", "2"] {
        add(&*process, number);
        put(&*process, number, of(number));
        put(&*process, &format!("unspent {number}"), of(number));
        enter(&*process, number, &format!("in {number}"), 1).unwrap();
    }
    process.remove_office(&office("1")).unwrap();
    add(&*process, "1");
    assert!(!is_in(&*process, "in 1", 2) && is_in(&*process, "in 2", 2));
    assert_eq!(enter(&*process, "unspent 1", "late", 2), None);
    assert_eq!((trail(&*process, Some("1")), trail(&*process, Some("2")).len()), (vec![], 3));
    assert!(enter(&*process, "unspent 2", "b", 2).is_some());
}

pub(super) fn a_copy_that_is_put_back_lets_nobody_in(store: &impl Fixture) {
    let process = store.process();
    put(&*process, "spent", Whom::Operator);
    put(&*process, "unspent", Whom::Operator);
    let number = enter(&*process, "spent", "a", 1).unwrap().number;
    let (elsewhere, _) = store.restored();
    let copy = elsewhere.process();
    assert!(!is_in(&*copy, "a", 2) && is_in(&*process, "a", 2));
    assert_eq!(enter(&*copy, "unspent", "b", 2), None);
    assert_eq!(trail(&*copy, None).len(), 3, "what was done stays known");
    put(&*copy, "anew", Whom::Operator);
    assert!(enter(&*copy, "anew", "c", 2).unwrap().number > number);
}

pub(super) fn nothing_of_a_secret_is_kept(store: &impl Fixture) {
    let process = store.process();
    put(&*process, "canary-of-a-link", Whom::Operator);
    put(&*process, "canary-of-another", Whom::Operator);
    enter(&*process, "canary-of-a-link", "canary-of-a-session", 1).unwrap();
    let file = tempfile::tempdir().unwrap();
    let copy = file.path().join("copy");
    process.copy_to(&copy).unwrap();
    let bytes = std::fs::read(copy).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"canary"));
}
