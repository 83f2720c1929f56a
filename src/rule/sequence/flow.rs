//! Which blocks of a sequence are run, depending on what became of those before.
//!
//! Invariant: blocks are named by their index in the sequence, and every index is one. Must never import a folder above
//! `predicate`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// An order of blocks. A block's value is whether it matched; one without matchers is true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flow {
    /// Every block in the order of the file, whatever becomes of those before.
    All,
    /// One block.
    Block(usize),
    /// Every part in order, as long as they hold.
    And(Vec<Flow>),
    /// Every part in order, until one holds.
    Or(Vec<Flow>),
    /// Every part in order, whatever becomes of those before; holds where one of them did.
    Each(Vec<Flow>),
    /// Whether the part does not hold.
    Not(Box<Flow>),
    /// Every part in order; the value is the last one's.
    Then(Vec<Flow>),
    /// Gives a name a value, for the blocks that follow. Holds.
    Set(Arc<str>, Given),
    /// The part once for each value of that name. Holds.
    ForEach(Arc<str>, Box<Flow>),
}

/// A value that a flow gives a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Given {
    /// A text.
    Text(Arc<str>),
    /// What a name stands for.
    Value(Arc<str>),
    /// One of the values of a name, from 0.
    OneOf(Arc<str>, usize),
    /// One letter of a name's value where it has one value, one of its values where it has several.
    PartOf(Arc<str>, usize),
    /// The value of the round at hand of a [`Flow::ForEach`].
    Item,
}
