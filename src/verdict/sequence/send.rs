//! Sending: the next request of a block, rendered with all that is known.
//!
//! Takes a run and its block; gives asks. Invariant: what is asked for depends on the answers judged so far and on nothing
//! else. Must never import a folder above `plan`.

use std::cell::{Cell, RefCell};
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Arc, LazyLock};

use memchr::memmem;
use rustc_hash::FxHasher;

use super::super::ask::{Ask, AskId, Wanted};
use super::super::item::Context;
use super::block::{At, BlockRun, Pending, Place};
use super::payloads;
use super::run::SequenceRun;
use super::values::Set;
use super::vars::{Given, RequestVars, are_settled};
use super::written::shares;
use crate::base::Unknown;
use crate::observation::HttpProbe;
use crate::plan::sequence::{
    PreparedOther, StepContext, StepError, TargetVars, WireContext, digest, render, render_other,
};
use crate::predicate::ReplyState;
use crate::rule::Sequence;
use crate::rule::sequence::{Block, HttpBlock, Protocol};

/// A name that says nothing.
static NAMELESS: LazyLock<Arc<str>> = LazyLock::new(|| "".into());

impl SequenceRun {
    /// Asks for what can be asked for now.
    pub fn fill(&mut self, context: &Context, sequence: &Sequence, asks: &mut Vec<Ask>) {
        let Some(mut run) = self.block.take() else { return };
        if let Some(block) = sequence.blocks.get(run.index) {
            while run.has_room(block) && self.pausing.is_none() {
                if self.asked as usize >= context.host.limits.requests_per_rule {
                    self.trouble.set(Some(Unknown::Budget));
                    run.stop();
                }
                let made = self.next_asks(context, sequence, block, &mut run);
                if made.is_empty() {
                    break;
                }
                asks.extend(made);
            }
        }
        self.block = Some(run);
    }

    /// The next request of the block, or the pause before it; none where nothing is left to send.
    fn next_asks(&mut self, context: &Context, sequence: &Sequence, block: &Block, run: &mut BlockRun) -> Vec<Ask> {
        let pause = self.pause.take();
        if !pause.is_zero() {
            let id = self.next_id();
            self.pausing = Some(id);
            return vec![ask(id, Wanted::Pause(pause))];
        }
        while let Some((place, dynamic)) = run.take_next(block) {
            let given = self.give(context, sequence, block, run, (place, dynamic));
            let made = match &block.protocol {
                Protocol::Http(http) => self.prepare(context, sequence, (block, http), run, (place, given)),
                other => self.prepare_other(context, sequence, (block, other), run, (place, given)),
            };
            match made {
                Ok(asks) if asks.is_empty() => {}
                Ok(asks) => return asks,
                Err(StepError::Unresolved(_)) if run.is_parallel() => {}
                Err(StepError::Unsendable(_)) => {}
                Err(_) => break,
            }
        }
        run.stop();
        Vec::new()
    }

    /// What a request is rendered with.
    fn give(
        &mut self,
        context: &Context,
        sequence: &Sequence,
        block: &Block,
        run: &BlockRun,
        (place, dynamic): (Place, Set),
    ) -> Given {
        let rule = &context.compiled.rule.id;
        let vars = || TargetVars::new(&context.host, &context.endpoint, rule, &sequence.tokens);
        let target = self.target.get_or_insert_with(vars);
        let step = match &block.protocol {
            Protocol::Http(http) => http.steps.get(place.step),
            _ => None,
        };
        let stable = run.is_parallel() || shares(sequence) || are_settled(sequence);
        let names = context.host.callbacks.as_ref().filter(|_| sequence.needs_oob);
        let owner = || format!("{}|{rule}", context.host.origin);
        let mut given = Given {
            target: step.map_or_else(|| target.clone(), |step| target.for_step(step)),
            payloads: Vec::new(),
            dynamic,
            drawing: if stable { 0 } else { self.asked + 1 },
            callback: names.map(|names| names.id(&owner(), self.asked)),
            told: Cell::new(false),
            memo: RefCell::default(),
        };
        if let Some(turn) = block.payloads.as_ref().and_then(|all| payloads::turn(all, place.turn)) {
            let frame = self.frame(context, sequence);
            let random = frame.random("payload", self.asked);
            let vars = RequestVars { payloads: false, ..RequestVars::all(frame, &given) };
            let env = frame.env(&vars, &random);
            let rendered = turn.iter().map(|(name, text)| (Arc::clone(name), text.render(&env).bytes)).collect();
            given.payloads = rendered;
        }
        given
    }

    fn prepare(
        &mut self,
        context: &Context,
        sequence: &Sequence,
        (block, http): (&Block, &HttpBlock),
        run: &mut BlockRun,
        (place, given): (Place, Given),
    ) -> Result<Vec<Ask>, StepError> {
        let step = http.steps.get(place.step).ok_or_else(|| StepError::Malformed("there is no such request".into()))?;
        let frame = self.frame(context, sequence);
        let random = frame.random("request", self.asked);
        let vars = RequestVars::all(frame, &given);
        let step_context = StepContext {
            host: &context.host,
            endpoint: &context.endpoint,
            identity: &context.identity,
            jar: if run.is_parallel() { &self.jar_before } else { &self.jar },
            env: &frame.env(&vars, &random),
            sends_unresolved: block.sends_unresolved,
        };
        let prepared = render(http, step, &step_context)?;
        let unshared = self.tells_apart(&prepared.probe, sequence);
        let id = self.next_id();
        self.asked += 1;
        let (probe, follow) = (Arc::new(prepared.probe.clone()), prepared.follow.clone());
        run.pending.push_back(Pending { id, place, given, at: At::Http(Box::new(prepared)), reply: None });
        Ok(vec![self.named(id, Wanted::Http { probe, follow, unshared }, (run.index, place))])
    }

