//! The kept counts, and what differs from them.

use std::collections::BTreeMap;
use std::fmt;

/// So many percent more than the kept count is a failure.
const ALLOWED: u64 = 10;

const HEADER: &str = "\
# Instructions of each benchmark: callgrind, x86-64 Linux, the profile `bench`. `cargo bench -p benches` compares with these;
# `cargo bench -p benches -- --keep` writes them, in a commit whose body says why they changed.
";

/// Instructions by the name of the benchmark.
pub type Counts = BTreeMap<String, u64>;

/// Reads kept counts.
///
/// # Errors
/// The text is no table of names and counts.
pub fn parse(text: &str) -> Result<Counts, toml::de::Error> {
    toml::from_str(text)
}

/// Kept counts as they are written.
pub fn to_text(counts: &Counts) -> String {
    let lines = counts.iter().map(|(name, count)| format!("{name} = {}\n", in_groups(*count, '_')));
    HEADER.to_owned() + &lines.collect::<String>()
}

/// How a count stands to the kept one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// So much as kept, or a little more or less.
    Same,
    /// More than a tenth less.
    Better,
    /// More than a tenth more.
    Worse,
    /// There is no kept count.
    NotKept,
}

impl Verdict {
    /// Whether it ends the command as a failure.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Worse | Self::NotKept)
    }
}

/// A benchmark beside its kept count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared<'a> {
    /// Its name.
    pub name: &'a str,
    /// As it was counted now.
    pub now: u64,
    /// As it was kept.
    pub kept: Option<u64>,
}

impl Compared<'_> {
    /// How the two stand to each other.
    pub fn verdict(&self) -> Verdict {
        let Some(kept) = self.kept else { return Verdict::NotKept };
        match (self.now.saturating_mul(100), kept) {
            (now, kept) if now > kept.saturating_mul(100 + ALLOWED) => Verdict::Worse,
            (now, kept) if now < kept.saturating_mul(100 - ALLOWED) => Verdict::Better,
            _ => Verdict::Same,
        }
    }
}

/// One line: the name, the kept count, that of now, by how much it differs.
impl fmt::Display for Compared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept.map_or_else(|| "-".to_owned(), |kept| in_groups(kept, ' '));
        write!(f, "{:<26} {kept:>12} {:>12}", self.name, in_groups(self.now, ' '))?;
        if let Some(kept) = self.kept.filter(|kept| *kept > 0) {
            #[expect(clippy::cast_precision_loss, reason = "two digits are told")]
            let share = self.now as f64 / kept as f64;
            write!(f, " {:>+9.2} %", (share - 1.0) * 100.0)?;
        }
        match self.verdict() {
            Verdict::Same => Ok(()),
            Verdict::Better => f.write_str("  better"),
            Verdict::Worse => f.write_str("  WORSE"),
            Verdict::NotKept => f.write_str("  NOT KEPT"),
        }
    }
}

/// Digits in groups of three.
fn in_groups(number: u64, between: char) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(between);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn verdict(kept: Option<u64>, now: u64) -> Verdict {
        Compared { name: "plan", now, kept }.verdict()
    }

    #[test]
    fn more_than_a_tenth_more_is_worse_and_a_tenth_is_not() {
        assert_eq!(verdict(Some(1000), 1100), Verdict::Same);
        assert_eq!(verdict(Some(1000), 1101), Verdict::Worse);
        assert_eq!(verdict(Some(1000), 900), Verdict::Same);
        assert_eq!(verdict(Some(1000), 899), Verdict::Better);
        assert_eq!(verdict(None, 1000), Verdict::NotKept);
        assert!(Verdict::Worse.is_failure() && Verdict::NotKept.is_failure());
        assert!(!Verdict::Better.is_failure() && !Verdict::Same.is_failure());
    }

    #[test]
    fn a_line_tells_both_counts_and_by_how_much_they_differ() {
        let told = |kept, now| Compared { name: "plan", now, kept }.to_string();
        assert_eq!(
            told(Some(1_000_000), 1_200_000),
            "plan                          1 000 000    1 200 000    +20.00 %  WORSE"
        );
        assert_eq!(told(None, 12), "plan                                  -           12  NOT KEPT");
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let counts = Counts::from([("plan".to_owned(), 1_234_567), ("link-read".to_owned(), 12)]);
        let text = to_text(&counts);
        assert!(text.ends_with("\nlink-read = 12\nplan = 1_234_567\n"), "{text}");
        assert_eq!(parse(&text).unwrap(), counts);
        assert!(parse("plan = -1").is_err() && parse("plan = \"many\"").is_err());
    }
}
