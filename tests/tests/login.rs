//! Tribe's login by consent of a person, and what holds for every login: what is stored, shown and asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use advocaatcentraal_tribe::answer::LONGEST_WAIT;
use advocaatcentraal_tribe::ports::Store;
use advocaatcentraal_tribe::settings::{Problem, name};
use advocaatcentraal_tribe::setup::{Found, Verdict, check};
use advocaatcentraal_tribe::stored;
use advocaatcentraal_tribe::sync::{Stop, System};
use advocaatcentraal_tribe::tribe::LoginState;
use advocaatcentraal_tribe::wording::Code;
use sandbox::advocaatcentraal::Variants;
use sandbox::tribe::{Character, Consent, ExpiresIn, Tenant, Unauthorised};
use serde_json::{Value, json};
use tests::World;
use tests::faults::Kind;
use tests::invariants::nothing_is_kept;
use tests::support::edit_relatie;

const HOUR: Duration = Duration::from_secs(60 * 60);
const TOKEN: &str = "12345/token";

/// An office that logs in by consent, which a person has given.
fn logged_in(character: Character) -> World {
    let world = World::with(11, 13, Variants::default(), character);
    world.log_in_by_consent();
    world.consent().unwrap();
    world
}

fn token_calls(world: &World) -> u64 {
    let key = ("POST".to_owned(), "oauth2/token".to_owned());
    world.tribe.borrow().counters().calls().get(&key).copied().unwrap_or_default()
}

fn kept(world: &World) -> Value {
    world.store.dump().get(TOKEN).map_or(Value::Null, |bytes| stored::of_bytes(bytes).unwrap())
}

fn findings(world: &World) -> BTreeMap<Code, Verdict> {
    let found = check(world.ports(), &world.read_settings(), None).unwrap();
    found
        .into_iter()
        .filter_map(|finding| match finding.code {
            Found::Code(code) => Some((code, finding.verdict)),
            Found::Outage(_) => None,
        })
        .collect()
}

#[test]
fn an_office_that_logs_in_by_consent_is_synced_and_renews_it_by_itself() {
    let world = logged_in(Character::default());
    world.initial_sync().unwrap();
    world.assert_same();
    for day in 1..=3 {
        world.wait(24 * HOUR);
        world.poll().unwrap();
        assert_eq!(token_calls(&world), 1 + day, "one renewal for each poll after the token has ended");
    }
    assert!(world.watch.take_broken().is_empty());
    assert_eq!(nothing_is_kept(&world), None);
}

#[test]
fn a_new_token_is_stored_before_it_is_used_and_before_anything_else_is_done() {
    let world = logged_in(Character { token_life: Duration::from_secs(200), ..Character::default() });
    world.initial_sync().unwrap();
    let (used, renewals) = (Rc::new(RefCell::new(Vec::new())), Rc::new(Cell::new(0)));
    let (seen, counted) = (Rc::clone(&used), Rc::clone(&renewals));
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        if request.target == "/oauth2/token" {
            return counted.set(counted.get() + 1);
        }
        let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if let Some(bearer) = bearer {
            assert_eq!(kept(world)["access"], bearer, "what is used is what is stored");
            seen.borrow_mut().push(bearer.to_owned());
        }
    }));
    for _ in 0..3 {
        world.poll().unwrap();
    }
    used.borrow_mut().dedup();
    assert_eq!((used.borrow().len(), renewals.get()), (3, 3), "each poll renews once and goes on with the new token");
}

