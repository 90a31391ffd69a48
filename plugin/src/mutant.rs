//! Seeded wrong versions: mistakes that two-way syncs have really made. Each can be switched on, and the tests must
//! notice every one of them.
//!
//! They exist only under the feature `mutants`, which the crate `tests` asks for. Without it [`is`] is a constant, and
//! the compiler leaves no trace of them: the component is built by a cargo of its own that never sees the feature, and
//! cannot be built with it. A build of the whole workspace turns it on for the native library, which tests alone use.
//!
//! Some mistakes have no place here where they could be made:
//!
//! - an e-mail address as the key of a record, cutting texts by bytes, writing Tribe's status, deleting a contact that
//!   moved: there is no code for the thing, and the host and the stand-ins refuse every DELETE of a record;
//! - believing what a webhook says of a record: a delivery is read for its ids, and nothing else of it is kept;
//! - keeping Tribe's id a step later: the intent that was stored before the create finds the record by its marker;
//! - two renewals of a login at once, settings that change in mid-run: a call is one thread and reads its settings once;
//! - an instance that is used again after a trap: it lives inside the future of its one call.

/// The environment variable that switches a mutant on by its name, in every thread.
pub const VARIABLE: &str = "MUTANT";

macro_rules! mutants {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A wrong version of the connector.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Mutant {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Mutant {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

mutants! {
    /// What has the cursor's stamp is taken as read.
    CursorExclusive = "cursor-exclusive",
    /// The cursor moves to our own time.
    CursorFromOwnClock = "cursor-from-own-clock",
    /// A list is read from its cursor on, without an overlap.
    NoOverlap = "no-overlap",
    /// The walk goes on behind a list whose page came to grief.
    CursorBeforeWrites = "cursor-before-writes",
    /// The walk's place is stored only at its end.
    PlaceAtTheEnd = "place-at-the-end",
    /// Rows of one second come in any order.
    OrderWithoutId = "order-without-id",
    /// A page with fewer rows than were asked for is the last.
    ShortPageEnds = "short-page-ends",
    /// A page that is not answered is the last.
    ErrorPageEnds = "error-page-ends",
    /// An answer that is no JSON is an empty list.
    HtmlIsEmpty = "html-is-empty",
    /// A row that is known by its id needs no second look, whatever it says now.
    HandledById = "handled-by-id",
    /// Nothing can have come in the second that a row is stamped with.
    SecondIsPast = "second-is-past",
    /// What changed in Tribe is not asked for: a webhook will tell.
    TribeNotPolled = "tribe-not-polled",
    /// The sweep looks at the stamps only.
    SweepByStamps = "sweep-by-stamps",
    /// A create without an answer is sent again.
    CreateRepeated = "create-repeated",
    /// Nothing is stored before a create.
    IntentNotStored = "intent-not-stored",
    /// What is to be created is not looked for.
    MarkersNotLookedUp = "markers-not-looked-up",
    /// What does not show at once is not there.
    ReadLagIgnored = "read-lag-ignored",
    /// Tribe is believed to have made every nested record.
    NestedBelieved = "nested-believed",
    /// What was sent with a create is not remembered.
    SentForgotten = "sent-forgotten",
    /// An id of digits is a number.
    IdAsNumber = "id-as-number",
    /// For a while after our own write every change in Tribe is an echo.
    EchoByTime = "echo-by-time",
    /// A read that is older than our own write is believed.
    LagNotSeen = "lag-not-seen",
    /// The base is what was sent.
    BaseIsWhatWasSent = "base-is-what-was-sent",
    /// A member that is left out is empty.
    AbsentIsEmpty = "absent-is-empty",
    /// A member that is null says nothing.
    NullIsAbsent = "null-is-absent",
    /// An emptied field in AC stays in Tribe.
    ClearingsStay = "clearings-stay",
    /// AC gets only the fields that are synced.
    PutWithoutTheRest = "put-without-the-rest",
    /// AC gets only the koppeling that was edited.
    OtherKoppelingenDropped = "other-koppelingen-dropped",
    /// AC is written whoever was there in between.
    WithoutIfMatch = "without-if-match",
    /// AC is written from a row of a list.
    ReadAloneSkipped = "read-alone-skipped",
    /// Tribe is written whoever was there in between.
    NoLookBeforeWriting = "no-look-before-writing",
    /// An edit of one of two Tribe fields is carried to the other.
    SiblingsFollow = "siblings-follow",
    /// The siblings learn of AC's coming value only afterwards.
    SiblingsSettleLate = "siblings-settle-late",
    /// Where both sides changed Tribe wins.
    TribeWins = "tribe-wins",
    /// A value that gives way is not kept.
    ConflictNotKept = "conflict-not-kept",
    /// An address that a user removed is made again.
    AddressMadeAgain = "address-made-again",
    /// Tribe gets the canonical form of a text.
    TextReformatted = "text-reformatted",
    /// A KvK number is a number.
    KvkAsNumber = "kvk-as-number",
    /// The tussenvoegsels go before the surname.
    InfixInSurname = "infix-in-surname",
    /// A birth date is midnight in Amsterdam, told in UTC.
    BirthDateByUtc = "birth-date-by-utc",
    /// A stamp without an offset is UTC.
    NaiveIsUtc = "naive-is-utc",
    /// A gender or country that is not known is empty.
    UnknownChoiceIsEmpty = "unknown-choice-is-empty",
    /// A row that cannot be read spoils its page.
    UnknownSpoilsPage = "unknown-spoils-page",
    /// A refused login is the fault of each record.
    LoginParksRecords = "login-parks-records",
    /// A `Retry-After` that is a date says nothing.
    RetryDateIgnored = "retry-date-ignored",
    /// The header is built once for all attempts.
    HeaderBuiltOnce = "header-built-once",
    /// A new refresh token is not stored.
    RefreshTokenNotStored = "refresh-token-not-stored",
    /// The signature is taken over the JSON as it was parsed.
    SignatureOverParsed = "signature-over-parsed",
    /// The dead letters of all offices stand under one key.
    OfficeNotInKey = "office-not-in-key",
    /// A relation whose type is no longer mapped is forgotten.
    UnmappedIsForgotten = "unmapped-is-forgotten",
    /// An archived relation is synced.
    ArchivedIsSynced = "archived-is-synced",
    /// A deleted relation is synced.
    DeletedIsSynced = "deleted-is-synced",
    /// What a user deleted in Tribe is made again.
    GoneIsMadeAgain = "gone-is-made-again",
    /// A relation has one role.
    OneRole = "one-role",
    /// Who was put aside is not stored.
    LettersNotStored = "letters-not-stored",
    /// Who was refused is not tried again, whatever changes.
    RefusedForGood = "refused-for-good",
    /// A contact person who is there before the organisation is not remembered.
    WaitingForgotten = "waiting-forgotten",
    /// Contact persons who waited are not made due before their organisation is made.
    WaitingNotExpected = "waiting-not-expected",
    /// One record that cannot be read stops all.
    OneStopsAll = "one-stops-all",
    /// However many records would lose a value, they do.
    NoBrake = "no-brake",
    /// What was skipped is counted as unchanged.
    SkippedIsUnchanged = "skipped-is-unchanged",
    /// A secret shows itself when it is printed.
    SecretShows = "secret-shows",
}

impl Mutant {
    /// The mutant of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mutant| mutant.name() == name)
    }
}

#[cfg(all(feature = "mutants", target_arch = "wasm32"))]
compile_error!("a component is never built with the feature `mutants`");

#[cfg(not(feature = "mutants"))]
pub(crate) const fn is(_: Mutant) -> bool {
    false
}

#[cfg(feature = "mutants")]
pub(crate) use switch::is;
#[cfg(feature = "mutants")]
pub use switch::switch;

#[cfg(feature = "mutants")]
mod switch {
    use std::cell::Cell;

    use super::{Mutant, VARIABLE};

    thread_local! {
        static ON: Cell<Option<Mutant>> = Cell::new(std::env::var(VARIABLE).ok().map(|name| named(&name)));
    }

    /// Switches a mutant on in this thread, or the one that is on off.
    pub fn switch(mutant: Option<Mutant>) {
        ON.set(mutant);
    }

    pub(crate) fn is(mutant: Mutant) -> bool {
        ON.get() == Some(mutant)
    }

    /// A name that is misspelt must not pass for a mutant that survives.
    #[expect(clippy::panic, reason = "compiled for tests only")]
    fn named(name: &str) -> Mutant {
        Mutant::parse(name).unwrap_or_else(|| panic!("there is no mutant {name}"))
    }
}
