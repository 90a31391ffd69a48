//! How much the state of an office may hold.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::fixture::{Fixture, ROOM, add, after, all_keys, office, put, read, take};
use crate::store::database::{Database, DatabaseError, Write};
use crate::store::quota::{Quota, Used};

fn used(database: &dyn Database, number: &str) -> Used {
    database.summaries(Some(&office(number))).unwrap().pop().unwrap().used
}

/// What the keys that are there take up, counted one by one.
fn counted(database: &dyn Database, number: &str) -> Used {
    let keys = all_keys(database, number);
    let bytes = keys.iter().map(|key| key.len() + read(database, number, key).unwrap().len()).sum::<usize>();
    Used { keys: keys.len() as u64, bytes: bytes as u64 }
}

/// A batch of a key with a value of so many bytes; none to remove it.
fn batch(writes: &[(&str, Option<usize>)]) -> Vec<Write> {
    writes.iter().map(|(key, bytes)| ((*key).to_owned(), bytes.map(|bytes| vec![7; bytes]))).collect()
}

pub(super) fn what_an_office_holds_is_counted_with_each_write(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    add(&*process, "2");
    assert_eq!(used(&*process, "1"), Used::default());
    let token = take(&*process, "1", &after(0));
    for (writes, keys, bytes) in [
        (batch(&[("a", Some(10)), ("é", Some(100_000))]), 2, 100_013),
        (batch(&[("a", Some(30))]), 2, 100_033),
        (batch(&[("a", Some(30)), ("é", None), ("none", None)]), 1, 31),
        (batch(&[("b", Some(0)), ("b", Some(5)), ("b", None), ("b", Some(2))]), 2, 34),
        (batch(&[("a", None), ("b", None), ("b", None)]), 0, 0),
        (batch(&[]), 0, 0),
    ] {
        process.write(&office("1"), token, &writes, ROOM).unwrap();
        assert_eq!(used(&*store.process(), "1"), Used { keys, bytes }, "{keys}");
        assert_eq!(counted(&*process, "1"), Used { keys, bytes });
    }
    assert_eq!(used(&*process, "2"), Used::default());
}

pub(super) fn a_write_beyond_the_quota_is_refused_and_nothing_of_it_is_done(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    let token = take(&*process, "1", &after(0));
    let quota = Quota { keys: 3, bytes: 100 };
    process.write(&one, token, &batch(&[("a", Some(49)), ("b", Some(49))]), quota).unwrap();
    assert_eq!(used(&*process, "1").bytes, 100, "up to the quota");
    let before = counted(&*process, "1");
    for refused in
        [batch(&[("c", Some(0))]), batch(&[("a", Some(50))]), batch(&[("a", None), ("c", Some(50)), ("d", Some(0))])]
    {
        assert_eq!(process.write(&one, token, &refused, quota), Err(DatabaseError::OfficeFull(quota)));
        assert_eq!((counted(&*process, "1"), used(&*process, "1")), (before, before));
    }
    let many = Quota { keys: 2, bytes: 1_000 };
    assert_eq!(process.write(&one, token, &batch(&[("c", Some(0))]), many), Err(DatabaseError::OfficeFull(many)));
    // It is whole at its end that counts, and more room is room.
    process.write(&one, token, &batch(&[("c", Some(49)), ("a", None)]), quota).unwrap();
    process.write(&one, token, &batch(&[("d", Some(800))]), ROOM).unwrap();
    assert_eq!(used(&*process, "1"), counted(&*process, "1"));
}

pub(super) fn what_shrinks_frees_quota_also_where_more_is_held_than_may_be(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    let token = take(&*process, "1", &after(0));
    process.write(&one, token, &batch(&[("a", Some(100)), ("b", Some(100)), ("c", Some(100))]), ROOM).unwrap();
    // Somebody gave it less.
    let less = Quota { keys: 2, bytes: 150 };
    let full = Err(DatabaseError::OfficeFull(less));
    assert_eq!(process.write(&one, token, &batch(&[("a", Some(101))]), less), full);
    process.write(&one, token, &batch(&[("a", Some(100))]), less).unwrap();
    process.write(&one, token, &batch(&[("a", Some(10))]), less).unwrap();
    assert_eq!(process.write(&one, token, &batch(&[("d", Some(1))]), less), full);
    process.write(&one, token, &batch(&[("b", None), ("c", None)]), less).unwrap();
    process.write(&one, token, &batch(&[("d", Some(100))]), less).unwrap();
    assert_eq!(used(&*process, "1"), Used { keys: 2, bytes: 112 });
}

pub(super) fn a_full_office_keeps_no_other_from_writing(store: &impl Fixture) {
    let process = store.process();
    let quota = Quota { keys: 1, bytes: 1_000 };
    for number in ["1", "2"] {
        add(&*process, number);
        let token = take(&*process, number, &after(0));
        process.write(&office(number), token, &batch(&[("a", Some(1))]), quota).unwrap();
        let more = process.write(&office(number), token, &batch(&[("b", Some(1))]), quota);
        assert_eq!(more, Err(DatabaseError::OfficeFull(quota)));
        assert_eq!(process.get(&office(number), Some(token), "a").unwrap().unwrap(), [7], "and it reads");
    }
}

pub(super) fn who_is_fenced_is_told_so_before_anything_of_the_quota(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    let late = take(&*process, "1", &after(0));
    let none = Quota { keys: 0, bytes: 0 };
    take(&*process, "1", &after(21));
    assert_eq!(process.write(&one, late, &batch(&[("a", Some(1))]), none), Err(DatabaseError::Fenced));
}

pub(super) fn an_office_that_is_added_anew_holds_nothing(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    let token = take(&*process, "1", &after(0));
    put(&*process, "1", token, "k", b"value");
    process.remove_office(&one).unwrap();
    add(&*process, "1");
    assert_eq!(used(&*process, "1"), Used::default());
    let token = take(&*process, "1", &after(0));
    put(&*process, "1", token, "k", b"v");
    assert_eq!(used(&*process, "1"), Used { keys: 1, bytes: 2 });
}

pub(super) fn a_copy_that_is_put_back_has_its_own_count(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    let token = take(&*process, "1", &after(0));
    put(&*process, "1", token, "k", b"then");
    let (elsewhere, _) = store.restored();
    put(&*process, "1", token, "more", b"since");
    assert_eq!(used(&*elsewhere.process(), "1"), Used { keys: 1, bytes: 5 });
}