#[test]
fn requests_that_are_refused_together_are_sent_again_with_one_new_token() {
    for unauthorised in Unauthorised::ALL {
        let world = logged_in(Character { unauthorised, ..Character::default() });
        world.initial_sync().unwrap();
        world.settle().unwrap();
        for company in ["1001", "1002", "1003", "1004"] {
            edit_relatie(&world, company, json!({"telefoonnummer": format!("020 555{company}")}));
        }
        let before = token_calls(&world);
        let (writes, tokens) = (world.writes().1, Rc::new(RefCell::new(Vec::new())));
        let seen = Rc::clone(&tokens);
        world.before_request.borrow_mut().replace(Box::new(move |world, request| {
            if request.method == "PUT" {
                let mut seen = seen.borrow_mut();
                if seen.is_empty() {
                    // All access tokens end at once, as after a restart of the login.
                    world.tribe.borrow_mut().end_access_tokens();
                }
                seen.push(request.header("authorization").unwrap().to_owned());
            }
        }));
        world.poll().unwrap();
        drop(world.before_request.borrow_mut().take());
        assert_eq!(token_calls(&world), before + 1, "{unauthorised:?}");
        assert_eq!(world.writes().1, writes + 4, "{unauthorised:?}: nothing is written twice");
        let tokens = tokens.borrow();
        assert!(tokens.len() > 4, "{unauthorised:?}: some were refused first");
        assert!(tokens[tokens.len() - 4..].iter().all(|token| *token != tokens[0]), "{unauthorised:?}: a header anew");
        world.assert_same();
    }
}

#[test]
fn a_token_that_is_refused_after_its_renewal_too_is_a_matter_of_credentials() {
    for kind in [Kind::Status401, Kind::Status403] {
        let world = logged_in(Character::default());
        world.initial_sync().unwrap();
        world.faults.plan(kind, "GET", "/v1/odata/", 50);
        let before = token_calls(&world);
        assert_eq!(world.poll().unwrap_err().error, Stop::Credentials(System::Tribe));
        assert_eq!(token_calls(&world), before + 1, "{kind}: one renewal, no storm");
        assert_eq!(world.login_state(), Some(LoginState::Renewable), "{kind}: the consent is not what is wrong");
    }
}

#[test]
fn a_refresh_token_that_comes_back_ends_the_consent_and_a_new_one_replaces_it() {
    let world = logged_in(Character::default());
    world.initial_sync().unwrap();
    let old = world.store.dump()[TOKEN].clone();
    world.wait(2 * HOUR);
    world.poll().unwrap();
    // A host that puts back an old copy of the store.
    world.store.set(TOKEN, &old).unwrap();
    assert_eq!(world.poll().unwrap_err().error, Stop::Credentials(System::Tribe));
    assert_eq!(world.login_state(), Some(LoginState::Ended));
    assert_eq!(kept(&world)["access"], "", "nothing of the ended login is kept");
    world.consent().unwrap();
    world.poll().unwrap();
    world.wait(2 * HOUR);
    world.poll().unwrap();
}

#[test]
fn whoever_loses_a_race_for_a_refresh_goes_on_with_what_the_winner_stored() {
    let world = logged_in(Character::default());
    world.initial_sync().unwrap();
    world.wait(2 * HOUR);
    // Another process stores its new token while this refresh is on its way; this one's refresh token is spent.
    let ours = world.store.dump()[TOKEN].clone();
    world.tribe.borrow_mut().revoke_tokens();
    world.consent().unwrap();
    let winners = world.store.dump()[TOKEN].clone();
    world.store.set(TOKEN, &ours).unwrap();
    let mut done = false;
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        if request.target == "/oauth2/token" && !done {
            done = true;
            world.store.set(TOKEN, &winners).unwrap();
        }
    }));
    world.poll().unwrap();
    assert_eq!(world.login_state(), Some(LoginState::Renewable));
}

#[test]
fn whatever_a_token_answer_says_of_its_life_the_sync_goes_on_and_no_refresh_token_is_lost() {
    let said = [json!(0), json!(-1), json!(1), json!("3600"), json!("soon"), json!(1e300), json!(null)];
    let cases = said.into_iter().map(ExpiresIn::Says).chain([ExpiresIn::Absent, ExpiresIn::Told]);
    for expires_in in cases {
        let world = logged_in(Character { expires_in: expires_in.clone(), ..Character::default() });
        world.initial_sync().unwrap();
        for _ in 0..30 {
            world.wait(HOUR);
            world.poll().unwrap();
        }
        world.assert_same();
        assert_eq!(world.login_state(), Some(LoginState::Renewable), "{expires_in:?}");
    }
}

