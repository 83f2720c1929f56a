//! TLS configuration: once per scan, and a light copy per host.
//!
//! Takes the user's CA file and client certificate, gives client configurations for HTTP/1.1 and HTTP/2. Invariant: two
//! hosts, or names of one, share neither sessions nor verdicts. Must never open a socket.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};

use super::verify::Recorder;
use crate::base::capped::{Capped, read_all};
use crate::diagnostic::{Blame, Diagnostic};
use crate::tls::chain::Roots;

/// Bytes of a PEM file.
const MAX_PEM: usize = 4 << 20;
/// Sessions that are kept to resume, per host and name.
const SESSIONS: usize = 8;
/// Names that a host is asked by, whose configurations are kept.
const NAMES: usize = 32;

/// What all hosts share.
#[derive(Debug)]
pub(in crate::wire) struct Tls {
    pub(super) template: ClientConfig,
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) roots: Arc<Roots>,
}

/// The configurations of one host, by the name that it is asked by: what a server shows to one it need not show to another.
#[derive(Debug, Default)]
pub(in crate::wire) struct HostTls {
    named: Mutex<HashMap<ServerName<'static>, Arc<NameTls>>>,
}

/// The configurations for one name, and what handshakes with it showed beyond their certificates.
#[derive(Debug)]
pub(super) struct NameTls {
    pub(super) recorder: Arc<Recorder>,
    pub(super) http1: Arc<ClientConfig>,
    pub(super) http2: Arc<ClientConfig>,
}

impl HostTls {
    /// The configurations for a name, the same ones every time as long as there are not too many.
    pub(super) fn named(&self, tls: &Tls, name: &ServerName<'static>) -> Arc<NameTls> {
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if named.len() >= NAMES && !named.contains_key(name) {
            named.clear();
        }
        Arc::clone(named.entry(name.clone()).or_insert_with(|| Arc::new(tls.for_name())))
    }
}

impl Tls {
    /// Reads the files and prepares the roots.
    pub(in crate::wire) fn new(ca_file: Option<&Path>, client_cert: Option<&Path>) -> Result<Self, Diagnostic> {
        let provider = Arc::new(ring::default_provider());
        let mut store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = ca_file {
            add_authorities(&mut store, path)?;
        }
        let internal = |error: &dyn std::fmt::Display| {
            Diagnostic::error("I0310", Blame::Outsight, format!("TLS cannot be set up: {error}"))
        };
        let roots = Arc::new(Roots::new(store.roots, webpki_roots::TLS_SERVER_ROOTS.len()));
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| internal(&error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Recorder::new(&provider)));
        let template = match client_cert {
            Some(path) => {
                let key = client_key(path, &provider)?;
                config.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key)))
            }
            None => config.with_no_client_auth(),
        };
        Ok(Self { template, provider, roots })
    }

    fn for_name(&self) -> NameTls {
        let recorder = Arc::new(Recorder::new(&self.provider));
        let mut http1 = self.template.clone();
        http1.dangerous().set_certificate_verifier(Arc::clone(&recorder) as _);
        http1.resumption = Resumption::in_memory_sessions(SESSIONS);
        http1.alpn_protocols = vec![b"http/1.1".to_vec()];
        let mut http2 = http1.clone();
        http2.alpn_protocols = vec![b"h2".to_vec()];
        NameTls { recorder, http1: Arc::new(http1), http2: Arc::new(http2) }
    }
}

fn read_pem(path: &Path, what: &str) -> Result<Vec<u8>, Diagnostic> {
    let unreadable = |error: std::io::Error| {
        let title = format!("The {what} {} cannot be read: {error}", path.display());
        Diagnostic::error("C0312", Blame::Configuration, title)
    };
    match File::open(path).and_then(|file| read_all(file, MAX_PEM)).map_err(unreadable)? {
        Capped::Whole(pem) => Ok(pem),
        Capped::TooLong => Err(wrong_pem(path, what, "it is larger than 4 MiB")),
    }
}

fn wrong_pem(path: &Path, what: &str, why: &str) -> Diagnostic {
    let title = format!("The {what} {} cannot be used: {why}", path.display());
    Diagnostic::error("C0313", Blame::Configuration, title).help("It must be PEM: blocks that start with `-----BEGIN`")
}

fn add_authorities(store: &mut RootCertStore, path: &Path) -> Result<(), Diagnostic> {
    let what = "CA file";
    let pem = read_pem(path, what)?;
    let mut added = 0;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| wrong_pem(path, what, &error.to_string()))?;
        store.add(certificate).map_err(|error| wrong_pem(path, what, &error.to_string()))?;
        added += 1;
    }
    if added == 0 { Err(wrong_pem(path, what, "it holds no certificate")) } else { Ok(()) }
}

fn client_key(path: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, Diagnostic> {
    let what = "client certificate";
    let pem = read_pem(path, what)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let chain = chain.map_err(|error| wrong_pem(path, what, &error.to_string()))?;
    if chain.is_empty() {
        return Err(wrong_pem(path, what, "it holds no certificate"));
    }
    let key = PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_| wrong_pem(path, what, "it holds no private key, which belongs into the same file"))?;
    CertifiedKey::from_der(chain, key, provider).map_err(|error| wrong_pem(path, what, &error.to_string()))
}
