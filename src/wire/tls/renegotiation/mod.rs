//! Whether a server lets its clients begin a second handshake on a connection: one whole handshake of TLS 1.2 by hand, and
//! one hello after it (RFC 5246 §7.4.1.1, RFC 5746).
//!
//! Takes a hello and the server's bytes, gives bytes to send and at the end what was said; no library goes on after its
//! handshake, so this one is made here. Nothing is trusted that comes over it and nothing of a user's is sent. Invariant:
//! no bytes of a server make it panic, and it reads at most [`MAX_BYTES`] of them. Must never open a socket.

mod keys;
mod seal;
mod speech;
#[cfg(test)]
mod tests;

use keys::{Agreement, Secrets};
use seal::Seals;
pub use speech::SUITES;
use speech::{FINISHED, Flight, HELLO_REQUEST, SERVER_HELLO, finished, first_flight};

use super::flight::record::{ALERT, CHANGE_CIPHER, DATA, HANDSHAKE, Message, Messages, Records};
use super::flight::{Broken, MAX_BYTES};
use super::hello::{ClientHello, Extension};
use crate::observation::{Refusal, Told, Unheard};

/// Number of `renegotiation_info`.
const RENEGOTIATION: u16 = 0xFF01;
/// Groups that keys are agreed on in.
pub const GROUPS: [u16; 3] = [29, 23, 24];

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// More of the server's bytes are needed.
    Wait,
    /// These bytes are to be sent.
    Send(Vec<u8>),
    /// This is what came of it.
    Over(Told),
}

/// How far it is.
#[derive(Debug)]
enum Stage {
    /// The server's first flight.
    Hello(Flight),
    /// The server's change of the cipher; what it must say at its end.
    Change(Vec<u8>),
    /// The server's end of the handshake.
    End(Seals, Vec<u8>),
    /// The answer to the second hello.
    Again(Seals),
}

/// The two handshakes.
#[derive(Debug)]
pub struct Renegotiation {
    hello: ClientHello,
    records: Records,
    messages: Messages,
    transcript: Vec<u8>,
    stage: Stage,
    taken: usize,
    /// What the client said at the end of the first handshake, where the server binds a second one to it.
    bond: Option<Vec<u8>>,
    seals: Option<Seals>,
}

/// A handshake that did not come about says nothing of a second one.
const NOT_SHAKEN: Told = Told::Unknown(Unheard::NoConnection);

impl Renegotiation {
    /// With this first hello, which is to offer [`SUITES`] and [`GROUPS`] and nothing that changes keys.
    pub fn new(hello: ClientHello) -> Self {
        Self {
            transcript: hello.message(),
            hello,
            records: Records::default(),
            messages: Messages::default(),
            stage: Stage::Hello(Flight::default()),
            taken: 0,
            bond: None,
            seals: None,
        }
    }

    /// The bytes that begin it.
    pub fn start(&self) -> Vec<u8> {
        self.hello.record()
    }

    /// Takes bytes of the server.
    pub fn push(&mut self, bytes: &[u8]) -> Step {
        self.taken += bytes.len();
        if self.taken > MAX_BYTES {
            return Step::Over(Told::Unknown(Unheard::Lied));
        }
        self.records.push(bytes);
        let mut sent = Vec::new();
        loop {
            let step = match self.records.next() {
                Ok(Some(record)) => self.record(record),
                Ok(None) if sent.is_empty() => return Step::Wait,
                Ok(None) => return Step::Send(sent),
                Err(Broken::Alert(alert)) => Err(Told::Refused(Refusal::Alert(alert))),
                Err(_) => Err(Told::Unknown(Unheard::Lied)),
            };
            match step {
                Ok(more) => sent.extend(more),
                Err(told) => return Step::Over(told),
            }
        }
    }

    /// The connection ended. Who ends it at the second hello does not begin another handshake.
    pub fn ended(&self) -> Told {
        match self.stage {
            Stage::Again(_) => Told::Refused(Refusal::Closed),
            _ => NOT_SHAKEN,
        }
    }

    /// Takes a record; gives what is to be sent, or what came of it.
    fn record(&mut self, (kind, payload): (u8, Vec<u8>)) -> Result<Vec<u8>, Told> {
        let broken = || Told::Unknown(Unheard::Lied);
        let payload = match &mut self.stage {
            Stage::End(seals, _) | Stage::Again(seals) => seals.open(kind, &payload).ok_or_else(broken)?,
            _ => payload,
        };
        match kind {
            HANDSHAKE => {
                self.messages.push(&payload).map_err(|_| broken())?;
                self.read_messages()
            }
            CHANGE_CIPHER => self.changed().ok_or_else(broken),
            ALERT => self.alert(&payload),
            // What a server says of itself, or on its way out.
            DATA => Ok(Vec::new()),
            _ => Err(broken()),
        }
    }

