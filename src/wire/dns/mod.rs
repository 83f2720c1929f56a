//! DNS queries: over UDP, over TCP where the answer does not fit (RFC 1035 §4.2, RFC 7766).
//!
//! Takes a query and resolvers; gives the first good answer. Invariant: only an answer to our own question, with its
//! identifier and from the resolver that was asked, counts; every attempt ends in time. Messages are read by us, because
//! rules look for words in their text. Must never decide whether a resolver may be asked; that is the caller's.

mod message;
mod options;
mod rdata;
mod reader;
mod system;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout_at;

use super::fault::connect_kind;
use crate::base::Reservation;
use crate::observation::{DnsMessage, DnsProbe, ErrorKind, ProbeError};

pub(super) use system::system_resolvers;

/// The longest that one attempt waits.
const ATTEMPT: Duration = Duration::from_secs(3);
/// Bytes of a datagram.
const DATAGRAM: usize = 4096;
/// Datagrams that are not our answer and that are passed over.
const STRAYS: usize = 16;

/// Asks resolvers in turn until one gives a good answer; gives it and who gave it. Of answers that say that the resolver
/// failed, the last one counts where none is better.
pub(super) async fn ask(
    probe: &DnsProbe,
    servers: &[SocketAddr],
    patience: Duration,
    paid: &mut Reservation,
) -> Result<(DnsMessage, SocketAddr), ProbeError> {
    let none = || ProbeError::new(ErrorKind::ResolveFailed, "no resolver is known; name one with --resolver");
    let mut outcome = Err(none());
    for server in servers.iter().cycle().take(usize::from(probe.attempts.max(1)).max(servers.len().min(4))) {
        let answered = attempt(probe, *server, patience.min(ATTEMPT), paid).await;
        let is_final = match &answered {
            Ok(message) => matches!(message.code, 0 | 3),
            Err(error) => matches!(error.kind, ErrorKind::Budget | ErrorKind::NoSuchName | ErrorKind::Local),
        };
        outcome = match (outcome, answered) {
            (Ok(known), Err(_)) => Ok(known),
            (_, answered) => answered.map(|message| (message, *server)),
        };
        if is_final {
            break;
        }
    }
    outcome
}

async fn attempt(
    probe: &DnsProbe,
    server: SocketAddr,
    patience: Duration,
    paid: &mut Reservation,
) -> Result<DnsMessage, ProbeError> {
    let id = getrandom::u32().map_or(0, |number| u16::try_from(number & 0xFFFF).unwrap_or(0));
    let Some(query) = message::encode(probe, id) else {
        return Err(ProbeError::new(ErrorKind::NoSuchName, "the name cannot be asked for in DNS"));
    };
    let end = Instant::now() + patience;
    let late = || ProbeError::new(ErrorKind::ResponseTimeout, "the resolver did not answer in time");
    let brief = timeout_at(end.into(), over_udp(&query, server)).await;
    let message = match brief {
        Ok(Ok(answer)) if answer.is_truncated() => {
            // What fits is better than nothing, where TCP does not work.
            match timeout_at((Instant::now() + patience).into(), over_tcp(&query, server, paid)).await {
                Ok(Ok(whole)) => whole,
                Ok(Err(error)) if error.kind == ErrorKind::Budget => return Err(error),
                _ => answer,
            }
        }
        Ok(answer) => answer?,
        Err(_) => return Err(late()),
    };
    let weight = message.to_string().len();
    let over = || ProbeError::new(ErrorKind::Budget, "the byte budget of the scan is used up");
    paid.try_grow(weight).then_some(message).ok_or_else(over)
}

async fn over_udp(query: &[u8], server: SocketAddr) -> Result<DnsMessage, ProbeError> {
    let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await.map_err(|error| failed(&error))?;
    socket.connect(server).await.map_err(|error| failed(&error))?;
    socket.send(query).await.map_err(|error| failed(&error))?;
    let mut datagram = [0; DATAGRAM];
    for _ in 0..STRAYS {
        let length = socket.recv(&mut datagram).await.map_err(|error| failed(&error))?;
        if let Some(answer) = answer_to(query, datagram.get(..length).unwrap_or_default()) {
            return answer;
        }
    }
    Err(ProbeError::new(ErrorKind::Malformed, "nothing that the resolver sent answers the query"))
}

async fn over_tcp(query: &[u8], server: SocketAddr, paid: &mut Reservation) -> Result<DnsMessage, ProbeError> {
    let mut stream = TcpStream::connect(server).await.map_err(|error| failed(&error))?;
    let length = u16::try_from(query.len()).unwrap_or(u16::MAX);
    let framed = [&length.to_be_bytes()[..], query].concat();
    stream.write_all(&framed).await.map_err(|error| failed(&error))?;
    let length = stream.read_u16().await.map_err(|error| failed(&error))?;
    if !paid.try_grow(usize::from(length)) {
        return Err(ProbeError::new(ErrorKind::Budget, "the byte budget of the scan is used up"));
    }
    let mut bytes = vec![0; usize::from(length)];
    stream.read_exact(&mut bytes).await.map_err(|error| failed(&error))?;
    answer_to(query, &bytes).unwrap_or_else(|| Err(ProbeError::new(ErrorKind::Malformed, "another query is answered")))
}

/// The message, where it answers the query: same identifier, an answer, the same question if it repeats one.
fn answer_to(query: &[u8], bytes: &[u8]) -> Option<Result<DnsMessage, ProbeError>> {
    let is_ours = bytes.get(..2) == query.get(..2) && bytes.get(2).is_some_and(|flags| flags & 0x80 != 0);
    if !is_ours {
        return None;
    }
    let Ok(message) = message::parse(bytes) else {
        return Some(Err(ProbeError::new(ErrorKind::Malformed, "the answer is no DNS message")));
    };
    let asked = message::parse(query).ok()?.question;
    let same = message.question.iter().all(|question| {
        asked.iter().any(|own| own.name.eq_ignore_ascii_case(&question.name) && own.kind == question.kind)
    });
    same.then_some(Ok(message))
}

/// What is wrong with a resolver is not the fault of the name that it is asked for.
fn failed(error: &std::io::Error) -> ProbeError {
    let kind = match connect_kind(error) {
        ErrorKind::Local => ErrorKind::Local,
        _ => ErrorKind::ResolveFailed,
    };
    ProbeError::new(kind, format!("the resolver cannot be asked: {error}"))
}

/// The text of a message, in the manner of `dig`; `None` where the bytes are none.
pub fn message_text(bytes: &[u8]) -> Option<String> {
    message::parse(bytes).ok().map(|message| message.to_string())
}
