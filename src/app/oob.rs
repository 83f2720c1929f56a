//! Interactions out of band for a command: the server in this process, or the client of one elsewhere.
//!
//! Takes settings; gives a mailbox that fills while the handle lives. Invariant: what cannot work is said before a target
//! is sent anything. Must never import `cli`.

use std::net::SocketAddr;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;

use super::network::value;
use super::settings::{Layer, OobSite};
use crate::base::{Clock, Secret};
use crate::diagnostic::{Blame, Diagnostic};
use crate::engine::{self, Mailbox};
use crate::observation::{CallbackNames, CallbackSite, CorrelationId};
use crate::oob::{
    Access, Client, ClientError, ClientSettings, Listening, Register, Server, ServerSettings, Service, StartError,
    Zone, read_certificate,
};

/// What fills a mailbox, until stopped or dropped.
pub struct Oob {
    mailbox: Arc<Mailbox>,
    source: Source,
}

enum Source {
    Own(Server),
    Elsewhere(Arc<Client>, JoinHandle<()>),
}

impl Oob {
    /// Starts what the settings ask for; `None` where they ask for nothing.
    ///
    /// # Errors
    /// What does not fit together, cannot be listened on or cannot be reached.
    pub async fn start(settings: &Layer, engine: &engine::Settings) -> Result<Option<Self>, Diagnostic> {
        let Some(site) = value(&settings.oob) else { return Ok(None) };
        let (correlation, seed) = identity(engine.seed)?;
        let started = match site {
            OobSite::Elsewhere(url) => {
                only_for_own(settings)?;
                let token = value(&settings.oob_token).map(|token| token.0);
                let (wire, clock) = (engine.wire.clone(), engine.clock);
                Self::elsewhere(ClientSettings { url, token, correlation, seed, wire, clock }).await?
            }
            own => {
                let register = Arc::new(Register::new(engine.clock));
                let server = start_server(settings, &own, Access::Closed, Arc::clone(&register)).await?;
                let names = CallbackNames::new(correlation, site_of(&own, &server), seed);
                let mailbox = Arc::new(Mailbox::new(names));
                register.add_scan(Arc::clone(&mailbox));
                Self { mailbox, source: Source::Own(server) }
            }
        };
        Ok(Some(started))
    }

    async fn elsewhere(settings: ClientSettings) -> Result<Self, Diagnostic> {
        let url = settings.url.clone();
        let client = Client::register(settings).await.map_err(|error| useless(&url, &error))?;
        let client = Arc::new(client);
        let serving = Arc::clone(&client);
        let task = tokio::spawn(async move { serving.serve().await });
        Ok(Self { mailbox: Arc::clone(client.mailbox()), source: Source::Elsewhere(client, task) })
    }

    /// What fills.
    pub fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// Stops listening, or takes leave of the server elsewhere.
    pub async fn stop(self) {
        match self.source {
            Source::Own(server) => drop(server),
            Source::Elsewhere(client, task) => {
                task.abort();
                client.leave().await;
            }
        }
    }
}

/// A server by itself, for clients of other machines and for who watches.
pub struct Standalone {
    /// The server.
    pub server: Server,
    /// A name that leads to it and carries an id, to try it with.
    pub example: String,
}

/// Starts a server by itself; `register` may have a watcher.
///
/// # Errors
/// What does not fit together or cannot be listened on.
pub async fn stand_alone(settings: &Layer, access: Access, register: Register) -> Result<Standalone, Diagnostic> {
    let site = match value(&settings.oob) {
        Some(OobSite::Elsewhere(url)) => {
            let title = format!("`{url}` is a server elsewhere");
            return Err(misfit(title, "this command is one: write DOMAIN=ADDRESS or HOST:PORT"));
        }
        Some(site) => site,
        None => {
            return Err(misfit("there is no domain and no address".to_owned(), "write DOMAIN=ADDRESS or HOST:PORT"));
        }
    };
    let (correlation, seed) = identity(None)?;
    let register = Arc::new(register);
    let server = start_server(settings, &site, access, Arc::clone(&register)).await?;
    let names = CallbackNames::new(correlation.clone(), site_of(&site, &server), seed);
    register.add_operator(correlation);
    Ok(Standalone { server, example: names.address(&names.id("example", 0)) })
}

