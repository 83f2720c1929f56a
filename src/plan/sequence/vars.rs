//! Variables of the target: what `{{BaseURL}}` and its kin stand for.
//!
//! Takes the host, the endpoint and the rule's identifier; gives values by name. Invariant: the same run, host and rule
//! always give the same values, random words among them. Must never import a folder above `target`.

use std::sync::Arc;

use crate::base::{Origin, Value};
use crate::dsl::{Random, Vars};
use crate::predicate::{EndpointFacts, HostFacts};
use crate::rule::sequence::HttpStep;

/// Characters of a random word.
const WORD: usize = 27;
/// What random words are made of.
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The variables of a target, and the random words of a rule.
#[derive(Debug, Clone)]
pub struct TargetVars {
    origin: Origin,
    path: Arc<str>,
    query: Arc<str>,
    nonce: Arc<str>,
    rule: Arc<str>,
    tokens: Arc<[Arc<str>]>,
}

impl TargetVars {
    /// The variables of an endpoint of a host for the requests of one rule, whose random words have these names.
    pub fn new(host: &HostFacts, endpoint: &EndpointFacts, rule: &Arc<str>, tokens: &[Arc<str>]) -> Self {
        let (path, query) = split_path(&endpoint.path);
        let (nonce, rule, tokens) = (Arc::clone(&host.nonce), Arc::clone(rule), tokens.into());
        Self { origin: host.origin.clone(), path: path.into(), query: query.into(), nonce, rule, tokens }
    }

    /// The same variables for one request: a request by path that begins with a variable and a slash finds no slash at the
    /// end of the base, and one that gives the base another port finds that port.
    #[must_use]
    pub fn for_step(&self, step: &HttpStep) -> Self {
        let HttpStep::Path(text) = step else { return self.clone() };
        let mut vars = self.clone();
        if let Some((port, _)) = other_port(text.source()) {
            vars.origin.port = port;
        }
        if let Some(rest) = text.source().strip_prefix("{{")
            && rest.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).starts_with("}}/")
        {
            vars.path = vars.path.strip_suffix('/').unwrap_or(&vars.path).into();
        }
        vars
    }

    /// The random word of that name.
    fn word(&self, name: &str) -> Value {
        let seed = [self.nonce.as_bytes(), self.rule.as_bytes(), name.as_bytes()].join(&0);
        Value::text(Random::new(&seed).pick(LETTERS, WORD))
    }

    /// The directory and the last segment of the path.
    fn dir_and_file(&self) -> (&str, &str) {
        match self.path.trim_end_matches('/').rsplit_once('/') {
            _ if self.path.is_empty() => ("", ""),
            None => ("/", "/"),
            Some(("", file)) => ("/", file),
            Some((dir, file)) => (dir, file),
        }
    }

    /// Labels below the registrable domain, its own label, and the public suffix; `None` where the host is an
    /// address or a single label.
    fn labels(&self) -> Option<(&str, &str, &str)> {
        let host = self.origin.host();
        let suffix = psl::suffix_str(host).filter(|_| self.origin.ip().is_none())?;
        let rest = host.strip_suffix(suffix)?.strip_suffix('.')?;
        let (below, name) = rest.rsplit_once('.').unwrap_or(("", rest));
        Some((below, name, suffix))
    }
}

impl Vars for TargetVars {
    fn get(&self, name: &str) -> Option<Value> {
        let labels = |text: fn((&str, &str, &str)) -> String| self.labels().map(|labels| Value::from(text(labels)));
        Some(match name {
            "BaseURL" | "Input" => format!("{}{}", self.origin, self.path).into(),
            "RootURL" => self.origin.to_string().into(),
            "Hostname" => self.origin.authority().into(),
            "Host" => self.origin.url_host().trim_matches(['[', ']']).into(),
            "Port" => self.origin.port.to_string().into(),
            "Scheme" => self.origin.scheme.name().into(),
            "Path" => self.dir_and_file().0.into(),
            "File" => self.dir_and_file().1.into(),
            "Query" if self.query.is_empty() => "".into(),
            "Query" => format!("?{}", self.query).into(),
            "FQDN" => self.origin.host().into(),
            "RDN" => return labels(|(_, name, suffix)| format!("{name}.{suffix}")),
            "DN" => return labels(|(_, name, _)| name.to_owned()),
            "TLD" => return labels(|(_, _, suffix)| suffix.to_owned()),
            "SD" => return labels(|(below, ..)| below.to_owned()),
            name if self.tokens.iter().any(|token| &**token == name) => self.word(name),
            _ => return None,
        })
    }
}

/// Path and query of an endpoint as a request to it has them; the root is no path.
pub(super) fn split_path(path: &str) -> (&str, &str) {
    let (path, _) = path.split_once('#').unwrap_or((path, ""));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    (if path == "/" { "" } else { path }, query)
}

/// The port that `{{BaseURL}}:8080/x` asks for, and the text without it.
pub(super) fn other_port(source: &str) -> Option<(u16, String)> {
    let variable = ["{{BaseURL}}", "{{RootURL}}"].into_iter().find(|variable| source.starts_with(variable))?;
    let after = source.get(variable.len()..)?.strip_prefix(':')?;
    let (digits, rest) = after.split_at(after.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(after.len()));
    Some((digits.parse().ok()?, format!("{variable}{rest}")))
}
