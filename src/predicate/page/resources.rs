//! What a page loads.
//!
//! Must never import a folder above `expr`.

use scraper::{ElementRef, Html};

use super::address::{self, Page, is_insecure};
use super::{bounded, elements, integrity};
use crate::base::{Unknown, Value};
use crate::predicate::kind::field;
use crate::predicate::views::{Field, Shape};

const KINDS: [&str; 9] = ["script", "style", "frame", "object", "image", "icon", "media", "preload", "other"];

/// The fields of a resource.
pub(in crate::predicate) const FIELDS: &[Field] = {
    let [value, written, scheme, host, domain, path, foreign, insecure] = address::FIELDS;
    &[
        field("kind", Shape::OneOf(&KINDS), "What browsers use it for."),
        value,
        written,
        scheme,
        host,
        domain,
        path,
        foreign,
        insecure,
        field(
            "mixed",
            Shape::OneOf(&["blockable", "upgradeable"]),
            "Of an insecure address in a page over HTTPS: whether browsers block it, or ask by HTTPS instead; absent \
             otherwise (Mixed Content §3).",
        ),
        field(
            "integrity",
            Shape::OneOf(&integrity::VERDICTS),
            "What browsers make of the `integrity` attribute: a digest that can match, nothing, or digests that no content \
             can have; absent where there is none.",
        ),
        field(
            "opaque",
            Shape::Bool,
            "Whether it is of another origin and asked for without CORS, so that browsers can verify no digest.",
        ),
    ]
};

/// One thing to load.
struct Load<'a> {
    kind: &'static str,
    written: &'a str,
    upgradeable: bool,
}

/// What the page loads, in order.
///
/// # Errors
/// Where that is too much.
pub(in crate::predicate) fn resources(page: &Page, html: &Html) -> Result<Vec<Value>, Unknown> {
    let of_element = |element: ElementRef<'_>| -> Vec<Value> {
        loads(element).into_iter().filter_map(|load| item(page, element, &load)).collect()
    };
    bounded(elements(html).flat_map(of_element))
}

fn item(page: &Page, element: ElementRef<'_>, load: &Load<'_>) -> Option<Value> {
    let url =
        page.resolve(load.written).filter(|url| !matches!(url.scheme(), "data" | "about" | "blob" | "javascript"))?;
    let mut fields = page.fields(&url, load.written);
    fields.push(("kind", Value::from(load.kind)));
    if page.is_secure() && is_insecure(&url) {
        fields.push(("mixed", Value::from(if load.upgradeable { "upgradeable" } else { "blockable" })));
    }
    if matches!(load.kind, "script" | "style" | "preload") {
        let verdict = element.attr("integrity").and_then(integrity::verdict);
        fields.extend(verdict.map(|verdict| ("integrity", Value::from(verdict))));
    }
    let with_cors = element.attr("crossorigin").is_some() || is_module(element);
    fields.push(("opaque", Value::Bool(page.is_cross_origin(&url) && !with_cors)));
    Some(Value::map(fields))
}

/// What an element makes browsers load.
fn loads(element: ElementRef<'_>) -> Vec<Load<'_>> {
    let load = |kind, attr: &str, upgradeable| {
        let written = element.attr(attr).filter(|written| !written.trim_ascii().is_empty());
        written.map(|written| Load { kind, written, upgradeable })
    };
    let is_image_input = || element.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("image"));
    let (first, second) = match element.value().name() {
        "script" if is_script(element) => (load("script", "src", false), None),
        "link" => (link_kind(element).and_then(|(kind, upgradeable)| load(kind, "href", upgradeable)), None),
        "iframe" if element.attr("srcdoc").is_none() => (load("frame", "src", false), None),
        "frame" => (load("frame", "src", false), None),
        "object" => (load("object", "data", false), None),
        "embed" => (load("object", "src", false), None),
        "img" => (load("image", "src", true), None),
        "input" if is_image_input() => (load("image", "src", true), None),
        "audio" => (load("media", "src", true), None),
        "video" => (load("media", "src", true), load("image", "poster", true)),
        "source" => (load("media", "src", true), None),
        "track" => (load("other", "src", false), None),
        _ => (None, None),
    };
    let set = match element.value().name() {
        "img" | "source" => element.attr("srcset").map(candidates).unwrap_or_default(),
        _ => Vec::new(),
    };
    let set = set.into_iter().map(|written| Load { kind: "image", written, upgradeable: false });
    first.into_iter().chain(second).chain(set).collect()
}

/// Whether a `script` element is script to browsers, rather than a block of data (HTML §4.12.1).
fn is_script(element: ElementRef<'_>) -> bool {
    let Some(kind) = element.attr("type").filter(|kind| !kind.is_empty()) else { return true };
    let kind = kind.trim_ascii().to_ascii_lowercase();
    let (top, sub) = kind.split_once('/').unwrap_or((&kind, ""));
    let is_javascript =
        sub.contains("javascript") || sub.contains("ecmascript") || matches!(sub, "jscript" | "livescript");
    kind == "module" || (matches!(top, "text" | "application") && is_javascript)
}

fn is_module(element: ElementRef<'_>) -> bool {
    match element.value().name() {
        "script" => element.attr("type").is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case("module")),
        "link" => has_rel(element, "modulepreload"),
        _ => false,
    }
}

fn has_rel(element: ElementRef<'_>, word: &str) -> bool {
    element.attr("rel").is_some_and(|rel| rel.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(word)))
}

/// What a link loads, and whether browsers upgrade it; `None` where it loads nothing.
fn link_kind(element: ElementRef<'_>) -> Option<(&'static str, bool)> {
    let has = |word| has_rel(element, word);
    if has("stylesheet") {
        Some(("style", false))
    } else if has("icon") || has("apple-touch-icon") {
        Some(("icon", true))
    } else if has("preload") || has("modulepreload") {
        Some(("preload", false))
    } else {
        has("manifest").then_some(("other", false))
    }
}

/// The addresses of a `srcset` (HTML §4.8.4.3.8).
fn candidates(srcset: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = srcset;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return found;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (url, after) = rest.split_at(end);
        let bare = url.trim_end_matches(',');
        found.push(bare);
        // Descriptors go on to the next comma, unless the address itself ended in one.
        rest = if bare.len() == url.len() { after.find(',').map_or("", |at| after.split_at(at).1) } else { after };
    }
}
