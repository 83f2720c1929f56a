//! From the matches of a sequence to findings.
//!
//! Takes matches in the order in which they came, gives one finding for each pair of names of matcher and extractor.
//! Invariant: what a place shows is redacted, whatever its match holds. Must never import a folder above `rule`.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::{Finding, Matched, Place, fingerprint, redact, redact_url};
use crate::base::{Confidence, Origin, Severity};
use crate::rule::Rule;

/// The most places of a finding.
const PLACES: usize = 1000;
/// The places of a finding that keep their texts.
const WITH_TEXTS: usize = 16;

impl Place {
    /// The match as a place: its URL and values redacted, without evidence.
    pub fn of_match(matched: Matched) -> Self {
        let name = matched.extractor.clone().unwrap_or_else(|| "extracted".into());
        Self {
            url: String::from_utf8_lossy(&redact_url(matched.raw.expose().at.as_bytes())).into_owned(),
            case: matched.matcher.clone(),
            extracted: matched.raw.expose().extracted.iter().map(|value| (Arc::clone(&name), shown(value))).collect(),
            matched: Some(Box::new(matched)),
            ..Self::default()
        }
    }
}

fn shown(text: &str) -> String {
    String::from_utf8_lossy(&redact(text.as_bytes())).into_owned()
}

impl Finding {
    /// The findings of a sequence on a host, from the places of its matches in the order in which they came: one for each
    /// pair of names of matcher and extractor. Places without a match are left out, and so is what was said before.
    pub fn of_matches(rule: &Rule, target: &Origin, places: Vec<Place>) -> Vec<Self> {
        let mut groups: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        let mut seen = HashSet::new();
        for mut place in places {
            let Some(matched) = &mut place.matched else { continue };
            let key = key_of(matched);
            let group = groups.entry(key.clone()).or_default();
            let said = (key, matched.raw.expose().at.clone(), matched.raw.expose().extracted.clone());
            if group.len() >= PLACES || !seen.insert(said) {
                continue;
            }
            if group.len() >= WITH_TEXTS {
                matched.forget_texts();
            }
            group.push(place);
        }
        groups.into_iter().filter_map(|(key, places)| Self::of_group(rule, target, key, places)).collect()
    }

    fn of_group(rule: &Rule, target: &Origin, evidence_key: String, places: Vec<Place>) -> Option<Self> {
        let info = &rule.sequence.as_ref()?.info;
        Some(Self {
            rule: Arc::clone(&rule.id),
            case: places.first()?.case.clone(),
            title: info.name.to_string(),
            severity: rule.severity.last.unwrap_or(Severity::Info),
            category: rule.meta.category,
            confidence: rule.confidence.last.unwrap_or(Confidence::Firm),
            exposure: rule.exposure,
            target: target.clone(),
            fingerprint: fingerprint(&rule.id, target, None, None, &evidence_key),
            evidence_key,
            places,
            impact: rule.meta.impact.clone(),
            fix: rule.meta.fix.clone(),
            references: rule.meta.references.clone(),
            cwe: rule.meta.cwe,
            question: None,
            verified: None,
        })
    }

    /// Lets go of the texts of requests and answers, which only a report that writes each finding as it comes shows.
    pub fn forget_texts(&mut self) {
        self.places.iter_mut().filter_map(|place| place.matched.as_mut()).for_each(|matched| matched.forget_texts());
    }
}

/// What tells findings of one sequence apart: the names of matcher and extractor.
fn key_of(matched: &Matched) -> String {
    let name = |name: &Option<Arc<str>>| name.as_deref().unwrap_or("").to_string();
    match (name(&matched.matcher), name(&matched.extractor)) {
        (matcher, extractor) if extractor.is_empty() => matcher,
        (matcher, extractor) => format!("{matcher}/{extractor}"),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::Raw;
    use super::super::matched::TEXT;
    use super::*;
    use crate::base::{Category, Scheme, Secret, SourceFile};
    use crate::rule::Sequence;
    use crate::rule::sequence::{Flow, Info};

    fn rule() -> Rule {
        let info = Info { name: "Panel".into(), severity: "high".into(), ..Info::default() };
        let sequence = Sequence {
            info,
            variables: vec![],
            constants: vec![],
            blocks: vec![],
            flow: Flow::All,
            tokens: vec![],
            needs_oob: false,
        };
        Rule::of_sequence("panel".into(), Arc::new(sequence), SourceFile::new("http/panel.yaml", ""))
    }

    fn place(rule: &Rule, matcher: Option<&str>, at: &str, value: &str) -> Place {
        let raw = Raw::new(at.into(), vec![value.into()], Bytes::from("GET"), Bytes::from(vec![b'x'; TEXT + 1]));
        Place::of_match(Matched {
            sequence: Arc::clone(rule.sequence.as_ref().expect("a sequence")),
            file: Arc::clone(&rule.source.name),
            protocol: "http",
            matcher: matcher.map(Into::into),
            extractor: None,
            address: None,
            raw: Secret::new(raw),
        })
    }

    #[test]
    fn matches_of_one_name_are_one_finding_with_several_places() {
        let (rule, origin) = (rule(), Origin::new(Scheme::Http, "a.example", 80).expect("valid"));
        let places = vec![
            place(&rule, Some("login"), "http://a.example/x", "1"),
            place(&rule, None, "http://a.example/", "1"),
            place(&rule, Some("login"), "http://a.example/y", "1"),
            place(&rule, Some("login"), "http://a.example/x", "1"),
            place(&rule, Some("login"), "http://a.example/x", "2"),
        ];
        let found = Finding::of_matches(&rule, &origin, places);
        let told: Vec<_> = found.iter().map(|one| (one.case.as_deref(), one.places.len())).collect();
        assert_eq!(told, [(None, 1), (Some("login"), 3)]);
        assert_eq!((found[0].severity, found[0].category), (Severity::High, Category::Community));
        assert_ne!(found[0].fingerprint, found[1].fingerprint);
    }

    #[test]
    fn secrets_are_masked_everywhere_but_in_the_raw_texts_and_texts_are_bounded() {
        let rule = rule();
        let place = place(&rule, None, "http://a.example/?token=abcdefghij", "ghp_abcdefghijklmnopqrstuvwxyz");
        assert!(!format!("{place:?}").contains("cdefgh"), "{place:?}");
        let mut finding =
            Finding::of_matches(&rule, &Origin::new(Scheme::Http, "a.example", 80).expect("valid"), vec![place]);
        let raw = |finding: &Finding| finding.places[0].matched.as_ref().expect("matched").raw.expose().clone();
        assert_eq!((raw(&finding[0]).response.len(), raw(&finding[0]).extracted[0].len()), (TEXT, 30));
        finding[0].forget_texts();
        assert_eq!((raw(&finding[0]).response.len(), raw(&finding[0]).extracted[0].len()), (0, 30));
    }
}
