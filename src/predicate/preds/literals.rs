//! Necessary literals: texts one of which is in every value that satisfies a predicate.
//!
//! The prefilter looks for all literals of all rules in one pass, and a rule whose literals are absent is not asked.
//! Invariant: where a predicate is true of a value, one of its literals occurs in the value's text; where nothing of the
//! kind is known, there is no set. Must never import a folder above `expr`.

pub use crate::expr::literals::Literal;
use crate::expr::literals::{best, of_hir, union};
use crate::predicate::instant::parse_time;
use crate::predicate::pred::{Operands, Pred};

impl Pred {
    /// Literals one of which occurs in the text of every value that satisfies the predicate; `None` where nothing of the
    /// kind is known. Missing values are no matter here: a predicate that they satisfy has none.
    pub fn literals(&self) -> Option<Vec<Literal>> {
        match self {
            Self::All(preds) => best(preds.iter().filter_map(Self::literals)),
            Self::AnyOf(preds) => union(preds.iter().map(Self::literals)),
            Self::Equals(operands) => {
                let is_number = |text: &[u8]| std::str::from_utf8(text).is_ok_and(|t| t.trim().parse::<f64>().is_ok());
                let is_date = |text: &[u8]| parse_time(text).is_some();
                let is_other = |text: &[u8]| !is_number(text) && !is_date(text);
                let texts = operands.any.iter().map(|t| t.as_literal().filter(|text| is_other(text)));
                union(texts.map(|text| Some(vec![Literal::new(text?, operands.ignore_case)?])))
            }
            Self::Contains { operands, .. } | Self::StartsWith(operands) | Self::EndsWith(operands) => {
                union(constants(operands, operands.ignore_case))
            }
            Self::ContainsAll(operands) => best(constants(operands, operands.ignore_case).flatten()),
            Self::HasToken(operands) => union(constants(operands, true)),
            Self::StartsWithBytes(starts) => union(starts.iter().map(|start| Some(vec![Literal::new(start, false)?]))),
            Self::Matches { patterns, .. } => union(patterns.iter().map(|pattern| of_hir(&pattern.hir()?))),
            _ => None,
        }
    }
}

/// The set of each operand, where it has no expression.
fn constants(operands: &Operands, ignore_case: bool) -> impl Iterator<Item = Option<Vec<Literal>>> {
    operands.any.iter().map(move |template| {
        let text = template.as_literal()?;
        // Around a token white space is left out.
        Some(vec![Literal::new(text.trim_ascii(), ignore_case)?])
    })
}
