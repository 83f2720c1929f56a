//! `flow`: which blocks are run, written as a boolean expression in JavaScript.
//!
//! Takes the text and the blocks by protocol, gives an order of blocks. What is more than calls of blocks joined by `&&`,
//! `||`, `!`, `;` and parentheses is a program, and refused. Invariant: depth and length are bounded by the text's limit,
//! and every block that comes out exists. Must never import compile or any later folder.

use std::sync::Arc;

use crate::rule::sequence::{Block, Flow};

use super::context::{Cx, shown};
use super::refusal;
use super::value::Placed;

/// The most bytes of a flow.
const LONGEST: usize = 16 << 10;

/// The deepest nesting of a flow.
const DEEPEST: usize = 64;

/// A block as a flow names it.
pub(super) struct Named<'b> {
    /// The protocol's name in flows.
    pub protocol: &'static str,
    /// The block's place among those of its protocol, from 1.
    pub number: usize,
    /// Its own name.
    pub id: Option<&'b Arc<str>>,
}

/// Lowers a flow.
pub(super) fn flow(cx: &mut Cx<'_>, (text, span): &Placed, blocks: &[Named<'_>]) -> Flow {
    let parsed = match tokens(text) {
        Some(tokens) if text.len() <= LONGEST => {
            let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, blocks, missing: Vec::new() };
            parser.script().map(|flow| (flow, parser.missing))
        }
        _ => Err(Script),
    };
    match parsed {
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

/// The blocks of a template as flows name them.
pub(super) fn named(blocks: &[Block]) -> Vec<Named<'_>> {
    let number =
        |at: usize, protocol: &str| 1 + blocks.iter().take(at).filter(|block| name_in_flows(block) == protocol).count();
    let named = |(at, block): (usize, &'_ Block)| (name_in_flows(block), number(at, name_in_flows(block)));
    let all = blocks.iter().enumerate().map(|(at, block)| (named((at, block)), block.id.as_ref()));
    all.map(|((protocol, number), id)| Named { protocol, number, id }).collect()
}

fn name_in_flows(block: &Block) -> &'static str {
    block.protocol.name()
}

/// It is a program.
struct Script;

#[derive(Debug, Clone, PartialEq)]
enum Token<'t> {
    Name(&'t str),
    Text(&'t str),
    Number(usize),
    And,
    Or,
    Not,
    Open,
    Close,
    Comma,
    /// A semicolon, or a line break.
    End,
}

/// The words of a flow; `None` where one of them is of a program.
fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some(c) = rest.chars().next() {
        let (token, length) = match c {
            '\n' | ';' => (Some(Token::End), 1),
            _ if c.is_whitespace() => (None, c.len_utf8()),
            '(' => (Some(Token::Open), 1),
            ')' => (Some(Token::Close), 1),
            ',' => (Some(Token::Comma), 1),
            _ if rest.starts_with("//") => (None, rest.find('\n').unwrap_or(rest.len())),
            _ if rest.starts_with("/*") => (None, rest.find("*/")? + 2),
            _ if rest.starts_with("&&") => (Some(Token::And), 2),
            _ if rest.starts_with("||") => (Some(Token::Or), 2),
            _ if rest.starts_with("!=") => return None,
            '!' => (Some(Token::Not), 1),
            '"' | '\'' | '`' => {
                let inner = rest.get(1..)?;
                let inner = inner.get(..inner.find(c)?)?;
                if inner.contains(['\\', '\n', '$']) {
                    return None;
                }
                (Some(Token::Text(inner)), inner.len() + 2)
            }
            _ if c.is_ascii_digit() => {
                let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                (Some(Token::Number(rest.get(..length)?.parse().ok()?)), length)
            }
            _ if c.is_ascii_alphabetic() => {
                let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                (Some(Token::Name(rest.get(..length)?)), length)
            }
            _ => return None,
        };
        tokens.extend(token);
        rest = rest.get(length..)?;
    }
    Some(tokens)
}

