//! What nobody outside AdvocaatCentraal knows about its API, as choices: the contract's last section.

use std::time::Duration;

use crate::Dates;
use crate::altered::Altered;
use crate::http::ByteOrderMark;

/// How the stand-in behaves where the contract only assumes. The default is the contract's main text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variants {
    /// How `gewijzigd` is written and filtered.
    pub stamps: Stamps,
    /// How a list goes on.
    pub paging: Paging,
    /// In which order a list comes.
    pub order: Order,
    /// What `gewijzigd_vanaf` does.
    pub filter: Filter,
    /// What a list row holds.
    pub rows: Rows,
    /// What a `PUT` does with members that it leaves out.
    pub put: Put,
    /// Whether the single record carries an `ETag`.
    pub etag: Etag,
    /// How ids are written.
    pub ids: Ids,
    /// Whether an edit of an address or a contact person moves the relation's stamp.
    pub child_edits_move_parent: ChildEditsMoveParent,
    /// How long a change stays invisible in the lists (the contract says up to 25 minutes). The single record shows it
    /// at once.
    pub late_visible: Duration,
    /// How long after it was accepted a write is stored, on the register's wire: no reading shows it before.
    pub stored_after: Duration,
    /// How many rows one page holds at most.
    pub page_cap: PageCap,
    /// What the refusal of a value says.
    pub refusals: Refusals,
    /// What an answer's `Date` says.
    pub dates: Dates,
    /// What becomes of empty members.
    pub empties: Empties,
    /// Members that are stored otherwise than a `PUT` has them (A8).
    pub altered: Altered,
    /// What a `PUT` does with addresses that have no id.
    pub new_addresses: NewAddresses,
    /// Whether answers start with a byte order mark.
    pub byte_order_mark: ByteOrderMark,
    /// In which order the koppelingen of a contact person come.
    pub koppelingen: KoppelingOrder,
    /// With what every write is refused; none where writes are taken. Some servers have another address for them.
    pub writes_refused_with: Option<u16>,
}

/// In which order the koppelingen of a contact person come: the contract says nothing of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KoppelingOrder {
    /// As they are stored.
    #[default]
    AsStored,
    /// The other way round in lists.
    ReversedInLists,
}

/// How `gewijzigd` is written and filtered (A5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stamps {
    /// With the offset of Amsterdam.
    #[default]
    Offset,
    /// Civil time in Amsterdam, without an offset.
    Naive,
    /// Written with an offset, but the filter looks at the date alone.
    DateOnlyFilter,
}

/// How a list goes on (A4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paging {
    /// `volgende` names the last row that was given.
    #[default]
    Cursor,
    /// `volgende` is the number of the next page, counted anew at every call: rows shift while data change.
    PageNumber,
    /// `na` has no effect; the first page comes for ever.
    IgnoresCursor,
    /// From the second page on, `volgende` leads back to the same page.
    NextLinksToItself,
}

/// In which order a list comes (A4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By stamp and id.
    #[default]
    Sorted,
    /// By stamp; within equal stamps in no useful order.
    RandomWithinEqualStamps,
    /// In no useful order.
    Unsorted,
}

/// What `gewijzigd_vanaf` does (A4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// That stamp and later.
    #[default]
    Inclusive,
    /// Later than that stamp.
    Exclusive,
    /// Nothing.
    Ignored,
}

/// What a list row holds (A7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rows {
    /// The whole record.
    #[default]
    Full,
    /// Id, kind, status, types, stamp and name; the other keys are absent.
    Lean,
    /// Lean in one of five, as where a server gives up on what takes it too long.
    LeanAtTimes,
}

/// What becomes of empty members in answers (A7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Empties {
    /// They are null or blank, as they are stored.
    #[default]
    Given,
    /// They are left out.
    LeftOut,
}

/// What a `PUT` does with members that it leaves out (A8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Put {
    /// They are gone afterwards.
    #[default]
    Replace,
    /// They stay.
    Merge,
}

/// What a `PUT` does with addresses that have no id (A14). AC: assumed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewAddresses {
    /// It keeps each as a new address, and gives it an id. The same address sent again is another new one.
    #[default]
    Kept,
    /// It passes them over, and takes the rest.
    PassedOver,
    /// It refuses the whole record.
    Refused,
    /// It keeps each twice, under two ids.
    KeptTwice,
}

/// Whether the single record carries an `ETag` (A9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Etag {
    /// It does, and a wrong `If-Match` is answered with 412.
    #[default]
    Yes,
    /// It does not, and `If-Match` is ignored.
    No,
    /// It carries a weak one, which no `If-Match` matches.
    Weak,
    /// It carries one of the answer, not of the record, as behind a gateway that compresses: any `If-Match` is answered
    /// with 412.
    NeverFits,
}

/// How ids are written (A3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ids {
    /// As text.
    #[default]
    Text,
    /// As numbers, where they are whole numbers.
    Number,
}

/// Whether an edit of an address or a contact person moves the relation's stamp (A6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChildEditsMoveParent {
    /// It does.
    #[default]
    Yes,
    /// It does not; an edit of addresses alone moves no stamp at all.
    No,
}

/// What the refusal of a value says (A10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refusals {
    /// Which member is refused.
    #[default]
    NameTheMember,
    /// That something is.
    Bare,
}

/// How many rows one page holds at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageCap {
    /// A hundred; asking for more is answered with 422.
    #[default]
    Hundred,
    /// Twenty-five; asking for more is answered with 422.
    TwentyFive,
    /// Forty, whatever is asked for, and nothing tells.
    SilentlyClipped,
}
