//! How a command ends: the exit codes.

use std::process::ExitCode;

/// The exit codes, as `--help` shows them.
pub(super) const TABLE: &str = "\
Exit codes:
    0  all went well; of `check`: nothing fails
    1  a defect of koppeling or of the connector: report it
    2  the command line is not understood, or names an office or a connector that is not there
    3  a setting, a file, the key or an address must be mended, or there is no office, or it is paused; a `dialect probe` asks for another dialect
    4  AdvocaatCentraal or Tribe refuses the credentials, or a person must log in to Tribe
    5  a system, the state or the office is not available now: try again later
    6  the state was written by a newer version: use that one
    7  the connector cannot be loaded, is not signed as it must be, or cannot do this
    8  `demo` found a difference between the two systems
    9  nothing is known by that name: no such record, letter, kept value or brake; or nothing was given back
   10  records, fields or webhooks of an office wait for a person: `koppeling status` says why
   11  the initial sync of an office is not done
   12  a brake holds something back until a person decides: `koppeling brake list`
   13  no cycle of an office came to its end for long: `koppeling status` says why
   14  the state of an office would hold more than it may: `koppeling status` says how much it holds
  130  stopped with ctrl-c; `run`, which is stopped so, ends with 0";

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All went well.
    Ok,
    /// A defect of this program or of the connector.
    Defect,
    /// The command line is not understood.
    Usage,
    /// A setting, a settings file or the key must be mended.
    Settings,
    /// A system refuses the credentials.
    Credentials,
    /// A system, the state or the office is not available now.
    Unavailable,
    /// The state was written by a newer version.
    StateNewer,
    /// The connector cannot be loaded, or cannot do this.
    Plugin,
    /// A difference was found.
    Difference,
    /// Nothing is known by the name that was given.
    NothingKnown,
    /// Records, fields or webhooks of an office wait for a person.
    Attention,
    /// The initial sync of an office is not done.
    NotSynced,
    /// A brake holds something back.
    Braked,
    /// No cycle of an office came to its end for long.
    Late,
    /// The state of an office would hold more than it may.
    OfficeFull,
    /// Stopped with ctrl-c.
    Cancelled,
}

impl Exit {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Ok,
        Self::Defect,
        Self::Usage,
        Self::Settings,
        Self::Credentials,
        Self::Unavailable,
        Self::StateNewer,
        Self::Plugin,
        Self::Difference,
        Self::NothingKnown,
        Self::Attention,
        Self::NotSynced,
        Self::Braked,
        Self::Late,
        Self::OfficeFull,
        Self::Cancelled,
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Defect => 1,
            Self::Usage => 2,
            Self::Settings => 3,
            Self::Credentials => 4,
            Self::Unavailable => 5,
            Self::StateNewer => 6,
            Self::Plugin => 7,
            Self::Difference => 8,
            Self::NothingKnown => 9,
            Self::Attention => 10,
            Self::NotSynced => 11,
            Self::Braked => 12,
            Self::Late => 13,
            Self::OfficeFull => 14,
            // 128 and the number of SIGINT, as shells have it.
            Self::Cancelled => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
