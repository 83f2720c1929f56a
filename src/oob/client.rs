//! The client of an interaction server elsewhere: `outsight oob`, or interactsh.
//!
//! Takes the server's URL; registers, fetches what came for our ids into a mailbox while somebody waits for it, and
//! leaves. Invariant: nothing secret is sent before the server's certificate was found good, and what the server says is
//! bounded and never believed beyond its shape. Must never import a folder above `engine`.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::messages::{Acknowledged, Deregistration, Polled, REGISTERED, Registration, Told};
use super::sealed::{Keys, SealError, open};
use crate::base::{ByteBudget, Clock, Origin, Scheme, Secret};
use crate::diagnostic::Diagnostic;
use crate::engine::Mailbox;
use crate::observation::{CallbackNames, CallbackSite, CorrelationId, HttpProbe, Response};
use crate::target::ScopeBuilder;
use crate::wire::{self, Connections, Wire};

/// Time between two questions, while somebody waits for the answer.
const INTERVAL: Duration = Duration::from_secs(2);
/// Time between two questions while nobody does: servers forget who stays silent.
const KEEP_ALIVE: Duration = Duration::from_secs(120);
/// Time to take leave.
const FAREWELL: Duration = Duration::from_secs(3);
/// Bytes of all answers under way.
const BUDGET: usize = 48 << 20;

/// Why a server elsewhere is of no use.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address cannot be read.
    #[error("`{0}` is not the URL of a server")]
    Url(String),
    /// It could not be asked.
    #[error("{0}")]
    Unreachable(String),
    /// Its certificate is not good.
    #[error("its certificate is not trusted: {0}")]
    Untrusted(String),
    /// It wants another token.
    #[error("it does not know our token")]
    Denied,
    /// It said something else than the protocol allows.
    #[error("it answered {0}")]
    Answer(String),
    /// The cryptography failed.
    #[error("{0}")]
    Sealed(String),
}

impl From<SealError> for ClientError {
    fn from(error: SealError) -> Self {
        Self::Sealed(error.to_string())
    }
}

/// Where the server is, and how to talk to it.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// Its URL, or its name alone, which means HTTPS.
    pub url: String,
    /// What it wants to see.
    pub token: Option<Secret<String>>,
    /// Our part of every id.
    pub correlation: CorrelationId,
    /// What our ids are made from.
    pub seed: [u8; 32],
    /// Proxy, address overrides, certificates.
    pub wire: wire::Settings,
    /// Where the time of interactions without a readable one comes from.
    pub clock: Clock,
}

/// A registered client.
pub struct Client {
    connections: Connections,
    origin: Origin,
    secret: Secret<String>,
    token: Option<Secret<String>>,
    keys: Keys,
    mailbox: Arc<Mailbox>,
    clock: Clock,
}

impl Client {
    /// Makes a key pair and registers with it.
    ///
    /// # Errors
    /// Where the server cannot be reached, trusted or understood.
    pub async fn register(settings: ClientSettings) -> Result<Self, ClientError> {
        let origin = origin_of(&settings.url).ok_or_else(|| ClientError::Url(settings.url.clone()))?;
        let site = match origin.ip() {
            Some(_) => CallbackSite::Server(origin.authority().into()),
            None => CallbackSite::Domain(origin.host().into()),
        };
        let names = CallbackNames::new(settings.correlation, site, settings.seed);
        let mut scope = ScopeBuilder::new();
        scope.add_host(origin.host());
        let wire = Wire::new(settings.wire, ByteBudget::new(BUDGET), settings.clock);
        let wire = wire.map_err(|error: Diagnostic| ClientError::Unreachable(error.title))?;
        let keys = tokio::task::spawn_blocking(Keys::generate).await;
        let keys = keys.map_err(|error| ClientError::Sealed(error.to_string()))??;
        let client = Self {
            connections: Connections::new(Arc::new(wire), origin.clone(), scope.build()),
            origin,
            secret: Secret::new(random_secret()?),
            token: settings.token,
            keys,
            mailbox: Arc::new(Mailbox::new(names)),
            clock: settings.clock,
        };
        client.introduce().await?;
        Ok(client)
    }

    /// Where what it fetches goes.
    pub fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// Fetches what came while somebody waits for it, until dropped. Where the server cannot be asked, who waits is told;
    /// where it forgot us, we introduce ourselves again.
    pub async fn serve(&self) {
        loop {
            let wanted = timeout(KEEP_ALIVE, self.mailbox.wanted()).await.is_ok();
            let began = Instant::now();
            let mut polled = self.poll().await;
            if matches!(polled, Err(ClientError::Answer(_))) && self.introduce().await.is_ok() {
                polled = self.poll().await;
            }
            self.mailbox.set_reachable(polled.is_ok());
            if wanted {
                sleep(INTERVAL.saturating_sub(began.elapsed())).await;
            }
        }
    }

