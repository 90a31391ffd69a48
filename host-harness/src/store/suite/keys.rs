//! A component's keys: values, batches, pages.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::fixture::{Fixture, ROOM, add, after, all_keys, office, put, read, take};

pub(super) fn a_value_is_read_as_it_was_written(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    let token = take(&*process, "1", &after(0));
    let large: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    for (key, value) in [("empty", &b""[..]), ("zeros", b"\0\0"), ("large", &large), ("a/b~c é 'q' \\ %", b"v")] {
        put(&*process, "1", token, key, value);
        assert_eq!(process.get(&office("1"), Some(token), key).unwrap().unwrap(), value, "{key}");
    }
    put(&*process, "1", token, "large", b"small");
    assert_eq!(read(&*process, "1", "large").unwrap(), b"small", "another value takes its place");
    assert_eq!(read(&*process, "1", "Empty"), None, "another key");
    process.write(&office("1"), token, &[("empty".to_owned(), None), ("none".to_owned(), None)], ROOM).unwrap();
    assert_eq!(read(&*process, "1", "empty"), None);
}

pub(super) fn who_only_reads_needs_no_lease(store: &impl Fixture) {
    let (process, other) = (store.process(), store.process());
    add(&*process, "1");
    assert_eq!(read(&*other, "1", "k"), None, "nor need anybody have had one");
    let token = take(&*process, "1", &after(0));
    put(&*process, "1", token, "k", b"v");
    assert_eq!(read(&*other, "1", "k").unwrap(), b"v");
    assert_eq!(all_keys(&*other, "1"), ["k"]);
}

pub(super) fn keys_are_one_offices_own(store: &impl Fixture) {
    let process = store.process();
    for number in ["1", "2", "1-2"] {
        add(&*process, number);
        let token = take(&*process, number, &after(0));
        put(&*process, number, token, "k", number.as_bytes());
    }
    let token = take(&*process, "2", &after(30));
    process.write(&office("2"), token, &[("k".to_owned(), None)], ROOM).unwrap();
    assert_eq!(read(&*process, "1", "k").unwrap(), b"1");
    assert_eq!((read(&*process, "2", "k"), all_keys(&*process, "2")), (None, vec![]));
    assert_eq!(read(&*process, "1-2", "k").unwrap(), b"1-2");
}

pub(super) fn a_batch_is_written_whole(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    let token = take(&*process, "1", &after(0));
    put(&*process, "1", token, "gone", b"old");
    put(&*process, "1", token, "kept", b"old");
    let write = |key: &str, value: Option<&[u8]>| (key.to_owned(), value.map(<[u8]>::to_vec));
    // What stands later in a batch is what counts.
    let batch = [
        write("made", Some(b"first")),
        write("gone", None),
        write("kept", Some(b"new")),
        write("made", Some(b"last")),
        write("passing", Some(b"x")),
        write("passing", None),
    ];
    process.write(&office("1"), token, &batch, ROOM).unwrap();
    assert_eq!(read(&*process, "1", "made").unwrap(), b"last");
    assert_eq!(read(&*process, "1", "kept").unwrap(), b"new");
    assert_eq!((read(&*process, "1", "gone"), read(&*process, "1", "passing")), (None, None));
    let mut keys = all_keys(&*process, "1");
    keys.sort_unstable();
    assert_eq!(keys, ["kept", "made"]);
}

pub(super) fn keys_come_in_pages_that_neither_repeat_nor_miss(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    add(&*process, "2");
    let (token, other) = (take(&*process, "1", &after(0)), take(&*process, "2", &after(0)));
    // What stays from the first page to the last, and what comes and goes between them.
    let stays: Vec<String> = (0..25).map(|number| format!("stays-{:02}", number * 7 % 25)).collect();
    for key in &stays {
        put(&*process, "1", token, key, b"");
        put(&*process, "2", other, &format!("other-{key}"), b"");
        put(&*process, "1", token, &format!("goes-{key}"), b"");
    }
    let (mut all, mut next, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = process.keys(&one, Some(token), next, 7).unwrap();
        assert!(page.keys.len() <= 7);
        all.extend(page.keys);
        let gone = format!("goes-{}", stays[pages % 25]);
        put(&*process, "1", token, "stays-03", b"again");
        put(&*process, "1", token, &format!("comes-{pages}"), b"");
        process.write(&one, token, &[(gone, None)], ROOM).unwrap();
        pages += 1;
        assert!(pages < 20, "it comes to an end though keys are added all the time");
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    let mut seen: Vec<_> = all.iter().filter(|key| key.starts_with("stays-")).cloned().collect();
    seen.sort_unstable();
    let mut meant = stays;
    meant.sort_unstable();
    assert_eq!(seen, meant);
    assert!(all.iter().all(|key| !key.starts_with("other-")));
    all.sort_unstable();
    let before = all.len();
    all.dedup();
    assert_eq!(all.len(), before, "no key twice");
}

pub(super) fn a_full_last_page_is_followed_by_an_empty_one_at_most(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    let token = take(&*process, "1", &after(0));
    let none = process.keys(&one, Some(token), None, 2).unwrap();
    assert_eq!((none.keys.len(), none.next), (0, None));
    for key in ["a", "b"] {
        put(&*process, "1", token, key, b"");
    }
    let full = process.keys(&one, Some(token), None, 2).unwrap();
    assert_eq!(full.keys.len(), 2);
    if let Some(next) = full.next {
        let end = process.keys(&one, Some(token), Some(next), 2).unwrap();
        assert_eq!((end.keys.len(), end.next), (0, None));
    }
}

pub(super) fn what_one_process_wrote_another_reads(store: &impl Fixture) {
    let first = store.process();
    add(&*first, "1");
    let token = take(&*first, "1", &after(0));
    for value in [b"one", b"two"] {
        put(&*first, "1", token, "k", value);
        assert_eq!(read(&*store.process(), "1", "k").unwrap(), value, "at once");
    }
    drop(first);
    assert_eq!(read(&*store.process(), "1", "k").unwrap(), b"two", "and when it has ended");
}
