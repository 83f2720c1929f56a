//! Conversations with servers that are slow, silent, chatty or gone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::base::{ByteBudget, Clock};
use crate::observation::{Amount, ErrorKind, Observation, OtherProbe, Seen, Talk, TcpProbe, Turn};
use crate::target::ScopeBuilder;
use crate::wire::{Contacts, Settings, Wire};

/// A server that does the same to every caller; its port.
async fn serve<F, S>(act: F) -> u16
where
    F: Fn(TcpStream) -> S + Send + 'static,
    S: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            act(stream).await;
        }
    });
    port
}

fn probe(port: u16, turns: &[(&'static str, Amount)], last: Amount) -> TcpProbe {
    let turn = |(send, read): &(&'static str, Amount)| Turn { send: send.as_bytes().into(), read: *read };
    let turns = turns.iter().map(turn).collect();
    let patience = Some(Duration::from_secs(20));
    TcpProbe { host: "127.0.0.1".into(), port, tls: false, turns, last, patience }
}

async fn send(probe: TcpProbe) -> Observation {
    let wire = Wire::new(Settings::default(), ByteBudget::new(1 << 20), Clock::System).expect("a wire");
    let mut scope = ScopeBuilder::new();
    scope.add_host("127.0.0.1");
    let contacts = Contacts::new(Arc::new(wire), scope.build());
    contacts.send(&Arc::new(OtherProbe::Tcp(probe))).await.0
}

async fn talk(probe: TcpProbe) -> Talk {
    match send(probe).await.seen {
        Ok(Seen::Tcp(talk, None)) => talk,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_greeting_in_two_packets_is_one_read_and_does_not_wait_for_more() {
    let port = serve(async |mut stream| {
        let _ = stream.set_nodelay(true);
        let _ = stream.write_all(b"SSH-2.0-").await;
        let _ = stream.write_all(b"demo\r\n").await;
        tokio::time::sleep(Duration::from_secs(60)).await;
    });
    let start = Instant::now();
    let talk = talk(probe(port.await, &[], Amount::Some(1024))).await;
    assert_eq!(&*talk.last, b"SSH-2.0-demo\r\n");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

#[tokio::test]
async fn turns_are_taken_in_order_and_each_read_is_kept() {
    let port = serve(async |mut stream| {
        let mut asked = [0; 4];
        let _ = stream.read_exact(&mut asked).await;
        let _ = stream.write_all(b"one two").await;
        let _ = stream.read_exact(&mut asked).await;
        let _ = stream.write_all(&asked).await;
    });
    let turns = [("PING", Amount::Some(3)), ("PONG", Amount::Nothing)];
    let talk = talk(probe(port.await, &turns, Amount::Some(64))).await;
    assert_eq!(talk.reads, ["one", ""]);
    assert_eq!((&*talk.last, &*talk.all()), (&b" twoPONG"[..], &b"one twoPONG"[..]));
    assert_eq!(talk.broken, None);
}

#[tokio::test]
async fn silence_breaks_a_turn_but_not_the_end() {
    let port = serve(async |stream| {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let patience = Some(Duration::from_millis(300));
    let silent = talk(TcpProbe { patience, ..probe(port, &[], Amount::Some(10)) }).await;
    assert_eq!((silent.broken, &*silent.last), (None, &b""[..]));
    let port = serve(async |mut stream| drop(stream.read(&mut [0; 9]).await)).await;
    let closed = talk(probe(port, &[("x", Amount::Some(10))], Amount::Some(10))).await;
    assert_eq!(closed.broken.map(|error| error.kind), Some(ErrorKind::Reset));
}

#[tokio::test]
async fn a_flood_is_bounded_by_the_amount_and_by_the_budget() {
    let port = serve(async |mut stream| while stream.write_all(&[b'x'; 8192]).await.is_ok() {}).await;
    assert_eq!(talk(probe(port, &[], Amount::Some(1000))).await.last.len(), 1000);
    let flooded = talk(probe(port, &[], Amount::All)).await;
    assert_eq!(flooded.broken.map(|error| error.kind), Some(ErrorKind::Budget));
}

#[tokio::test]
async fn a_closed_port_and_a_stranger_are_errors_of_their_own_kinds() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let kind = async |probe| send(probe).await.seen.map_err(|error| error.kind).err();
    assert_eq!(kind(probe(port, &[], Amount::All)).await, Some(ErrorKind::ConnectionRefused));
    let stranger = TcpProbe { host: "127.0.0.2".into(), ..probe(port, &[], Amount::All) };
    assert_eq!(kind(stranger).await, Some(ErrorKind::OutOfScope));
}
