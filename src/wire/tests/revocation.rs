//! Authorities that are asked about revocation: whom, how, and what becomes of their answers.

use bytes::Bytes;
use rcgen::{CertificateParams, CustomExtension, Issuer, KeyPair};

use super::*;
use crate::base::SourceFile;
use crate::observation::{
    ChainJudgement, ErrorKind, Revocation, RevocationProblem, RevocationSource, RevocationStatus, TlsSession, TlsSurvey,
};
use crate::predicate::{Answer, Received};
use crate::wire::Contacts;
use crate::wire::testing::answers;

/// A leaf that names these addresses, and its issuer.
fn chain(ocsp: &str, list: Option<&str>) -> Vec<Bytes> {
    let key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::default();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let issuer_der = authority.self_signed(&key).expect("a certificate").der().to_vec();
    let issuer = Issuer::new(authority, key);
    let mut leaf = CertificateParams::default();
    let length = |length: usize| u8::try_from(length).expect("short");
    let url = [&[0x86, length(ocsp.len())], ocsp.as_bytes()].concat();
    let inner = [&[6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 1][..], &url].concat();
    let access = [&[0x30, length(inner.len() + 2), 0x30, length(inner.len())], &inner[..]].concat();
    leaf.custom_extensions = vec![CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], access)];
    leaf.crl_distribution_points =
        list.map(|url| rcgen::CrlDistributionPoint { uris: vec![url.to_owned()] }).into_iter().collect();
    let leaf = leaf.signed_by(&KeyPair::generate().expect("a key"), &issuer).expect("a certificate");
    vec![leaf.der().to_vec().into(), issuer_der.into()]
}

/// A scope with these rules.
fn scope(rules: &str) -> Scope {
    let mut builder = ScopeBuilder::new();
    assert!(!builder.add_rules(&SourceFile::new("scope", rules)).has_errors());
    builder.build()
}

/// A request at once, at nobody's pace.
async fn plainly(connections: Connections, probe: Arc<HttpProbe>) -> Arc<Answer> {
    let (exchange, paid) = connections.send(&probe).await;
    Arc::new(Answer::of(Arc::new(Received::new(exchange, paid))))
}

async fn asked(online: bool, scope: &Scope, chain: &[Bytes]) -> Option<Revocation> {
    let wire = wire(Settings { tls_online: online, ..Settings::default() });
    let judgement = ChainJudgement { path: vec![0, 1], root: Some("Root".into()), ..ChainJudgement::default() };
    let session = TlsSession { chain: chain.to_vec(), judgement, ..TlsSession::default() };
    let mut survey = TlsSurvey { session: Some(Arc::new(session)), ..TlsSurvey::default() };
    Contacts::new(wire, scope.for_host("target.example")).ask_about_revocation(&mut survey, plainly).await;
    survey.revocation
}

fn problems(revocation: &Revocation) -> Vec<(RevocationSource, Option<RevocationProblem>)> {
    revocation.answers.iter().map(|answer| (answer.source, answer.problem)).collect()
}

