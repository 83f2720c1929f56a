//! What is said before TLS where a protocol begins in the clear, the server's side of it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// Protocols that begin in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartTls {
    Smtp,
    /// One that does not offer it.
    SmtpWithout,
    Imap,
    Pop3,
    Ftp,
    Ldap,
    Postgres,
    /// One that refuses.
    PostgresWithout,
    Mysql,
    Xmpp,
}

impl StartTls {
    /// Every protocol that leads to TLS, by the name that users give.
    pub const ALL: [(&'static str, Self); 8] = [
        ("smtp", Self::Smtp),
        ("imap", Self::Imap),
        ("pop3", Self::Pop3),
        ("ftp", Self::Ftp),
        ("ldap", Self::Ldap),
        ("postgres", Self::Postgres),
        ("mysql", Self::Mysql),
        ("xmpp", Self::Xmpp),
    ];
}

/// Speaks until TLS begins; `None` where it does not come to that.
pub fn greet(kind: StartTls, stream: &mut TcpStream) -> Option<()> {
    match kind {
        StartTls::Smtp => smtp(stream, "250-lab.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n", true),
        StartTls::SmtpWithout => smtp(stream, "250-lab.example\r\n250 PIPELINING\r\n", false),
        StartTls::Imap => imap(stream),
        StartTls::Pop3 => {
            say(stream, b"+OK ready\r\n")?;
            until(stream, "STLS", b"+OK begin\r\n", b"+OK\r\nSTLS\r\n.\r\n")
        }
        StartTls::Ftp => {
            say(stream, b"220-Welcome\r\n220 ready\r\n")?;
            until(stream, "AUTH", b"234 go ahead\r\n", b"211-Features\r\n AUTH TLS\r\n211 End\r\n")
        }
        StartTls::Ldap => ldap(stream),
        StartTls::Postgres => postgres(stream, b"S"),
        StartTls::PostgresWithout => postgres(stream, b"N").and(None),
        StartTls::Mysql => mysql(stream),
        StartTls::Xmpp => xmpp(stream),
    }
}

fn say(stream: &mut TcpStream, bytes: &[u8]) -> Option<()> {
    stream.write_all(bytes).ok()
}

/// A line, without its end.
fn line(stream: &mut TcpStream) -> Option<String> {
    let mut held = Vec::new();
    let mut byte = [0];
    while held.len() < 4096 {
        stream.read_exact(&mut byte).ok()?;
        if byte[0] == b'\n' {
            return Some(String::from_utf8_lossy(&held).trim_end().to_owned());
        }
        held.push(byte[0]);
    }
    None
}

/// Answers lines until one begins with that word.
fn until(stream: &mut TcpStream, word: &str, last: &[u8], others: &[u8]) -> Option<()> {
    for _ in 0..8 {
        let found = line(stream)?.to_ascii_uppercase().starts_with(word);
        say(stream, if found { last } else { others })?;
        if found {
            return Some(());
        }
    }
    None
}

fn smtp(stream: &mut TcpStream, features: &str, offered: bool) -> Option<()> {
    say(stream, b"220-lab.example ESMTP\r\n220 be nice\r\n")?;
    for _ in 0..8 {
        let line = line(stream)?.to_ascii_uppercase();
        let answer = match line.split(' ').next()? {
            "EHLO" => features,
            "STARTTLS" if offered => "220 go ahead\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "502 not here\r\n",
        };
        say(stream, answer.as_bytes())?;
        if offered && line == "STARTTLS" {
            return Some(());
        }
    }
    None
}

fn imap(stream: &mut TcpStream) -> Option<()> {
    say(stream, b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n")?;
    for _ in 0..8 {
        let line = line(stream)?;
        let (tag, command) = line.split_once(' ')?;
        let starts = command.eq_ignore_ascii_case("STARTTLS");
        let capability = if starts { "" } else { "* CAPABILITY IMAP4rev1 STARTTLS\r\n" };
        say(stream, format!("{capability}{tag} OK done\r\n").as_bytes())?;
        if starts {
            return Some(());
        }
    }
    None
}

/// An ExtendedRequest for StartTLS is answered with success (RFC 4511 §4.14).
fn ldap(stream: &mut TcpStream) -> Option<()> {
    let mut head = [0; 2];
    stream.read_exact(&mut head).ok()?;
    let mut body = vec![0; usize::from(head[1])];
    stream.read_exact(&mut body).ok()?;
    let wanted = body.windows(22).any(|window| window == b"1.3.6.1.4.1.1466.20037");
    let identifier = *body.get(2)?;
    let code = if wanted { 0 } else { 2 };
    say(stream, &[0x30, 12, 2, 1, identifier, 0x78, 7, 0x0a, 1, code, 4, 0, 4, 0])?;
    wanted.then_some(())
}

/// An SSLRequest is answered with one letter (PostgreSQL protocol, "SSL Session Encryption").
fn postgres(stream: &mut TcpStream, letter: &[u8]) -> Option<()> {
    let mut request = [0; 8];
    stream.read_exact(&mut request).ok()?;
    (request == [0, 0, 0, 8, 4, 210, 22, 47]).then_some(())?;
    say(stream, letter)
}

/// A greeting of version 10 with the capability of TLS, answered by an SSLRequest (MySQL client/server protocol).
fn mysql(stream: &mut TcpStream) -> Option<()> {
    let head = [&[10][..], b"8.0.36\0", &[9, 0, 0, 0], b"abcdefgh\0"].concat();
    let tail =
        [&[0xff, 0xff, 0x21, 2, 0, 0xff, 0xc1, 21][..], &[0; 10], b"ijklmnopqrst\0mysql_native_password\0"].concat();
    let greeting = [head, tail].concat();
    let length = u8::try_from(greeting.len()).expect("short");
    say(stream, &[&[length, 0, 0, 0], &greeting[..]].concat())?;
    let mut request = [0; 36];
    stream.read_exact(&mut request).ok()?;
    let flags = u32::from_le_bytes(request[4..8].try_into().ok()?);
    (request[..4] == [32, 0, 0, 1] && flags & 0x800 != 0).then_some(())
}

fn xmpp(stream: &mut TcpStream) -> Option<()> {
    let mut held = String::new();
    let mut chunk = [0; 1024];
    let mut wait_for = |stream: &mut TcpStream, wanted: &str| -> Option<()> {
        while !held.contains(wanted) {
            let read = stream.read(&mut chunk).ok().filter(|read| *read > 0 && held.len() < 1 << 16)?;
            held.push_str(&String::from_utf8_lossy(&chunk[..read]));
        }
        held.clear();
        Some(())
    };
    wait_for(stream, "<stream:stream")?;
    say(
        stream,
        b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
          id='1' from='lab.example' version='1.0'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>\
          <required/></starttls></stream:features>",
    )?;
    wait_for(stream, "<starttls")?;
    say(stream, b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
}
