#![allow(clippy::unwrap_used)]

use super::*;

const TEXT: &str = "# Of records.

[one]
what = \"One is wrong.\"
file = \"plugin/src/lib.rs\"
right = '''
what = 1;
[one]
'''
wrong = '''
what = if MUTANT { 2 } else { 1 };
'''

[other]
what = \"The other is wrong.\"
unnoticed = \"Nobody looks.\"
file = \"plugin/src/lib.rs\"
right = 'one();'
wrong = 'if !MUTANT { one(); }'
";

fn by(text: &str) -> Notice {
    text.parse().unwrap()
}

#[test]
fn what_notices_stands_below_what_is_wrong_and_nothing_else_moves() {
    let one = with_by(TEXT, "one", &by("sync: one_is_right")).unwrap();
    assert_eq!(one, TEXT.replace("One is wrong.\"\n", "One is wrong.\"\nby = \"sync: one_is_right\"\n"));
    let both = with_by(&one, "other", &by("simulation: seed 7")).unwrap();
    assert_eq!(both, one.replace("other is wrong.\"\n", "other is wrong.\"\nby = \"simulation: seed 7\"\n"));
    let again = with_by(&both, "one", &by("faults: cursors::f3_it_waits")).unwrap();
    assert_eq!(again, both.replace("sync: one_is_right", "faults: cursors::f3_it_waits"));
    assert_eq!(with_by(TEXT, "third", &by("sync: one_is_right")), None);
}

#[test]
fn what_names_neither_a_test_nor_a_seed_is_refused() {
    for text in ["sync: is::right", "simulation: seed 40"] {
        assert_eq!(by(text).to_string(), text);
    }
    for text in
        ["sync", "sync: ", ": it", "sync: not a name", "simulation: it", "simulation: seed", "simulation: seed x"]
    {
        assert!(text.parse::<Notice>().is_err(), "{text}");
        let entry = TEXT.replace("unnoticed = \"Nobody looks.\"", &format!("by = \"{text}\""));
        assert!(parse("sample.toml", &entry).is_err(), "{text}");
    }
}
