//! The SMTP server: enough to take a mail.
//!
//! Takes connections; tells the register of mails whose recipients carry an id, when the mail is there or the
//! conversation ends. Nothing is ever delivered. Invariant: lines, recipients, mail and conversation are bounded. Must
//! never import a folder above `engine`.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::bounds::{CONVERSATION_BYTES, MAIL, RECIPIENTS};
use super::register::{Register, Seen};

/// Bytes of a command (RFC 5321 §4.5.3.1.4 asks for 512).
const LINE: usize = 4096;

/// What all connections share.
#[derive(Clone)]
pub(super) struct Smtp {
    pub site: Arc<str>,
    pub register: Arc<Register>,
}

/// One mail on its way.
#[derive(Default)]
struct Mail {
    from: String,
    recipients: Vec<String>,
    data: Vec<u8>,
}

/// What a command comes to.
enum Reply {
    Say(String),
    Data,
    Bye,
}

impl Smtp {
    /// Holds one conversation.
    pub async fn serve(self, mut stream: TcpStream, remote: IpAddr) {
        let mut mail = Mail::default();
        let _ = self.converse(&mut stream, remote, &mut mail).await;
        // Who named a recipient and left has shown as much as who wrote.
        self.note(&mut mail, "", remote);
    }

    async fn converse(&self, stream: &mut TcpStream, remote: IpAddr, mail: &mut Mail) -> io::Result<()> {
        say(stream, &format!("220 {} ESMTP", self.site)).await?;
        let mut lines = Lines::default();
        while let Some(line) = lines.next(stream).await? {
            match self.obey(&line, mail) {
                Reply::Say(text) => say(stream, &text).await?,
                Reply::Bye => return say(stream, "221 2.0.0 Bye").await,
                Reply::Data => {
                    say(stream, "354 End with a dot on a line of its own").await?;
                    if !lines.read_mail(stream, &mut mail.data).await? {
                        return Ok(());
                    }
                    let answer = "250 2.0.0 Taken";
                    self.note(mail, answer, remote);
                    say(stream, answer).await?;
                }
            }
        }
        Ok(())
    }

    fn obey(&self, line: &[u8], mail: &mut Mail) -> Reply {
        let line = String::from_utf8_lossy(line);
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let ok = |text: &str| Reply::Say(text.to_owned());
        match verb.as_str() {
            "HELO" => Reply::Say(format!("250 {}", self.site)),
            "EHLO" => Reply::Say(format!("250-{}\r\n250-8BITMIME\r\n250 SIZE {MAIL}", self.site)),
            "MAIL" => {
                *mail = Mail { from: path_of(&line), ..Mail::default() };
                ok("250 2.1.0 OK")
            }
            "RCPT" if mail.recipients.len() >= RECIPIENTS => ok("452 4.5.3 Too many recipients"),
            "RCPT" => {
                mail.recipients.push(path_of(&line));
                ok("250 2.1.5 OK")
            }
            "DATA" if mail.recipients.is_empty() => ok("503 5.5.1 RCPT first"),
            "DATA" => Reply::Data,
            "RSET" => {
                *mail = Mail::default();
                ok("250 2.0.0 OK")
            }
            "NOOP" => ok("250 2.0.0 OK"),
            "VRFY" => ok("252 2.1.5 Send a mail and see"),
            "QUIT" => Reply::Bye,
            _ => ok("502 5.5.2 Not implemented"),
        }
    }

    fn note(&self, mail: &mut Mail, answer: &'static str, remote: IpAddr) {
        let Mail { from, recipients, data } = std::mem::take(mail);
        let hosts: Vec<String> =
            recipients.iter().filter_map(|recipient| Some(recipient.rsplit_once('@')?.1.to_owned())).collect();
        let boxes = recipients.join("\n");
        if self.register.first_id(&hosts, boxes.as_bytes()).is_none() {
            return;
        }
        self.register.note(Seen {
            protocol: "smtp",
            hosts,
            text: boxes.into_bytes(),
            request: data.into(),
            response: answer.as_bytes().into(),
            mail_from: Some(from.into()),
            remote: Some(remote),
            ..Seen::default()
        });
    }
}

async fn say(stream: &mut TcpStream, text: &str) -> io::Result<()> {
    stream.write_all(format!("{text}\r\n").as_bytes()).await
}

/// The address of `MAIL FROM:<address>` or `RCPT TO:<address>`.
fn path_of(line: &str) -> String {
    let after = line.split_once(':').map_or("", |(_, after)| after).trim();
    let inner = after.strip_prefix('<').and_then(|rest| rest.split_once('>')).map_or(after, |(inner, _)| inner);
    inner.chars().take(320).collect()
}

/// The bytes of a conversation, line by line.
#[derive(Default)]
struct Lines {
    held: Vec<u8>,
    read: usize,
}

impl Lines {
    /// The next line without its line break; `None` at the end of the conversation or of our patience.
    async fn next(&mut self, stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.held) {
                let rest = self.held.split_off(end + 1);
                let mut line = std::mem::replace(&mut self.held, rest);
                line.truncate(line.trim_ascii_end().len());
                return Ok(Some(line));
            }
            if self.held.len() > LINE || !self.fill(stream).await? {
                return Ok(None);
            }
        }
    }

    /// Reads a mail to the dot at its end, which is not part of it, and keeps the beginning. Gives whether it ended.
    async fn read_mail(&mut self, stream: &mut TcpStream, mail: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let Some(end) = memchr::memchr(b'\n', &self.held) else {
                if self.held.len() > LINE {
                    // A line as long as that is kept in pieces.
                    keep(mail, &std::mem::take(&mut self.held));
                }
                if !self.fill(stream).await? {
                    return Ok(false);
                }
                continue;
            };
            let rest = self.held.split_off(end + 1);
            let line = std::mem::replace(&mut self.held, rest);
            if line.trim_ascii_end() == b"." {
                return Ok(true);
            }
            keep(mail, line.strip_prefix(b".").unwrap_or(&line));
        }
    }

    async fn fill(&mut self, stream: &mut TcpStream) -> io::Result<bool> {
        let read = stream.read_buf(&mut self.held).await?;
        self.read += read;
        Ok(read > 0 && self.read <= CONVERSATION_BYTES)
    }
}

fn keep(mail: &mut Vec<u8>, bytes: &[u8]) {
    let room = MAIL.saturating_sub(mail.len());
    mail.extend(bytes.iter().take(room));
}
