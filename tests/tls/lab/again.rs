//! A server that lets its clients begin a second handshake. No library at hand does, so the first one is a library's, and the
//! second is begun with the keys that it gives away.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rustls::{ConnectionTrafficSecrets, ServerConfig, ServerConnection};

use super::fake::TLS12;
use super::message::{ServerHello, record};

const HANDSHAKE: u8 = 22;
/// The one suite of such a server: AES-GCM, whose nonces are partly sent along.
pub const SUITE: u16 = 0xc02b;
/// Bytes of a nonce that are sent along, and of a tag.
const SENT: usize = 8;
const TAG: usize = 16;

/// Shakes hands, and again where a client asks for it; nothing else is answered.
pub fn serve_again(config: &Arc<ServerConfig>, mut stream: TcpStream) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let _ = stream.set_nodelay(true);
    let answer = ServerConnection::new(Arc::clone(config)).ok().and_then(|session| second(session, &mut stream));
    let _ = stream.write_all(&answer.unwrap_or_default());
    let _ = stream.shutdown(Shutdown::Write);
    let mut chunk = [0; 4096];
    while stream.read(&mut chunk).is_ok_and(|read| read > 0) {}
}

/// The answer to a second hello, in its record.
fn second(mut session: ServerConnection, stream: &mut TcpStream) -> Option<Vec<u8>> {
    while session.is_handshaking() {
        session.complete_io(stream).ok()?;
    }
    while session.wants_write() {
        session.write_tls(stream).ok()?;
    }
    let secrets = session.dangerous_extract_secrets().ok()?;
    let mut head = [0; 5];
    stream.read_exact(&mut head).ok()?;
    let mut sealed = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    stream.read_exact(&mut sealed).ok()?;
    let ((number, read), (next, write)) = (secrets.rx, secrets.tx);
    let (key, salt) = key(&read)?;
    let (sent, text) = sealed.split_at_mut_checked(SENT)?;
    let about = about(number, head[0], text.len().checked_sub(TAG)?);
    let plain = key.open_in_place(nonce(&salt, sent)?, about, text).ok()?;
    if head[0] != HANDSHAKE || plain.first() != Some(&1) {
        return None;
    }
    let hello = ServerHello {
        version: TLS12,
        random: [9; 32],
        session: &[],
        suite: SUITE,
        compression: 0,
        extensions: Vec::new(),
    };
    let mut hello = hello.message();
    let (key, salt) = self::key(&write)?;
    let length = hello.len();
    key.seal_in_place_append_tag(nonce(&salt, &[3; SENT])?, self::about(next, HANDSHAKE, length), &mut hello).ok()?;
    Some(record(HANDSHAKE, TLS12, &[&[3; SENT][..], &hello].concat(), 1 << 14))
}

fn key(secrets: &ConnectionTrafficSecrets) -> Option<(LessSafeKey, Vec<u8>)> {
    let ConnectionTrafficSecrets::Aes128Gcm { key, iv } = secrets else { return None };
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key.as_ref()).ok()?);
    Some((key, iv.as_ref().get(..4)?.to_vec()))
}

fn nonce(salt: &[u8], sent: &[u8]) -> Option<Nonce> {
    Nonce::try_assume_unique_for_key(&[salt, sent].concat()).ok()
}

/// What is sealed besides a record's text (RFC 5246 §6.2.3.3).
fn about(number: u64, kind: u8, length: usize) -> Aad<Vec<u8>> {
    let length = u16::try_from(length).expect("a record").to_be_bytes();
    Aad::from([&number.to_be_bytes()[..], &[kind, 3, 3], &length].concat())
}
