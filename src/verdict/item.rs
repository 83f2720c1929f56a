//! One item of a rule while its requests are under way.
//!
//! Owns the order of sending, extractions between requests, the rule's cookie jar, `if` and `stop_when`. Invariant: every
//! reply has its place before anything is sent, so the order of arrival never shows. Must never import a folder above `plan`.

use std::collections::VecDeque;
use std::sync::Arc;

use super::ask::Wanted;
use super::eval::eval;
use super::judge::{Detail, Input, bind_vars, scope_of};
use super::product::{Product, label_of};
use crate::base::{Truth, Unknown, Value};
use crate::compile::CompiledRule;
use crate::finding::SkipReason;
use crate::plan::{Follow, Identity, Jar, RenderError, render, render_other};
use crate::predicate::{Bindings, EndpointFacts, HostFacts, Reply, ReplyState};
use crate::rule::{Request, Wire};

/// What the items of one rule on one host share.
#[derive(Debug, Clone)]
pub struct Context {
    /// The rule.
    pub compiled: Arc<CompiledRule>,
    /// The host.
    pub host: Arc<HostFacts>,
    /// The endpoint.
    pub endpoint: Arc<EndpointFacts>,
    /// The fields that every request carries.
    pub identity: Arc<Identity>,
    /// TLS, DNS and TCP facts.
    pub facts: Option<Arc<Value>>,
}

/// A request to send.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Index of the request.
    pub request: usize,
    /// Index of its reply.
    pub reply: usize,
    /// What to send, and how.
    pub wanted: Wanted,
}

#[derive(Debug, Default)]
struct Slot {
    phase: Phase,
    queue: VecDeque<Outgoing>,
    outstanding: usize,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Phase {
    #[default]
    Waiting,
    Sending,
    Over,
}

/// One item.
#[derive(Debug)]
pub struct Item {
    names: Bindings,
    slots: Vec<Slot>,
    replies: Vec<Vec<Reply>>,
    /// Names that could not be bound, and what becomes of requests that use them.
    lost: Vec<(Arc<str>, ReplyState)>,
    stopped: bool,
    skipped: Option<SkipReason>,
}

impl Item {
    /// An item with its names bound; nothing is sent yet.
    pub fn new(context: &Context, bound: Bindings) -> Self {
        let count = context.compiled.rule.requests.len();
        let mut item = Self {
            names: bound,
            slots: (0..count).map(|_| Slot::default()).collect(),
            replies: vec![Vec::new(); count],
            lost: Vec::new(),
            stopped: false,
            skipped: None,
        };
        item.names = bind_vars(&context.compiled.rule, item.input(context));
        let gate = context.compiled.rule.when.as_deref();
        if gate.is_some_and(|when| eval(when, scope_of(item.input(context))).is_false()) {
            item.skipped = Some(SkipReason::NotApplicable);
        }
        item
    }

    /// What judging it needs.
    pub fn input<'a>(&'a self, context: &'a Context) -> Input<'a> {
        let rule = &context.compiled.rule;
        Input {
            rule,
            host: &context.host,
            endpoint: &context.endpoint,
            names: &self.names,
            requests: &self.replies,
            judged: rule.judged.and_then(|at| self.replies.get(at)).and_then(|replies| replies.first()),
            facts: context.facts.as_deref(),
            detail: Detail::Full,
        }
    }

    /// Why the item ended without being judged.
    pub fn skipped(&self) -> Option<SkipReason> {
        self.skipped
    }

    /// The label of a reply.
    pub fn label(&self, request: usize, reply: usize) -> Arc<str> {
        let place = self.replies.get(request).and_then(|replies| replies.get(reply));
        place.map_or_else(|| "".into(), |reply| Arc::clone(&reply.label))
    }

    /// The names bound for a reply: the item's, then the request's own.
    pub fn bindings(&self, request: usize, reply: usize) -> Bindings {
        let own = self.replies.get(request).and_then(|replies| replies.get(reply)).map(|reply| &reply.bindings);
        self.names.iter().chain(own.into_iter().flatten()).cloned().collect()
    }

    /// Whether an answer ended the sending.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Whether nothing more is sent or awaited.
    pub fn is_over(&self) -> bool {
        self.skipped.is_some() || self.slots.iter().all(|slot| slot.phase == Phase::Over)
    }

