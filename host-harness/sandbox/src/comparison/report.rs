//! What the judge found.

use std::collections::BTreeMap;
use std::fmt;

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Companies and organisations.
    Organisations,
    /// Private persons.
    PrivatePersons,
    /// Contact persons, the person itself.
    ContactPersons,
    /// Contact persons, their place at an organisation.
    ContactRelationships,
    /// Relation types.
    RelationTypes,
    /// Addresses.
    Addresses,
}

impl Table {
    const ALL: [Self; 6] = [
        Self::Organisations,
        Self::PrivatePersons,
        Self::ContactPersons,
        Self::ContactRelationships,
        Self::RelationTypes,
        Self::Addresses,
    ];
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Organisations => "organisations",
            Self::PrivatePersons => "private persons",
            Self::ContactPersons => "contact persons",
            Self::ContactRelationships => "contact relationships",
            Self::RelationTypes => "relation types",
            Self::Addresses => "addresses",
        })
    }
}

/// How much was compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that must be on both sides.
    pub records: usize,
    /// Fields of those records.
    pub fields: usize,
    /// What was wrong.
    pub differences: usize,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It must be in Tribe and is not.
    MissingInTribe,
    /// It is in Tribe and must not be.
    NotToBeInTribe,
    /// It is in Tribe more than once.
    Duplicate,
    /// It hangs under another parent than the tenant's own organisation.
    WrongParent,
    /// It carries no marker, or another's.
    WrongMarker,
    /// Both sides say something, and not the same.
    Differs,
    /// Only AdvocaatCentraal says something.
    EmptyInTribe,
    /// Only Tribe says something.
    EmptyInAdvocaatCentraal,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::MissingInTribe => "missing in Tribe",
            Self::NotToBeInTribe => "must not be in Tribe",
            Self::Duplicate => "more than once in Tribe",
            Self::WrongParent => "under a wrong parent in Tribe",
            Self::WrongMarker => "without its marker in Tribe",
            Self::Differs => "differs",
            Self::EmptyInTribe => "empty in Tribe only",
            Self::EmptyInAdvocaatCentraal => "empty in AdvocaatCentraal only",
        })
    }
}

/// One thing that is wrong. It names records and fields, never values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Where.
    pub table: Table,
    /// The marker of the record, or Tribe's id where it has none.
    pub record: String,
    /// The field of the manual's tables; empty where it is the record as a whole.
    pub field: &'static str,
    /// What.
    pub fault: Fault,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if self.field.is_empty() { "" } else { " " };
        write!(f, "{} {}{space}{}", self.record, self.field, self.fault)
    }
}

/// What the judge found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    tallies: BTreeMap<Table, Tally>,
    differences: Vec<Difference>,
}

impl Comparison {
    /// Whether the two systems say the same.
    pub fn is_equal(&self) -> bool {
        self.differences.is_empty()
    }

    /// Everything that is wrong.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// How much of a table was compared.
    pub fn tally(&self, table: Table) -> Tally {
        self.tallies.get(&table).copied().unwrap_or_default()
    }

    pub(super) fn record(&mut self, table: Table) {
        self.tallies.entry(table).or_default().records += 1;
    }

    pub(super) fn field(&mut self, table: Table) {
        self.tallies.entry(table).or_default().fields += 1;
    }

    pub(super) fn fault(&mut self, table: Table, record: &str, field: &'static str, fault: Fault) {
        self.tallies.entry(table).or_default().differences += 1;
        self.differences.push(Difference { table, record: record.to_owned(), field, fault });
    }
}

/// So many differences are shown one by one.
const SHOWN: usize = 20;

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<22} {:>8} {:>8} {:>12}", "", "records", "fields", "differences")?;
        for table in Table::ALL {
            let tally = self.tally(table);
            writeln!(f, "{table:<22} {:>8} {:>8} {:>12}", tally.records, tally.fields, tally.differences)?;
        }
        for difference in self.differences.iter().take(SHOWN) {
            writeln!(f, "  {difference}")?;
        }
        match self.differences.len().checked_sub(SHOWN) {
            None | Some(0) => Ok(()),
            Some(more) => writeln!(f, "  and {more} more"),
        }
    }
}
