//! Predicates in words, as `explain` shows them.
//!
//! Must never import a folder above `expr`.

use crate::predicate::pattern::{BytePattern, TimeBound, TimeOperand};
use crate::predicate::pred::{Operands, Pred, often};

impl Pred {
    /// The predicate on one line, for example `contains "x" at least 2 times`.
    pub fn display(&self) -> String {
        match self {
            Self::All(preds) => join(preds, " and "),
            Self::AnyOf(preds) => join(preds, " or "),
            Self::Equals(operands) => format!("equals {}", texts(operands)),
            Self::Contains { operands, times } => format!("contains {}{}", texts(operands), often(*times)),
            Self::ContainsAll(operands) => format!("contains all of {}", texts(operands)),
            Self::StartsWith(operands) => format!("starts with {}", texts(operands)),
            Self::EndsWith(operands) => format!("ends with {}", texts(operands)),
            Self::StartsWithBytes(starts) => {
                let hex: Vec<_> = starts.iter().map(|start| data_encoding::HEXLOWER.encode(start)).collect();
                format!("starts with bytes {}", hex.join(" or "))
            }
            Self::Matches { patterns, times } => format!("matches {}{}", regexes(patterns), often(*times)),
            Self::HasToken(operands) => format!("has token {}", texts(operands)),
            Self::Number(bound) => bound.to_string(),
            Self::StatusClass(class) => format!("is {class}xx"),
            Self::Time(TimeBound::Before(operand)) => format!("is before {}", instant(operand)),
            Self::Time(TimeBound::After(operand)) => format!("is after {}", instant(operand)),
            Self::Version(ranges) => {
                let ranges: Vec<_> = ranges.iter().map(|range| &*range.source).collect();
                format!("is a version {}", ranges.join(" or "))
            }
            Self::Entropy(bound) => format!("has entropy {bound}"),
            Self::Characters(bound) => bound.to_string(),
            Self::Checksum(name) => format!("has a right {name} checksum"),
            Self::Exists(true) => "is there".into(),
            Self::Exists(false) => "is missing".into(),
            Self::Not(pred) => format!("is there and not ({})", pred.display()),
            Self::OrMissing(pred) => format!("{} or is missing", pred.display()),
        }
    }
}

fn join(preds: &[Pred], word: &str) -> String {
    preds.iter().map(Pred::display).collect::<Vec<_>>().join(word)
}

fn texts(operands: &Operands) -> String {
    let texts: Vec<_> = operands.any.iter().map(|template| format!("{:?}", template.source())).collect();
    let case = if operands.ignore_case { ", case ignored" } else { "" };
    format!("{}{case}", texts.join(" or "))
}

fn regexes(patterns: &[BytePattern]) -> String {
    let one = |p: &BytePattern| format!("/{}/{}", p.source(), if p.ignores_case() { "i" } else { "" });
    patterns.iter().map(one).collect::<Vec<_>>().join(" or ")
}

fn instant(operand: &TimeOperand) -> String {
    match operand {
        TimeOperand::At(at) => at.to_string(),
        TimeOperand::Now(0) => "now".into(),
        TimeOperand::Now(offset) => format!("now {offset:+} s"),
    }
}
