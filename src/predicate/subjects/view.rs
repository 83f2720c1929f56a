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
    Shape, ViewSpec, cache, cache_status, challenges, clear_site_data, content_type, csp, embedder_policy, hsts,
    nosniff, opener_policy, permissions, referrer_policy, resource_policy, x_frame_options,
};

const fn of(view: &'static ViewSpec, example: &'static str) -> SubjectSpec {
    let (name, below, summary) = (view.name, Below::Fields(view.fields), view.summary);
    SubjectSpec { name, kind: ValueKind::Map, words: &[], below, summary, example }
}

pub(super) static SPECS: [SubjectSpec; 14] = [
    of(&hsts::SPEC, "hsts.max_age: { less_than: 15552000 }"),
    SubjectSpec {
        name: "csp",
        kind: ValueKind::Map,
        words: &[],
        below: Below::Fields(&[
            field("enforced", Shape::List(&Shape::Map(csp::SPEC.fields)), "Policies that browsers enforce."),
            field("reported", Shape::List(&Shape::Map(csp::SPEC.fields)), "Policies that only report."),
        ]),
        summary: "The content security policies of fields and meta elements",
        example: "csp.enforced: { exists: false }",
    },
    of(&x_frame_options::SPEC, "x_frame_options.value: invalid"),
    of(&referrer_policy::SPEC, "referrer_policy.effective: unsafe-url"),
    of(&permissions::SPEC, "permissions.valid: false"),
    of(&content_type::SPEC, "content_type.essence: text/html"),
    of(&nosniff::SPEC, "nosniff.on: false"),
    of(&opener_policy::SPEC, "coop.value: same-origin"),
    of(&embedder_policy::SPEC, "coep.value: require-corp"),
    of(&resource_policy::SPEC, "corp.valid: false"),
    of(&cache::SPEC, "cache.no_store: true"),
    of(&cache_status::SPEC, "cache_status.hit: true"),
    of(&clear_site_data::SPEC, "clear_site_data.kinds: [cookies, \"*\"]"),
    of(&challenges::SPEC, "challenges.schemes: basic"),
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
