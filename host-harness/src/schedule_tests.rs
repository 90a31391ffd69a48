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
    /// When the first sweep is due, and how long a whole one takes.
    sweep: (Duration, Duration),
    /// When each piece of a sweep began and ended.
    sweeps: Mutex<Vec<(Duration, Duration, Swept)>>,
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
            sweep: (DAY * 100, Duration::ZERO),
            sweeps: Mutex::default(),
        })
    }

    /// One office whose sweep is due after so long and takes so long.
    fn with_sweep(due: Duration, length: Duration) -> Arc<Self> {
        let diary = Self::new(1, false, quick);
        Arc::new(Self { sweep: (due, length), ..Arc::into_inner(diary).unwrap() })
    }

    fn swept(&self) -> Duration {
        self.sweeps.lock().unwrap().iter().map(|(begin, end, _)| *end - *begin).sum()
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

    async fn late(&self, _: &OfficeNumber, _: Duration) -> bool {
        false
    }

    async fn cycle(&self, office: &OfficeNumber, _: Instant) -> After {
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

    async fn sweep_is_due(&self, _: &OfficeNumber) -> bool {
        let done = self.sweeps.lock().unwrap().iter().filter(|(_, _, swept)| *swept == Swept::Whole).count();
        self.start.elapsed() >= self.sweep.0 + DAY * u32::try_from(done).unwrap()
    }

    async fn sweep(&self, _: &OfficeNumber, until: Instant) -> Swept {
        let begin = self.start.elapsed();
        let whole = Instant::now() + self.sweep.1.saturating_sub(self.swept());
        tokio::time::sleep_until(whole.min(until)).await;
        let swept = if whole <= until { Swept::Whole } else { Swept::InPart };
        self.sweeps.lock().unwrap().push((begin, self.start.elapsed(), swept));
        swept
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

#[tokio::test(start_paused = true)]
async fn a_sweep_comes_once_a_night_after_a_cycle() {
    let diary = Diary::with_sweep(INTERVAL * 10, Duration::from_secs(30));
    diary.keep_for(INTERVAL * 20).await;
    let sweeps = diary.sweeps.lock().unwrap().clone();
    let [(begin, _, Swept::Whole)] = sweeps.as_slice() else { panic!("{sweeps:?}") };
    assert!(*begin >= INTERVAL * 10 && *begin < INTERVAL * 11 + Duration::from_secs(5), "{begin:?}");
    assert_eq!(diary.begins("0").len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_was_missed_is_done_once() {
    let diary = Diary::with_sweep(Duration::ZERO, Duration::from_secs(30));
    diary.keep_for(INTERVAL * 5).await;
    assert_eq!(diary.sweeps.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_long_sweep_gives_way_to_every_cycle_and_never_overlaps_one() {
    let diary = Diary::with_sweep(Duration::ZERO, INTERVAL * 3);
    diary.keep_for(INTERVAL * 8).await;
    let sweeps = diary.sweeps.lock().unwrap().clone();
    assert!(sweeps.len() >= 3 && sweeps.last().unwrap().2 == Swept::Whole, "{sweeps:?}");
    assert_eq!(sweeps.iter().filter(|(_, _, swept)| *swept == Swept::Whole).count(), 1);
    let mut all: Vec<(Duration, Duration)> = sweeps.iter().map(|(begin, end, _)| (*begin, *end)).collect();
    all.extend(diary.entries.lock().unwrap().iter().map(|(_, begin, end)| (*begin, *end)));
    all.sort();
    assert!(all.windows(2).all(|pair| pair[1].0 >= pair[0].1), "{all:?}");
    assert_eq!(diary.begins("0").len(), 8, "no cycle was left out");
}

#[test]
fn offices_are_swept_in_the_small_hours_spread_over_them_and_what_was_missed_is_due() {
    let midnight = Timestamp::from_millis(millis(DAY) * 20_000);
    let evening = midnight.minus(Duration::from_secs(3600));
    let minute = |minute| midnight.plus(Duration::from_secs(60 * minute));
    let mut hours = [0; 4];
    for number in 0..4_000 {
        let office = number.to_string().parse().unwrap();
        let first = (0..=240_u64).find(|at| is_sweep_due(&office, Some(evening), minute(*at))).unwrap();
        hours[usize::try_from(first.saturating_sub(1) / 60).unwrap()] += 1;
        let swept = minute(first + 5);
        assert!(!is_sweep_due(&office, Some(swept), swept.plus(DAY / 2)), "it was done in the night");
        assert!(is_sweep_due(&office, Some(evening), minute(12 * 60)), "the machine slept through the night");
        assert!(is_sweep_due(&office, Some(evening.minus(DAY * 3)), evening), "so it did for days");
    }
    assert!(hours.iter().all(|offices| (850..1150).contains(offices)), "{hours:?}");
}

#[test]
fn a_clock_that_jumps_neither_stops_sweeps_nor_begins_one_without_an_initial_sync() {
    let noon = Timestamp::from_millis(millis(DAY) * 20_000 + millis(DAY) / 2);
    let office = "12345".parse().unwrap();
    assert!(!is_sweep_due(&office, None, noon));
    assert!(!is_sweep_due(&office, Some(noon.plus(Duration::from_secs(600))), noon), "set back by ten minutes");
    assert!(is_sweep_due(&office, Some(noon.plus(DAY * 365)), noon), "it was a year ahead");
}

#[test]
fn what_lasts_is_told_when_it_begins_and_when_it_is_over() {
    assert_eq!(turn_of(None, Some(1)), Some(Turn::Begins(1)));
    assert_eq!(turn_of(Some(1), Some(2)), None, "it goes on");
    assert_eq!(turn_of(Some(2), None), Some(Turn::Ends(2)));
    assert_eq!(turn_of::<u8>(None, None), None);
}

#[tokio::test(start_paused = true)]
async fn an_office_that_is_paused_and_resumed_during_its_cycle_never_has_two_at_once() {
    let diary = Diary::new(1, true, |_, _| (Duration::from_secs(90), After::NextSlot));
    let stop = CancellationToken::new();
    let kept = tokio::spawn(keep(Arc::clone(&diary), INTERVAL, stop.clone()));
    let office = diary.offices.lock().unwrap().clone();
    for offices in [vec![], office] {
        tokio::time::sleep(Duration::from_secs(20)).await;
        *diary.offices.lock().unwrap() = offices;
    }
    tokio::time::sleep(INTERVAL * 3).await;
    stop.cancel();
    kept.await.unwrap();
    let entries = diary.entries.lock().unwrap().clone();
    assert!(entries.windows(2).all(|pair| pair[1].1 >= pair[0].2), "{entries:?}");
    assert!(entries.len() >= 3, "it goes on: {entries:?}");
}

#[test]
fn the_pauses_of_an_office_whose_system_is_away_grow_and_stay_below_ten_minutes() {
    let pauses = [1, 2, 3, 5, 6, u64::MAX].map(|times| pause_after(times).as_secs());
    assert_eq!(pauses, [30, 60, 120, 480, 600, 600]);
}

/// What the futures of that function hold.
fn held<A, B, C, D, Made>(_: impl Fn(A, B, C, D) -> Made) -> usize {
    size_of::<Made>()
}

#[test]
fn an_office_that_waits_for_its_slot_or_its_turn_holds_little() {
    let bytes = held(keep_office::<Host>);
    assert!(bytes < 8 << 10, "{bytes} bytes for each of thousands of offices");
}
