//! Surveys of the laboratory: what is observed is exactly what each server does.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use outsight::base::{ByteBudget, Clock, Limits};
use outsight::observation::{
    Fallback, NotTls, OtherProbe, Preference, Refusal, Seen, StartTls as Protocol, SurveyDepth, TlsSurvey,
    TlsSurveyProbe, TlsVersion, Told, VersionSurvey,
};
use outsight::target::ScopeBuilder;
use outsight::wire::{Contacts, Override, Settings, Wire};
use tokio::runtime::Runtime;

use super::lab::authority::{AUTHORITIES, Leaf, NAME, issue, pem};
use super::lab::fake::{Fake, TLS12, TLS13};
use super::lab::preface::StartTls;
use super::lab::servers::{Made, Server, all, named, strangers};
use super::lab::suites::{Exchange, kind};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
static ROOT: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("root.pem");
    std::fs::write(&path, pem(&AUTHORITIES.root.der)).expect("writable");
    (folder, path)
});

/// Surveys a server; also how many connections it saw.
fn survey(made: Made, depth: SurveyDepth, starttls: Option<Protocol>, patience: u64) -> (Arc<TlsSurvey>, usize) {
    let running = made.start();
    let port = running.address.port();
    let limits = Limits { connect: std::time::Duration::from_secs(patience), ..Limits::default() };
    let settings = Settings {
        limits: limits.clone(),
        ca_file: Some(ROOT.1.clone()),
        resolve: vec![Override { host: NAME.into(), port, addresses: vec![running.address.ip()] }],
        ..Settings::default()
    };
    let wire = Wire::new(settings, ByteBudget::new(limits.bytes), Clock::System).expect("a wire");
    let contacts = Contacts::new(Arc::new(wire), ScopeBuilder::new().build().for_host(NAME));
    let probe = TlsSurveyProbe { host: NAME.into(), port, name: None, depth, starttls };
    let probe = Arc::new(OtherProbe::TlsSurvey(probe));
    let (observation, _paid) = RUNTIME.block_on(contacts.survey(&probe, || async {}));
    match observation.seen {
        Ok(Seen::TlsSurvey(survey)) => (survey, running.connections()),
        other => panic!("{other:?}"),
    }
}

/// Collects what differs.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, seen: T, truth: T) {
        if seen != truth {
            self.0.push(format!("{what}: saw {seen:04x?}, it is {truth:04x?}"));
        }
    }
}

/// Compares what was seen of one version with what is spoken.
fn compare_version(fake: &Fake, seen: &VersionSurvey, differences: &mut Differences) {
    let name = seen.version.name();
    let number = seen.version.number();
    let spoken = fake.spoken.iter().find(|spoken| spoken.version == number);
    let modern = number == TLS13 && fake.modern.is_some();
    if seen.version == TlsVersion::Ssl20 {
        let kinds: BTreeSet<u32> =
            fake.ssl2.iter().map(|kind| u32::from_be_bytes([0, kind[0], kind[1], kind[2]])).collect();
        differences.compare("SSL 2.0", seen.told.is_accepted(), !kinds.is_empty());
        differences.compare("kinds", seen.suites.iter().copied().collect(), kinds);
        return;
    }
    let known = match spoken.is_some() || modern {
        true => seen.told.is_accepted(),
        false => seen.told.is_refused(),
    };
    differences.compare(&format!("{name} {:?}", seen.told), known, true);
    let Some(spoken) = spoken else { return };
    let suites: Vec<u32> = spoken.suites.iter().copied().map(u32::from).collect();
    // What takes more than one hello to offer is asked list by list.
    match fake.prefers && suites.len() < 64 {
        true => differences.compare(&format!("{name} suites"), seen.suites.clone(), suites),
        false => {
            let sorted = |suites: &[u32]| suites.iter().copied().collect::<BTreeSet<u32>>();
            differences.compare(&format!("{name} suites"), sorted(&seen.suites), sorted(&suites));
        }
    }
    differences.compare(&format!("{name} complete"), seen.complete, true);
    if spoken.suites.len() > 1 {
        let truth = if fake.prefers { Preference::Server } else { Preference::Client };
        differences.compare(&format!("{name} preference"), seen.preference, Some(truth));
    }
    if number <= TLS12 {
        compare_clear(fake, seen, &spoken.suites, differences);
    }
}

