//! One target as somebody wrote it.
//!
//! Takes a word (URL, host, `host:port`, address, network) and its place; gives a [`Written`] or a diagnostic that shows
//! the word. Invariant: what parses is in normal form, and credentials of a URL never reach an output.
//! Must never import `wire` or anything above.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::base::{Origin, Scheme, SourceFile, Span};
use crate::diagnostic::{Blame, Diagnostic};
use crate::observation::StartTls;

/// The most addresses that one network may name: an IPv4 /8.
pub const MAX_NETWORK: u32 = 24;

/// What the user named, ready to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// As the user wrote it; of a network, the address at hand. Without credentials.
    pub named: String,
    /// The host, its scheme perhaps still to be found out.
    pub spelled: Spelled,
    /// Paths that are tested as endpoints, at least one; `/` where none was written.
    pub paths: Vec<Arc<str>>,
    /// The protocol that is upgraded to TLS, where its scheme was written: nothing but TLS is asked then.
    pub starttls: Option<StartTls>,
}

impl Target {
    /// Files that were named by this path.
    pub fn of_files(path: &str) -> Self {
        let spelled = Spelled::Exact(Origin::files(path));
        Self { named: path.to_owned(), spelled, paths: vec!["/".into()], starttls: None }
    }
}

/// A host as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Spelled {
    /// Its scheme is known.
    Exact(Origin),
    /// No scheme was written: the first that answers is meant, HTTPS before HTTP.
    Either(Origin, Origin),
}

impl Spelled {
    /// The origins that may be meant, in the order in which they are asked.
    pub fn candidates(&self) -> impl Iterator<Item = &Origin> {
        let (first, second) = match self {
            Self::Exact(origin) => (origin, None),
            Self::Either(https, http) => (https, Some(http)),
        };
        std::iter::once(first).chain(second)
    }

    /// The origin that is meant if nothing else is found out.
    pub fn first(&self) -> &Origin {
        match self {
            Self::Exact(origin) | Self::Either(origin, _) => origin,
        }
    }

    fn bare(host: &str, port: Option<u16>) -> Option<Self> {
        let at = |scheme: Scheme| Origin::new(scheme, host, port.unwrap_or_else(|| scheme.default_port()));
        Some(match port {
            Some(443) => Self::Exact(at(Scheme::Https)?),
            Some(80) => Self::Exact(at(Scheme::Http)?),
            _ => Self::Either(at(Scheme::Https)?, at(Scheme::Http)?),
        })
    }
}

/// What one word names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// One host.
    One(Target),
    /// Every address of a network, all at one port where one was written.
    Network(IpNet, Option<u16>),
}

/// The target that an address of a network is.
pub(super) fn of_address(address: IpAddr, port: Option<u16>) -> Option<Target> {
    let spelled = Spelled::bare(&address.to_string(), port)?;
    let named = match (port, address) {
        (None, _) => address.to_string(),
        (Some(port), IpAddr::V4(_)) => format!("{address}:{port}"),
        (Some(port), IpAddr::V6(_)) => format!("[{address}]:{port}"),
    };
    Some(Target { named, spelled, paths: vec!["/".into()], starttls: None })
}

/// Where a word stands: the line of a list, or an argument.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The list's name, or `argument`.
    pub name: &'a str,
    /// Its line, from 1; arguments are counted likewise.
    pub line: usize,
}

impl Place<'_> {
    /// A diagnostic that shows the line with `part` of it marked.
    pub fn complain(self, code: &'static str, title: impl Into<String>, line: &str, part: &str) -> Diagnostic {
        let shown = mask_credentials(line);
        let start = shown.find(part).unwrap_or(0);
        let end = if shown.contains(part) { start + part.len() } else { shown.len() };
        let source = SourceFile::excerpt(self.name, self.line, shown);
        Diagnostic::error(code, Blame::Configuration, title).at(&source, Span::new(start, end), "")
    }
}

/// Reads one word. White space and comments are gone already.
pub(super) fn read_word(word: &str, place: Place<'_>) -> Result<Written, Box<Diagnostic>> {
    if let Some(odd) = word.chars().find(|c| c.is_control()) {
        let title = format!("the control character U+{:04X} in a target", u32::from(odd));
        return Err(Box::new(place.complain("T0008", title, word, word)));
    }
    if let Some(extra) = word.split_whitespace().nth(1) {
        let help = "write one target per line; a space in a path is `%20`, a comment starts with `#`";
        return Err(Box::new(place.complain("T0009", "more than one target on a line", word, extra).help(help)));
    }
    match word.split_once("://") {
        Some((scheme, rest)) => read_url(word, scheme, rest, place).map(Written::One),
        None => read_bare(word, place),
    }
}

fn read_url(word: &str, scheme: &str, rest: &str, place: Place<'_>) -> Result<Target, Box<Diagnostic>> {
    let starttls = StartTls::of_scheme(scheme);
    // What is upgraded to TLS is an origin like HTTPS, at a port of its own.
    let known = starttls.map_or_else(|| Scheme::parse(scheme), |_| Some(Scheme::Https));
    let Some(known) = known else {
        let unknown = place.complain("T0002", format!("targets are http or https, not `{scheme}`"), word, scheme);
        return Err(Box::new(unknown.help("write `https://…`, `http://…`, or only the host to have both tried")));
    };
    let (authority, path) = split_path(rest);
    refuse_credentials(word, authority, place)?;
    let (host, port) = read_authority(word, authority, place)?;
    let usual = starttls.map_or_else(|| known.default_port(), StartTls::usual_port);
    let origin = Origin::new(known, host, port.unwrap_or(usual)).ok_or_else(|| not_a_host(word, host, place))?;
    let spelled = Spelled::Exact(match starttls {
        Some(protocol) => origin.upgraded_from(protocol.name()),
        None => origin,
    });
    Ok(Target { named: word.to_string(), spelled, paths: vec![path], starttls })
}