    /// Fetches once.
    ///
    /// # Errors
    /// Where the server cannot be reached or understood.
    pub async fn poll(&self) -> Result<(), ClientError> {
        let correlation = self.mailbox.names().correlation().as_str();
        let target = format!("/poll?id={correlation}&secret={}", self.secret.expose());
        let response = self.ask("GET", &target, None).await?;
        let polled: Polled =
            serde_json::from_slice(&response.body).map_err(|error| ClientError::Answer(error.to_string()))?;
        let sealed = polled.data.unwrap_or_default();
        if sealed.is_empty() {
            return Ok(());
        }
        let key = self.keys.unwrap(&polled.aes_key)?;
        let read = |text: &[u8]| serde_json::from_slice::<Told>(text).ok();
        for interaction in sealed {
            // One that cannot be read is no reason to lose the others.
            if let Ok(told) = open(&key, &interaction, read)
                && let Some(interaction) = told.into_interaction(self.clock.now())
            {
                self.mailbox.put(interaction);
            }
        }
        Ok(())
    }

    /// Takes leave, so that the server forgets us. Takes no longer than a few seconds.
    pub async fn leave(&self) {
        let message = Deregistration {
            correlation_id: self.mailbox.names().correlation().as_str().to_owned(),
            secret_key: self.secret.expose().clone(),
        };
        if let Ok(body) = serde_json::to_vec(&message) {
            // A server that is gone has forgotten us already.
            let _ = timeout(FAREWELL, self.ask("POST", "/deregister", Some(&body))).await;
        }
    }

    async fn introduce(&self) -> Result<(), ClientError> {
        // Before anything secret goes out, an idle question shows the certificate.
        self.send("GET", "/robots.txt", None, None).await?;
        let message = Registration {
            public_key: self.keys.public()?,
            secret_key: self.secret.expose().clone(),
            correlation_id: self.mailbox.names().correlation().as_str().to_owned(),
        };
        let body = serde_json::to_vec(&message).map_err(|error| ClientError::Sealed(error.to_string()))?;
        let response = self.ask("POST", "/register", Some(&body)).await?;
        match serde_json::from_slice::<Acknowledged>(&response.body) {
            Ok(said) if said.message == REGISTERED => Ok(()),
            Ok(said) => Err(ClientError::Answer(said.message.escape_debug().to_string())),
            Err(_) => Err(ClientError::Answer("as other web servers do".to_owned())),
        }
    }

    /// Asks with our token; only a 200 is an answer.
    async fn ask(&self, method: &str, target: &str, body: Option<&[u8]>) -> Result<Response, ClientError> {
        let response = self.send(method, target, body, self.token.as_ref()).await?;
        match response.status {
            200 => Ok(response),
            401 | 403 => Err(ClientError::Denied),
            status => {
                let said = String::from_utf8_lossy(response.body.get(..200).unwrap_or(&response.body)).into_owned();
                Err(ClientError::Answer(format!("{status}: {}", said.escape_debug())))
            }
        }
    }

    async fn send(
        &self,
        method: &str,
        target: &str,
        body: Option<&[u8]>,
        token: Option<&Secret<String>>,
    ) -> Result<Response, ClientError> {
        let mut wire = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\n", self.origin.authority());
        wire.push_str(concat!("User-Agent: outsight/", env!("CARGO_PKG_VERSION"), "\r\n"));
        if let Some(token) = token {
            wire.push_str(&format!("Authorization: {}\r\n", token.expose()));
        }
        if let Some(body) = body {
            wire.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
        }
        wire.push_str("\r\n");
        let wire = [wire.as_bytes(), body.unwrap_or_default()].concat();
        let probe = HttpProbe::new(
            self.origin.clone(),
            method.into(),
            target.as_bytes().to_vec().into(),
            Secret::new(wire.into()),
        );
        let (exchange, _paid) = self.connections.send(&Arc::new(probe)).await;
        if let Some(why) = exchange.tls.as_ref().and_then(|tls| tls.untrusted.clone()) {
            return Err(ClientError::Untrusted(why));
        }
        exchange.response.map_err(|error| ClientError::Unreachable(error.to_string()))
    }
}

fn origin_of(url: &str) -> Option<Origin> {
    let url = if url.contains("://") { url.to_owned() } else { format!("https://{url}") };
    let url = Url::parse(&url).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let origin = Origin::of_url(&url).filter(|_| plain && matches!(url.path(), "" | "/"))?;
    matches!(origin.scheme, Scheme::Http | Scheme::Https).then_some(origin)
}

fn random_secret() -> Result<String, ClientError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| ClientError::Sealed("no randomness".to_owned()))?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}
