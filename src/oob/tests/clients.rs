use super::*;
use crate::base::Secret;
use crate::wire;

pub(super) fn settings(url: String, token: Option<&str>, wire: wire::Settings) -> ClientSettings {
    let token = token.map(|token| Secret::new(token.to_owned()));
    let correlation = CorrelationId::from_bytes([4; 12]);
    ClientSettings { url, token, correlation, seed: [4; 32], wire, clock: Clock::System }
}

async fn server(access: Access) -> (Server, String) {
    let server = Server::start(super::settings(access), Arc::new(Register::new(Clock::System))).await.unwrap();
    let url = format!("http://{}", server.address(Service::Http).unwrap());
    (server, url)
}

async fn refusal(url: &str, token: Option<&str>) -> ClientError {
    Client::register(settings(url.to_owned(), token, wire::Settings::default())).await.map(drop).unwrap_err()
}

#[tokio::test]
async fn a_client_gets_what_came_for_it_and_nobody_else_does() {
    let (server, url) = server(Access::Token(Secret::new("open sesame".to_owned()))).await;
    assert!(matches!(refusal(&url, None).await, ClientError::Denied));
    assert!(matches!(refusal(&url, Some("wrong")).await, ClientError::Denied));

    let client = Client::register(settings(url.clone(), Some("open sesame"), wire::Settings::default())).await.unwrap();
    let mailbox = Arc::clone(client.mailbox());
    let id = mailbox.names().id("run", 0);
    resolve(server.address(Service::Dns).unwrap(), &format!("x.{id}.oob.test."), RecordType::A).await;
    let address = mailbox.names().address(&id);
    let (http, target) = address.split_once('/').unwrap();
    converse(http.parse().unwrap(), format!("POST /{target} HTTP/1.1\r\n\r\n").as_bytes()).await;

    let serving = tokio::spawn(async move {
        client.serve().await;
    });
    let came = mailbox.take(std::slice::from_ref(&id), Instant::now() + Duration::from_secs(60)).await;
    serving.abort();
    let protocols: Vec<&str> = came.iter().map(|interaction| &*interaction.protocol).collect();
    assert_eq!(protocols, ["dns", "http"]);
    assert_eq!((&*came[0].full_id, came[0].query_type.as_deref()), (&*format!("x.{id}"), Some("A")));
    assert_eq!(came[0].remote, Some(LOOPBACK));
    assert!(came[1].request.starts_with(b"POST /"));

    let taken = refusal(&url, Some("open sesame")).await;
    assert!(taken.to_string().contains("already exists"), "{taken}");
}

#[tokio::test]
async fn who_left_is_forgotten() {
    let (_server, url) = server(Access::Open).await;
    for _ in 0..2 {
        let client = Client::register(settings(url.clone(), None, wire::Settings::default())).await.unwrap();
        client.poll().await.unwrap();
        client.leave().await;
    }
}

#[tokio::test]
async fn a_server_of_one_scan_takes_no_clients() {
    let (_server, url) = server(Access::Closed).await;
    assert!(matches!(refusal(&url, None).await, ClientError::Answer(_)));
    assert!(matches!(refusal("http://127.0.0.1:1", None).await, ClientError::Unreachable(_)));
    for wrong in ["ftp://x", "http://u:p@x", "http://x/path", "", "https://x?q"] {
        assert!(matches!(refusal(wrong, None).await, ClientError::Url(_)), "{wrong}");
    }
}

#[tokio::test]
async fn the_protocol_refuses_what_is_not_one() {
    let (server, _) = server(Access::Open).await;
    let http = server.address(Service::Http).unwrap();
    let ask = async |request: &str| {
        let said = converse(http, request.as_bytes()).await;
        said.split_whitespace().nth(1).unwrap_or_default().to_owned()
    };
    for request in [
        "GET /poll HTTP/1.1",
        "GET /poll?id=x&secret=y HTTP/1.1",
        "POST /register HTTP/1.1",
        "POST /deregister HTTP/1.1",
    ] {
        assert_eq!(ask(&format!("{request}\r\nHost: x\r\n\r\n")).await, "400", "{request}");
    }
    let nested = "[".repeat(60_000);
    assert_eq!(
        ask(&format!("POST /register HTTP/1.1\r\nContent-Length: {}\r\n\r\n{nested}", nested.len())).await,
        "400"
    );
    assert_eq!(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await, "200");
}
