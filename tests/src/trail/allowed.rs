//! The differences between the trails of two versions that are intended.

use std::collections::BTreeMap;

/// The most kinds of difference that may be allowed at once. With more, the behaviour is another.
const MOST_KINDS: usize = 10;

/// Lines that only one version has, or that each has at another place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name.
    pub name: String,
    /// A line that holds this text is left out of the comparison.
    pub text: String,
    /// Why the difference is intended.
    pub reason: String,
}

/// Every difference that is intended, and how often each was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    kinds: Vec<Kind>,
    met: BTreeMap<String, u64>,
}

impl Allowed {
    /// Reads a list: a line for each kind, its name, text and reason parted by tabs; `#` begins a remark.
    ///
    /// # Errors
    /// One line that says what is wrong with the list.
    pub fn parse(list: &str) -> Result<Self, String> {
        let mut kinds = Vec::new();
        for line in list.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let parts: Vec<&str> = line.split('\t').collect();
            let [name, text, reason] = parts.as_slice() else {
                return Err(format!("a line has {} parts, not a name, a text and a reason: {line}", parts.len()));
            };
            if text.is_empty() || reason.is_empty() {
                return Err(format!("{name} has no text or no reason"));
            }
            let [name, text, reason] = [name, text, reason].map(|part| (*part).to_owned());
            kinds.push(Kind { name, text, reason });
        }
        if kinds.len() > MOST_KINDS {
            return Err(format!("{} kinds of difference; at most {MOST_KINDS} are allowed", kinds.len()));
        }
        Ok(Self { kinds, met: BTreeMap::new() })
    }

    /// A trail without the lines that may differ. Counts the lines that it leaves out.
    pub fn strip(&mut self, trail: Vec<String>) -> Vec<String> {
        if self.kinds.is_empty() {
            return trail;
        }
        let differs = |line: &String| self.kinds.iter().find(|kind| line.contains(&kind.text));
        let mut left = Vec::with_capacity(trail.len());
        for line in trail {
            match differs(&line) {
                Some(kind) => *self.met.entry(kind.name.clone()).or_default() += 1,
                None => left.push(line),
            }
        }
        left
    }

    /// Each kind with how often it was met.
    pub fn counted(&self) -> impl Iterator<Item = (&Kind, u64)> {
        self.kinds.iter().map(|kind| (kind, self.met.get(&kind.name).copied().unwrap_or_default()))
    }

    /// Adds what another count of the same list met.
    pub fn add(&mut self, other: Self) {
        for (name, times) in other.met {
            *self.met.entry(name).or_default() += times;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_allowed_is_left_out_and_counted() {
        let Ok(mut allowed) = Allowed::parse("# a remark\n\nwebhooks\t/v1/webhooks\tasked once a day now\n") else {
            panic!("the list is whole");
        };
        let trail = ["GET /v1/webhooks ", "set office/header", "GET /v1/webhooks "].map(str::to_owned);
        assert_eq!(allowed.strip(trail.to_vec()), ["set office/header"]);
        assert_eq!(
            allowed.counted().map(|(kind, times)| (kind.name.as_str(), times)).collect::<Vec<_>>(),
            [("webhooks", 2)]
        );
    }

    #[test]
    fn a_kind_without_a_reason_and_an_eleventh_kind_are_refused() {
        assert!(Allowed::parse("webhooks\t/v1/webhooks\t").is_err());
        assert!(Allowed::parse("webhooks\t/v1/webhooks").is_err());
        let kinds = |count: usize| (0..count).map(|kind| format!("{kind}\t/{kind}\twhy\n")).collect::<String>();
        assert!(Allowed::parse(&kinds(10)).is_ok());
        assert!(Allowed::parse(&kinds(11)).is_err());
    }
}
