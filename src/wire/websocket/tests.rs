//! Conversations with servers that echo, refuse, flood or stay silent.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::base::{ByteBudget, Clock, Origin, Scheme};
use crate::observation::{ErrorKind, OtherProbe, ProbeError, Seen, Talk, Upgrade, WebSocketProbe};
use crate::target::ScopeBuilder;
use crate::wire::{Contacts, Settings, Wire};

const AGREED: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX-Powered-By: demo\r\n\r\n";

/// A server that answers an upgrade with these bytes and then goes on.
async fn serve<F, S>(answer: &'static [u8], go_on: F) -> u16
where
    F: FnOnce(TcpStream) -> S + Send + 'static,
    S: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a head"));
        }
        let head = String::from_utf8(head).expect("text");
        assert!(head.starts_with("GET /chat HTTP/1.1\r\nHost: 127.0.0.1:"), "{head}");
        assert!(head.contains("Origin: https://b.example\r\n") && head.contains("Sec-WebSocket-Key: "), "{head}");
        stream.write_all(answer).await.expect("written");
        go_on(stream).await;
    });
    port
}

async fn send(port: u16, messages: &[&'static str]) -> Result<(Upgrade, Talk), ProbeError> {
    let wire = Wire::new(Settings::default(), ByteBudget::new(1 << 20), Clock::System).expect("a wire");
    let mut scope = ScopeBuilder::new();
    scope.add_host("127.0.0.1");
    let contacts = Contacts::new(Arc::new(wire), scope.build());
    let probe = WebSocketProbe {
        origin: Origin::new(Scheme::Http, "127.0.0.1", port).expect("valid"),
        target: "/chat".into(),
        headers: vec![("Origin".into(), "https://b.example".into())],
        messages: messages.iter().map(|message| message.as_bytes().into()).collect(),
        patience: Some(Duration::from_millis(300)),
    };
    match contacts.send(&Arc::new(OtherProbe::WebSocket(probe))).await.0.seen? {
        Seen::WebSocket(upgrade, talk) => Ok((upgrade, talk)),
        other => panic!("{other:?}"),
    }
}

/// Reads one short masked frame and sends its payload back, a ping before it.
async fn echo(stream: &mut TcpStream) {
    let mut head = [0; 6];
    stream.read_exact(&mut head).await.expect("a frame");
    let mut payload = vec![0; usize::from(head[1] & 0x7F)];
    stream.read_exact(&mut payload).await.expect("a payload");
    payload.iter_mut().zip(head[2..].iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    let length = u8::try_from(payload.len()).expect("short");
    let back = [&[0x89, 1, b'?', 0x81, length][..], &payload].concat();
    stream.write_all(&back).await.expect("written");
    let mut pong = [0; 7];
    stream.read_exact(&mut pong).await.expect("a pong");
    assert_eq!(pong[..2], [0x8A, 0x81]);
}

#[tokio::test]
async fn each_message_is_answered_in_turn() {
    let port = serve(AGREED, async |mut stream| {
        echo(&mut stream).await;
        echo(&mut stream).await;
    });
    let (upgrade, talk) = send(port.await, &["one", "two"]).await.expect("a conversation");
    assert_eq!((upgrade.status, talk.reads, talk.broken), (101, vec!["one".into(), "two".into()], None));
    assert!(upgrade.head.ends_with(b"X-Powered-By: demo"));
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_nothing_is_sent_after_it() {
    let refuse = serve(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", async |mut stream| {
        assert_eq!(stream.read(&mut [0; 9]).await.expect("read"), 0);
    });
    let (upgrade, talk) = send(refuse.await, &["one"]).await.expect("an answer");
    assert_eq!((upgrade.status, talk), (403, Talk::default()));
    let not_http = serve(b"SSH-2.0-demo\r\n\r\n", async |_| ()).await;
    assert_eq!(send(not_http, &[]).await.map_err(|error| error.kind).err(), Some(ErrorKind::NotHttp));
}

#[tokio::test]
async fn silence_garbage_and_floods_break_the_conversation_in_time() {
    let broken = async |port| send(port, &["one"]).await.expect("agreed").1.broken.map(|error| error.kind);
    let silent = serve(AGREED, async |stream| {
        tokio::time::sleep(Duration::from_secs(2)).await;
        drop(stream);
    });
    assert_eq!(broken(silent.await).await, Some(ErrorKind::ResponseTimeout));
    let babbling = serve(AGREED, async |mut stream| stream.write_all(b"\xFF\xFF\xFF").await.expect("written"));
    assert_eq!(broken(babbling.await).await, Some(ErrorKind::Malformed));
    let flood = serve(AGREED, async |mut stream| {
        let _ = stream.write_all(&[0x82, 127, 0, 0, 0, 0, 0, 0x80, 0, 0]).await;
        while stream.write_all(&[0; 8192]).await.is_ok() {}
    });
    assert_eq!(broken(flood.await).await, Some(ErrorKind::Budget));
}
