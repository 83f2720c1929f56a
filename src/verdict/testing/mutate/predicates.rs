//! Predicates with one operand, bound or modifier fewer.
//!
//! Must never import a folder above `plan`.

use crate::predicate::{NumberBound, Operands, Pred};

/// What was taken away, what was done to it, and what is left.
pub(super) type Weaker = (String, &'static str, Pred);

/// Every predicate that asks one thing less, or allows one alternative fewer.
pub(super) fn weakened(pred: &Pred) -> Vec<Weaker> {
    match pred {
        Pred::All(parts) => joined(&telling(parts), "part", Pred::All),
        Pred::AnyOf(parts) => joined(parts, "alternative", Pred::AnyOf),
        Pred::Equals(operands) => texts(operands, Pred::Equals),
        Pred::Contains { operands, times } => {
            let rest = texts(operands, |operands| Pred::Contains { operands, times: *times });
            let once = Pred::Contains { operands: operands.clone(), times: 1 };
            rest.into_iter().chain(often(*times, once)).collect()
        }
        Pred::ContainsAll(operands) => texts(operands, Pred::ContainsAll),
        Pred::StartsWith(operands) => texts(operands, Pred::StartsWith),
        Pred::EndsWith(operands) => texts(operands, Pred::EndsWith),
        Pred::HasToken(operands) => texts(operands, Pred::HasToken),
        Pred::StartsWithBytes(starts) => {
            let name = |start: &Vec<u8>| data_encoding::HEXLOWER.encode(start);
            fewer(starts, "alternative", name, Pred::StartsWithBytes)
        }
        Pred::Matches { patterns, times } => {
            let name = |pattern: &crate::predicate::BytePattern| pattern.source().to_owned();
            let rest = fewer(patterns, "alternative", name, |patterns| Pred::Matches { patterns, times: *times });
            let once = Pred::Matches { patterns: patterns.clone(), times: 1 };
            rest.into_iter().chain(often(*times, once)).collect()
        }
        Pred::Number(bound) => bounds(*bound),
        Pred::Version(ranges) => fewer(ranges, "range", |range| range.source.to_string(), Pred::Version),
        Pred::Not(inner) => inside(inner, |inner| Pred::Not(Box::new(inner))),
        Pred::OrMissing(inner) => {
            let rest = inside(inner, |inner| Pred::OrMissing(Box::new(inner)));
            std::iter::once(("`or_missing`".to_owned(), "dropped", (**inner).clone())).chain(rest).collect()
        }
        Pred::StatusClass(_)
        | Pred::Time(_)
        | Pred::Entropy(_)
        | Pred::Characters(_)
        | Pred::Checksum(_)
        | Pred::Exists(_) => Vec::new(),
    }
}

fn inside(inner: &Pred, wrap: impl Fn(Pred) -> Pred) -> Vec<Weaker> {
    weakened(inner).into_iter().map(|(what, change, weaker)| (what, change, wrap(weaker))).collect()
}

/// The parts without an `exists: true` that another part implies: only a value can satisfy it.
fn telling(parts: &[Pred]) -> Vec<Pred> {
    let implies = |part: &Pred| !matches!(part, Pred::Exists(_) | Pred::OrMissing(_));
    let implied = parts.iter().any(implies);
    parts.iter().filter(|part| !(implied && **part == Pred::Exists(true))).cloned().collect()
}

/// Each of several predicates left out, and each weakened.
fn joined(parts: &[Pred], noun: &str, join: impl Fn(Vec<Pred>) -> Pred) -> Vec<Weaker> {
    let mut all = fewer(parts, noun, Pred::display, &join);
    for (at, part) in parts.iter().enumerate() {
        all.extend(inside(part, |weaker| {
            let mut parts = parts.to_vec();
            parts.splice(at..=at, [weaker]);
            join(parts)
        }));
    }
    all
}

fn texts(operands: &Operands, make: impl Fn(Operands) -> Pred) -> Vec<Weaker> {
    let of = |any| Operands { any, ignore_case: operands.ignore_case };
    let mut all = fewer(&operands.any, "alternative", |text| text.source(), |any| make(of(any)));
    if operands.ignore_case {
        let exact = Operands { any: operands.any.clone(), ignore_case: false };
        all.push(("`ignore_case`".to_owned(), "dropped", make(exact)));
    }
    all
}

/// Each item of a list left out, where there are several.
fn fewer<T: Clone>(items: &[T], noun: &str, name: impl Fn(&T) -> String, make: impl Fn(Vec<T>) -> Pred) -> Vec<Weaker> {
    if items.len() < 2 {
        return Vec::new();
    }
    let without = |at: usize| items.iter().enumerate().filter(move |(nth, _)| *nth != at).map(|(_, item)| item.clone());
    let one = |(at, item)| (format!("{noun} `{}`", name(item)), "dropped", make(without(at).collect()));
    items.iter().enumerate().map(one).collect()
}

fn often(times: u32, once: Pred) -> Option<Weaker> {
    (times > 1).then(|| (format!("`times: {times}`"), "dropped", once))
}

/// Each of several bounds left out.
fn bounds(bound: NumberBound) -> Vec<Weaker> {
    let all = [
        ("less_than", bound.less_than.is_some(), NumberBound { less_than: None, ..bound }),
        ("at_most", bound.at_most.is_some(), NumberBound { at_most: None, ..bound }),
        ("more_than", bound.more_than.is_some(), NumberBound { more_than: None, ..bound }),
        ("at_least", bound.at_least.is_some(), NumberBound { at_least: None, ..bound }),
    ];
    let given: Vec<_> = all.into_iter().filter(|(_, given, _)| *given).collect();
    if given.len() < 2 {
        return Vec::new();
    }
    given.into_iter().map(|(name, _, rest)| (format!("bound `{name}`"), "dropped", Pred::Number(rest))).collect()
}
