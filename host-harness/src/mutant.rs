//! Seeded wrong versions of the host: mistakes that its unit tests must notice. The connector has its own.
//!
//! They exist in the build of the unit tests and in no other: without `cfg(test)` [`is`] is a constant, and the
//! compiler leaves no trace of them. No feature can bring them into a program.

/// The environment variable that switches a mutant on by its name, in the whole process.
pub const VARIABLE: &str = "MUTANT";

macro_rules! mutants {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A wrong version of the host.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// A lease that is not given back lasts for ever.
    LeaseNeverEnds = "lease-never-ends",
    /// Who has lost the lease reads on.
    LateReaderAllowed = "late-reader-allowed",
    /// A place among the calls is kept while another process is waited for.
    PlaceKeptWhileWaiting = "place-kept-while-waiting",
    /// Changes leave the queue before they were pushed.
    DoneBeforePushed = "done-before-pushed",
    /// What was delivered during a push leaves the queue with what was pushed.
    DeliveryDuringPushLost = "delivery-during-push-lost",
    /// A delivery is taken in whoever signed it.
    ForgedTakenIn = "forged-taken-in",
    /// A push that failed is made again at once.
    FailuresWithoutRest = "failures-without-rest",
    /// A cycle that failed was a cycle.
    FailedCycleCounts = "failed-cycle-counts",
    /// A connector that goes in circles goes on.
    CirclesGoOn = "circles-go-on",
    /// The connector reaches any host.
    AnyHostReached = "any-host-reached",
    /// A sealed value opens at every place.
    SealedWithoutPlace = "sealed-without-place",
}

impl Mutant {
    /// The mutant of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mutant| mutant.name() == name)
    }
}

#[cfg(not(test))]
pub(crate) const fn is(_: Mutant) -> bool {
    false
}

/// A name that is misspelt must not pass for a mutant that survives.
#[cfg(test)]
#[expect(clippy::panic, reason = "compiled for tests only")]
pub(crate) fn is(mutant: Mutant) -> bool {
    static ON: std::sync::OnceLock<Option<Mutant>> = std::sync::OnceLock::new();
    let named = |name: String| Mutant::parse(&name).unwrap_or_else(|| panic!("there is no mutant {name}"));
    *ON.get_or_init(|| std::env::var(VARIABLE).ok().map(named)) == Some(mutant)
}
