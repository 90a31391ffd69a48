//! What is to be done, in words: `poll`, `initial-sync once`, `initial-sync poll every=300`.

use std::time::Duration;

/// A function of the connector that works slice by slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// `initial-sync`: every relation to Tribe.
    InitialSync,
    /// `poll`: one cycle of the periodic sync.
    Poll,
    /// `sweep`: every linked record, whatever the stamps say.
    Sweep,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// `once`: one slice of each.
    OneSlice,
    /// Each until it is done, unless another rhythm is asked for.
    UntilDone,
    /// `every=SECONDS`: each until it is done, and then the last of them again and again; never ends.
    Every(Duration),
}

/// What is to be done, in that order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What is done first.
    pub before: Vec<Work>,
    /// What is done last, and what a rhythm repeats.
    pub work: Work,
    /// How often.
    pub rhythm: Rhythm,
}

/// A word that is none of those above.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not understood; give poll, initial-sync or sweep, and once or every=SECONDS")]
pub struct UnknownWord(pub String);

impl Plan {
    /// Reads the words; none at all means `poll`.
    ///
    /// # Errors
    /// A word is not understood.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownWord> {
        let (mut works, mut rhythm) = (Vec::new(), Rhythm::UntilDone);
        for word in words {
            match word {
                "initial-sync" => works.push(Work::InitialSync),
                "poll" => works.push(Work::Poll),
                "sweep" => works.push(Work::Sweep),
                "once" => rhythm = Rhythm::OneSlice,
                _ => rhythm = Rhythm::Every(seconds(word).ok_or_else(|| UnknownWord(word.to_owned()))?),
            }
        }
        let work = works.pop().unwrap_or(Work::Poll);
        Ok(Self { before: works, work, rhythm })
    }
}

fn seconds(word: &str) -> Option<Duration> {
    let seconds = word.strip_prefix("every=")?.parse().ok().filter(|seconds| *seconds > 0)?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Result<Plan, UnknownWord> {
        Plan::parse(text.split_whitespace())
    }

    #[test]
    fn no_words_mean_one_cycle_of_the_periodic_sync() {
        assert_eq!(plan(""), Ok(Plan { before: vec![], work: Work::Poll, rhythm: Rhythm::UntilDone }));
    }

    #[test]
    fn what_is_done_first_is_not_repeated() {
        let every = Rhythm::Every(Duration::from_secs(300));
        let expected = Plan { before: vec![Work::InitialSync], work: Work::Poll, rhythm: every };
        assert_eq!(plan("initial-sync poll every=300"), Ok(expected));
        assert_eq!(plan("sweep once").map(|plan| plan.rhythm), Ok(Rhythm::OneSlice));
    }

    #[test]
    fn a_word_that_is_not_understood_is_named() {
        for word in ["polls", "every=", "every=0", "every=-1", "every=5m"] {
            assert_eq!(plan(&format!("poll {word}")), Err(UnknownWord(word.to_owned())));
        }
    }
}