fn read_bare(word: &str, place: Place<'_>) -> Result<Written, Box<Diagnostic>> {
    if let Some((network, port)) = read_network(word, place)? {
        let host_bits = u32::from(network.max_prefix_len() - network.prefix_len());
        if host_bits > MAX_NETWORK {
            let title = format!("a network of 2^{host_bits} addresses is more than one scan takes");
            let help = "name networks of at most 2^24 addresses: an IPv4 /8, an IPv6 /104";
            return Err(Box::new(place.complain("T0005", title, word, word).help(help)));
        }
        return Ok(Written::Network(network, port));
    }
    let (authority, path) = split_path(word);
    refuse_credentials(word, authority, place)?;
    let (host, port) = match authority.parse::<IpAddr>() {
        Ok(_) => (authority, None),
        Err(_) => read_authority(word, authority, place)?,
    };
    if host.bytes().all(|b| b.is_ascii_digit()) {
        return Err(not_a_host(word, host, place));
    }
    let spelled = Spelled::bare(host, port).ok_or_else(|| not_a_host(word, host, place))?;
    Ok(Written::One(Target { named: word.to_string(), spelled, paths: vec![path], starttls: None }))
}

/// `NET/BITS` or `NET/BITS:PORT`; `None` where the word is not of that form.
fn read_network(word: &str, place: Place<'_>) -> Result<Option<(IpNet, Option<u16>)>, Box<Diagnostic>> {
    let Some((address, rest)) = word.split_once('/') else { return Ok(None) };
    let address = address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address);
    let (bits, port) = match rest.split_once(':') {
        Some((bits, port)) => (bits, Some(port)),
        None => (rest, None),
    };
    let is_network = !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit());
    let (Ok(address), true) = (address.parse::<IpAddr>(), is_network) else { return Ok(None) };
    let port = port.map(|port| read_port(word, port, place)).transpose()?;
    let network = bits.parse().ok().and_then(|bits| IpNet::new(address, bits).ok());
    let Some(network) = network else {
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let title = format!("a prefix length is from 0 to {widest}");
        return Err(Box::new(place.complain("T0001", title, word, bits)));
    };
    Ok(Some((network.trunc(), port)))
}

fn read_authority<'a>(
    word: &str,
    authority: &'a str,
    place: Place<'_>,
) -> Result<(&'a str, Option<u16>), Box<Diagnostic>> {
    let after_bracket = authority.rfind(']').map_or(0, |at| at + 1);
    let (before, after) = authority.split_at(after_bracket);
    let Some((rest, port)) = after.split_once(':') else { return Ok((authority, None)) };
    let host = authority.get(..before.len() + rest.len()).unwrap_or(authority);
    Ok((host, Some(read_port(word, port, place)?)))
}

fn read_port(word: &str, port: &str, place: Place<'_>) -> Result<u16, Box<Diagnostic>> {
    match port.parse::<u16>() {
        Ok(number) if number > 0 && port.bytes().all(|b| b.is_ascii_digit()) => Ok(number),
        _ => Err(Box::new(place.complain("T0004", "a port is a number from 1 to 65535", word, port))),
    }
}

/// The authority and the path, percent-encoded where it must be; query and fragment are left out, because rules bring
/// their own.
fn split_path(rest: &str) -> (&str, Arc<str>) {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = path.split(['?', '#']).next().unwrap_or("");
    if path.is_empty() {
        return (authority, "/".into());
    }
    let keep = percent_encoding::CONTROLS;
    (authority, percent_encoding::utf8_percent_encode(path, keep).to_string().into())
}

fn refuse_credentials(word: &str, authority: &str, place: Place<'_>) -> Result<(), Box<Diagnostic>> {
    if !authority.contains('@') {
        return Ok(());
    }
    let refused = place.complain("T0003", "a target with a user name or password in it", word, "***");
    Err(Box::new(refused.help("send credentials with `-H 'Authorization: …'`; they are then redacted in every output")))
}

fn not_a_host(word: &str, host: &str, place: Place<'_>) -> Box<Diagnostic> {
    let title = if host.is_empty() { "a target without a host" } else { "this is not a host name or an address" };
    let help = "a target is a URL, a host, `host:port`, an address or a network such as `10.0.0.0/24`";
    Box::new(place.complain("T0001", title, word, host).help(help))
}

/// Masks what stands before the last `@` of the authority.
fn mask_credentials(line: &str) -> String {
    let start = line.find("://").map_or(0, |at| at + 3);
    let rest = line.get(start..).unwrap_or("");
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    match authority.rfind('@') {
        Some(at) => {
            let (before, after) = (line.get(..start).unwrap_or(""), rest.get(at..).unwrap_or(""));
            format!("{before}***{after}")
        }
        None => line.to_string(),
    }
}
