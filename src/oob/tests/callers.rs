use tokio::net::TcpListener;

use super::*;

/// A server that does what visitors tell it: `resolve=NAME` looks a name up with a resolver of its own, `fetch=NAME`
/// fetches `http://NAME/hook` as well. Whatever it does, it answers the same.
async fn vulnerable(dns: SocketAddr, http: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let told =
                request.split_whitespace().nth(1).and_then(|target| target.split_once('?')).map(|(_, query)| query);
            if let Some((what, name)) = told.and_then(|told| told.split_once('=')) {
                let found = address_in(&resolve(dns, &format!("{name}."), RecordType::A).await);
                if let (Some(ip), "fetch") = (found, what) {
                    assert_eq!(ip, http.ip());
                    let call = format!("GET /hook HTTP/1.1\r\nhost: {name}\r\nuser-agent: Tester/1\r\n\r\n");
                    converse(http, call.as_bytes()).await;
                }
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok").await.unwrap();
        }
    });
    address
}

async fn visit(target: SocketAddr, query: &str) {
    let request = format!("GET /?{query} HTTP/1.1\r\nHost: {target}\r\n\r\n");
    assert!(converse(target, request.as_bytes()).await.ends_with("ok"));
}

#[tokio::test]
async fn a_server_that_looks_names_up_is_told_from_one_that_does_not() {
    let scene = Scene::new().await;
    let target = vulnerable(scene.address(Service::Dns), scene.address(Service::Http)).await;
    let (called, quiet) = (scene.id(0), scene.id(1));
    visit(target, &format!("resolve=a.B.{}", scene.mailbox.names().address(&called).to_uppercase())).await;
    visit(target, &format!("nothing{quiet}")).await;

    let came = scene.taken(&called, 60_000).await;
    assert_eq!(came.len(), 1);
    assert_eq!((&*came[0].protocol, came[0].query_type.as_deref()), ("dns", Some("A")));
    assert_eq!(came[0].full_id.to_lowercase(), format!("a.b.{called}"));
    let request = String::from_utf8_lossy(&came[0].request).to_lowercase();
    assert!(request.contains(&format!(";a.b.{called}.oob.test.\tin\t a\n")), "{request}");
    assert!(String::from_utf8_lossy(&came[0].response).contains("\tA\t127.0.0.1\n"));
    assert_eq!(came[0].remote, Some(LOOPBACK));
    assert!(scene.taken(&quiet, 50).await.is_empty());
}

#[tokio::test]
async fn a_server_that_fetches_calls_over_dns_and_http() {
    let scene = Scene::new().await;
    let target = vulnerable(scene.address(Service::Dns), scene.address(Service::Http)).await;
    let id = scene.id(0);
    visit(target, &format!("fetch={}", scene.mailbox.names().address(&id))).await;
    let came = scene.taken(&id, 60_000).await;
    let protocols: Vec<&str> = came.iter().map(|interaction| &*interaction.protocol).collect();
    assert_eq!(protocols, ["dns", "http"]);
    let request = String::from_utf8_lossy(&came[1].request);
    assert_eq!(request, format!("GET /hook HTTP/1.1\r\nHost: {id}.oob.test\r\nUser-Agent: Tester/1\r\n\r\n"));
    let response = String::from_utf8_lossy(&came[1].response);
    assert!(response.starts_with("HTTP/1.1 200 OK\r\nServer: oob.test\r\n"), "{response}");
    assert!(response.ends_with(&format!("<body>{}</body></html>", id.reversed())), "{response}");
}

