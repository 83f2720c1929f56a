//! Passive rules: every answer is judged by all of them in one pass, and each ends in one verdict per host.
//!
//! Owns the tally over a host's answers. The verdict is over the guaranteed set (the root, the two baseline answers, the
//! named endpoint), so it does not depend on which other rules are loaded; what answers to other rules' probes add is a
//! finding too, marked with the rule it was seen in. Files that are read with the site belong to the guaranteed set of the
//! rules that want them. Invariant: an answer is scanned for literals once, however many
//! rules there are. Must never import a folder above `plan`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Trace;
use super::ask::RunResult;
use super::eval;
use super::explain::explain_item;
use super::judge::{Detail, Input, ItemOutcome, Match, bind_vars, judge};
use super::merge::merge;
use super::overheard::Overheard;
use super::run::Tally;
use super::sequence::{Hearing, Listener};
use crate::base::{Truth, Unknown};
use crate::compile::{CompiledRule, Hits, Program};
use crate::finding::SkipReason;
use crate::predicate::{Answer, Class, EndpointFacts, HostFacts, Reply, ReplyState, Scope, TokenScan};
use crate::rule::Rule;

/// Why an answer is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It belongs to the guaranteed set.
    Guaranteed,
    /// It was read with the site. Rules that look for what a site gives away ([`Rule::reads_sites`]) count it as guaranteed,
    /// since its being read does not depend on other rules; for the others it is as an answer to somebody else's probe.
    Crawled,
    /// It answered a probe of this rule.
    In(Arc<str>),
}

impl Seen {
    /// Whose probe brought it; nobody's where it is of the guaranteed set.
    fn asker(&self) -> Option<Arc<str>> {
        match self {
            Self::Guaranteed => None,
            Self::Crawled => Some(CRAWL.into()),
            Self::In(asker) => Some(Arc::clone(asker)),
        }
    }
}

/// Where a rule that does not ask for the site to be read saw something in it.
const CRAWL: &str = "crawl";

/// What the passive rules of a program say of one host.
#[derive(Debug)]
pub struct PassiveTally {
    program: Arc<Program>,
    host: Arc<HostFacts>,
    endpoint: Arc<EndpointFacts>,
    rules: Vec<Arc<CompiledRule>>,
    tallies: Vec<(Tally, Overheard, Listener)>,
    judged: bool,
    /// Whether the server refused a guaranteed request.
    refused: bool,
    /// What the guaranteed answers look like: an equal answer to another rule's probe adds nothing.
    known: FxHashSet<u64>,
}

impl PassiveTally {
    /// An empty tally. `host` must already hold the baseline.
    pub fn new(program: Arc<Program>, host: Arc<HostFacts>, endpoint: Arc<EndpointFacts>) -> Self {
        let rules: Vec<_> = program.passive().map(Arc::clone).collect();
        let tallies = rules.iter().map(|_| Default::default()).collect();
        Self { program, host, endpoint, rules, tallies, judged: false, refused: false, known: FxHashSet::default() }
    }

    /// Judges one answer by all rules. Call it once per distinct exchange, the guaranteed ones first: an answer to another
    /// rule's probe that equals one of them (the same error page again) is not judged again.
    pub fn observe(&mut self, reply: &Reply, seen: &Seen) {
        let looks = look(reply);
        match (looks, seen) {
            (Some(look), Seen::Guaranteed) => drop(self.known.insert(look)),
            (Some(look), Seen::In(_) | Seen::Crawled) if self.known.contains(&look) => return,
            _ => {}
        }
        if is_refusal(reply) {
            self.refused |= *seen == Seen::Guaranteed;
            return;
        }
        let page = Page { reply, hits: self.hits(reply), gates: self.gates(reply), tokens: self.tokens(reply) };
        let is_like_baseline =
            kind(reply).is_some_and(|own| self.host.baseline.iter().any(|other| kind(other) == Some(own)));
        let (host, endpoint, none, asker) = (&*self.host, &*self.endpoint, Vec::new(), seen.asker());
        for (compiled, (tally, overheard, listener)) in self.rules.iter().zip(&mut self.tallies) {
            let rule = &compiled.rule;
            if rule.sequence.is_some() {
                listen(Hearing { rule, host, endpoint }, reply, asker.as_ref(), (tally, listener));
                continue;
            }
            let (judged, facts, detail) = (Some(reply), None, Detail::Full);
            let input = Input { rule, host, endpoint, names: &none, requests: &[], judged, facts, detail };
            match seen {
                Seen::Guaranteed => {
                    page.judge(compiled, input, seen).into_iter().for_each(|outcome| tally.take(outcome));
                    tally.note_failure(&reply.state);
                }
                Seen::Crawled if rule.reads_sites() => {
                    let is_cut = answer(reply).is_some_and(|answer| answer.is_truncated());
                    let mut crawled = Vec::new();
                    for outcome in page.judge(compiled, input, seen) {
                        match outcome {
                            ItemOutcome::Matches(found) => crawled.extend(found),
                            // That the end of a large file is not known is told with the crawl, not as every rule's gap.
                            ItemOutcome::Unknown(_) if is_cut => {}
                            known => tally.take(known),
                        }
                    }
                    if !crawled.is_empty() {
                        tally.note_match();
                        overheard.take_read(tally.matches(), (reply, looks.unwrap_or_default()), crawled);
                    }
                }
                Seen::Crawled | Seen::In(_) => {
                    let Some(asker) = &asker else { continue };
                    let known =
                        |one: &Match| is_like_baseline && tally.matches().iter().any(|own| says_the_same(own, one));
                    let found = |detail| {
                        let mut found = matches(page.judge(compiled, Input { detail, ..input }, seen));
                        found.retain(|one| !known(one));
                        found
                    };
                    let bare = found(Detail::Bare);
                    if !bare.is_empty() {
                        overheard.take(tally.matches(), (reply, looks.unwrap_or_default()), asker, bare, || {
                            found(Detail::Full)
                        });
                    }
                }
            }
        }
        self.judged |= *seen == Seen::Guaranteed;
        if let Some(answer) = answer(reply) {
            answer.forget_tokens();
        }
    }

