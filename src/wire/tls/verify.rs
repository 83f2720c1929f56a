//! The verifier of our handshakes: it looks, and never refuses.
//!
//! Takes what rustls asks it to verify; remembers the stapled response, the scheme of the signature, and whether a server
//! failed to prove that it holds its certificate's key.
//! Invariant: every answer to rustls is "go on", and only a signature that was found genuine counts as a proof. Must never
//! judge trust; that is `trust`.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use crate::tls::certificate;
use crate::tls::chain::Proof;

/// Schemes that TLS 1.3 knows in certificates alone (RFC 8446 §4.2.3).
const IN_CERTIFICATES: [SignatureScheme; 4] = [
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::RSA_PKCS1_SHA1,
];

/// Accepts every certificate that is shown to one name.
#[derive(Debug)]
pub(super) struct Recorder {
    provider: Arc<CryptoProvider>,
    /// The worst that any handshake gave.
    proof: Mutex<Proof>,
    /// The scheme that a handshake was signed with; 0 before one was.
    scheme: AtomicU16,
    /// The schemes offered; none: all that can be verified here, and SHA-1.
    offered: Vec<SignatureScheme>,
    staple: Mutex<Option<Bytes>>,
}

impl Recorder {
    pub(super) fn new(provider: &Arc<CryptoProvider>) -> Self {
        Self::offering(provider, &[])
    }

    /// One that offers these schemes by their numbers, and those that certificates alone may be signed with.
    pub(super) fn offering(provider: &Arc<CryptoProvider>, schemes: &[u16]) -> Self {
        let (proof, scheme) = (Mutex::default(), AtomicU16::new(0));
        let more = IN_CERTIFICATES.iter().filter(|_| !schemes.is_empty());
        let offered = schemes.iter().map(|scheme| SignatureScheme::from(*scheme)).chain(more.copied()).collect();
        Self { provider: Arc::clone(provider), proof, scheme, offered, staple: Mutex::default() }
    }

    /// Whether every handshake with this name was signed with its certificate's key.
    pub(super) fn proof(&self) -> Proof {
        *self.proof.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The scheme that the last handshake was signed with; `None` where it was not, as a session was resumed.
    pub(super) fn scheme(&self) -> Option<u16> {
        Some(self.scheme.load(Ordering::Relaxed)).filter(|scheme| *scheme != 0)
    }

    /// The OCSP response that was last stapled.
    pub(super) fn staple(&self) -> Option<Bytes> {
        self.staple.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn look(
        &self,
        (cert, signature): (&CertificateDer<'_>, &DigitallySignedStruct),
        verified: Result<HandshakeSignatureValid, Error>,
    ) -> HandshakeSignatureValid {
        verified.unwrap_or_else(|error| {
            let mut worst = self.proof.lock().unwrap_or_else(PoisonError::into_inner);
            *worst = (*worst).max(proof_of(&error, cert, signature.scheme.into()));
            HandshakeSignatureValid::assertion()
        })
    }
}

/// What a signature proves that was not found genuine: nothing, or that it is another's, where the library checks such keys
/// or the scheme is not one for them.
fn proof_of(error: &Error, cert: &CertificateDer<'_>, scheme: u16) -> Proof {
    let Some(certificate) = certificate::facts(cert) else { return Proof::Unchecked };
    let key = certificate.key;
    let is_wrong = matches!(error, Error::InvalidCertificate(CertificateError::BadSignature)) && key.is_checkable();
    if is_wrong || !key.can_sign_as(scheme) { Proof::Wrong } else { Proof::Unchecked }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let staple = (!ocsp_response.is_empty()).then(|| Bytes::copy_from_slice(ocsp_response));
        *self.staple.lock().unwrap_or_else(PoisonError::into_inner) = staple;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.scheme.store(signature.scheme.into(), Ordering::Relaxed);
        let algorithms = &self.provider.signature_verification_algorithms;
        Ok(self.look((cert, signature), verify_tls12_signature(message, cert, signature, algorithms)))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.scheme.store(signature.scheme.into(), Ordering::Relaxed);
        let algorithms = &self.provider.signature_verification_algorithms;
        Ok(self.look((cert, signature), verify_tls13_signature(message, cert, signature, algorithms)))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        if !self.offered.is_empty() {
            return self.offered.clone();
        }
        let mut schemes = self.provider.signature_verification_algorithms.supported_schemes();
        schemes.extend([SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::ECDSA_SHA1_Legacy]);
        schemes
    }
}
