//! Categories of rules: what part of a service a finding speaks of.
//!
//! Owns the closed list of categories and the ceiling that each puts on the score's deductions.
//! Invariant: [`Category::ALL`] names every variant once, in report order. Must never import another folder.

use serde::{Deserialize, Serialize};

/// What part of a service a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Response header fields that browsers act upon.
    Headers,
    /// Attributes of cookies.
    Cookies,
    /// Cross-origin resource sharing (Fetch §3.2).
    Cors,
    /// Certificates, protocol versions, cipher suites.
    Tls,
    /// HTTP to HTTPS redirects and mixed transport.
    Transport,
    /// Files and consoles that answer strangers.
    Exposure,
    /// Keys and credentials in answers.
    Secrets,
    /// Stack traces, internal names and addresses.
    Leakage,
    /// Missing authentication or authorisation.
    Auth,
    /// Missing limits on the rate of requests.
    RateLimit,
    /// Templates of community packs, whose severities are not curated.
    Community,
}

impl Category {
    /// Every category, in the order in which reports list them.
    pub const ALL: [Self; 11] = [
        Self::Headers,
        Self::Cookies,
        Self::Cors,
        Self::Tls,
        Self::Transport,
        Self::Exposure,
        Self::Secrets,
        Self::Leakage,
        Self::Auth,
        Self::RateLimit,
        Self::Community,
    ];

    /// The name as rules and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Headers => "headers",
            Self::Cookies => "cookies",
            Self::Cors => "cors",
            Self::Tls => "tls",
            Self::Transport => "transport",
            Self::Exposure => "exposure",
            Self::Secrets => "secrets",
            Self::Leakage => "leakage",
            Self::Auth => "auth",
            Self::RateLimit => "rate-limit",
            Self::Community => "community",
        }
    }

    /// The most points that findings of this category can cost together.
    pub fn ceiling(self) -> u32 {
        match self {
            Self::Headers => 30,
            Self::Cookies => 20,
            Self::Cors | Self::Tls | Self::Transport => 40,
            Self::Leakage => 60,
            Self::RateLimit => 5,
            Self::Exposure | Self::Secrets | Self::Auth | Self::Community => 100,
        }
    }

    /// The category of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name() == name)
    }
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
