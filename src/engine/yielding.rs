//! One cause, one finding: what a rule found steps back where a rule that says more of it found the same.
//!
//! Takes the findings of one target as they come; holds back those of rules with `yields_to` until all others are there,
//! and gives what is left of them. Verdicts are not touched: a rule stands alone. Invariant: what is given does not depend
//! on the order of taking, and nothing steps back for a finding that is not told or does not stand somewhere itself. Must
//! never import anything above `discover`.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::base::Category;
use crate::compile::Program;
use crate::finding::{Finding, Place};
use crate::rule::Exposure;

/// Which rules step back for which.
#[derive(Debug, Default)]
pub(super) struct Ranks {
    /// For each rule that steps back, the ids and categories that it steps back for.
    yields: FxHashMap<Arc<str>, Vec<Arc<str>>>,
    /// All of these.
    named: FxHashSet<Arc<str>>,
}

impl Ranks {
    /// The ranks of a program's rules.
    pub fn of(program: &Program) -> Self {
        let rules = program.rules().iter().map(|compiled| &compiled.rule);
        let yields: FxHashMap<_, _> = rules
            .filter(|rule| !rule.meta.yields_to.is_empty())
            .map(|rule| (Arc::clone(&rule.id), rule.meta.yields_to.clone()))
            .collect();
        let named = yields.values().flatten().map(Arc::clone).collect();
        Self { yields, named }
    }

    /// Whether a finding may make another one step back.
    fn is_asked(&self, finding: &Finding) -> bool {
        self.named.contains(&finding.rule) || self.named.contains(finding.category.name())
    }

    /// Whether a rule steps back for another one.
    fn yields(&self, rule: &Arc<str>, to: &Stronger) -> bool {
        let category = to.category.filter(|_| !self.yields.contains_key(&to.rule));
        let by_category = |word: &Arc<str>| category.is_some_and(|category| **word == *category.name());
        let words = self.yields.get(rule);
        *rule != to.rule && words.is_some_and(|words| words.iter().any(|word| *word == to.rule || by_category(word)))
    }
}

/// Where a rule that others step back for found something.
#[derive(Debug)]
struct Stronger {
    rule: Arc<str>,
    /// `None` of a note, for which nothing steps back but by the rule's id.
    category: Option<Category>,
    /// By URL, the bytes; `None` where none are named.
    places: FxHashMap<String, Vec<Option<Range<u64>>>>,
}

/// The findings of one target that wait for others.
#[derive(Debug, Default)]
pub(super) struct Yielding {
    held: Vec<Finding>,
    stronger: Vec<Stronger>,
}

impl Yielding {
    /// Takes a finding; gives it back where it waits for nothing.
    pub fn take(&mut self, ranks: &Ranks, finding: Finding) -> Option<Finding> {
        if ranks.is_asked(&finding) {
            let mut places: FxHashMap<String, Vec<Option<Range<u64>>>> = FxHashMap::default();
            for place in &finding.places {
                places.entry(place.url.clone()).or_default().push(bytes_of(place));
            }
            let category = (finding.exposure == Exposure::Secret).then_some(finding.category);
            self.stronger.push(Stronger { rule: Arc::clone(&finding.rule), category, places });
        }
        if !ranks.yields.contains_key(&finding.rule) {
            return Some(finding);
        }
        self.held.push(finding);
        None
    }

    /// What is left of the findings that waited, once all are taken.
    pub fn finish(self, ranks: &Ranks) -> Vec<Finding> {
        let Self { held, stronger } = self;
        let left = held.into_iter().filter_map(|mut finding| {
            let over: Vec<&Stronger> = stronger.iter().filter(|other| ranks.yields(&finding.rule, other)).collect();
            finding.places.retain(|place| !over.iter().any(|other| says_the_same(place, other)));
            (!finding.places.is_empty()).then_some(finding)
        });
        left.collect()
    }
}

/// Whether the other rule found what stands at this place.
fn says_the_same(place: &Place, other: &Stronger) -> bool {
    let own = bytes_of(place);
    let meets = |bytes: &Option<Range<u64>>| match (&own, bytes) {
        (Some(own), Some(bytes)) => own.start < bytes.end && bytes.start < own.end,
        _ => true,
    };
    other.places.get(&place.url).is_some_and(|all| all.iter().any(meets))
}

