//! What is known of a sequence before it is run.
//!
//! Invariant: read from the rule alone, and of what came of an answer from nothing but that. Must never import a folder
//! above `plan`.

use super::judged::Judged;
use crate::rule::Sequence;
use crate::rule::sequence::{Block, Flow, Protocol};

/// Whether blocks know what earlier ones found.
pub(super) fn shares(sequence: &Sequence) -> bool {
    sequence.blocks.len() > 1 || sequence.flow != Flow::All
}

/// Whether the flow takes the block for one that holds, by this answer.
pub(super) fn holds(block: &Block, judged: &Judged) -> bool {
    let operators = &block.operators;
    let asks_nothing = operators.matchers.is_empty() && operators.extractors.is_empty();
    judged.matched || (judged.any && operators.matchers.is_empty()) || asks_nothing
}

/// Whether later answers of the block may be asked about this one.
pub(super) fn keeps_past(block: &Block) -> bool {
    match &block.protocol {
        Protocol::Http(http) => http.steps.len() > 1 || http.redirects != crate::rule::Redirects::None,
        _ => false,
    }
}
