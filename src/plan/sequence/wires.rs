//! Blocks of sequences that are not HTTP: queries, conversations and handshakes to their probes.
//!
//! Takes a block and the values of variables; gives one probe for each address and port. Invariant: equal wishes of
//! different rules render to equal probes. Must never import a folder above `target`, and never a socket.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use data_encoding::HEXLOWER_PERMISSIVE;

use super::StepError;
use crate::base::{Origin, Scheme, Value};
use crate::dsl::{Env, Text, Vars, leftovers};
use crate::observation::{
    Amount, DnsProbe, OtherProbe, RecordType, TcpProbe, TlsProbe, TlsVersion, Turn, WebSocketProbe,
};
use crate::plan::other::split_address;
use crate::rule::sequence::{DnsBlock, Protocol, TcpBlock, TcpData, TlsBlock, WebSocketBlock};

/// How long a conversation waits for each answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes that are read at the end of a conversation that does not say how many.
const READ: usize = 1024;
/// Ports of web servers and resolvers: a target that is named with one of them is asked on the block's own ports.
const RESERVED: [u16; 6] = [80, 443, 8080, 8443, 8081, 53];

/// A probe that is ready to be sent.
#[derive(Debug, Clone)]
pub struct PreparedOther {
    /// What is sent, and where.
    pub probe: OtherProbe,
    /// The place as it is reported where what comes back matches.
    pub matched_at: String,
}

/// What a block is rendered with.
#[derive(Clone, Copy)]
pub struct WireContext<'a> {
    /// The host under test.
    pub target: &'a Origin,
    /// Variables.
    pub env: &'a Env<'a>,
    /// Whether it goes out although a name in it has no value.
    pub sends_unresolved: bool,
}

/// The probes of a block, in the order of sending; none where it is an HTTP block or has no port to go to.
///
/// # Errors
/// Where a name in it has no value, or what it renders to is no address, name or hexadecimal number.
pub fn render_other(protocol: &Protocol, cx: &WireContext<'_>) -> Result<Vec<PreparedOther>, StepError> {
    match protocol {
        Protocol::Http(_) => Ok(Vec::new()),
        Protocol::Dns(block) => Ok(query(block, cx)?.into_iter().collect()),
        Protocol::Tcp(block) => conversations(block, cx),
        Protocol::Tls(block) => Ok(vec![handshake(block, cx)?]),
        Protocol::WebSocket(block) => Ok(vec![web_socket(block, cx)?]),
    }
}

/// A query. Of an address only its pointer is asked for.
fn query(block: &DnsBlock, cx: &WireContext<'_>) -> Result<Option<PreparedOther>, StepError> {
    let name = text(&block.name, cx)?;
    let name = name.trim().trim_end_matches('.').to_ascii_lowercase();
    let kind = RecordType::of_name(&block.kind.to_ascii_uppercase()).unwrap_or(RecordType(1));
    let name = match name.parse() {
        Ok(address) if kind.to_string() == "PTR" => pointer(address),
        Ok(_) => return Ok(None),
        Err(_) => name,
    };
    let server = |resolver: &Text| {
        let address = text(resolver, cx)?;
        let (host, port) = split_address(&address).unwrap_or_else(|| (address.clone(), 53));
        let ip = host.parse().map_err(|_| StepError::Malformed(format!("`{address}` is no resolver's address")))?;
        Ok(std::net::SocketAddr::new(ip, port))
    };
    let servers = block.resolvers.iter().map(server).collect::<Result<_, StepError>>()?;
    let attempts = u8::try_from(block.retries.clamp(1, 8)).unwrap_or(3);
    let matched_at = name.clone();
    let (name, class) = (name.into(), class(&block.class));
    let probe = OtherProbe::Dns(DnsProbe { name, kind, class, recursion: block.recursion, servers, attempts });
    Ok(Some(PreparedOther { probe, matched_at }))
}

/// The name that an address has in reverse (RFC 1035 §3.5, RFC 3596 §2.5).
fn pointer(address: std::net::IpAddr) -> String {
    match address {
        std::net::IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        std::net::IpAddr::V6(address) => {
            let nibbles = address.octets().into_iter().rev().flat_map(|byte| [byte & 0xF, byte >> 4]);
            let labels: String = nibbles.map(|nibble| format!("{nibble:x}.")).collect();
            format!("{labels}ip6.arpa")
        }
    }
}

fn class(name: &str) -> u16 {
    match name.trim().to_ascii_uppercase().as_str() {
        "CSNET" => 2,
        "CHAOS" => 3,
        "HESIOD" => 4,
        "NONE" => 254,
        "ANY" => 255,
        _ => 1,
    }
}

