//! The user's scope rules as text: host globs, addresses and nets, allowed or denied.
//!
//! Takes a scope file, gives patterns and diagnostics. Invariant: a line is either a rule or an error, never ignored.
//! Must never import a folder above `diagnostic`.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::base::{Origin, Scheme, SourceFile, Span};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};

/// Characters that a host pattern may have; DNS names have at most 253.
const MAX_PATTERN: usize = 255;

/// A host pattern in which `*` stands for any run of characters, dots included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob(Arc<str>);

impl Glob {
    /// The pattern's text.
    pub(super) fn text(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// Whether a host in normal form matches; takes at most pattern × host steps.
    pub(super) fn matches(&self, host: &str) -> bool {
        let (pattern, text) = (self.0.as_bytes(), host.as_bytes());
        let (mut p, mut t) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while t < text.len() {
            match (pattern.get(p), star) {
                (Some(b'*'), _) => {
                    star = Some((p, t));
                    p += 1;
                }
                (Some(want), _) if text.get(t) == Some(want) => {
                    p += 1;
                    t += 1;
                }
                (_, Some((star_p, star_t))) => {
                    star = Some((star_p, star_t + 1));
                    p = star_p + 1;
                    t = star_t + 1;
                }
                _ => return false,
            }
        }
        pattern.iter().skip(p).all(|byte| *byte == b'*')
    }
}

/// What a rule speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Hosts by name.
    Host(Glob),
    /// Addresses.
    Net(IpNet),
}

impl Pattern {
    /// Reads one pattern; `None` where it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.contains('/') {
            return text.parse::<IpNet>().ok().map(|net| Self::Net(net.trunc()));
        }
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return Some(Self::Net(ip.into()));
        }
        let (prefix, name) = match text.strip_prefix("*.") {
            Some(rest) if !rest.contains('*') => ("*.", rest),
            _ => ("", text),
        };
        if !name.contains('*') {
            let origin = Origin::new(Scheme::Https, name, 443)?;
            return Some(Self::Host(Glob(format!("{prefix}{}", origin.host()).into())));
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.*".contains(&b);
        let fits = name.len() <= MAX_PATTERN && name.bytes().all(plain);
        fits.then(|| Self::Host(Glob(name.to_ascii_lowercase().into())))
    }
}

/// Reads a scope file: the patterns in order, each with whether it denies.
pub(super) fn read_rules(source: &SourceFile) -> (Vec<(Pattern, bool)>, Diagnostics) {
    let mut rules = Vec::new();
    let mut diagnostics = Diagnostics::new();
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        let content = line.split('#').next().unwrap_or("").trim();
        if !content.is_empty() {
            let (denies, text) = match content.strip_prefix('!') {
                Some(rest) => (true, rest.trim_start()),
                None => (false, content),
            };
            match Pattern::parse(text) {
                Some(pattern) => rules.push((pattern, denies)),
                None => {
                    let from = start + line.len() - line.trim_start().len();
                    diagnostics.push(wrong_line(source, Span::new(from, from + content.len())));
                }
            }
        }
        start += line.len();
    }
    (rules, diagnostics)
}

fn wrong_line(source: &SourceFile, span: Span) -> Diagnostic {
    Diagnostic::error("C0301", Blame::Configuration, "This is not a scope rule")
        .at(source, span, "neither a host pattern nor an address nor a net")
        .help("Write one host, `*.example.com`, address or net such as `10.0.0.0/8` a line; `!` in front denies it")
}
