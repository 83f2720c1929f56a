//! What the scope lets through and what it refuses.

use std::net::IpAddr;

use super::*;

fn scope(rules: &str) -> Scope {
    let mut builder = ScopeBuilder::new();
    builder.add_host("example.com");
    builder.add_host("localhost");
    let diagnostics = builder.add_rules(&SourceFile::new("scope.txt", rules));
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    builder.build()
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn refused(decision: Decision) -> Option<Refusal> {
    match decision {
        Decision::Allowed => None,
        Decision::Refused(refusal) => Some(refusal),
    }
}

#[test]
fn only_targets_and_their_own_view_are_in_scope() {
    let base = scope("");
    assert!(base.allows_host("example.com").is_allowed());
    assert_eq!(refused(base.allows_host("www.example.com")), Some(Refusal::NotATarget));
    let view = base.for_host("www.example.com");
    assert!(view.allows_host("www.example.com").is_allowed());
    assert!(!base.allows_host("www.example.com").is_allowed());
}

#[test]
fn deny_always_wins() {
    let scope = scope("*.example.com  # ours\n!admin.example.com\n!10.0.0.0/8\n!example.com\n").for_host("example.com");
    assert!(scope.allows_host("a.b.example.com").is_allowed());
    assert_eq!(refused(scope.allows_host("admin.example.com")), Some(Refusal::Denied("admin.example.com".into())));
    assert!(!scope.allows_host("example.com").is_allowed(), "a target that is denied stays out");
    let refusal = refused(scope.allows_address("a.example.com", ip("::ffff:10.1.2.3")));
    assert_eq!(refusal, Some(Refusal::Denied("10.0.0.0/8".into())));
}

#[test]
fn metadata_needs_its_flag_in_every_spelling() {
    let spellings = [
        "169.254.169.254",
        "169.254.1.1",
        "100.100.100.200",
        "fe80::1",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ];
    let scope = scope("0.0.0.0/0\n::/0\n*\n").for_host("169.254.169.254");
    for spelling in spellings {
        let decision = scope.allows_address("example.com", ip(spelling));
        assert_eq!(refused(decision), Some(Refusal::Metadata), "{spelling}");
    }
    assert_eq!(refused(scope.allows_host("169.254.169.254")), Some(Refusal::Metadata), "even when named");

    let mut builder = ScopeBuilder::new();
    builder.allow_metadata(true);
    let flagged = builder.build().for_host("169.254.169.254");
    assert!(flagged.allows_address("169.254.169.254", ip("169.254.169.254")).is_allowed());
}

#[test]
fn what_a_target_names_is_asked_at_public_addresses_only() {
    let scope = scope("!evil.test\n192.168.7.0/24").for_host("example.com");
    let asked = |host: &str, address: &str| refused(scope.with_public_host(host).allows_address(host, ip(address)));
    assert_eq!(asked("ocsp.test", "192.0.43.8"), None);
    assert_eq!(asked("ocsp.test", "192.168.7.4"), None, "in scope without it");
    assert_eq!(asked("ocsp.test", "127.0.0.1"), Some(Refusal::Private));
    assert_eq!(asked("10.0.0.1", "10.0.0.1"), Some(Refusal::Private));
    assert_eq!(asked("ocsp.test", "169.254.169.254"), Some(Refusal::Metadata));
    assert_eq!(asked("evil.test", "192.0.43.8"), Some(Refusal::Denied("evil.test".into())));
    let other = scope.with_public_host("ocsp.test");
    assert_eq!(refused(other.allows_host("crl.test")), Some(Refusal::NotATarget));
    assert!(other.allows_address("example.com", ip("127.0.0.1")).is_allowed(), "the target itself");
}

#[test]
fn private_addresses_are_for_names_that_the_operator_named() {
    let scope = scope("*.example.com\n*.lab.test\n192.168.7.0/24");
    for private in ["127.0.0.1", "10.1.1.1", "::1", "0.0.0.0", "fd12::1", "::ffff:127.0.0.1", "100.64.0.1"] {
        assert!(scope.allows_address("example.com", ip(private)).is_allowed(), "{private}");
        let decision = scope.allows_address("rebind.example.com", ip(private));
        assert_eq!(refused(decision), Some(Refusal::Private), "{private}");
    }
    assert!(scope.allows_address("localhost", ip("127.0.0.1")).is_allowed());
    assert!(scope.allows_address("a.lab.test", ip("192.168.7.9")).is_allowed(), "a net allows its addresses");
    assert!(scope.allows_address("rebind.example.com", ip("93.184.216.34")).is_allowed());
    assert_eq!(refused(scope.allows_address("other.test", ip("93.184.216.34"))), Some(Refusal::NotATarget));
}

#[test]
fn literal_addresses_follow_the_nets() {
    let mut builder = ScopeBuilder::new();
    assert!(!builder.add_rules(&SourceFile::new("scope.txt", "10.0.0.0/24")).has_errors());
    let scope = builder.build();
    assert!(scope.allows_host("10.0.0.7").is_allowed());
    assert!(scope.allows_address("10.0.0.7", ip("10.0.0.7")).is_allowed());
    assert_eq!(refused(scope.allows_host("10.0.1.7")), Some(Refusal::NotATarget));
    assert_eq!(refused(scope.allows_host("127.0.0.1")), Some(Refusal::NotATarget));
}

#[test]
fn patterns_are_read_whole_or_refused() {
    let matches = |pattern: &str, host: &str| match Pattern::parse(pattern) {
        Some(Pattern::Host(glob)) => glob.matches(host),
        other => panic!("{pattern}: {other:?}"),
    };
    assert!(matches("*.Example.com", "a.b.example.com") && !matches("*.example.com", "example.com"));
    assert!(matches("*.bücher.example", "x.xn--bcher-kva.example"));
    assert!(matches("api-*.example.*", "api-1.example.org") && !matches("api-*.example.*", "api.example.org"));
    assert!(matches("*", "") && matches("a*b*c", "aXbXbc") && !matches("a*b*c", "aXbXb"));

    let source = SourceFile::new("scope.txt", "ok.example\n  https://x.example/  # no\n10.0.0.0/99\n[::1]\n");
    let (rules, diagnostics) = read_rules(&source);
    assert_eq!((rules.len(), diagnostics.errors()), (2, 2));
    let label = diagnostics.items[0].labels.first().expect("a place");
    assert_eq!(source.slice(label.span), "https://x.example/");
}