/// One conversation for each port and address, no place twice.
fn conversations(block: &TcpBlock, cx: &WireContext<'_>) -> Result<Vec<PreparedOther>, StepError> {
    let mut prepared: Vec<PreparedOther> = Vec::new();
    for port in ports(block, cx.target) {
        let host = cx.target.url_host();
        let vars =
            AtPort { inner: cx.env.vars, name: port.map_or(host.clone(), |port| format!("{host}:{port}")), port };
        let env = Env { vars: &vars, ..*cx.env };
        let cx = WireContext { env: &env, ..*cx };
        for address in &block.addresses {
            let written = text(address, &cx)?;
            let (tls, place) = match written.strip_prefix("tls://") {
                Some(place) => (true, place),
                None => (false, &*written),
            };
            let no_address = || StepError::Malformed(format!("`{place}` is no host and port"));
            let (host, port) = split_address(place).ok_or_else(no_address)?;
            let probe = OtherProbe::Tcp(conversation(block, host.into(), port, tls, &cx)?);
            if prepared.iter().all(|known| known.probe != probe) {
                prepared.push(PreparedOther { probe, matched_at: place.to_owned() });
            }
        }
    }
    Ok(prepared)
}

/// The ports that a block is about: its own, unless the target names one of a service of its own.
fn ports(block: &TcpBlock, target: &Origin) -> Vec<Option<u16>> {
    let is_named = target.port != target.scheme.default_port();
    let excluded: &[u16] = if block.excluded_ports.is_empty() { &RESERVED } else { &block.excluded_ports };
    match (is_named, block.ports.is_empty()) {
        // Nobody names a port: the address must.
        (false, true) => vec![None],
        (true, true) => vec![Some(target.port)],
        (true, false) if !excluded.contains(&target.port) => vec![Some(target.port)],
        (_, false) => block.ports.iter().copied().map(Some).collect(),
    }
}

fn conversation(
    block: &TcpBlock,
    host: Arc<str>,
    port: u16,
    tls: bool,
    cx: &WireContext<'_>,
) -> Result<TcpProbe, StepError> {
    let mut turns = Vec::new();
    for input in &block.inputs {
        let send = input.data.as_ref().map(|data| said(data, cx)).transpose()?.unwrap_or_default();
        let read = input.read.filter(|most| *most > 0).map_or(Amount::Nothing, Amount::Some);
        turns.push(Turn { send, read });
    }
    let size = if block.read_size == 0 { READ } else { block.read_size };
    let last = if block.read_all { Amount::All } else { Amount::Some(size) };
    Ok(TcpProbe { host, port, tls, turns, last, patience: Some(PATIENCE) })
}

fn said(data: &TcpData, cx: &WireContext<'_>) -> Result<Bytes, StepError> {
    match data {
        TcpData::Bytes(bytes) => Ok(bytes.clone()),
        TcpData::Text(text) => bytes(text, cx),
        TcpData::Hex(text) => {
            let digits = bytes(text, cx)?;
            let no_digits = |_| StepError::Malformed("what is to be sent is no hexadecimal number".to_owned());
            HEXLOWER_PERMISSIVE.decode(&digits).map(Bytes::from).map_err(no_digits)
        }
    }
}

fn handshake(block: &TlsBlock, cx: &WireContext<'_>) -> Result<PreparedOther, StepError> {
    let matched_at = text(&block.address, cx)?;
    let no_address = || StepError::Malformed(format!("`{matched_at}` is no host and port"));
    let (host, port) = split_address(&matched_at).ok_or_else(no_address)?;
    let version = |written: &Option<Arc<str>>| written.as_deref().map(version).transpose();
    let (least, most) = (version(&block.min_version)?, version(&block.max_version)?);
    let ciphers = block.cipher_suites.iter().map(|name| suite(name)).collect::<Result<_, _>>()?;
    let probe = OtherProbe::Tls(TlsProbe { least, most, ciphers, ..TlsProbe::of(host.into(), port) });
    Ok(PreparedOther { probe, matched_at })
}

fn version(name: &str) -> Result<TlsVersion, StepError> {
    Ok(match name.to_ascii_lowercase().as_str() {
        "sslv3" | "ssl30" => TlsVersion::Ssl30,
        "tls10" => TlsVersion::Tls10,
        "tls11" => TlsVersion::Tls11,
        "tls12" => TlsVersion::Tls12,
        "tls13" => TlsVersion::Tls13,
        _ => return Err(StepError::Malformed(format!("`{name}` is no version of TLS"))),
    })
}

