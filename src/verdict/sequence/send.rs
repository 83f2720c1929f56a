//! Sending: the next request of a block, rendered with all that is known.
//!
//! Takes a run and its block; gives asks. Invariant: what is asked for depends on the answers judged so far and on nothing
//! else. Must never import a folder above `plan`.

use std::cell::RefCell;
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Arc, LazyLock};

use rustc_hash::FxHasher;

use super::super::ask::{Ask, AskId, Wanted};
use super::super::item::Context;
use super::block::{BlockRun, Pending, Place};
use super::payloads;
use super::run::{SequenceRun, shares};
use super::values::Set;
use super::vars::{Given, RequestVars, are_settled};
use crate::base::Unknown;
use crate::observation::HttpProbe;
use crate::plan::sequence::{StepContext, StepError, TargetVars, render};
use crate::rule::Sequence;
use crate::rule::sequence::{Block, HttpBlock, Protocol};

/// A name that says nothing.
static NAMELESS: LazyLock<Arc<str>> = LazyLock::new(|| "".into());

impl SequenceRun {
    /// Asks for what can be asked for now.
    pub fn fill(&mut self, context: &Context, sequence: &Sequence, asks: &mut Vec<Ask>) {
        let Some(mut run) = self.block.take() else { return };
        if let Some(block) = sequence.blocks.get(run.index) {
            while run.has_room(block) {
                if self.asked as usize >= context.host.limits.requests_per_rule {
                    self.trouble.set(Some(Unknown::Budget));
                    run.stop();
                }
                let Some(ask) = self.next_ask(context, sequence, block, &mut run) else { break };
                asks.push(ask);
                if self.pausing.is_some() {
                    break;
                }
            }
        }
        self.block = Some(run);
    }

    fn next_ask(&mut self, context: &Context, sequence: &Sequence, block: &Block, run: &mut BlockRun) -> Option<Ask> {
        loop {
            let pause = self.pause.take();
            if !pause.is_zero() {
                let id = self.next_id();
                self.pausing = Some(id);
                return Some(ask(id, Wanted::Pause(pause)));
            }
            let next = run.take_next(block)?;
            let Protocol::Http(http) = &block.protocol else {
                run.stop();
                return None;
            };
            match self.prepare(context, sequence, (block, http), run, next) {
                Ok(ask) => return Some(ask),
                Err(StepError::Unresolved(_)) if run.is_parallel() => {}
                Err(_) => {
                    run.stop();
                    return None;
                }
            }
        }
    }

    fn prepare(
        &mut self,
        context: &Context,
        sequence: &Sequence,
        (block, http): (&Block, &HttpBlock),
        run: &mut BlockRun,
        (place, dynamic): (Place, Set),
    ) -> Result<Ask, StepError> {
        let step = http.steps.get(place.step).ok_or_else(|| StepError::Malformed("there is no such request".into()))?;
        let rule = &context.compiled.rule.id;
        let vars = || TargetVars::new(&context.host, &context.endpoint, rule, &sequence.tokens);
        let target = self.target.get_or_insert_with(vars);
        let stable = run.is_parallel() || shares(sequence) || are_settled(sequence);
        let mut given = Given {
            target: target.for_step(step),
            payloads: Vec::new(),
            dynamic,
            drawing: if stable { 0 } else { self.asked + 1 },
            memo: RefCell::default(),
        };
        let frame = self.frame(context, sequence);
        let random = frame.random("request", self.asked);
        if let Some(turn) = block.payloads.as_ref().and_then(|all| payloads::turn(all, place.turn)) {
            let vars = RequestVars { payloads: false, ..RequestVars::all(frame, &given) };
            let env = frame.env(&vars, &random);
            given.payloads = turn.iter().map(|(name, text)| (Arc::clone(name), text.render(&env).bytes)).collect();
        }
        let vars = RequestVars::all(frame, &given);
        let jar = if run.is_parallel() { &self.jar_before } else { &self.jar };
        let step_context = StepContext {
            host: &context.host,
            endpoint: &context.endpoint,
            identity: &context.identity,
            jar,
            env: &frame.env(&vars, &random),
            sends_unresolved: block.sends_unresolved,
        };
        let prepared = render(http, step, &step_context)?;
        let unshared = self.tells_apart(&prepared.probe, sequence);
        let id = self.next_id();
        self.asked += 1;
        let (probe, follow) = (Arc::new(prepared.probe.clone()), prepared.follow.clone());
        run.pending.push_back(Pending { id, place, given, prepared, reply: None });
        Ok(ask(id, Wanted::Http { probe, follow, unshared }))
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

    fn next_id(&mut self) -> AskId {
        self.ids = self.ids.wrapping_add(1);
        AskId::new(self.ids)
    }
}

fn ask(id: AskId, wanted: Wanted) -> Ask {
    Ask { id, wanted, request: Arc::clone(&NAMELESS), label: Arc::clone(&NAMELESS), bindings: Vec::new() }
}
