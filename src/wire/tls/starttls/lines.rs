//! Upgrades of protocols of lines: SMTP (RFC 3207), IMAP (RFC 9051), POP3 (RFC 2595), FTP (RFC 4217).
//!
//! Must never open a socket.

use super::{Step, shown};
use crate::observation::StartTls;

/// The name that we greet mail servers with; it is no name of anybody (RFC 2606).
const GREETING: &[u8] = b"EHLO outsight.invalid\r\n";

/// Where the talk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Greeting,
    Hello,
    Asked,
}

/// The talk.
#[derive(Debug)]
pub(super) struct Lines {
    protocol: StartTls,
    stage: Stage,
    waiting: Vec<u8>,
    offers: bool,
}

/// What a line says.
enum Word {
    Yes,
    No,
    Later,
    More,
}

impl Lines {
    /// Before the server's greeting.
    pub(super) fn of(protocol: StartTls) -> Self {
        Self { protocol, stage: Stage::Greeting, waiting: Vec::new(), offers: false }
    }

    /// Takes what the server says.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Step {
        self.waiting.extend_from_slice(bytes);
        while let Some(end) = memchr::memchr(b'\n', &self.waiting) {
            let rest = self.waiting.split_off(end + 1);
            let line = std::mem::replace(&mut self.waiting, rest);
            match self.weigh(&line) {
                Word::More => {}
                Word::No => return Step::Refused(shown(&line)),
                Word::Later => return Step::PutOff(shown(&line)),
                Word::Yes => return self.go_on(&line),
            }
        }
        Step::Read
    }

    fn go_on(&mut self, line: &[u8]) -> Step {
        let (next, command): (Stage, &[u8]) = match (self.stage, self.protocol) {
            (Stage::Greeting, StartTls::Smtp) => (Stage::Hello, GREETING),
            (Stage::Greeting, StartTls::Imap) => (Stage::Asked, b"a1 STARTTLS\r\n"),
            (Stage::Greeting, StartTls::Pop3) => (Stage::Asked, b"STLS\r\n"),
            (Stage::Greeting, _) => (Stage::Asked, b"AUTH TLS\r\n"),
            (Stage::Hello, _) if !self.offers => {
                return Step::Refused("the server does not offer STARTTLS".to_owned());
            }
            (Stage::Hello, _) => (Stage::Asked, b"STARTTLS\r\n"),
            (Stage::Asked, _) if self.waiting.is_empty() => return Step::Ready(Vec::new()),
            (Stage::Asked, _) => return Step::Refused(format!("more was said after {}", shown(line))),
        };
        self.stage = next;
        Step::Send(command.to_vec())
    }

    fn weigh(&mut self, line: &[u8]) -> Word {
        match self.protocol {
            StartTls::Imap => self.weigh_imap(line),
            StartTls::Pop3 => self.weigh_pop3(line),
            _ => self.weigh_code(line),
        }
    }

    /// A reply of three digits, on several lines where a hyphen follows them (RFC 5321 §4.2.1).
    fn weigh_code(&mut self, line: &[u8]) -> Word {
        let wanted: &[u8] = match (self.stage, self.protocol) {
            (Stage::Greeting, _) => b"220",
            (Stage::Hello, _) => b"250",
            (Stage::Asked, StartTls::Ftp) => b"234",
            (Stage::Asked, _) => b"220",
        };
        let code = line.get(..3).unwrap_or_default();
        let text = line.get(4..).unwrap_or_default().trim_ascii();
        self.offers |= self.stage == Stage::Hello && code == wanted && text.eq_ignore_ascii_case(b"STARTTLS");
        let is_code = code.len() == 3 && code.iter().all(u8::is_ascii_digit);
        match line.get(3) {
            // A greeting of FTP may have lines without a code between its first and its last.
            _ if !is_code && self.protocol == StartTls::Ftp && self.stage == Stage::Greeting => Word::More,
            _ if !is_code => Word::No,
            Some(b'-') => Word::More,
            _ if code == wanted => Word::Yes,
            // A reply for the moment (RFC 5321 §4.2.1).
            _ if code.starts_with(b"4") => Word::Later,
            _ => Word::No,
        }
    }

    /// Who greets with an error has no room now; later, its code says so (RFC 3206 §4).
    fn weigh_pop3(&self, line: &[u8]) -> Word {
        let is_error = line.starts_with(b"-ERR");
        match self.stage {
            _ if line.starts_with(b"+OK") => Word::Yes,
            Stage::Greeting if is_error => Word::Later,
            _ if is_error && line.get(4..).is_some_and(|said| said.trim_ascii().starts_with(b"[SYS/TEMP]")) => {
                Word::Later
            }
            _ => Word::No,
        }
    }

    /// A server that takes its leave may take us another time, as may one that is not ready (RFC 5530 §3).
    fn weigh_imap(&self, line: &[u8]) -> Word {
        let begins = |with: &[u8]| line.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
        match self.stage {
            Stage::Greeting if begins(b"* OK") => Word::Yes,
            _ if begins(b"* BYE") => Word::Later,
            Stage::Greeting => Word::No,
            _ if begins(b"* ") => Word::More,
            _ if begins(b"a1 OK") => Word::Yes,
            _ if begins(b"a1 NO [UNAVAILABLE]") || begins(b"a1 NO [INUSE]") => Word::Later,
            _ => Word::No,
        }
    }
}
