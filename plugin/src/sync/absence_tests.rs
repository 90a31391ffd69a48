use super::*;
use crate::relation::RelatieId;

const NOW: Instant = Instant::from_millis(1_000_000_000);

fn subject(number: usize) -> Subject {
    Subject::Organisation(RelatieId::new(number.to_string()))
}

fn not_shown(absences: &mut Absences, number: usize, now: Instant, linked: usize) -> Meaning {
    absences.not_shown(&subject(number), now, linked)
}

fn shows(absences: &mut Absences, number: usize, linked: usize) {
    absences.shows_again(&subject(number), linked);
}

#[test]
fn one_answer_is_not_yet_gone_and_two_minutes_apart_are() {
    let mut absences = Absences::default();
    assert_eq!(not_shown(&mut absences, 1, NOW, 1_000), Meaning::Again(NOW.plus(APART)));
    let soon = NOW.plus(Duration::from_secs(1));
    assert_eq!(not_shown(&mut absences, 1, soon, 1_000), Meaning::Again(NOW.plus(APART)), "the same moment again");
    assert_eq!(not_shown(&mut absences, 1, NOW.plus(APART), 1_000), Meaning::Gone);
}

#[test]
fn what_shows_in_between_starts_anew() {
    let mut absences = Absences::default();
    not_shown(&mut absences, 1, NOW, 1_000);
    shows(&mut absences, 1, 1_000);
    let later = NOW.plus(APART);
    assert_eq!(not_shown(&mut absences, 1, later, 1_000), Meaning::Again(later.plus(APART)));
}

#[test]
fn more_than_five_and_more_than_one_percent_in_a_day_are_not_believed() {
    for (linked, many, held) in [(10, 5, false), (10, 6, true), (600, 6, false), (599, 6, true), (10_000, 101, true)] {
        let mut absences = Absences::default();
        for number in 0..many {
            not_shown(&mut absences, number, NOW, linked);
        }
        assert_eq!(absences.is_held(), held, "{many} of {linked}");
        let meaning = not_shown(&mut absences, 0, NOW.plus(APART), linked);
        assert_eq!(meaning, if held { Meaning::Unbelieved } else { Meaning::Gone }, "{many} of {linked}");
    }
}

#[test]
fn those_that_are_gone_since_this_morning_count_with_those_that_do_not_show_now() {
    let mut absences = Absences::default();
    for number in 0..6 {
        let now = NOW.plus(Duration::from_secs(3_600 * number as u64));
        let meaning = not_shown(&mut absences, number, now, 100);
        if number < 5 {
            assert_eq!(not_shown(&mut absences, number, now.plus(APART), 100), Meaning::Gone);
            absences.is_gone(&subject(number), now.plus(APART));
        } else {
            assert_eq!(meaning, Meaning::Unbelieved);
        }
    }
}

#[test]
fn those_of_last_week_do_not_count() {
    let mut absences = Absences::default();
    for number in 0..5 {
        not_shown(&mut absences, number, NOW, 100);
        absences.is_gone(&subject(number), NOW);
    }
    let next_week = NOW.plus(7 * A_DAY);
    assert_eq!(not_shown(&mut absences, 9, next_week, 100), Meaning::Again(next_week.plus(APART)));
}

#[test]
fn a_night_without_an_answer_marks_none_and_ends_by_itself() {
    let mut absences = Absences::default();
    for number in 0..50 {
        not_shown(&mut absences, number, NOW, 200);
    }
    let morning = NOW.plus(2 * A_DAY);
    for number in 0..50 {
        assert_eq!(not_shown(&mut absences, number, morning, 200), Meaning::Unbelieved);
    }
    for number in 0..45 {
        shows(&mut absences, number, 200);
        assert_eq!(absences.is_held(), number < 44, "{number}");
    }
    assert_eq!(not_shown(&mut absences, 49, morning, 200), Meaning::Again(morning.plus(APART)), "from the start");
}

#[test]
fn what_a_person_lets_through_is_gone_and_counts_no_more() {
    let mut absences = Absences::default();
    for number in 0..50 {
        not_shown(&mut absences, number, NOW, 200);
    }
    absences.state = AbsenceBrake::Released;
    for number in 0..50 {
        assert_eq!(not_shown(&mut absences, number, NOW, 200), Meaning::Gone);
        absences.is_gone(&subject(number), NOW);
    }
    absences.state = AbsenceBrake::Off;
    assert_eq!(not_shown(&mut absences, 60, NOW, 200), Meaning::Again(NOW.plus(APART)));
}
