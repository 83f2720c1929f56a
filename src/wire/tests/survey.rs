//! Surveys of real servers: what rustls speaks in this process is what the survey says of it, no more and no less.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::version::TLS12;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::super::testing::{Step, write};
use super::*;
use crate::observation::{
    ErrorKind, Fallback, NotTls, OtherProbe, Preference, Seen, StartTls, SurveyDepth, TlsSurvey, TlsSurveyProbe,
    TlsVersion, Told, Unheard,
};

fn probe(port: u16, depth: SurveyDepth) -> TlsSurveyProbe {
    TlsSurveyProbe { host: "localhost".into(), port, name: None, depth, starttls: None }
}

async fn survey(probe: TlsSurveyProbe) -> Result<Arc<TlsSurvey>, ErrorKind> {
    let scope: Scope = ScopeBuilder::new().build();
    let overridden = Override::parse(&format!("localhost:{}:127.0.0.1", probe.port)).expect("an entry");
    let limits = Limits { connect: Duration::from_secs(2), exchange: Duration::from_secs(1), ..Limits::default() };
    let settings = Settings { resolve: vec![overridden], ..settings(limits) };
    let contacts = Contacts::new(wire(settings), scope.for_host("localhost"));
    match contacts.survey(&Arc::new(OtherProbe::TlsSurvey(probe)), async || ()).await.0.seen {
        Ok(Seen::TlsSurvey(survey)) => Ok(survey),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.kind),
    }
}

