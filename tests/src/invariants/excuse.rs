//! The reasons for which an invariant accepts what its bare sentence forbids.

use std::fmt;

use super::Invariant;

macro_rules! excuses {
    ($($(#[$doc:meta])* $excuse:ident = $name:literal, $invariant:ident;)+) => {
        /// A reason for which an invariant accepts what its bare sentence forbids. Each use is counted: an excuse that
        /// is given far more often than before hides a fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Excuse {
            $($(#[$doc])* $excuse,)+
        }

        impl Excuse {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$excuse,)+];

            /// The name in reports.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$excuse => $name,)+
                }
            }

            /// The invariant that accepts it.
            pub const fn invariant(self) -> Invariant {
                match self {
                    $(Self::$excuse => Invariant::$invariant,)+
                }
            }
        }
    };
}

excuses! {
    /// AC has no such record any more.
    RecordGone = "record-gone", I6;
    /// Records of the kind that this one has become have no such field.
    FieldGone = "field-gone", I6;
    /// The record is not synced as it stands: archived, without a mapped type, or without its record in Tribe.
    RecordNotSynced = "record-not-synced", I6;
    /// AC has no such address or koppeling any more.
    NoPlaceInAc = "no-place-in-ac", I6;
    /// The organisation at which the value stands is not synced, or the contact relationship is gone in Tribe.
    OrganisationNotSynced = "organisation-not-synced", I6;
    /// The Tribe record that held the value, or the address that should hold it, belongs to this record no longer.
    NoPlaceInTribe = "no-place-in-tribe", I6;
    /// A user of Tribe divided the name of a private person over several fields (D13).
    NameSplit = "name-split", I6;
    /// The field stands at several places in Tribe. The value stands at the one where the user wrote it, and the connector
    /// left it there beside AC's, which stands at another (D15).
    SiblingStays = "sibling-stays", I6;
    /// So it stood, which was told, until a user wrote another value, and the connector keeps it if it was any.
    SiblingReplaced = "sibling-replaced", I6;
    /// The value was written in Tribe while the field went from AC to Tribe only, and stands there beside AC's (D17).
    AgreedBySetting = "agreed-by-setting", I6;
    /// The connector keeps the value as a conflict.
    InConflict = "in-conflict", I6;
    /// The value of AC had not reached Tribe when a user of Tribe wrote another, and the connector keeps it.
    ReplacedLater = "replaced-later", I6;
    /// A user of Tribe emptied the field, and a user of AC filled it later.
    FilledLater = "filled-later", I6;
    /// A user emptied the field, and AC leaves its member out of the record.
    AbsentMember = "absent-member", I6;
    /// A user emptied the field before the connector knew a value that both sides agree on, so that it cannot tell an
    /// emptied field from one that was never filled.
    NothingAgreed = "nothing-agreed", I6;
    /// AC had the value of Tribe at some time, and something replaced it later.
    OnceInAc = "once-in-ac", I6;
    /// The connector overwrote the value of Tribe before any read could show it.
    UnseenEdit = "unseen-edit", I6;
    /// A user of Tribe changed the value back, and the value in between never reached AC.
    ChangedBackInTribe = "changed-back-in-tribe", I6;
    /// The connector wrote the value of AC to Tribe at some time, and something replaced it later.
    OnceInTribe = "once-in-tribe", I6;
    /// A user of Tribe wrote the same value that the user of AC wrote.
    WrittenInTribeToo = "written-in-tribe-too", I6;
    /// AC had the value in more than one version: a user of AC changed it back.
    ChangedBackInAc = "changed-back-in-ac", I6;
    /// AC answered that it took the value of Tribe, stores something else, and the connector tells.
    NotStoredInAc = "not-stored-in-ac", I6;
    /// A user of AC emptied a field that Tribe does not store: it was empty there already.
    NeverInTribe = "never-in-tribe", I6;
    /// A user of AC took away the end of ours, before a read could show ours. The connector told it as what AC stores, a
    /// person had it sent again, and what the user left is kept (D29).
    ShortenedInAcOnce = "shortened-in-ac-once", I6;
    /// The connector's state was lost after the edit, and its conflicts with it.
    EditBeforeStateLost = "edit-before-state-lost", I6;

    /// The field stands at several places in Tribe. AC has what a user wrote at one of them; the others stay.
    OtherPlaceEdited = "other-place-edited", I14;
    /// The field stands at several places in Tribe. A user emptied it at one, where the connector left it so, and the
    /// place that held AC's value is gone since (D15).
    OtherPlaceGone = "other-place-gone", I14;
    /// The field stands at several places in Tribe. The state was lost, and with it which of them came from AC.
    PlaceForgotten = "place-forgotten", I14;

    /// A system stores something else than it was sent, and the connector tells.
    StoredOtherwise = "stored-otherwise", I14;

    /// AC has one line for street and number, which would be read otherwise with a user's value in it (`Plein 1900` 12).
    /// It is not written, and the connector tells.
    NotInOneLine = "not-in-one-line", I14;

    /// A user of Tribe put back what stood there before ours, before a read could show ours: nothing tells that from a
    /// value that Tribe did not store, and the connector tells it as one (D29).
    PutBackInTribe = "put-back-in-tribe", I14;
    /// A user of AC took away the end of ours, before a read could show ours: nothing tells that from a value that AC cut,
    /// and the connector tells it as one (D29).
    ShortenedInAc = "shortened-in-ac", I14;

    /// No user wrote the value: a system stores a part of what one wrote.
    CutText = "cut-text", I5;
    /// The value was written in Tribe while the field went from AC to Tribe only, and stands there beside AC's (D17).
    LeftBySetting = "left-by-setting", I14;

    /// No user wrote the value: a system altered a text on its way to the connector.
    AlteredText = "altered-text", I5;
    /// The rest of a record went back to AC with accents as letters of their own, as AC's answer had them.
    DecomposedText = "decomposed-text", I8;
    /// AC answered a write with success and stored nothing, and by its dialect what it answers says nothing.
    SuccessSaysNothing = "success-says-nothing", I10;
    /// A person must log in again, and a fault struck a call of the login before.
    LoginDisturbed = "login-disturbed", I15;
}

impl fmt::Display for Excuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_excuse_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = Excuse::ALL.iter().map(|excuse| excuse.name()).collect();
        assert_eq!(names.len(), Excuse::ALL.len());
    }
}
