//! One rule as bytes, and back.
//!
//! Takes rules that are sequences, gives records; a record is read without knowing the file that the rule came from.
//! Invariant: whatever the bytes are, reading them takes time and memory in proportion to their number and a bounded
//! stack. Must never import a folder above `report`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::steps::{Flat, build as build_steps, flatten as flatten_steps};
use crate::base::SourceFile;
use crate::dialect::nuclei::REFUSALS;
use crate::rule::sequence::{Flow, Given};
use crate::rule::{Refusal, Rule, Sequence};

/// The deepest flow that is read.
const MAX_DEPTH: usize = 64;

/// A rule without its file. The flow stands beside the sequence, since it is the one part that nests.
#[derive(Serialize, Deserialize)]
struct Record {
    id: Arc<str>,
    sequence: Sequence,
    flow: Vec<Op>,
    workflow: Option<(u32, Vec<Flat>)>,
    refused: Option<(String, String)>,
}

/// A step of building a flow from what was built before: parts first, then what joins them.
#[derive(Serialize, Deserialize)]
enum Op {
    All,
    Block(usize),
    And(usize),
    Or(usize),
    Each(usize),
    Not,
    Then(usize),
    Set(Arc<str>, Given),
    ForEach(Arc<str>),
}

/// The record of a rule; `None` where it is no sequence.
pub(super) fn write(rule: &Rule) -> Option<Vec<u8>> {
    let sequence = rule.sequence.as_deref()?;
    let mut flow = Vec::new();
    flatten(&sequence.flow, &mut flow);
    let refused = rule.refused.as_ref().map(|why| (why.code.to_owned(), why.reason.clone()));
    let sequence = Sequence { flow: Flow::All, ..sequence.clone() };
    let workflow = rule.workflow.as_deref().map(flatten_steps);
    postcard::to_stdvec(&Record { id: Arc::clone(&rule.id), sequence, flow, workflow, refused }).ok()
}

/// The rule of a record; `None` where the bytes are none.
pub(super) fn read(bytes: &[u8], source: SourceFile) -> Option<Rule> {
    let Record { id, mut sequence, flow, workflow, refused } = postcard::from_bytes(bytes).ok()?;
    if !matches!(sequence.flow, Flow::All) {
        return None;
    }
    sequence.flow = build(flow, sequence.blocks.len())?;
    let refused = match refused {
        Some((code, reason)) => {
            let known = REFUSALS.iter().find(|why| why.code == code)?;
            Some(Refusal { code: known.code, reason, tests_run: false })
        }
        None => None,
    };
    let workflow = match workflow {
        Some(flat) => Some(Arc::new(build_steps(flat)?)),
        None => None,
    };
    Some(Rule { refused, workflow, ..Rule::of_sequence(id, Arc::new(sequence), source) })
}

fn flatten(flow: &Flow, ops: &mut Vec<Op>) {
    let mut all = |parts: &[Flow], join: fn(usize) -> Op| {
        parts.iter().for_each(|part| flatten(part, ops));
        ops.push(join(parts.len()));
    };
    match flow {
        Flow::All => ops.push(Op::All),
        Flow::Block(index) => ops.push(Op::Block(*index)),
        Flow::And(parts) => all(parts, Op::And),
        Flow::Or(parts) => all(parts, Op::Or),
        Flow::Each(parts) => all(parts, Op::Each),
        Flow::Then(parts) => all(parts, Op::Then),
        Flow::Not(part) => all(std::slice::from_ref(part), |_| Op::Not),
        Flow::Set(name, given) => ops.push(Op::Set(Arc::clone(name), given.clone())),
        Flow::ForEach(name, part) => {
            flatten(part, ops);
            ops.push(Op::ForEach(Arc::clone(name)));
        }
    }
}

fn build(ops: Vec<Op>, blocks: usize) -> Option<Flow> {
    let mut built: Vec<(Flow, usize)> = Vec::new();
    for op in ops {
        let count = match op {
            Op::All | Op::Block(_) | Op::Set(..) => 0,
            Op::Not | Op::ForEach(_) => 1,
            Op::And(count) | Op::Or(count) | Op::Each(count) | Op::Then(count) => count,
        };
        let parts = built.split_off(built.len().checked_sub(count)?);
        let depth = parts.iter().map(|(_, depth)| depth + 1).max().unwrap_or(0);
        let mut parts = parts.into_iter().map(|(flow, _)| flow);
        let flow = match op {
            Op::All => Flow::All,
            Op::Block(index) => Flow::Block(Some(index).filter(|index| *index < blocks)?),
            Op::Not => Flow::Not(Box::new(parts.next()?)),
            Op::And(_) => Flow::And(parts.collect()),
            Op::Or(_) => Flow::Or(parts.collect()),
            Op::Each(_) => Flow::Each(parts.collect()),
            Op::Then(_) => Flow::Then(parts.collect()),
            Op::Set(name, given) => Flow::Set(name, given),
            Op::ForEach(name) => Flow::ForEach(name, Box::new(parts.next()?)),
        };
        if depth > MAX_DEPTH {
            return None;
        }
        built.push((flow, depth));
    }
    let (flow, _) = built.pop()?;
    built.is_empty().then_some(flow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_survives_and_a_hostile_one_does_not() {
        let flow = Flow::Then(vec![
            Flow::Block(0),
            Flow::Set("a".into(), Given::OneOf("b".into(), 1)),
            Flow::ForEach("b".into(), Box::new(Flow::Block(0))),
            Flow::Not(Box::new(Flow::Each(vec![Flow::Block(1), Flow::And(Vec::new())]))),
        ]);
        let mut ops = Vec::new();
        flatten(&flow, &mut ops);
        assert_eq!(build(ops, 2), Some(flow));
        let deep = std::iter::once(Op::All).chain((0..100_000).map(|_| Op::Not)).collect();
        for hostile in
            [deep, vec![], vec![Op::Not], vec![Op::And(usize::MAX)], vec![Op::All, Op::All], vec![Op::Block(2)]]
        {
            assert_eq!(build(hostile, 2), None);
        }
    }
}
