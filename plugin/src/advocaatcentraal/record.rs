//! What relations and contact persons have in common.

use dialect::{DateForm, Field, GenderWords, StampForm};

use super::adres::{Adres, Adressen};
use super::json::{Object, Value};
use super::oddity::{self, Oddity, OddityKind, text_at};
use super::veld::{ADRESSEN, GEWIJZIGD, STATUS, Veld};
use crate::relation::{AddressType, Instant, Presence, Stamp};

/// What AC says about the life of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// In use.
    Actief,
    /// Put away by a user, who may take it back.
    Gearchiveerd,
    /// Deleted, and still listed for a while (A11).
    Verwijderd,
    /// Not said, or a word that we do not know.
    #[default]
    Onbekend,
}

/// What a record says, read once by its dialect.
#[derive(Clone, Default)]
pub struct Content {
    pub(super) status: Status,
    pub(super) gewijzigd: Option<Stamp>,
    /// It leaves out something that a whole record has, beside fields and addresses.
    pub(super) is_partial: bool,
    pub(super) oddities: Vec<Oddity>,
}

impl Content {
    /// Reads what both kinds have: their life, their stamp, and what is odd about their addresses.
    pub(super) fn read(
        raw: &Object,
        status: &dialect::Status,
        stamp: Option<&dialect::Stamp>,
        adressen: &Adressen,
    ) -> Self {
        let mut content = Self::default();
        content.read_status(raw, status);
        if let Some(stamp) = stamp {
            content.read_stamp(raw, stamp);
        }
        match adressen {
            Adressen::Unsaid => {}
            Adressen::Odd => content.is_odd(ADRESSEN, OddityKind::NotUnderstood),
            Adressen::Said { is_partly_read: true, .. } => content.is_odd(ADRESSEN, OddityKind::NotUnderstood),
            Adressen::Said { .. } => {}
        }
        if adressen.has_several_of_one_type() {
            content.is_odd(ADRESSEN, OddityKind::Several);
        }
        content
    }

    pub(super) fn is_odd(&mut self, member: &'static str, kind: OddityKind) {
        self.oddities.push(Oddity { member, kind });
    }

    fn read_status(&mut self, raw: &Object, status: &dialect::Status) {
        self.status = match status {
            dialect::Status::Listed => Status::Actief,
            dialect::Status::Word(words) => {
                let said = text_at(raw, &words.at);
                self.is_partial |= said.is_absent();
                match said.text() {
                    Some(word) if words.active.iter().any(|known| known == word) => Status::Actief,
                    Some(word) if words.archived.iter().any(|known| known == word) => Status::Gearchiveerd,
                    Some(word) if words.deleted.iter().any(|known| known == word) => Status::Verwijderd,
                    _ => {
                        if says_something(&said) {
                            self.is_odd(STATUS, OddityKind::UnknownValue);
                        }
                        Status::Onbekend
                    }
                }
            }
            dialect::Status::Flag(flag) => {
                let found = raw.at(&flag.at);
                self.is_partial |= found.as_ref().is_ok_and(Option::is_none);
                match found.ok().flatten().as_deref().map(Value::of) {
                    Some(Value::Scalar("true")) if flag.says_active => Status::Actief,
                    Some(Value::Scalar("true")) => Status::Gearchiveerd,
                    Some(Value::Scalar("false")) if flag.says_active => Status::Gearchiveerd,
                    Some(Value::Scalar("false")) => Status::Actief,
                    None => Status::Onbekend,
                    Some(_) => {
                        self.is_odd(STATUS, OddityKind::UnknownValue);
                        Status::Onbekend
                    }
                }
            }
        };
    }

    fn read_stamp(&mut self, raw: &Object, stamp: &dialect::Stamp) {
        let field = Field { place: dialect::Place::At(stamp.at.clone()), written: dialect::Written::Either };
        let said = oddity::field(raw, &field);
        self.gewijzigd = said.text().and_then(|text| moment(text, &stamp.form));
        if says_something(&said) && self.gewijzigd.is_none() {
            self.is_odd(GEWIJZIGD, OddityKind::NotUnderstood);
        }
    }
}

/// What a record says of its fields.
#[derive(Clone, Default)]
pub struct Velden(Vec<Gezegd>);

