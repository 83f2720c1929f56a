//! What rules are chosen by: everything that a filter asks, without the rule itself.
//!
//! Takes a rule and where it was found, or a file that holds none; gives facts. Invariant: facts depend on the rule and on
//! its pack alone, never on what else is loaded. Must never import a folder above `report`.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::{Category, Severity};
use crate::rule::sequence::Protocol;
use crate::rule::{Rule, Tier, Wire};

/// What a rule sends. The order is the one in which several kinds of blocks count: the first names the rule's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Queries of the Domain Name System.
    Dns,
    /// Nothing: it reads files of this machine.
    File,
    /// HTTP requests; passive rules, which judge the answers to others' requests, are of this kind too.
    Http,
    /// Nothing by itself: it drives a browser.
    Headless,
    /// Bytes over TCP, or over TLS.
    Tcp,
    /// What other rules send, in an order.
    Workflow,
    /// TLS handshakes.
    Ssl,
    /// WebSocket conversations.
    Websocket,
    /// Questions to registers of domain names.
    Whois,
    /// Nothing: it runs a program on this machine.
    Code,
    /// What a script of its own sends.
    Javascript,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Dns,
        Self::File,
        Self::Http,
        Self::Headless,
        Self::Tcp,
        Self::Workflow,
        Self::Ssl,
        Self::Websocket,
        Self::Whois,
        Self::Code,
        Self::Javascript,
    ];

    /// The name as flags and lists write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::File => "file",
            Self::Http => "http",
            Self::Headless => "headless",
            Self::Tcp => "tcp",
            Self::Workflow => "workflow",
            Self::Ssl => "ssl",
            Self::Websocket => "websocket",
            Self::Whois => "whois",
            Self::Code => "code",
            Self::Javascript => "javascript",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind of a rule, by what it sends.
    pub fn of(rule: &Rule) -> Self {
        let of_wire = |wire: &Wire| match wire {
            Wire::Http(_) => Self::Http,
            Wire::Tls(_) | Wire::TlsSurvey => Self::Ssl,
            Wire::Dns(_) => Self::Dns,
            Wire::Tcp(..) => Self::Tcp,
        };
        let of_block = |protocol: &Protocol| match protocol {
            Protocol::Http(_) => Self::Http,
            Protocol::Dns(_) => Self::Dns,
            Protocol::Tcp(_) => Self::Tcp,
            Protocol::Tls(_) => Self::Ssl,
            Protocol::WebSocket(_) => Self::Websocket,
        };
        let blocks = rule.sequence.iter().flat_map(|sequence| &sequence.blocks).map(|block| of_block(&block.protocol));
        let requests = rule.requests.iter().map(|request| of_wire(&request.wire));
        blocks.chain(requests).min().unwrap_or(Self::Http)
    }
}

/// A severity to select by: one that rules have, or that of templates whose author does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// It is not known.
    Unknown,
    /// It is this one.
    Known(Severity),
}

impl Level {
    /// Every level, mildest first.
    pub const ALL: [Self; 6] = [
        Self::Unknown,
        Self::Known(Severity::Info),
        Self::Known(Severity::Low),
        Self::Known(Severity::Medium),
        Self::Known(Severity::High),
        Self::Known(Severity::Critical),
    ];

    /// The name as flags and lists write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Known(severity) => severity.name(),
        }
    }

    /// The level of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// Why a pack leaves a rule out unless it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeftOut {
    /// The pack leaves these tags out.
    Tags(Vec<Arc<str>>),
    /// The pack leaves this file or folder out.
    File(Arc<str>),
    /// Rules of this sort are not run by default: `self-contained`, `headless` …
    Sort(Arc<str>),
}

impl LeftOut {
    /// The reason in a word or two, to count by.
    pub fn sort(&self) -> String {
        match self {
            Self::Tags(tags) => format!("tagged {}", tags.first().map_or("", |tag| tag)),
            Self::File(_) => "named by the pack".to_owned(),
            Self::Sort(sort) => sort.to_string(),
        }
    }
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tags(tags) => write!(f, "the pack leaves out the tag {}", tags.join(", ")),
            Self::File(path) => write!(f, "the pack leaves out {path}"),
            Self::Sort(sort) => write!(f, "{sort} rules are not run by default"),
        }
    }
}

/// What a rule is chosen by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Its id.
    pub id: Arc<str>,
    /// Its file, as the user would write it.
    pub path: Arc<str>,
    /// Its path from the root of its pack; of native rules the path again.
    pub inside: Arc<str>,
    /// Every severity that a match can have; empty where the author names none.
    pub levels: BTreeSet<Level>,
    /// What part of a service it speaks of.
    pub category: Category,
    /// Words to select by.
    pub tags: Vec<Arc<str>>,
    /// Who wrote it.
    pub authors: Vec<Arc<str>>,
    /// What it sends.
    pub kind: Kind,
    /// How far it goes.
    pub tier: Tier,
    /// Why it is not run: a stable code and a reason.
    pub refused: Option<(Arc<str>, Arc<str>)>,
    /// Why its pack leaves it out by default.
    pub left_out: Option<LeftOut>,
    /// Whether its file was named by itself.
    pub is_alone: bool,
}

impl Facts {
    /// The facts of a rule that stands for itself.
    pub fn of(rule: &Rule) -> Self {
        let sequence = rule.sequence.as_deref();
        let known = rule.severities().into_iter().map(Level::Known).collect();
        let levels = sequence.map_or(known, |sequence| Level::parse(&sequence.info.severity).into_iter().collect());
        let refused = rule.refused.as_ref().map(|why| (Arc::from(why.code), Arc::from(why.reason.as_str())));
        Self {
            id: Arc::clone(&rule.id),
            path: Arc::clone(&rule.source.name),
            inside: Arc::clone(&rule.source.name),
            levels,
            category: rule.meta.category,
            tags: rule.meta.tags.clone(),
            authors: sequence.map_or_else(Vec::new, |sequence| sequence.info.author.clone()),
            kind: Kind::of(rule),
            tier: rule.tier(),
            refused,
            left_out: None,
            is_alone: false,
        }
    }
}
