//! The order of a sequence's blocks, followed one block at a time.
//!
//! Takes what became of each block; gives the next. Invariant: a block is run where the flow comes to it and only there.
//! Must never import a folder above `plan`.

use std::sync::Arc;

use crate::base::Value;
use crate::rule::sequence::{Flow, Given};

/// The most steps of a flow.
const MOST: usize = 10_000;

/// Where a flow stands: what became of the steps that were taken, in their order. What comes next follows from these alone.
#[derive(Debug, Default)]
pub(super) struct Course {
    known: Vec<Known>,
}

/// What became of a step.
#[derive(Debug)]
enum Known {
    /// A block was run, or a name was set.
    Ran(bool),
    /// A loop goes over these values.
    Over(Vec<Value>),
}

/// What a flow wants.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Turn {
    /// That block is run.
    Block(usize),
    /// That name gets this value; in a loop this is the round's.
    Set(Arc<str>, Given, Option<Value>),
    /// A loop goes over the values of that name.
    Loop(Arc<str>),
    /// It is over, with that value.
    Over(bool),
}

impl Course {
    /// What comes next.
    pub fn next(&self, flow: &Flow, blocks: usize) -> Turn {
        if self.known.len() >= MOST {
            return Turn::Over(false);
        }
        Follower { known: self.known.iter(), blocks, item: None }.follow(flow)
    }

    /// The step that came next was taken.
    pub fn ran(&mut self, value: bool) {
        self.known.push(Known::Ran(value));
    }

    /// The loop that came next goes over these values.
    pub fn goes_over(&mut self, values: Vec<Value>) {
        self.known.push(Known::Over(values));
    }
}

/// Follows a flow as far as it is known what became of its steps.
struct Follower<'a> {
    known: std::slice::Iter<'a, Known>,
    blocks: usize,
    /// The value of the round at hand.
    item: Option<&'a Value>,
}

impl Follower<'_> {
    fn follow(&mut self, flow: &Flow) -> Turn {
        match flow {
            Flow::Block(index) => self.step().map_or(Turn::Block(*index), Turn::Over),
            Flow::Set(name, given) => {
                let item = self.item.cloned();
                self.step().map_or_else(|| Turn::Set(Arc::clone(name), given.clone(), item), Turn::Over)
            }
            Flow::All => {
                let mut any = false;
                for index in 0..self.blocks {
                    match self.step() {
                        Some(value) => any |= value,
                        None => return Turn::Block(index),
                    }
                }
                Turn::Over(any)
            }
            Flow::And(parts) => self.until(parts, false),
            Flow::Or(parts) => self.until(parts, true),
            Flow::Each(parts) => {
                let mut any = false;
                for part in parts {
                    match self.follow(part) {
                        Turn::Over(value) => any |= value,
                        step => return step,
                    }
                }
                Turn::Over(any)
            }
            Flow::Not(part) => match self.follow(part) {
                Turn::Over(value) => Turn::Over(!value),
                step => step,
            },
            Flow::Then(parts) => {
                let mut last = Turn::Over(true);
                for part in parts {
                    last = self.follow(part);
                    if !matches!(last, Turn::Over(_)) {
                        break;
                    }
                }
                last
            }
            Flow::ForEach(name, part) => {
                let values = match self.known.next() {
                    Some(Known::Over(values)) => values,
                    _ => return Turn::Loop(Arc::clone(name)),
                };
                for value in values {
                    self.item = Some(value);
                    let turn = self.follow(part);
                    if !matches!(turn, Turn::Over(_)) {
                        return turn;
                    }
                }
                self.item = None;
                Turn::Over(true)
            }
        }
    }

    fn step(&mut self) -> Option<bool> {
        self.known.next().map(|known| matches!(known, Known::Ran(true)))
    }

    /// Every part in order until one has that value.
    fn until(&mut self, parts: &[Flow], stop: bool) -> Turn {
        for part in parts {
            match self.follow(part) {
                Turn::Over(value) if value != stop => {}
                end => return end,
            }
        }
        Turn::Over(!stop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The blocks that run where those in `good` hold.
    fn ran(flow: &Flow, blocks: usize, good: &[usize]) -> (Vec<usize>, bool) {
        let (mut course, mut order) = (Course::default(), Vec::new());
        loop {
            match course.next(flow, blocks) {
                Turn::Over(value) => return (order, value),
                Turn::Block(index) => {
                    order.push(index);
                    course.ran(good.contains(&index));
                }
                Turn::Set(_, given, item) => {
                    assert_eq!((given, item.is_some()), (Given::Item, true));
                    course.ran(true);
                }
                Turn::Loop(name) => course.goes_over(vec![Value::from(&*name); 2]),
            }
        }
    }

    #[test]
    fn blocks_run_as_far_as_the_flow_goes() {
        let block = Flow::Block;
        let and = Flow::And(vec![block(0), block(1)]);
        assert_eq!(ran(&and, 2, &[1]), (vec![0], false));
        assert_eq!(ran(&and, 2, &[0, 1]), (vec![0, 1], true));
        let or = Flow::Or(vec![block(0), Flow::And(vec![block(1), block(0)])]);
        assert_eq!(ran(&or, 2, &[1]), (vec![0, 1, 0], false));
        let then = Flow::Then(vec![and.clone(), block(2)]);
        assert_eq!(ran(&then, 3, &[2]), (vec![0, 2], true));
        assert_eq!(ran(&Flow::Not(Box::new(and)), 2, &[]), (vec![0], true));
        let each = Flow::Each(vec![block(1), block(0)]);
        assert_eq!((ran(&each, 2, &[1]), ran(&each, 2, &[])), ((vec![1, 0], true), (vec![1, 0], false)));
        assert_eq!(ran(&Flow::All, 3, &[1]), (vec![0, 1, 2], true));
        assert_eq!(ran(&Flow::All, 0, &[]), (vec![], false));
        let round = Flow::Then(vec![Flow::Set("a".into(), Given::Item), block(1)]);
        let each = Flow::Then(vec![block(0), Flow::ForEach("b".into(), Box::new(round)), block(0)]);
        assert_eq!(ran(&each, 2, &[0]), (vec![0, 1, 1, 0], true));
    }
}