/// The bytes of a body that a place is.
fn bytes_of(place: &Place) -> Option<Range<u64>> {
    let start = place.offset?;
    Some(start..start.saturating_add(place.length.unwrap_or(1).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Confidence, Origin, Scheme, Severity};

    fn finding_at(rule: &str, category: Category, places: &[(&str, Option<Range<u64>>)]) -> Finding {
        let place = |(url, bytes): &(&str, Option<Range<u64>>)| Place {
            url: (*url).into(),
            offset: bytes.as_ref().map(|bytes| bytes.start),
            length: bytes.as_ref().map(|bytes| bytes.end - bytes.start),
            ..Place::default()
        };
        Finding {
            rule: rule.into(),
            case: None,
            title: rule.into(),
            severity: Severity::Low,
            category,
            confidence: Confidence::Firm,
            exposure: Exposure::Secret,
            target: Origin::new(Scheme::Https, "a.example", 443).expect("valid"),
            evidence_key: String::new(),
            fingerprint: rule.into(),
            places: places.iter().map(place).collect(),
            impact: None,
            fix: None,
            references: Vec::new(),
            cwe: None,
            question: None,
            verified: None,
        }
    }

    fn ranks(rows: &[(&str, &[&str])]) -> Ranks {
        let row = |(rule, words): &(&str, &[&str])| (Arc::from(*rule), words.iter().map(|w| Arc::from(*w)).collect());
        let yields: FxHashMap<Arc<str>, Vec<Arc<str>>> = rows.iter().map(row).collect();
        let named = yields.values().flatten().map(Arc::clone).collect();
        Ranks { yields, named }
    }

    fn told(ranks: &Ranks, findings: Vec<Finding>) -> Vec<String> {
        let mut yielding = Yielding::default();
        let mut all: Vec<Finding> = findings.into_iter().filter_map(|one| yielding.take(ranks, one)).collect();
        all.extend(yielding.finish(ranks));
        let mut told: Vec<String> = all
            .iter()
            .flat_map(|one| one.places.iter().map(|p| format!("{} {} {:?}", one.rule, p.url, p.offset)))
            .collect();
        told.sort();
        told
    }

    #[test]
    fn the_same_bytes_are_told_once_in_whatever_order_they_are_found() {
        let ranks = ranks(&[("weak", &["strong", "secrets"]), ("weaker", &["secrets", "weak"])]);
        let strong = finding_at("strong", Category::Exposure, &[("/a", Some(10..20))]);
        let known = finding_at("known", Category::Secrets, &[("/b", Some(0..5))]);
        let weak = finding_at("weak", Category::Secrets, &[("/a", Some(19..30)), ("/a", Some(20..30)), ("/b", None)]);
        let weaker = finding_at("weaker", Category::Secrets, &[("/a", Some(25..26)), ("/c", Some(0..9))]);
        let expected = ["known /b Some(0)", "strong /a Some(10)", "weak /a Some(20)", "weaker /c Some(0)"];
        let all = vec![strong, known, weak, weaker];
        let backwards: Vec<Finding> = all.iter().rev().cloned().collect();
        assert_eq!(told(&ranks, all), expected);
        assert_eq!(told(&ranks, backwards), expected);
    }

    #[test]
    fn nothing_steps_back_for_a_note_unless_it_is_named() {
        let note =
            Finding { exposure: Exposure::Public, ..finding_at("note", Category::Secrets, &[("/a", Some(0..5))]) };
        let weak = || finding_at("weak", Category::Secrets, &[("/a", Some(0..5))]);
        assert_eq!(told(&ranks(&[("weak", &["secrets"])]), vec![note.clone(), weak()]).len(), 2);
        assert_eq!(told(&ranks(&[("weak", &["note"])]), vec![note, weak()]).len(), 1);
    }

    #[test]
    fn a_rule_whose_better_is_not_there_speaks() {
        let ranks = ranks(&[("weak", &["strong"])]);
        let weak = finding_at("weak", Category::Secrets, &[("/a", Some(0..5))]);
        let other = finding_at("other", Category::Secrets, &[("/a", Some(0..5))]);
        assert_eq!(told(&ranks, vec![weak, other]), ["other /a Some(0)", "weak /a Some(0)"]);
    }
}
