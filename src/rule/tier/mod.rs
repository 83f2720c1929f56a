//! Safety tiers: decided from what a rule does, never from what it claims (design §4.3).
//!
//! Invariant: a rule's tier never falls when something is added to it. Must never import a folder above `predicate`.

mod sequence;

use super::{HttpRequest, Rule, Wire};
use crate::expr::Template;
use crate::predicate::Source;

/// How far a rule goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Tier {
    /// GET, HEAD, OPTIONS, ordinary handshakes and queries, no attack payload.
    Passive,
    /// The same methods with attack strings.
    ReadOnly,
    /// Other methods, or bytes of a rule's own over TCP or as a raw request.
    Active,
    /// Logins, fuzzing, denial of service, out-of-band interaction.
    Intrusive,
}

impl Tier {
    /// Every tier, mildest first.
    pub const ALL: [Self; 4] = [Self::Passive, Self::ReadOnly, Self::Active, Self::Intrusive];

    /// The name as flags and lists write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passive => "passive",
            Self::ReadOnly => "read-only",
            Self::Active => "active",
            Self::Intrusive => "intrusive",
        }
    }

    /// The tier of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.name() == name)
    }
}

impl std::fmt::Display for Tier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// Tags that mark a rule as going further than its requests show.
const TAG_TIERS: [(&str, Tier); 9] = [
    ("dos", Tier::Intrusive),
    ("fuzz", Tier::Intrusive),
    ("fuzzing", Tier::Intrusive),
    ("brute-force", Tier::Intrusive),
    ("default-login", Tier::Intrusive),
    ("oast", Tier::Intrusive),
    ("intrusive", Tier::Intrusive),
    ("injection", Tier::ReadOnly),
    ("traversal", Tier::ReadOnly),
];

/// The tier of a rule.
pub fn tier_of(rule: &Rule) -> Tier {
    if let Some(sequence) = &rule.sequence {
        return sequence::tier_of_sequence(sequence);
    }
    let tagged = rule
        .meta
        .tags
        .iter()
        .filter_map(|tag| TAG_TIERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(tag)).map(|(_, tier)| *tier));
    let sent = rule.requests.iter().map(|request| match &request.wire {
        Wire::Http(http) => http_tier(http),
        Wire::Tls(_) | Wire::TlsSurvey | Wire::Dns(_) => Tier::Passive,
        Wire::Tcp(..) => Tier::Active,
    });
    let attacks = values(rule).any(|text| mentions_attack(&text.source()));
    tagged.chain(sent).chain(attacks.then_some(Tier::ReadOnly)).max().unwrap_or(Tier::Passive)
}

fn http_tier(http: &HttpRequest) -> Tier {
    if !http.method.is_safe() || http.raw.is_some() {
        Tier::Active
    } else if http.body.is_some() {
        Tier::ReadOnly
    } else {
        Tier::Passive
    }
}

/// Every text that can go into a request: its own parts, and the values that its names stand for.
fn values(rule: &Rule) -> impl Iterator<Item = &Template> {
    let own = rule.requests.iter().filter_map(|request| match &request.wire {
        Wire::Http(http) => Some(http),
        Wire::Tls(_) | Wire::TlsSurvey | Wire::Dns(_) | Wire::Tcp(..) => None,
    });
    let own = own.flat_map(|http| {
        let parameters = http.query.iter().map(|(_, value)| value);
        std::iter::once(&http.target).chain(parameters).chain(http.headers.iter().flat_map(|(_, values)| values))
    });
    let bindings = rule.for_each.iter().chain(rule.requests.iter().flat_map(|request| &request.for_each));
    let written = bindings.filter_map(|binding| match &binding.source {
        Source::Written(items) => Some(items),
        _ => None,
    });
    let named = written.flatten().flat_map(|item| item.fields.iter().map(|(_, text)| text));
    own.chain(named).chain(rule.vars.iter().map(|(_, text)| text)).take_while(|_| !rule.requests.is_empty())
}

/// Strings that only an attack puts into a request.
fn mentions_attack(text: &str) -> bool {
    const MARKS: [&str; 10] =
        ["../", "..%2f", "%2e%2e", "..\\", "..;/", "<script", "%3cscript", "' or ", "union select", "${jndi"];
    let lower = text.to_ascii_lowercase();
    MARKS.iter().any(|mark| lower.contains(mark))
}
