//! Classes of content: what a browser would take an answer for.
//!
//! Takes the `Content-Type` lines and the body; gives a [`Class`]. A type that says something is believed, as browsers do
//! (JSON sent as `text/html` is a page), of several the last that is a type at all; the body is looked at where the type
//! is missing or says nothing (`text/plain`, `application/octet-stream`). Invariant: what is found in a prefix of a body
//! and could change with the rest is unknown. Must never import a folder above `expr`.

use crate::base::Unknown;
use crate::predicate::views::content_type::essence;

/// What an answer's content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A page.
    Html,
    /// JSON data.
    Json,
    /// XML other than pages and pictures.
    Xml,
    /// JavaScript.
    Script,
    /// A style sheet.
    Style,
    /// Other text.
    Text,
    /// A picture.
    Image,
    /// A font.
    Font,
    /// Other bytes.
    Binary,
    /// No body, and no type that says what it would be.
    Empty,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 10] = [
        Self::Html,
        Self::Json,
        Self::Xml,
        Self::Script,
        Self::Style,
        Self::Text,
        Self::Image,
        Self::Font,
        Self::Binary,
        Self::Empty,
    ];

    /// The names of all classes.
    pub const NAMES: [&'static str; 10] =
        ["html", "json", "xml", "script", "style", "text", "image", "font", "binary", "empty"];

    /// The name as rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Script => "script",
            Self::Style => "style",
            Self::Text => "text",
            Self::Image => "image",
            Self::Font => "font",
            Self::Binary => "binary",
            Self::Empty => "empty",
        }
    }
}

/// Bytes of a body that are looked at (WHATWG MIME Sniffing §5.2).
const SNIFF: usize = 1445;

/// What there is to tell the class by.
pub(in crate::predicate) struct Evidence<'a> {
    /// The values of the `Content-Type` lines.
    pub content_type: &'a [&'a [u8]],
    /// The decoded body.
    pub body: &'a [u8],
    /// Whether the body was cut off.
    pub truncated: bool,
    /// Whether the whole body parses as a JSON object or array; asked only where it looks like one.
    pub is_json: &'a dyn Fn() -> Result<bool, Unknown>,
}

/// The class of an answer.
pub(in crate::predicate) fn classify(evidence: &Evidence<'_>) -> Result<Class, Unknown> {
    let essence = essence(evidence.content_type).unwrap_or_default();
    match class_of_type(&essence) {
        Some(class) => Ok(class),
        None if evidence.body.is_empty() && !evidence.truncated => Ok(Class::Empty),
        None => sniff(evidence, essence == "text/plain"),
    }
}

/// The class that a type says; `None` where it says nothing.
fn class_of_type(essence: &str) -> Option<Class> {
    let (kind, name) = essence.split_once('/')?;
    Some(match (kind, name) {
        ("text", "plain") | ("application", "octet-stream" | "unknown" | "x-unknown-content-type") => return None,
        ("unknown", _) | ("*", _) => return None,
        ("text", "html") | ("application", "xhtml+xml") => Class::Html,
        ("image", _) => Class::Image,
        ("font", _) => Class::Font,
        ("application", font) if font.starts_with("font-") || font.starts_with("x-font") => Class::Font,
        ("application", "vnd.ms-fontobject") => Class::Font,
        ("application" | "text", "json" | "x-json") => Class::Json,
        (_, name) if name.ends_with("+json") => Class::Json,
        ("application" | "text", "xml") => Class::Xml,
        (_, name) if name.ends_with("+xml") => Class::Xml,
        (_, name) if is_script(name) => Class::Script,
        ("text", "css") => Class::Style,
        ("text", _) => Class::Text,
        ("application", name) if is_text(name) => Class::Text,
        _ => Class::Binary,
    })
}

fn is_script(name: &str) -> bool {
    matches!(name, "javascript" | "ecmascript" | "x-javascript" | "x-ecmascript" | "jscript" | "livescript")
        || name.strip_prefix("javascript1.").is_some_and(|version| matches!(version, "0" | "1" | "2" | "3" | "4" | "5"))
}

fn is_text(name: &str) -> bool {
    const TEXTS: [&str; 14] = [
        "yaml",
        "x-yaml",
        "toml",
        "sql",
        "x-sql",
        "graphql",
        "x-sh",
        "x-www-form-urlencoded",
        "x-ndjson",
        "x-httpd-php",
        "x-php",
        "rtf",
        "x-pem-file",
        "jwt",
    ];
    TEXTS.contains(&name)
}

