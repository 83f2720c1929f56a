//! Spots: the bytes of a value that decided.
//!
//! Invariant: spots are within the value's text, in order, do not overlap, and are few.
//! Must never import a folder above `expr`.

use std::ops::Range;

use super::{operand, text, token};
use crate::base::Value;
use crate::predicate::found::Found;
use crate::predicate::pred::{Operands, Pred};
use crate::predicate::scope::Scope;

/// Spots of one value.
const MOST: usize = 16;

impl Pred {
    /// The byte ranges of a value's text that make the predicate true of it; empty where it is not, or where no single
    /// bytes decide.
    pub fn spots(&self, value: &Value, scope: &Scope<'_>) -> Vec<Range<usize>> {
        let mut spots = Vec::new();
        self.gather(value, &value.as_text(), scope, &mut spots);
        spots.sort_by_key(|spot| (spot.start, spot.end));
        let mut apart: Vec<Range<usize>> = Vec::new();
        for spot in spots {
            match apart.last_mut() {
                Some(last) if spot.start < last.end => last.end = last.end.max(spot.end),
                _ => apart.push(spot),
            }
        }
        apart.truncate(MOST);
        apart
    }

    fn gather(&self, value: &Value, text: &[u8], scope: &Scope<'_>, out: &mut Vec<Range<usize>>) {
        match self {
            Self::All(preds) => preds.iter().for_each(|pred| pred.gather(value, text, scope, out)),
            Self::AnyOf(preds) => {
                let found = Found::one(value.clone());
                let first = preds.iter().find(|pred| pred.test(&found, scope).is_true());
                first.into_iter().for_each(|pred| pred.gather(value, text, scope, out));
            }
            Self::OrMissing(pred) => pred.gather(value, text, scope, out),
            Self::Contains { operands, times } => {
                let count = usize::try_from(*times.max(&1)).unwrap_or(MOST).min(MOST);
                let mut found = texts(operands, scope).map(|needle| {
                    text::occurrences(text, &needle, operands.ignore_case).take(count).collect::<Vec<_>>()
                });
                out.extend(found.find(|spots| spots.len() == count).unwrap_or_default());
            }
            Self::ContainsAll(operands) => out.extend(
                texts(operands, scope).filter_map(|t| text::occurrences(text, &t, operands.ignore_case).next()),
            ),
            Self::Matches { patterns, times } => {
                let count = usize::try_from(*times.max(&1)).unwrap_or(MOST).min(MOST);
                let mut found = patterns
                    .iter()
                    .filter_map(|pattern| pattern.regex().ok())
                    .map(|regex| regex.find_iter(text).take(count).map(|found| found.range()).collect::<Vec<_>>());
                out.extend(found.find(|spots| spots.len() == count).unwrap_or_default());
            }
            Self::HasToken(operands) => {
                out.extend(texts(operands, scope).find_map(|wanted| token::find(text, &wanted)));
            }
            Self::StartsWith(operands) => out.extend(self.edge(value, operands, scope).map(|length| 0..length)),
            Self::EndsWith(operands) => {
                let length = self.edge(value, operands, scope);
                out.extend(length.map(|length| text.len().saturating_sub(length)..text.len()));
            }
            Self::StartsWithBytes(starts) => {
                out.extend(starts.iter().find(|start| text.starts_with(start)).map(|start| 0..start.len()));
            }
            Self::Equals(_)
            | Self::Number(_)
            | Self::StatusClass(_)
            | Self::Time(_)
            | Self::Version(_)
            | Self::Entropy(_)
            | Self::Characters(_)
            | Self::Checksum(_) => {
                if self.test(&Found::one(value.clone()), scope).is_true() {
                    out.push(0..text.len());
                }
            }
            Self::Exists(_) | Self::Not(_) => {}
        }
    }

    /// The length of the operand that the text begins or ends with.
    fn edge(&self, value: &Value, operands: &Operands, scope: &Scope<'_>) -> Option<usize> {
        let found = Found::one(value.clone());
        operands.any.iter().find_map(|template| {
            let one = Operands { any: vec![template.clone()], ignore_case: operands.ignore_case };
            let pred = if matches!(self, Self::StartsWith(_)) { Self::StartsWith(one) } else { Self::EndsWith(one) };
            pred.test(&found, scope).is_true().then(|| operand::render(template, scope).map_or(0, |text| text.len()))
        })
    }
}

fn texts<'a>(operands: &'a Operands, scope: &'a Scope<'a>) -> impl Iterator<Item = bytes::Bytes> + 'a {
    operands.any.iter().filter_map(|template| operand::render(template, scope).ok())
}
