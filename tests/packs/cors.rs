//! Policies as servers have them, each scanned over HTTPS: what is told is exactly what browsers would let happen.

use std::sync::{Arc, LazyLock, Mutex};

use outsight::compile::Program;
use outsight::wire::Override;
use regex::Regex;
use rustls::{ServerConnection, StreamOwned};

use super::headers::tls;
use super::site::{Asked, Said, converse, scan_at, serve};
use super::{settings, shipped};

/// The host that is scanned. Its registrable domain is `shop.test`.
const HOST: &str = "app.shop.test";

/// What a server is asked.
struct Ask<'a> {
    path: &'a str,
    origin: &'a str,
    preflight: bool,
}

impl<'a> Ask<'a> {
    fn of(asked: &Asked<'a>) -> Self {
        let field = asked.head.lines().find_map(|line| line.strip_prefix("Origin: "));
        Self { path: asked.target, origin: field.unwrap_or(""), preflight: asked.head.starts_with("OPTIONS ") }
    }

    fn is_own(&self) -> bool {
        self.origin.starts_with("https://app.shop.test:") && !self.origin.ends_with(":49877")
    }
}

type Policy = fn(&Ask<'_>) -> Said;

/// A page at the root and nothing elsewhere, told apart by origin.
fn page(ask: &Ask<'_>) -> Said {
    let status = if ask.path == "/" { 200 } else { 404 };
    Said::new(status, "text/html; charset=utf-8", "<!doctype html><title>Shop</title>").with("Vary", "Origin")
}

fn data(status: u16) -> Said {
    Said::new(status, "application/json", r#"{"id":7}"#).with("Vary", "Origin")
}

/// The answer, readable by this origin.
fn to(origin: &str, said: Said) -> Said {
    said.with("Access-Control-Allow-Origin", origin)
}

/// The answer, readable by this origin with the visitor's cookies.
fn cookies(origin: &str, said: Said) -> Said {
    to(origin, said).with("Access-Control-Allow-Credentials", "true")
}

/// The page, readable with cookies by its own origin and those that a check lets through.
fn where_it(holds: bool, ask: &Ask<'_>) -> Said {
    let asks = !ask.origin.is_empty() && !ask.preflight;
    if asks && (holds || ask.is_own()) { cookies(ask.origin, page(ask)) } else { page(ask) }
}

/// The same by a pattern.
fn where_matches(pattern: &str, ask: &Ask<'_>) -> Said {
    where_it(Regex::new(pattern).expect("a regex").is_match(ask.origin), ask)
}

/// Scans a server with this policy by the rules of the pack; gives findings in words, and how often it was asked with an
/// origin.
fn scan(url: impl Fn(u16) -> String, policy: Policy) -> (Vec<String>, usize) {
    let asked = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&asked);
    let answer = move |asked: &Asked<'_>| {
        let ask = Ask::of(asked);
        *counted.lock().expect("not poisoned") += usize::from(!ask.origin.is_empty());
        policy(&ask)
    };
    let secure = url(1).starts_with("https");
    let address = serve(move |stream| match (secure, ServerConnection::new(tls())) {
        (true, Ok(session)) => converse(StreamOwned::new(session, stream), &answer),
        _ => converse(stream, &answer),
    });
    let mut settings = settings();
    settings.wire.resolve = vec![Override { host: HOST.into(), port: address.port(), addresses: vec![address.ip()] }];
    let scanned = scan_at(&url(address.port()), pack(), settings);
    assert_eq!(scanned.undecided, [""; 0]);
    for place in scanned.findings.iter().filter(|found| found.case.is_some()).flat_map(|found| &found.places) {
        let sent = place.evidence.request.lines().find_map(|line| line.strip_prefix("Origin: "));
        let shown = sent.is_some_and(|sent| !sent.is_empty()) && !place.evidence.head.is_empty();
        assert!(shown, "the probe that shows it: {:?}", place.evidence);
    }
    let opened = scanned.findings.iter().filter(|found| &*found.rule == "cors-untrusted-origin");
    for place in opened.flat_map(|found| &found.places) {
        let sent = place.evidence.request.lines().find_map(|line| line.strip_prefix("Origin: ")).unwrap_or_default();
        let granted = place.evidence.head.lines().any(|line| line == format!("Access-Control-Allow-Origin: {sent}"));
        assert!(granted, "{:?} is not shown by {sent}", place.case);
    }
    let words = |finding: &outsight::finding::Finding| {
        let case = finding.case.as_ref().map(|case| format!("#{case}")).unwrap_or_default();
        let paths: Vec<&str> =
            finding.places.iter().map(|place| place.url.splitn(4, '/').nth(3).unwrap_or_default()).collect();
        format!("{} {}{case} /{}", finding.severity, finding.rule, paths.join(" /"))
    };
    let mut told: Vec<String> = scanned.findings.iter().map(words).collect();
    told.sort_unstable();
    let asked = *asked.lock().expect("not poisoned");
    (told, asked)
}

