//! Redirects hop by hop, and who is told what on the way.

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;

use super::{Follow, Hop, Identity, RedirectPolicy, next_hop};
use crate::base::{Origin, Scheme, Secret, Span, Timestamp};
use crate::expr::Template;
use crate::observation::{Exchange, Header, HttpProbe, Method, Response, Timing};
use crate::predicate::Answer;
use crate::rule::{CookieUse, HttpRequest, Redirects, Request, Wire};

fn identity() -> Identity {
    Identity {
        headers: vec![
            ("X-Session".into(), Secret::new("given".into())),
            ("User-Agent".into(), Secret::new("mine".into())),
        ],
        ..Identity::anonymous()
    }
}

const WIRE: &str = "POST /a/b?q=1 HTTP/1.1\r\nHost: evil.example\r\nUser-Agent: mine\r\nX-Session: given\r\n\
    Authorization: Bearer t\r\nCookie: a=1;\r\n\tb=2\r\nX-Own: o\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody";

/// As a request that says no more follows redirects.
fn following(redirects: Redirects, cookies: CookieUse) -> Follow {
    let wire = Wire::Http(HttpRequest {
        method: Method::from("GET"),
        target: Template::literal("/"),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        raw: None,
        range: None,
    });
    Follow::of(&Request {
        name: "request".into(),
        case: None,
        for_each: Vec::new(),
        repeat: 1,
        wire,
        redirects,
        cookies,
        auth: None,
        run_if: None,
        stop_when: None,
        extract: Vec::new(),
        span: Span::default(),
    })
}

fn next(chain: &[Exchange], follow: &Follow) -> Option<HttpProbe> {
    let chain: Vec<Arc<Answer>> = chain.iter().map(|exchange| Arc::new(Answer::new(exchange.clone()))).collect();
    let policy = RedirectPolicy { follow, identity: &identity(), now: Timestamp::UNIX_EPOCH, most: 10 };
    match next_hop(&chain, policy, |_| true) {
        Hop::Next(probe) => Some(*probe),
        Hop::Last | Hop::Lost(_) => None,
    }
}

fn exchange(method: &str, status: u16, location: &[u8]) -> Exchange {
    let probe = HttpProbe::new(
        Origin::new(Scheme::Https, "app.example.com", 443).expect("valid"),
        method.into(),
        Bytes::from_static(b"/a/b?q=1"),
        Secret::new(Bytes::from(WIRE.replace("POST", method))),
    );
    let header = Header { name: Bytes::from_static(b"Location"), value: Bytes::copy_from_slice(location) };
    let response = Response {
        version: "HTTP/1.1",
        status,
        reason: Bytes::new(),
        headers: vec![header],
        head: Bytes::new(),
        body: Bytes::new(),
        wire_bytes: 0,
        truncated: None,
        anomalies: Vec::new(),
    };
    let (at, timing) = (Timestamp::UNIX_EPOCH, Timing::default());
    Exchange { probe: Arc::new(probe), response: Ok(response), at, timing, remote: None, tls: None }
}

fn hop(method: &str, status: u16, location: &str, follow: Redirects) -> Option<HttpProbe> {
    next(&[exchange(method, status, location.as_bytes())], &following(follow, CookieUse::Auto))
}

fn to(location: &str) -> Option<String> {
    hop("GET", 302, location, Redirects::All).map(|probe| probe.url())
}

fn wire(probe: &HttpProbe) -> String {
    String::from_utf8_lossy(probe.wire.expose()).into_owned()
}

#[test]
fn a_location_is_resolved_as_browsers_do() {
    for (location, url) in [
        ("/c", Some("https://app.example.com/c")),
        ("c?x=1#frag", Some("https://app.example.com/a/c?x=1")),
        ("../../c", Some("https://app.example.com/c")),
        ("?x", Some("https://app.example.com/a/b?x")),
        ("//other.example/c", Some("https://other.example/c")),
        ("http://user:pw@other.example:8080", Some("http://other.example:8080/")),
        ("https://[2001:db8::1]/c", Some("https://[2001:db8::1]/c")),
        ("/a\tb", Some("https://app.example.com/ab")),
        ("javascript:alert(1)", None),
        ("ftp://other.example/c", None),
        ("https://", None),
    ] {
        assert_eq!(to(location).as_deref(), url, "{location}");
    }
    assert_eq!(next(&[exchange("GET", 302, b"/\xff")], &Follow::LANDING), None);
}

#[test]
fn the_policy_says_which_are_followed() {
    assert_eq!(hop("GET", 302, "/c", Redirects::None), None);
    let elsewhere = ["http://app.example.com/c", "https://app.example.com:8443/c", "https://other.example/c"];
    assert!(hop("GET", 302, "https://app.example.com:443/c", Redirects::SameHost).is_some());
    for location in elsewhere {
        assert_eq!(hop("GET", 302, location, Redirects::SameHost), None, "{location}");
        assert!(hop("GET", 302, location, Redirects::All).is_some(), "{location}");
        assert_eq!(next(&[exchange("GET", 302, location.as_bytes())], &Follow::LANDING), None, "{location}");
    }
    for status in [200, 300, 304, 305, 404] {
        assert_eq!(hop("GET", status, "/c", Redirects::All), None, "{status}");
    }
}