    /// The truth of the program's shared gates on an answer.
    fn gates(&self, reply: &Reply) -> Vec<Truth> {
        let scope = Scope::of(&self.host, &self.endpoint).at(reply);
        self.program.gates().all().iter().map(|gate| eval(gate, scope)).collect()
    }

    /// The truth tree of a rule on one answer.
    pub fn explain(&self, rule: &str, reply: &Reply) -> Option<Trace> {
        let compiled = self.rules.iter().find(|compiled| &*compiled.rule.id == rule)?;
        let (rule, host, endpoint) = (&compiled.rule, &*self.host, &*self.endpoint);
        if rule.sequence.is_some() {
            return answer(reply).map(|answer| Hearing { rule, host, endpoint }.explain(answer));
        }
        let (none, judged) = (Vec::new(), Some(reply));
        let (facts, detail) = (None, Detail::Full);
        let input = Input { rule, host, endpoint, names: &none, requests: &[], judged, facts, detail };
        Some(explain_item(Input { names: &bind_vars(rule, input), ..input }))
    }

    /// One result per passive rule, in the program's order.
    pub fn finish(self) -> Vec<(Arc<CompiledRule>, RunResult)> {
        let (host, judged) = (self.host, self.judged);
        let unjudged = if self.refused { Unknown::Failed } else { Unknown::NotSent };
        let finish_one = |(compiled, told): (Arc<CompiledRule>, (Tally, Overheard, Listener))| {
            let (mut tally, overheard, listener) = told;
            if compiled.rule.refused.is_some() {
                tally.take(ItemOutcome::Skipped(SkipReason::Refused));
            } else if !judged {
                tally.take(ItemOutcome::Unknown(unjudged));
            }
            let outcome = tally.outcome();
            let mut matches = tally.take_matches();
            matches.extend(overheard.into_matches(&matches));
            let mut findings = merge(&compiled.rule, &host.origin, matches);
            findings.extend(listener.findings(&compiled.rule, &host));
            (compiled, RunResult { outcome, findings })
        };
        self.rules.into_iter().zip(self.tallies).map(finish_one).collect()
    }

    /// The texts in which tokens are searched, with the keywords of all rules found.
    fn tokens(&self, reply: &Reply) -> Option<Arc<TokenScan>> {
        let keywords = self.program.keywords()?;
        answer(reply).map(|answer| answer.find_keywords(keywords))
    }

    /// The literals in a whole body; `None` where the body is cut off or not there, so that nothing can be ruled out.
    fn hits(&self, reply: &Reply) -> Option<Hits> {
        let ReplyState::Answered(hops) = &reply.state else { return None };
        let response = hops.last().response()?;
        let whole = response.truncated.is_none() && !self.program.literals().is_empty();
        whole.then(|| self.program.literals().scan(&response.body))
    }
}

/// Asks a sequence that sends nothing. Only guaranteed answers make its verdict.
fn listen(
    hearing: Hearing<'_>,
    reply: &Reply,
    asker: Option<&Arc<str>>,
    (tally, listener): (&mut Tally, &mut Listener),
) {
    if hearing.rule.refused.is_some() {
        return;
    }
    let truth = answer(reply).map_or(Truth::False, |answer| listener.hear(hearing, answer, asker));
    if asker.is_some() {
        return;
    }
    match truth {
        Truth::True => tally.note_match(),
        Truth::False => tally.take(ItemOutcome::Clean),
        Truth::Unknown(why) => tally.take(ItemOutcome::Unknown(why)),
    }
    tally.note_failure(&reply.state);
}