struct Parser<'p, 't> {
    tokens: &'p [Token<'t>],
    at: usize,
    depth: usize,
    blocks: &'p [Named<'p>],
    /// Calls of blocks that do not exist.
    missing: Vec<String>,
}

impl<'t> Parser<'_, 't> {
    fn peek(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, token: &Token<'_>) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    fn skip_ends(&mut self) {
        while self.take(&Token::End) {}
    }

    /// Statements, each on its own.
    fn script(&mut self) -> Result<Flow, Script> {
        let mut parts = Vec::new();
        self.skip_ends();
        while self.peek().is_some() {
            parts.push(self.either()?);
            if self.peek().is_some() && !self.take(&Token::End) {
                return Err(Script);
            }
            self.skip_ends();
        }
        Ok(match parts.len() {
            0 => Flow::All,
            1 => parts.swap_remove(0),
            _ => Flow::Then(parts),
        })
    }

    /// An operator, which may stand at the beginning of the next line.
    fn operator(&mut self, token: &Token<'_>) -> bool {
        let before = self.at;
        self.skip_ends();
        if self.take(token) {
            self.skip_ends();
            return true;
        }
        self.at = before;
        false
    }

    fn either(&mut self) -> Result<Flow, Script> {
        let mut parts = vec![self.both()?];
        while self.operator(&Token::Or) {
            parts.push(self.both()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Flow::Or(parts) })
    }

    fn both(&mut self) -> Result<Flow, Script> {
        let mut parts = vec![self.one()?];
        while self.operator(&Token::And) {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Flow::And(parts) })
    }

    fn one(&mut self) -> Result<Flow, Script> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Script);
        }
        let part = if self.take(&Token::Not) {
            Flow::Not(Box::new(self.one()?))
        } else if self.take(&Token::Open) {
            self.skip_ends();
            let inner = self.either()?;
            self.skip_ends();
            if !self.take(&Token::Close) {
                return Err(Script);
            }
            inner
        } else {
            self.call()?
        };
        self.depth -= 1;
        Ok(part)
    }

    /// `http(1)`, `http("name")`, `http()`.
    fn call(&mut self) -> Result<Flow, Script> {
        let Some(Token::Name(name)) = self.peek() else { return Err(Script) };
        let protocol = *name;
        self.at += 1;
        if !self.take(&Token::Open) || !self.blocks.iter().any(|block| block.protocol == protocol) {
            return Err(Script);
        }
        let mut called = Vec::new();
        while !self.take(&Token::Close) {
            called.push(self.argument(protocol)?);
            if self.peek() != Some(&Token::Close) && !self.take(&Token::Comma) {
                return Err(Script);
            }
        }
        if called.is_empty() {
            let all = self.blocks.iter().enumerate().filter(|(_, block)| block.protocol == protocol);
            called = all.map(|(at, _)| Flow::Block(at)).collect();
        }
        Ok(if called.len() == 1 { called.swap_remove(0) } else { Flow::Each(called) })
    }

    fn argument(&mut self, protocol: &str) -> Result<Flow, Script> {
        let (named, number) = match self.peek() {
            Some(Token::Number(number)) => (None, Some(*number)),
            Some(Token::Text(text)) => (Some(*text), text.parse().ok()),
            _ => return Err(Script),
        };
        self.at += 1;
        let is = |block: &Named<'_>| {
            let called = named.is_some() && block.id.map(|id| &**id) == named;
            block.protocol == protocol && (called || number == Some(block.number))
        };
        let found = self.blocks.iter().position(is).map(Flow::Block);
        let written = || named.map_or_else(|| number.unwrap_or(0).to_string(), str::to_owned);
        // What does not exist never holds.
        Ok(found.unwrap_or_else(|| {
            self.missing.push(format!("{protocol}({})", written()));
            Flow::Each(Vec::new())
        }))
    }
}