/// The number of a cipher suite.
fn suite(name: &str) -> Result<u16, StepError> {
    let is = |number: &u16| {
        let known = rustls::CipherSuite::from(*number);
        known.as_str().is_some_and(|known| known == name || known.strip_prefix("TLS13_") == name.strip_prefix("TLS_"))
    };
    (0..=u16::MAX).find(is).ok_or_else(|| StepError::Malformed(format!("`{name}` is no cipher suite")))
}

fn web_socket(block: &WebSocketBlock, cx: &WireContext<'_>) -> Result<PreparedOther, StepError> {
    let matched_at = text(&block.address, cx)?;
    let no_address = || StepError::Malformed(format!("`{matched_at}` is no WebSocket URL"));
    let (scheme, rest) = match matched_at.split_once("://") {
        Some(("wss" | "https", rest)) => (Scheme::Https, rest),
        Some(("ws" | "http", rest)) => (Scheme::Http, rest),
        _ => return Err(no_address()),
    };
    let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let whole = if authority.ends_with(']') || !authority.contains(':') {
        format!("{authority}:{}", scheme.default_port())
    } else {
        authority.to_owned()
    };
    let (host, port) = split_address(&whole).ok_or_else(no_address)?;
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    let field = |(name, value): &(Arc<str>, Text)| {
        let value = bytes(value, cx)?;
        let breaks = value.iter().chain(name.as_bytes()).any(|byte| matches!(byte, b'\r' | b'\n'));
        if breaks {
            Err(StepError::Malformed("a field would hold a line break".into()))
        } else {
            Ok((Arc::clone(name), value))
        }
    };
    let headers = block.headers.iter().map(field).collect::<Result<_, _>>()?;
    let messages = block.inputs.iter().map(|input| bytes(&input.data, cx)).collect::<Result<_, _>>()?;
    let origin = Origin::new(scheme, &host, port).ok_or_else(no_address)?;
    let (target, patience) = (target.into(), Some(PATIENCE));
    let probe = OtherProbe::WebSocket(WebSocketProbe { origin, target, headers, messages, patience });
    Ok(PreparedOther { probe, matched_at })
}

fn bytes(text: &Text, cx: &WireContext<'_>) -> Result<Bytes, StepError> {
    let rendered = text.render(cx.env).bytes;
    let open = if cx.sends_unresolved { Vec::new() } else { leftovers(&rendered) };
    if open.is_empty() {
        return Ok(rendered);
    }
    let names = open.iter().map(|open| open.split(['{', '}', '%']).next().unwrap_or_default().into());
    Err(StepError::Unresolved(names.collect()))
}

fn text(text: &Text, cx: &WireContext<'_>) -> Result<String, StepError> {
    Ok(String::from_utf8_lossy(&bytes(text, cx)?).into_owned())
}

/// The variables of a target that is asked on another port.
struct AtPort<'a> {
    inner: &'a dyn Vars,
    /// Host and port.
    name: String,
    port: Option<u16>,
}