#[tokio::test]
async fn without_a_domain_the_path_carries_the_id() {
    let mut settings = settings(Access::Closed);
    settings.zone = None;
    settings.listen.retain(|listening| listening.service == Service::Http);
    let register = Arc::new(Register::new(Clock::System));
    let server = Server::start(settings, Arc::clone(&register)).await.unwrap();
    let address = server.address(Service::Http).unwrap();
    let mailbox = Arc::new(Mailbox::new(names(CallbackSite::Server(address.to_string().into()))));
    register.add_scan(Arc::clone(&mailbox));
    let id = mailbox.names().id("run", 0);
    let url = mailbox.names().address(&id);
    let target = url.strip_prefix(&address.to_string()).unwrap();
    let answer = converse(address, format!("GET {target}/x.xml HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).await;
    assert!(answer.ends_with(&format!("<data>{}</data>", id.reversed())), "{answer}");
    let came = mailbox.take(std::slice::from_ref(&id), Instant::now() + Duration::from_secs(60)).await;
    assert_eq!(came.len(), 1);
    assert_eq!(*came[0].full_id, *id.as_str());
}

#[tokio::test]
async fn a_mail_is_taken_and_never_needs_its_text() {
    let scene = Scene::new().await;
    let smtp = scene.address(Service::Smtp);
    let [whole, cut] = [0, 1].map(|nth| scene.id(nth));
    let mail = format!(
        "EHLO client\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<root@{whole}.oob.test>\r\nDATA\r\n\
         Subject: hi\r\n\r\n..dot\r\n.\r\nQUIT\r\n"
    );
    let said = converse(smtp, mail.as_bytes()).await;
    assert!(
        said.starts_with("220 oob.test ESMTP\r\n") && said.ends_with("250 2.0.0 Taken\r\n221 2.0.0 Bye\r\n"),
        "{said}"
    );
    let came = scene.taken(&whole, 60_000).await;
    assert_eq!((&*came[0].protocol, came[0].mail_from.as_deref()), ("smtp", Some("a@b.test")));
    assert_eq!(&came[0].request[..], b"Subject: hi\r\n\r\n.dot\r\n");
    assert_eq!(came.len(), 1);

    converse(smtp, format!("HELO x\r\nRCPT TO: {cut}@x.test\r\nQUIT\r\n").as_bytes()).await;
    assert_eq!(scene.taken(&cut, 60_000).await.len(), 1);
    assert!(converse(smtp, b"DATA\r\nQUIT\r\n").await.contains("503 5.5.1"));
}

#[tokio::test]
async fn dns_over_tcp_is_answered_too() {
    let scene = Scene::new().await;
    let id = scene.id(0);
    let mut query = Message::query();
    query.add_query(Query::query(Name::from_ascii(format!("{id}.oob.test.")).unwrap(), RecordType::TXT));
    let bytes = query.to_vec().unwrap();
    let mut stream = TcpStream::connect(scene.address(Service::Dns)).await.unwrap();
    stream.write_all(&[&(bytes.len() as u16).to_be_bytes()[..], &bytes].concat()).await.unwrap();
    let mut answer = vec![0; usize::from(stream.read_u16().await.unwrap())];
    stream.read_exact(&mut answer).await.unwrap();
    let answer = Message::from_vec(&answer).unwrap();
    assert_eq!(answer.answers[0].data.to_string(), id.reversed());
    assert_eq!(scene.taken(&id, 60_000).await[0].query_type.as_deref(), Some("TXT"));
}

#[tokio::test]
async fn https_is_http() {
    let key = rcgen::generate_simple_self_signed(vec!["oob.test".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("both.pem");
    std::fs::write(&path, key.cert.pem() + &key.signing_key.serialize_pem()).unwrap();
    let mut settings = settings(Access::Closed);
    settings.certificate = Some(read_certificate(&path).unwrap());
    settings.listen = vec![Listening { service: Service::Https, address: SocketAddr::new(LOOPBACK, 0) }];
    let server = Server::start(settings, Arc::new(Register::new(Clock::System))).await.unwrap();
    let url = format!("https://{}", server.address(Service::Https).unwrap());
    let wire = crate::wire::Settings { ca_file: Some(path), ..Default::default() };
    let refused = Client::register(clients::settings(url, None, wire)).await.map(drop).unwrap_err();
    assert!(matches!(refused, ClientError::Untrusted(_)), "its name is not its address: {refused}");
}

#[tokio::test]
async fn it_listens_everywhere_or_nowhere() {
    let taken = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let mut settings = settings(Access::Closed);
    let address = taken.local_addr().unwrap();
    settings.listen.push(Listening { service: Service::Http, address });
    let register = || Arc::new(Register::new(Clock::System));
    let error = Server::start(settings.clone(), register()).await.unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot listen on {address} for http")), "{error}");
    settings.listen.pop();
    settings.zone = None;
    assert!(matches!(Server::start(settings, register()).await, Err(StartError::NoDomain)));
}