    /// The ask for a request, with a name where somebody wants to see it.
    fn named(&self, id: AskId, wanted: Wanted, (block, place): (usize, Place)) -> Ask {
        let request = if self.is_explained() { name_of(block, place) } else { Arc::clone(&NAMELESS) };
        Ask { request, ..ask(id, wanted) }
    }

    /// Asks for a request once more, with an answer to the challenge that came back for it; gives the reply back where there is
    /// nothing to answer.
    pub(super) fn authorize(
        &mut self,
        context: &Context,
        sequence: &Sequence,
        (block, run): (&Block, &mut BlockRun),
        pending: Pending,
    ) -> Option<Pending> {
        let (Protocol::Http(http), At::Http(prepared), Some(ReplyState::Answered(hops))) =
            (&block.protocol, &pending.at, &pending.reply)
        else {
            return Some(pending);
        };
        let answered = memmem::find(prepared.probe.wire.expose(), b"\r\nAuthorization: Digest ").is_some();
        if http.digest.is_none() || answered || hops.all().len() > 1 {
            return Some(pending);
        }
        let again = {
            let frame = self.frame(context, sequence);
            let random = frame.random("digest", self.asked);
            let vars = RequestVars::all(frame, &pending.given);
            let step_context = StepContext {
                host: &context.host,
                endpoint: &context.endpoint,
                identity: &context.identity,
                jar: &self.jar,
                env: &frame.env(&vars, &random),
                sends_unresolved: block.sends_unresolved,
            };
            digest::answer(prepared, hops.last(), http, &step_context)
        };
        let Some(again) = again else { return Some(pending) };
        let id = self.next_id();
        self.asked += 1;
        let (probe, follow) = (Arc::new(again.probe.clone()), again.follow.clone());
        let wanted = Wanted::Http { probe, follow, unshared: Some(self.asked) };
        let ask = self.named(id, wanted, (run.index, pending.place));
        self.resend.push(ask);
        run.pending.push_front(Pending { id, at: At::Http(Box::new(again)), reply: None, ..pending });
        None
    }

    /// The probes of another protocol: one for each address and port.
    fn prepare_other(
        &mut self,
        context: &Context,
        sequence: &Sequence,
        (block, protocol): (&Block, &Protocol),
        run: &mut BlockRun,
        (place, given): (Place, Given),
    ) -> Result<Vec<Ask>, StepError> {
        let probes = {
            let frame = self.frame(context, sequence);
            let random = frame.random("request", self.asked);
            let vars = RequestVars::all(frame, &given);
            let env = &frame.env(&vars, &random);
            let sends_unresolved = block.sends_unresolved;
            render_other(protocol, &WireContext { target: &context.host.origin, env, sends_unresolved })?
        };
        let mut asks = Vec::new();
        for PreparedOther { probe, matched_at } in probes {
            let (id, unshared) = (self.next_id(), (self.asked > 0).then_some(self.asked));
            self.asked += 1;
            run.pending.push_back(Pending { id, place, given: given.clone(), at: At::Other(matched_at), reply: None });
            asks.push(self.named(id, Wanted::Other { probe: Arc::new(probe), unshared }, (run.index, place)));
        }
        Ok(asks)
    }

    /// Asks who called because of the block's requests, where its operators want to know and there is time left.
    pub fn ask_for_calls(&mut self, context: &Context) -> Option<Ask> {
        let id = self.next_id();
        let run = self.block.as_mut()?;
        let wait = run.left.unwrap_or(context.host.limits.callback);
        if run.waiting.is_empty() || wait.is_zero() {
            return None;
        }
        run.calling = Some(id);
        let ids = run.waiting.iter().map(|waiting| waiting.id.clone()).collect();
        Some(ask(id, Wanted::Interactions { ids, wait }))
    }

    /// A number where the request must be sent although the same bytes may have been answered before: this run has sent
    /// them already, or has changed something since.
    fn tells_apart(&mut self, probe: &HttpProbe, sequence: &Sequence) -> Option<u32> {
        if !sequence.asks_later() {
            return None;
        }
        let mut hasher = FxHasher::default();
        probe.hash(&mut hasher);
        let hash = hasher.finish();
        let again = self.sent.contains(&hash);
        if !again {
            self.sent.push(hash);
        }
        let unshared = (again || self.changed).then_some(self.asked + 1);
        self.changed |= !probe.method.is_safe();
        unshared
    }

    pub(super) fn next_id(&mut self) -> AskId {
        self.ids = self.ids.wrapping_add(1);
        AskId::new(self.ids)
    }
}

/// A request's name for people.
fn name_of(block: usize, place: Place) -> Arc<str> {
    let turn = if place.turn > 0 { format!(", payloads {}", place.turn + 1) } else { String::new() };
    format!("block {}, request {}{turn}", block + 1, place.step + 1).into()
}

fn ask(id: AskId, wanted: Wanted) -> Ask {
    Ask { id, wanted, request: Arc::clone(&NAMELESS), label: Arc::clone(&NAMELESS), bindings: Vec::new() }
}