/// What a record says of one field.
#[derive(Clone)]
struct Gezegd {
    veld: Veld,
    said: Presence,
    /// Whether it is a member of its own, that is given empty or left out. A row of a list is there or not.
    is_member: bool,
}

impl Velden {
    /// Reads these fields; one that the dialect has nowhere is not there.
    pub(super) fn read<'d>(raw: &Object, velden: &[Veld], place: impl Fn(Veld) -> Option<&'d Field>) -> Self {
        let read = |veld: &Veld| {
            let field = place(*veld);
            let said = field.map_or(Presence::Absent, |field| oddity::field(raw, field));
            let is_member = field.is_some_and(|field| matches!(field.place, dialect::Place::At(_)));
            Gezegd { veld: *veld, said, is_member }
        };
        Self(velden.iter().map(read).collect())
    }

    /// What it says about a field.
    pub(super) fn field(&self, veld: Veld) -> Presence {
        let found = self.0.iter().find(|of| of.veld == veld);
        found.map_or(Presence::Absent, |of| of.said.clone())
    }

    /// Changes what a field says.
    pub(super) fn change(&mut self, veld: Veld, change: impl FnOnce(&str) -> Presence) {
        if let Some(of) = self.0.iter_mut().find(|of| of.veld == veld)
            && let Some(text) = of.said.text()
        {
            of.said = change(text);
        }
    }

    /// Whether a member of its own is there and empty.
    pub(super) fn hold_an_empty_one(&self) -> bool {
        self.0.iter().any(|of| of.is_member && of.said == Presence::Empty)
    }

    /// Whether it is left out.
    fn lack(&self, veld: Veld) -> bool {
        self.0.iter().find(|of| of.veld == veld).is_none_or(|of| of.said.is_absent())
    }

    /// Whether a member of its own is left out.
    pub(super) fn lack_one(&self) -> bool {
        self.0.iter().any(|of| of.is_member && of.said.is_absent())
    }
}

/// A record of one of AC's two kinds.
pub trait Record {
    /// AC's id, as text.
    fn id_text(&self) -> &str;

    #[doc(hidden)]
    fn content(&self) -> &Content;

    #[doc(hidden)]
    fn addresses(&self) -> &Adressen;

    #[doc(hidden)]
    fn velden(&self) -> &Velden;

    /// Whether it leaves out what it cannot be placed without: its status, its kind, its types, or where a contact person
    /// stands. Then only the single record tells (A7).
    fn is_partial(&self) -> bool {
        self.content().is_partial
    }

    /// Our names of those of these fields that it leaves out, and of its addresses where it leaves them out (A7).
    fn leaves_out(&self, needed: &[Veld]) -> Vec<&'static str> {
        let velden = needed.iter().filter(|veld| self.velden().lack(**veld)).map(|veld| veld.name());
        velden.chain(matches!(self.addresses(), Adressen::Unsaid).then_some(ADRESSEN)).collect()
    }

    /// Whether a field of the tables is there and empty.
    fn holds_an_empty_field(&self) -> bool {
        self.velden().hold_an_empty_one()
    }

    /// Whether a field of the tables is left out, one of an address or a koppeling among them.
    fn leaves_out_a_field(&self) -> bool {
        self.velden().lack_one() || self.addresses().lack_one()
    }

    /// What was not as assumed beside the values of fields, each once.
    fn oddities(&self) -> Vec<Oddity> {
        self.content().oddities.clone()
    }

    /// Where it is in its life.
    fn status(&self) -> Status {
        self.content().status
    }

    /// When it was last changed, if that is said and understood. Without an offset it is Dutch time (A5).
    fn gewijzigd(&self) -> Option<Stamp> {
        self.content().gewijzigd
    }

    /// What it says about a field.
    fn field(&self, veld: Veld) -> Presence {
        self.velden().field(veld)
    }

    /// Its addresses of all types; none if the record says nothing about them.
    fn adressen(&self) -> Option<Vec<Adres>> {
        self.addresses().all().map(<[Adres]>::to_vec)
    }

    /// The address of that type that is synced: none if the record says nothing about addresses, `Some(None)` if it
    /// has no such address. Of several it is the one with the lowest id (F84).
    fn adres(&self, address_type: AddressType) -> Option<Option<&Adres>> {
        let adressen = self.addresses();
        adressen.all().map(|_| adressen.choose(address_type))
    }

    /// Whether it tells all its addresses and none is of that type, so that one can be added to them (A14). One that
    /// cannot be read may be of any type.
    fn has_room(&self, address_type: AddressType) -> bool {
        self.addresses().have_room(address_type)
    }

    /// Everything it says in one text, to tell by a fingerprint whether it is the same again.
    fn everything(&self) -> String;
}

