//! The server's certificate.
//!
//! Takes a PEM file with a chain and its key, gives what TLS connections are accepted with. Invariant: what cannot be
//! used is said before anything listens. Must never import a folder above `engine`.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::base::capped::{Capped, read_all};
use crate::diagnostic::{Blame, Diagnostic};

/// Bytes of a PEM file.
const MAX_PEM: usize = 1 << 20;

/// Reads a certificate chain and its key.
///
/// # Errors
/// Where the file cannot be read, or lacks one of them.
pub fn read_certificate(path: &Path) -> Result<Arc<ServerConfig>, Diagnostic> {
    let wrong = |why: &dyn std::fmt::Display| {
        let title = format!("the certificate `{}` cannot be used: {why}", path.display());
        Diagnostic::error("C0313", Blame::Configuration, title)
            .help("it must be PEM: the chain, the server's own certificate first, and its private key")
    };
    let unreadable = |error: std::io::Error| {
        let title = format!("the certificate `{}` cannot be read: {error}", path.display());
        Diagnostic::error("C0312", Blame::Configuration, title)
    };
    let Capped::Whole(pem) = File::open(path).and_then(|file| read_all(file, MAX_PEM)).map_err(unreadable)? else {
        return Err(wrong(&"it is larger than 1 MiB"));
    };
    let chain: Vec<_> =
        CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|error| wrong(&error))?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| wrong(&"it holds no private key"))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(|error| wrong(&error))?;
    let config = config.with_no_client_auth().with_single_cert(chain, key).map_err(|error| wrong(&error))?;
    Ok(Arc::new(config))
}
