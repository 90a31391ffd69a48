//! How long a registry may take, and how much it may send.

use std::time::Duration;

/// How long a registry may take, and how much it may send.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until there is a connection.
    pub connect: Duration,
    /// Between two parts of an answer.
    pub silence: Duration,
    /// For one pull or push as a whole.
    pub total: Duration,
    /// Bytes of a component.
    pub component: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(20),
            total: Duration::from_secs(60),
            // Twenty times the size of the connector that is built in.
            component: 16_000_000,
        }
    }
}