#[test]
fn the_check_tells_which_login_is_used_and_whether_it_holds() {
    let by_credentials = World::new(11, 13);
    assert_eq!(findings(&by_credentials).get(&Code::LoginByClientCredentials), Some(&Verdict::Holds));

    let world = World::new(11, 13);
    world.log_in_by_consent();
    let found = findings(&world);
    assert_eq!(found.get(&Code::ConsentMissing), Some(&Verdict::Fails));
    assert!(!found.contains_key(&Code::CredentialsRefused), "the one reason is enough");
    assert_eq!(token_calls(&world), 0);

    world.consent().unwrap();
    assert_eq!(findings(&world).get(&Code::LoginByConsent), Some(&Verdict::Holds));

    // Another secret has nothing to do with the consent.
    let secret = world.settings.borrow()[name::TRIBE_CLIENT_SECRET].clone();
    world.set(name::TRIBE_CLIENT_SECRET, "wrong");
    world.wait(2 * HOUR);
    let found = findings(&world);
    assert_eq!(found.get(&Code::CredentialsRefused), Some(&Verdict::Fails));
    assert!(!found.contains_key(&Code::LoginByConsent) && !found.contains_key(&Code::ConsentEnded), "{found:?}");
    world.set(name::TRIBE_CLIENT_SECRET, &secret);
    assert_eq!(findings(&world).get(&Code::LoginByConsent), Some(&Verdict::Holds), "the check may renew the login");

    world.tribe.borrow_mut().revoke_tokens();
    assert_eq!(findings(&world).get(&Code::ConsentEnded), Some(&Verdict::Fails));
}

#[test]
fn a_consent_without_offline_is_named_before_it_ends() {
    let world = logged_in(Character { consent: Consent::WithoutOffline, ..Character::default() });
    world.initial_sync().unwrap();
    assert_eq!(findings(&world).get(&Code::ConsentNotRenewable), Some(&Verdict::Fails));
    world.wait(2 * HOUR);
    let before = token_calls(&world);
    assert_eq!(world.poll().unwrap_err().error, Stop::Credentials(System::Tribe));
    assert_eq!(findings(&world).get(&Code::ConsentNotRenewable), Some(&Verdict::Fails));
    assert_eq!(token_calls(&world), before, "there is nothing to ask with");
}

#[test]
fn a_code_works_once_and_a_wrong_one_leaves_the_login_as_it_is() {
    let world = logged_in(Character::default());
    let before = kept(&world);
    for code in ["sandbox-code-nobody", ""] {
        assert_eq!(world.hand_in(code), Err(Stop::Credentials(System::Tribe)));
    }
    let back = world.visit_login_page().unwrap();
    let code = back.split('&').find_map(|pair| pair.strip_prefix("code=")).unwrap();
    assert!(back.ends_with("&state=stateofthehost"), "{back}");
    assert_eq!(kept(&world), before);
    world.hand_in(code).unwrap();
    let after = kept(&world);
    assert_ne!(after, before);
    assert_eq!(world.hand_in(code), Err(Stop::Credentials(System::Tribe)));
    assert_eq!(kept(&world), after);
    assert!(world.watch.take_broken().is_empty());
}

#[test]
fn a_login_is_good_for_its_own_settings_only() {
    let world = logged_in(Character::default());
    world.set(name::TRIBE_LOGIN, "client-credentials");
    world.initial_sync().unwrap();
    world.log_in_by_consent();
    assert_eq!(world.login_state(), Some(LoginState::NoConsent), "a token of the application is no consent");
    assert_eq!(world.poll().unwrap_err().error, Stop::Credentials(System::Tribe));
    world.consent().unwrap();
    world.poll().unwrap();
    world.set(name::TRIBE_CLIENT_ID, "another");
    assert_eq!(world.login_state(), Some(LoginState::NoConsent));
}