    fn alert(&self, payload: &[u8]) -> Result<Vec<u8>, Told> {
        let [level, description] = *payload else { return Err(Told::Unknown(Unheard::Lied)) };
        match (&self.stage, level) {
            (Stage::Again(_), _) => Err(Told::Refused(Refusal::Alert(description))),
            // A warning about the name, say.
            (_, 1) if description != 0 => Ok(Vec::new()),
            _ => Err(NOT_SHAKEN),
        }
    }

    fn read_messages(&mut self) -> Result<Vec<u8>, Told> {
        let mut sent = Vec::new();
        while let Some(message) = self.messages.next() {
            sent.extend(self.message(&message)?);
        }
        Ok(sent)
    }

    fn message(&mut self, message: &Message) -> Result<Vec<u8>, Told> {
        let broken = || Told::Unknown(Unheard::Lied);
        let (kind, body) = (message.kind, message.body());
        match &mut self.stage {
            _ if kind == HELLO_REQUEST => Ok(Vec::new()),
            Stage::Hello(flight) => {
                self.transcript.extend_from_slice(&message.whole);
                match flight.read(kind, body).ok_or_else(broken)? {
                    true => self.answer().ok_or(NOT_SHAKEN),
                    false => Ok(Vec::new()),
                }
            }
            // A ticket, which nobody asked for.
            Stage::Change(_) => Ok(Vec::new()),
            Stage::End(_, wanted) if kind == FINISHED && body == wanted.as_slice() => self.again().ok_or_else(broken),
            Stage::Again(_) if kind == SERVER_HELLO => Err(Told::Accepted),
            Stage::End(..) | Stage::Again(_) => Err(broken()),
        }
    }

    /// The client's flight: its key, the change of the cipher, its end.
    fn answer(&mut self) -> Option<Vec<u8>> {
        let Stage::Hello(flight) = &self.stage else { return None };
        let (parameters, server_random) = (flight.parameters()?, flight.random()?);
        let agreement = Agreement::with(&parameters)?;
        let randoms = (&self.hello.random[..], &server_random[..]);
        let secrets = Secrets::new(parameters.suite, &agreement.secret, randoms);
        let messages = first_flight(&agreement.message, flight.asks_certificate());
        self.transcript.extend_from_slice(&messages);
        let mut seals = Seals::new(&secrets)?;
        let said = secrets.end(b"client finished", &self.transcript);
        self.bond = flight.is_bound().then(|| said.clone());
        let end = finished(&said);
        let sealed = seals.seal(HANDSHAKE, &end)?;
        self.transcript.extend_from_slice(&end);
        let wanted = secrets.end(b"server finished", &self.transcript);
        let sent = [speech::record(HANDSHAKE, &messages), speech::record(CHANGE_CIPHER, &[1]), sealed].concat();
        self.seals = Some(seals);
        self.stage = Stage::Change(wanted);
        Some(sent)
    }

    /// What comes from now on is encrypted.
    fn changed(&mut self) -> Option<Vec<u8>> {
        let seals = self.seals.take()?;
        let before = std::mem::replace(&mut self.stage, Stage::Hello(Flight::default()));
        let Stage::Change(wanted) = before else { return None };
        self.stage = Stage::End(seals, wanted);
        Some(Vec::new())
    }

    /// The second hello.
    fn again(&mut self) -> Option<Vec<u8>> {
        let before = std::mem::replace(&mut self.stage, Stage::Hello(Flight::default()));
        let Stage::End(mut seals, _) = before else { return None };
        let mut hello = self.hello.clone();
        hello.random.reverse();
        hello.extensions.retain(|extension| extension.number() != RENEGOTIATION);
        let bond = self.bond.take();
        hello.extensions.extend(bond.map(|said| {
            let length = u8::try_from(said.len()).unwrap_or_default();
            Extension::Raw(RENEGOTIATION, [&[length], &said[..]].concat())
        }));
        let sealed = seals.seal(HANDSHAKE, &hello.message())?;
        self.stage = Stage::Again(seals);
        Some(sealed)
    }
}