/// A row that is no object or has no id, so that it cannot be told which record it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a row cannot be read")]
pub struct RowProblem;

pub(super) fn says_something(said: &Presence) -> bool {
    !matches!(said, Presence::Absent | Presence::Empty)
}

/// A moment as a dialect writes it.
pub(super) fn moment(text: &str, form: &StampForm) -> Option<Stamp> {
    let since_1970 = |unit: u64| {
        let millis = text.trim().parse::<u64>().ok()?.checked_mul(unit)?;
        Some(Stamp::at(Instant::from_millis(millis)))
    };
    match form {
        StampForm::Seconds => since_1970(1000),
        StampForm::Millis => since_1970(1),
        StampForm::NaiveUtc => Stamp::parse(&format!("{}Z", text.trim().replacen(' ', "T", 1))),
        StampForm::Rfc3339 | StampForm::Utc | StampForm::Date => Stamp::parse(text),
        StampForm::Naive => Stamp::parse(&text.trim().replacen(' ', "T", 1)),
    }
}

/// A date as the connector has it, from one that a dialect writes otherwise. What is none stays, and is told as such.
pub(super) fn date_read(text: &str, form: &DateForm) -> String {
    let turned = match form {
        DateForm::Iso => None,
        // Another time than midnight is read as an instant, or not at all.
        DateForm::Midnight => text.split_once('T').filter(|(_, time)| is_midnight(time)).map(|(day, _)| day.to_owned()),
        DateForm::DayFirst => match text.split('-').collect::<Vec<_>>().as_slice() {
            [day, month, year] if year.len() == 4 => Some(format!("{year}-{month:0>2}-{day:0>2}")),
            _ => None,
        },
    };
    turned.unwrap_or_else(|| text.to_owned())
}

/// Whether a time is midnight, in whatever zone it says.
fn is_midnight(time: &str) -> bool {
    let (clock, zone) = time.split_at(time.find(['Z', '+', '-']).unwrap_or(time.len()));
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let is_offset = |offset: &str| {
        let digits = offset.replacen(':', "", 1);
        digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_zone = matches!(zone, "" | "Z") || zone.strip_prefix(['+', '-']).is_some_and(is_offset);
    matches!(clock, "00:00" | "00:00:00") && fraction.bytes().all(|byte| byte == b'0') && is_zone
}

/// A date as a dialect writes it.
pub(super) fn date_written(text: &str, form: &DateForm) -> String {
    match (form, text.split('-').collect::<Vec<_>>().as_slice()) {
        (DateForm::DayFirst, [year, month, day]) => format!("{day}-{month}-{year}"),
        (DateForm::Midnight, _) => format!("{text}T00:00:00"),
        _ => text.to_owned(),
    }
}

/// The connector's letter for a gender, with the words of a dialect for it.
fn genders(words: &GenderWords) -> [(&'static str, &[String]); 4] {
    [("M", &words.male), ("V", &words.female), ("X", &words.other), ("O", &words.unknown)]
}

/// A gender as the connector has it. A word that the dialect does not know cannot be read.
pub(super) fn gender_read(word: &str, words: &GenderWords) -> Presence {
    let known = genders(words).into_iter().find(|(_, words)| words.iter().any(|known| known == word));
    known.map_or(Presence::Unreadable, |(letter, _)| Presence::of(letter))
}

/// A gender as a dialect writes it; none where it has no word for it.
pub(super) fn gender_written<'w>(letter: &str, words: &'w GenderWords) -> Option<&'w str> {
    let known = genders(words).into_iter().find(|(known, _)| *known == letter);
    known.and_then(|(_, words)| words.first()).map(String::as_str)
}
