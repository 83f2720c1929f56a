//! Rendering: a rule's HTTP request in a scope → the bytes to send.
//!
//! Field order is fixed (Host, User-Agent, Accept, Accept-Encoding, user-given, the rule's own, Range, Cookie, length),
//! so that equal requests are equal bytes. Invariant: outside raw requests no rendered value can start a new line of the
//! head, whatever an answer put into it. Must never import a folder above `target`.

use bytes::Bytes;

use super::head::{Given, Head, gives};
use super::percent::append_parameter;
use super::{Identity, Jar};
use crate::base::{Origin, Scheme, Secret};
use crate::expr::{EvalError, Template};
use crate::observation::{HttpProbe, Method};
use crate::predicate::Scope;
use crate::rule::HttpRequest;

/// Why a request cannot be sent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// An expression in it failed.
    #[error("{0}")]
    Expression(#[from] EvalError),
    /// A value would have broken out of its place in the head.
    #[error("the {0} would hold a line break")]
    LineBreak(&'static str),
    /// The target is neither a path nor a URL.
    #[error("`{0}` is neither a path nor a URL")]
    Target(String),
}

/// The probe of a request. `jar` holds the cookies that the rule's earlier answers set, where the request carries them.
///
/// # Errors
/// Where an expression fails or a value does not fit its place.
pub fn render(
    request: &HttpRequest,
    scope: &Scope<'_>,
    identity: &Identity,
    jar: Option<&Jar>,
) -> Result<HttpProbe, RenderError> {
    if let Some(raw) = &request.raw {
        return render_raw(raw, scope);
    }
    let (origin, target) = render_target(request, scope)?;
    let own = origin == scope.host.origin;
    let mut head = Head::new(request.method.0.as_bytes(), &target);
    let body = request.body.as_ref().map(|body| text(body, scope)).transpose()?;
    let fields = render_fields(request, scope)?;
    let sets = |name: &str| fields.iter().any(|(field, _)| field.eq_ignore_ascii_case(name));
    let given = if own { identity.headers.as_slice() } else { &[] };
    let cookie = jar.filter(|_| !sets("cookie")).and_then(|jar| jar.field(&origin, &target));
    let cookie = jar_field(cookie.as_deref(), given)?;
    let carried = |name: &str| sets(name) || (cookie.is_some() && name.eq_ignore_ascii_case("cookie"));
    if !sets("host") && !gives(given, "host") {
        head.field("Host", origin.authority().as_bytes());
    }
    head.identity(identity, given, request.range.is_some(), carried);
    for (name, value) in &fields {
        head.field(name, value);
    }
    if let Some((first, last)) = request.range.filter(|_| !sets("range") && !gives(given, "range")) {
        head.field("Range", format!("bytes={first}-{last}").as_bytes());
    }
    if let Some(cookie) = cookie {
        head.field("Cookie", &cookie);
    }
    if let Some(body) = body.as_ref().filter(|_| !sets("content-length") && !sets("transfer-encoding")) {
        head.field("Content-Length", body.len().to_string().as_bytes());
    }
    Ok(HttpProbe {
        window: request.range.map(|(first, last)| last.saturating_sub(first).saturating_add(1)),
        ..HttpProbe::new(
            origin,
            request.method.clone(),
            target.into(),
            Secret::new(head.finish(body.as_deref().unwrap_or(b""))),
        )
    })
}

/// The value of the one `Cookie` field (RFC 6265 §5.4): what the user gave, then the jar.
fn jar_field(jar: Option<&[u8]>, given: &Given) -> Result<Option<Vec<u8>>, RenderError> {
    let Some(jar) = jar else { return Ok(None) };
    let own = given.iter().filter(|(name, _)| name.eq_ignore_ascii_case("cookie"));
    let pairs: Vec<&[u8]> = own.map(|(_, value)| value.expose().as_bytes()).chain([jar]).collect();
    one_line(pairs.join(&b"; "[..]), "cookie").map(Some)
}

/// The bytes, where they stay on their line.
fn one_line<T: AsRef<[u8]>>(bytes: T, place: &'static str) -> Result<T, RenderError> {
    let breaks = bytes.as_ref().iter().any(|byte| matches!(byte, b'\r' | b'\n'));
    if breaks { Err(RenderError::LineBreak(place)) } else { Ok(bytes) }
}

fn text(template: &Template, scope: &Scope<'_>) -> Result<Bytes, RenderError> {
    Ok(template.render(&scope.env())?)
}

fn render_target(request: &HttpRequest, scope: &Scope<'_>) -> Result<(Origin, Vec<u8>), RenderError> {
    let rendered = one_line(text(&request.target, scope)?, "request target")?;
    let (origin, mut target) = split_target(&rendered, &scope.host.origin)?;
    for (name, value) in &request.query {
        append_parameter(&mut target, name, &text(value, scope)?);
    }
    Ok((origin, target))
}

/// A path stays on the host; a URL names its own.
fn split_target(rendered: &[u8], host: &Origin) -> Result<(Origin, Vec<u8>), RenderError> {
    if rendered.starts_with(b"/") || rendered == b"*" {
        return Ok((host.clone(), rendered.to_vec()));
    }
    let wrong = || RenderError::Target(String::from_utf8_lossy(rendered).into_owned());
    let shown = std::str::from_utf8(rendered).map_err(|_| wrong())?;
    let (scheme, rest) = shown.split_once("://").ok_or_else(wrong)?;
    let scheme = Scheme::parse(scheme).ok_or_else(wrong)?;
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(end);
    let (name, port) = split_authority(authority, scheme).ok_or_else(wrong)?;
    let origin = Origin::new(scheme, name, port).ok_or_else(wrong)?;
    let target = if target.starts_with('/') { target.to_string() } else { format!("/{target}") };
    Ok((origin, target.into_bytes()))
}

/// Host and port; neither user information nor an IPv6 address without brackets is taken (RFC 3986 §3.2).
fn split_authority(authority: &str, scheme: Scheme) -> Option<(&str, u16)> {
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (authority, ""),
    };
    let is_plain = name.starts_with('[') || !name.contains(':');
    let port = match port {
        "" => scheme.default_port(),
        port => port.bytes().all(|digit| digit.is_ascii_digit()).then(|| port.parse().ok())??,
    };
    is_plain.then_some((name, port))
}

fn render_fields(request: &HttpRequest, scope: &Scope<'_>) -> Result<Vec<(String, Bytes)>, RenderError> {
    let mut fields = Vec::new();
    for (name, values) in &request.headers {
        for value in values {
            fields.push((name.to_string(), one_line(text(value, scope)?, "field value")?));
        }
    }
    Ok(fields)
}

/// Exact bytes; method and target are read from the first line for display.
fn render_raw(raw: &Template, scope: &Scope<'_>) -> Result<HttpProbe, RenderError> {
    let wire = text(raw, scope)?;
    let line = wire.split(|b| *b == b'\n').next().unwrap_or(b"").trim_ascii_end();
    let mut words = line.splitn(2, |b| *b == b' ');
    let method = String::from_utf8_lossy(words.next().unwrap_or(b"")).into_owned();
    let rest = words.next().unwrap_or(b"/");
    let target = memchr::memmem::rfind(rest, b" HTTP/").and_then(|at| rest.get(..at)).unwrap_or(rest);
    Ok(HttpProbe::new(
        scope.host.origin.clone(),
        Method::from(method.as_str()),
        Bytes::copy_from_slice(target),
        Secret::new(wire.clone()),
    ))
}