    /// The requests that can be sent now.
    pub fn advance(&mut self, context: &Context) -> Vec<Outgoing> {
        let mut ready = Vec::new();
        for index in 0..self.slots.len() {
            if self.skipped.is_some() {
                break;
            }
            if self.phase(index) == Phase::Waiting && self.may_begin(context, index) {
                self.begin(context, index);
            }
            self.release(context, index, &mut ready);
        }
        ready
    }

    /// Takes a reply.
    pub fn reply(&mut self, context: &Context, request: usize, reply: usize, state: ReplyState) {
        if let Some(place) = self.replies.get_mut(request).and_then(|replies| replies.get_mut(reply)) {
            place.state = state;
        }
        if let Some(slot) = self.slots.get_mut(request) {
            slot.outstanding = slot.outstanding.saturating_sub(1);
        }
        if self.stops(context, request, reply) {
            self.stop();
        }
        self.close_if_done(context, request);
    }

    fn phase(&self, index: usize) -> Phase {
        self.slots.get(index).map_or(Phase::Over, |slot| slot.phase)
    }

    fn may_begin(&self, context: &Context, index: usize) -> bool {
        let waits = context.compiled.flow.waits_for.get(index);
        self.stopped || waits.is_none_or(|earlier| earlier.iter().all(|at| self.phase(*at) == Phase::Over))
    }

    /// Prepares all of a request's repetitions.
    fn begin(&mut self, context: &Context, index: usize) {
        let Some(request) = context.compiled.rule.requests.get(index) else { return };
        let (replies, queue) = self.prepare(context, index, request);
        if let Some(place) = self.replies.get_mut(index) {
            *place = replies;
        }
        if let Some(slot) = self.slots.get_mut(index) {
            slot.phase = Phase::Sending;
            slot.queue = queue;
        }
        self.close_if_done(context, index);
    }

    fn prepare(&self, context: &Context, index: usize, request: &Request) -> (Vec<Reply>, VecDeque<Outgoing>) {
        let lone = |state| (vec![Reply { label: "".into(), bindings: Vec::new(), state }], VecDeque::new());
        if self.stopped {
            return lone(ReplyState::Unknown(Unknown::NotSent));
        }
        if let Some((_, state)) = self.lost.iter().find(|(name, _)| uses(context, index, name)) {
            return lone(state.clone());
        }
        let scope = scope_of(self.input(context));
        match request.run_if.as_ref().map_or(Truth::True, |cond| eval(cond, scope)) {
            Truth::False => return lone(ReplyState::NotAsked),
            Truth::Unknown(unknown) => return lone(ReplyState::Unknown(unknown)),
            Truth::True => {}
        }
        // A test says what a query, a conversation or a handshake would bring.
        if !matches!(request.wire, Wire::Http(_)) && context.facts.is_some() {
            return lone(ReplyState::NotAsked);
        }
        let mut product = Product::of(&request.for_each, &scope);
        let mut replies = Vec::new();
        let mut queue = VecDeque::new();
        let most = context.host.limits.requests_per_rule / request.repeat.max(1) as usize;
        for bindings in product.by_ref().take(most.max(1)) {
            for nth in 0..request.repeat.max(1) {
                let (reply, wanted) = self.prepare_one(context, index, request, &bindings, nth);
                queue.extend(wanted.map(|wanted| Outgoing { request: index, reply: replies.len(), wanted }));
                replies.push(reply);
            }
        }
        let over = product.next().map(|_| Unknown::Budget);
        let unseen = |why| Reply { label: "".into(), bindings: Vec::new(), state: ReplyState::Unknown(why) };
        replies.extend(product.open().or(over).map(unseen));
        replies.shrink_to_fit();
        (replies, queue)
    }

