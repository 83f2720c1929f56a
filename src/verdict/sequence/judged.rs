//! What the operators of a block make of one answer.
//!
//! Owns the order of questions: what decides cheaply comes first, extractors wait until a name of theirs is read or a
//! match stands. Takes a scope; gives what matched and what was found. Invariant: the order of questions never shows in
//! the result. Must never import a folder above `plan`.

use std::sync::Arc;

use bytes::Bytes;

use super::matchers::{cost, matches};
use super::scope::Scope;
use super::values::Found;
use crate::rule::sequence::{Combine, Operators};

/// What came of the operators.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Whether the matchers hold.
    pub matched: bool,
    /// Whether anything came of them at all.
    pub any: bool,
    /// Names of the matchers that hold, where one is enough.
    pub names: Vec<Arc<str>>,
    /// What named extractors found, those for later requests left out.
    pub named: Found,
    /// Everything that is shown, in order.
    pub shown: Vec<Bytes>,
    /// What is for later requests.
    pub carried: Found,
}

/// Asks all operators.
pub(super) fn judge(operators: &Operators, scope: &Scope<'_>) -> Judged {
    let mut judged = Judged::default();
    let carries = operators.extractors.iter().any(|extractor| extractor.internal);
    judged.matched = match operators.condition {
        Combine::And => all_hold(operators, scope),
        Combine::Or => some_hold(operators, scope, &mut judged.names),
    };
    if !judged.matched && !operators.matchers.is_empty() && !carries {
        return judged;
    }
    scope.ensure_extracted();
    gather(operators, scope, &mut judged);
    let extracted = !judged.shown.is_empty() && operators.matchers.is_empty();
    judged.any = judged.matched || extracted || !judged.carried.is_empty();
    judged
}

/// Whether every matcher holds, the cheap ones asked first.
fn all_hold(operators: &Operators, scope: &Scope<'_>) -> bool {
    let of = |price: u8| operators.matchers.iter().filter(move |matcher| cost(matcher) == price);
    !operators.matchers.is_empty() && (0..=3).all(|price| of(price).all(|matcher| matches(matcher, scope)))
}

/// Whether some matcher holds, and the names of those that do.
fn some_hold(operators: &Operators, scope: &Scope<'_>, names: &mut Vec<Arc<str>>) -> bool {
    let mut some = false;
    for matcher in &operators.matchers {
        match &matcher.name {
            None if some => {}
            None => some = matches(matcher, scope),
            Some(name) if names.contains(name) => {}
            Some(name) if matches(matcher, scope) => {
                some = true;
                names.push(Arc::clone(name));
            }
            Some(_) => {}
        }
    }
    some
}

fn gather(operators: &Operators, scope: &Scope<'_>, judged: &mut Judged) {
    let extraction = scope.extraction.borrow();
    for (index, values) in extraction.found() {
        let Some(extractor) = operators.extractors.get(*index) else { continue };
        let name = || extractor.name.clone().unwrap_or_else(|| "".into());
        if extractor.internal {
            add(&mut judged.carried, name(), values);
        } else {
            judged
                .shown
                .extend(values.iter().filter(|value| !judged.shown.contains(value)).cloned().collect::<Vec<_>>());
            if extractor.name.is_some() {
                judged.named.retain(|(known, _)| Some(known) != extractor.name.as_ref());
                judged.named.push((name(), values.clone()));
            }
        }
    }
}

fn add(found: &mut Found, name: Arc<str>, values: &[Bytes]) {
    match found.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => known.extend_from_slice(values),
        None => found.push((name, values.to_vec())),
    }
}

/// What is reported of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The named matcher that holds.
    pub matcher: Option<Arc<str>>,
    /// The named extractor that found something.
    pub extractor: Option<Arc<str>>,
    /// What was extracted.
    pub extracted: Vec<Bytes>,
}

/// The rows of an answer: one for each named matcher, else one for each named extractor, else one. Matchers that are all
/// for the flow alone report nothing.
pub(super) fn rows(operators: &Operators, judged: Judged) -> Vec<Row> {
    let silent = !judged.matched && (!judged.carried.is_empty() || !operators.matchers.is_empty());
    let internal = judged.matched && operators.matchers.iter().all(|matcher| matcher.internal);
    if !judged.any || silent || internal {
        return Vec::new();
    }
    let Judged { names, named, shown, .. } = judged;
    if !names.is_empty() {
        let of = |name| Row { matcher: Some(name), extractor: None, extracted: shown.clone() };
        names.into_iter().map(of).collect()
    } else if !named.is_empty() {
        let of = |(name, values)| Row { matcher: None, extractor: Some(name), extracted: values };
        named.into_iter().map(of).collect()
    } else {
        vec![Row { matcher: None, extractor: None, extracted: shown }]
    }
}