impl Vars for AtPort<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        match name {
            "Hostname" => Some(Value::from(&*self.name)),
            "Port" if self.port.is_some() => self.port.map(|port| Value::from(port.to_string())),
            name => self.inner.get(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::base::{Limits, Timestamp};
    use crate::dsl::Random;
    use crate::rule::sequence::TcpInput;

    struct Known;

    impl Vars for Known {
        fn get(&self, name: &str) -> Option<Value> {
            match name {
                "Hostname" => Some(Value::from("a.example")),
                "Host" | "FQDN" => Some(Value::from("a.example")),
                "Port" => Some(Value::from("443")),
                "word" => Some(Value::from("4142")),
                _ => None,
            }
        }
    }

    fn prepared(protocol: &Protocol, target: &Origin) -> Result<Vec<PreparedOther>, StepError> {
        let (limits, random, pause) = (Limits::default(), Random::new(b"x"), Cell::default());
        let env = Env { vars: &Known, now: Timestamp::UNIX_EPOCH, random: &random, limits: &limits, pause: &pause };
        render_other(protocol, &WireContext { target, env: &env, sends_unresolved: false })
    }

    fn written(source: &str) -> Text {
        Text::parse(source, &Limits::default()).expect("a text")
    }

    fn https(port: u16) -> Origin {
        Origin::new(Scheme::Https, "a.example", port).expect("valid")
    }

    fn tcp(addresses: &[&str], ports: &[u16], data: TcpData) -> Protocol {
        Protocol::Tcp(TcpBlock {
            addresses: addresses.iter().map(|address| written(address)).collect(),
            ports: ports.to_vec(),
            excluded_ports: Vec::new(),
            inputs: vec![TcpInput { data: Some(data), read: Some(8), name: None }],
            read_size: 0,
            read_all: false,
        })
    }

    fn places(prepared: &[PreparedOther]) -> Vec<&str> {
        prepared.iter().map(|one| &*one.matched_at).collect()
    }

    #[test]
    fn a_conversation_goes_to_the_ports_of_its_block_unless_the_target_names_a_service() {
        let block = tcp(&["{{Hostname}}", "{{Host}}:22"], &[22, 2222], TcpData::Text(written("{{word}}\r\n")));
        let found = prepared(&block, &https(443)).expect("rendered");
        assert_eq!(places(&found), ["a.example:22", "a.example:2222"]);
        let both = tcp(&["{{Hostname}}", "tls://{{Hostname}}"], &[6379], TcpData::Text(written("x")));
        assert_eq!(prepared(&both, &https(443)).map(|found| found.len()), Ok(2), "in the clear, then inside TLS");
        let places_at = |port| prepared(&block, &https(port)).map(|found| found.len());
        assert_eq!(places_at(8443), Ok(2), "a web server's port");
        let portless = tcp(&["{{Hostname}}"], &[], TcpData::Text(written("x")));
        assert!(matches!(prepared(&portless, &https(443)), Err(StepError::Malformed(_))), "nobody names a port");
        assert_eq!(places(&prepared(&block, &https(2022)).expect("rendered")), ["a.example:2022", "a.example:22"]);
        let OtherProbe::Tcp(probe) = &found[0].probe else { panic!("{found:?}") };
        assert_eq!(
            (&*probe.turns[0].send, probe.turns[0].read, probe.last),
            (&b"4142\r\n"[..], Amount::Some(8), Amount::Some(1024))
        );
    }

    #[test]
    fn what_is_sent_is_text_or_digits_and_must_be_known() {
        let sent = |data| match prepared(&tcp(&["tls://{{Hostname}}"], &[1], data), &https(443))?.remove(0).probe {
            OtherProbe::Tcp(probe) => Ok((probe.tls, probe.turns[0].send.clone())),
            other => panic!("{other:?}"),
        };
        assert_eq!(sent(TcpData::Hex(written("{{word}}0d"))), Ok((true, "AB\r".into())));
        assert!(matches!(sent(TcpData::Hex(written("0"))), Err(StepError::Malformed(_))));
        assert!(matches!(sent(TcpData::Text(written("{{nobody}}"))), Err(StepError::Unresolved(_))));
    }

    #[test]
    fn queries_handshakes_and_conversations_of_browsers_are_read_from_their_texts() {
        let dns = |name: &str, kind: &str| {
            let (name, kind, class) = (written(name), kind.into(), "inet".into());
            Protocol::Dns(DnsBlock { name, kind, class, recursion: true, retries: 3, resolvers: Vec::new() })
        };
        let one = |protocol: &Protocol| {
            prepared(protocol, &https(443)).map(|mut all| all.pop().map(|one| one.probe.to_string()))
        };
        assert_eq!(one(&dns("_dmarc.{{FQDN}}", "TXT")), Ok(Some("dns:_dmarc.a.example?type=TXT".into())));
        assert_eq!(one(&dns("192.0.2.7", "PTR")), Ok(Some("dns:7.2.0.192.in-addr.arpa?type=PTR".into())));
        assert_eq!(one(&dns("192.0.2.7", "A")), Ok(None), "an address has no address");
        let tls = |min: &str, suites: &[&str]| {
            Protocol::Tls(TlsBlock {
                address: written("{{Host}}:{{Port}}"),
                min_version: Some(min.into()),
                max_version: None,
                cipher_suites: suites.iter().map(|name| (*name).into()).collect(),
            })
        };
        assert_eq!(one(&tls("tls12", &["TLS_AES_128_GCM_SHA256"])), Ok(Some("tls://a.example:443".into())));
        assert!(one(&tls("tls9", &[])).is_err() && one(&tls("tls12", &["TLS_X"])).is_err());
        let socket = |address: &str| {
            Protocol::WebSocket(WebSocketBlock { address: written(address), headers: Vec::new(), inputs: Vec::new() })
        };
        assert_eq!(one(&socket("wss://{{Hostname}}/chat?x")), Ok(Some("wss://a.example/chat?x".into())));
        assert_eq!(one(&socket("ws://[::1]:81")), Ok(Some("ws://[::1]:81/".into())));
        assert!(one(&socket("{{Hostname}}")).is_err());
    }
}
