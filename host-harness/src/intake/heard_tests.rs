#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::store::MasterKey;

struct Hearing {
    _folder: tempfile::TempDir,
    store: Store,
    heard: Heard,
    start: Instant,
}

impl Hearing {
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
        Self { _folder: folder, heard: Heard::new(store.clone()), store, start: Instant::now() }
    }

    async fn office_is_there(&self) {
        let settings = crate::settings::OfficeSettings::from_toml(
            "office = \"1\"\nadvocaatcentraal-url = \"https://ac.voorbeeld.example\"\nadvocaatcentraal-key = \"k\"\n\
             tribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n",
        );
        self.store.put_office(&settings.unwrap()).await.unwrap();
    }

    fn refuse(&self) {
        self.heard.note(StatusCode::UNAUTHORIZED, told(Some(Refused::Forged)));
    }

    /// So many seconds after the beginning.
    async fn at(&self, seconds: u64) {
        self.heard.catch_up(self.start + Duration::from_secs(seconds), false).await;
    }

    async fn kept(&self) -> LastDeliveries {
        self.store.summary(&"1".parse().unwrap()).await.unwrap().unwrap().summary.last_deliveries
    }
}

fn told(refused: Option<Refused>) -> Option<Told> {
    Some(Told { office: "1".parse().unwrap(), refused })
}

#[test]
fn the_first_refusal_is_told_at_once_and_those_that_follow_once_a_minute() {
    let (mut refusals, start) = (Refusals::default(), Instant::now());
    let at = |seconds| start + Duration::from_secs(seconds);
    let known = || (401, Some("1".parse().unwrap()));
    let told: Vec<_> = (0..5).map(|_| refusals.add(known(), start)).collect();
    assert_eq!(told, [true, false, false, false, false]);
    assert_eq!(refusals.due(at(59), false), []);
    assert_eq!(refusals.due(at(60), false), [(known(), 4)]);
    assert!(!refusals.add(known(), at(61)), "the minute after is counted on");
    assert_eq!(refusals.due(at(62), true), [(known(), 1)], "at the end all is told");
    assert_eq!((refusals.due(at(122), false), refusals.0.len()), (Vec::new(), 0));
    assert!(refusals.add(known(), at(123)), "after a quiet minute the next one is a first one");
    assert!(refusals.add((401, None), at(123)), "what is for no office hides nothing of one that is there");
    assert!(refusals.add((400, None), at(123)));
}

#[tokio::test]
async fn what_came_of_deliveries_is_kept_once_a_minute_and_of_offices_that_are_there() {
    let hearing = Hearing::begin();
    hearing.office_is_there().await;
    hearing.heard.note(StatusCode::UNAUTHORIZED, None);
    hearing.refuse();
    hearing.at(1).await;
    let refused = hearing.kept().await;
    assert_eq!((refused.accepted, refused.refused.as_ref().unwrap().why.as_str()), (None, "signature"));
    assert!(refused.failing().is_some());
    hearing.heard.note(StatusCode::ACCEPTED, told(None));
    hearing.at(59).await;
    assert_eq!(hearing.kept().await, refused, "not twice within a minute");
    tokio::time::sleep(Duration::from_millis(2)).await;
    hearing.heard.note(StatusCode::ACCEPTED, told(None));
    hearing.at(61).await;
    let taken = hearing.kept().await;
    assert!(taken.accepted.is_some() && taken.failing().is_none(), "{taken:?}");
    assert_eq!(taken.refused, refused.refused, "and the last refusal is still known");
    assert_eq!(hearing.heard.kept().offices.len(), 1);
    assert_eq!(hearing.store.summaries().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_not_written_yet_is_written_when_it_ends() {
    let hearing = Hearing::begin();
    hearing.office_is_there().await;
    hearing.heard.note(StatusCode::ACCEPTED, told(None));
    hearing.at(0).await;
    hearing.refuse();
    let stop = CancellationToken::new();
    stop.cancel();
    hearing.heard.keep(stop).await;
    assert!(hearing.kept().await.refused.is_some());
}
