//! Values of a sequence: what extractors find, what is carried from request to request, and their texts.
//!
//! Invariant: of one name a newer value stands before an older one, and nothing else decides. Must never import a folder
//! above `plan`.

use std::sync::Arc;

use bytes::Bytes;

use crate::base::Value;

/// Values by name, several of each, the newest first.
pub(super) type Found = Vec<(Arc<str>, Vec<Bytes>)>;

/// One value of each name.
pub(super) type Set = Vec<(Arc<str>, Bytes)>;

/// A value's text where a part of an answer is asked for: numbers without exponents, lists in brackets.
pub(super) fn text_of(value: &Value) -> Bytes {
    match value {
        Value::Text(text) => text.clone(),
        Value::List(items) => {
            let texts: Vec<Bytes> = items.iter().map(text_of).collect();
            [b"[", &texts.join(&b" "[..])[..], b"]"].concat().into()
        }
        value => value.as_text().into_owned().into(),
    }
}

/// One value as it is, several as a list.
pub(super) fn one_or_list(values: &[Bytes]) -> Value {
    match values {
        [one] => Value::Text(one.clone()),
        several => Value::list(several.iter().cloned().map(Value::Text)),
    }
}

/// The most values that a loop goes over.
const ROUNDS: usize = 100;

/// The values of a list, or the one.
pub(super) fn listed(value: Option<&Value>) -> Vec<Value> {
    match value {
        None => Vec::new(),
        Some(Value::List(items)) => items.iter().take(ROUNDS).cloned().collect(),
        Some(one) => vec![one.clone()],
    }
}

/// One value of a list, or one letter of a text.
pub(super) fn part_of(value: Option<&Value>, at: usize) -> Option<Value> {
    match value? {
        Value::List(items) => items.get(at).cloned(),
        one => {
            let letter = String::from_utf8_lossy(&text_of(one)).chars().nth(at)?;
            Some(Value::from(letter.to_string()))
        }
    }
}

/// Puts newer values before those known so far.
pub(super) fn merge(newer: &Found, known: &mut Found) {
    for (name, values) in newer {
        match known.iter_mut().find(|(other, _)| other == name) {
            Some((_, before)) => drop(before.splice(0..0, values.iter().cloned())),
            None => known.push((Arc::clone(name), values.clone())),
        }
    }
}

/// The sets of values that requests are rendered with: the first of each, or each in turn.
pub(super) fn sets(found: &Found, all: bool) -> Vec<Set> {
    let longest = found.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    let turns = if all { longest } else { longest.min(1) };
    let pick = |nth: usize| {
        let one = |(name, values): &(Arc<str>, Vec<Bytes>)| {
            let value = values.get(nth).or(values.last())?;
            Some((Arc::clone(name), value.clone()))
        };
        found.iter().filter_map(one).collect()
    };
    (0..turns).map(pick).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rows: &[(&str, &[&'static str])]) -> Found {
        let values = |texts: &[&'static str]| texts.iter().map(|text| Bytes::from_static(text.as_bytes())).collect();
        rows.iter().map(|(name, texts)| ((*name).into(), values(texts))).collect()
    }

    #[test]
    fn newer_values_come_first_and_short_lists_repeat_their_last() {
        let mut known = found(&[("a", &["1"]), ("b", &["x", "y"])]);
        merge(&found(&[("a", &["2", "3"])]), &mut known);
        assert_eq!(known, found(&[("a", &["2", "3", "1"]), ("b", &["x", "y"])]));
        let shown = |all| -> Vec<String> {
            let sets = sets(&known, all);
            sets.iter().map(|set| set.iter().map(|(_, v)| String::from_utf8_lossy(v).into_owned()).collect()).collect()
        };
        assert_eq!(shown(false), ["2x"]);
        assert_eq!(shown(true), ["2x", "3y", "1y"]);
    }

    #[test]
    fn lists_print_in_brackets() {
        assert_eq!(text_of(&one_or_list(&[Bytes::from("a"), Bytes::from("b")])), "[a b]");
        assert_eq!(text_of(&Value::Float(200.0)), "200");
    }
}
