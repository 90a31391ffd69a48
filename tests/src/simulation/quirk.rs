//! Quirks: ways in which either system may behave, by name.

use std::time::Duration;

use sandbox::advocaatcentraal::{
    Empties, Etag, Filter, Ids, NewAddresses, Order, PageCap, Put, Rows, Stamps, Variants,
};
use sandbox::tribe::{
    AddressEdit, Character, CountryCodes, CreateAnswer, Envelope, ExpandedRows, ExpiresIn, ExtraProperties,
    FirstMutationDate, NestedCreate, OverlongPage, ParentRelation, PutAnswer, RetryAfter, TextEquality, Unauthorised,
    Unordered,
};
use sandbox::{Alteration, Altered, ByteOrderMark, Dates};
use serde::{Deserialize, Serialize};

/// A way to behave that differs from what the connector expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the stand-ins describe each")]
pub enum Quirk {
    NaiveStamps,
    DateOnlyFilter,
    ShuffledStamps,
    UnsortedLists,
    ExclusiveFilter,
    NoFilter,
    LeanRows,
    PutMerges,
    NoEtag,
    WeakEtag,
    UnfitEtag,
    NumberIds,
    SmallPages,
    ClippedPages,
    VeryLateRows,
    UndatedAc,
    AcByteOrderMark,
    EmptiesLeftOut,
    AcStoresOtherwise,
    NewAddressesPassedOver,
    NewAddressesRefused,
    NewAddressesKeptTwice,
    PutWithoutBody,
    ReadLag,
    CaseBlind,
    ShuffledSets,
    RepeatingSets,
    RepeatedRows,
    NoFirstMutation,
    AddressFollowUp,
    ShortTokens,
    ConsentLogin,
    ShortReadLag,
    NestedRelationsOnly,
    NestedIgnored,
    NestedRefused,
    CreatedWithOk,
    OverlongRefused,
    ParentRequired,
    ExtraProperties,
    AddressMovesOwner,
    BareEnvelope,
    OtherSignatureHeader,
    NumberedCountries,
    GenderLetters,
    UnauthorisedJson,
    UnauthorisedHtml,
    UnauthorisedEmpty,
    UnauthorisedForbidden,
    LifetimeUnsaid,
    UndatedTribe,
    GenderUnknown,
    TwoGenders,
    OwnCountries,
    TribeByteOrderMark,
    TribeStoresOtherwise,
}

/// What AC stores otherwise than it is sent. None of it is a field of [`OTHERWISE_IN_TRIBE`]: a cut that comes back from
/// the other side is to be known for what it is.
const OTHERWISE_IN_AC: Altered = &[
    ("bedrijfsnaam", Alteration::CutTo(12)),
    ("telefoonnummer", Alteration::PassedOver),
    ("plaats", Alteration::CutTo(5)),
    ("tussenvoegsels", Alteration::PassedOver),
    ("doorkiesnummer", Alteration::Trimmed),
];

/// What Tribe stores otherwise than it is sent.
const OTHERWISE_IN_TRIBE: Altered = &[
    ("FirstName", Alteration::CutTo(6)),
    ("Street", Alteration::CutTo(8)),
    ("Website", Alteration::PassedOver),
    ("Function", Alteration::PassedOver),
    ("Initials", Alteration::Trimmed),
];

impl Quirk {
    /// Every one.
    pub const ALL: [Self; 56] = [
        Self::NaiveStamps,
        Self::DateOnlyFilter,
        Self::ShuffledStamps,
        Self::UnsortedLists,
        Self::ExclusiveFilter,
        Self::NoFilter,
        Self::LeanRows,
        Self::PutMerges,
        Self::NoEtag,
        Self::WeakEtag,
        Self::UnfitEtag,
        Self::NumberIds,
        Self::SmallPages,
        Self::ClippedPages,
        Self::VeryLateRows,
        Self::UndatedAc,
        Self::AcByteOrderMark,
        Self::EmptiesLeftOut,
        Self::AcStoresOtherwise,
        Self::NewAddressesPassedOver,
        Self::NewAddressesRefused,
        Self::NewAddressesKeptTwice,
        Self::PutWithoutBody,
        Self::ReadLag,
        Self::CaseBlind,
        Self::ShuffledSets,
        Self::RepeatingSets,
        Self::RepeatedRows,
        Self::NoFirstMutation,
        Self::AddressFollowUp,
        Self::ShortTokens,
        Self::ConsentLogin,
        Self::ShortReadLag,
        Self::NestedRelationsOnly,
        Self::NestedIgnored,
        Self::NestedRefused,
        Self::CreatedWithOk,
        Self::OverlongRefused,
        Self::ParentRequired,
        Self::ExtraProperties,
        Self::AddressMovesOwner,
        Self::BareEnvelope,
        Self::OtherSignatureHeader,
        Self::NumberedCountries,
        Self::GenderLetters,
        Self::UnauthorisedJson,
        Self::UnauthorisedHtml,
        Self::UnauthorisedEmpty,
        Self::UnauthorisedForbidden,
        Self::LifetimeUnsaid,
        Self::UndatedTribe,
        Self::GenderUnknown,
        Self::TwoGenders,
        Self::OwnCountries,
        Self::TribeByteOrderMark,
        Self::TribeStoresOtherwise,
    ];

