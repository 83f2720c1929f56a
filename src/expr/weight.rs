//! How much a regex may weigh once compiled, told from its syntax alone.
//!
//! Takes the tree of a regex, gives bytes, roughly and rather too many. Invariant: counted repetitions multiply, nothing
//! overflows, and the recursion is bounded by the parser's limit on nesting. Must never import a folder above `base`.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Bytes that one state of the automata costs, caches included.
const STATE: usize = 200;
/// States that one range of Unicode characters takes as UTF-8.
const UNICODE_RANGE: usize = 3;

/// Bytes, roughly, that a regex takes once it is compiled.
pub fn compiled_weight(hir: &Hir) -> usize {
    states(hir).saturating_mul(STATE)
}

fn states(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Bytes(_)) => 1,
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_mul(UNICODE_RANGE),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or_else(|| repetition.min.saturating_add(1)).max(1);
            states(&repetition.sub).saturating_add(1).saturating_mul(times as usize)
        }
        HirKind::Capture(capture) => states(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(1, |sum: usize, part| sum.saturating_add(states(part)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(regex: &str) -> usize {
        compiled_weight(&regex_syntax::parse(regex).expect("a regex"))
    }

    #[test]
    fn repetitions_multiply_and_nothing_overflows() {
        assert!(weight("(?-u)[a-z]{1000}") > 100 * weight("(?-u)[a-z]{5}"));
        assert!(weight("(?:(?:a{1000}){1000}){1000}") > 1 << 36);
        assert_eq!(weight("(?:(?:(?:a{100000000}){100000000}){100000000}){100000000}"), usize::MAX);
        assert!(weight(r"^sk_live_[0-9A-Za-z]{24,99}$") < 1 << 18);
    }
}
