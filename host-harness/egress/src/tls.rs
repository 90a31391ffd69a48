//! Finds what TLS says in an error of a connection.

use std::error::Error as StdError;
use std::io;

/// The failure of TLS behind an error, if there is one.
///
/// An `io::Error` tells the source of what it holds and never what it holds, and the connector puts one into another;
/// so each is opened on the way.
pub fn tls_failure<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(failure) = cause.downcast_ref() {
            return Some(failure);
        }
        next = match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(held) => Some(held),
            None => cause.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("a connection failed")]
    struct Connection(#[source] io::Error);

    #[test]
    fn it_is_found_however_deep_it_lies() {
        let untrusted = || rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let once = io::Error::new(io::ErrorKind::InvalidData, untrusted());
        assert_eq!(tls_failure(&once), Some(&untrusted()));
        // As the connector and the client wrap it.
        let deep = Connection(io::Error::other(once));
        assert_eq!(tls_failure(&deep), Some(&untrusted()));
    }

    #[test]
    fn what_has_another_cause_has_none() {
        for kind in [io::ErrorKind::ConnectionRefused, io::ErrorKind::UnexpectedEof] {
            assert_eq!(tls_failure(&Connection(kind.into())), None);
            assert_eq!(tls_failure(&Connection(io::Error::other(io::Error::from(kind)))), None);
        }
    }
}
