//! The words by which a draft knows members, parameters and values: Dutch and English, in small letters, without what stands
//! between their parts. A draft writes no word of a value that stands not here, but for the kinds of relations and the
//! relation types themselves.

mod addresses;
mod fields;
mod records;
mod requests;

pub(super) use addresses::{
    ADDRESS, HOOFDKANTOOR, HUISLETTER, HUISNUMMER, LAND, PLAATS, POSTADRES, POSTCODE, PRIVE, ROW_ID, STRAAT, TOEVOEGING,
};
pub(super) use fields::{
    DOORKIESNUMMER, EMAILS, FEMALE, FUNCTIE, MALE, ORGANISATION, OTHER, PERSON, PHONES, POSITIONS, PRIVATE_PERSON,
    RELATION_ID, UNKNOWN, VALUE, WEBSITES, WORD,
};
pub(super) use records::{
    ACTIVE, ARCHIVED, BEFORE, CHANGED, DELETED, ID, IN_ORGANISATION, IN_PRIVATE_PERSON, IS_ACTIVE, IS_ARCHIVED, KIND,
    NAME, NO, ORGANISATIONS, PRIVATE_PERSONS, STATUS, TRANSPARENT, TYPE_ID, TYPE_NAME, TYPES, VERSION, YES,
};
pub(super) use requests::{
    ALWAYS, CURSOR, ELSEWHERE, FILTER, GRANT, GRANTS, KEY, NEXT, OFFICE, OFFSET, PAGE, PAGES, PASSWORD, SINCE, SIZE,
    TOTAL, USER,
};

/// The words for one thing: those that mean it, and those that may.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub(super) sure: &'static [&'static str],
    pub(super) perhaps: &'static [&'static str],
}

const fn words(sure: &'static [&'static str], perhaps: &'static [&'static str]) -> Words {
    Words { sure, perhaps }
}

/// How a value is reached that may stand in a list with a word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    Phone,
    Email,
    Website,
    Other,
}

/// A field of the manual.
#[derive(Clone, Copy)]
pub(super) struct FieldWords {
    pub(super) name: &'static str,
    pub(super) words: Words,
    pub(super) channel: Channel,
    /// In a list for its channel: the words of the row that is meant, the best first.
    pub(super) usage: &'static [&'static str],
}

const fn field(name: &'static str, channel: Channel, words: Words, usage: &'static [&'static str]) -> FieldWords {
    FieldWords { name, words, channel, usage }
}
