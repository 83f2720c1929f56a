//! Headers over HTTPS, on a host with a name: what is recommended is not blamed, what is missing or wrong is.

use std::sync::{Arc, LazyLock};

use outsight::base::Severity;
use outsight::compile::Program;
use outsight::score::Grade;
use outsight::wire::Override;
use rcgen::KeyPair;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::site::{Said, Scanned, converse, scan_at, serve};
use super::{settings, shipped};
use crate::hostile::secured;

/// A name that is nobody's registrable domain.
const HOST: &str = "api.shop.example";
const JSON: (&str, &str) = ("application/json", r#"{"id":7,"name":"Tea"}"#);
const PAGE: (&str, &str) = (
    "text/html; charset=utf-8",
    "<!doctype html><html lang=en><meta charset=utf-8><title>Tea</title><form action=/q><button>Go</button></form>",
);

/// What Mozilla's guide recommends for APIs.
const MDN_API: &[(&str, &str)] = &[
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Strict-Transport-Security", "max-age=63072000"),
    ("X-Content-Type-Options", "nosniff"),
];

/// What the OWASP cheat sheet recommends for REST services.
const OWASP_REST: &[(&str, &str)] = &[
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "frame-ancestors 'none'"),
    ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
];

/// All that the OWASP secure headers project recommends.
const OWASP_ALL: &[(&str, &str)] = &[
    ("Cache-Control", "no-store, max-age=0"),
    ("Clear-Site-Data", "\"cache\",\"cookies\",\"storage\""),
    (
        "Content-Security-Policy",
        "default-src 'self'; form-action 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'none'; \
         upgrade-insecure-requests",
    ),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "accelerometer=(), autoplay=(), camera=(), cross-origin-isolated=(), display-capture=(), encrypted-media=(), \
         fullscreen=(), geolocation=(), gyroscope=(), keyboard-map=(), magnetometer=(), microphone=(), midi=(), \
         payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), sync-xhr=(self), \
         usb=(), web-share=(), xr-spatial-tracking=(), clipboard-read=(), clipboard-write=(), gamepad=(), hid=(), \
         idle-detection=(), interest-cohort=(), serial=(), unload=()",
    ),
    ("Referrer-Policy", "no-referrer"),
    ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-DNS-Prefetch-Control", "off"),
    ("X-Frame-Options", "deny"),
    ("X-Permitted-Cross-Domain-Policies", "none"),
];

/// Scans a host that sends these fields with everything, by the rules of the pack.
fn scan_https((class, body): (&'static str, &'static str), fields: &'static [(&str, &str)]) -> Scanned {
    let address = serve(move |stream| {
        let Ok(session) = ServerConnection::new(tls()) else { return };
        converse(StreamOwned::new(session, stream), |asked| {
            let said = Said::new(if asked.target == "/" { 200 } else { 404 }, class, body);
            fields.iter().fold(said, |said, (name, value)| said.with(name, value))
        });
    });
    let mut settings = settings();
    let to = |port: u16| Override { host: HOST.into(), port, addresses: vec![address.ip()] };
    settings.wire.resolve = vec![to(address.port()), to(80), to(443)];
    scan_at(&format!("https://{HOST}:{}/", address.port()), pack(), settings)
}

/// A server's side of TLS.
pub fn tls() -> Arc<ServerConfig> {
    static CONFIG: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| {
        let key = KeyPair::generate().expect("a key");
        let parameters = rcgen::CertificateParams::new(vec![HOST.to_owned()]).expect("a name");
        let certificate = parameters.self_signed(&key).expect("a certificate");
        secured(&certificate, &key)
    });
    Arc::clone(&CONFIG)
}

fn pack() -> Arc<Program> {
    static PACK: LazyLock<Arc<Program>> = LazyLock::new(|| {
        let own = shipped().iter().filter(|rule| rule.source.name.contains("headers/")).cloned();
        Arc::new(Program::compile(own.collect()))
    });
    Arc::clone(&PACK)
}

