//! Requests and answers as text: the bytes as sent, credentials masked.
//!
//! Nothing may import this file but `cli`.

use std::io::{self, Write};

use crate::base::Untrusted;
use crate::finding::{redact, redact_header};
use crate::observation::{Amount, Exchange, HttpProbe, Observation, OtherProbe, Probe, Seen, Talk, TlsSession};
use crate::tls::{group, suite};
use crate::wire::tls::survey::{bound, usual};

/// The most characters of one line of a request.
const LINE: usize = 400;
/// The most lines of a request's body.
const BODY_LINES: usize = 40;

/// Prints a request byte for byte, a line each, indented.
pub(super) fn print_request(out: &mut impl Write, probe: &HttpProbe, indent: usize) -> io::Result<()> {
    let wire = probe.wire.expose();
    let end = memchr::memmem::find(wire, b"\r\n\r\n").unwrap_or(wire.len());
    let (head, body) = wire.split_at(end);
    for line in head.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        writeln!(out, "{:indent$}{}", "", Untrusted(masked(line)).terminal_short(LINE))?;
    }
    let body = body.get(4..).unwrap_or_default();
    for line in redact(body).split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(BODY_LINES) {
        writeln!(out, "{:indent$}{}", "", Untrusted(line).terminal_short(LINE))?;
    }
    Ok(())
}

/// Where a probe goes, as a URL.
pub(super) fn place(probe: &Probe) -> String {
    match probe {
        Probe::Http(probe) => probe.url(),
        Probe::Other(probe) => probe.to_string(),
    }
}

/// Prints what a probe sends, indented.
pub(super) fn print_probe(out: &mut impl Write, probe: &Probe, indent: usize) -> io::Result<()> {
    match probe {
        Probe::Http(probe) => print_request(out, probe, indent),
        Probe::Other(probe) => print_other(out, probe, indent),
    }
}

/// Prints what a probe that is not HTTP sends, indented.
pub(super) fn print_other(out: &mut impl Write, probe: &OtherProbe, indent: usize) -> io::Result<()> {
    let mut line = |text: String| writeln!(out, "{:indent$}{}", "", Untrusted(text).terminal_short(LINE));
    line(probe.to_string())?;
    match probe {
        OtherProbe::Dns(_) => Ok(()),
        OtherProbe::TlsSurvey(probe) => {
            let (about, most) = (usual(probe.depth), bound(probe.depth));
            line(format!("{} survey of TLS: about {about} hellos, {most} at most", probe.depth.name()))
        }
        OtherProbe::Tls(probe) => {
            let bounds = [("at least", probe.least), ("at most", probe.most)];
            let mut bounds = bounds.into_iter().filter_map(|(words, version)| Some((words, version?)));
            bounds.try_for_each(|(words, version)| line(format!("{words} {}", version.name())))?;
            let suites = probe.ciphers.iter().map(|number| suite::name_of(u32::from(*number)));
            let groups = probe.groups.iter().map(|number| group::name_of(*number));
            let protocols = probe.alpn.iter().map(ToString::to_string);
            let lists: [(&str, Vec<String>); 3] =
                [("suites", suites.collect()), ("groups", groups.collect()), ("ALPN", protocols.collect())];
            let mut lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
            lists.try_for_each(|(word, names)| line(format!("{word}: {}", names.join(", "))))?;
            let name = probe.nameless.then(|| "without a name".to_owned());
            let name = name.or_else(|| probe.name.as_ref().map(|name| format!("name: {name}")));
            name.into_iter().try_for_each(line)
        }
        OtherProbe::Tcp(probe) => {
            for turn in &probe.turns {
                if !turn.send.is_empty() {
                    line(format!("> {}", escaped(&turn.send)))?;
                }
                read_line(turn.read).into_iter().try_for_each(&mut line)?;
            }
            read_line(probe.last).into_iter().try_for_each(line)
        }
        OtherProbe::WebSocket(probe) => {
            let fields = probe.headers.iter().map(|(name, value)| masked(&[name.as_bytes(), b": ", value].concat()));
            fields.into_iter().try_for_each(|field| line(String::from_utf8_lossy(&field).into_owned()))?;
            probe.messages.iter().try_for_each(|message| line(format!("> {}", escaped(message))))
        }
    }
}

