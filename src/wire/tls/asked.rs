//! Whether a server asks for a client certificate, and of which authorities.
//!
//! Takes what rustls is asked for; answers as the user's settings say. Must never open a socket.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;

use crate::observation::ClientCertificate;

/// Names of authorities that are kept.
const AUTHORITIES: usize = 64;

/// Answers as another resolver does, and remembers that it was asked.
#[derive(Debug)]
pub(super) struct Asked {
    inner: Arc<dyn ResolvesClientCert>,
    wish: Mutex<Option<ClientCertificate>>,
}

impl Asked {
    /// Listens to what `inner` is asked.
    pub(super) fn new(inner: Arc<dyn ResolvesClientCert>) -> Self {
        Self { inner, wish: Mutex::default() }
    }

    /// What the server asked for, if it did.
    pub(super) fn wish(&self) -> Option<ClientCertificate> {
        self.wish.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesClientCert for Asked {
    fn resolve(&self, authorities: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let wish = ClientCertificate {
            authorities: authorities.iter().take(AUTHORITIES).map(|name| Bytes::copy_from_slice(name)).collect(),
            schemes: schemes.iter().map(|scheme| u16::from(*scheme)).collect(),
        };
        *self.wish.lock().unwrap_or_else(PoisonError::into_inner) = Some(wish);
        self.inner.resolve(authorities, schemes)
    }

    // Without a certificate rustls would not ask, and so not tell.
    fn has_certs(&self) -> bool {
        true
    }
}
