//! What the wires of a rule bring: a subject that no answer of its request ever has is an error, not a rule that is always
//! clean.
//!
//! Takes a finished rule. Invariant: whatever is asked of an answer, the wire that brings the answer can bring. Must never
//! import compile or any later folder.

use crate::base::Span;
use crate::dialect::yaml::Map;
use crate::expr::Name;
use crate::predicate::views::Brought;
use crate::predicate::{Base, Collection, Source, Subject, lookup};
use crate::rule::{AppliesTo, Case, Cond, CondKind, Ladder, NotOn, Request, Rule, Wire};

use super::context::Cx;

/// What an answer comes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// HTTP.
    Http,
    /// A TLS handshake, and whether it offers application protocols.
    Handshake(bool),
    /// A survey of TLS.
    Survey,
    /// DNS.
    Dns,
    /// TCP.
    Tcp,
}

impl Over {
    fn of(request: &Request) -> Self {
        match &request.wire {
            Wire::Http(_) => Self::Http,
            Wire::Tls(wanted) => Self::Handshake(!wanted.alpn.is_empty()),
            Wire::TlsSurvey => Self::Survey,
            Wire::Dns(_) => Self::Dns,
            Wire::Tcp(..) => Self::Tcp,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Http => "an HTTP answer",
            Self::Handshake(_) => "a handshake",
            Self::Survey => "a survey of TLS",
            Self::Dns => "a DNS answer",
            Self::Tcp => "a TCP conversation",
        }
    }

    /// What to ask instead, where it never brings a subject.
    fn lacks(self, subject: &Subject) -> Option<&'static str> {
        match &subject.base {
            Base::Tls => self.lacks_of_tls(subject),
            Base::Dns => (self != Self::Dns).then_some("use `request: { dns: TXT }`"),
            Base::Tcp => (self != Self::Tcp).then_some("use `request: { tcp: \"{{url.host}}:6379\" }`"),
            Base::Error | Base::Url | Base::Endpoint | Base::Host | Base::Case | Base::Item | Base::ItemJson(_) => None,
            Base::Var(_) => None,
            _ => (self != Self::Http).then_some("use `request: { get: / }`, or name both of them in `requests`"),
        }
    }

    fn lacks_of_tls(self, subject: &Subject) -> Option<&'static str> {
        let is_alpn = subject.path.first().is_some_and(|first| &**first == "alpn");
        match self {
            Self::Survey => None,
            Self::Handshake(false) if is_alpn => Some("offer some: `request: { tls: { alpn: [h2, http/1.1] } }`"),
            Self::Http | Self::Handshake(_) if subject.brought() == Brought::Anyhow => None,
            Self::Http | Self::Handshake(_) => Some("use `request: { tls: survey }`"),
            Self::Dns | Self::Tcp => {
                Some("use `request: { tls: handshake }`, or `survey` for all that the port speaks")
            }
        }
    }
}

/// Something that is asked for and never there.
#[derive(Debug, PartialEq)]
struct Lack {
    span: Span,
    title: String,
    help: &'static str,
}

/// Where a condition stands: the wires that bare subjects speak of.
#[derive(Debug, Clone, Copy)]
struct At<'w> {
    wires: &'w [Over],
    /// Whether it is inside a quantifier over values, whose fields go by any name.
    in_item: bool,
}

impl<'w> At<'w> {
    fn of(wires: &'w [Over]) -> Self {
        Self { wires, in_item: false }
    }
}

struct Check<'r> {
    requests: &'r [Request],
    lacks: Vec<Lack>,
}

/// Reports subjects of a rule that its wires never bring.
pub(super) fn check(cx: &mut Cx<'_>, rule: &Rule, map: &Map) {
    let mut check = Check { requests: &rule.requests, lacks: Vec::new() };
    let own = check.of_rule(rule);
    let title = map.entry("title").map_or(Span::default(), |entry| entry.value.span);
    check.names(rule.meta.title.names(), title, At::of(&own));
    let key = map.entry("evidence_key").map_or(title, |entry| entry.value.span);
    check.names(rule.evidence_key.iter().flat_map(|key| key.names()), key, At::of(&own));
    check.judgement(rule, At::of(&own));
    rule.cases.iter().for_each(|case| check.case(case, &own));
    rule.requests.iter().for_each(|request| check.request(request));
    for Lack { span, title, help } in check.lacks {
        cx.push(cx.error("R0129", title, span, "never there").help(help));
    }
}

