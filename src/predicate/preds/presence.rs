//! Presence: whether there is a value at all, and negation.
//!
//! The evaluation stands with the tree of predicates in [`super`]: it is what tells missing values from others.
//! Must never import a folder above `expr`.

use super::{OperandKind, PredSpec};

pub(super) const SPECS: &[PredSpec] = &[
    PredSpec {
        name: "exists",
        operand: OperandKind::Bool,
        accepts: &[],
        summary: "Whether there is a value at all; an empty one is a value",
        example: "false",
    },
    PredSpec {
        name: "not",
        operand: OperandKind::Pred,
        accepts: &[],
        summary: "There is a value, and this does not hold of it",
        example: "{ contains: bearer }",
    },
    PredSpec {
        name: "or_missing",
        operand: OperandKind::Bool,
        accepts: &[],
        summary: "A missing value satisfies the map too",
        example: "true",
    },
];
