//! The messages between a server and its client, in JSON: interactsh's, field by field.
//!
//! Takes interactions, gives their form on the wire, and back. Invariant: what another server says is read leniently
//! (unknown fields, protocols and forms of address), never believed beyond its shape. Must never import a folder above
//! `observation`.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::base::Timestamp;
use crate::observation::{Interaction, InteractionId};

/// A client introduces itself.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Registration {
    #[serde(rename = "public-key")]
    pub public_key: String,
    #[serde(rename = "secret-key")]
    pub secret_key: String,
    #[serde(rename = "correlation-id")]
    pub correlation_id: String,
}

/// What a server says to a client that it took in.
pub(super) const REGISTERED: &str = "registration successful";

/// What a server says to what it was told.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Acknowledged {
    pub message: String,
}

/// A client leaves.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Deregistration {
    #[serde(rename = "correlation-id")]
    pub correlation_id: String,
    #[serde(rename = "secret-key")]
    pub secret_key: String,
}

/// What waited for a client: each text sealed with the session's key, which is wrapped.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Polled {
    pub data: Option<Vec<String>>,
    #[serde(default)]
    pub aes_key: String,
}

/// One interaction.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    pub protocol: String,
    #[serde(rename = "unique-id")]
    pub unique_id: String,
    #[serde(rename = "full-id", default)]
    pub full_id: String,
    #[serde(rename = "q-type", default, skip_serializing_if = "Option::is_none")]
    pub query_type: Option<String>,
    #[serde(rename = "raw-request", default)]
    pub request: String,
    #[serde(rename = "raw-response", default)]
    pub response: String,
    #[serde(rename = "smtp-from", default, skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,
    #[serde(rename = "remote-address", default)]
    pub remote: String,
    #[serde(default)]
    pub timestamp: String,
}

/// An interaction as a line of JSON, as interactsh's own client prints it.
///
/// # Errors
/// None that could happen; those of the writer of JSON.
pub fn line(interaction: &Interaction) -> std::io::Result<String> {
    serde_json::to_string(&Told::of(interaction)).map_err(std::io::Error::other)
}

impl Told {
    /// The form of an interaction on the wire.
    pub fn of(interaction: &Interaction) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            protocol: interaction.protocol.to_string(),
            unique_id: interaction.id.to_string(),
            full_id: interaction.full_id.to_string(),
            query_type: interaction.query_type.as_deref().map(str::to_owned),
            request: text(&interaction.request),
            response: text(&interaction.response),
            mail_from: interaction.mail_from.as_deref().map(str::to_owned),
            remote: interaction.remote.map(|remote| remote.to_string()).unwrap_or_default(),
            timestamp: interaction.at.to_string(),
        }
    }

    /// The interaction; `None` where its id is none. A time that cannot be read is `now`.
    pub fn into_interaction(self, now: Timestamp) -> Option<Interaction> {
        let id = InteractionId::parse(&self.unique_id)?;
        let address = |text: &str| text.parse::<SocketAddr>().map(|address| address.ip());
        Some(Interaction {
            full_id: if self.full_id.is_empty() { id.as_str().into() } else { self.full_id.into() },
            id,
            protocol: self.protocol.to_ascii_lowercase().into(),
            query_type: self.query_type.map(Into::into),
            request: self.request.into(),
            response: self.response.into(),
            mail_from: self.mail_from.map(Into::into),
            remote: self.remote.parse::<IpAddr>().or_else(|_| address(&self.remote)).ok(),
            at: self.timestamp.parse().unwrap_or(now),
        })
    }
}
