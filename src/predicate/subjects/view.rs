//! Views of an answer: what browsers make of its fields.
//!
//! The answer builds them once; here they are asked for their fields. Invariant: where lines may be missing from what was
//! read, a view is unknown. Must never import a folder above `expr`.

use super::{Below, SubjectSpec};
use crate::base::{Unknown, Value};
use crate::predicate::answer::Answer;
use crate::predicate::fields;
use crate::predicate::found::Found;
use crate::predicate::kind::{ValueKind, field};
use crate::predicate::scope::Scope;
use crate::predicate::views::{
    Field, Shape, cache, cache_status, challenges, clear_site_data, content_type, csp, embedder_policy, hsts, nosniff,
    opener_policy, permissions, referrer_policy, resource_policy, x_frame_options,
};

const fn spec(
    name: &'static str,
    fields: &'static [Field],
    summary: &'static str,
    example: &'static str,
) -> SubjectSpec {
    SubjectSpec { name, kind: ValueKind::Map, words: &[], below: Below::Fields(fields), summary, example }
}

pub(super) static SPECS: [SubjectSpec; 14] = [
    spec("hsts", hsts::SPEC.fields, hsts::SPEC.summary, "hsts.max_age: { less_than: 15552000 }"),
    spec(
        "csp",
        &[
            field("enforced", Shape::List(&Shape::Map(csp::SPEC.fields)), "Policies that browsers enforce."),
            field("reported", Shape::List(&Shape::Map(csp::SPEC.fields)), "Policies that only report."),
        ],
        "The content security policies of fields and meta elements",
        "csp.enforced: { exists: false }",
    ),
    spec(
        "x_frame_options",
        x_frame_options::SPEC.fields,
        x_frame_options::SPEC.summary,
        "x_frame_options.value: invalid",
    ),
    spec(
        "referrer_policy",
        referrer_policy::SPEC.fields,
        referrer_policy::SPEC.summary,
        "referrer_policy.effective: unsafe-url",
    ),
    spec("permissions", permissions::SPEC.fields, permissions::SPEC.summary, "permissions.valid: false"),
    spec("content_type", content_type::SPEC.fields, content_type::SPEC.summary, "content_type.essence: text/html"),
    spec("nosniff", nosniff::SPEC.fields, nosniff::SPEC.summary, "nosniff.on: false"),
    spec("coop", opener_policy::SPEC.fields, opener_policy::SPEC.summary, "coop.value: same-origin"),
    spec("coep", embedder_policy::SPEC.fields, embedder_policy::SPEC.summary, "coep.value: require-corp"),
    spec("corp", resource_policy::SPEC.fields, resource_policy::SPEC.summary, "corp.valid: false"),
    spec("cache", cache::SPEC.fields, cache::SPEC.summary, "cache.no_store: true"),
    spec("cache_status", cache_status::SPEC.fields, cache_status::SPEC.summary, "cache_status.hit: true"),
    spec(
        "clear_site_data",
        clear_site_data::SPEC.fields,
        clear_site_data::SPEC.summary,
        "clear_site_data.kinds: [cookies, \"*\"]",
    ),
    spec("challenges", challenges::SPEC.fields, challenges::SPEC.summary, "challenges.schemes: basic"),
];

/// A field of a view; the view itself where none is named.
pub(super) fn resolve(name: &str, answer: &Answer, path: &[impl AsRef<str>]) -> Found {
    if name == "csp" {
        return csp_field(answer, path);
    }
    answer.view(name).map_or_else(Found::Unknown, |view| fields::found(view, path))
}

/// The policies are values by themselves, so that `csp.enforced` is missing where there is none.
fn csp_field(answer: &Answer, path: &[impl AsRef<str>]) -> Found {
    let Some((first, rest)) = path.split_first() else { return Found::missing() };
    let found = answer.policies(first.as_ref() == "enforced");
    Found::from(found.map(|found| found.iter().filter_map(|policy| fields::descend(policy, rest)).cloned().collect()))
}

/// The cookies that an answer sets.
pub(in crate::predicate) fn cookies<'a>(answer: &'a Answer, scope: &Scope<'_>) -> Result<&'a [Value], Unknown> {
    answer.has_whole_head()?;
    Ok(answer.cookies(scope.host.now))
}
