//! The rule as data (IR): what every dialect lowers into and every later stage reads.
//!
//! Owns requests, conditions, sources, flow, ladders, metadata and inline tests, and a stable text dump for goldens.
//! Invariant: a rule is complete and type-checked when it exists; later stages never meet a malformed one.
//! Must never import a folder above `predicate`, and knows no dialect.

mod condition;
mod dump;
mod meta;
mod request;
pub mod sequence;
mod test;
mod tier;
mod verify;
pub mod workflow;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use condition::{Bound, Cond, CondKind, Quantifier};
pub use dump::dump;
pub use meta::{Fix, Meta};
pub use request::{
    Binding, CookieUse, DnsRequest, Extract, HttpRequest, Redirects, Request, SentName, TcpStep, TlsRequest, Wire,
};
pub use sequence::Sequence;
pub use test::{AnswerFixture, Expect, ExpectFinding, ExpectOutcome, FixtureKey, Given, RuleTest};
pub use tier::{Tier, tier_of};
pub use verify::Verify;
pub use workflow::Workflow;

use crate::base::{Category, Confidence, Severity, SourceFile, Span};
use crate::expr::Template;

/// What a rule is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppliesTo {
    /// Once per host.
    Host,
    /// Once per endpoint of the host (without an inventory: the path that the target names).
    Endpoint,
    /// Every answer: a passive rule, which sends nothing.
    Response,
}

/// Whether a match is a finding or a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// A finding.
    Secret,
    /// Public by design: a note without severity or deduction.
    Public,
    /// Identifies, but opens nothing: a note.
    Identifier,
}

/// A value that depends on conditions: the first rung that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder<T> {
    /// Conditional rungs in order.
    pub rungs: Vec<(T, Cond)>,
    /// What holds where no rung does; `None`: then the rule does not match.
    pub last: Option<T>,
}

impl<T> Ladder<T> {
    /// A ladder that always gives `value`.
    pub fn always(value: T) -> Self {
        Self { rungs: Vec::new(), last: Some(value) }
    }
}

/// A named outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The name; `rule#name` is its address.
    pub name: Arc<str>,
    /// The request of this case's own, by index; bare subjects of the case and of the rule's `match` speak of it.
    pub request: Option<usize>,
    /// What must hold besides the rule's `match`.
    pub matches: Cond,
    /// Replaces the rule's.
    pub severity: Option<Ladder<Severity>>,
    /// Replaces the rule's.
    pub confidence: Option<Ladder<Confidence>>,
    /// Replaces the rule's.
    pub title: Option<Template>,
    /// Replaces the rule's.
    pub fix: Option<Fix>,
    /// Where it was written.
    pub span: Span,
}

/// What must be false on the baseline's answers.
#[derive(Debug, Clone, PartialEq)]
pub enum NotOn {
    /// The whole condition of the rule (and of the case at hand).
    Whole,
    /// One defined condition.
    Named(Arc<str>, Cond),
}

/// One check.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Identifier; of native rules lower-case words joined by hyphens.
    pub id: Arc<str>,
    /// Title, category, texts for people.
    pub meta: Meta,
    /// Severity of a match.
    pub severity: Ladder<Severity>,
    /// Confidence of a match.
    pub confidence: Ladder<Confidence>,
    /// Finding or note.
    pub exposure: Exposure,
    /// What it is asked of.
    pub applies_to: AppliesTo,
    /// Gate: where false, the rule is skipped.
    pub when: Option<Box<Cond>>,
    /// Texts by name, rendered per item in this order.
    pub vars: Vec<(Arc<str>, Template)>,
    /// Items over which requests and verdict repeat; several make a product.
    pub for_each: Vec<Binding>,
    /// Whether the first item that matches ends the rule.
    pub stop_at_first_match: bool,
    /// All requests in file order, those of cases included.
    pub requests: Vec<Request>,
    /// The request that bare subjects speak of, where there is exactly one outside cases.
    pub judged: Option<usize>,
    /// Shown in the finding.
    pub extract: Vec<Extract>,
    /// Collections for conditions.
    pub collect: Vec<Binding>,
    /// What must hold for every match.
    pub matches: Cond,
    /// Named outcomes in order.
    pub cases: Vec<Case>,
    /// Baseline comparison.
    pub not_on: Option<Box<NotOn>>,
    /// Whether all cases are reported rather than the first.
    pub report_each: bool,
    /// Tells findings of one rule and host apart; `None` is the empty text.
    pub evidence_key: Option<Template>,
    /// Overrides match and clean alike.
    pub inconclusive_when: Option<Box<Cond>>,
    /// How a token that it finds is verified at its provider, where the user wants that.
    pub verify: Option<Box<Verify>>,
    /// Requests that are sent one after the other, each answer judged as it comes: then the rule has no requests and
    /// no condition of its own.
    pub sequence: Option<Arc<Sequence>>,
    /// Other rules that this one orders: then it sends nothing itself.
    pub workflow: Option<Arc<Workflow>>,
    /// Inline tests.
    pub tests: Vec<RuleTest>,
    /// Why this build cannot run it: a stable code and the reason.
    pub refused: Option<Refusal>,
    /// The file it was written in.
    pub source: SourceFile,
}

