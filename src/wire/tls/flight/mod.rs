//! A server's first flight in the clear, read as it comes: records, messages over records, alerts.
//!
//! Takes bytes, gives an [`Answer`] once as much is known as was wanted. No key is agreed on, so reading ends where
//! encryption begins. Invariant: no bytes of a server make it panic, and it keeps at most [`MAX_BYTES`]. Must never open a
//! socket.

mod cursor;
mod exchange;
mod message;
pub(super) mod record;
#[cfg(test)]
mod tests;
mod unread;

use bytes::Bytes;

pub use cursor::Cursor;
pub use exchange::{Form, Parameters};
pub use message::{Hello, certificates};
use record::{ALERT, CHANGE_CIPHER, DATA, HANDSHAKE, Messages, Records};

use crate::observation::{ClientCertificate, TlsVersion};
use crate::tls::suite::{self, KeyExchange};

/// Bytes of a server's first flight: a chain of certificates and little else.
pub const MAX_BYTES: usize = 256 << 10;
/// Bytes that are shown of something else than TLS.
const SHOWN: usize = 64;
/// Alerts of the level "warning" that are passed over.
const WARNINGS: usize = 4;

const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const KEY_EXCHANGE: u8 = 12;
const CERTIFICATE_REQUEST: u8 = 13;
const HELLO_DONE: u8 = 14;
const CERTIFICATE_STATUS: u8 = 22;

/// How much of a flight is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// The ServerHello.
    Hello,
    /// The certificates.
    Certificate,
    /// The ServerHello, and the key exchange where the suite has parameters of a finite field or a temporary RSA key.
    Field,
    /// Everything that is in the clear.
    Done,
}

/// What a server said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its hello.
    pub hello: Option<Hello>,
    /// Its certificates, its own first.
    pub chain: Vec<Bytes>,
    /// The stapled OCSP response.
    pub staple: Option<Bytes>,
    /// The parameters of the key exchange.
    pub exchange: Option<Parameters>,
    /// The scheme that they are signed with.
    pub signature: Option<u16>,
    /// The client certificate that it asks for.
    pub asked: Option<ClientCertificate>,
    /// Warnings that came before the hello.
    pub warnings: Vec<u8>,
}

/// Why a server's bytes come to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// It ended the handshake with this alert.
    Alert(u8),
    /// It does not speak TLS.
    NotTls,
    /// It speaks TLS and breaks its rules.
    Lied,
    /// It says more than there is room for.
    TooLong,
}

/// Reads one flight.
#[derive(Debug)]
pub struct Flight {
    until: Until,
    records: Records,
    messages: Messages,
    taken: usize,
    answer: Answer,
}

impl Flight {
    /// A flight that is read as far as that.
    pub fn new(until: Until) -> Self {
        let (records, messages) = (Records::default(), Messages::default());
        Self { until, records, messages, taken: 0, answer: Answer::default() }
    }

