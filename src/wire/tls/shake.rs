//! Whole handshakes of a survey, each with its own wish.
//!
//! Takes a connected stream and a wish, gives what the handshake showed, what the server said in the clear among it.
//! Invariant: a certificate never ends it, no early data is sent, and it ends within the time given. Must never dial.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::{Resumption, Tls12Resumption};
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, Error, HandshakeKind, InvalidMessage};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::ask::broken;
use super::asked::Asked;
use super::config::Tls;
use super::flight::{Answer, Cursor, Flight, Until};
use super::handshake::record;
use super::store::Store;
use super::survey::{Heard, Resume, Shaken, Wish};
use super::tap::Tap;
use super::verify::Recorder;
use crate::base::Clock;
use crate::observation::TlsVersion;

/// The shortest and the longest wait for a ticket, which comes after the handshake.
const TICKET: (Duration, Duration) = (Duration::from_millis(40), Duration::from_millis(600));
/// Number of `session_ticket`.
const SESSION_TICKET: u16 = 35;
/// How long is read before it is looked whether a ticket came.
const GLANCE: Duration = Duration::from_millis(10);

/// What the whole handshakes of one survey share: the sessions that they may resume, and who looked at them. The library
/// resumes a session for the verifier and the client's certificate that it was made with, and for no others.
#[derive(Debug)]
pub(in crate::wire) struct Sessions {
    recorder: Arc<Recorder>,
    asked: Arc<Asked>,
    ids: Arc<Store>,
    tickets12: Arc<Store>,
    tickets13: Arc<Store>,
}

impl Sessions {
    /// None yet.
    pub(in crate::wire) fn new(tls: &Tls) -> Self {
        Self {
            recorder: Arc::new(Recorder::new(&tls.provider)),
            asked: Arc::new(Asked::new(Arc::clone(&tls.template.client_auth_cert_resolver))),
            ids: Arc::default(),
            tickets12: Arc::default(),
            tickets13: Arc::default(),
        }
    }

    fn of(&self, resume: Resume) -> &Arc<Store> {
        match resume {
            Resume::Ids => &self.ids,
            Resume::Tickets12 => &self.tickets12,
            Resume::Tickets13 => &self.tickets13,
        }
    }
}

/// Shakes hands as wished.
pub(in crate::wire) async fn shake<S>(
    stream: S,
    name: ServerName<'static>,
    wish: &Wish,
    sessions: &Sessions,
    (tls, clock): (&Tls, Clock),
) -> Heard
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    // A handshake that resumes must be looked at as the one before it was; any other is looked at by itself.
    let alone = || Arc::new(Recorder::offering(&tls.provider, &wish.schemes));
    let recorder = wish.resume.map_or_else(alone, |_| Arc::clone(&sessions.recorder));
    let unasked = || Arc::new(Asked::new(Arc::clone(&tls.template.client_auth_cert_resolver)));
    let asked = wish.resume.map_or_else(unasked, |_| Arc::clone(&sessions.asked));
    let Some(mut config) = config(tls, wish, &recorder) else {
        return Heard::NotShaken("TLS cannot be set up".to_owned());
    };
    config.client_auth_cert_resolver = Arc::clone(&asked) as _;
    if let Some(resume) = wish.resume {
        config.resumption = resumption(resume, sessions);
    }
    let start = Instant::now();
    let connecting = TlsConnector::from(Arc::new(config)).connect(name.clone(), Tap::new(stream)).into_fallible().await;
    match connecting {
        Ok(mut stream) => {
            let store = wish.resume.map(|resume| sessions.of(resume));
            if let Some(store) = store.filter(|_| wish.resume == Some(Resume::Tickets13)) {
                await_ticket(&mut stream, store, start.elapsed()).await;
            }
            let (tap, connection) = stream.get_ref();
            let mut session = record(connection, (tls, &recorder), &name, clock);
            session.client_certificate = asked.wish();
            session.resumption.early_data = store.and_then(|store| store.early_data());
            let resumed = connection.handshake_kind() == Some(HandshakeKind::Resumed);
            // A session without a ticket is resumed by its identifier, whatever was wished.
            let as_wished = wish.resume != Some(Resume::Tickets12) || has_ticket(tap.said()) == Some(true);
            Heard::Shaken(Box::new(Shaken {
                session,
                resumed: resumed && as_wished,
                answer: in_the_clear(tap.heard()),
            }))
        }
        Err((error, tap)) => failure(&error, tap.heard()),
    }
}

