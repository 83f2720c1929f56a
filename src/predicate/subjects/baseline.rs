//! The baseline: whether an answer is what the host says to anything.
//!
//! Must never import a folder above `expr`.

use super::{Below, SubjectSpec, judged};
use crate::base::{Truth, Unknown, Value};
use crate::predicate::answer::Answer;
use crate::predicate::found::Found;
use crate::predicate::kind::{ValueKind, field};
use crate::predicate::scope::Scope;
use crate::predicate::views::Shape;

pub(super) const SPECS: &[SubjectSpec] = &[SubjectSpec {
    name: "baseline",
    kind: ValueKind::Map,
    words: &[],
    below: Below::Fields(&[field(
        "same",
        Shape::Bool,
        "Whether status, class and body are those of an answer to a random path.",
    )]),
    summary: "The host's answers to two random paths; `some`, `every`, `none` and `count` range over them",
    example: "baseline.same: false",
}];

/// Whether the judged answer equals one of the baseline's.
pub(super) fn same(scope: &Scope<'_>) -> Found {
    let answer = match judged(scope) {
        Ok(Some(answer)) => answer,
        Ok(None) => return Found::missing(),
        Err(why) => return Found::Unknown(why),
    };
    if scope.host.baseline.is_empty() {
        return Found::Unknown(Unknown::NotSent);
    }
    let truths = scope.host.baseline.iter().map(|reply| match judged(&scope.at(reply)) {
        Ok(Some(random)) => is_same(answer, random),
        Ok(None) => Truth::False,
        Err(why) => Truth::Unknown(why),
    });
    match truths.fold(Truth::False, Truth::or) {
        Truth::Unknown(why) => Found::Unknown(why),
        known => Found::one(Value::Bool(known.is_true())),
    }
}

fn is_same(left: &Answer, right: &Answer) -> Truth {
    let status = |answer: &Answer| answer.response().map(|response| response.status);
    let class = match (left.class(), right.class()) {
        (Ok(left), Ok(right)) => Truth::from(left == right),
        (Err(why), _) | (_, Err(why)) => Truth::Unknown(why),
    };
    Truth::from(status(left) == status(right)).and(class).and(same_body(left, right))
}

/// Two bodies of which one is cut off can only be told apart.
fn same_body(left: &Answer, right: &Answer) -> Truth {
    let (left_body, right_body) = (left.body(), right.body());
    let common = left_body.len().min(right_body.len());
    let agree = left_body.get(..common) == right_body.get(..common);
    let is_longer = |body: &[u8], answer: &Answer| body.len() > common && !answer.is_truncated();
    match (left.is_truncated(), right.is_truncated()) {
        _ if !agree => Truth::False,
        (false, false) => Truth::from(left_body.len() == right_body.len()),
        (true, false) if left_body.len() > common => Truth::False,
        (false, true) if right_body.len() > common => Truth::False,
        _ if is_longer(&left_body, left) && !right.is_truncated() => Truth::False,
        _ => Truth::Unknown(Unknown::CutOff),
    }
}
