//! Through proxies: small ones of our own, over real sockets.

use std::sync::Mutex;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::super::testing::{Step, answers, closed_port, get, relay, write};
use super::*;
use crate::observation::ErrorKind;

/// A SOCKS5 proxy that leads every destination to one server, and what it was asked for.
async fn socks_proxy(
    to: std::net::SocketAddr,
    login: Option<(&'static str, &'static str)>,
) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let destination = socks_greeting(&mut client, login).await.expect("a client that speaks SOCKS5");
            record.lock().expect("no panic").push(destination);
            let server = TcpStream::connect(to).await.expect("a server");
            client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.expect("written");
            tokio::spawn(relay(client, server));
        }
    });
    (port, asked)
}

/// The server's side of RFC 1928 and RFC 1929 up to the request; gives the destination.
async fn socks_greeting(client: &mut TcpStream, login: Option<(&str, &str)>) -> std::io::Result<String> {
    let methods = [client.read_u8().await?, client.read_u8().await?][1];
    client.read_exact(&mut vec![0; methods.into()]).await?;
    client.write_all(&[5, if login.is_some() { 2 } else { 0 }]).await?;
    if let Some((user, password)) = login {
        client.read_u8().await?;
        assert_eq!((read_text(client).await?.as_str(), read_text(client).await?.as_str()), (user, password));
        client.write_all(&[1, 0]).await?;
    }
    let mut request = [0; 4];
    client.read_exact(&mut request).await?;
    let host = match request[3] {
        1 => std::net::Ipv4Addr::from(client.read_u32().await?).to_string(),
        3 => read_text(client).await?,
        kind => panic!("address kind {kind}"),
    };
    Ok(format!("{host}:{}", client.read_u16().await?))
}

async fn read_text(client: &mut TcpStream) -> std::io::Result<String> {
    let mut text = vec![0; client.read_u8().await?.into()];
    client.read_exact(&mut text).await?;
    Ok(String::from_utf8(text).expect("text"))
}

/// The answer to a GET through a proxy.
async fn through(proxy: &str, origin: &Origin) -> Exchange {
    let proxy = Some(Proxy::parse(proxy).expect("a proxy"));
    let pool = connections(&wire(Settings { proxy, ..Settings::default() }), origin);
    send(&pool, get(origin, "/")).await.0
}

fn named() -> Origin {
    Origin::new(Scheme::Http, "only-the-proxy-knows.example", 8081).expect("an origin")
}

#[tokio::test]
async fn connect_carries_the_bytes_unchanged() {
    let tunnel = [Step::Read, write("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"), Step::Read, write(OK)];
    let proxy = Server::start(vec![tunnel.to_vec()]).await;
    let exchange = through(&format!("http://user:p%3Aw@{}", proxy.address), &named()).await;
    assert_eq!(exchange.response.expect("a response").status, 200);
    assert_eq!(exchange.remote, None, "who is behind the proxy is not known");
    let requests = proxy.requests();
    assert_eq!(
        requests[0],
        "CONNECT only-the-proxy-knows.example:8081 HTTP/1.1\r\nHost: only-the-proxy-knows.example:8081\r\n\
         Proxy-Authorization: Basic dXNlcjpwOnc=\r\n\r\n"
    );
    assert_eq!(requests[1].as_bytes(), &exchange.probe.wire.expose()[..]);
}

#[tokio::test]
async fn proxies_that_refuse_are_named() {
    for (answer, kind) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", ErrorKind::Proxy),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", ErrorKind::Proxy),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", ErrorKind::Unreachable),
        ("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", ErrorKind::Proxy),
        ("", ErrorKind::Proxy),
    ] {
        let proxy = Server::start(vec![vec![Step::Read, write(answer)]]).await;
        let exchange = through(&format!("http://{}", proxy.address), &named()).await;
        assert_eq!(exchange.response.expect_err("refused").kind, kind, "{answer}");
    }
    let endless = Server::start(vec![vec![Step::Read, write("x".repeat(40_000)), Step::Hold]]).await;
    let exchange = through(&format!("http://{}", endless.address), &named()).await;
    assert_eq!(exchange.response.expect_err("refused").kind, ErrorKind::Proxy);
    let exchange = through(&format!("http://127.0.0.1:{}", closed_port().await), &named()).await;
    assert_eq!(exchange.response.expect_err("refused").kind, ErrorKind::Proxy);
}

#[tokio::test]
async fn socks5_resolves_at_the_proxy() {
    let server = Server::start(answers(OK)).await;
    let (port, asked) = socks_proxy(server.address, None).await;
    let exchange = through(&format!("socks5://127.0.0.1:{port}"), &named()).await;
    assert_eq!(exchange.response.expect("a response").status, 200);
    let (port, asked_with_login) = socks_proxy(server.address, Some(("me", "secret"))).await;
    let literal = Origin::new(Scheme::Http, "192.0.2.7", 81).expect("an origin");
    let exchange = through(&format!("socks5h://me:secret@127.0.0.1:{port}"), &literal).await;
    assert_eq!(exchange.response.expect("a response").status, 200);
    assert_eq!(*asked.lock().expect("no panic"), ["only-the-proxy-knows.example:8081"]);
    assert_eq!(*asked_with_login.lock().expect("no panic"), ["192.0.2.7:81"]);
}

#[tokio::test]
async fn a_proxy_is_no_way_around_the_scope() {
    let proxy = Server::start(vec![vec![Step::Read, write("HTTP/1.1 200 OK\r\n\r\n"), Step::Read, write(OK)]]).await;
    let metadata = Origin::new(Scheme::Http, "169.254.169.254", 80).expect("an origin");
    let exchange = through(&format!("http://{}", proxy.address), &metadata).await;
    assert_eq!(exchange.response.expect_err("refused").kind, ErrorKind::OutOfScope);

    let settings = Settings {
        proxy: Some(Proxy::parse(&format!("http://{}", proxy.address)).expect("a proxy")),
        resolve: vec![Override::parse("a.example:80:169.254.169.254").expect("an override")],
        ..Settings::default()
    };
    let origin = Origin::new(Scheme::Http, "a.example", 80).expect("an origin");
    let pool = connections(&wire(settings), &origin);
    assert_eq!(error(&pool, get(&origin, "/")).await.kind, ErrorKind::OutOfScope);
    assert_eq!(proxy.connections(), 0);
}