/// Findings of at least this severity, in words.
fn told(scanned: &Scanned, least: Severity) -> Vec<String> {
    let worth = scanned.findings.iter().filter(|finding| finding.severity >= least);
    let mut told: Vec<String> = worth.map(|finding| format!("{} {}", finding.severity, finding.rule)).collect();
    told.sort_unstable();
    assert_eq!(scanned.undecided, [""; 0]);
    told
}

#[test]
fn an_api_with_the_recommended_headers_is_an_a() {
    for fields in [MDN_API, OWASP_REST, OWASP_ALL] {
        let scanned = scan_https(JSON, fields);
        assert_eq!(told(&scanned, Severity::Low), [""; 0]);
        assert!(scanned.grade >= Some(Grade::A), "{:?}", scanned.grade);
    }
}

#[test]
fn the_full_set_has_nothing_to_say_about_data_or_pages() {
    for kind in [JSON, PAGE] {
        let scanned = scan_https(kind, OWASP_ALL);
        assert_eq!(told(&scanned, Severity::Info), [""; 0], "{}", kind.0);
        assert_eq!(scanned.grade, Some(Grade::APlus));
    }
}

#[test]
fn an_api_with_no_headers_at_all_is_asked_for_what_concerns_it() {
    let scanned = scan_https(JSON, &[]);
    assert_eq!(told(&scanned, Severity::Low), ["low nosniff", "medium hsts"]);
    assert!(scanned.grade >= Some(Grade::C), "{:?}", scanned.grade);
}

#[test]
fn a_page_with_the_headers_of_an_api_lacks_little_and_one_with_none_much() {
    let api = told(&scan_https(PAGE, MDN_API), Severity::Low);
    let none = told(&scan_https(PAGE, &[]), Severity::Low);
    assert_eq!(api, [""; 0]);
    for expected in ["low nosniff", "medium clickjacking", "medium csp-missing", "medium hsts"] {
        assert!(none.contains(&expected.to_owned()), "{expected} in {none:?}");
    }
}

#[test]
fn every_mistake_is_one_finding_with_all_its_places() {
    let scanned = scan_https(
        PAGE,
        &[
            ("Strict-Transport-Security", "max-age=abc"),
            ("X-Content-Type-Options", "bogus, nosniff"),
            ("Referrer-Policy", "no-referrer, unsafe-url"),
            ("Permissions-Policy", "camera 'none'"),
            ("Cross-Origin-Opener-Policy", "\"same-origin\""),
            ("Cross-Origin-Embedder-Policy", "require-corp, require-corp"),
            ("Cross-Origin-Resource-Policy", "Same-Origin"),
            ("Set-Cookie", "connect.sid=s1; Path=/"),
            ("Set-Cookie", "w=1; SameSite=None"),
            ("Set-Cookie", "__Host-t=1"),
            ("Server", "nginx/1.18.0"),
            ("X-Powered-By", "Express"),
            ("X-Powered-By", "PHP/8.1.2"),
            ("X-XSS-Protection", "1; mode=block"),
        ],
    );
    let told = told(&scanned, Severity::Info);
    for expected in [
        "medium hsts",
        "low nosniff",
        "low referrer-policy",
        "low permissions-policy",
        "low coop",
        "low coep",
        "low corp",
        "medium cookie-unprotected",
        "medium cookie-samesite",
        "low cookie-prefix",
        "low session-cacheable",
        "low server-version",
        "low powered-by",
        "low deprecated-headers",
    ] {
        assert!(told.contains(&expected.to_owned()), "{expected} in {told:?}");
    }
    let of = |rule: &str| scanned.findings.iter().filter(|finding| &*finding.rule == rule).collect::<Vec<_>>();
    assert_eq!(of("server-version").len(), 1);
    assert_eq!(of("server-version")[0].places.len(), 3, "the root and two random paths");
    assert_eq!(of("powered-by").len(), 1);
    let cookies: Vec<_> = of("cookie-unprotected").iter().map(|finding| finding.evidence_key.clone()).collect();
    assert_eq!(cookies, ["connect.sid"], "cookies that browsers refuse are not judged twice");
}
