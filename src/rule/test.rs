//! Inline tests of a rule: fixtures (a small server written in YAML) and what is expected.
//!
//! Invariant: a fixture is data; running it needs no socket. Must never import a folder above `predicate`.

use std::sync::Arc;

use crate::base::{Confidence, Severity, Span, Value};
use crate::expr::Template;
use crate::predicate::Profile;

/// One inline test.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleTest {
    /// Its name.
    pub name: Arc<str>,
    /// The fixture.
    pub given: Given,
    /// What must come out.
    pub expect: Expect,
    /// Where it was written.
    pub span: Span,
}

/// A fixture.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// One answer for all the rule's requests.
    One(Box<AnswerFixture>),
    /// Answers by key; a list answers a repeated request in order, its last for the rest.
    ByKey(Vec<(FixtureKey, Vec<AnswerFixture>)>),
    /// A recording's file name.
    Recording(Arc<str>),
}

/// What a fixture answers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixtureKey {
    /// A path (and query) as requested.
    Path(Arc<str>),
    /// A request by name, one item of it where a label is given.
    Request(Arc<str>, Option<Arc<str>>),
    /// Everything else.
    Else,
}

/// An answer of a fixture. All texts are templates; they see the request (`request.headers.origin`) and the item.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AnswerFixture {
    /// Status code; 200.
    pub status: Option<u16>,
    /// URL of a passive answer; `https://app.example.com/`.
    pub url: Option<Template>,
    /// Field lines that the request carried, of a rule that sends nothing.
    pub sent: Vec<(Arc<str>, Template)>,
    /// Field lines.
    pub headers: Vec<(Arc<str>, Template)>,
    /// Body.
    pub body: Option<Template>,
    /// A failure instead of an answer, by name of its kind.
    pub error: Option<Arc<str>>,
    /// Whether the body is cut off.
    pub truncated: bool,
    /// TLS facts.
    pub tls: Option<Value>,
    /// DNS facts.
    pub dns: Option<Value>,
    /// TCP facts.
    pub tcp: Option<Value>,
    /// Facts of the endpoint.
    pub endpoint: Option<Value>,
    /// Whether the host is a site or an API; by the answer of its root where no answer of the fixture says.
    pub profile: Option<Profile>,
}

/// The outcome a test expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectOutcome {
    /// A match.
    Match,
    /// Nothing.
    Clean,
    /// Gate false, or nothing to extract.
    Skipped,
    /// It could not be told.
    Inconclusive,
    /// A note: a match of a rule whose exposure is public or identifier.
    Note,
}

/// What a test expects.
#[derive(Debug, Clone, PartialEq)]
pub enum Expect {
    /// Only the outcome.
    Outcome(ExpectOutcome),
    /// Exactly these findings.
    Findings(Vec<ExpectFinding>),
}

/// What is expected of one finding; what is not given is not compared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExpectFinding {
    /// Name of the leading case, and of others that must be among its places.
    pub cases: Vec<Arc<str>>,
    /// Severity.
    pub severity: Option<Severity>,
    /// Confidence.
    pub confidence: Option<Confidence>,
    /// Evidence key.
    pub evidence_key: Option<Arc<str>>,
    /// Number of places.
    pub places: Option<usize>,
    /// Rendered title.
    pub title: Option<Arc<str>>,
    /// Extracted values by name.
    pub extracted: Vec<(Arc<str>, Arc<str>)>,
}
