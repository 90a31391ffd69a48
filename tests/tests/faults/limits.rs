//! Logins, limits and time-outs.

use std::time::Duration;

use advocaatcentraal_tribe::sync::{Stop, System};
use advocaatcentraal_tribe::tribe::{Flow, LoginState};
use sandbox::advocaatcentraal::{List, Rows, Variants};
use sandbox::tribe::{Character, RetryAfter};
use serde_json::json;
use tests::World;
use tests::faults::Kind;
use tests::support::{edit_relatie, relation_in_ac, relation_of};

use super::phones::phone;
use super::{COMPANY, OTHER, cursors, letters, marker, office, office_with, tribe_id};

fn quota(world: &World) -> Duration {
    match world.poll().unwrap_err().error {
        Stop::Quota(_, until) => Duration::from_millis(until.as_millis() - world.now().as_millis()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn f57_a_token_that_ends_while_a_429_is_waited_out_is_renewed() {
    let character = Character { token_life: Duration::from_secs(200), ..Character::default() };
    let world = office_with(Variants::default(), character);
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 57 01"}));
    world.faults.plan(Kind::Status429Seconds, "PUT", "Relation_Organization", 1);
    let wait = quota(&world);
    world.wait(wait + Duration::from_secs(180));
    world.poll().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 57 01");
}

#[test]
fn f58_retry_after_is_read_in_seconds_and_as_a_date() {
    let character = Character { calls_per_minute: Some(3), retry_after: RetryAfter::Date, ..Character::default() };
    let world = office();
    *world.tribe.borrow_mut().character_mut() = character;
    let wait = quota(&world);
    assert!(wait > Duration::from_secs(50) && wait <= Duration::from_secs(61), "{wait:?}");
    world.wait(wait);
    world.poll().unwrap();
    world.tribe.borrow_mut().character_mut().retry_after = RetryAfter::Seconds;
    let wait = quota(&world);
    assert!(wait > Duration::from_secs(50) && wait <= Duration::from_secs(61), "{wait:?}");
    assert!(world.watch.take_broken().is_empty(), "nothing was called in between");
}

#[test]
fn f59_a_wait_that_nobody_can_mean_is_cut() {
    let world = office();
    for _ in 0..12 {
        world.faults.plan(Kind::Status429Absurd, "GET", "/relaties?", 1);
        let wait = quota(&world);
        assert!(wait <= Duration::from_secs(15 * 60), "{wait:?}");
        world.wait(wait);
    }
    world.poll().unwrap();
}

#[test]
fn f59_a_429_of_the_login_is_waited_out_whatever_it_says() {
    let kinds = [Kind::Status429Seconds, Kind::Status429Date, Kind::Status429Bare, Kind::Status429Absurd];
    for by in [Flow::ClientCredentials, Flow::AuthorizationCode] {
        for kind in kinds.into_iter().chain([Kind::Status429Absurd; 8]) {
            let world = office();
            if by == Flow::AuthorizationCode {
                world.log_in_by_consent();
                world.consent().unwrap();
            }
            world.wait(Duration::from_secs(2 * 60 * 60));
            world.faults.plan(kind, "POST", "/oauth2/token", 1);
            let wait = quota(&world);
            assert!(wait <= Duration::from_secs(15 * 60), "{kind}: {wait:?}");
            world.wait(wait);
            world.poll().unwrap();
            assert!(world.watch.take_broken().is_empty(), "nothing was called in between");
        }
    }
}

#[test]
fn f60_a_refused_token_is_renewed_once_for_all_requests() {
    let world = office();
    let logins = || world.tribe.borrow().counters().calls()[&("POST".to_owned(), "oauth2/token".to_owned())];
    let before = logins();
    for company in [COMPANY, OTHER, "1003", "1004"] {
        edit_relatie(&world, company, json!({"telefoonnummer": phone(company)}));
    }
    world.faults.plan(Kind::Status401, "PUT", "Relation_Organization", 1);
    world.poll().unwrap();
    assert_eq!(logins(), before + 1);
    world.assert_same();
}

#[test]
fn f61_a_refresh_token_that_is_lost_on_the_way_is_asked_of_a_person_once_and_tribe_is_left_alone() {
    let world = office();
    world.log_in_by_consent();
    world.consent().unwrap();
    world.poll().unwrap();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 61 01"}));
    // Tribe spends the token, and its answer gets lost.
    world.faults.plan(Kind::ResetAfter, "POST", "/oauth2/token", 1);
    world.wait(Duration::from_secs(2 * 60 * 60));
    assert!(matches!(world.poll().unwrap_err().error, Stop::Unavailable(System::Tribe, ..)));
    // The connector tries once more, since the request itself may have been lost.
    assert_eq!(world.poll().unwrap_err().error, Stop::Credentials(System::Tribe));
    assert_eq!(world.login_state(), Some(LoginState::Ended));
    let calls = |world: &World| -> u64 { world.tribe.borrow().counters().calls().values().sum() };
    let before = calls(&world);
    for _ in 0..20 {
        assert_eq!(world.poll().unwrap_err().error, Stop::Credentials(System::Tribe));
    }
    assert_eq!(calls(&world), before, "no storm");
    world.consent().unwrap();
    world.poll().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 61 01");
    world.assert_same();
}

#[test]
fn f61_a_refresh_that_did_not_reach_tribe_is_made_again_and_nobody_is_asked() {
    for kind in [Kind::Refused, Kind::ResetBefore, Kind::Status503, Kind::Html200, Kind::Status400, Kind::Status401] {
        let world = office();
        world.log_in_by_consent();
        world.consent().unwrap();
        world.wait(Duration::from_secs(2 * 60 * 60));
        world.faults.plan(kind, "POST", "/oauth2/token", 1);
        assert!(world.poll().is_err(), "{kind}");
        assert_eq!(world.login_state(), Some(LoginState::Renewable), "{kind}");
        world.poll().unwrap();
    }
}

#[test]
fn f62_a_slice_waits_for_nobody_it_tells_when_to_come_back() {
    let world = office();
    world.faults.plan(Kind::Status429Seconds, "GET", "/relaties?", 1);
    let began = world.now().as_millis();
    assert!(world.poll().is_err());
    let took = world.now().as_millis() - began - 5 * 60 * 1000;
    assert!(took < 1_000, "{took} ms");
}

#[test]
fn f64_a_revoked_key_puts_no_record_aside() {
    let world = office();
    for company in [COMPANY, OTHER, "1003"] {
        edit_relatie(&world, company, json!({"telefoonnummer": phone(company)}));
    }
    world.faults.plan(Kind::Status401, "GET", "/relaties", 1);
    assert_eq!(world.poll().unwrap_err().error, Stop::Credentials(System::AdvocaatCentraal));
    world.faults.plan(Kind::Status401, "PUT", "Relation", 20);
    assert_eq!(world.poll().unwrap_err().error, Stop::Credentials(System::Tribe));
    assert_eq!(letters(&world), 0);
    world.faults.stop();
    world.poll().unwrap();
    world.assert_same();
}

#[test]
fn f65_three_thousand_webhooks_lose_none_and_stay_within_the_quota() {
    let world = office();
    let ours = world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 65 01"}));
    let mut ids: Vec<String> = (0..3_000).map(|n| format!("00000000-0000-4000-8000-{n:012x}")).collect();
    ids.insert(1_234, ours);
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let before = world.watch.requests();
    world.push(&ids).unwrap();
    assert!(world.watch.requests() - before < 100);
    world.assert_same();
}

#[test]
fn f66_one_record_that_fails_drags_no_other_along() {
    let world = office();
    let id = tribe_id(&world, &marker(OTHER));
    for company in [COMPANY, OTHER, "1003", "1004"] {
        edit_relatie(&world, company, json!({"telefoonnummer": phone(company)}));
    }
    world.faults.plan(Kind::ResetBefore, "PUT", &id, 1);
    let cycle = world.poll().unwrap();
    assert_eq!((cycle.counts.updated, letters(&world)), (3, 1));
    let (_, before) = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes().1, before + 1, "only the one is tried again");
    world.assert_same();
}

const FOUR: [&str; 4] = [COMPANY, OTHER, "1003", "1004"];

/// A single read of one of four changed companies fails: the other three are synced, and that one later.
fn one_that_cannot_be_read(world: &World, kind: Kind, method: &'static str, part: &str) {
    for company in FOUR {
        edit_relatie(world, company, json!({"telefoonnummer": phone(company)}));
    }
    world.faults.plan(kind, method, part, 1);
    let cycle = world.poll().unwrap();
    assert_eq!(world.faults.count(kind), 1, "{kind}");
    assert_eq!((cycle.counts.updated, cycle.counts.dead_lettered, letters(world)), (3, 1, 1), "{kind}");
    let has_phone = |company: &str| relation_of(world, company, "PhoneNumber") == phone(company);
    assert_eq!(FOUR.iter().filter(|company| has_phone(company)).count(), 3, "{kind}");
    world.settle().unwrap();
    assert_eq!((has_phone(OTHER), letters(world)), (true, 0), "{kind}");
    world.assert_same();
}

const UNREADABLE: [Kind; 6] =
    [Kind::Status500, Kind::Timeout, Kind::Refused, Kind::Status502Html, Kind::Html200, Kind::Truncated];

#[test]
fn f66_a_record_that_ac_does_not_show_by_itself_drags_no_other_along() {
    for kind in UNREADABLE {
        one_that_cannot_be_read(&office(), kind, "GET", &format!("/relaties/{OTHER}"));
    }
}

#[test]
fn f66_nor_where_rows_are_lean_and_each_is_read_by_itself() {
    for kind in UNREADABLE {
        let world = office_with(Variants { rows: Rows::Lean, ..Variants::default() }, Character::default());
        one_that_cannot_be_read(&world, kind, "GET", &format!("/relaties/{OTHER}"));
    }
}

#[test]
fn f66_a_hundred_that_tribe_does_not_show_together_are_asked_for_one_by_one() {
    for kind in [Kind::Status500, Kind::Status502Html, Kind::Html200, Kind::Truncated, Kind::Timeout] {
        let world = office();
        for company in FOUR {
            edit_relatie(&world, company, json!({"telefoonnummer": phone(company)}));
        }
        world.faults.plan(kind, "GET", "Relation_Organization?", 1);
        let cycle = world.poll().unwrap();
        assert_eq!((world.faults.count(kind), cycle.counts.updated, letters(&world)), (1, 4, 0), "{kind}");
        world.assert_same();
    }
}

/// Once faults stop, both sides agree and no dead letter is left.
fn is_mended_within_an_hour(world: &World) {
    world.faults.stop();
    world.wait(Duration::from_secs(3600));
    world.settle().unwrap();
    assert_eq!(letters(world), 0);
    world.assert_same();
}

#[test]
fn f66_a_record_that_tribe_never_shows_drags_no_other_along() {
    let world = office();
    let id = tribe_id(&world, &marker(OTHER));
    world.faults.plan(Kind::Status500, "GET", &id, 8);
    for company in FOUR {
        edit_relatie(&world, company, json!({"telefoonnummer": phone(company)}));
    }
    let cycle = world.poll().unwrap();
    assert_eq!((cycle.counts.updated, letters(&world)), (3, 1));
    is_mended_within_an_hour(&world);
}

#[test]
fn f66_an_edit_of_a_record_that_tribe_does_not_show_is_taken_later() {
    let world = office();
    let id = world.edit_in_tribe(&marker(OTHER), &json!({"PhoneNumber": "020 555 66 05"}));
    let other = world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 66 06"}));
    world.faults.plan(Kind::Status500, "GET", &id, 2);
    world.push(&[&id, &other]).unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 66 06");
    assert_eq!(letters(&world), 1);
    world.faults.stop();
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, OTHER)["telefoonnummer"], "020 555 66 05");
    assert_eq!(letters(&world), 0);
}