impl Check<'_> {
    /// The wires that the rule's own conditions speak of; none where there are several answers, which are named.
    fn of_rule(&self, rule: &Rule) -> Vec<Over> {
        if let Some(judged) = rule.judged {
            return self.of_request(judged);
        }
        let mut own: Vec<Over> =
            rule.cases.iter().filter_map(|case| case.request).flat_map(|at| self.of_request(at)).collect();
        let sends_nothing = rule.requests.is_empty() || rule.applies_to == AppliesTo::Response;
        own.extend(sends_nothing.then_some(Over::Http));
        own.dedup();
        own
    }

    fn of_request(&self, at: usize) -> Vec<Over> {
        self.requests.get(at).map(Over::of).into_iter().collect()
    }

    fn judgement(&mut self, rule: &Rule, at: At<'_>) {
        let conds = rule.when.as_deref().into_iter().chain([&rule.matches]).chain(rule.inconclusive_when.as_deref());
        conds.for_each(|cond| self.cond(cond, at));
        self.ladder(&rule.severity, at);
        self.ladder(&rule.confidence, at);
        let http = At::of(&[Over::Http]);
        if let Some(NotOn::Named(_, cond)) = rule.not_on.as_deref() {
            self.cond(cond, http);
        }
        for binding in rule.for_each.iter().chain(&rule.collect).chain(rule.extract.iter().map(|one| &one.binding)) {
            self.source(&binding.source, binding.span, at);
        }
    }

    fn case(&mut self, case: &Case, own: &[Over]) {
        let asked = case.request.map(|at| self.of_request(at));
        let at = At::of(asked.as_deref().unwrap_or(own));
        self.cond(&case.matches, at);
        case.severity.iter().for_each(|ladder| self.ladder(ladder, at));
        case.confidence.iter().for_each(|ladder| self.ladder(ladder, at));
        self.names(case.title.iter().flat_map(|title| title.names()), case.span, at);
    }

    fn request(&mut self, request: &Request) {
        let own = [Over::of(request)];
        request.run_if.iter().for_each(|cond| self.cond(cond, At::of(&[])));
        request.stop_when.iter().for_each(|cond| self.cond(cond, At::of(&own)));
        request.for_each.iter().for_each(|binding| self.source(&binding.source, binding.span, At::of(&[])));
        for one in &request.extract {
            self.source(&one.binding.source, one.binding.span, At::of(&own));
        }
    }

    fn ladder<T>(&mut self, ladder: &Ladder<T>, at: At<'_>) {
        ladder.rungs.iter().for_each(|(_, cond)| self.cond(cond, at));
    }

    fn cond(&mut self, cond: &Cond, at: At<'_>) {
        match &cond.kind {
            CondKind::Test { subject, pred } => {
                self.subject(subject, cond.span, at);
                pred.templates().into_iter().for_each(|text| self.names(text.names(), cond.span, at));
            }
            CondKind::Expr(expr) => self.names(expr.names(), cond.span, at),
            CondKind::At { request, cond, .. } => {
                let wires = self.of_request(*request);
                self.cond(cond, At::of(&wires));
            }
            CondKind::Quantified { over, cond: inner, .. } => self.quantified(over, (cond.span, inner), at),
            _ => cond.children().iter().for_each(|child| self.cond(child, at)),
        }
    }

    fn quantified(&mut self, over: &Collection, (span, cond): (Span, &Cond), at: At<'_>) {
        self.collection(over, span, at);
        match over {
            Collection::Replies(request) => {
                let wires = self.of_request(*request);
                self.cond(cond, At::of(&wires));
            }
            Collection::Hops | Collection::Baseline => self.cond(cond, At::of(&[Over::Http])),
            _ => self.cond(cond, At { in_item: true, ..at }),
        }
    }

    fn collection(&mut self, over: &Collection, span: Span, at: At<'_>) {
        match over {
            Collection::Replies(_) | Collection::Baseline | Collection::Var(..) | Collection::ItemField(_) => {}
            over => {
                let subject = over.subject().unwrap_or_else(|| Subject::of(Base::Body));
                self.asked(&subject, &over.display(), span, at);
            }
        }
    }

    fn source(&mut self, source: &Source, span: Span, at: At<'_>) {
        match source {
            Source::Written(_) => {}
            Source::Collection(over) => self.collection(over, span, at),
            Source::Subject { subject, .. } => self.subject(subject, span, at),
            Source::Json { .. } | Source::Html { .. } | Source::Tokens(_) => {
                self.asked(&Subject::of(Base::Body), "body", span, at);
            }
            Source::OfRequest { request, source, .. } => {
                let wires = self.of_request(*request);
                self.source(source, span, At::of(&wires));
            }
        }
    }

    /// Names that an expression reads.
    fn names<'n>(&mut self, names: impl Iterator<Item = &'n Name>, span: Span, at: At<'_>) {
        for name in names {
            let Ok(subject) = lookup(&name.path.join(".")) else { continue };
            if !at.in_item || matches!(subject.base, Base::Tls | Base::Dns | Base::Tcp) {
                self.subject(&subject, span, at);
            }
        }
    }

    fn subject(&mut self, subject: &Subject, span: Span, at: At<'_>) {
        self.asked(subject, &subject.display(), span, at);
    }

    fn asked(&mut self, subject: &Subject, name: &str, span: Span, at: At<'_>) {
        // Where cases have answers of their own, it is right for those that have it.
        let lacks: Vec<_> = at.wires.iter().filter_map(|over| Some((over, over.lacks(subject)?))).collect();
        if let Some((over, help)) =
            lacks.into_iter().next().filter(|_| at.wires.iter().all(|over| over.lacks(subject).is_some()))
        {
            let lack = Lack { span, title: format!("{} never brings `{name}`", over.name()), help };
            // A definition that is used twice is written once.
            if !self.lacks.contains(&lack) {
                self.lacks.push(lack);
            }
        }
    }
}
