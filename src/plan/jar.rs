//! Cookies that answers set, and which of them go with a request (RFC 6265bis §5.6 to §5.8).
//!
//! Owns the jar of one rule's run or one chain of redirects. Takes answers; gives the pairs for a URL. Browsers' refusals
//! are kept: foreign domains, public suffixes, `Secure` over plain HTTP, broken prefixes. Invariant: a cookie goes to no
//! host but the one that set it and, where that said so, hosts of its domain. Must never import a folder above `target`.

use super::set_cookie::{SetCookie, read_cookies};
use crate::base::{Origin, Scheme, Timestamp, Value};
use crate::predicate::Answer;

/// The most cookies that are kept; RFC 6265bis §6.1 asks for fifty.
const KEPT: usize = 50;
/// The most bytes of a `Cookie` field that is made of them.
const FIELD: usize = 16 << 10;

/// Whose habits a jar has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Manner {
    /// Browsers' (RFC 6265bis).
    #[default]
    Browser,
    /// Those of the client that templates are written for (RFC 6265).
    Client,
}

/// A cookie that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    name: Vec<u8>,
    value: Vec<u8>,
    domain: String,
    host_only: bool,
    path: Vec<u8>,
    secure: bool,
}

/// The cookies of a run or a chain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Jar {
    manner: Manner,
    kept: Vec<Kept>,
    /// Names that some answer set or deleted.
    touched: Vec<Vec<u8>>,
}

impl Jar {
    /// An empty jar for the requests of a sequence, whose client is no browser.
    pub fn of_sequence() -> Self {
        Self { manner: Manner::Client, ..Self::default() }
    }

    /// Keeps what an answer sets; a cookie set again keeps its place, and one that has expired is gone.
    pub fn take(&mut self, answer: &Answer, now: Timestamp) {
        let probe = &answer.exchange().probe;
        let cookies: Vec<(Option<Kept>, bool)> = match self.manner {
            Manner::Browser => {
                let cookies = answer.cookies(now).iter();
                cookies.map(|cookie| (keep(cookie, &probe.origin, &probe.target), is_true(cookie, "expired"))).collect()
            }
            Manner::Client => {
                let cookies = read_cookies(answer, now).into_iter();
                cookies
                    .map(|cookie| (cookie.expired, cookie))
                    .map(|(gone, cookie)| (keep_plainly(cookie, &probe.origin, &probe.target), gone))
                    .collect()
            }
        };
        for (kept, expired) in cookies {
            let Some(kept) = kept else { continue };
            if !self.touched.contains(&kept.name) && self.touched.len() < KEPT {
                self.touched.push(kept.name.clone());
            }
            let same =
                |known: &Kept| (&known.name, &known.domain, &known.path) == (&kept.name, &kept.domain, &kept.path);
            let known = self.kept.iter().position(same);
            match (known, expired) {
                (Some(at), true) => drop(self.kept.remove(at)),
                (Some(at), false) => self.kept.splice(at..=at, [kept]).for_each(drop),
                (None, false) if self.kept.len() < KEPT => self.kept.push(kept),
                (None, _) => {}
            }
        }
    }

    /// Adds the cookies of a later jar; of the same name, domain and path that jar's stays.
    pub fn join(&mut self, later: &Self) {
        for kept in &later.kept {
            let same =
                |known: &Kept| (&known.name, &known.domain, &known.path) == (&kept.name, &kept.domain, &kept.path);
            match self.kept.iter().position(same) {
                Some(at) => self.kept.splice(at..=at, [kept.clone()]).for_each(drop),
                None if self.kept.len() < KEPT => self.kept.push(kept.clone()),
                None => {}
            }
        }
        for name in &later.touched {
            if !self.touched.contains(name) && self.touched.len() < KEPT {
                self.touched.push(name.clone());
            }
        }
    }

    /// The value of the `Cookie` field for a URL: the longest paths first, then the oldest; `None` where nothing goes there.
    pub fn field(&self, origin: &Origin, target: &[u8]) -> Option<Vec<u8>> {
        let mut going: Vec<&Kept> =
            self.kept.iter().filter(|cookie| cookie.goes_to(origin, path_of(target), self.manner)).collect();
        going.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let mut field = Vec::new();
        for cookie in going {
            let pair = [&cookie.name[..], b"=", &cookie.value].concat();
            if field.len() + pair.len() + 2 > FIELD {
                break;
            }
            if !field.is_empty() {
                field.extend_from_slice(b"; ");
            }
            field.extend_from_slice(&pair);
        }
        (!field.is_empty()).then_some(field)
    }

