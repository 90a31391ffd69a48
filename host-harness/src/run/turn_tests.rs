#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::store::MasterKey;

const LENGTH: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn an_office_that_waits_for_another_process_keeps_no_place_among_the_calls() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
    let (taken, free) = ("1".parse().unwrap(), "2".parse().unwrap());
    let Claim::Granted(_lease) = store.claim(&taken, Moment::now()).await.unwrap() else {
        panic!("nobody else holds it")
    };
    let (turns, stop) = (Turns::new(1), CancellationToken::new());
    let waits = turns.take(&store, (&taken, By::User), LENGTH * 100, &stop);
    let goes = async {
        // The other one has been refused the lease by now.
        tokio::time::sleep(ASK_AGAIN / 2).await;
        tokio::time::timeout(LENGTH, turns.take(&store, (&free, By::User), LENGTH, &stop)).await
    };
    tokio::select! {
        _ = waits => panic!("the lease is another process's"),
        turn = goes => assert!(turn.unwrap().is_ok()),
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_gives_its_place_to_another_office() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
    let (hangs, goes) = ("1".parse().unwrap(), "2".parse().unwrap());
    let (turns, stop) = (Turns::new(1), CancellationToken::new());
    let began = Instant::now();
    let mut turn = turns.take(&store, (&hangs, By::User), LENGTH, &stop).await.unwrap();
    let hanging = turns.set_aside(&mut turn, || began.elapsed());
    let other = tokio::time::timeout(LENGTH, turns.take(&store, (&goes, By::User), LENGTH, &stop));
    tokio::select! {
        never = hanging => match never {},
        other = other => assert!(other.unwrap().is_ok()),
    }
    assert!(began.elapsed() >= HANGS && began.elapsed() < HANGS * 2, "{:?}", began.elapsed());
    // One that works keeps its place.
    let turns = Turns::new(1);
    let mut turn = turns.take(&store, (&"3".parse().unwrap(), By::User), LENGTH, &stop).await.unwrap();
    let fourth = "4".parse().unwrap();
    let other = tokio::time::timeout(LENGTH, turns.take(&store, (&fourth, By::User), LENGTH, &stop));
    tokio::select! {
        never = turns.set_aside(&mut turn, || Duration::ZERO) => match never {},
        other = other => assert!(other.is_err(), "it has no place"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_users_edit_waits_for_no_cycle_however_many_are_overdue() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
    let (turns, stop) = (Turns::new(4), CancellationToken::new());
    let offices: Vec<OfficeNumber> = (1..=10).map(|number| number.to_string().parse().unwrap()).collect();
    let cycles = offices.iter().map(|office| turns.take(&store, (office, By::Schedule), LENGTH * 100, &stop));
    let mut cycles: Vec<_> = cycles.map(Box::pin).collect();
    let mut begun = Vec::new();
    for cycle in &mut cycles {
        begun.extend(tokio::time::timeout(LENGTH, cycle).await);
    }
    assert_eq!(begun.len(), 3, "the others wait");
    let edited = "11".parse().unwrap();
    let edit = tokio::time::timeout(LENGTH, turns.take(&store, (&edited, By::User), LENGTH, &stop));
    assert!(edit.await.unwrap().is_ok());
}