#[test]
fn f66_a_system_that_shows_no_record_at_all_is_unavailable() {
    for (system, method, part) in
        [(System::AdvocaatCentraal, "GET", "/relaties/1"), (System::Tribe, "GET", "Relation_Organization?")]
    {
        let world = office();
        for company in ["1001", "1002", "1003", "1004", "1006", "1007", "1008"] {
            edit_relatie(&world, company, json!({"email": format!("{company}@voorbeeld.example")}));
        }
        let before = cursors(&world);
        world.faults.plan(Kind::Status500, method, part, 100);
        let stopped = world.poll().unwrap_err();
        assert!(matches!(stopped.error, Stop::Unavailable(of, ..) if of == system), "{:?}", stopped.error);
        assert_eq!(cursors(&world), before);
        is_mended_within_an_hour(&world);
    }
}

#[test]
fn f66_a_record_that_could_not_be_read_is_a_dead_letter_before_the_cursor_passes_it() {
    for point in 1..200 {
        let world = office();
        edit_relatie(&world, OTHER, json!({"telefoonnummer": "020 555 66 07"}));
        let before = cursors(&world);
        world.faults.plan(Kind::Status500, "GET", &format!("/relaties/{OTHER}"), 1);
        world.faults.crash_after(point);
        let _ = world.poll();
        world.faults.restart();
        let passed = cursors(&world).iter().zip(&before).any(|(now, then)| now.0.ends_with("relaties") && now != then);
        if passed {
            assert_eq!(letters(&world), 1, "crash at {point}");
        }
        world.wait(Duration::from_secs(3600));
        world.settle().unwrap();
        world.assert_same();
        if passed {
            return;
        }
    }
    panic!("the cursor never passes");
}

#[test]
fn f66_a_record_of_which_the_list_leaves_out_the_kind_is_a_dead_letter_too() {
    let world = office();
    world.edit_in_ac(List::Relaties, OTHER, |record| drop(record.remove("soort")));
    world.faults.plan(Kind::Status500, "GET", &format!("/relaties/{OTHER}"), 1);
    world.poll().unwrap();
    assert_eq!(letters(&world), 1);
}