#[tokio::test]
async fn nobody_is_asked_unless_the_user_wants_it() {
    let server = Server::start(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).await;
    let scope = scope("127.0.0.1");
    let chain = chain(&format!("http://{}/ocsp", server.address), None);
    assert_eq!(asked(false, &scope, &chain).await, None);
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn responders_are_asked_first_and_lists_then() {
    let server = Server::start(answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\x30\x03\x0a\x01\x06")).await;
    let address = server.address;
    let chain = chain(&format!("http://{address}/ocsp"), Some(&format!("http://{address}/a.crl?b=c")));
    let revocation = asked(true, &scope("127.0.0.1"), &chain).await.expect("it was asked");
    assert_eq!(revocation.status(), RevocationStatus::Unknown);
    let (responder, list) = (RevocationSource::Ocsp, RevocationSource::List);
    assert_eq!(
        problems(&revocation),
        [(responder, Some(RevocationProblem::Error)), (list, Some(RevocationProblem::Malformed))]
    );
    let requests = server.requests();
    let first: Vec<&str> = requests.iter().map(|it| it.lines().next().expect("a line")).collect();
    assert!(first[0].starts_with("GET /ocsp/M") && first[0].ends_with(" HTTP/1.1"), "{first:?}");
    assert!(!first[0].contains('+') && first[0].matches('/').count() == 3, "{first:?}");
    assert_eq!(first[1..], ["GET /a.crl?b=c HTTP/1.1"]);
}

#[tokio::test]
async fn a_certificate_sends_us_nowhere_that_is_private() {
    let server = Server::start(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).await;
    let port = server.address.port();
    let urls = [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        format!("https://127.0.0.1:{port}/"),
        format!("ldap://127.0.0.1:{port}/"),
        "file:///etc/passwd".to_owned(),
    ];
    for url in urls {
        let revocation = asked(true, &scope(""), &chain(&url, None)).await.expect("it was asked");
        let expected = [(RevocationSource::Ocsp, Some(RevocationProblem::NotAllowed))];
        assert_eq!(problems(&revocation), expected, "{url}");
    }
    assert_eq!(server.requests().len(), 0);
}

/// What is asked of a survey with that judgement, and how often.
async fn asked_of(settings: Settings, scope: &Scope, judgement: ChainJudgement, chain: &[Bytes]) -> Revocation {
    let session = TlsSession { chain: chain.to_vec(), judgement, ..TlsSession::default() };
    let mut survey = TlsSurvey { session: Some(Arc::new(session)), ..TlsSurvey::default() };
    let wire = wire(Settings { tls_online: true, ..settings });
    Contacts::new(wire, scope.for_host("target.example")).ask_about_revocation(&mut survey, plainly).await;
    survey.revocation.expect("it was asked")
}

#[tokio::test]
async fn only_what_an_authority_signed_says_whom_to_ask() {
    use crate::observation::{ChainFault, ChainProblem};
    let server = Server::start(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).await;
    let chain = chain(&format!("http://{}/ocsp", server.address), None);
    let rooted = ChainJudgement { path: vec![0, 1], root: Some("Root".into()), ..ChainJudgement::default() };
    let with = |fault| ChainJudgement { problems: vec![ChainProblem { fault, at: Some(0) }], ..rooted.clone() };
    let strange = ChainJudgement { root: None, ..with(ChainFault::UntrustedRoot) };
    for judgement in [strange, with(ChainFault::BadSignature), with(ChainFault::Unverified), with(ChainFault::Invalid)]
    {
        let revocation = asked_of(Settings::default(), &scope("127.0.0.1"), judgement, &chain).await;
        assert!(revocation.answers.is_empty(), "{revocation:?}");
    }
    assert_eq!(server.requests().len(), 0);
    let revocation = asked_of(Settings::default(), &scope("127.0.0.1"), with(ChainFault::Expired), &chain).await;
    assert_eq!((revocation.answers.len(), server.requests().len()), (1, 1));
}

#[tokio::test]
async fn strange_hosts_are_asked_on_their_usual_port_and_never_by_a_proxys_names() {
    let rooted = ChainJudgement { path: vec![0, 1], root: Some("Root".into()), ..ChainJudgement::default() };
    let not_allowed = [(RevocationSource::Ocsp, Some(RevocationProblem::NotAllowed))];
    let server = Server::start(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).await;
    // A public address that nobody has (RFC 5737); only its port speaks against it.
    let other_port = chain("http://ocsp.example:8080/", None);
    let elsewhere = Override::parse("ocsp.example:8080:203.0.113.9").expect("an override");
    let settings = Settings { resolve: vec![elsewhere], ..Settings::default() };
    let revocation = asked_of(settings, &scope(""), rooted.clone(), &other_port).await;
    assert_eq!(problems(&revocation), not_allowed);
    let proxy = Proxy::parse(&format!("http://{}", server.address)).expect("a proxy");
    let proxied = Settings { proxy: Some(proxy), ..Settings::default() };
    let revocation = asked_of(proxied, &scope(""), rooted, &chain("http://intranet/", None)).await;
    assert_eq!(problems(&revocation), not_allowed);
    assert_eq!(server.requests().len(), 0);
}

/// A survey that saw this chain, which leads to a root.
fn surveyed(chain: &[Bytes]) -> TlsSurvey {
    let judgement = ChainJudgement { path: vec![0, 1], root: Some("Root".into()), ..ChainJudgement::default() };
    let session = TlsSession { chain: chain.to_vec(), judgement, ..TlsSession::default() };
    TlsSurvey { session: Some(Arc::new(session)), ..TlsSurvey::default() }
}

#[tokio::test]
async fn hosts_of_one_authority_fetch_its_list_once() {
    let server = Server::start(answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\x30\x03\x0a\x01\x06")).await;
    let list = format!("http://{}/a.crl", server.address);
    // What responders would be asked differs from one certificate to the next; here nobody may.
    let chains: Vec<Vec<Bytes>> = (0..4).map(|_| chain("http://192.0.2.1:1/", Some(&list))).collect();
    let wire = wire(Settings { tls_online: true, ..Settings::default() });
    let scope = scope("127.0.0.1");
    let ask = async |chain: &[Bytes]| {
        let mut survey = surveyed(chain);
        let contacts = Contacts::new(Arc::clone(&wire), scope.for_host("target.example"));
        contacts.ask_about_revocation(&mut survey, plainly).await;
        problems(&survey.revocation.expect("it was asked"))[1]
    };
    let told = tokio::join!(ask(&chains[0]), ask(&chains[1]), ask(&chains[2]));
    let malformed = (RevocationSource::List, Some(RevocationProblem::Malformed));
    assert_eq!((told, ask(&chains[3]).await), ((malformed, malformed, malformed), malformed));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn what_is_asked_goes_the_way_that_is_given() {
    let server = Server::start(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).await;
    let url = |path: &str| format!("http://{}/{path}", server.address);
    let asked = std::sync::Mutex::new(Vec::new());
    let send = |connections: Connections, probe: Arc<HttpProbe>| {
        assert_eq!(connections.origin(), &probe.origin);
        asked.lock().expect("not poisoned").push(probe.origin.clone());
        let response = Err(ProbeError::new(ErrorKind::ResponseTimeout, ""));
        let (at, timing) = (crate::base::Timestamp::UNIX_EPOCH, Default::default());
        std::future::ready(Arc::new(Answer::new(Exchange { probe, response, at, timing, remote: None, tls: None })))
    };
    let wire = wire(Settings { tls_online: true, ..Settings::default() });
    let mut survey = surveyed(&chain(&url("ocsp"), Some(&url("a.crl"))));
    let contacts = Contacts::new(wire, scope("127.0.0.1").for_host("target.example"));
    contacts.ask_about_revocation(&mut survey, send).await;
    let origin = server.origin(Scheme::Http, "127.0.0.1");
    assert_eq!(asked.into_inner().expect("not poisoned"), [origin.clone(), origin]);
    assert_eq!((server.requests().len(), server.connections()), (0, 0));
}
