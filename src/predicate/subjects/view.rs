//! Views of an answer: what browsers make of its fields.
//!
//! The parsers are in [`views`]; here they get the field lines (and `meta` elements) of an answer. Invariant: where lines
//! may be missing from what was read, a view is unknown. Must never import a folder above `expr`.
//!
//! [`views`]: crate::predicate::views

use super::{Below, SubjectSpec};
use crate::base::{Unknown, Value};
use crate::predicate::answer::Answer;
use crate::predicate::content::html;
use crate::predicate::fields;
use crate::predicate::found::Found;
use crate::predicate::kind::{ValueKind, field};
use crate::predicate::scope::Scope;
use crate::predicate::views::{Field, Shape, cache, csp, hsts, permissions, referrer_policy, x_frame_options};

const fn spec(
    name: &'static str,
    fields: &'static [Field],
    summary: &'static str,
    example: &'static str,
) -> SubjectSpec {
    SubjectSpec { name, kind: ValueKind::Map, words: &[], below: Below::Fields(fields), summary, example }
}

pub(super) static SPECS: [SubjectSpec; 6] = [
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
    spec("cache", cache::SPEC.fields, cache::SPEC.summary, "cache.no_store: true"),
];

/// A field of a view; the view itself where none is named.
pub(super) fn resolve(name: &str, answer: &Answer, path: &[impl AsRef<str>]) -> Found {
    if name == "csp" {
        return csp_field(answer, path);
    }
    if let Err(why) = known_head(answer) {
        return Found::Unknown(why);
    }
    let lines = |name: &'static str| answer.lines(name);
    let view = match name {
        "hsts" => hsts::hsts(&lines("strict-transport-security")),
        "x_frame_options" => x_frame_options::x_frame_options(&lines("x-frame-options")),
        "referrer_policy" => referrer_policy::referrer_policy(&lines("referrer-policy")),
        "permissions" => permissions::permissions(&lines("permissions-policy")),
        "cache" => cache::cache(&lines("cache-control")),
        _ => return Found::missing(),
    };
    fields::found(Some(&view), path)
}

/// The policies are values by themselves, so that `csp.enforced` is missing where there is none.
fn csp_field(answer: &Answer, path: &[impl AsRef<str>]) -> Found {
    let Some((first, rest)) = path.split_first() else { return Found::missing() };
    let found = match policies(answer, first.as_ref() == "enforced") {
        Err(why) => return Found::Unknown(why),
        Ok(found) => found,
    };
    Found::many(found.iter().filter_map(|policy| fields::descend(policy, rest)).cloned().collect())
}

/// The policies that an answer enforces, or only reports.
pub(in crate::predicate) fn policies(answer: &Answer, enforced: bool) -> Result<Vec<Value>, Unknown> {
    known_head(answer)?;
    let name = if enforced { "content-security-policy" } else { "content-security-policy-report-only" };
    let mut policies = csp::policies(&answer.lines(name), "header");
    if enforced {
        let metas = answer.with_html(|page, whole| {
            let is_known = whole || html::has_body(page);
            is_known.then(|| html::meta_http_equiv(page, name)).ok_or(Unknown::CutOff)
        })?;
        let metas = metas.unwrap_or(Ok(Vec::new()))?;
        let metas: Vec<&[u8]> = metas.iter().map(String::as_bytes).collect();
        policies.extend(csp::policies(&metas, "meta"));
    }
    Ok(policies)
}

/// The cookies that an answer sets.
pub(in crate::predicate) fn cookies<'a>(answer: &'a Answer, scope: &Scope<'_>) -> Result<&'a [Value], Unknown> {
    known_head(answer)?;
    Ok(answer.cookies(scope.host.now))
}

/// Whether all field lines are known.
fn known_head(answer: &Answer) -> Result<(), Unknown> {
    match (answer.has_malformed_head(), answer.has_partial_head()) {
        (true, _) => Err(Unknown::Failed),
        (_, true) => Err(Unknown::CutOff),
        _ => Ok(()),
    }
}