#[test]
fn a_consent_in_another_environment_than_the_linked_one_is_said_at_once_and_writes_nothing() {
    let world = logged_in(Character::default());
    world.initial_sync().unwrap();
    // The same application, and a person who belongs to another organisation.
    *world.tribe.borrow_mut() = sandbox::Tribe::new(Tenant { seed: 99, ..Tenant::default() }, Character::default());
    let problem = Problem { setting: name::TRIBE_LOGIN, code: Code::OtherTenant };
    assert_eq!(world.consent(), Err(Stop::Settings(vec![problem])));
    edit_relatie(&world, "1001", json!({"telefoonnummer": "020 555 60 03"}));
    assert!(matches!(world.poll().unwrap_err().error, Stop::Settings(_)));
    assert_eq!(world.writes().1, 0);
    assert_eq!(findings(&world).get(&Code::OtherTenant), Some(&Verdict::Fails));
}

#[test]
fn an_office_with_client_credentials_needs_no_consent() {
    let world = World::new(11, 13);
    let problem = Problem { setting: name::TRIBE_LOGIN, code: Code::NoConsentNeeded };
    assert_eq!(world.visit_login_page(), Err(Stop::Settings(vec![problem.clone()])));
    assert_eq!(world.hand_in("sandbox-code-x"), Err(Stop::Settings(vec![problem])));
}

#[test]
fn a_refusal_on_the_login_page_brings_no_code() {
    let world =
        World::with(11, 13, Variants::default(), Character { consent: Consent::Denied, ..Character::default() });
    world.log_in_by_consent();
    let back = world.visit_login_page().unwrap();
    assert!(back.starts_with("error=access_denied&"), "{back}");
}

#[test]
fn a_429_in_the_middle_of_a_consent_tells_when_to_come_back() {
    let world = World::new(11, 13);
    world.log_in_by_consent();
    world.faults.plan(Kind::Status429Absurd, "POST", "/oauth2/token", 1);
    let Err(Stop::Quota(System::Tribe, until)) = world.consent() else { panic!("no quota") };
    assert!(until.as_millis() - world.now().as_millis() <= LONGEST_WAIT.as_millis() as u64);
    assert_eq!(world.login_state(), Some(LoginState::NoConsent));
}

#[test]
fn a_token_is_good_only_with_the_secret_that_it_was_got_with() {
    let world = World::new(11, 13);
    world.initial_sync().unwrap();
    // The office enters a wrong secret, while the earlier token still lives.
    world.set(name::TRIBE_CLIENT_SECRET, "another-secret");
    assert_eq!(findings(&world).get(&Code::CredentialsRefused), Some(&Verdict::Fails));
    assert_eq!(world.poll().unwrap_err().error, Stop::Credentials(System::Tribe));
    assert_eq!(nothing_is_kept(&world), None, "no secret is in the store in clear");
    world.tribe.borrow_mut().rotate_secret("another-secret");
    world.poll().unwrap();
    assert_eq!(nothing_is_kept(&world), None);
    assert!(world.watch.take_broken().is_empty());
}

#[test]
fn a_secret_that_tribe_no_longer_takes_is_told_by_the_check_though_a_token_lives() {
    let world = World::new(11, 13);
    world.initial_sync().unwrap();
    world.tribe.borrow_mut().rotate_secret("rotated-secret");
    assert_eq!(findings(&world).get(&Code::CredentialsRefused), Some(&Verdict::Fails));
}

#[test]
fn a_consent_outlives_a_change_of_the_applications_secret() {
    let world = logged_in(Character::default());
    world.initial_sync().unwrap();
    world.set(name::TRIBE_CLIENT_SECRET, "rotated-secret");
    assert_eq!(findings(&world).get(&Code::CredentialsRefused), Some(&Verdict::Fails));
    assert_eq!(world.poll().unwrap_err().error, Stop::Credentials(System::Tribe));
    assert_eq!(world.login_state(), Some(LoginState::Renewable), "nobody has to log in again for it");
    world.tribe.borrow_mut().rotate_secret("rotated-secret");
    world.poll().unwrap();
    assert_eq!(findings(&world).get(&Code::LoginByConsent), Some(&Verdict::Holds));
}
