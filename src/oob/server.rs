//! The interaction server as a whole.
//!
//! Takes settings and a register; binds every address before it serves any. Gives a handle; everything ends when that is
//! dropped. Invariant: it serves on all of its addresses or on none. Must never import a folder above `engine`.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use rustls::ServerConfig;
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::access::Access;
use super::bounds::{CONNECTION, CONVERSATION};
use super::dns::{Dns, Zone};
use super::http::Http;
use super::listen::accept;
use super::register::Register;
use super::smtp::Smtp;

/// How often a port of the system's choice is tried, until it is free for UDP and TCP.
const TRIES: usize = 16;

/// A protocol that the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// DNS over UDP and TCP.
    Dns,
    /// HTTP/1.1.
    Http,
    /// HTTP/1.1 over TLS.
    Https,
    /// SMTP.
    Smtp,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 4] = [Self::Dns, Self::Http, Self::Https, Self::Smtp];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Http => "http",
            Self::Https => "https",
            Self::Smtp => "smtp",
        }
    }

    /// The port that callers expect it on.
    pub fn port(self) -> u16 {
        match self {
            Self::Dns => 53,
            Self::Http => 80,
            Self::Https => 443,
            Self::Smtp => 25,
        }
    }
}

/// A service and the address that it listens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listening {
    /// The service.
    pub service: Service,
    /// The address; with port 0 the system chooses one.
    pub address: SocketAddr,
}

/// Settings of a server.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// The domain that is ours; without one there is no DNS.
    pub zone: Option<Zone>,
    /// Where to listen, and for what.
    pub listen: Vec<Listening>,
    /// Certificate and key for HTTPS.
    pub certificate: Option<Arc<ServerConfig>>,
    /// Who may register.
    pub access: Access,
}

/// Why a server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address} for {}: {error}", service.name())]
    Address {
        /// For what.
        service: Service,
        /// The address.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// A DNS server needs a domain to answer for.
    #[error("a DNS server needs a domain")]
    NoDomain,
    /// HTTPS needs a certificate.
    #[error("HTTPS needs a certificate")]
    NoCertificate,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    listening: Vec<Listening>,
    _tasks: JoinSet<()>,
}

impl Server {
    /// Starts one. Needs a running `tokio` runtime.
    ///
    /// # Errors
    /// Where an address cannot be had, or a service lacks what it needs.
    pub async fn start(settings: ServerSettings, register: Arc<Register>) -> Result<Self, StartError> {
        let site: Arc<str> = settings.zone.as_ref().map_or_else(|| "outsight".to_owned(), Zone::domain).into();
        let http = Http { site: Arc::clone(&site), access: Arc::new(settings.access), register: Arc::clone(&register) };
        let mut tasks = Tasks::default();
        for listening in settings.listen {
            match listening.service {
                Service::Dns => {
                    let zone = Arc::new(settings.zone.clone().ok_or(StartError::NoDomain)?);
                    tasks.add_dns(Dns { zone, register: Arc::clone(&register) }, listening).await?;
                }
                Service::Http => tasks.add_http(http.clone(), listening).await?,
                Service::Https => {
                    let config = settings.certificate.clone().ok_or(StartError::NoCertificate)?;
                    tasks.add_https(http.clone(), TlsAcceptor::from(config), listening).await?;
                }
                Service::Smtp => {
                    let smtp = Smtp { site: Arc::clone(&site), register: Arc::clone(&register) };
                    tasks.add_smtp(smtp, listening).await?;
                }
            }
        }
        Ok(Self { listening: tasks.listening, _tasks: tasks.tasks })
    }

    /// Where it listens.
    pub fn listening(&self) -> &[Listening] {
        &self.listening
    }

    /// Where it listens for that, first.
    pub fn address(&self, service: Service) -> Option<SocketAddr> {
        self.listening.iter().find(|listening| listening.service == service).map(|listening| listening.address)
    }
}

/// The tasks of a server that is being started. A task begins when the runtime next turns to it, so where a later
/// address fails, those before it have answered nobody.
#[derive(Default)]
struct Tasks {
    tasks: JoinSet<()>,
    listening: Vec<Listening>,
}

impl Tasks {
    async fn add_dns(&mut self, dns: Dns, wanted: Listening) -> Result<(), StartError> {
        let (socket, listener) = bind_both(wanted).await?;
        self.heard(wanted, listener.local_addr())?;
        self.tasks.spawn(dns.clone().serve_udp(socket));
        self.tasks.spawn(accept(listener, CONNECTION, move |stream, remote| dns.clone().serve_tcp(stream, remote)));
        Ok(())
    }

    async fn add_http(&mut self, http: Http, wanted: Listening) -> Result<(), StartError> {
        let listener = self.bind(wanted).await?;
        self.tasks.spawn(accept(listener, CONNECTION, move |stream, remote| http.clone().serve(stream, remote)));
        Ok(())
    }

    async fn add_https(&mut self, http: Http, tls: TlsAcceptor, wanted: Listening) -> Result<(), StartError> {
        let listener = self.bind(wanted).await?;
        let serve = move |stream, remote| http.clone().serve_tls(stream, remote, tls.clone());
        self.tasks.spawn(accept(listener, CONNECTION, serve));
        Ok(())
    }

    async fn add_smtp(&mut self, smtp: Smtp, wanted: Listening) -> Result<(), StartError> {
        let listener = self.bind(wanted).await?;
        self.tasks.spawn(accept(listener, CONVERSATION, move |stream, remote| smtp.clone().serve(stream, remote)));
        Ok(())
    }

    async fn bind(&mut self, wanted: Listening) -> Result<TcpListener, StartError> {
        let listener = TcpListener::bind(wanted.address).await.map_err(|error| wanted.failed(error))?;
        self.heard(wanted, listener.local_addr())?;
        Ok(listener)
    }

    fn heard(&mut self, wanted: Listening, address: io::Result<SocketAddr>) -> Result<(), StartError> {
        let address = address.map_err(|error| wanted.failed(error))?;
        self.listening.push(Listening { address, ..wanted });
        Ok(())
    }
}

impl Listening {
    fn failed(self, error: io::Error) -> StartError {
        StartError::Address { service: self.service, address: self.address, error }
    }
}

/// The same port for UDP and TCP.
async fn bind_both(wanted: Listening) -> Result<(UdpSocket, TcpListener), StartError> {
    let mut tries = 0;
    loop {
        let socket = UdpSocket::bind(wanted.address).await.map_err(|error| wanted.failed(error))?;
        let address = socket.local_addr().map_err(|error| wanted.failed(error))?;
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok((socket, listener)),
            Err(_) if wanted.address.port() == 0 && tries < TRIES => tries += 1,
            Err(error) => return Err(wanted.failed(error)),
        }
    }
}

/// The addresses of a name, one of each family at most.
pub fn families(addresses: &[std::net::IpAddr]) -> (Option<Ipv4Addr>, Option<Ipv6Addr>) {
    let mut found = (None, None);
    for address in addresses {
        match address {
            std::net::IpAddr::V4(v4) => found.0 = found.0.or(Some(*v4)),
            std::net::IpAddr::V6(v6) => found.1 = found.1.or(Some(*v6)),
        }
    }
    found
}
