//! A bounded share of the fuzz of both clients; `cargo run --release -p tests --bin fuzz` runs a million answers.

#![allow(clippy::panic, missing_docs)]

use tests::shapes::Fuzz;

/// Answers of one run.
const ANSWERS: u64 = 4_000;

#[test]
fn nothing_is_written_because_of_what_cannot_be_read() {
    let mut fuzz = Fuzz::default();
    for seed in 1.. {
        if let Err(finding) = fuzz.case(seed) {
            panic!("{finding}");
        }
        if fuzz.answers() >= ANSWERS {
            break;
        }
    }
    let coverage = fuzz.coverage();
    assert!(coverage.altered > ANSWERS / 10, "{} answers were altered", coverage.altered);
}
