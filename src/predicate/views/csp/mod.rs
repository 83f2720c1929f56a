//! Content security policies, as browsers read them (CSP3 §2.2).
//!
//! Takes the values of a header's lines or of `meta` elements, gives one map a policy. In a header a comma ends a policy;
//! in a `meta` element it does not, and `frame-ancestors`, `report-uri` and `sandbox` are ignored there (HTML §4.2.5.3).
//! Invariant: linear in its input; of absurdly many policies, directives or sources the last are left out. Must never
//! import a folder of this crate but `base`.

mod directives;
mod effective;
mod host;
mod open;
mod parse;
mod problems;
mod source;
#[cfg(test)]
mod tests;

use super::record::{Record, texts};
use super::spec::{Field, Shape, ViewSpec, field};
use crate::base::Value;
use parse::Policy;

/// Most policies of one header.
const MAX_POLICIES: usize = 64;
/// Bytes of policies that are read: each source of two of them becomes a map.
const MAX_TEXT: usize = 32 << 10;

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
        field("sources", SOURCES, "The sources of all directives."),
        field("unknown", Shape::List(&Shape::Text), "Directives that no browser ever acted on."),
        field("deprecated", Shape::List(&Shape::Text), "Directives that have been withdrawn."),
        field(
            "problems",
            Shape::List(&Shape::Map(problems::FIELDS)),
            "Mistakes: what browsers drop or take for something else than was meant.",
        ),
        field("reports", Shape::Bool, "Whether it names a place to which violations are reported."),
        field("trusted_types", Shape::Bool, "Whether scripts must use trusted types."),
        field("upgrade_insecure_requests", Shape::Bool, "Whether http: addresses in the page become https:."),
        field(
            "confined",
            Shape::Bool,
            "Whether `sandbox` keeps scripts from running, or gives them an origin of their own.",
        ),
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

/// The policies of a header's lines, or of the `content` of `meta` elements. `source` is `header` or `meta`.
pub fn policies(lines: &[&[u8]], source: &str) -> Vec<Value> {
    let meta = source == "meta";
    let texts = lines.iter().flat_map(|line| line.split(move |byte| *byte == b',' && !meta));
    let mut left = MAX_TEXT;
    let read = |text: &[u8]| {
        let text = text.get(..left).unwrap_or(text);
        left -= text.len();
        policy(text, source)
    };
    texts.filter_map(read).take(MAX_POLICIES).collect()
}

fn policy(text: &[u8], source: &str) -> Option<Value> {
    let policy = Policy::parse(text, source == "meta");
    if policy.directives.is_empty() {
        return None;
    }
    let names = || policy.directives.iter().map(|directive| directive.name.as_str());
    let has = |name: &str, word: &str| policy.directive(name).is_some_and(|directive| directive.has(word));
    let reports = |name: &str| policy.directive(name).is_some_and(|directive| !directive.values.is_empty());
    let mut view = Record::default();
    view.set("source", source);
    view.set("text", Value::text(text.trim_ascii()));
    view.set("directives", Value::map(policy.directives.iter().map(|one| (one.name.as_str(), texts(&one.values)))));
    let sources = effective::Sources::of(&policy);
    view.set("effective", sources.effective());
    view.set("sources", sources.all());
    view.set("unknown", texts(names().filter(|name| !directives::is_known(name) && !directives::is_deprecated(name))));
    view.set("deprecated", texts(names().filter(|name| directives::is_deprecated(name))));
    view.set("problems", problems::problems(&policy));
    view.set("reports", reports("report-uri") || reports("report-to"));
    view.set("trusted_types", has("require-trusted-types-for", "'script'"));
    view.set("upgrade_insecure_requests", policy.directive("upgrade-insecure-requests").is_some());
    let allows_both = has("sandbox", "allow-scripts") && has("sandbox", "allow-same-origin");
    view.set("confined", policy.directive("sandbox").is_some() && !allows_both);
    Some(view.build())
}
