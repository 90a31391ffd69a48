//! Why a command fails, in one line that says what to do, and with which exit code.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::{fmt, io};

use dialect::draft::NoDraft;
use koppeling_egress::{NoAuthorities, NotAProxy};

use super::exit::Exit;
use super::redirect_problem::RedirectProblem;
use crate::component::{CallError, LoadError};
use crate::recordings::RecordingProblem;
use crate::registry::{CredentialsProblem, ReferenceProblem, RegistryError, ResolveError, SignatureError};
use crate::run::{Halt, Lasting, NoConnector, TurnError, Wait};
use crate::settings::{FileProblem, OfficeNumber};
use crate::store::{BackupError, KeyError, OpenError, StoreError, Wanted};

/// Why a command failed. Each is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Something was asked at a place where nobody can answer.
    #[error("there is nobody to ask here; give the settings with --from FILE (`koppeling office template` shows one)")]
    NobodyToAsk,
    /// Nothing was given that could be changed.
    #[error(
        "there is nothing to change; give settings with --set NAME=VALUE, --unset NAME or --ask NAME, or the office's \
         connector with --plugin"
    )]
    NothingToEdit,
    /// A secret was given on the command line.
    #[error("{0} is a secret, and a command line is kept and seen; give it with --ask {0}")]
    SecretInTheOpen(String),
    /// Nothing was read where a secret was asked for.
    #[error("no value for {0} was given; nothing was changed")]
    NoSecret(String),
    /// Nothing is known by the name that was given.
    #[error("{0}")]
    NothingKnown(String),
    /// The data folder holds no state, and the command makes none.
    #[error(
        "there is no state in {}; give the folder that has it with --data, or begin one there with `koppeling office add`",
        .0.display()
    )]
    NoState(PathBuf),
    /// There are several offices.
    #[error("there are {0} offices; name the one that you mean (`koppeling office list` shows them)")]
    WhichOffice(usize),
    /// There are none.
    #[error("there is no office yet; add one with `koppeling office add`")]
    NoOffice,
    /// There is no such office.
    #[error("there is no office {0}; `koppeling office list` shows the ones there are")]
    NoSuchOffice(OfficeNumber),
    /// Nobody is there who could type the number of the office.
    #[error("nothing was removed: there is nobody to ask here; remove office {0} with --yes")]
    NobodyToConfirm(OfficeNumber),
    /// Another number was typed.
    #[error("nothing was removed: that is not the number of the office")]
    NotConfirmed,
    /// There is no export of an office that is to go.
    #[error("nothing was removed, since there is no export: {0}; try again, or leave it out with --no-export")]
    NoExport(Box<CommandError>),
    /// A person stopped work for the office.
    #[error("office {office} is {}; let it go on with `koppeling office resume {office}`", .wanted.in_words())]
    NotActive {
        /// The office.
        office: OfficeNumber,
        /// What a person wants instead.
        wanted: Wanted,
    },
    /// The office is there under another spelling of its number.
    #[error("office {given} is there already as {kept}; add its settings under that number")]
    SpelledOtherwise {
        /// The number that was given.
        given: OfficeNumber,
        /// The number under which it is kept.
        kept: OfficeNumber,
    },
    /// An address for webhooks is another office's.
    #[error("{url} is not that of office {office}; give that one, or the address without /tribe/ and what follows")]
    AddressOfAnother {
        /// The address that was given.
        url: String,
        /// The office.
        office: OfficeNumber,
    },
    /// This machine has no data folder.
    #[error("this system has no data folder for you; give one with --data DIR")]
    NoDataFolder,
    /// The data folder cannot be used.
    #[error("the data folder {} cannot be used: {source}", path.display())]
    DataFolder {
        /// The folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A settings file is not understood.
    #[error("{}: {problem}", path.display())]
    SettingsFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: FileProblem,
    },
    /// Saved answers cannot be read.
    #[error(transparent)]
    Samples(#[from] RecordingProblem),
    /// There is nothing to draft a dialect from.
    #[error(transparent)]
    NoDraft(#[from] NoDraft),
    /// Values were asked for where they could be kept.
    #[error("values are data of clients: --show-values shows them on a terminal only, and not with --json")]
    ValuesOffScreen,
    /// A processing log was asked for, and not said of which activity.
    #[error("a processing log names the activity in the register; give its address with --processing-activity")]
    NoActivity,
    /// The address of a proxy is not understood.
    #[error("HTTPS_PROXY {0}")]
    Proxy(#[from] NotAProxy),
    /// There are no authorities in a file.
    #[error("{} {problem}; give another with --ca-bundle", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: NoAuthorities,
    },
    /// An answer is not understood.
    #[error(transparent)]
    Answer(#[from] FileProblem),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A backup was not made, or not put back.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// There is a key, and what it sealed is gone.
    #[error(
        "there is a key in {folder}, but no state; put a backup back with `koppeling restore <FILE>`, or move the key away to \
         begin anew", folder = .0.display()
    )]
    StateGone(PathBuf),
    /// The key stands in the environment, and the new one does not.
    #[error("the key stands in KOPPELING_KEY; give the new one, 64 hexadecimal digits, in KOPPELING_NEW_KEY")]
    NoNewKey,
    /// The new key is the old one.
    #[error("the key in KOPPELING_NEW_KEY is the one that the state has; give another one")]
    SameKey,
    /// The connector cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The name of a connector or of a place in a registry.
    #[error(transparent)]
    Reference(#[from] ReferenceProblem),
    /// The credentials for a registry.
    #[error(transparent)]
    Credentials(#[from] CredentialsProblem),
    /// A connector cannot be had.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// There is nobody who could give the password of a key.
    #[error("there is nobody to ask for the key's password; give it in {0}, empty for a key without one")]
    NoPassword(&'static str),
    /// A signature cannot be verified without one.
    #[error("there is no key to verify with; give the public one with --plugin-key")]
    NoPluginKey,
    /// A file cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The engine cannot be started.
    #[error("the WebAssembly engine does not start on this machine; report this with its kind of processor")]
    NoEngine,
    /// No threads.
    #[error("this system gives no threads; close other programs and try again")]
    NoThreads,
    /// A run cannot go on.
    #[error("{}", .advice.as_deref().map_or_else(|| .halt.to_string(), str::to_owned))]
    Halted {
        /// Why.
        halt: Halt,
        /// The connector's own words, where it has some.
        advice: Option<String>,
    },
    /// A cycle was asked for that cannot be whole yet.
    #[error("office {0} has no completed initial sync, so this was no whole cycle; do it with `koppeling sync {0}`")]
    InitialSyncFirst(OfficeNumber),
    /// A system cannot be used for a while.
    #[error("{0}; try again after {until}", until = .0.wait.until)]
    Later(Box<Unavailable>),
    /// The same in the middle of work that is stored as it goes.
    #[error("{0}; what was done until here is stored, try again after {until}", until = .0.wait.until)]
    Paused(Box<Unavailable>),
    /// An address that never worked leads nowhere.
    #[error("{0}; change it with `koppeling office edit {1} --set {setting}=<address>`, and start again", setting = .0.setting.unwrap_or("<setting>"))]
    AddressToMend(Box<Unavailable>, OfficeNumber),
    /// The port is taken, or the address is not this machine's.
    #[error("{address} cannot be listened on: {source}; choose another with --listen")]
    Listen {
        /// The address.
        address: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// The port for the pages is taken, or the address is not this machine's.
    #[error("{address} cannot be listened on: {source}; choose another for the pages with --pages, or `--pages off`")]
    PagesListen {
        /// The address.
        address: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// The pages would leave this machine without TLS.
    #[error(
        "pages at {0} can be reached from other machines; put a proxy with TLS in front, and give the address that people \
         use with --pages-url https://…"
    )]
    PagesInTheOpen(SocketAddr),
    /// There are no pages that a link could lead to.
    #[error("the pages are off here; give the address of those that are served, with --pages or --pages-url")]
    PagesOff,
    /// A port for the stand-ins is taken.
    #[error("port {} or {} cannot be listened on: {source}; choose others with --advocaatcentraal-port and --tribe-port", .ports.0, .ports.1)]
    Ports {
        /// That of AdvocaatCentraal, and that of Tribe.
        ports: (u16, u16),
        /// What the operating system says.
        source: io::Error,
    },
    /// The port for the browser is taken, or the address is not this machine's.
    #[error("{address} cannot be listened on: {source}; choose another with --redirect-uri, or add --paste")]
    Redirect {
        /// The redirect URI.
        address: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// A login to Tribe did not come to its end.
    #[error(transparent)]
    Login(#[from] RedirectProblem),
    /// No random numbers.
    #[error("this system gives no random numbers; nothing secure can be done on it")]
    NoRandom,
    /// This program was built without the stand-ins.
    #[cfg(not(feature = "sandbox"))]
    #[error(
        "this koppeling was built without the stand-ins of both systems; build one with them by `cargo build -p \
         host-harness --features sandbox`"
    )]
    NoStandIns,
    /// The demo or the sandbox could not go on.
    #[error("{0}")]
    Story(String),
}

impl CommandError {
    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::NoExport(why) => why.exit(),
            Self::Login(RedirectProblem::NotThisMachine)
            | Self::NobodyToAsk
            | Self::NobodyToConfirm(_)
            | Self::NotConfirmed
            | Self::WhichOffice(_)
            | Self::NoSuchOffice(_)
            | Self::SpelledOtherwise { .. }
            | Self::AddressOfAnother { .. }
            | Self::Reference(_)
            | Self::NothingToEdit
            | Self::SecretInTheOpen(_)
            | Self::NoSecret(_)
            | Self::NoPassword(_)
            | Self::NoPluginKey
            | Self::NoActivity
            | Self::ValuesOffScreen => Exit::Usage,
            #[cfg(not(feature = "sandbox"))]
            Self::NoStandIns => Exit::Usage,
            Self::NothingKnown(_) => Exit::NothingKnown,
            Self::NoOffice
            | Self::NotActive { .. }
            | Self::NoState(_)
            | Self::NoDataFolder
            | Self::DataFolder { .. }
            | Self::Unreadable { .. }
            | Self::SettingsFile { .. }
            | Self::Samples(_)
            | Self::NoDraft(NoDraft::NoList(_))
            | Self::Answer(_)
            | Self::Proxy(_)
            | Self::Authorities { .. }
            | Self::Key(_)
            | Self::Credentials(_)
            | Self::Unwritable { .. }
            | Self::AddressToMend(..)
            | Self::Listen { .. }
            | Self::PagesListen { .. }
            | Self::PagesInTheOpen(_)
            | Self::PagesOff
            | Self::Ports { .. }
            | Self::Redirect { .. } => Exit::Settings,
            Self::Login(_) => Exit::Credentials,
            Self::Open(OpenError::Newer { .. }) | Self::Backup(BackupError::Open(OpenError::Newer { .. })) => {
                Exit::StateNewer
            }
            Self::Backup(BackupError::AtWork(_) | BackupError::Store(_) | BackupError::Open(OpenError::Failed(_))) => {
                Exit::Unavailable
            }
            Self::Backup(_) | Self::StateGone(_) | Self::NoNewKey | Self::SameKey => Exit::Settings,
            Self::Open(OpenError::WrongKey) => Exit::Settings,
            Self::Store(StoreError::OfficeFull(_)) => Exit::OfficeFull,
            Self::Open(OpenError::Failed(_)) | Self::Store(_) | Self::NoThreads | Self::NoRandom => Exit::Unavailable,
            Self::Later(_) | Self::Paused(_) => Exit::Unavailable,
            Self::Resolve(ResolveError::Registry(error)) if error.passes() => Exit::Unavailable,
            Self::Resolve(ResolveError::Signature(
                SignatureError::NotAPublicKey { .. }
                | SignatureError::NotASecretKey { .. }
                | SignatureError::File { .. },
            )) => Exit::Settings,
            Self::Resolve(_) | Self::Load(_) | Self::NoEngine => Exit::Plugin,
            Self::Halted { halt, .. } => exit_of(halt),
            Self::InitialSyncFirst(_) => Exit::NotSynced,
            Self::NoDraft(NoDraft::Misfit(_)) | Self::Story(_) => Exit::Defect,
        }
    }
}

fn exit_of(halt: &Halt) -> Exit {
    match halt {
        Halt::Settings(_) | Halt::NotActive | Halt::NoProcessingLog(_) => Exit::Settings,
        Halt::Credentials(_) => Exit::Credentials,
        Halt::StateNewer(_) => Exit::StateNewer,
        Halt::NoConnector(NoConnector { lasting: Lasting::ForNow, .. }) => Exit::Unavailable,
        Halt::Unsupported | Halt::NoConnector(_) => Exit::Plugin,
        Halt::NoSuchOffice => Exit::Usage,
        Halt::Store(StoreError::OfficeFull(_)) | Halt::Call(CallError::OfficeFull(_)) => Exit::OfficeFull,
        Halt::Busy
        | Halt::Store(_)
        | Halt::Call(
            CallError::Deadline(_)
            | CallError::LeaseLost
            | CallError::NoLease
            | CallError::Store(_)
            | CallError::Damaged,
        ) => Exit::Unavailable,
        Halt::Defect(_) | Halt::Endless | Halt::Call(_) => Exit::Defect,
        Halt::Cancelled => Exit::Cancelled,
    }
}

/// A system that cannot be used for a while, with the connector's own words of why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// Which one, and until when.
    pub wait: Wait,
    /// Why, in a sentence; none where the connector gives none.
    pub why: Option<String>,
    /// The setting with the address that it may be about.
    pub setting: Option<&'static str>,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not available now", self.wait.system())?;
        if let Some(why) = &self.why {
            write!(f, ": {}", why.trim_end_matches('.'))?;
        }
        if let Some(status) = self.wait.reason.as_ref().and_then(|reason| reason.status) {
            write!(f, " (HTTP {status})")?;
        }
        match self.setting {
            Some(setting) => write!(f, " (setting {setting})"),
            None => Ok(()),
        }
    }
}

impl From<Halt> for CommandError {
    fn from(halt: Halt) -> Self {
        Self::Halted { halt, advice: None }
    }
}

impl From<RegistryError> for CommandError {
    fn from(error: RegistryError) -> Self {
        Self::Resolve(error.into())
    }
}

impl From<SignatureError> for CommandError {
    fn from(error: SignatureError) -> Self {
        Self::Resolve(error.into())
    }
}

impl From<TurnError> for CommandError {
    fn from(error: TurnError) -> Self {
        Halt::from(error).into()
    }
}
