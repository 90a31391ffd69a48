//! Every kind of fault, by name.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a kind of fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// On the way to a system or back.
    Network,
    /// In the status of an answer.
    Status,
    /// In the data of an answer that is a success.
    Data,
    /// In clocks and stamps.
    Time,
    /// In Tribe's webhooks.
    Hooks,
    /// In what users do at a bad moment.
    Users,
    /// In the process that runs the connector.
    Process,
}

/// What a system with such a fault said about its records, and so what it takes to agree after the fault has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Nothing wrong: two polls are enough.
    Kept,
    /// Something wrong that no new stamp corrects: the nightly sweep finds it.
    Broken,
    /// That it refuses a record as it is: the record waits until a person tries it again.
    Refused,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal, $family:ident, $truth:ident, $rate:literal;)+) => {
        /// A kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Kind {
            $($(#[$doc])* $kind,)+
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            /// The name in reports and scenarios.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }

            /// Where it strikes.
            pub const fn family(self) -> Family {
                match self {
                    $(Self::$kind => Family::$family,)+
                }
            }

            /// What a system with such a fault said about its records.
            pub const fn truth(self) -> Truth {
                match self {
                    $(Self::$kind => Truth::$truth,)+
                }
            }

            /// How often it strikes in ten thousand chances, unless a scenario says otherwise.
            pub const fn usual_rate(self) -> u32 {
                match self {
                    $(Self::$kind => $rate,)+
                }
            }
        }
    };
}