/// Compares what is in the clear up to TLS 1.2.
fn compare_clear(fake: &Fake, seen: &VersionSurvey, suites: &[u16], differences: &mut Differences) {
    let name = seen.version.name();
    let mut compare = |what: &str, seen: Option<bool>, truth: bool| {
        differences.compare(&format!("{name} {what}"), seen, Some(truth));
    };
    compare("renegotiation info", seen.secure_renegotiation, fake.renegotiation_info);
    compare("compression", seen.compression.known(), fake.compression);
    compare("session identifier", seen.session_id, fake.session_ids);
    if seen.version > TlsVersion::Ssl30 {
        compare("extended master secret", seen.extended_master_secret, fake.extended_master_secret);
        compare("ticket", seen.ticket, fake.tickets);
        differences.compare("staple", seen.staple.as_deref(), fake.staple.as_deref());
    }
    let authenticated = suites.iter().any(|suite| kind(*suite).1 != super::lab::suites::Signer::Nobody);
    if authenticated {
        let chain: Vec<&[u8]> = seen.chain.iter().map(|der| &**der).collect();
        differences.compare(&format!("{name} chain"), chain, fake.identity.chain.iter().map(|der| &der[..]).collect());
    }
    if suites.iter().any(|suite| kind(*suite).0 == Exchange::Dhe) && !fake.prime.is_empty() {
        let prime = seen.dh.as_ref().map(|dh| dh.prime.to_vec());
        differences.compare(&format!("{name} prime"), prime, Some(fake.prime.clone()));
    }
}

/// Compares what is seen of a server as a whole.
fn compare(fake: &Fake, seen: &TlsSurvey) -> Differences {
    let mut differences = Differences::default();
    differences.compare("versions", seen.versions.len(), 6);
    for version in &seen.versions {
        compare_version(fake, version, &mut differences);
    }
    let speaks = |number: u16| fake.spoken.iter().find(|spoken| spoken.version == number);
    let curves = fake.spoken.iter().filter(|spoken| spoken.version <= TLS12).flat_map(|spoken| &spoken.suites);
    if curves.clone().any(|suite| kind(*suite).0 == Exchange::Ecdhe) {
        let accepted: BTreeSet<u16> =
            seen.groups.iter().filter(|group| group.tls12.is_accepted()).map(|group| group.group).collect();
        differences.compare("groups up to TLS 1.2", accepted, fake.groups.iter().copied().collect());
    }
    if speaks(TLS13).is_some() {
        let accepted: Vec<u16> =
            seen.groups.iter().filter(|group| group.tls13.is_accepted()).map(|group| group.group).collect();
        differences.compare("groups of TLS 1.3", accepted, fake.groups.clone());
    }
    let versions = fake.spoken.len() + usize::from(fake.modern.is_some());
    let below = fake.spoken.iter().filter(|spoken| spoken.version <= TLS12).count();
    let fallback = match (versions > 1 && below > 0, fake.fallback_scsv) {
        (false, _) => Fallback::NotNeeded,
        (true, true) => Fallback::Protected,
        (true, false) => Fallback::Unprotected,
    };
    differences.compare("fallback", seen.fallback_scsv, fallback);
    differences.compare("needs padding", seen.tolerance.needs_padding, fake.manners.drops.is_some());
    differences.compare("needs short hellos", seen.tolerance.needs_short_hellos, fake.manners.most_suites.is_some());
    differences.compare("fears TLS 1.3", seen.tolerance.refuses_tls13_hellos, false);
    differences.compare("is TLS", seen.not_tls.is_none(), true);
    differences
}

#[test]
fn what_is_observed_of_canned_servers_is_what_they_do() {
    let servers: Vec<_> = all().filter(|server| !["tires", "fears-tls13"].contains(&server.name)).collect();
    let judged = |server: &Server| {
        let Made::Fake(fake) = (server.make)() else { return None };
        let (seen, connections) = survey(Made::Fake(fake.clone()), SurveyDepth::Full, None, 5);
        let mut differences = compare(&fake, &seen);
        differences.compare("connections", seen.connections as usize, connections);
        let told = || format!("{}:\n    {}", server.name, differences.0.join("\n    "));
        (!differences.0.is_empty()).then(told)
    };
    // Most of the time is spent waiting for servers that are slow or silent.
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let lots = servers.chunks(servers.len().div_ceil(4));
        let workers: Vec<_> =
            lots.map(|lot| scope.spawn(|| lot.iter().filter_map(|it| judged(it)).collect())).collect();
        workers.into_iter().flat_map(|worker| -> Vec<String> { worker.join().expect("it ends") }).collect()
    });
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn fear_of_tls13_is_told_from_its_absence() {
    let (seen, _) = survey((named("fears-tls13").make)(), SurveyDepth::Quick, None, 5);
    assert!(seen.tolerance.refuses_tls13_hellos, "{seen:?}");
    assert_eq!(seen.session.as_ref().map(|session| session.version.as_str()), Some("TLSv1.2"));
}