    /// Every quirk of Tribe's.
    pub fn of_tribe() -> impl Iterator<Item = Self> {
        // AC's stand before it.
        Self::ALL.into_iter().filter(|quirk| *quirk >= Self::PutWithoutBody)
    }

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
            Self::WeakEtag => variants.etag = Etag::Weak,
            Self::UnfitEtag => variants.etag = Etag::NeverFits,
            Self::NumberIds => variants.ids = Ids::Number,
            Self::SmallPages => variants.page_cap = PageCap::TwentyFive,
            Self::ClippedPages => variants.page_cap = PageCap::SilentlyClipped,
            Self::VeryLateRows => variants.late_visible = Duration::from_secs(24 * 60),
            Self::UndatedAc => variants.dates = Dates::Untold,
            Self::UndatedTribe => character.dates = Dates::Untold,
            Self::PutWithoutBody => character.put_answer = PutAnswer::NoContent,
            Self::ReadLag => character.read_lag = Duration::from_secs(10),
            Self::CaseBlind => character.text_equality = TextEquality::CaseInsensitive,
            Self::ShuffledSets => character.unordered = Unordered::Shuffled,
            Self::RepeatingSets => character.unordered = Unordered::Repeating,
            Self::RepeatedRows => character.expanded_rows = ExpandedRows::ForEachExpanded,
            Self::NoFirstMutation => character.first_mutation_date = FirstMutationDate::NullUntilEdited,
            Self::AddressFollowUp => character.address_follow_up = Some(Duration::from_secs(5)),
            Self::ShortTokens => {
                character.token_life = Duration::from_secs(90);
                character.retry_after = RetryAfter::Date;
            }
            // So short that a run renews the token many times. `build_world` sets the login itself.
            Self::ConsentLogin => character.token_life = Duration::from_secs(400),
            Self::ShortReadLag => character.read_lag = Duration::from_secs(3),
            Self::NestedRelationsOnly => character.nested_create = NestedCreate::RelationsOnly,
            Self::NestedIgnored => character.nested_create = NestedCreate::Ignored,
            Self::NestedRefused => character.nested_create = NestedCreate::Refused,
            Self::CreatedWithOk => character.create_answer = CreateAnswer::Ok,
            Self::OverlongRefused => character.overlong_page = OverlongPage::Refused,
            Self::ParentRequired => character.parent = ParentRelation::Required,
            Self::ExtraProperties => character.extra_properties = ExtraProperties::Some,
            Self::AddressMovesOwner => character.address_edit = AddressEdit::MovesOwner,
            Self::BareEnvelope => character.envelope = Envelope::IdsOnly,
            Self::OtherSignatureHeader => character.signature_header = "Webhook-Signature".to_owned(),
            Self::NumberedCountries => character.country_codes = CountryCodes::Numbers,
            Self::UnauthorisedJson => ends_unannounced(character, Unauthorised::Json),
            Self::UnauthorisedHtml => ends_unannounced(character, Unauthorised::Html),
            Self::UnauthorisedEmpty => ends_unannounced(character, Unauthorised::Empty),
            Self::UnauthorisedForbidden => ends_unannounced(character, Unauthorised::Forbidden),
            Self::LifetimeUnsaid => {
                character.token_life = Duration::from_secs(90);
                character.expires_in = ExpiresIn::Absent;
            }
            Self::EmptiesLeftOut => variants.empties = Empties::LeftOut,
            Self::AcStoresOtherwise => variants.altered = OTHERWISE_IN_AC,
            Self::TribeStoresOtherwise => character.altered = OTHERWISE_IN_TRIBE,
            Self::NewAddressesPassedOver => variants.new_addresses = NewAddresses::PassedOver,
            Self::NewAddressesRefused => variants.new_addresses = NewAddresses::Refused,
            Self::NewAddressesKeptTwice => variants.new_addresses = NewAddresses::KeptTwice,
            Self::AcByteOrderMark => variants.byte_order_mark = ByteOrderMark::Written,
            Self::TribeByteOrderMark => character.byte_order_mark = ByteOrderMark::Written,
            Self::GenderLetters => character.genders = rows(&[("M", "Man"), ("V", "Vrouw"), ("X", "Anders")]),
            Self::GenderUnknown => character.genders.extend(rows(&[("Unknown", "Onbekend")])),
            Self::TwoGenders => character.genders = rows(&[("Male", "Man"), ("Female", "Vrouw")]),
            Self::OwnCountries => character.own_countries = rows(&[("900", "Kosovo"), ("BO", "Bolivia")]),
        }
    }
}

/// Rows of a lookup table: code and name.
fn rows(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect()
}

/// A token ends before its time, and only an answer of that shape shows it.
fn ends_unannounced(character: &mut Character, unauthorised: Unauthorised) {
    character.token_life = Duration::from_secs(400);
    character.expires_in = ExpiresIn::Says(3_600.into());
    character.unauthorised = unauthorised;
}
