//! The order of a sequence's blocks, followed one block at a time.
//!
//! Takes what became of each block; gives the next. Invariant: a block is run where the flow comes to it and only there.
//! Must never import a folder above `plan`.

use crate::rule::sequence::Flow;

/// Where a flow stands: the blocks that were run with their values, in the order of running. What comes next follows
/// from these alone.
#[derive(Debug, Default)]
pub(super) struct Course {
    values: Vec<bool>,
}

/// What a flow wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// That block is run.
    Block(usize),
    /// It is over, with that value.
    Over(bool),
}

impl Course {
    /// What comes next.
    pub fn next(&self, flow: &Flow, blocks: usize) -> Turn {
        let mut known = self.values.iter().copied();
        follow(flow, blocks, &mut known)
    }

    /// The block that came next has been run.
    pub fn ran(&mut self, value: bool) {
        self.values.push(value);
    }
}

/// Follows the flow as far as values are known.
fn follow(flow: &Flow, blocks: usize, known: &mut impl Iterator<Item = bool>) -> Turn {
    let mut run = |part: &Flow| follow(part, blocks, known);
    match flow {
        Flow::Block(index) => known.next().map_or(Turn::Block(*index), Turn::Over),
        Flow::All => {
            let mut any = false;
            for index in 0..blocks {
                match known.next() {
                    Some(value) => any |= value,
                    None => return Turn::Block(index),
                }
            }
            Turn::Over(any)
        }
        Flow::And(parts) => until(parts, false, &mut run),
        Flow::Or(parts) => until(parts, true, &mut run),
        Flow::Each(parts) => {
            let mut any = false;
            for part in parts {
                match run(part) {
                    Turn::Over(value) => any |= value,
                    block => return block,
                }
            }
            Turn::Over(any)
        }
        Flow::Not(part) => match run(part) {
            Turn::Over(value) => Turn::Over(!value),
            block => block,
        },
        Flow::Then(parts) => {
            let mut last = Turn::Over(true);
            for part in parts {
                last = run(part);
                if matches!(last, Turn::Block(_)) {
                    break;
                }
            }
            last
        }
    }
}

/// Every part in order until one has that value.
fn until(parts: &[Flow], stop: bool, run: &mut impl FnMut(&Flow) -> Turn) -> Turn {
    for part in parts {
        match run(part) {
            Turn::Over(value) if value != stop => {}
            end => return end,
        }
    }
    Turn::Over(!stop)
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
    }
}
