//! HTTP/2: hosts that speak nothing else, and probes that ask for it.

use std::sync::Mutex;

use bytes::Bytes;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::super::testing::{Step, get, raw_probe, write};
use super::*;
use crate::observation::{ErrorKind, HttpVersion, Truncation};

/// Method and URI, fields, body.
type SeenRequest = (String, Vec<(String, String)>, Vec<u8>);

/// What an HTTP/2 server saw.
#[derive(Debug, Default)]
struct Seen {
    requests: Mutex<Vec<SeenRequest>>,
    connections: Mutex<usize>,
}

/// A server that speaks only HTTP/2, with TLS or by prior knowledge; `/big` has a body above 1 MiB, `/half` breaks off.
async fn http2_server(tls: bool) -> (std::net::SocketAddr, Arc<Seen>) {
    let acceptor = tls.then(|| {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a server");
        config.alpn_protocols = vec![b"h2".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let seen = Arc::new(Seen::default());
    let shared = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (seen, acceptor) = (Arc::clone(&shared), acceptor.clone());
            tokio::spawn(async move {
                match acceptor {
                    None => serve(stream, &seen).await,
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            serve(stream, &seen).await;
                        }
                    }
                }
            });
        }
    });
    (address, seen)
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(stream: S, seen: &Arc<Seen>) {
    let Ok(mut connection) = h2::server::handshake(stream).await else {
        return;
    };
    *seen.connections.lock().expect("no panic") += 1;
    while let Some(Ok((request, respond))) = connection.accept().await {
        tokio::spawn(answer(request, respond, Arc::clone(seen)));
    }
}

async fn answer(
    request: ::http::Request<h2::RecvStream>,
    mut respond: h2::server::SendResponse<Bytes>,
    seen: Arc<Seen>,
) {
    let (parts, mut incoming) = request.into_parts();
    let mut body = Vec::new();
    while let Some(Ok(data)) = incoming.data().await {
        let _ = incoming.flow_control().release_capacity(data.len());
        body.extend_from_slice(&data);
    }
    let text = |value: &::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let fields = parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let path = parts.uri.path().to_owned();
    seen.requests.lock().expect("no panic").push((format!("{} {}", parts.method, parts.uri), fields, body));
    let head =
        ::http::Response::builder().status(203).header("x-two", "a").header("x-two", "b").body(()).expect("a head");
    let mut stream = respond.send_response(head, false).expect("sent");
    match path.as_str() {
        "/big" => stream.send_data(vec![b'x'; 3 << 20].into(), true).expect("sent"),
        "/half" => {
            stream.send_data("half".into(), false).expect("sent");
            tokio::task::yield_now().await;
            stream.send_reset(h2::Reason::INTERNAL_ERROR);
        }
        _ => stream.send_data("two".into(), true).expect("sent"),
    }
}

fn origin(scheme: Scheme, address: std::net::SocketAddr) -> Origin {
    Origin::new(scheme, "localhost", address.port()).expect("an origin")
}

#[tokio::test]
async fn hosts_that_speak_only_http2_are_found_out_once() {
    for scheme in [Scheme::Https, Scheme::Http] {
        let (address, seen) = http2_server(scheme == Scheme::Https).await;
        let origin = origin(scheme, address);
        let pool = connections(&wire(Settings::default()), &origin);
        for _ in 0..3 {
            let (exchange, held) = send(&pool, get(&origin, "/a?b=c")).await;
            let answer = exchange.response.as_ref().expect("a response");
            assert_eq!((answer.version, answer.status, &answer.body[..]), ("HTTP/2.0", 203, &b"two"[..]));
            assert_eq!(answer.header("X-Two").count(), 2);
            assert_eq!(answer.truncated, None);
            assert_eq!(exchange.tls.as_ref().and_then(|tls| tls.alpn.clone()).is_some(), scheme == Scheme::Https);
            assert_eq!(held.expect("a reservation").bytes(), exchange.weight());
        }
        assert_eq!(*seen.connections.lock().expect("no panic"), 1, "the connection is kept");
        let requests = seen.requests.lock().expect("no panic");
        assert_eq!(requests.len(), 3);
        assert_eq!(requests[0].0, format!("GET {}://{}/a?b=c", scheme.name(), origin.authority()));
        assert_eq!(requests[0].1, [("accept".to_owned(), "*/*".to_owned())]);
    }
}

#[tokio::test]
async fn probes_may_ask_for_http2() {
    let (address, seen) = http2_server(true).await;
    let origin = origin(Scheme::Https, address);
    let pool = connections(&wire(Settings::default()), &origin);
    let post =
        "POST /form HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\nX-A: 1\r\nContent-Length: 4\r\n\r\nbody";
    let probe = HttpProbe { version: HttpVersion::Http2, ..raw_probe(&origin, post) };
    assert_eq!(response(&pool, probe).await.status, 203);
    let requests = seen.requests.lock().expect("no panic");
    let (line, fields, body) = &requests[0];
    assert_eq!((line.as_str(), &body[..]), ("POST https://other.example/form", &b"body"[..]));
    let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["x-a", "content-length"]);
}

#[tokio::test]
async fn limits_hold_over_http2() {
    let (address, _) = http2_server(true).await;
    let origin = origin(Scheme::Https, address);
    let pool = connections(&wire(settings(Limits { body: 1 << 20, ..Limits::default() })), &origin);
    let big = response(&pool, get(&origin, "/big")).await;
    assert_eq!((big.body.len(), big.truncated), (1 << 20, Some(Truncation::BodyLimit)));
    let half = response(&pool, get(&origin, "/half")).await;
    assert_eq!((&half.body[..], half.truncated), (&b"half"[..], Some(Truncation::Interrupted)));
    let windowed = HttpProbe { window: Some(5), ..get(&origin, "/big") };
    let windowed = response(&pool, windowed).await;
    assert_eq!((&windowed.body[..], windowed.truncated), (&b"xxxxx"[..], None));
}

#[tokio::test]
async fn what_http2_cannot_say_is_an_error_of_ours() {
    let (address, seen) = http2_server(true).await;
    let origin = origin(Scheme::Https, address);
    let pool = connections(&wire(Settings::default()), &origin);
    for request in
        ["GET /a b HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nBad Name: x\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\n\r\n"]
    {
        assert_eq!(error(&pool, raw_probe(&origin, request)).await.kind, ErrorKind::Local, "{request}");
    }
    assert!(seen.requests.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn an_answer_that_only_hints_at_http2_stands_where_http2_fails() {
    let refusal = "HTTP/1.1 505 HTTP Version Not Supported\r\nContent-Length: 2\r\n\r\nno";
    let first = vec![Step::Read, write(refusal), Step::Read, write(refusal), Step::Hold];
    let server = Server::start(vec![first, vec![write("HTTP/1.1 400 Bad\r\n\r\n")]]).await;
    let (origin, pool) = plain(&server);
    for _ in 0..2 {
        assert_eq!(response(&pool, get(&origin, "/")).await.status, 505);
    }
    assert_eq!(server.connections(), 2, "HTTP/2 is tried once");
}

#[tokio::test]
async fn a_silent_http2_server_runs_into_the_deadline() {
    let server = Server::start(vec![vec![Step::Hold]]).await;
    let origin = server.origin(Scheme::Http, "127.0.0.1");
    let brief = Limits { response_head: std::time::Duration::from_millis(60), ..Limits::default() };
    let pool = connections(&wire(settings(brief)), &origin);
    let probe = HttpProbe { version: HttpVersion::Http2, ..get(&origin, "/") };
    assert_eq!(error(&pool, probe).await.kind, ErrorKind::ResponseTimeout);
}
