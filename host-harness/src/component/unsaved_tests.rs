#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::settings::OfficeNumber;
use crate::store::{Claim, MasterKey};

const LIMIT: Duration = Duration::from_secs(10);

struct Opened {
    store: Store,
    lease: Lease,
    _folder: tempfile::TempDir,
}

async fn opened() -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
    let lease = claim(&store).await;
    Opened { store, lease, _folder: folder }
}

/// A lease that the next who asks takes over.
async fn claim(store: &Store) -> Lease {
    let office = OfficeNumber::try_from("1".to_owned()).unwrap();
    static LATER: AtomicU64 = AtomicU64::new(0);
    let later = Duration::from_secs(LATER.fetch_add(60, Ordering::Relaxed));
    match store.claim(&office, Moment::now().plus(later)).await.unwrap() {
        Claim::Granted(lease) => lease,
        Claim::Busy => unreachable!("the lease before has ended by then"),
    }
}

impl Opened {
    fn unsaved(&self) -> Unsaved {
        Unsaved::new(self.store.clone(), Right::Lease(self.lease.clone()), LIMIT)
    }

    async fn stored(&self, key: &str) -> Option<Vec<u8>> {
        self.store.get(&self.lease, key.to_owned()).await.unwrap()
    }
}

fn value(text: &str) -> Option<Vec<u8>> {
    Some(text.as_bytes().to_vec())
}

#[tokio::test]
async fn what_is_written_reads_back_at_once_and_is_durable_once_it_is_saved() {
    let opened = opened().await;
    let unsaved = opened.unsaved();
    unsaved.write("a".to_owned(), value("1")).await.unwrap();
    unsaved.write("b".to_owned(), value("1")).await.unwrap();
    unsaved.write("a".to_owned(), value("2")).await.unwrap();
    unsaved.write("b".to_owned(), None).await.unwrap();
    assert_eq!(unsaved.get("a".to_owned()).await.unwrap(), value("2"));
    assert_eq!(unsaved.get("b".to_owned()).await.unwrap(), None);
    assert_eq!(opened.stored("a").await, None);
    assert!(!unsaved.is_saved());
    unsaved.save().await.unwrap();
    assert!(unsaved.is_saved());
    assert_eq!(opened.stored("a").await, value("2"));
    assert_eq!(opened.stored("b").await, None);
    unsaved.write("a".to_owned(), None).await.unwrap();
    assert_eq!(unsaved.get("a".to_owned()).await.unwrap(), None, "the database has it still");
}

#[tokio::test]
async fn those_who_save_at_once_all_find_their_own_values_durable() {
    let opened = opened().await;
    let unsaved = opened.unsaved();
    let each = (0..50).map(|number| {
        let unsaved = unsaved.clone();
        tokio::spawn(async move {
            unsaved.write(format!("k{number}"), value("x")).await.unwrap();
            unsaved.save().await.unwrap();
            assert_eq!(unsaved.0.store.get(unsaved.lease().unwrap(), format!("k{number}")).await.unwrap(), value("x"));
        })
    });
    for one in each.collect::<Vec<_>>() {
        one.await.unwrap();
    }
}

#[tokio::test]
async fn a_listing_holds_what_was_written_before_it() {
    let opened = opened().await;
    let unsaved = opened.unsaved();
    unsaved.write("a".to_owned(), value("1")).await.unwrap();
    assert_eq!(unsaved.keys(None, 10).await.unwrap().keys, ["a"]);
}

#[tokio::test]
async fn much_is_saved_before_it_is_too_much() {
    let opened = opened().await;
    let unsaved = opened.unsaved();
    for number in 0..5 {
        unsaved.write(format!("k{number}"), Some(vec![7; 1 << 20])).await.unwrap();
    }
    assert!(opened.stored("k0").await.is_some());
}

#[tokio::test]
async fn once_the_office_was_taken_over_nothing_is_written_or_read_any_more() {
    let opened = opened().await;
    let unsaved = opened.unsaved();
    unsaved.write("a".to_owned(), value("1")).await.unwrap();
    let newer = claim(&opened.store).await;
    assert_eq!(unsaved.save().await, Err(StoreError::LeaseLost));
    assert_eq!(unsaved.get("a".to_owned()).await, Err(StoreError::LeaseLost));
    assert_eq!(unsaved.write("a".to_owned(), value("2")).await, Err(StoreError::LeaseLost));
    assert_eq!(opened.store.get(&newer, "a".to_owned()).await.unwrap(), None);
}