fn read_line(amount: Amount) -> Option<String> {
    match amount {
        Amount::Nothing => None,
        Amount::Some(most) => Some(format!("< at most {most} bytes")),
        Amount::All => Some("< everything".to_owned()),
    }
}

/// Bytes on one line, secrets masked.
fn escaped(bytes: &[u8]) -> String {
    redact(bytes).escape_ascii().to_string()
}

/// Prints what a probe that is not HTTP brought, indented.
pub(super) fn print_observation(out: &mut impl Write, seen: &Observation, indent: usize) -> io::Result<()> {
    let took = seen.timing.total.as_secs_f64() * 1000.0;
    let mut line = |text: String| writeln!(out, "{:indent$}-> {}", "", Untrusted(text).terminal_short(LINE));
    match &seen.seen {
        Ok(Seen::Dns(message)) => {
            line(format!("{}, {} answers, {took:.0} ms", message.code_name(), message.answer.len()))?;
            message.answer.iter().take(BODY_LINES).try_for_each(|record| line(record.to_string()))
        }
        Ok(Seen::Tcp(talk, session)) => {
            session.iter().try_for_each(|session| line(session_line(session)))?;
            talk_lines(talk).into_iter().try_for_each(&mut line)?;
            line(format!("{} bytes, {took:.0} ms", talk.all().len()))
        }
        Ok(Seen::Tls(session)) => line(format!("{}, {took:.0} ms", session_line(session))),
        Ok(Seen::TlsSurvey(survey)) => {
            let session = survey.session.as_ref().map(|session| session_line(session));
            let said = session.or_else(|| survey.no_session.clone()).unwrap_or_default();
            line(format!("{said}, {} hellos, {took:.0} ms", survey.hellos))
        }
        Ok(Seen::WebSocket(upgrade, talk)) => {
            line(format!("{}, {took:.0} ms", upgrade.status))?;
            talk_lines(talk).into_iter().try_for_each(line)
        }
        Err(error) => line(format!("{}: {}, {took:.0} ms", error.kind, error.detail)),
    }
}

fn session_line(session: &TlsSession) -> String {
    format!("{}, {}, {} certificates", session.version, session.cipher, session.chain.len())
}

fn talk_lines(talk: &Talk) -> Vec<String> {
    let read = talk.reads.iter().chain([&talk.last]).filter(|read| !read.is_empty());
    let broken = talk.broken.iter().map(|error| format!("{}: {}", error.kind, error.detail));
    read.take(BODY_LINES).map(|read| escaped(read)).chain(broken).collect()
}

/// A line of a head as it may be shown.
fn masked(line: &[u8]) -> Vec<u8> {
    match memchr::memchr(b':', line) {
        Some(colon) => {
            let (name, value) = line.split_at(colon);
            let value = value.get(1..).unwrap_or_default();
            [name, b": ", &redact_header(name, value.trim_ascii())].concat()
        }
        None => redact(line),
    }
}

/// What came back, in one line.
pub(super) fn answer_line(exchange: &Exchange) -> String {
    let took = exchange.timing.total.as_secs_f64() * 1000.0;
    match &exchange.response {
        Ok(response) => {
            let reason = Untrusted(&response.reason).terminal_short(40);
            let class = response.header("content-type").next().map(|value| Untrusted(value).terminal_short(60));
            let class = class.map(|class| format!(", {class}")).unwrap_or_default();
            let cut = if response.truncated.is_some() { ", cut off" } else { "" };
            format!("{} {reason}, {} bytes{class}{cut}, {took:.0} ms", response.status, response.body.len())
        }
        Err(error) => format!("{}: {}, {took:.0} ms", error.kind, Untrusted(&error.detail).terminal()),
    }
}
