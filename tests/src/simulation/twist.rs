//! Ways in which either system may turn out to behave, by name.

use std::time::Duration;

use sandbox::advocaatcentraal::{Etag, Filter, Ids, Order, PageCap, Put, Rows, Stamps, Variants};
use sandbox::tribe::{Character, FirstMutationDate, PutAnswer, RetryAfter, TextEquality, Unordered};
use serde::{Deserialize, Serialize};

/// One way to behave otherwise than assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is named in the two contracts")]
pub enum Twist {
    NaiveStamps,
    DateOnlyFilter,
    ShuffledStamps,
    UnsortedLists,
    ExclusiveFilter,
    NoFilter,
    LeanRows,
    PutMerges,
    NoEtag,
    NumberIds,
    SmallPages,
    ClippedPages,
    PutWithoutBody,
    ReadLag,
    CaseBlind,
    ShuffledSets,
    NoFirstMutation,
    AddressFollowUp,
    ShortTokens,
    ConsentLogin,
}

impl Twist {
    /// Every one.
    pub const ALL: [Self; 20] = [
        Self::NaiveStamps,
        Self::DateOnlyFilter,
        Self::ShuffledStamps,
        Self::UnsortedLists,
        Self::ExclusiveFilter,
        Self::NoFilter,
        Self::LeanRows,
        Self::PutMerges,
        Self::NoEtag,
        Self::NumberIds,
        Self::SmallPages,
        Self::ClippedPages,
        Self::PutWithoutBody,
        Self::ReadLag,
        Self::CaseBlind,
        Self::ShuffledSets,
        Self::NoFirstMutation,
        Self::AddressFollowUp,
        Self::ShortTokens,
        Self::ConsentLogin,
    ];

    /// Makes the systems behave so.
    pub fn apply(self, variants: &mut Variants, character: &mut Character) {
        match self {
            Self::NaiveStamps => variants.stamps = Stamps::Naive,
            Self::DateOnlyFilter => variants.stamps = Stamps::DateOnlyFilter,
            Self::ShuffledStamps => variants.order = Order::RandomWithinEqualStamps,
            Self::UnsortedLists => variants.order = Order::Unsorted,
            Self::ExclusiveFilter => variants.filter = Filter::Exclusive,
            Self::NoFilter => variants.filter = Filter::Ignored,
            Self::LeanRows => variants.rows = Rows::Lean,
            Self::PutMerges => variants.put = Put::Merge,
            Self::NoEtag => variants.etag = Etag::No,
            Self::NumberIds => variants.ids = Ids::Number,
            Self::SmallPages => variants.page_cap = PageCap::TwentyFive,
            Self::ClippedPages => variants.page_cap = PageCap::SilentlyClipped,
            Self::PutWithoutBody => character.put_answer = PutAnswer::NoContent,
            Self::ReadLag => character.read_lag = Duration::from_secs(10),
            Self::CaseBlind => character.text_equality = TextEquality::CaseInsensitive,
            Self::ShuffledSets => character.unordered = Unordered::Shuffled,
            Self::NoFirstMutation => character.first_mutation_date = FirstMutationDate::NullUntilEdited,
            Self::AddressFollowUp => character.address_follow_up = Some(Duration::from_secs(5)),
            Self::ShortTokens => {
                character.token_life = Duration::from_secs(90);
                character.retry_after = RetryAfter::Date;
            }
            // So short that a run renews it many times; the settings do the rest.
            Self::ConsentLogin => character.token_life = Duration::from_secs(400),
        }
    }
}