#[test]
fn what_a_tired_server_no_longer_says_is_unknown() {
    let (seen, _) = survey((named("tires").make)(), SurveyDepth::Full, None, 1);
    let tls12 = seen.version(TlsVersion::Tls12).expect("it is there");
    assert!(!tls12.complete, "{tls12:?}");
    assert!(seen.versions.iter().any(|version| matches!(version.told, Told::Unknown(_))), "{seen:?}");
}

#[test]
fn ports_without_tls_are_told_apart() {
    for server in strangers() {
        let (seen, _) = survey((server.make)(), SurveyDepth::Quick, None, 1);
        assert!(seen.session.is_none(), "{}", server.name);
        assert!(
            !seen.versions.iter().any(|version| version.told.is_accepted()),
            "{}: {:?}",
            server.name,
            seen.versions
        );
        let told = match server.name {
            "plain-http" | "ssh" | "smtp-greeting" => matches!(seen.not_tls, Some(NotTls::Plaintext(_))),
            "closes" => matches!(seen.not_tls, Some(NotTls::Closes)),
            "silent" => matches!(seen.not_tls, Some(NotTls::Silent)),
            _ => true,
        };
        assert!(told, "{}: {:?}", server.name, seen.not_tls);
    }
}

/// The protocols that were taken.
fn taken(seen: &TlsSurvey) -> Vec<&str> {
    seen.alpn.iter().filter(|told| told.told.is_accepted()).map(|told| told.protocol.as_str()).collect()
}

#[test]
fn servers_that_want_a_protocol_of_their_own_speak_tls_all_the_same() {
    let (seen, _) = survey((named("insists-today").make)(), SurveyDepth::Full, None, 5);
    assert_eq!(seen.session.as_ref().map(|session| session.version.as_str()), Some("TLSv1.3"), "{:?}", seen.no_session);
    assert_eq!(taken(&seen), ["postgresql"]);
    let insists = Fake::tls12(issue(&Leaf::good())).mannered(|it| it.insists = true);
    let (seen, _) = survey(insists.clone().with(|it| it.protocols = vec!["imap"]).into(), SurveyDepth::Full, None, 5);
    assert!(seen.version(TlsVersion::Tls12).is_some_and(|it| it.complete && it.chain.len() > 1), "{seen:?}");
    assert_eq!(taken(&seen), ["imap"], "one by one");
    let mail = insists.with(|it| (it.protocols, it.starttls) = (vec!["smtp"], Some(StartTls::Smtp)));
    let (seen, _) = survey(mail.into(), SurveyDepth::Full, Some(Protocol::Smtp), 5);
    assert!(seen.version(TlsVersion::Tls12).is_some_and(|it| it.complete), "{seen:?}");
    assert_eq!(taken(&seen), ["smtp"]);
    let offers_http = seen.alpn.iter().filter(|told| ["h2", "http/1.1"].contains(&told.protocol.as_str()));
    assert!(offers_http.into_iter().all(|told| told.told == Told::Refused(Refusal::Alert(120))), "{:?}", seen.alpn);
}

#[test]
fn a_server_that_has_no_room_at_first_is_asked_again() {
    let fake = Fake::tls12(issue(&Leaf::good())).with(|it| it.starttls = Some(StartTls::Smtp));
    let busy = fake.mannered(|it| it.busy_for = 1);
    let (seen, _) = survey(busy.into(), SurveyDepth::Quick, Some(Protocol::Smtp), 5);
    assert!(seen.version(TlsVersion::Tls12).is_some_and(|it| it.told.is_accepted()), "{seen:?}");
    assert_eq!(seen.not_tls, None);
}

#[test]
fn upgrades_lead_to_the_same_survey() {
    for (name, preface) in StartTls::ALL {
        let protocol = Protocol::ALL.into_iter().find(|protocol| protocol.name() == name).expect("it is known");
        let fake =
            Fake::tls12(issue(&Leaf::good())).with(|it| (it.starttls, it.protocols) = (Some(preface), Vec::new()));
        // Who offers a protocol here offers none of these.
        let fake = fake.mannered(|it| it.insists = true);
        let (seen, _) = survey(fake.clone().into(), SurveyDepth::Quick, Some(protocol), 5);
        let tls12 = seen.version(TlsVersion::Tls12).expect("it is there");
        assert!(tls12.told.is_accepted(), "{name}: {seen:?}");
        assert_eq!(seen.starttls, Some(protocol));
    }
    for (preface, protocol) in
        [(StartTls::SmtpWithout, Protocol::Smtp), (StartTls::PostgresWithout, Protocol::Postgres)]
    {
        let fake = Fake::tls12(issue(&Leaf::good())).with(|it| it.starttls = Some(preface));
        let (seen, _) = survey(fake.into(), SurveyDepth::Quick, Some(protocol), 2);
        assert!(matches!(seen.not_tls, Some(NotTls::NoUpgrade(_))), "{preface:?}: {:?}", seen.not_tls);
    }
}
