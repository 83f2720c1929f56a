//! Rendering of what is not HTTP: a rule's query, conversation or handshake in a scope → its probe.
//!
//! Invariant: equal wishes of different rules render to equal probes. Must never import a folder above `target`.

use std::net::IpAddr;
use std::sync::Arc;

use super::RenderError;
use crate::base::{Origin, Scheme};
use crate::expr::Template;
use crate::observation::{Amount, DnsProbe, OtherProbe, RecordType, TcpProbe, TlsProbe, TlsSurveyProbe, Turn};
use crate::predicate::Scope;
use crate::rule::{DnsRequest, SentName, TcpStep, TlsRequest, Wire};

/// How often a query is asked.
const ATTEMPTS: u8 = 3;
/// The class of the Internet.
const INTERNET: u16 = 1;

/// The probe of a request; `None` where it is an HTTP request.
///
/// # Errors
/// Where an expression fails or a value does not fit its place.
pub fn render_other(wire: &Wire, scope: &Scope<'_>) -> Result<Option<OtherProbe>, RenderError> {
    Ok(match wire {
        Wire::Http(_) => None,
        Wire::Dns(request) => Some(OtherProbe::Dns(query(request, scope)?)),
        Wire::Tcp(address, steps) => Some(OtherProbe::Tcp(conversation(address, steps, scope)?)),
        Wire::TlsSurvey => Some(OtherProbe::TlsSurvey(survey(scope))),
        Wire::Tls(wanted) => Some(OtherProbe::Tls(handshake(wanted, scope)?)),
    })
}

fn query(request: &DnsRequest, scope: &Scope<'_>) -> Result<DnsProbe, RenderError> {
    let name = match &request.name {
        Some(name) => text(name, scope)?,
        None => scope.host.origin.host().to_owned(),
    };
    let kind = RecordType::of_name(&request.kind).ok_or_else(|| RenderError::Target(request.kind.to_string()))?;
    let (name, servers) = (name.to_ascii_lowercase().into(), Vec::new());
    Ok(DnsProbe { name, kind, class: INTERNET, recursion: true, servers, attempts: ATTEMPTS })
}

fn conversation(address: &Template, steps: &[TcpStep], scope: &Scope<'_>) -> Result<TcpProbe, RenderError> {
    let address = text(address, scope)?;
    let (host, port) = split_address(&address).ok_or_else(|| RenderError::Target(address.clone()))?;
    let mut turns: Vec<Turn> = Vec::new();
    for step in steps {
        match (step, turns.last_mut()) {
            (TcpStep::Send(bytes), _) => {
                turns.push(Turn { send: bytes.render(&scope.env())?, read: Amount::Nothing });
            }
            (TcpStep::Read(most), Some(turn)) if turn.read == Amount::Nothing => turn.read = Amount::Some(*most),
            (TcpStep::Read(most), _) => turns.push(Turn { send: Default::default(), read: Amount::Some(*most) }),
        }
    }
    Ok(TcpProbe { host: host.into(), port, tls: false, turns, last: Amount::Nothing, patience: None })
}

fn handshake(wanted: &TlsRequest, scope: &Scope<'_>) -> Result<TlsProbe, RenderError> {
    let origin = &scope.host.origin;
    let name = match &wanted.name {
        SentName::OfHost | SentName::Nobody => None,
        SentName::Other(name) => Some(sent_name(&text(name, scope)?)?),
    };
    Ok(TlsProbe {
        name: name.filter(|name| **name != *origin.host()),
        nameless: wanted.name == SentName::Nobody,
        least: wanted.least,
        most: wanted.most,
        ciphers: wanted.ciphers.clone(),
        groups: wanted.groups.clone(),
        alpn: wanted.alpn.clone(),
        ..TlsProbe::of(origin.host().into(), origin.port)
    })
}

/// A name as SNI can say it: no address, and nothing beside it.
fn sent_name(name: &str) -> Result<Arc<str>, RenderError> {
    let origin = Origin::new(Scheme::Http, name, 80).filter(|origin| origin.host().parse::<IpAddr>().is_err());
    origin.map(|origin| origin.host().into()).ok_or_else(|| RenderError::Target(name.to_owned()))
}

fn survey(scope: &Scope<'_>) -> TlsSurveyProbe {
    let (origin, wish) = (&scope.host.origin, scope.host.survey);
    let (host, port) = (origin.host().into(), origin.port);
    TlsSurveyProbe { host, port, name: None, depth: wish.depth, starttls: wish.starttls }
}

fn text(template: &Template, scope: &Scope<'_>) -> Result<String, RenderError> {
    let bytes = template.render(&scope.env())?;
    String::from_utf8(bytes.to_vec()).map_err(|_| RenderError::Target(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Host and port of `host:port`; an IPv6 address in brackets, which are taken away.
pub(super) fn split_address(address: &str) -> Option<(String, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let port = port.bytes().all(|digit| digit.is_ascii_digit()).then(|| port.parse().ok())??;
    let origin = Origin::new(Scheme::Http, host, port)?;
    let is_plain = host.starts_with('[') || !host.contains(':');
    is_plain.then(|| (origin.host().to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_sent_is_no_address() {
        assert_eq!(sent_name("B.example").as_deref(), Ok("b.example"));
        for wrong in ["192.0.2.7", "[::1]", "a b", ""] {
            assert!(sent_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_are_a_host_and_a_port() {
        let split = |address: &str| split_address(address).map(|(host, port)| format!("{host} {port}"));
        assert_eq!(split("A.example:22").as_deref(), Some("a.example 22"));
        assert_eq!(split("[2001:DB8::1]:22").as_deref(), Some("2001:db8::1 22"));
        for wrong in ["", "a", "a:", "a:x", "a:+1", "::1:22", "a:65536", "a b:1"] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }
}
