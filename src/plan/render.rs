//! Rendering: a rule's HTTP request in a scope → the bytes to send.
//!
//! Field order is fixed (Host, User-Agent, Accept, Accept-Encoding, user-given, the rule's own, Range, Cookie, length),
//! so that equal requests are equal bytes. Invariant: outside raw requests no rendered value can start a new line of the
//! head, whatever an answer put into it. Must never import a folder above `target`.

use bytes::Bytes;

use super::Identity;
use super::percent::append_parameter;
use crate::base::{Origin, Scheme, Secret};
use crate::expr::{EvalError, Template};
use crate::observation::{HttpProbe, HttpVersion, Method};
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

/// The probe of a request. `cookie` is the `Cookie` field's value, where the rule's jar has some.
///
/// # Errors
/// Where an expression fails or a value does not fit its place.
pub fn render(
    request: &HttpRequest,
    scope: &Scope<'_>,
    identity: &Identity,
    cookie: Option<&[u8]>,
) -> Result<HttpProbe, RenderError> {
    if let Some(raw) = &request.raw {
        return render_raw(raw, scope);
    }
    let (origin, target) = render_target(request, scope)?;
    let own = origin == scope.host.origin;
    let mut head = Head::new(&request.method, &target);
    let body = request.body.as_ref().map(|body| text(body, scope)).transpose()?;
    let fields = render_fields(request, scope)?;
    let sets = |name: &str| fields.iter().any(|(field, _)| field.eq_ignore_ascii_case(name));
    if !sets("host") {
        head.field("Host", origin.authority().as_bytes());
    }
    head.identity(identity, own, request.range.is_some(), sets);
    for (name, value) in &fields {
        head.field(name, value);
    }
    if let Some((first, last)) = request.range.filter(|_| !sets("range")) {
        head.field("Range", format!("bytes={first}-{last}").as_bytes());
    }
    if let Some(cookie) = cookie.filter(|_| own && !sets("cookie")) {
        head.field("Cookie", cookie);
    }
    if let Some(body) = body.as_ref().filter(|_| !sets("content-length")) {
        head.field("Content-Length", body.len().to_string().as_bytes());
    }
    Ok(HttpProbe {
        origin,
        method: request.method.clone(),
        target: target.into(),
        wire: Secret::new(head.finish(body.as_deref().unwrap_or(b""))),
        version: HttpVersion::Http1,
        window: request.range.map(|(first, last)| last.saturating_sub(first).saturating_add(1)),
        timeout: None,
    })
}

fn text(template: &Template, scope: &Scope<'_>) -> Result<Bytes, RenderError> {
    Ok(template.render(&scope.env())?)
}

fn render_target(request: &HttpRequest, scope: &Scope<'_>) -> Result<(Origin, Vec<u8>), RenderError> {
    let rendered = text(&request.target, scope)?;
    if rendered.iter().any(|b| matches!(b, b'\r' | b'\n')) {
        return Err(RenderError::LineBreak("request target"));
    }
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
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(end);
    let (name, port) = split_authority(authority, scheme).ok_or_else(wrong)?;
    let origin = Origin::new(scheme, name, port).ok_or_else(wrong)?;
    let target = if target.starts_with('/') { target.to_string() } else { format!("/{target}") };
    Ok((origin, target.into_bytes()))
}

fn split_authority(authority: &str, scheme: Scheme) -> Option<(&str, u16)> {
    match authority.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => Some((name, port.parse().ok()?)),
        _ => Some((authority, scheme.default_port())),
    }
}

fn render_fields(request: &HttpRequest, scope: &Scope<'_>) -> Result<Vec<(String, Bytes)>, RenderError> {
    let mut fields = Vec::new();
    for (name, values) in &request.headers {
        for value in values {
            let value = text(value, scope)?;
            if value.iter().any(|b| matches!(b, b'\r' | b'\n')) {
                return Err(RenderError::LineBreak("field value"));
            }
            fields.push((name.to_string(), value));
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
    Ok(HttpProbe {
        origin: scope.host.origin.clone(),
        method: Method::from(method.as_str()),
        target: Bytes::copy_from_slice(target),
        wire: Secret::new(wire.clone()),
        version: HttpVersion::Http1,
        window: None,
        timeout: None,
    })
}

/// A request head under construction.
struct Head(Vec<u8>);

impl Head {
    fn new(method: &Method, target: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(256 + target.len());
        bytes.extend_from_slice(method.0.as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(target);
        bytes.extend_from_slice(b" HTTP/1.1\r\n");
        Self(bytes)
    }

    fn field(&mut self, name: &str, value: &[u8]) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b": ");
        self.0.extend_from_slice(value);
        self.0.extend_from_slice(b"\r\n");
    }

    /// The scan's own fields. A ranged answer is asked for without content coding, so that its bytes are the file's.
    fn identity(&mut self, identity: &Identity, own: bool, ranged: bool, sets: impl Fn(&str) -> bool) {
        let given = |name: &str| own && identity.headers.iter().any(|(field, _)| field.eq_ignore_ascii_case(name));
        let encoding = if ranged { "identity" } else { "gzip, deflate, br, zstd" };
        let defaults = [("User-Agent", identity.user_agent.as_str()), ("Accept", "*/*"), ("Accept-Encoding", encoding)];
        for (name, value) in defaults {
            if !sets(name) && !given(name) {
                self.field(name, value.as_bytes());
            }
        }
        for (name, value) in identity.headers.iter().filter(|(name, _)| own && !sets(name)) {
            self.field(name, value.expose().as_bytes());
        }
    }

    fn finish(mut self, body: &[u8]) -> Bytes {
        self.0.extend_from_slice(b"\r\n");
        self.0.extend_from_slice(body);
        self.0.into_boxed_slice().into()
    }
}
