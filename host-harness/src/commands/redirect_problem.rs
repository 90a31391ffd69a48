//! Why a login by the browser did not come to its end.

/// Why a login did not come to its end. Each is one line that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectProblem {
    /// The redirect URI leads to another machine.
    #[error("only an address such as http://127.0.0.1:8086/login can be listened on; add --paste for any other")]
    NotThisMachine,
    /// No browser came.
    #[error("no browser came back from Tribe; run it again, with --paste if the browser is on another machine")]
    NobodyCame,
    /// The person refused, or Tribe did.
    #[error("Tribe gave no consent; log in as somebody who may allow the application, and allow it")]
    NoConsent,
    /// It belongs to another login.
    #[error("what came back belongs to another login; run it again, and use the address that it shows")]
    AnotherLogin,
    /// There is no code in it.
    #[error("there is no code in what came back; run it again, and paste the whole address that the browser ended at")]
    NoCode,
    /// Tribe did not exchange the code.
    #[error("Tribe takes the code or the application's id and secret no more; run it again, then check the settings")]
    NotTaken,
}
