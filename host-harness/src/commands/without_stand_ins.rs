//! What stands in for `koppeling demo` and `koppeling sandbox` in a program that was built without the stand-ins.

use std::ffi::OsString;

use clap::Args;

/// Takes whatever these commands take, so that the answer is where they are and not what is wrong with an argument.
#[derive(Args)]
pub(super) struct WithoutStandIns {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _arguments: Vec<OsString>,
}