async fn start_server(
    settings: &Layer,
    site: &OobSite,
    access: Access,
    register: Arc<Register>,
) -> Result<Server, Diagnostic> {
    let certificate = value(&settings.oob_cert).map(|path| read_certificate(&path)).transpose()?;
    let listen = value(&settings.oob_listen).unwrap_or_else(|| usual(site, certificate.is_some()));
    let zone: Option<Zone> = match site {
        OobSite::Domain(zone, _) => Some(zone.clone()),
        _ => None,
    };
    if zone.is_none() && !listen.iter().any(|listening| listening.service == Service::Http) {
        return Err(misfit("without a domain only HTTP is called".to_owned(), "--oob-listen must name http"));
    }
    let started = Server::start(ServerSettings { zone, listen, certificate, access }, register).await;
    started.map_err(|error| match &error {
        StartError::Address { service, .. } => {
            let title = format!("the interaction server {error}");
            let help = format!(
                "--oob-listen {}=ADDRESS:PORT chooses another address; ports below 1024 want privileges",
                service.name()
            );
            Diagnostic::error("C0502", Blame::Network, title).help(help)
        }
        StartError::NoDomain => misfit(error.to_string(), "write DOMAIN=ADDRESS"),
        StartError::NoCertificate => misfit(error.to_string(), "--oob-cert names a PEM file with a chain and its key"),
    })
}

/// Where a server listens of which only the site is said.
fn usual(site: &OobSite, has_certificate: bool) -> Vec<Listening> {
    let everywhere =
        |service: Service| Listening { service, address: SocketAddr::from(([0, 0, 0, 0], service.port())) };
    match site {
        OobSite::Server(origin) => {
            let ip = origin.ip().unwrap_or_else(|| [0, 0, 0, 0].into());
            vec![Listening { service: Service::Http, address: SocketAddr::new(ip, origin.port) }]
        }
        _ => Service::ALL
            .into_iter()
            .filter(|service| has_certificate || *service != Service::Https)
            .map(everywhere)
            .collect(),
    }
}

/// The site as names write it, with the port that the system chose where none was said.
fn site_of(site: &OobSite, server: &Server) -> CallbackSite {
    match site {
        OobSite::Domain(zone, _) => CallbackSite::Domain(zone.domain().into()),
        OobSite::Server(origin) => {
            let chosen = server.address(Service::Http).map(|address| address.port()).filter(|_| origin.port == 0);
            let mut reached = origin.clone();
            reached.port = chosen.unwrap_or(origin.port);
            CallbackSite::Server(reached.authority().into())
        }
        OobSite::Elsewhere(url) => CallbackSite::Domain(url.as_str().into()),
    }
}

/// The scan's part of its ids, and what they are made from: the same for the same seed.
fn identity(seed: Option<u64>) -> Result<(CorrelationId, [u8; 32]), Diagnostic> {
    let mut bytes = [0; 32];
    match seed {
        Some(seed) => bytes = Sha256::digest(seed.to_be_bytes()).into(),
        None => getrandom::fill(&mut bytes).map_err(|error| {
            Diagnostic::error("C0503", Blame::Network, format!("the system gives no randomness: {error}"))
        })?,
    }
    let mut correlation = [0; 12];
    let digest = Sha256::digest(bytes);
    correlation.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    Ok((CorrelationId::from_bytes(correlation), bytes))
}

/// A token that nobody guesses.
///
/// # Errors
/// Where the system gives no randomness.
pub fn random_token() -> Result<Secret<String>, Diagnostic> {
    let (_, bytes) = identity(None)?;
    Ok(Secret::new(data_encoding::HEXLOWER.encode(bytes.get(..16).unwrap_or_default())))
}

/// A register whose interactions go to `watcher`.
pub fn watched(watcher: tokio::sync::mpsc::Sender<crate::observation::Interaction>) -> Register {
    Register::new(Clock::System).watched_by(watcher)
}

fn only_for_own(settings: &Layer) -> Result<(), Diagnostic> {
    if settings.oob_listen.is_some() || settings.oob_cert.is_some() {
        let help = "--oob-listen and --oob-cert are for a server in this process";
        return Err(misfit("a server elsewhere listens where it listens".to_owned(), help));
    }
    Ok(())
}

fn misfit(title: String, help: &str) -> Diagnostic {
    Diagnostic::error("C0504", Blame::Configuration, title).help(help)
}

fn useless(url: &str, error: &ClientError) -> Diagnostic {
    let title = format!("the interaction server `{url}` cannot be used: {error}");
    let help = match error {
        ClientError::Denied => "--oob-token, or OUTSIGHT_OOB_TOKEN, gives its token",
        ClientError::Untrusted(_) => "--ca-file trusts an authority of your own",
        _ => "it must be `outsight oob` or interactsh-server, reached by HTTPS or HTTP",
    };
    Diagnostic::error("C0503", Blame::Network, title).help(help)
}