kinds! {
    /// The server cannot be reached.
    Refused = "refused", Network, Kept, 150;
    /// The connection ends before the server acts; the connector cannot know that.
    ResetBefore = "reset-before", Network, Kept, 150;
    /// The connection ends after the server acted: the answer is lost.
    ResetAfter = "reset-after", Network, Kept, 200;
    /// No answer within a minute; the server acted or did not.
    Timeout = "timeout", Network, Kept, 100;
    /// The body ends in the middle.
    Truncated = "truncated", Network, Kept, 150;
    /// The answer takes twenty seconds.
    Slow = "slow", Network, Kept, 200;

    /// 400.
    Status400 = "400", Status, Refused, 60;
    /// 401.
    Status401 = "401", Status, Kept, 80;
    /// 403.
    Status403 = "403", Status, Kept, 40;
    /// 404 for what is there.
    Status404 = "404", Status, Broken, 60;
    /// 409.
    Status409 = "409", Status, Refused, 300;
    /// 410 for what is there.
    Status410 = "410", Status, Broken, 40;
    /// 412 though nobody else wrote.
    Status412 = "412", Status, Refused, 300;
    /// 413.
    Status413 = "413", Status, Refused, 150;
    /// 422.
    Status422 = "422", Status, Refused, 200;
    /// 429 with a number of seconds.
    Status429Seconds = "429-seconds", Status, Kept, 60;
    /// 429 with a date.
    Status429Date = "429-date", Status, Kept, 60;
    /// 429 without a time.
    Status429Bare = "429-bare", Status, Kept, 60;
    /// 429 with a time that makes no sense.
    Status429Absurd = "429-absurd", Status, Kept, 60;
    /// 500; the server acted or did not.
    Status500 = "500", Status, Kept, 150;
    /// 502 with a page; the server acted or did not.
    Status502Html = "502-html", Status, Kept, 150;
    /// 503 with a time.
    Status503 = "503", Status, Kept, 100;
    /// 200 with a page, and the system behind it saw nothing.
    Html200 = "200-html", Status, Kept, 150;
    /// 200 with an error, and nothing was done.
    Error200 = "200-error", Status, Kept, 150;
    /// 204 where an answer has a body.
    Empty204 = "204", Status, Kept, 150;

    /// The list is null.
    NullList = "null-list", Data, Broken, 150;
    /// A key is missing.
    AbsentKey = "absent-key", Data, Broken, 300;
    /// An unknown word where there is a fixed list of words.
    UnknownValue = "unknown-value", Data, Broken, 200;
    /// An unknown key.
    ExtraKey = "extra-key", Data, Kept, 300;
    /// A number where text was.
    NumberForText = "number-for-text", Data, Broken, 300;
    /// A value of a form that its field cannot have: a list, an object, a truth value, a fraction.
    OddShape = "odd-shape", Data, Broken, 300;
    /// A text longer than any field.
    OverLong = "over-long", Data, Broken, 300;
    /// A byte that is no UTF-8.
    BadUtf8 = "bad-utf8", Data, Kept, 100;
    /// Accents as characters of their own.
    Decomposed = "nfd", Data, Kept, 300;
    /// A row stands in the page twice.
    DuplicatedRow = "duplicated-row", Data, Kept, 300;
    /// A row is missing from the page.
    MissingRow = "missing-row", Data, Broken, 150;
    /// The next page is this page.
    NextToItself = "next-to-itself", Data, Kept, 2_000;
    /// Half of the page, and nothing shows that.
    ClippedPage = "clipped-page", Data, Broken, 100;
    /// A stamp in the future.
    FutureStamp = "future-stamp", Data, Kept, 200;
    /// A stamp that is null.
    NullStamp = "null-stamp", Data, Broken, 200;

    /// The connector's clock is up to ten minutes off.
    ClockSkew = "clock-skew", Time, Kept, 10_000;
    /// The night in which the clock goes back, with stamps without an offset.
    AutumnNight = "autumn-night", Time, Kept, 10_000;
    /// The night in which the clock goes forward, with stamps without an offset.
    SpringNight = "spring-night", Time, Kept, 10_000;
    /// Rows show in AC's lists up to eight minutes after their stamp.
    LateRows = "late-rows", Time, Kept, 10_000;
    /// A user changes every relation of AC in the same second.
    EqualStamps = "equal-stamps", Time, Kept, 300;

    /// A webhook is not delivered.
    HookLost = "hook-lost", Hooks, Kept, 3_000;
    /// A webhook is delivered 46 times.
    HookCopies = "hook-copies", Hooks, Kept, 500;
    /// Webhooks come in another order.
    HookReordered = "hook-reordered", Hooks, Kept, 3_000;
    /// A webhook comes an hour late.
    HookDelayed = "hook-delayed", Hooks, Kept, 1_000;
    /// Three thousand webhooks come at once.
    HookBurst = "hook-burst", Hooks, Kept, 100;

    /// A user edits between two requests of the connector. Not between its last read and its write in Tribe, which has
    /// no ETag to show that.
    EditBetween = "edit-between", Users, Kept, 400;
    /// A value is changed and changed back.
    BackAndForth = "back-and-forth", Users, Kept, 800;
    /// A contact person goes to another organisation.
    Move = "move", Users, Kept, 800;
    /// A relation gets other types.
    TypeChange = "type-change", Users, Kept, 800;
    /// A company becomes a private person in AC, or the other way round.
    OtherKind = "other-kind", Users, Kept, 300;
    /// A record is archived, or taken out of the archive.
    Archive = "archive", Users, Kept, 800;
    /// Two organisations are merged in Tribe: copied, then deleted.
    Merge = "merge", Users, Kept, 400;
    /// A user of Tribe divides the name of a private person over several fields, or puts it back into one.
    NameSplit = "name-split", Users, Kept, 800;
    /// A user of Tribe gives a record an address.
    AddressAdded = "address-added", Users, Kept, 800;
    /// A user of Tribe removes the address of a record.
    AddressRemoved = "address-removed", Users, Kept, 800;
    /// A record is deleted in Tribe.
    DeleteInTribe = "delete-in-tribe", Users, Kept, 400;
    /// A new relation or contact person in AC.
    NewInAc = "new-in-ac", Users, Kept, 800;

    /// The process ends right after a write to the store.
    CrashAtWrite = "crash-at-write", Process, Kept, 100;
    /// The process ends while a request is under way.
    CrashAtRequest = "crash-at-request", Process, Kept, 100;
    /// The settings change between two slices.
    SettingsChanged = "settings-changed", Process, Broken, 800;
    /// A person pauses one direction, or lets it go on.
    DirectionPaused = "direction-paused", Process, Kept, 1_500;
    /// The store is lost, and the initial sync is run again.
    StateLost = "state-lost", Process, Broken, 200;
    /// An older copy of the store is put back.
    OlderCopy = "older-copy", Process, Broken, 400;
    /// Slices may make only a few requests.
    TinySlices = "tiny-slices", Process, Kept, 10_000;
}

impl Kind {
    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.name().to_owned()
    }
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::named(&name).ok_or_else(|| format!("no fault is called {name}"))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
