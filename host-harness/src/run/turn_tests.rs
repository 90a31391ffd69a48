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
    let waits = turns.take(&store, &taken, LENGTH * 100, &stop);
    let goes = async {
        // The other one has been refused the lease by now.
        tokio::time::sleep(ASK_AGAIN / 2).await;
        tokio::time::timeout(LENGTH, turns.take(&store, &free, LENGTH, &stop)).await
    };
    tokio::select! {
        _ = waits => panic!("the lease is another process's"),
        turn = goes => assert!(turn.unwrap().is_ok()),
    }
}
