//! The demo over real sockets.

use super::*;

async fn exchange(demo: &Demo, request: &str) -> String {
    let mut stream = TcpStream::connect(demo.address()).await.expect("the demo listens");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = Vec::new();
    while timeout(IDLE, stream.read_buf(&mut answer)).await.expect("in time").unwrap_or(0) > 0 {}
    String::from_utf8(answer).expect("the demo answers in UTF-8")
}

async fn get(demo: &Demo, path: &str, fields: &str) -> String {
    exchange(demo, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n")).await
}

#[tokio::test]
async fn what_is_listed_as_wrong_is_there_and_what_is_sound_is_not_careless() {
    let demo = Demo::start(0).await.expect("a free port");
    for flaw in crate::demo::FLAWS {
        let answer = get(&demo, flaw.path, "").await;
        let status = answer.get(9..12).expect("a status line");
        assert_eq!(status == "404", flaw.path == "/no-such-page", "{}: {answer}", flaw.path);
        assert!(!answer.contains("X-Powered-By") || !flaw.sound, "{}", flaw.path);
    }
    assert!(get(&demo, "/.env", "").await.contains("\nDB_PASSWORD="));
    assert!(get(&demo, "/.git/HEAD", "").await.ends_with("ref: refs/heads/main\n"));
    assert!(get(&demo, "/api/orders/1", "").await.contains("Orders.java:88"));
    let front = get(&demo, "/", "").await;
    assert!(front.contains("Set-Cookie: connect.sid=") && !front.contains("HttpOnly"));
}

#[tokio::test]
async fn cors_reflects_without_letting_the_client_write_fields() {
    let demo = Demo::start(0).await.expect("a free port");
    let answer = get(&demo, "/api/products", "Origin: https://evil.example\r\n").await;
    assert!(answer.contains("Access-Control-Allow-Origin: https://evil.example\r\n"));
    assert!(answer.contains("Access-Control-Allow-Credentials: true\r\n"));
    let hostile = get(&demo, "/api/products", "Origin: a\tb\x0bc\r\n").await;
    assert!(!hostile.contains('\x0b'), "{hostile:?}");
}

#[tokio::test]
async fn connections_are_kept_alive_and_heads_bounded() {
    let demo = Demo::start(0).await.expect("a free port");
    let two = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /robots.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answers = exchange(&demo, two).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert_eq!(answers.matches("<h1>").count(), 0, "HEAD has no body: {answers}");
    let endless = format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(HEAD * 2));
    assert_eq!(exchange(&demo, &endless).await, "");
    let large = "POST /login HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n";
    assert!(exchange(&demo, large).await.starts_with("HTTP/1.1 400 "));
}