fn pack() -> Arc<Program> {
    static PACK: LazyLock<Arc<Program>> = LazyLock::new(|| {
        let own = shipped().iter().filter(|rule| rule.source.name.contains("cors/")).cloned();
        Arc::new(Program::compile(own.collect()))
    });
    Arc::clone(&PACK)
}

fn by_name(port: u16) -> String {
    format!("https://{HOST}:{port}/")
}

/// Each policy and all that is told of it.
const POLICIES: &[(&str, Policy, &[&str])] = &[
    ("no CORS at all", page, &[]),
    ("an exact list", |ask| where_it(ask.origin == "https://www.shop.test", ask), &[]),
    ("one fixed origin", |ask| to("https://www.shop.test", page(ask)), &[]),
    ("whoever asks, without cookies", |ask| to(ask.origin, page(ask)), &["low cors-untrusted-origin#any-origin /"]),
    ("whoever asks", |ask| where_it(true, ask), &["medium cors-untrusted-origin#any-origin /"]),
    (
        "whoever asks, and a cookie that travels",
        |ask| where_it(true, ask).with("Set-Cookie", "sid=1; Secure; HttpOnly; SameSite=None"),
        &["high cors-untrusted-origin#any-origin /"],
    ),
    (
        "whoever asks, before a login by cookie",
        |ask| cookies(ask.origin, data(401)),
        &["high cors-untrusted-origin#any-origin /"],
    ),
    (
        "whoever asks, where a token is wanted",
        |ask| cookies(ask.origin, data(401).with("WWW-Authenticate", "Bearer realm=\"api\"")),
        &["medium cors-untrusted-origin#any-origin /"],
    ),
    (
        "whoever asks, to read and to write",
        |ask| cookies(ask.origin, page(ask)).with("Access-Control-Allow-Methods", "GET, PUT"),
        &["high cors-untrusted-origin#any-origin /"],
    ),
    (
        "pages without an origin",
        |ask| where_it(ask.origin == "null", ask),
        &["medium cors-untrusted-origin#null-origin /"],
    ),
    (
        "a prefix",
        |ask| where_it(ask.origin.starts_with("https://app.shop.test"), ask),
        &["medium cors-untrusted-origin#starts-with-host /"],
    ),
    (
        "a suffix",
        |ask| where_it(ask.origin.ends_with("shop.test"), ask),
        &["medium cors-untrusted-origin#ends-with-domain /"],
    ),
    (
        "a part of the name",
        |ask| where_it(ask.origin.contains("shop.test"), ask),
        &["medium cors-untrusted-origin#contains-host /"],
    ),
    (
        "a pattern whose dot is not escaped",
        |ask| where_matches(r"^https://app.shop\.test$", ask),
        &["medium cors-untrusted-origin#unescaped-dot /"],
    ),
    (
        "a comparison the wrong way round",
        |ask| {
            let name = ask.origin.strip_prefix("https://");
            where_it(name.is_some_and(|name| "https://app.shop.test".contains(name)), ask)
        },
        &["medium cors-untrusted-origin#part-of-domain /"],
    ),
    (
        "a pattern that ends at any symbol",
        |ask| where_matches(r"^https://app\.shop\.test(?:[^a-z0-9.:-].*)?$", ask),
        &["medium cors-untrusted-origin#symbol-after-host /"],
    ),
    (
        "a pattern that ends at symbols of which only Safari makes names",
        |ask| where_matches(r"^https://app\.shop\.test(?:[`!].*)?$", ask),
        &["low cors-untrusted-origin#symbol-after-host-in-safari /"],
    ),
    (
        "every port",
        |ask| where_matches(r"^https://app\.shop\.test(?::\d+)?$", ask),
        &["medium cors-untrusted-origin#other-port /"],
    ),
    (
        "its own name over plain HTTP",
        |ask| where_matches(r"^https?://app\.shop\.test$", ask),
        &["medium cors-untrusted-origin#plain-http /"],
    ),
    (
        "every subdomain",
        |ask| where_matches(r"^https://(?:[a-z0-9-]+\.)?shop\.test$", ask),
        &["low cors-untrusted-origin#any-subdomain /"],
    ),
    (
        "every subdomain, over plain HTTP as well",
        |ask| where_matches(r"^https?://(?:[a-z0-9-]+\.)?shop\.test$", ask),
        &["medium cors-untrusted-origin#plain-http / /"],
    ),
    (
        "a developer's machine left in",
        |ask| where_it(ask.origin == "http://localhost:3000", ask),
        &["low cors-untrusted-origin#localhost /"],
    ),
    (
        "a developer's machine left in, without cookies",
        |ask| if ask.origin == "http://localhost:3000" { to(ask.origin, page(ask)) } else { page(ask) },
        &["info cors-untrusted-origin#localhost /"],
    ),
    ("everyone", |ask| to("*", page(ask)), &["info cors-wildcard /"]),
    ("everyone may read the refusal", |_| to("*", data(401)), &["low cors-wildcard /"]),
    ("everyone, with cookies", |ask| cookies("*", page(ask)), &["low cors-wildcard-credentials /"]),
    ("the field sent twice", |ask| to("*", to(ask.origin, page(ask))), &["low cors-malformed#repeated /"]),
    (
        "a list in the field",
        |ask| to("https://a.shop.test, https://b.shop.test", page(ask)),
        &["low cors-malformed#not-one-origin /"],
    ),
    ("a pattern in the field", |ask| to("https://*.shop.test", page(ask)), &["low cors-malformed#not-one-origin /"]),
    (
        "credentials that no browser understands",
        |ask| to("https://www.shop.test", page(ask)).with("Access-Control-Allow-Credentials", "True"),
        &["low cors-malformed#credentials /"],
    ),
    (
        "a list without Vary",
        |ask| {
            let said = Said::new(200, "text/html", "<title>Shop</title>");
            if ask.is_own() { to(ask.origin, said) } else { said }
        },
        &["low cors-vary-missing /"],
    ),
    (
        "a list without Vary, with cookies",
        |ask| {
            let said = Said::new(200, "text/html", "<title>Shop</title>");
            if ask.is_own() { cookies(ask.origin, said) } else { said }
        },
        &["medium cors-vary-missing /"],
    ),
    (
        "a list without Vary in what nobody stores",
        |ask| {
            let said = Said::new(200, "text/html", "<title>Shop</title>").with("Cache-Control", "no-store");
            if ask.is_own() { cookies(ask.origin, said) } else { said }
        },
        &[],
    ),
    (
        "an echo only to preflights",
        |ask| match ask.preflight {
            true => to(ask.origin, Said::new(204, "text/plain", "")).with("Access-Control-Allow-Methods", "GET, PUT"),
            false => page(ask),
        },
        &["info cors-preflight-open /"],
    ),
    (
        "a preflight that fails",
        |ask| match ask.preflight {
            true => to(ask.origin, Said::new(405, "text/plain", "")).with("Access-Control-Allow-Methods", "GET, PUT"),
            false => page(ask),
        },
        &[],
    ),
    (
        "what a popular package does by itself",
        |ask| match ask.preflight {
            true => to("*", Said::new(204, "text/plain", ""))
                .with("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
            false => to("*", page(ask)),
        },
        &["info cors-preflight-open /", "info cors-wildcard /"],
    ),
    (
        "access to a private network",
        |ask| match ask.preflight {
            true => to(ask.origin, page(ask)).with("Access-Control-Allow-Private-Network", "true"),
            false => page(ask),
        },
        &["info private-network-access /"],
    ),
    (
        "fields shown to everyone",
        |ask| to("*", page(ask)).with("Access-Control-Expose-Headers", "*"),
        &["info cors-expose-headers /", "info cors-wildcard /"],
    ),
    (
        "timings shown to everyone",
        |ask| if ask.path == "/" { page(ask).with("Timing-Allow-Origin", "*") } else { page(ask) },
        &["info timing-allow-origin /"],
    ),
    (
        "other origins refused with 500",
        |ask| match ask.origin {
            "" => page(ask),
            _ if ask.is_own() => where_it(false, ask),
            _ => Said::new(500, "text/html", "Error: Not allowed by CORS"),
        },
        &[],
    ),
    (
        "other origins refused with 403",
        |ask| match ask.origin {
            "" => page(ask),
            _ if ask.is_own() => where_it(false, ask),
            _ => Said::new(403, "text/plain", "Invalid CORS request"),
        },
        &[],
    ),
    (
        "another policy on each path",
        |ask| match ask.path {
            "/" => Said::new(200, "text/html", "<title>Shop</title><script>fetch('/api/items')</script>"),
            "/api/items" if ask.origin.is_empty() || ask.preflight => data(200),
            "/api/items" => cookies(ask.origin, data(200)),
            "/api/me" if ask.origin == "null" => cookies("null", data(401)),
            "/api/me" => data(401),
            _ => Said::new(404, "text/html", "<title>Not found</title>"),
        },
        &["high cors-untrusted-origin#null-origin /api/me /api/items"],
    ),
];

#[test]
fn each_policy_is_told_as_it_is() {
    let mut wrong = Vec::new();
    for (name, policy, expected) in POLICIES {
        let (told, asked) = scan(by_name, *policy);
        if told != *expected {
            wrong.push(format!("{name}: {told:#?}"));
        }
        assert!(asked <= 3 * 17, "{name}: {asked} requests");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hosts_without_a_domain_are_asked_less() {
    let (by_address, by_label) =
        (|port| format!("http://127.0.0.1:{port}/"), |port| format!("http://localhost:{port}/"));
    let echo: Policy = |ask| if ask.origin.is_empty() { page(ask) } else { to(ask.origin, page(ask)) };
    assert_eq!(scan(by_address, echo), (vec!["low cors-untrusted-origin#any-origin /".to_owned()], 12));
    assert_eq!(scan(by_label, echo), (vec!["low cors-untrusted-origin#any-origin /".to_owned()], 12));
    let everyone: Policy = |ask| to("*", page(ask));
    assert_eq!(scan(by_address, everyone).0, ["low cors-wildcard /"], "a page reaches inside the network");
    let prefix: Policy = |ask| {
        let inside = ask.origin.starts_with("http://127.0.0.1");
        if inside && !ask.preflight { to(ask.origin, page(ask)) } else { page(ask) }
    };
    assert_eq!(scan(by_address, prefix).0, ["low cors-untrusted-origin#starts-with-host /"]);
}

#[test]
fn three_paths_cost_seventeen_requests_each() {
    let policy: Policy = |ask| match ask.path {
        "/" => page(ask),
        "/api/health" => data(200),
        "/api/me" => data(401),
        _ => Said::new(404, "text/html", "<title>Not found</title>"),
    };
    assert_eq!(scan(by_name, policy), (Vec::new(), 3 * 17));
}

#[test]
fn every_origin_that_is_sent_is_one() {
    static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let policy: Policy = |ask| {
        SEEN.lock().expect("not poisoned").push(ask.origin.to_owned());
        page(ask)
    };
    scan(by_name, policy);
    scan(|port| format!("http://127.0.0.1:{port}/"), policy);
    let seen = std::mem::take(&mut *SEEN.lock().expect("not poisoned"));
    for origin in seen.iter().filter(|origin| !origin.is_empty() && *origin != "null") {
        let url = url::Url::parse(origin).unwrap_or_else(|why| panic!("{origin}: {why}"));
        let again = url.origin().ascii_serialization();
        assert_eq!(again, *origin, "as browsers write it");
    }
    assert!(seen.iter().any(|origin| origin == "https://appxshop.test"));
    assert!(seen.iter().any(|origin| origin == "https://hop.test"));
}