    /// Whether some answer set or deleted a cookie of that name.
    pub fn has_touched(&self, name: &[u8]) -> bool {
        self.touched.iter().any(|touched| touched == name)
    }

    /// Whether no answer set or deleted anything.
    pub fn is_untouched(&self) -> bool {
        self.touched.is_empty()
    }
}

impl Kept {
    fn goes_to(&self, origin: &Origin, path: &[u8], manner: Manner) -> bool {
        let host = origin.host();
        let there = host == self.domain || (!self.host_only && is_below(host, &self.domain));
        let safe = match manner {
            Manner::Browser => origin.is_trustworthy(),
            Manner::Client => origin.scheme == Scheme::Https,
        };
        there && path_matches(path, &self.path) && (!self.secure || safe)
    }
}

/// What browsers keep of a cookie; `None` where they refuse it.
fn keep(cookie: &Value, origin: &Origin, target: &[u8]) -> Option<Kept> {
    let text = |name: &str| cookie.field(name).map(|value| value.as_text().into_owned());
    let secure = is_true(cookie, "secure");
    if (secure && !origin.is_trustworthy()) || cookie.field("prefix_valid") == Some(&Value::Bool(false)) {
        return None;
    }
    let host = origin.host();
    let named = text("domain").map(|domain| String::from_utf8_lossy(&domain).into_owned());
    let (domain, host_only) = match named {
        None => (host.to_owned(), true),
        Some(domain) if domain == host => (domain, origin.ip().is_some() || is_public_suffix(host)),
        Some(domain) if is_below(host, &domain) && origin.ip().is_none() && !is_public_suffix(&domain) => {
            (domain, false)
        }
        Some(_) => return None,
    };
    let path = text("path").unwrap_or_else(|| default_path(path_of(target)).to_vec());
    Some(Kept { name: text("name")?, value: text("value")?, domain, host_only, path, secure })
}

/// What a client that is no browser keeps of a cookie.
fn keep_plainly(cookie: SetCookie, origin: &Origin, target: &[u8]) -> Option<Kept> {
    let host = origin.host();
    let named = String::from_utf8(cookie.domain).ok()?.to_ascii_lowercase();
    let domain = if origin.ip().is_some() { &*named } else { named.strip_prefix('.').unwrap_or(&named) };
    let (domain, host_only) = match domain {
        "" if named.is_empty() => (host, true),
        domain if domain == host => (domain, origin.ip().is_some() || is_public_suffix(host)),
        domain if is_below(host, domain) && origin.ip().is_none() && !is_public_suffix(domain) => (domain, false),
        _ => return None,
    };
    let domain = domain.to_owned();
    let path = if cookie.path.is_empty() { default_path(path_of(target)).to_vec() } else { cookie.path };
    Some(Kept { name: cookie.name, value: cookie.value, domain, host_only, path, secure: cookie.secure })
}

fn is_true(cookie: &Value, field: &str) -> bool {
    cookie.field(field) == Some(&Value::Bool(true))
}

