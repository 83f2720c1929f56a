//! `flow`: which blocks are run, written in a small part of JavaScript.
//!
//! Takes the text and the blocks by protocol, gives an order of blocks: calls of blocks, `&&`, `||`, `!`, parentheses,
//! statements, `if` and `else`, loops that count up to a few or go over extracted values, `set`, and `template.hasOwnProperty` of names that nothing can
//! give. What is more is a program, and refused. Invariant: depth, length and size are bounded, and every block that
//! comes out exists. Must never import compile or any later folder.

mod parser;
mod token;
mod values;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::rule::sequence::{Block, Flow};

use super::context::{Cx, shown};
use super::refusal;
use super::value::Placed;
use parser::Parser;
use token::tokens;

/// The most bytes of a flow.
const LONGEST: usize = 16 << 10;

/// A block as a flow names it.
struct Named<'b> {
    /// The protocol's name in flows.
    protocol: &'static str,
    /// The block's place among those of its protocol, from 1.
    number: usize,
    /// Its own name.
    id: Option<&'b Arc<str>>,
}

/// It is a program.
#[derive(Debug, PartialEq)]
struct Script;

/// What a flow may speak of.
struct World<'w> {
    /// The blocks in the order of the file.
    blocks: Vec<Named<'w>>,
    /// Whether something of the template may give a name a value.
    gives: &'w dyn Fn(&str) -> bool,
}

/// Lowers a flow; `gives` says of which names the template may have values.
pub(super) fn flow(cx: &mut Cx<'_>, (text, span): &Placed, blocks: &[Block], gives: &dyn Fn(&str) -> bool) -> Flow {
    match parse(text, &World { blocks: named(blocks), gives }) {
        Ok((flow, missing)) => {
            for name in missing {
                let help =
                    "blocks are numbered from 1 by protocol, or called by their `id`; a missing one never matches";
                cx.warning("R0108", format!("there is no block `{}`", shown(&name)), *span, "called here", help);
            }
            flow
        }
        Err(Script) => {
            cx.refuse(refusal::FLOW_SCRIPT, *span, "");
            Flow::All
        }
    }
}

/// The order of blocks, and calls of blocks that do not exist.
fn parse(text: &str, world: &World<'_>) -> Result<(Flow, Vec<String>), Script> {
    let tokens = tokens(text).filter(|_| text.len() <= LONGEST).ok_or(Script)?;
    let mut parser = Parser::new(&tokens, world);
    let flow = parser.script()?;
    Ok((flow, parser.missing))
}

/// The blocks of a template as flows name them.
fn named(blocks: &[Block]) -> Vec<Named<'_>> {
    let number = |at: usize, protocol: &str| {
        1 + blocks.iter().take(at).filter(|block| block.protocol.name() == protocol).count()
    };
    let named = |(at, block): (usize, &'_ Block)| (block.protocol.name(), number(at, block.protocol.name()));
    let all = blocks.iter().enumerate().map(|(at, block)| (named((at, block)), block.id.as_ref()));
    all.map(|((protocol, number), id)| Named { protocol, number, id }).collect()
}
