//! Paths that an answer mentions and that look like those of an API.
//!
//! Takes a page or document as bytes, and `Link` fields; gives paths of the same origin, in the order of mention. Whatever
//! the text is, a path is what stands between quotes, after `=` or `(`, or in angle brackets: that finds links, forms,
//! inline scripts and JSON alike. Invariant: linear in its input. Must never import anything above `wire`.

use super::actions::names_action;
use crate::base::Origin;
use crate::observation::Response;

/// Bytes of a body that are read.
const READ: usize = 512 << 10;
/// The longest path that is taken.
const LONGEST: usize = 200;
/// The most paths that one answer yields.
const MOST: usize = 64;

/// Segments that APIs have in their paths.
const SEGMENTS: [&str; 9] = ["api", "apis", "rest", "graphql", "wp-json", "odata", "rpc", "trpc", "jsonapi"];

/// The paths that an answer mentions. Where it is data itself (`all`), every path in it counts.
pub(super) fn mentions(response: &Response, own: &Origin, all: bool) -> Vec<String> {
    let body = response.body.get(..response.body.len().min(READ)).unwrap_or_default();
    let fields = response.header("link").flat_map(|value| read(value, own, b"<"));
    let mut found: Vec<String> = Vec::new();
    for path in
        fields.map(|path| (path, true)).chain(read(body, own, b"\"'`=(").map(|path| (path, all))).filter_map(is_wanted)
    {
        if found.len() >= MOST {
            break;
        }
        if !found.contains(&path) {
            found.push(path);
        }
    }
    found
}

/// Whether a path is one that an API would have and that may be asked for.
pub(super) fn is_harmless_api(path: &str) -> bool {
    is_wanted((path.to_owned(), false)).is_some()
}

fn is_wanted((path, all): (String, bool)) -> Option<String> {
    let lower = path.to_ascii_lowercase();
    let harmless = !names_action(&lower);
    let plain = path.len() > 1
        && !path.contains("//")
        && !path.contains("/.")
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~@,+".contains(&byte));
    let wanted = (all && !is_asset(&lower)) || looks_like_api(&lower);
    (harmless && plain && wanted).then_some(path)
}

fn looks_like_api(lower: &str) -> bool {
    let is_version = |segment: &str| {
        let number = segment.strip_prefix('v').unwrap_or_default();
        matches!(number.len(), 1 | 2) && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut segments = lower.split('/').filter(|segment| !segment.is_empty());
    segments.any(|segment| SEGMENTS.contains(&segment) || is_version(segment)) && !is_asset(lower)
}

/// Whether the last segment is a file that is no data.
fn is_asset(lower: &str) -> bool {
    let last = lower.rsplit('/').next().unwrap_or_default();
    last.rsplit_once('.')
        .is_some_and(|(_, extension)| extension != "json" && extension.bytes().any(|b| b.is_ascii_alphabetic()))
}

/// Every path of the own origin that stands after one of these bytes, without query and fragment.
fn read<'a>(text: &'a [u8], own: &'a Origin, before: &'static [u8]) -> impl Iterator<Item = String> + 'a {
    let opens = |byte: u8| before.contains(&byte);
    let starts = memchr::memchr2_iter(b'/', b'h', text).filter(move |at| {
        let last = at.checked_sub(1).and_then(|last| text.get(last)).copied();
        let escaped = last == Some(b'\\') && at.checked_sub(2).and_then(|two| text.get(two)).is_some_and(|b| opens(*b));
        escaped || last.is_some_and(opens)
    });
    starts.filter_map(move |at| path_of(text.get(at..at.saturating_add(2 * LONGEST).min(text.len()))?, own))
}

/// The path at the start of a text: of a path that starts with one slash, or of a URL of the own origin.
fn path_of(text: &[u8], own: &Origin) -> Option<String> {
    let end = text.iter().position(|byte| b"\"'`<>()?#&;, \t\r\n${}".contains(byte)).unwrap_or(text.len());
    let closed = text.get(end).is_some_and(|byte| !b"${},".contains(byte));
    let written = String::from_utf8(text.get(..end)?.to_vec()).ok()?.replace("\\/", "/");
    let path = match written.strip_prefix('/') {
        Some(rest) if !rest.starts_with('/') => written.clone(),
        Some(_) => return None,
        None => {
            let url = url::Url::parse(&written).ok()?;
            let port = url.port_or_known_default()?;
            let same = url.scheme() == own.scheme.name() && url.host_str() == Some(&own.url_host()) && port == own.port;
            same.then(|| url.path().to_owned())?
        }
    };
    // A path that goes on into a template expression, or a list, is not what would be asked for.
    (closed && path.len() <= LONGEST).then_some(path)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::base::Scheme;
    use crate::observation::Header;

    fn of(body: &str, links: &[&str], all: bool) -> Vec<String> {
        let header = |value: &&str| Header { name: Bytes::from_static(b"Link"), value: (*value).to_owned().into() };
        let response = Response {
            version: "HTTP/1.1",
            status: 200,
            reason: Bytes::new(),
            headers: links.iter().map(header).collect(),
            head: Bytes::new(),
            body: body.to_owned().into(),
            wire_bytes: 0,
            truncated: None,
            anomalies: Vec::new(),
        };
        let own = Origin::new(Scheme::Https, "app.example.com", 443).expect("valid");
        mentions(&response, &own, all)
    }

    #[test]
    fn links_scripts_and_forms_are_read() {
        let page = r#"<a href="/about">About</a> <a href=/api/items?page=2>Items</a>
            <form action='/v2/search'></form><script>fetch(`/api/users`); axios.get("https://app.example.com/rest/me")</script>
            <script id=state type=application/json>{"base":"\/api\/v1\/cart"}</script>"#;
        assert_eq!(of(page, &[], false), ["/api/items", "/v2/search", "/api/users", "/rest/me", "/api/v1/cart"]);
    }

    #[test]
    fn what_is_foreign_unfinished_or_an_action_is_left_alone() {
        for text in [
            r#""//api.example.net/api/x""#,
            r#""https://other.example/api/x""#,
            r#""http://app.example.com/api/x""#,
            "`/api/users/${id}`",
            r#""/api/users/{id}""#,
            r#""/api/session/logout""#,
            r#""/api/../admin""#,
            r#""/static/api/app.js""#,
            "see /api/users in the manual",
            r#""/apiary""#,
            "\"/api/cut",
        ] {
            assert_eq!(of(text, &[], false), [""; 0], "{text}");
        }
    }

    #[test]
    fn every_path_of_a_document_counts_and_link_fields_do() {
        let root = r#"{"users":"https://app.example.com/users","self":"/","logo":"/logo.png","site":"https://other.example/x"}"#;
        assert_eq!(of(root, &[], true), ["/users"]);
        let link = r#"<https://app.example.com/wp-json/>; rel="https://api.w.org/", </feed.xml>; rel=alternate"#;
        assert_eq!(of("", &[link], false), ["/wp-json/"]);
    }

    #[test]
    fn much_is_bounded() {
        let many: String = (0..1000).map(|n| format!("'/api/{n}' ")).collect();
        assert_eq!(of(&many, &[], false).len(), MOST);
        let long = format!("'/api/{}'", "x".repeat(1000));
        assert_eq!(of(&long, &[], false), [""; 0]);
    }
}
