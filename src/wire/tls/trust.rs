//! Whether a chain is trusted for a host: judged after the handshake, never in it.
//!
//! Takes the chain as sent, the name asked for and the time; gives the reason against it, in words of ours because
//! certificates hold text of the target. Must never open a socket.

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::{CertificateDer, IpAddr as PkiIp, ServerName, UnixTime};
use rustls::{CertificateError, Error};

/// The name for SNI and for judging the certificate; an address is judged but never sent (RFC 6066 §3).
pub(in crate::wire) fn name_of(host: &str) -> Option<ServerName<'static>> {
    match host.parse::<std::net::IpAddr>() {
        Ok(ip) => Some(ServerName::IpAddress(PkiIp::from(ip))),
        Err(_) => ServerName::try_from(host.to_owned()).ok(),
    }
}

/// Why the chain is not trusted for `name`; `None` where it is.
pub(super) fn judge(
    roots: &WebPkiServerVerifier,
    chain: &[CertificateDer<'_>],
    name: &ServerName<'_>,
    now: UnixTime,
) -> Option<&'static str> {
    let Some((end_entity, intermediates)) = chain.split_first() else {
        return Some("the server sent no certificate");
    };
    match roots.verify_server_cert(end_entity, intermediates, name, &[], now) {
        Ok(_) => None,
        Err(Error::InvalidCertificate(error)) => Some(reason(&error)),
        Err(_) => Some("the certificate cannot be verified"),
    }
}

fn reason(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "the certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet"
        }
        CertificateError::UnknownIssuer => "the certificate comes from an unknown issuer",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another name"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the certificate is not for servers"
        }
        CertificateError::BadSignature => "a signature in the chain is wrong",
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "the chain is signed with an algorithm that is no longer accepted"
        }
        CertificateError::Revoked => "the certificate is revoked",
        CertificateError::BadEncoding => "the certificate is malformed",
        _ => "the certificate is not valid",
    }
}
