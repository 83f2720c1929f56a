//! The scope: which hosts and addresses a scan may talk to.
//!
//! Takes the named hosts and nets of the targets and the user's own allow and deny rules; gives a [`Decision`] with its
//! reason for a host name (before it is resolved, at every redirect) and for an address (before every connect).
//! Invariant: a deny rule always wins, and a metadata or link-local address in any spelling is refused unless the
//! operator set [`ScopeBuilder::allow_metadata`]. Must never import a folder above `diagnostic` except its own parts.
//!
//! A scan of a million targets keeps one set of rules and gives each host its own cheap view ([`Scope::for_host`]), so
//! the scope does not grow with the list.

mod address;
mod pattern;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::base::SourceFile;
use crate::diagnostic::Diagnostics;
use address::{is_metadata, is_private, spellings};
use pattern::{Glob, Pattern, read_rules};

/// Whether something may be talked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Allowed,
    /// It may not, and why.
    Refused(Refusal),
}

impl Decision {
    /// Whether it may.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed)
    }
}

/// Why a host or an address is out of scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Neither a target nor allowed by a rule.
    NotATarget,
    /// A deny rule of the user matches; its text.
    Denied(Arc<str>),
    /// A link-local or cloud metadata address, which needs its own flag.
    Metadata,
    /// A private, loopback or reserved address behind a name that was only matched by a pattern, or that only a target named.
    Private,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotATarget => f.write_str("it is not one of the targets and no scope rule allows it"),
            Self::Denied(rule) => write!(f, "the scope rule `!{rule}` denies it"),
            Self::Metadata => f.write_str("link-local and cloud metadata addresses need an explicit permission"),
            Self::Private => f.write_str("it is a private address behind a name that only a pattern or a target names"),
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Rules {
    hosts: HashSet<Arc<str>>,
    globs: Vec<Glob>,
    nets: Vec<IpNet>,
    denied_globs: Vec<Glob>,
    denied_nets: Vec<IpNet>,
    allow_metadata: bool,
}

/// Collects the rules of a [`Scope`].
#[derive(Debug, Clone, Default)]
pub struct ScopeBuilder {
    rules: Rules,
}

impl ScopeBuilder {
    /// A scope that allows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names a host, in the normal form of [`crate::base::Origin::host`]; also every private address it resolves to.
    pub fn add_host(&mut self, host: &str) {
        self.rules.hosts.insert(host.into());
    }

    /// Permits link-local and cloud metadata addresses, where they are in scope otherwise.
    pub fn allow_metadata(&mut self, allow: bool) {
        self.rules.allow_metadata = allow;
    }

    /// Adds the rules of a scope file: one host pattern, address or net a line, `!` in front denies, `#` comments.
    pub fn add_rules(&mut self, source: &SourceFile) -> Diagnostics {
        let (rules, diagnostics) = read_rules(source);
        for (pattern, denies) in rules {
            match (pattern, denies) {
                (Pattern::Net(net), false) => self.rules.nets.push(net),
                (Pattern::Net(net), true) => self.rules.denied_nets.push(net),
                (Pattern::Host(glob), false) => self.rules.globs.push(glob),
                (Pattern::Host(glob), true) => self.rules.denied_globs.push(glob),
            }
        }
        diagnostics
    }

    /// The finished scope.
    pub fn build(self) -> Scope {
        Scope { rules: Arc::new(self.rules), own: None, mentioned: None, site: None }
    }
}

/// Which hosts may be talked to. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Scope {
    rules: Arc<Rules>,
    own: Option<Arc<str>>,
    /// A host that a target names, which may be talked to at public addresses.
    mentioned: Option<Arc<str>>,
    /// A registrable domain whose hosts belong to the target's site.
    site: Option<Arc<str>>,
}

impl Scope {
    /// The same rules, seen from one target: its own host is named besides.
    pub fn for_host(&self, host: &str) -> Self {
        Self { rules: Arc::clone(&self.rules), own: Some(host.into()), mentioned: None, site: None }
    }

    /// The same scope and one host more that a target names and the user agreed to ask: deny rules hold, and what is
    /// private is refused unless it is in scope without this.
    pub fn with_public_host(&self, host: &str) -> Self {
        Self { mentioned: Some(host.into()), ..self.clone() }
    }

    /// The same view with all hosts of a registrable domain, as a pattern would allow them: deny rules win, and private
    /// addresses behind such names are refused.
    #[must_use]
    pub fn with_site(&self, domain: &str) -> Self {
        Self { site: Some(domain.into()), ..self.clone() }
    }

    /// Whether a host (normal form) may be talked to, as far as its name tells.
    pub fn allows_host(&self, host: &str) -> Decision {
        self.judge(host, host.parse().ok())
    }

    /// Whether `host` may be talked to at `address`, one of the addresses it resolved to.
    pub fn allows_address(&self, host: &str, address: IpAddr) -> Decision {
        match self.allows_host(host) {
            Decision::Allowed => self.judge(host, Some(address)),
            refused @ Decision::Refused(_) => refused,
        }
    }

    fn judge(&self, host: &str, address: Option<IpAddr>) -> Decision {
        if let Some(refusal) = self.forbids(host, address) {
            return Decision::Refused(refusal);
        }
        if self.names(host) {
            return Decision::Allowed;
        }
        let in_net = |ip: IpAddr| self.rules.nets.iter().any(|net| net.contains(&ip));
        let literal = host.parse::<IpAddr>().ok();
        if literal.is_some_and(in_net) {
            return Decision::Allowed;
        }
        let mentioned = self.mentioned.as_deref() == Some(host);
        if !mentioned && !self.is_of_site(host) && !self.rules.globs.iter().any(|glob| glob.matches(host)) {
            return Decision::Refused(Refusal::NotATarget);
        }
        match address {
            Some(ip) if is_private(ip) && !in_net(ip) => Decision::Refused(Refusal::Private),
            _ => Decision::Allowed,
        }
    }

    /// What no target's name can outweigh: the user's deny rules, and metadata addresses without the flag.
    fn forbids(&self, host: &str, address: Option<IpAddr>) -> Option<Refusal> {
        if let Some(glob) = self.rules.denied_globs.iter().find(|glob| glob.matches(host)) {
            return Some(Refusal::Denied(glob.text()));
        }
        for ip in spellings(address?).into_iter().flatten() {
            if let Some(net) = self.rules.denied_nets.iter().find(|net| net.contains(&ip)) {
                return Some(Refusal::Denied(net.to_string().into()));
            }
            if is_metadata(ip) && !self.rules.allow_metadata {
                return Some(Refusal::Metadata);
            }
        }
        None
    }

    fn is_of_site(&self, host: &str) -> bool {
        let below = |site: &str| host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        self.site.as_deref().is_some_and(below)
    }

    fn names(&self, host: &str) -> bool {
        self.own.as_deref() == Some(host) || self.rules.hosts.contains(host)
    }
}
