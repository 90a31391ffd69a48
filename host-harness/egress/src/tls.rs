//! Finds what TLS says in an error of a connection.

use std::error::Error as StdError;
use std::io;

use rustls::CertificateError;
use wasmtime_wasi_http::Error;

/// Alerts by their numbers.
const BAD_CERTIFICATE: u8 = 42;
const CERTIFICATE_EXPIRED: u8 = 45;
const UNKNOWN_CA: u8 = 48;

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

/// What a failure of TLS means, without any of its text. Where a certificate is refused it has the number of the alert that
/// says why (RFC 8446, 6.2), which a component may know.
pub(crate) fn code_of_tls(failure: &rustls::Error) -> Error {
    let alert = |id| Error::TlsAlertReceived { alert_id: Some(id), alert_message: None };
    match failure {
        rustls::Error::InvalidCertificate(wrong) => match wrong {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => alert(CERTIFICATE_EXPIRED),
            CertificateError::UnknownIssuer => alert(UNKNOWN_CA),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                alert(BAD_CERTIFICATE)
            }
            _ => Error::TlsCertificateError,
        },
        rustls::Error::AlertReceived(received) => alert(u8::from(*received)),
        _ => Error::TlsProtocolError,
    }
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
    fn what_is_wrong_with_a_certificate_has_the_number_of_its_alert() {
        let of = |wrong| match code_of_tls(&rustls::Error::InvalidCertificate(wrong)) {
            Error::TlsAlertReceived { alert_id, .. } => alert_id,
            _ => None,
        };
        assert_eq!(of(CertificateError::Expired), Some(45));
        assert_eq!(of(CertificateError::NotValidYet), Some(45));
        assert_eq!(of(CertificateError::UnknownIssuer), Some(48));
        assert_eq!(of(CertificateError::NotValidForName), Some(42));
        assert_eq!(of(CertificateError::Revoked), None);
        assert!(matches!(code_of_tls(&rustls::Error::General(String::new())), Error::TlsProtocolError));
    }

    #[test]
    fn what_has_another_cause_has_none() {
        for kind in [io::ErrorKind::ConnectionRefused, io::ErrorKind::UnexpectedEof] {
            assert_eq!(tls_failure(&Connection(kind.into())), None);
            assert_eq!(tls_failure(&Connection(io::Error::other(io::Error::from(kind)))), None);
        }
    }
}
