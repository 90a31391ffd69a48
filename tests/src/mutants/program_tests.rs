use super::*;

fn test(test: &str) -> Option<Notice> {
    Some(Notice::Test { program: "sync".to_owned(), test: test.to_owned() })
}

#[test]
fn the_line_of_a_failed_test_names_it() {
    assert_eq!(failed("sync", "test a_relation_is_made_once ... FAILED"), test("a_relation_is_made_once"));
    assert_eq!(failed("sync", "test inner::it_panics - should panic ... FAILED"), test("inner::it_panics"));
    for line in ["test a_relation_is_made_once ... ok", "test result: FAILED. 1 passed; 1 failed", "failures:"] {
        assert_eq!(failed("sync", line), None, "{line}");
    }
}

#[test]
fn a_seed_is_named_by_what_it_breaks_and_by_its_panic() {
    for line in [
        "seed 7 breaks I3: two records",
        "seed 7: the two builds differ in a call",
        "  again:   cargo run --release -p tests --bin simulate -- --seed 7",
    ] {
        assert_eq!(failed("simulate", line), Some(Notice::Seed(7)), "{line}");
    }
    assert_eq!(failed("simulate", "40 seeds, 12 slices"), None);
}