fn config(tls: &Tls, wish: &Wish, recorder: &Arc<Recorder>) -> Option<ClientConfig> {
    let new = wish.most.is_none_or(|most| most >= TlsVersion::Tls13);
    let versions: &[_] = match wish.resume == Some(Resume::Tickets13) || new {
        _ if !wish.schemes.is_empty() => &[&TLS13],
        true => &[&TLS13, &TLS12],
        false => &[&TLS12],
    };
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&tls.provider)).with_protocol_versions(versions).ok()?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::clone(recorder) as _);
    let mut config = builder.with_no_client_auth();
    config.enable_sni = !wish.nameless;
    config.alpn_protocols = wish.alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    config.resumption = Resumption::disabled();
    Some(config)
}

fn resumption(resume: Resume, sessions: &Sessions) -> Resumption {
    let by = match resume {
        Resume::Ids => Tls12Resumption::SessionIdOnly,
        Resume::Tickets12 => Tls12Resumption::SessionIdOrTickets,
        Resume::Tickets13 => Tls12Resumption::Disabled,
    };
    Resumption::store(Arc::clone(sessions.of(resume)) as _).tls12_resumption(by)
}

/// Reads on for a moment: tickets come after the handshake.
async fn await_ticket<S>(stream: &mut TlsStream<Tap<S>>, store: &Store, took: Duration)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let is_new = stream.get_ref().1.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3);
    let end = Instant::now() + (2 * took).clamp(TICKET.0, TICKET.1);
    let mut byte = [0];
    while is_new && store.early_data().is_none() && Instant::now() < end {
        if timeout(GLANCE, stream.read(&mut byte)).await.is_ok() {
            return;
        }
    }
}

/// The ServerHello that came first.
fn in_the_clear(heard: &[u8]) -> Option<Answer> {
    Flight::new(Until::Hello).push(heard).ok().flatten()
}

/// Whether a hello of TLS 1.2 has a ticket in it (RFC 5077 §3.2): one without asks for one.
fn has_ticket(hello: &[u8]) -> Option<bool> {
    let mut rest = Cursor::new(hello);
    // The headers of the record and of the message, the version, the random bytes.
    rest.take(5 + 4 + 2 + 32)?;
    let (_session, _suites, _compression) = (rest.counted::<1>()?, rest.counted::<2>()?, rest.counted::<1>()?);
    rest.number()?;
    loop {
        let (extension, length) = (rest.number()?, rest.number()?);
        if extension == SESSION_TICKET {
            return Some(length > 0);
        }
        rest.take(usize::from(length))?;
    }
}

/// What a handshake that failed was told.
fn failure(error: &std::io::Error, heard: &[u8]) -> Heard {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::AlertReceived(alert)) => Heard::Alert(u8::from(*alert)),
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) | None if is_other(heard) => {
            Heard::NotTls(bytes::Bytes::copy_from_slice(heard.get(..64).unwrap_or(heard)))
        }
        Some(Error::InvalidMessage(_)) if is_other(heard) => {
            Heard::NotTls(bytes::Bytes::copy_from_slice(heard.get(..64).unwrap_or(heard)))
        }
        Some(Error::PeerIncompatible(_)) => {
            let words = "the server speaks only TLS versions, ciphers or groups that are not supported here";
            Heard::NotShaken(words.to_owned())
        }
        Some(_) => Heard::NotShaken("the server broke the rules of the TLS handshake".to_owned()),
        None => broken(error),
    }
}

/// Whether bytes are none of TLS.
fn is_other(heard: &[u8]) -> bool {
    !heard.is_empty() && matches!(Flight::new(Until::Hello).push(heard), Err(super::flight::Broken::NotTls))
}