/// The class by the look of the body. Browsers never take `text/plain` for a page.
fn sniff(evidence: &Evidence<'_>, is_plain: bool) -> Result<Class, Unknown> {
    let head = evidence.body.get(..SNIFF).unwrap_or(evidence.body);
    if let Some(class) = class_of_magic(head) {
        return Ok(class);
    }
    if head.iter().any(|b| matches!(b, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f)) && !head.starts_with(b"\xff\xfe") {
        return Ok(Class::Binary);
    }
    if evidence.truncated && evidence.body.len() < SNIFF {
        return Err(Unknown::CutOff);
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    match text.first() {
        Some(b'<') if !is_plain && looks_html(text) => Ok(Class::Html),
        Some(b'<') if text.starts_with(b"<?xml") => Ok(Class::Xml),
        Some(b'{' | b'[') => Ok(if (evidence.is_json)()? { Class::Json } else { Class::Text }),
        _ => Ok(Class::Text),
    }
}

fn class_of_magic(head: &[u8]) -> Option<Class> {
    const MAGIC: [(&[u8], Class); 10] = [
        (b"\x89PNG\r\n\x1a\n", Class::Image),
        (b"GIF87a", Class::Image),
        (b"GIF89a", Class::Image),
        (b"\xff\xd8\xff", Class::Image),
        (b"\0\0\x01\0", Class::Image),
        (b"wOFF", Class::Font),
        (b"wOF2", Class::Font),
        (b"OTTO\0", Class::Font),
        (b"\0\x01\0\0", Class::Font),
        (b"%PDF-", Class::Binary),
    ];
    let is_webp = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    let known = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, class)| *class);
    known.or(is_webp.then_some(Class::Image))
}

/// Whether a text begins like a page: one of these tags, or a comment.
fn looks_html(text: &[u8]) -> bool {
    const TAGS: [&str; 31] = [
        "!doctype html",
        "html",
        "head",
        "body",
        "script",
        "style",
        "title",
        "meta",
        "link",
        "base",
        "iframe",
        "div",
        "p",
        "a",
        "b",
        "br",
        "h1",
        "h2",
        "font",
        "table",
        "form",
        "input",
        "pre",
        "span",
        "ul",
        "ol",
        "img",
        "main",
        "center",
        "noscript",
        "template",
    ];
    let ends_tag = |b: Option<&u8>| b.is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
    let starts_with = |tag: &str| {
        let name = text.get(1..=tag.len());
        name.is_some_and(|name| name.eq_ignore_ascii_case(tag.as_bytes())) && ends_tag(text.get(tag.len() + 1))
    };
    text.starts_with(b"<!--") || TAGS.iter().any(|tag| starts_with(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(content_type: &str, body: &[u8]) -> &'static str {
        let is_json = || Ok(serde_json::from_slice::<serde_json::Value>(body).is_ok());
        let lines: Vec<&[u8]> = content_type.lines().map(str::as_bytes).collect();
        classify(&Evidence { content_type: &lines, body, truncated: false, is_json: &is_json })
            .map_or("unknown", Class::name)
    }

    #[test]
    fn types_are_believed() {
        let table = [
            ("text/html; charset=utf-8", "html"),
            ("TEXT/HTML", "html"),
            ("application/json", "json"),
            ("application/problem+json", "json"),
            ("application/xhtml+xml", "html"),
            ("image/svg+xml", "image"),
            ("application/atom+xml", "xml"),
            ("text/javascript", "script"),
            ("application/x-javascript", "script"),
            ("text/css", "style"),
            ("text/csv", "text"),
            ("font/woff2", "font"),
            ("application/zip", "binary"),
            ("video/mp4", "binary"),
            ("text/html, application/json", "json"),
            ("application/json\ntext/html", "html"),
            ("application/json\nnonsense", "json"),
            ("text/html,", "html"),
        ];
        for (content_type, expected) in table {
            assert_eq!(class(content_type, b"{\"a\":1}"), expected, "{content_type}");
        }
    }

    #[test]
    fn bodies_are_looked_at_where_types_say_nothing() {
        let table: [(&str, &[u8], &str); 13] = [
            ("", b"", "empty"),
            ("text/html", b"", "html"),
            ("", b"  <!DOCTYPE HTML><p>", "html"),
            ("text/plain", b"<!DOCTYPE HTML><p>", "text"),
            ("text/plain", b" {\"a\":1}", "json"),
            ("", b"[2024-01-01] started", "text"),
            ("", b"<?xml version='1.0'?><a/>", "xml"),
            ("application/octet-stream", b"A=1\n", "text"),
            ("application/octet-stream", b"JAVA PROFILE 1.0.2\0\0", "binary"),
            ("", b"\x89PNG\r\n\x1a\nx", "image"),
            ("", b"<abbr>", "text"),
            ("nonsense", b"<meta a>", "html"),
            ("application/json charset=utf-8", b"<p>", "html"),
        ];
        for (content_type, body, expected) in table {
            assert_eq!(class(content_type, body), expected, "{content_type} {}", body.escape_ascii());
        }
    }
}
