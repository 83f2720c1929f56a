//! Content security policies, as browsers read them (CSP3 §2.2).
//!
//! Takes the values of a header's lines or of `meta` elements, gives one map a policy. In a header a comma ends a policy;
//! in a `meta` element it does not, and `frame-ancestors`, `report-uri` and `sandbox` are ignored there (HTML §4.2.5.3).
//! Invariant: linear in its input; of absurdly many policies, directives or sources the last are left out. Must never
//! import a folder of this crate but `base`.

mod effective;
mod source;

use std::collections::HashSet;

use super::lines::lower;
use super::record::{Record, texts};
use super::spec::{Field, Shape, ViewSpec, field};
use crate::base::Value;

/// Most policies of one header.
const MAX_POLICIES: usize = 64;
/// Most directives of one policy.
const MAX_DIRECTIVES: usize = 256;
/// Most sources of one directive.
const MAX_SOURCES: usize = 512;

const SOURCES: Shape = Shape::List(&Shape::Map(source::FIELDS));

/// The fields of each policy in `csp.enforced` and `csp.reported`.
pub static SPEC: ViewSpec = ViewSpec {
    name: "csp",
    summary: "What browsers make of one content security policy, an item of `csp.enforced` or `csp.reported`.",
    fields: &[
        field("source", Shape::OneOf(&["header", "meta"]), "Where the policy stands."),
        field("text", Shape::Text, "The policy as written."),
        field(
            "directives",
            Shape::Names(&Shape::List(&Shape::Text)),
            "The values of every directive as written; of a repeated directive the first counts.",
        ),
        field(
            "effective",
            Shape::Map(EFFECTIVE),
            "The sources that apply to each kind of fetch, fallbacks followed; absent where neither the directive nor a \
             fallback is given. An empty list allows nothing.",
        ),
        field("unknown", Shape::List(&Shape::Text), "Directives that no browser acts on."),
        field("trusted_types", Shape::Bool, "Whether scripts must use trusted types."),
        field("upgrade_insecure_requests", Shape::Bool, "Whether http: addresses in the page become https:."),
    ],
};

const EFFECTIVE: &[Field] = &[
    field("script-src", SOURCES, "Scripts, and what has no finer directive."),
    field("script-src-elem", SOURCES, "Script elements."),
    field("script-src-attr", SOURCES, "Inline event handlers."),
    field("style-src", SOURCES, "Styles, and what has no finer directive."),
    field("style-src-elem", SOURCES, "Style elements and style sheets."),
    field("style-src-attr", SOURCES, "Inline style attributes."),
    field("img-src", SOURCES, "Images."),
    field("connect-src", SOURCES, "What scripts may connect to."),
    field("font-src", SOURCES, "Fonts."),
    field("object-src", SOURCES, "Plug-ins."),
    field("media-src", SOURCES, "Sound and video."),
    field("manifest-src", SOURCES, "Application manifests."),
    field("frame-src", SOURCES, "Frames in the page."),
    field("child-src", SOURCES, "Frames and workers without a finer directive."),
    field("worker-src", SOURCES, "Workers."),
    field("base-uri", SOURCES, "What a `base` element may say; no fallback."),
    field("form-action", SOURCES, "Where forms may be sent; no fallback."),
    field("frame-ancestors", SOURCES, "Who may frame the page; no fallback."),
];

/// Directives that some browser acts on, beyond those of [`EFFECTIVE`].
const KNOWN: &[&str] = &[
    "default-src",
    "fenced-frame-src",
    "sandbox",
    "report-to",
    "report-uri",
    "require-trusted-types-for",
    "trusted-types",
    "upgrade-insecure-requests",
    "block-all-mixed-content",
    "webrtc",
];

/// Directives that a `meta` element cannot give.
const HEADER_ONLY: &[&str] = &["frame-ancestors", "report-uri", "sandbox"];

/// The policies of a header's lines, or of the `content` of `meta` elements. `source` is `header` or `meta`.
pub fn policies(lines: &[&[u8]], source: &str) -> Vec<Value> {
    let meta = source == "meta";
    let texts = lines.iter().flat_map(|line| line.split(move |byte| *byte == b',' && !meta));
    texts.filter_map(|text| policy(text, source)).take(MAX_POLICIES).collect()
}

/// A directive's name in lower case, and its values.
struct Directive<'a> {
    name: String,
    values: Vec<&'a [u8]>,
}

fn policy(text: &[u8], source: &str) -> Option<Value> {
    let directives = directives(text, source == "meta");
    if directives.is_empty() {
        return None;
    }
    let has = |name: &str| directives.iter().any(|directive| directive.name == name);
    let trusted = directives.iter().filter(|directive| directive.name == "require-trusted-types-for");
    let known = |name: &str| KNOWN.contains(&name) || EFFECTIVE.iter().any(|field| field.name == name);
    let names = directives.iter().map(|directive| directive.name.as_str());
    let mut view = Record::default();
    view.set("source", source);
    view.set("text", Value::text(text.trim_ascii()));
    view.set("directives", Value::map(directives.iter().map(|one| (one.name.as_str(), self::texts(&one.values)))));
    view.set("effective", effective::effective(&directives));
    view.set("unknown", texts(names.filter(|name| !known(name))));
    view.set("trusted_types", trusted.flat_map(|one| &one.values).any(|value| value.eq_ignore_ascii_case(b"'script'")));
    view.set("upgrade_insecure_requests", has("upgrade-insecure-requests"));
    Some(view.build())
}

/// The directives of a policy (CSP3 §2.2.1): names in lower case, the first of a name alone, none that is not ASCII.
fn directives(text: &[u8], meta: bool) -> Vec<Directive<'_>> {
    let mut seen = HashSet::new();
    let mut directives = Vec::new();
    for token in text.split(|byte| *byte == b';').map(<[u8]>::trim_ascii) {
        let mut values = token.split(u8::is_ascii_whitespace).filter(|value| !value.is_empty());
        let Some(name) = values.next().filter(|_| token.is_ascii()).map(lower) else { continue };
        if !seen.insert(name.clone()) || (meta && HEADER_ONLY.contains(&name.as_str())) {
            continue;
        }
        directives.push(Directive { name, values: values.take(MAX_SOURCES).collect() });
        if directives.len() >= MAX_DIRECTIVES {
            break;
        }
    }
    directives
}
