#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Mutex;

use super::*;

/// Writes down when each office's cycles began and ended.
struct Diary {
    start: Instant,
    offices: Mutex<Vec<OfficeNumber>>,
    overdue: bool,
    /// How long a cycle takes, and what comes after it.
    cycle: fn(&OfficeNumber, usize) -> (Duration, After),
    entries: Mutex<Vec<(OfficeNumber, Duration, Duration)>>,
}

impl Diary {
    fn new(offices: u32, overdue: bool, cycle: fn(&OfficeNumber, usize) -> (Duration, After)) -> Arc<Self> {
        let offices = (0..offices).map(|number| number.to_string().parse().unwrap()).collect();
        Arc::new(Self {
            start: Instant::now(),
            offices: Mutex::new(offices),
            overdue,
            cycle,
            entries: Mutex::default(),
        })
    }

    async fn keep_for(self: &Arc<Self>, length: Duration) {
        let stop = CancellationToken::new();
        let kept = tokio::spawn(keep(Arc::clone(self), INTERVAL, stop.clone()));
        tokio::time::sleep(length).await;
        stop.cancel();
        kept.await.unwrap();
    }

    fn begins(&self, office: &str) -> Vec<Duration> {
        let entries = self.entries.lock().unwrap();
        entries.iter().filter(|entry| entry.0.as_str() == office).map(|entry| entry.1).collect()
    }
}

impl Cycles for Diary {
    async fn offices(&self) -> Option<Vec<OfficeNumber>> {
        Some(self.offices.lock().unwrap().clone())
    }

    async fn overdue(&self, _: &OfficeNumber, _: Duration) -> bool {
        self.overdue
    }

    async fn cycle(&self, office: &OfficeNumber) -> After {
        let begin = self.start.elapsed();
        let before = self.begins(office.as_str()).len();
        let (length, after) = (self.cycle)(office, before);
        let position = {
            let mut entries = self.entries.lock().unwrap();
            entries.push((office.clone(), begin, Duration::MAX));
            entries.len() - 1
        };
        tokio::time::sleep(length).await;
        self.entries.lock().unwrap()[position].2 = self.start.elapsed();
        after
    }
}

fn quick(_: &OfficeNumber, _: usize) -> (Duration, After) {
    (Duration::from_secs(1), After::NextSlot)
}

#[tokio::test(start_paused = true)]
async fn every_office_gets_a_cycle_in_every_interval() {
    let diary = Diary::new(20, false, quick);
    diary.keep_for(INTERVAL * 4).await;
    for office in 0..20 {
        let begins = diary.begins(&office.to_string());
        assert_eq!(begins.len(), 4, "office {office}: {begins:?}");
        for pair in begins.windows(2) {
            let between = pair[1].abs_diff(pair[0]);
            assert!(between.abs_diff(INTERVAL) < Duration::from_millis(10), "office {office}: {between:?}");
        }
    }
}

#[test]
fn offices_are_spread_over_the_interval() {
    let mut tenths = [0; 10];
    for number in 0..5_000 {
        let offset = offset(&number.to_string().parse().unwrap(), INTERVAL);
        tenths[(offset.as_millis() * 10 / INTERVAL.as_millis()) as usize] += 1;
    }
    assert!(tenths.iter().all(|tenth| (400..600).contains(tenth)), "{tenths:?}");
}

#[tokio::test(start_paused = true)]
async fn one_office_that_hangs_delays_no_other() {
    let diary = Diary::new(20, false, |office, _| {
        let length = if office.as_str() == "7" { INTERVAL * 100 } else { Duration::from_secs(1) };
        (length, After::NextSlot)
    });
    let stop = CancellationToken::new();
    let kept = tokio::spawn(keep(Arc::clone(&diary), INTERVAL, stop.clone()));
    tokio::time::sleep(INTERVAL * 4).await;
    kept.abort();
    assert_eq!(diary.begins("7").len(), 1);
    assert!((0..20).filter(|office| *office != 7).all(|office| diary.begins(&office.to_string()).len() == 4));
}

#[tokio::test(start_paused = true)]
async fn a_long_cycle_skips_slots_and_never_overlaps() {
    let diary = Diary::new(1, false, |_, before| {
        (if before == 0 { INTERVAL * 5 / 2 } else { Duration::from_secs(1) }, After::NextSlot)
    });
    diary.keep_for(INTERVAL * 6).await;
    let entries = diary.entries.lock().unwrap().clone();
    assert!(entries.windows(2).all(|pair| pair[1].1 >= pair[0].2), "{entries:?}");
    assert_eq!(entries.len(), 4, "slots one, four, five and six: {entries:?}");
}

#[tokio::test(start_paused = true)]
async fn an_overdue_office_catches_up_once() {
    let diary = Diary::new(1, true, quick);
    diary.keep_for(INTERVAL).await;
    let begins = diary.begins("0");
    assert_eq!(begins.len(), 2, "at once, and at its slot: {begins:?}");
    assert!(begins[0] < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_a_system_asked_for_is_kept() {
    let diary = Diary::new(1, true, |_, before| {
        let waits = [After::Wait(Duration::from_secs(20)), After::Wait(INTERVAL * 3)];
        (Duration::ZERO, waits.get(before).copied().unwrap_or(After::NextSlot))
    });
    diary.keep_for(INTERVAL * 5).await;
    let begins = diary.begins("0");
    assert!(begins[1].abs_diff(Duration::from_secs(20)) < Duration::from_millis(10), "{begins:?}");
    assert!((begins[2] - begins[1]).abs_diff(INTERVAL * 3) < Duration::from_millis(10), "{begins:?}");
}

#[tokio::test(start_paused = true)]
async fn offices_can_come_and_go() {
    let diary = Diary::new(1, true, quick);
    let stop = CancellationToken::new();
    let kept = tokio::spawn(keep(Arc::clone(&diary), INTERVAL, stop.clone()));
    tokio::time::sleep(INTERVAL).await;
    *diary.offices.lock().unwrap() = vec!["new".parse().unwrap()];
    tokio::time::sleep(INTERVAL * 2).await;
    stop.cancel();
    kept.await.unwrap();
    assert_eq!(diary.begins("0").len(), 2);
    assert!(diary.begins("new").len() >= 2);
}