/// The answer that is judged.
fn answer(reply: &Reply) -> Option<&Arc<Answer>> {
    match &reply.state {
        ReplyState::Answered(hops) => Some(hops.last()),
        _ => None,
    }
}

/// What kind of answer it is. One of the baseline's kind is the host's way to say that there is nothing, in other words: what
/// was found in the guaranteed answers already, it does not find in one more place.
fn kind(reply: &Reply) -> Option<(u16, Class)> {
    let ReplyState::Answered(hops) = &reply.state else { return None };
    let last = hops.last();
    Some((last.response()?.status, last.class().ok()?))
}

fn says_the_same(one: &Match, other: &Match) -> bool {
    let what = |found: &Match| (found.case, found.severity);
    one.evidence_key == other.evidence_key && what(one) == what(other)
}

/// Fields that differ between two equal answers.
const VOLATILE: [&[u8]; 7] =
    [b"date", b"age", b"expires", b"etag", b"last-modified", b"x-request-id", b"x-response-time"];

/// What an answer looks like: status, fields that do not change by themselves, body.
fn look(reply: &Reply) -> Option<u64> {
    let ReplyState::Answered(hops) = &reply.state else { return None };
    let response = hops.last().response()?;
    let mut hasher = DefaultHasher::new();
    (response.status, response.truncated.is_some(), &response.body).hash(&mut hasher);
    for header in &response.headers {
        if !VOLATILE.iter().any(|name| header.name.eq_ignore_ascii_case(name)) {
            (&header.name, &header.value).hash(&mut hasher);
        }
    }
    Some(hasher.finish())
}

/// One answer with what is known of it for all rules at once.
struct Page<'a> {
    reply: &'a Reply,
    hits: Option<Hits>,
    gates: Vec<Truth>,
    tokens: Option<Arc<TokenScan>>,
}

impl Page<'_> {
    /// What a rule says of the answer. Its gate is known already where it shares one, and where the answer lacks its
    /// literals the gate alone decides between clean and skipped.
    fn judge(&self, compiled: &CompiledRule, input: Input<'_>, seen: &Seen) -> Vec<ItemOutcome> {
        if compiled.rule.refused.is_some() {
            return Vec::new();
        }
        let ruled_out = self.hits.as_ref().is_some_and(|hits| compiled.is_ruled_out(hits));
        // Without a token there is no item, and so nothing that even a gate is asked of.
        let is_whole = || answer(self.reply).is_some_and(|answer| !answer.is_truncated());
        if self.tokens.as_ref().is_some_and(|scan| compiled.lacks_tokens(scan) && is_whole()) {
            return vec![ItemOutcome::Clean];
        }
        if ruled_out && matches!(seen, Seen::In(_)) {
            return Vec::new();
        }
        match compiled.gate.and_then(|gate| self.gates.get(gate)) {
            Some(Truth::False) => vec![ItemOutcome::Skipped(SkipReason::NotApplicable)],
            Some(Truth::Unknown(why)) => vec![ItemOutcome::Unknown(*why)],
            Some(Truth::True) if ruled_out => vec![ItemOutcome::Clean],
            None if ruled_out && is_plain(&compiled.rule) => vec![ItemOutcome::Clean],
            _ => {
                let names = bind_vars(&compiled.rule, input);
                judge(Input { names: &names, judged: Some(self.reply), ..input })
            }
        }
    }
}

/// Whether nothing but the condition decides about the rule.
fn is_plain(rule: &Rule) -> bool {
    rule.when.is_none()
        && rule.extract.is_empty()
        && rule.collect.is_empty()
        && rule.for_each.is_empty()
        && rule.inconclusive_when.is_none()
}

fn matches(outcomes: Vec<ItemOutcome>) -> Vec<Match> {
    let found = outcomes.into_iter().filter_map(|outcome| match outcome {
        ItemOutcome::Matches(found) => Some(found),
        ItemOutcome::Clean | ItemOutcome::Skipped(_) | ItemOutcome::Unknown(_) => None,
    });
    found.flatten().collect()
}

/// Whether the server refused, so that there is no answer of which something could be missing.
fn is_refusal(reply: &Reply) -> bool {
    match &reply.state {
        ReplyState::Answered(hops) => {
            hops.last().exchange().response.as_ref().is_err_and(|error| error.kind.is_answer())
        }
        ReplyState::Observed(_) | ReplyState::Called(_) | ReplyState::NotAsked | ReplyState::Unknown(_) => false,
    }
}
