//! Rungs, cases and settings of a rule taken away.
//!
//! Must never import a folder above `plan`.

use super::{Changed, Mutant};
use crate::base::{Confidence, Span};
use crate::rule::{Ladder, Rule};

/// Every part of the rule, other than conditions, taken away.
pub(super) fn changed(rule: &Rule) -> impl Iterator<Item = Changed> {
    let here = rule.matches.span;
    let mut all: Vec<Option<Changed>> = vec![
        rule.not_on.as_ref().map(|_| without(rule, here, "`not_on`", |rule| rule.not_on = None)),
        rule.report_each.then(|| without(rule, here, "`report: each`", |rule| rule.report_each = false)),
        rule.evidence_key.as_ref().map(|_| without(rule, here, "`evidence_key`", |rule| rule.evidence_key = None)),
    ];
    for (nth, case) in rule.cases.iter().enumerate() {
        let what = format!("case `{}`", case.name);
        all.push(Some(without(rule, case.span, &what, |rule| drop(rule.cases.remove(nth)))));
        if let Some(ladder) = &case.severity {
            all.extend(rungs(rule, ladder, ladder.last, case.span, |rule| {
                rule.cases.get_mut(nth).and_then(|case| case.severity.as_mut())
            }));
        }
        if let Some(ladder) = &case.confidence {
            all.extend(rungs(rule, ladder, surer(ladder), case.span, |rule| {
                rule.cases.get_mut(nth).and_then(|case| case.confidence.as_mut())
            }));
        }
    }
    all.extend(rungs(rule, &rule.severity, rule.severity.last, here, |rule| Some(&mut rule.severity)));
    all.extend(rungs(rule, &rule.confidence, surer(&rule.confidence), here, |rule| Some(&mut rule.confidence)));
    all.into_iter().flatten()
}

fn without(rule: &Rule, span: Span, what: &str, change: impl FnOnce(&mut Rule)) -> Changed {
    let mut rule = rule.clone();
    change(&mut rule);
    Changed { mutant: Mutant { span, what: what.to_owned(), change: "dropped" }, rule }
}

/// The end of a ladder of confidences, where it says more than no end does.
fn surer(ladder: &Ladder<Confidence>) -> Option<Confidence> {
    ladder.last.filter(|level| *level != Confidence::Tentative)
}

/// Each rung of a ladder left out, and its end.
fn rungs<T: Copy + std::fmt::Display>(
    rule: &Rule,
    ladder: &Ladder<T>,
    end: Option<T>,
    span: Span,
    find: impl Fn(&mut Rule) -> Option<&mut Ladder<T>>,
) -> Vec<Option<Changed>> {
    if ladder.rungs.is_empty() {
        return Vec::new();
    }
    let rung = |(nth, (level, cond)): (usize, &(T, crate::rule::Cond))| {
        let change = |rule: &mut Rule| find(rule).map_or((), |ladder| drop(ladder.rungs.remove(nth)));
        Some(without(rule, cond.span, &format!("rung `{level}`"), change))
    };
    let end = end.map(|level| {
        let change = |rule: &mut Rule| find(rule).map_or((), |ladder| ladder.last = None);
        without(rule, span, &format!("level `{level}` at the end of the ladder"), change)
    });
    ladder.rungs.iter().enumerate().map(rung).chain([end]).collect()
}
