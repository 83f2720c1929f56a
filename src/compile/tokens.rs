//! The keywords of all passive rules' tokens, looked for in one pass.
//!
//! Owns what a rule needs of them. Invariant: a rule whose need is impossible finds no token in a whole answer. Must never
//! import a folder above `dialect`.

use crate::predicate::{Keywords, Source, TokenScan, TokenSource, TokenViews};
use crate::rule::{AppliesTo, Rule};

/// The keywords of one of a rule's sources, one of which must be there.
#[derive(Debug)]
pub struct TokenNeed {
    ids: Vec<u32>,
    views: TokenViews,
}

impl TokenNeed {
    /// Whether a source of these keywords can find anything in an answer.
    pub fn possible(&self, scan: &TokenScan) -> bool {
        scan.has_any(&self.ids, self.views)
    }
}

/// The keywords of the passive ones of these rules.
pub(super) fn keywords(rules: &[Rule]) -> Keywords {
    let passive = rules.iter().filter(|rule| rule.applies_to == AppliesTo::Response);
    Keywords::of(passive.flat_map(|rule| rule.for_each.iter().filter_map(|binding| tokens(&binding.source))))
}

/// What a rule needs where it ranges over tokens.
pub(super) fn needs(rule: &Rule, keywords: &Keywords) -> Vec<TokenNeed> {
    let sources = rule.for_each.iter().filter_map(|binding| tokens(&binding.source));
    sources.filter_map(|source| Some(TokenNeed { ids: keywords.ids(source)?, views: source.views })).collect()
}

fn tokens(source: &Source) -> Option<&TokenSource> {
    match source {
        Source::Tokens(tokens) => Some(tokens),
        _ => None,
    }
}