impl Rule {
    /// A rule that is a sequence.
    pub fn of_sequence(id: Arc<str>, sequence: Arc<Sequence>, source: SourceFile) -> Self {
        let info = &sequence.info;
        let fix = info.remediation.as_ref().map(|text| Fix { default: Some(Arc::clone(text)), by_server: Vec::new() });
        let meta = Meta {
            title: Template::literal(info.name.as_bytes()),
            category: Category::Community,
            cwe: info.cwe(),
            tags: info.tags.clone(),
            description: info.description.clone(),
            impact: info.impact.clone(),
            fix,
            references: info.reference.clone(),
            yields_to: Vec::new(),
        };
        Self {
            id,
            meta,
            severity: Ladder::always(Severity::parse(&info.severity).unwrap_or(Severity::Info)),
            confidence: Ladder::always(Confidence::Firm),
            exposure: Exposure::Secret,
            applies_to: if sequence.listens() { AppliesTo::Response } else { AppliesTo::Host },
            when: None,
            vars: Vec::new(),
            for_each: Vec::new(),
            stop_at_first_match: false,
            requests: Vec::new(),
            judged: None,
            extract: Vec::new(),
            collect: Vec::new(),
            matches: Cond::always(Span::default()),
            cases: Vec::new(),
            not_on: None,
            report_each: false,
            evidence_key: None,
            inconclusive_when: None,
            verify: None,
            sequence: Some(sequence),
            workflow: None,
            tests: Vec::new(),
            refused: None,
            source,
        }
    }

    /// The safety tier, from what the rule does.
    pub fn tier(&self) -> Tier {
        tier_of(self)
    }

    /// Whether conditions ask for what a host is asked by itself (baseline, profile), so that it must be in before the
    /// verdict.
    pub fn needs_survey(&self) -> bool {
        self.not_on.is_some() || self.needs_profile() || self.conditions().any(Cond::mentions_baseline)
    }

    /// Whether conditions ask whether the host is a site or an API.
    pub fn needs_profile(&self) -> bool {
        self.conditions().any(Cond::mentions_profile)
    }

    /// Whether it looks for what a site gives away in any of its files, so that reading the site is worth its requests.
    pub fn reads_sites(&self) -> bool {
        let gives_away = matches!(self.meta.category, Category::Secrets | Category::Leakage | Category::Exposure);
        self.applies_to == AppliesTo::Response && gives_away
    }

    /// Every severity that a match of the rule can have, mildest first.
    pub fn severities(&self) -> BTreeSet<Severity> {
        let own_cases = self.cases.iter().filter_map(|case| case.severity.as_ref());
        let rule_counts = self.cases.is_empty() || self.cases.iter().any(|case| case.severity.is_none());
        let of = |ladder: &Ladder<Severity>| -> Vec<Severity> {
            ladder.rungs.iter().map(|(severity, _)| *severity).chain(ladder.last).collect()
        };
        own_cases.chain(rule_counts.then_some(&self.severity)).flat_map(of).collect()
    }

    /// Every top-level condition of the rule.
    pub fn conditions(&self) -> impl Iterator<Item = &Cond> {
        let ladders = std::iter::once(&self.severity).chain(self.cases.iter().filter_map(|c| c.severity.as_ref()));
        let sure = std::iter::once(&self.confidence).chain(self.cases.iter().filter_map(|c| c.confidence.as_ref()));
        std::iter::once(&self.matches)
            .chain(self.cases.iter().map(|case| &case.matches))
            .chain(self.when.as_deref())
            .chain(self.inconclusive_when.as_deref())
            .chain(match self.not_on.as_deref() {
                Some(NotOn::Named(_, cond)) => Some(cond),
                Some(NotOn::Whole) | None => None,
            })
            .chain(ladders.flat_map(|ladder| ladder.rungs.iter().map(|(_, cond)| cond)))
            .chain(sure.flat_map(|ladder| ladder.rungs.iter().map(|(_, cond)| cond)))
            .chain(self.requests.iter().flat_map(|r| r.run_if.iter().chain(r.stop_when.as_ref())))
    }
}

/// Why a rule is loaded but not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code, for example `no-tls-options`.
    pub code: &'static str,
    /// One sentence.
    pub reason: String,
    /// Whether its inline tests can run all the same, because fixtures bring what the missing wire would.
    pub tests_run: bool,
}