    fn prepare_one(
        &self,
        context: &Context,
        index: usize,
        request: &Request,
        bindings: &Bindings,
        nth: u32,
    ) -> (Reply, Option<Wanted>) {
        let names: Bindings = self.names.iter().chain(bindings).cloned().collect();
        let label = if bindings.is_empty() && nth > 0 { (nth + 1).to_string().into() } else { label_of(bindings) };
        let scope = scope_of(Input { names: &names, ..self.input(context) });
        let unshared = (nth > 0).then_some(nth);
        let rendered = match &request.wire {
            Wire::Http(http) => {
                let carries = context.compiled.flow.carries_cookies.get(index).copied().unwrap_or(false);
                let jar = carries.then(|| self.jar(context, index));
                let probe = render(http, &scope, &context.identity, jar.as_ref()).map(Arc::new);
                probe.map(|probe| Some(Wanted::Http { probe, follow: Follow::of(request), unshared }))
            }
            other => {
                let probe = render_other(other, &scope).map(|probe| probe.map(Arc::new));
                probe.map(|probe| probe.map(|probe| Wanted::Other { probe, unshared }))
            }
        };
        let state = match &rendered {
            Ok(_) => Unknown::NotSent,
            Err(RenderError::Expression(crate::expr::EvalError::Unknown(unknown))) => *unknown,
            Err(_) => Unknown::Expression,
        };
        let reply = Reply { label, bindings: bindings.clone(), state: ReplyState::Unknown(state) };
        (reply, rendered.ok().flatten())
    }

    /// What earlier answers of this item set, hop by hop.
    fn jar(&self, context: &Context, index: usize) -> Jar {
        let mut jar = Jar::default();
        for reply in self.replies.iter().take(index).flatten() {
            if let ReplyState::Answered(hops) = &reply.state {
                hops.all().iter().for_each(|answer| jar.take(answer, context.host.now));
            }
        }
        jar
    }

    /// Hands out what may be sent: all at once, or one at a time where an answer can stop the rule.
    fn release(&mut self, context: &Context, index: usize, ready: &mut Vec<Outgoing>) {
        let gradual = context.compiled.rule.requests.get(index).is_some_and(|r| r.stop_when.is_some());
        let Some(slot) = self.slots.get_mut(index) else { return };
        let room = if gradual { 1_usize.saturating_sub(slot.outstanding) } else { slot.queue.len() };
        for outgoing in slot.queue.drain(..room.min(slot.queue.len())) {
            slot.outstanding += 1;
            ready.push(outgoing);
        }
        slot.queue.shrink_to_fit();
    }

    fn stops(&self, context: &Context, request: usize, reply: usize) -> bool {
        let cond = context.compiled.rule.requests.get(request).and_then(|r| r.stop_when.as_ref());
        let reply = self.replies.get(request).and_then(|replies| replies.get(reply));
        cond.zip(reply).is_some_and(|(cond, reply)| eval(cond, scope_of(self.input(context)).at(reply)).is_true())
    }

    fn stop(&mut self) {
        self.stopped = true;
        for slot in &mut self.slots {
            slot.queue.clear();
        }
    }

    /// Ends a request whose replies are all in, and binds what it extracts.
    fn close_if_done(&mut self, context: &Context, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        if slot.phase != Phase::Sending || slot.outstanding > 0 || !slot.queue.is_empty() {
            return;
        }
        slot.phase = Phase::Over;
        self.bind_extracted(context, index);
    }

    /// Binds what a request extracts from its answer; of several, from the first.
    fn bind_extracted(&mut self, context: &Context, index: usize) {
        let Some(request) = context.compiled.rule.requests.get(index) else { return };
        for extract in &request.extract {
            let name = Arc::clone(&extract.binding.name);
            let reply = self.replies.get(index).and_then(|replies| replies.first());
            let found = match reply.map(|reply| (reply, &reply.state)) {
                Some((reply, ReplyState::Answered(_) | ReplyState::Observed(_))) => {
                    extract.binding.source.first(&scope_of(self.input(context)).at(reply))
                }
                Some((_, ReplyState::Unknown(why))) => Err(*why),
                Some((_, ReplyState::Called(_) | ReplyState::NotAsked)) | None => {
                    let lost = (!extract.optional).then(|| (Arc::clone(&name), ReplyState::NotAsked));
                    self.lost.extend(lost);
                    self.names.push((name, Value::list([])));
                    continue;
                }
            };
            match found {
                Ok(Some(value)) => self.names.push((name, value)),
                Ok(None) if extract.optional => self.names.push((name, Value::list([]))),
                Ok(None) => {
                    self.skipped = Some(SkipReason::NothingToExtract);
                    return;
                }
                Err(why) => self.lost.push((name, ReplyState::Unknown(why))),
            }
        }
    }
}

fn uses(context: &Context, index: usize, name: &Arc<str>) -> bool {
    context.compiled.flow.uses.get(index).is_some_and(|names| names.contains(name))
}