#[test]
fn methods_and_bodies_follow_fetch() {
    for (method, status, next) in [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("POST", 303, "GET"),
        ("PUT", 303, "GET"),
        ("HEAD", 303, "HEAD"),
        ("PUT", 302, "PUT"),
        ("POST", 307, "POST"),
        ("POST", 308, "POST"),
    ] {
        let probe = hop(method, status, "/c", Redirects::All).expect("followed");
        assert_eq!(&*probe.method.0, next, "{method} {status}");
        let wire = wire(&probe);
        assert!(wire.starts_with(&format!("{next} /c HTTP/1.1\r\nHost: app.example.com\r\n")), "{wire}");
        let keeps = method == next;
        assert_eq!(wire.contains("Content-Length: 4"), keeps, "{method} {status}");
        assert_eq!(wire.contains("Content-Type"), keeps);
        assert_eq!(wire.ends_with("\r\n\r\nbody"), keeps);
    }
}

#[test]
fn another_origin_is_told_no_secret() {
    for location in ["https://other.example/", "http://app.example.com/", "https://app.example.com:8443/"] {
        let wire = wire(&hop("GET", 302, location, Redirects::All).expect("followed"));
        for secret in ["given", "Bearer", "a=1", "b=2", "mine", "evil.example"] {
            assert!(!wire.contains(secret), "{secret} in {wire}");
        }
        assert!(wire.contains("X-Own: o\r\n") && wire.contains("User-Agent: outsight/"), "{wire}");
    }
    let wire = wire(&hop("GET", 302, "/c", Redirects::All).expect("followed"));
    for kept in
        ["X-Session: given\r\n", "Authorization: Bearer t\r\n", "Cookie: a=1;\r\n\tb=2\r\n", "User-Agent: mine\r\n"]
    {
        assert!(wire.contains(kept), "{kept} not in {wire}");
    }
    assert!(!wire.contains("evil.example"), "a Host field of the rule's own goes with its request: {wire}");
}

#[test]
fn a_page_is_reached_from_http_to_https_of_the_same_name_and_never_back() {
    let plain = |location: &str| {
        let mut hop = exchange("GET", 301, location.as_bytes());
        let mut probe = (*hop.probe).clone();
        probe.origin = Origin::new(Scheme::Http, "app.example.com", 80).expect("valid");
        hop.probe = Arc::new(probe);
        next(&[hop], &Follow::LANDING).map(|probe| probe.url())
    };
    assert_eq!(plain("https://app.example.com/").as_deref(), Some("https://app.example.com/"));
    assert_eq!(plain("/home").as_deref(), Some("http://app.example.com/home"));
    assert_eq!(plain("https://www.example.com/"), None);
    assert_eq!(plain("http://app.example.com:8080/"), None);
}

#[test]
fn a_hop_takes_the_cookies_that_its_chain_set() {
    let set = |cookies: &[&'static str], location: &str| {
        let mut hop = exchange("GET", 302, location.as_bytes());
        let header = |value: &&'static str| Header {
            name: Bytes::from_static(b"Set-Cookie"),
            value: Bytes::from_static(value.as_bytes()),
        };
        if let Ok(response) = &mut hop.response {
            response.headers.extend(cookies.iter().map(header));
        }
        hop
    };
    let cookies = |chain: &[Exchange], follow: &Follow| {
        let wire = wire(&next(chain, follow).expect("followed"));
        let line = wire.lines().filter(|line| line.starts_with("Cookie:")).collect::<Vec<_>>().join("|");
        line.trim_start_matches("Cookie: ").to_owned()
    };
    let all = following(Redirects::All, CookieUse::Auto);
    assert_eq!(cookies(&[set(&["s=1; Path=/"], "/c")], &all), "a=1; b=2; s=1", "with those of the request");
    assert_eq!(cookies(&[set(&["a=9; Path=/", "b=; Max-Age=0"], "/c")], &all), "a=9", "set again and deleted");
    assert_eq!(cookies(&[set(&["s=1; Path=/x"], "/c")], &all), "a=1; b=2");
    assert_eq!(cookies(&[set(&["s=1; Path=/"], "/c"), set(&["t=2"], "/a/d")], &all), "a=1; b=2; t=2; s=1");
    assert_eq!(cookies(&[set(&["s=1"], "https://other.example/")], &all), "", "not to another name");
    let wide = "s=1; Domain=example.com; Path=/";
    assert_eq!(cookies(&[set(&[wide], "https://www.example.com/")], &all), "s=1", "but to hosts of its domain");
    let none = following(Redirects::All, CookieUse::None);
    assert!(!cookies(&[set(&["s=1; Path=/"], "/c")], &none).contains("s=1"), "cookies: none");
}

proptest! {
    #[test]
    fn no_location_starts_a_line(location in proptest::collection::vec(any::<u8>(), 0..40)) {
        let all = following(Redirects::All, CookieUse::Auto);
        if let Some(probe) = next(&[exchange("GET", 302, &location)], &all) {
            let lines = wire(&probe).matches('\n').count();
            let plain = next(&[exchange("GET", 302, b"/")], &all).expect("followed");
            let most = wire(&plain).matches('\n').count();
            prop_assert!(lines <= most, "{location:?}");
        }
    }
}