fn is_public_suffix(domain: &str) -> bool {
    psl::suffix_str(domain) == Some(domain)
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn path_of(target: &[u8]) -> &[u8] {
    let end = target.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(target.len());
    target.get(..end).unwrap_or(target)
}

/// RFC 6265bis §5.1.4: the path up to its last slash.
fn default_path(path: &[u8]) -> &[u8] {
    match memchr::memrchr(b'/', path) {
        Some(last) if last > 0 && path.starts_with(b"/") => path.get(..last).unwrap_or(b"/"),
        _ => b"/",
    }
}

/// RFC 6265bis §5.1.4.
fn path_matches(path: &[u8], cookie: &[u8]) -> bool {
    let Some(rest) = path.strip_prefix(cookie) else { return false };
    rest.is_empty() || cookie.ends_with(b"/") || rest.starts_with(b"/")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::*;
    use crate::base::{Scheme, Secret};
    use crate::observation::{Exchange, Header, HttpProbe, Response, Timing};

    fn origin(url: &str) -> (Origin, Bytes) {
        let url = url::Url::parse(url).expect("a URL");
        let scheme = Scheme::parse(url.scheme()).expect("a scheme");
        let port = url.port_or_known_default().expect("a port");
        let origin = Origin::new(scheme, url.host_str().expect("a host"), port).expect("valid");
        (origin, url.path().to_owned().into())
    }

    fn answer(url: &str, cookies: &[&str]) -> Answer {
        let (origin, target) = origin(url);
        let probe = HttpProbe::new(origin, "GET".into(), target, Secret::new(Bytes::new()));
        let header =
            |value: &&str| Header { name: Bytes::from_static(b"Set-Cookie"), value: (*value).to_owned().into() };
        let response = Response {
            version: "HTTP/1.1",
            status: 200,
            reason: Bytes::new(),
            headers: cookies.iter().map(header).collect(),
            head: Bytes::new(),
            body: Bytes::new(),
            wire_bytes: 0,
            truncated: None,
            anomalies: Vec::new(),
        };
        let (at, timing) = (Timestamp::UNIX_EPOCH, Timing::default());
        Answer::new(Exchange { probe: Arc::new(probe), response: Ok(response), at, timing, remote: None, tls: None })
    }

    /// What goes to `to` after an answer of `from` set these.
    fn goes(from: &str, cookies: &[&str], to: &str) -> String {
        let mut jar = Jar::default();
        jar.take(&answer(from, cookies), Timestamp::UNIX_EPOCH);
        let (origin, target) = origin(to);
        jar.field(&origin, &target).map(|field| String::from_utf8_lossy(&field).into_owned()).unwrap_or_default()
    }

    #[test]
    fn a_cookie_stays_with_its_host_unless_it_names_its_domain() {
        let app = "https://app.example.com/";
        assert_eq!(goes(app, &["a=1"], app), "a=1");
        assert_eq!(goes(app, &["a=1"], "https://www.example.com/"), "");
        assert_eq!(goes(app, &["a=1; Domain=example.com"], "https://www.example.com/"), "a=1");
        assert_eq!(goes(app, &["a=1; Domain=app.example.com"], "https://x.app.example.com/"), "a=1");
        assert_eq!(goes(app, &["a=1; Domain=other.example"], app), "", "a foreign domain");
        assert_eq!(goes(app, &["a=1; Domain=com"], app), "", "a public suffix");
        assert_eq!(goes("https://127.0.0.1/", &["a=1; Domain=127.0.0.1"], "https://127.0.0.1/"), "a=1");
        assert_eq!(goes("https://10.127.0.1/", &["a=1; Domain=127.0.0.1"], "https://10.127.0.1/"), "");
    }

    #[test]
    fn paths_are_matched_by_whole_segments() {
        let at = |path: &str| format!("https://a.example{path}");
        assert_eq!(goes(&at("/shop/cart"), &["a=1"], &at("/shop/pay")), "a=1", "the default is the folder");
        assert_eq!(goes(&at("/shop/cart"), &["a=1"], &at("/")), "");
        assert_eq!(goes(&at("/"), &["a=1; Path=/api"], &at("/apis")), "");
        assert_eq!(goes(&at("/"), &["a=1; Path=/api"], &at("/api/v1?x=/")), "a=1");
        assert_eq!(goes(&at("/"), &["a=1", "b=2; Path=/api"], &at("/api")), "b=2; a=1", "the longest path first");
    }

    #[test]
    fn security_is_kept() {
        assert_eq!(goes("https://a.example/", &["a=1; Secure"], "http://a.example/"), "");
        assert_eq!(goes("http://a.example/", &["a=1; Secure"], "https://a.example/"), "", "set over plain HTTP");
        assert_eq!(goes("http://127.0.0.1/", &["a=1; Secure"], "http://127.0.0.1/"), "a=1", "this machine is trusted");
        assert_eq!(
            goes("http://a.example/", &["a=1"], "https://a.example:8443/"),
            "a=1",
            "neither scheme nor port part"
        );
        assert_eq!(goes("https://a.example/", &["__Host-a=1"], "https://a.example/"), "");
    }

    #[test]
    fn setting_again_replaces_and_expiry_deletes() {
        let app = "https://a.example/";
        assert_eq!(goes(app, &["b=2", "a=1", "a=3"], app), "b=2; a=3");
        assert_eq!(goes(app, &["a=1", "a=; Max-Age=0"], app), "");
        assert_eq!(goes(app, &["a=1; Path=/", "a=; Max-Age=0; Path=/x"], app), "a=1", "another path, another cookie");
        let many: Vec<String> = (0..500).map(|n| format!("c{n}={}", "x".repeat(4000))).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(goes(app, &many, app).len() <= FIELD);
    }
}
