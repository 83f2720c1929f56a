//! The requests of a block as a request of the native format.
//!
//! Invariant: what a converted rule sends are the bytes of the template's request target, method, own fields and body.
//! Must never import `cli`.

use serde_json::{Map, Value, json};

use super::ask::escaped;
use crate::dsl::Text;
use crate::rule::Redirects;
use crate::rule::sequence::{HttpBlock, HttpStep};

/// Requests that differ in their paths alone.
#[derive(Debug, PartialEq)]
pub(super) struct Sent {
    /// The request targets, in order.
    pub paths: Vec<String>,
    /// The request with `{{path}}`, or the one path, in it.
    pub request: Map<String, Value>,
}

/// One request, its path apart.
#[derive(Debug, Clone, PartialEq)]
struct One {
    method: String,
    fields: Vec<(String, String)>,
    body: Option<String>,
}

/// The requests of a block.
///
/// # Errors
/// Everything that cannot be said.
pub(super) fn requests(block: &HttpBlock) -> Result<Sent, Vec<String>> {
    let mut wrong: Vec<String> = refused_options(block).into_iter().map(str::to_string).collect();
    let mut all: Vec<(String, One)> = Vec::new();
    for step in &block.steps {
        match one(block, step) {
            Ok(request) => all.push(request),
            Err(why) => wrong.push(why),
        }
    }
    let first = all.first().map(|(_, one)| one.clone());
    if all.iter().any(|(_, one)| Some(one) != first.as_ref()) {
        wrong.push("several requests that differ in more than their paths".to_string());
    }
    match first {
        Some(first) if wrong.is_empty() => Ok(sent(block, all.into_iter().map(|(path, _)| path).collect(), first)),
        _ => Err(wrong),
    }
}

fn refused_options(block: &HttpBlock) -> Vec<&'static str> {
    let options = [
        (block.exact, "a request that is sent byte for byte (`unsafe`)"),
        (block.digest.is_some(), "digest authentication"),
    ];
    options.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name).collect()
}

fn sent(block: &HttpBlock, paths: Vec<String>, one: One) -> Sent {
    let target = match paths.as_slice() {
        [path] => escaped(path),
        _ => "{{path}}".to_string(),
    };
    let mut request = Map::new();
    request.insert(one.method.to_ascii_lowercase(), json!(target));
    if !one.fields.is_empty() {
        let mut fields: Map<String, Value> = Map::new();
        for (name, value) in one.fields {
            fields.insert(name, json!(escaped(&value)));
        }
        request.insert("headers".into(), Value::Object(fields));
    }
    if let Some(body) = one.body {
        request.insert("body".into(), json!(escaped(&body)));
    }
    match block.redirects {
        Redirects::None => {}
        Redirects::SameHost => drop(request.insert("redirects".into(), json!("same-host"))),
        Redirects::All => drop(request.insert("redirects".into(), json!("all"))),
    }
    Sent { paths, request }
}

fn one(block: &HttpBlock, step: &HttpStep) -> Result<(String, One), String> {
    match step {
        HttpStep::Path(text) => {
            let fields = block.headers.iter().map(|(name, value)| Ok((name.to_string(), literal(value)?)));
            let fields = fields.collect::<Result<Vec<_>, String>>()?;
            let body = block.body.as_ref().map(literal).transpose()?;
            let method = known_method(&block.method)?;
            Ok((path(text.source())?, One { method, fields, body }))
        }
        HttpStep::Raw(raw) => {
            if raw.host.is_some() || raw.sni.is_some() || raw.once {
                return Err("a request with annotations".to_string());
            }
            raw_request(raw.text.source())
        }
    }
}

fn known_method(method: &str) -> Result<String, String> {
    const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"];
    match METHODS.contains(&method) {
        true => Ok(method.to_string()),
        false => Err(format!("the method `{method}`")),
    }
}

fn literal(text: &Text) -> Result<String, String> {
    match text.is_literal() {
        true => Ok(text.source().to_string()),
        false => Err(format!(
            "the text `{}`, which holds an expression",
            text.source().chars().take(120).collect::<String>()
        )),
    }
}

/// The path below the target that a URL of a template names.
fn path(source: &str) -> Result<String, String> {
    let unsaid = || format!("the address `{source}`");
    let rest = source.strip_prefix("{{BaseURL}}").or_else(|| source.strip_prefix("{{RootURL}}")).ok_or_else(unsaid)?;
    let rest = rest.split('#').next().unwrap_or("");
    if rest.contains("{{") || rest.contains('§') || rest.starts_with(':') {
        return Err(unsaid());
    }
    let rest = if rest.starts_with('/') { rest.to_string() } else { format!("/{rest}") };
    Ok(target(&rest))
}

/// The request target as it goes on the wire: what no path may hold is escaped, the query stays as it is.
fn target(path: &str) -> String {
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let mut out = String::new();
    let bytes = path.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let is_escape = || bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        match byte {
            b'%' if !is_escape() => out.push_str("%25"),
            b' ' | b'"' | b'<' | b'>' | b'|' | b'^' | b'\\' | b'[' | b']' | b'{' | b'}' | b'`' | 0..=0x1f | 0x7f.. => {
                out.push_str(&format!("%{byte:02X}"));
            }
            byte => out.push(char::from(*byte)),
        }
    }
    if let Some(query) = query {
        out.push('?');
        out.push_str(query);
    }
    out
}

/// A request as text, where it says nothing but its method, path, fields and body.
fn raw_request(source: &str) -> Result<(String, One), String> {
    let text = source.replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap_or("");
    let words: Vec<&str> = first.split_whitespace().collect();
    let [method, path, version] = words.as_slice() else { return Err(format!("the request line `{first}`")) };
    let mut fields = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let (name, value) = line.split_once(':').ok_or_else(|| format!("the line `{line}` of a request"))?;
        let (name, value) = (name.trim(), value.trim());
        let is_own = name.eq_ignore_ascii_case("content-length")
            || (name.eq_ignore_ascii_case("host") && value == "{{Hostname}}");
        match is_own {
            true => {}
            false if value.contains("{{") || value.contains('§') => {
                return Err(format!("the field `{line}`, which holds an expression"));
            }
            false => fields.push((name.to_string(), value.to_string())),
        }
    }
    let body = body.trim_end_matches('\n');
    let is_plain = version.starts_with("HTTP/1") && path.starts_with('/');
    if !is_plain || path.contains("{{") || path.contains('§') || body.contains("{{") || body.contains('§') {
        return Err(format!("the request `{first}`, which holds an expression"));
    }
    let body = (!body.is_empty()).then(|| body.replace('\n', "\r\n"));
    Ok((target(path), One { method: known_method(method)?, fields, body }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_what_goes_on_the_wire() {
        assert_eq!(target("/a b/%zz?x=a b"), "/a%20b/%25zz?x=a b");
        assert_eq!(path("{{BaseURL}}").as_deref(), Ok("/"));
        assert_eq!(path("{{RootURL}}/../x#y").as_deref(), Ok("/../x"));
        assert!(path("{{BaseURL}}:8080/x").is_err() && path("{{BaseURL}}/{{randstr}}").is_err());
    }

    #[test]
    fn a_raw_request_that_says_nothing_special_is_read() {
        let (path, one) = raw_request("POST /x HTTP/1.1\nHost: {{Hostname}}\nX-A: b\n\na=1\n").expect("reads");
        assert_eq!((path.as_str(), one.fields.len(), one.body.as_deref()), ("/x", 1, Some("a=1")));
        assert!(raw_request("GET /{{x}} HTTP/1.1\n\n").is_err());
    }
}
