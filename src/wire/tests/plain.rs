//! HTTP/1.1 over plain TCP.

use std::time::Duration;

use super::super::testing::{Step, answers, closed_port, get, raw_probe, write};
use super::*;
use crate::base::SourceFile;
use crate::observation::{Anomaly, ErrorKind, Truncation};

#[tokio::test]
async fn bytes_go_out_exactly_as_the_probe_says() {
    let requests: [&[u8]; 6] = [
        b"GET /a/../b/./%2e%2e//c;x?q=a b&'\"<>`{}|\\^ HTTP/1.1\r\nhOsT: x\r\nX-Dup: 1\r\nx-dup: 2\r\n\r\n",
        b"GET \xc3\xa9\t\x01#frag HTTP/1.1\r\nHost : a\r\nX-Empty:\r\n folded\r\n\r\n",
        b"GET http://other.example/ HTTP/1.1\r\nHost: y\r\n\r\n",
        b"OPTIONS * HTTP/1.0\r\n\r\n",
        b"get  //  HTTP/9.9\r\nA:\xff\xfe\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: identity\r\n\r\n\0\xff\r\n",
    ];
    let server = Server::start(answers(OK)).await;
    let (origin, pool) = plain(&server);
    for (index, request) in requests.into_iter().enumerate() {
        let probe = raw_probe(&origin, request);
        assert_eq!(response(&pool, probe).await.status, 200);
        assert_eq!(server.request(index), request);
    }
    assert_eq!(server.connections(), 1, "one connection carries them all");
}

#[tokio::test]
async fn an_exchange_records_where_and_how_long() {
    let server = Server::start(answers(OK)).await;
    let origin = server.origin(Scheme::Http, "127.0.0.1");
    let wire = wire(Settings::default());
    let pool = connections(&wire, &origin);
    let (first, _) = send(&pool, get(&origin, "/")).await;
    assert_eq!(first.remote, Some(server.address));
    assert!(first.timing.connect > Duration::ZERO && first.timing.total >= first.timing.first_byte);
    assert!(first.tls.is_none());
    let (second, _) = send(&pool, get(&origin, "/")).await;
    assert_eq!(second.timing.connect, Duration::ZERO, "the connection was reused");
    let counters = wire.counters();
    assert_eq!((counters.requests(), counters.connections()), (2, 1));
    assert_eq!(counters.bytes_in(), 2 * OK.len() as u64);
    assert_eq!(counters.bytes_out(), 2 * first.probe.wire.expose().len() as u64);
}

