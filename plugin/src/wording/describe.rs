//! The sentences of a code, whichever table it stands in.

use super::{Code, Outage, Probed, Text, Tried, Why};

/// The sentences of a code, if this version knows it.
pub fn describe(code: &str) -> Option<Text> {
    let of_setup = || Probed::parse(code).map(Probed::text).or_else(|| Tried::parse(code).map(Tried::text));
    let of_outage = || Outage::parse(code).map(Outage::text);
    let of_difference = || Why::parse(code).map(Why::text);
    Code::parse(code).map(Code::text).or_else(of_difference).or_else(of_outage).or_else(of_setup)
}