fn server_config(versions: &[&'static rustls::SupportedProtocolVersion]) -> ServerConfig {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("params");
    let certificate = params.self_signed(&key).expect("a certificate").der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a server");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

fn told(survey: &TlsSurvey) -> Vec<Option<bool>> {
    survey.versions.iter().map(|version| version.told.known()).collect()
}

fn sorted(suites: &[u32]) -> Vec<u32> {
    let mut suites = suites.to_vec();
    suites.sort_unstable();
    suites
}

#[tokio::test]
async fn a_modern_server_costs_a_short_survey_seven_connections() {
    let server = Server::start_tls(vec![vec![Step::Hold]], server_config(rustls::ALL_VERSIONS)).await;
    let found = survey(probe(server.address.port(), SurveyDepth::Quick)).await.expect("a survey");
    assert_eq!(told(&found), [Some(false), Some(false), Some(false), Some(false), Some(true), Some(true)], "{found:?}");
    let session = found.session.as_deref().expect("a session");
    assert_eq!((&*session.version, session.alpn.as_deref(), session.group), ("TLSv1.3", Some("h2"), Some(29)));
    assert!(session.signature == Some(0x0403) && session.chain.len() == 1, "{session:?}");
    let version = found.version(TlsVersion::Tls12).expect("known");
    assert!(version.forbidden.is_refused() && version.classes_complete && !version.complete, "{version:?}");
    assert!(version.forward_secret.is_accepted() && version.authenticated.is_accepted());
    assert_eq!((version.secure_renegotiation, version.chain.len(), version.group), (Some(true), 1, Some(29)));
    assert_eq!(version.compression.known(), Some(false));
    assert!(found.server_hello.as_ref().is_some_and(|hello| hello.version == 0x0304));
    // This one does not say of the old versions that it is for them that it refuses, so that two are asked.
    assert_eq!((found.hellos, found.connections), (7, 7));
    let newest = found.version(TlsVersion::Tls13).expect("known");
    assert!(newest.forbidden.is_refused() && newest.classes_complete, "{newest:?}");
    assert!(found.not_tls.is_none() && found.addresses.is_empty());
}

#[tokio::test]
async fn a_full_survey_tells_suites_groups_protocols_and_resumption() {
    let server = Server::start_tls(vec![vec![Step::Hold]], server_config(rustls::ALL_VERSIONS)).await;
    let found = survey(probe(server.address.port(), SurveyDepth::Full)).await.expect("a survey");
    let suites = |version| sorted(&found.version(version).expect("known").suites);
    assert_eq!(suites(TlsVersion::Tls12), [0xC02B, 0xC02C, 0xCCA9], "those with ECDSA");
    assert_eq!(suites(TlsVersion::Tls13), [0x1301, 0x1302, 0x1303]);
    assert!(found.versions.iter().all(|version| version.complete), "{found:?}");
    let groups: Vec<(u16, Option<bool>, Option<bool>)> =
        found.groups.iter().map(|told| (told.group, told.tls13.known(), told.tls12.known())).collect();
    for group in [29, 23, 24] {
        assert!(groups.iter().any(|(known, new, _)| *known == group && *new == Some(true)), "{groups:?}");
    }
    // The curve of the certificate is insisted on below TLS 1.3, and chosen before all that are left: nobody gets those.
    assert!(groups.contains(&(25, Some(false), Some(false))), "{groups:?}");
    let alpn: Vec<&str> =
        found.alpn.iter().filter(|told| told.told.is_accepted()).map(|told| &*told.protocol).collect();
    assert_eq!(alpn, ["h2", "http/1.1"]);
    let signs: Vec<(u16, Option<bool>)> =
        found.schemes.iter().filter(|it| it.told.is_accepted()).map(|it| (it.scheme, it.tls13.known())).collect();
    assert_eq!(signs, [(0x0403, Some(true))], "a key on P-256 signs in one way");
    assert!(found.schemes.iter().all(|it| it.scheme == 0x0403 || !it.tls13.is_accepted()), "{:?}", found.schemes);
    // This server reads nothing after its handshake; `tls/renegotiation` and the laboratory have those that do.
    assert_eq!(found.client_renegotiation, Told::Unknown(Unheard::TimedOut));
    assert_eq!(found.version(TlsVersion::Tls12).and_then(|version| version.preference), Some(Preference::Client));
    assert_eq!((found.resumption.tickets, found.resumption.early_data), (Some(true), Some(0)));
    assert_eq!(found.without_name.as_ref().map(|without| without.chain.len()), Some(1));
    assert_eq!(found.fallback_scsv, Fallback::Unprotected, "rustls does not look at the signal");
    assert_eq!(found.jarm.as_ref().map(String::len), Some(62));
    let alone = survey(probe(server.address.port(), SurveyDepth::Jarm)).await.expect("a survey");
    assert_eq!((alone.jarm.as_ref(), alone.hellos), (found.jarm.as_ref(), 10));
    assert!(found.hellos < 70, "{}", found.hellos);
}

#[tokio::test]
async fn sessions_that_are_resumed_by_their_identifiers_have_no_tickets() {
    let resumed = async |change: fn(&mut ServerConfig)| {
        let mut config = server_config(&[&TLS12]);
        change(&mut config);
        let server = Server::start_tls(vec![vec![Step::Hold]], config).await;
        let found = survey(probe(server.address.port(), SurveyDepth::Full)).await.expect("a survey");
        (found.resumption.ids, found.resumption.tickets)
    };
    assert_eq!(resumed(|_| {}).await, (Some(true), Some(false)));
    let with_tickets = |config: &mut ServerConfig| config.ticketer = ring::Ticketer::new().expect("randomness");
    assert_eq!(resumed(with_tickets).await.1, Some(true));
    let with_none =
        |config: &mut ServerConfig| config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    assert_eq!(resumed(with_none).await, (Some(false), Some(false)));
}

#[tokio::test]
async fn a_server_without_the_newest_version_says_so() {
    let server = Server::start_tls(vec![vec![Step::Hold]], server_config(&[&TLS12])).await;
    let found = survey(probe(server.address.port(), SurveyDepth::Quick)).await.expect("a survey");
    assert_eq!(
        told(&found),
        [Some(false), Some(false), Some(false), Some(false), Some(true), Some(false)],
        "{found:?}"
    );
    assert_eq!(found.fallback_scsv, Fallback::Unknown, "it was not asked");
}

#[tokio::test]
async fn ports_that_speak_no_tls_are_told_by_what_they_do() {
    let plain = Server::start(vec![vec![write("SSH-2.0-demo\r\n"), Step::Hold]]).await;
    let found = survey(probe(plain.address.port(), SurveyDepth::Full)).await.expect("a survey");
    assert_eq!(found.not_tls, Some(NotTls::Plaintext("SSH-2.0-demo\r\n".into())));
    assert!(found.connections <= 2 && found.versions.iter().all(|version| version.told.known().is_none()));
    let resets = Server::start(vec![vec![Step::Reset]]).await;
    let found = survey(probe(resets.address.port(), SurveyDepth::Quick)).await.expect("a survey");
    assert!(matches!(found.not_tls, Some(NotTls::Resets | NotTls::Closes)), "{found:?}");
    assert!(found.versions.iter().all(|version| !version.told.is_accepted()));
}

#[tokio::test]
async fn a_silent_port_is_left_alone_soon() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = vec![0; 4096];
            let _ = stream.read(&mut hello).await;
            held.push(stream);
        }
    });
    let found = survey(probe(port, SurveyDepth::Full)).await.expect("a survey");
    assert_eq!(found.not_tls, Some(NotTls::Silent));
    assert!(found.connections == 4 && found.versions.iter().all(|version| matches!(version.told, Told::Unknown(_))));
}

#[tokio::test]
async fn tls_is_found_behind_an_upgrade() {
    let script = vec![write("220 hi\r\n"), Step::Read, Step::Hold];
    let server = Server::start(vec![script]).await;
    let wanted = TlsSurveyProbe { starttls: Some(StartTls::Smtp), ..probe(server.address.port(), SurveyDepth::Quick) };
    let found = survey(wanted).await.expect("a survey");
    assert!(found.session.is_none(), "{found:?}");
    assert_eq!(
        (&found.not_tls, found.connections),
        (&Some(NotTls::Mute(StartTls::Smtp)), 1),
        "it is not silent to a hello"
    );
    let refuses = Server::start(vec![vec![write("N"), Step::Hold]]).await;
    let wanted =
        TlsSurveyProbe { starttls: Some(StartTls::Postgres), ..probe(refuses.address.port(), SurveyDepth::Quick) };
    let found = survey(wanted).await.expect("a survey");
    assert!(matches!(&found.not_tls, Some(NotTls::NoUpgrade(said)) if said.contains('N')), "{found:?}");
    assert_eq!(found.connections, 1);
}

#[tokio::test]
async fn nobody_at_the_port_is_an_error_of_the_probe() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    assert_eq!(survey(probe(port, SurveyDepth::Quick)).await.err(), Some(ErrorKind::ConnectionRefused));
}