#[tokio::test]
async fn an_answer_in_single_bytes_is_the_same_answer() {
    let text = "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n\
                3\r\nabc\r\n4;e=1\r\ndefg\r\n0\r\nT: v\r\n\r\n";
    let scripts = vec![vec![Step::Read, write(text), Step::Read, Step::Drip(text.into()), Step::Hold]];
    let server = Server::start(scripts).await;
    let (origin, pool) = plain(&server);
    let whole = response(&pool, get(&origin, "/")).await;
    let dripped = response(&pool, get(&origin, "/")).await;
    assert_eq!((&whole.body[..], whole.headers.len()), (&b"abcdefg"[..], 2));
    assert_eq!(whole, dripped);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn framing_lies_cost_the_connection() {
    let lies = [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\n\r\n",
    ];
    let scripts = lies.iter().map(|lie| vec![Step::Read, write(*lie), Step::Hold]).collect();
    let server = Server::start(scripts).await;
    let (origin, pool) = plain(&server);
    for count in 1..=lies.len() {
        let answer = response(&pool, get(&origin, "/")).await;
        assert_eq!((answer.anomalies.len(), server.connections()), (1, count));
    }
}

#[tokio::test]
async fn bytes_between_requests_are_named_and_not_taken_for_an_answer() {
    let noise =
        vec![Step::Read, write(OK), Step::Await, write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake"), Step::Hold];
    let server = Server::start(vec![noise, vec![Step::Read, write(OK), Step::Hold]]).await;
    let (origin, pool) = plain(&server);
    assert_eq!(&response(&pool, get(&origin, "/1")).await.body[..], b"ok");
    server.go_on();
    // The noise is seen once the socket reports it, so wait for that and not for a time.
    loop {
        if pool.idle_has_news().await {
            break;
        }
        tokio::task::yield_now().await;
    }
    let answer = response(&pool, get(&origin, "/2")).await;
    assert_eq!((&answer.body[..], &answer.anomalies[..]), (&b"ok"[..], &[Anomaly::Unsolicited][..]));
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_stale_connection_is_replaced_once_for_safe_methods() {
    let stale = |end: Step| vec![Step::Read, write(OK), Step::Read, end];
    let scripts = vec![stale(Step::Reset), vec![Step::Read, write(OK), Step::Hold]];
    let server = Server::start(scripts).await;
    let (origin, pool) = plain(&server);
    response(&pool, get(&origin, "/1")).await;
    assert_eq!(response(&pool, get(&origin, "/2")).await.status, 200);
    assert_eq!(server.connections(), 2);
    assert_eq!(server.requests().iter().filter(|request| request.starts_with("GET /2")).count(), 2);

    let server = Server::start(vec![stale(Step::Reset)]).await;
    let (origin, pool) = plain(&server);
    response(&pool, get(&origin, "/1")).await;
    let post = raw_probe(&origin, "POST /2 HTTP/1.1\r\nContent-Length: 1\r\n\r\nx");
    assert_eq!(error(&pool, post).await.kind, ErrorKind::Reset, "a POST is never sent twice");
    assert_eq!(server.requests().iter().filter(|request| request.starts_with("POST")).count(), 1);

    let server = Server::start(vec![vec![Step::Read]]).await;
    let (origin, pool) = plain(&server);
    assert_eq!(error(&pool, get(&origin, "/")).await.kind, ErrorKind::Reset, "a fresh connection is not retried");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn every_wait_has_its_deadline() {
    let brief =
        Limits { response_head: Duration::from_millis(60), exchange: Duration::from_millis(90), ..Limits::default() };
    let cases: [(&str, Option<&[u8]>); 4] = [
        ("", None),
        ("HTTP/1.1 200 OK\r\nA: b", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", Some(b"half")),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", Some(b"half")),
    ];
    for (text, body) in cases {
        let server = Server::start(vec![vec![Step::Read, write(text), Step::Hold]]).await;
        let origin = server.origin(Scheme::Http, "127.0.0.1");
        let pool = connections(&wire(settings(brief.clone())), &origin);
        let answer = send(&pool, get(&origin, "/")).await.0.response;
        match (answer, body) {
            (Err(error), None) => assert_eq!(error.kind, ErrorKind::ResponseTimeout, "{text}"),
            (Ok(answer), Some(body)) => {
                assert_eq!((&answer.body[..], answer.truncated), (body, Some(Truncation::Late)), "{text}");
            }
            (answer, _) => panic!("{text}: {answer:?}"),
        }
    }
}

#[tokio::test]
async fn a_probe_may_ask_for_more_time() {
    let server = Server::start(vec![vec![Step::Read, Step::Await, write(OK), Step::Hold]]).await;
    let origin = server.origin(Scheme::Http, "127.0.0.1");
    let brief = Limits { response_head: Duration::from_millis(1), ..Limits::default() };
    let pool = connections(&wire(settings(brief)), &origin);
    let probe = HttpProbe { timeout: Some(Duration::from_secs(30)), ..get(&origin, "/") };
    let waiting = tokio::spawn(async move { response(&pool, probe).await.status });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    server.go_on();
    assert_eq!(waiting.await.expect("no panic"), 200);
}

#[tokio::test]
async fn a_window_stops_reading_and_gives_up_only_large_rests() {
    let small = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
    let large = format!("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n{}", "x".repeat(100_000));
    let scripts = vec![vec![Step::Read, write(small), Step::Read, write(large), Step::Hold]];
    let server = Server::start(scripts).await;
    let (origin, pool) = plain(&server);
    let windowed = |target: &str| HttpProbe { window: Some(4), ..get(&origin, target) };
    let answer = response(&pool, windowed("/small")).await;
    assert_eq!((&answer.body[..], answer.truncated), (&b"0123"[..], None));
    let answer = response(&pool, windowed("/large")).await;
    assert_eq!((&answer.body[..], answer.truncated), (&b"xxxx"[..], None));
    assert_eq!((server.connections(), pool.idle_connections()), (1, 0));
}

#[tokio::test]
async fn the_byte_budget_is_paid_and_paid_back() {
    let body = "x".repeat(50_000);
    let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let server = Server::start(vec![[Step::Read, write(text)].into_iter().cycle().take(8).collect()]).await;
    let origin = server.origin(Scheme::Http, "127.0.0.1");
    let budget = ByteBudget::new(80_000);
    let wire = Arc::new(Wire::new(Settings::default(), budget.clone(), Clock::System).expect("a wire"));
    let pool = connections(&wire, &origin);

    let (first, held) = send(&pool, get(&origin, "/")).await;
    let held = held.expect("a reservation");
    assert_eq!((held.bytes(), budget.used()), (first.weight(), first.weight()));
    let (second, rest) = send(&pool, get(&origin, "/")).await;
    assert_eq!(second.response.expect_err("over budget").kind, ErrorKind::Budget);
    drop((held, rest));
    assert_eq!(budget.used(), 0);
    let (third, _held) = send(&pool, get(&origin, "/")).await;
    assert!(third.response.is_ok());

    let none_left = budget.try_reserve(80_000 - budget.used()).expect("fits");
    let connections = server.connections();
    let (fourth, nothing) = send(&pool, get(&origin, "/")).await;
    assert!(nothing.is_none() && fourth.response.is_err_and(|error| error.kind == ErrorKind::Budget));
    assert_eq!(server.connections(), connections, "it is not even sent");
    drop(none_left);
}

#[tokio::test]
async fn a_dropped_exchange_leaves_nothing_behind() {
    let server = Server::start(vec![vec![Step::Read, Step::Hold], vec![Step::Read, write(OK), Step::Hold]]).await;
    let origin = server.origin(Scheme::Http, "127.0.0.1");
    let wire = wire(Settings::default());
    let pool = Arc::new(connections(&wire, &origin));
    let other = Arc::clone(&pool);
    let probe = get(&origin, "/");
    let hanging = tokio::spawn(async move { send(&other, probe).await.0.response.is_ok() });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    hanging.abort();
    assert!(hanging.await.expect_err("aborted").is_cancelled());
    assert_eq!((wire.budget.used(), pool.idle_connections()), (0, 0));
    assert_eq!(response(&pool, get(&origin, "/")).await.status, 200);
}

#[tokio::test]
async fn at_most_four_connections_wait_idle() {
    let server = Server::start(answers(OK)).await;
    let (origin, pool) = plain(&server);
    let pool = Arc::new(pool);
    let sends: Vec<_> = (0..12)
        .map(|_| {
            let (pool, probe) = (Arc::clone(&pool), get(&origin, "/"));
            tokio::spawn(async move { response(&pool, probe).await.status })
        })
        .collect();
    for sent in sends {
        assert_eq!(sent.await.expect("no panic"), 200);
    }
    assert!(pool.idle_connections() <= 4);
}

#[tokio::test]
async fn the_future_of_an_exchange_is_small() {
    let server = Server::start(answers(OK)).await;
    let (origin, pool) = plain(&server);
    let probe = Arc::new(get(&origin, "/"));
    let size = std::mem::size_of_val(&pool.send(&probe));
    assert!(size <= 1664, "{size} bytes");
}

#[tokio::test]
async fn failures_to_connect_have_their_kinds() {
    let origin = Origin::new(Scheme::Http, "127.0.0.1", closed_port().await).expect("an origin");
    let pool = connections(&wire(Settings::default()), &origin);
    assert_eq!(error(&pool, get(&origin, "/")).await.kind, ErrorKind::ConnectionRefused);

    let origin = Origin::new(Scheme::Http, "nothing.invalid", 80).expect("an origin");
    let pool = connections(&wire(Settings::default()), &origin);
    let kind = error(&pool, get(&origin, "/")).await.kind;
    assert!(matches!(kind, ErrorKind::NoSuchName | ErrorKind::ResolveFailed), "{kind}");

    let other = Origin::new(Scheme::Http, "other.invalid", 80).expect("an origin");
    assert_eq!(error(&pool, get(&other, "/")).await.kind, ErrorKind::Internal);
}

#[tokio::test]
async fn the_scope_is_checked_at_every_connect() {
    let server = Server::start(answers(OK)).await;
    let port = server.address.port();
    let refused = |host: &str, rules: &str, overrides: &[String]| {
        let origin = Origin::new(Scheme::Http, host, port).expect("an origin");
        let resolve = overrides.iter().map(|text| Override::parse(text).expect("an override")).collect();
        let wire = wire(Settings { resolve, ..Settings::default() });
        let mut builder = ScopeBuilder::new();
        builder.add_rules(&SourceFile::new("scope", rules));
        (Connections::new(wire, origin.clone(), builder.build()), get(&origin, "/"))
    };
    for (host, rules, overrides) in [
        ("127.0.0.1", "", vec![]),
        ("169.254.169.254", "169.254.0.0/16", vec![]),
        ("localhost", "*\n!127.0.0.0/8\n!::1", vec![]),
        ("rebind.example", "*.example\nrebind.example", vec![format!("rebind.example:{port}:127.0.0.1")]),
        ("meta.example", "meta.example", vec![format!("meta.example:{port}:169.254.169.254")]),
        ("meta.example", "meta.example", vec![format!("meta.example:{port}:[::ffff:169.254.169.254]")]),
    ] {
        let (pool, probe) = refused(host, rules, &overrides);
        assert_eq!(error(&pool, probe).await.kind, ErrorKind::OutOfScope, "{host} {rules}");
    }
    assert_eq!(server.connections(), 0);

    let mixed = format!("lab.example:{port}:169.254.169.254,127.0.0.1");
    let (pool, probe) = refused("lab.example", "lab.example\n127.0.0.1", &[mixed]);
    let (exchange, _) = send(&pool, probe).await;
    assert_eq!(exchange.remote, Some(server.address), "the address in scope is used, the other is not");
    assert!(exchange.response.is_ok());
}

#[tokio::test]
async fn names_are_tried_at_all_their_addresses() {
    let server = Server::start(answers(OK)).await;
    let port = server.address.port();
    let origin = Origin::new(Scheme::Http, "two.example", port).expect("an origin");
    let resolve = vec![Override::parse(&format!("two.example:{port}:127.0.0.9,127.0.0.1")).expect("an override")];
    let pool = connections(&wire(Settings { resolve, ..Settings::default() }), &origin);
    let (exchange, _) = send(&pool, get(&origin, "/")).await;
    assert_eq!(exchange.remote, Some(server.address));
    assert!(server.requests()[0].contains(&format!("Host: two.example:{port}\r\n")));
}

#[tokio::test]
async fn a_refusal_half_way_through_a_request_is_read() {
    let refusal = "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno";
    let server = Server::start(vec![vec![Step::Read, write(refusal), Step::Hold]]).await;
    let (origin, pool) = plain(&server);
    let claims_more = raw_probe(&origin, "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(response(&pool, claims_more).await.status, 413);
    assert_eq!(pool.idle_connections(), 0);
}