    /// Takes bytes; gives the answer once enough is known.
    ///
    /// # Errors
    /// Where the server refuses, or speaks something else, or breaks the rules.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<Answer>, Broken> {
        self.taken += bytes.len();
        if self.taken > MAX_BYTES {
            return Err(Broken::TooLong);
        }
        self.records.push(bytes);
        while let Some((kind, payload)) = self.records.next()? {
            match kind {
                HANDSHAKE => self.messages.push(&payload)?,
                ALERT => self.alert(&payload)?,
                // What follows is encrypted.
                CHANGE_CIPHER | DATA if self.answer.hello.is_some() => return Ok(Some(self.finish())),
                _ => return Err(Broken::NotTls),
            }
            if self.read_messages()? {
                return Ok(Some(self.finish()));
            }
        }
        Ok(None)
    }

    /// What is known where the server closes before it said all that was wanted.
    pub fn close(mut self) -> Option<Answer> {
        self.answer.hello.is_some().then(|| self.finish())
    }

    /// The first bytes of what is no TLS.
    pub fn start(&self) -> Bytes {
        Bytes::copy_from_slice(self.records.start(SHOWN))
    }

    /// Whether anything came.
    pub fn is_empty(&self) -> bool {
        self.taken == 0
    }

    fn finish(&mut self) -> Answer {
        std::mem::take(&mut self.answer)
    }

    /// A warning before the hello may be followed by it (RFC 6066 §3); anything else ends the handshake.
    fn alert(&mut self, payload: &[u8]) -> Result<(), Broken> {
        let (Some(level), Some(description)) = (payload.first(), payload.get(1)) else { return Err(Broken::Lied) };
        let passes = *level == 1 && *description != 0 && self.answer.warnings.len() < WARNINGS;
        if !passes {
            return Err(Broken::Alert(*description));
        }
        self.answer.warnings.push(*description);
        Ok(())
    }

    /// Reads the messages that are whole; whether enough is known.
    fn read_messages(&mut self) -> Result<bool, Broken> {
        while let Some(message) = self.messages.next() {
            if self.read_message(message.kind, message.body()).ok_or(Broken::Lied)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads one message; whether enough is known, and nothing where it is broken.
    fn read_message(&mut self, kind: u8, body: &[u8]) -> Option<bool> {
        match kind {
            SERVER_HELLO if self.answer.hello.is_none() => {
                let hello = Hello::read(body)?;
                let suffices = self.suffices(&hello);
                self.answer.hello = Some(hello);
                return Some(suffices);
            }
            _ if self.answer.hello.is_none() => return None,
            CERTIFICATE => {
                self.answer.chain = message::certificates(body)?;
                return Some(self.until == Until::Certificate);
            }
            CERTIFICATE_STATUS => self.answer.staple = message::status(body),
            KEY_EXCHANGE => {
                self.read_exchange(body);
                return Some(self.until == Until::Field);
            }
            CERTIFICATE_REQUEST => self.answer.asked = message::certificate_request(body, self.is_tls12()),
            HELLO_DONE => return Some(true),
            _ => {}
        }
        Some(false)
    }

    /// Whether a hello is all that is wanted, or all that is in the clear.
    fn suffices(&self, hello: &Hello) -> bool {
        let encrypted = hello.version() >= TlsVersion::Tls13.number();
        match self.until {
            _ if encrypted || hello.is_retry => true,
            Until::Hello => true,
            Until::Certificate | Until::Done => false,
            Until::Field => !matches!(form_of(hello.suite), Some(Form::Field | Form::Rsa)),
        }
    }

    /// A key exchange that cannot be read is no reason to forget the rest: not all have a form that is known here.
    fn read_exchange(&mut self, body: &[u8]) {
        let form = self.answer.hello.as_ref().and_then(|hello| form_of(hello.suite));
        let read = form.and_then(|form| exchange::read(body, form, self.is_tls12()));
        if let Some((parameters, scheme)) = read {
            self.answer.exchange = Some(parameters);
            self.answer.signature = scheme;
        }
    }

    fn is_tls12(&self) -> bool {
        self.answer.hello.as_ref().is_some_and(|hello| hello.version() == TlsVersion::Tls12.number())
    }
}

/// The form of a suite's ServerKeyExchange, where it has one that is known here.
pub fn form_of(number: u16) -> Option<Form> {
    let suite = suite::of_number(u32::from(number))?;
    match suite.key_exchange {
        // What pre-shared keys put before it is not read.
        _ if suite.name.contains("PSK") => None,
        KeyExchange::Dhe => Some(Form::Field),
        KeyExchange::Ecdhe => Some(Form::Curve),
        KeyExchange::Rsa if suite.is_export => Some(Form::Rsa),
        // Anonymous key exchanges on fixed terms are told by their name.
        _ if suite.name.contains("ECDH_anon") => Some(Form::Curve),
        _ if suite.name.contains("DH_anon") => Some(Form::Field),
        _ => None,
    }
}
