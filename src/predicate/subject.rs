//! Subjects: what a condition can ask about.
//!
//! Owns the closed set of subjects as data. The registry with names, types and docs is in `subjects/`, one file a family.
//! Invariant: a subject is a pure function of a [`super::Scope`]. Must never import a folder above `expr`.

use std::sync::Arc;

use super::{CssQuery, JsonQuery};

/// What a condition asks about.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The thing.
    pub base: Base,
    /// Field names to descend by (`certificate`, `days_left`); empty where the thing itself is meant.
    pub path: Vec<Arc<str>>,
}

/// The thing that a subject starts from.
#[derive(Debug, Clone, PartialEq)]
pub enum Base {
    /// Status code.
    Status,
    /// Class of the content: html, json, xml, script, style, text, image, font, binary, empty.
    Class,
    /// Kind of failure by name; missing where there was an answer.
    Error,
    /// Field lines of that name (lower case).
    Headers(Arc<str>),
    /// Value of the cookie of that name.
    Cookie(Arc<str>),
    /// Decoded body.
    Body,
    /// Text of an HTML page outside `pre`, `code`, `script`, `style`, `template` and comments.
    HtmlProse,
    /// JSON nodes of the body (RFC 9535).
    Json(JsonQuery),
    /// JSON nodes of the current item.
    ItemJson(JsonQuery),
    /// Texts of the HTML elements that match.
    Html(CssQuery),
    /// Parts of the judged URL: scheme, host, host_kind, port, origin, domain, path, query, target, text.
    Url,
    /// Parts of the URL that the field `Location` leads to: text, scheme, host, port, origin, domain, path, query.
    Location,
    /// Bytes of the decoded body.
    Size,
    /// Durations in seconds: total, first_byte, connect, handshake.
    Time,
    /// The request as sent: method, target, path, query.NAME, headers.NAME, body.
    Request,
    /// Whether status, class and body equal one of the baseline's answers.
    BaselineSame,
    /// A view by its registered name (hsts, cache, x_frame_options …).
    View(&'static str),
    /// TLS facts.
    Tls,
    /// DNS facts.
    Dns,
    /// TCP facts.
    Tcp,
    /// Facts of the endpoint.
    Endpoint,
    /// Facts of the host: name, scheme, port, kind, profile.
    Host,
    /// The case being judged.
    Case,
    /// A field of the innermost quantifier's item.
    Item,
    /// A variable that the author named: `$cookie.path`.
    Var(Arc<str>),
}

/// Things that quantifiers range over.
#[derive(Debug, Clone, PartialEq)]
pub enum Collection {
    /// The replies of a request with `for_each` or `repeat`, by index.
    Replies(usize),
    /// The hops of the current reply, last included.
    Hops,
    /// The replies to the two random paths.
    Baseline,
    /// The cookies set by the current answer.
    Cookies,
    /// The field lines of the current answer: name, value.
    HeaderFields,
    /// Policies of the current answer, headers and `meta` elements, that are enforced.
    CspEnforced,
    /// Policies of the current answer that only report.
    CspReported,
    /// What the page of the current answer loads.
    Resources,
    /// Where the forms of the current answer's page are sent.
    Forms,
    /// Certificates as sent.
    Certificates,
    /// Certificates of a survey that other clients are presented with.
    OtherCertificates,
    /// Versions of a survey.
    Versions,
    /// Cipher suites of a survey.
    Suites,
    /// Other addresses of a survey.
    Addresses,
    /// DNS records.
    DnsAnswers,
    /// A list that the author named (`collect`, `for_each` variables that hold lists).
    Var(Arc<str>, Vec<Arc<str>>),
    /// A list among the fields of the innermost quantifier's item.
    ItemField(Vec<Arc<str>>),
}
