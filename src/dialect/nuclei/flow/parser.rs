//! The grammar of flows.
//!
//! Invariant: nesting and the size of what comes out are bounded. Must never import compile or any later folder.

use crate::rule::sequence::Flow;

use super::token::Token;
use super::{Named, Script, World};

/// The deepest nesting of a flow.
const DEEPEST: usize = 64;

/// The most rounds of a loop.
const MOST_ROUNDS: usize = 16;

/// The most calls that loops may unfold into.
const MOST_CALLS: usize = 1_000;

/// Reads tokens.
pub(super) struct Parser<'p, 't> {
    tokens: &'p [Token<'t>],
    at: usize,
    depth: usize,
    world: &'p World<'p>,
    /// Calls of blocks that do not exist.
    pub missing: Vec<String>,
    /// The name of a loop's value, inside one.
    pub(super) item: Option<&'t str>,
}

impl<'p, 't> Parser<'p, 't> {
    pub(super) fn new(tokens: &'p [Token<'t>], world: &'p World<'p>) -> Self {
        Self { tokens, at: 0, depth: 0, world, missing: Vec::new(), item: None }
    }

    pub(super) fn peek(&self) -> Option<Token<'t>> {
        self.tokens.get(self.at).copied()
    }

    pub(super) fn take(&mut self, token: Token<'_>) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    /// Goes on behind the next word.
    pub(super) fn step(&mut self) {
        self.at += 1;
    }

    pub(super) fn want(&mut self, token: Token<'_>) -> Result<(), Script> {
        if self.take(token) { Ok(()) } else { Err(Script) }
    }

    fn skip_ends(&mut self) {
        while self.take(Token::End) {}
    }

    /// A word that may stand on the next line; what stands there instead is left.
    fn take_ahead(&mut self, token: Token<'_>) -> bool {
        let before = self.at;
        self.skip_ends();
        let found = self.take(token);
        if !found {
            self.at = before;
        }
        found
    }

    fn nested<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T, Script>) -> Result<T, Script> {
        self.depth += 1;
        let result = if self.depth > DEEPEST { Err(Script) } else { inside(self) };
        self.depth -= 1;
        result
    }

    /// The whole text.
    pub(super) fn script(&mut self) -> Result<Flow, Script> {
        let flow = self.statements()?;
        if self.peek().is_some() { Err(Script) } else { Ok(flow) }
    }

    /// Statements, up to a closing brace.
    fn statements(&mut self) -> Result<Flow, Script> {
        let mut parts = Vec::new();
        self.skip_ends();
        while self.peek().is_some_and(|token| token != Token::Sign("}")) {
            let ends = self.statement(&mut parts)?;
            let closed = self.peek().is_none_or(|token| token == Token::Sign("}"));
            if !ends && !closed && !self.take(Token::End) {
                return Err(Script);
            }
            self.skip_ends();
        }
        Ok(match parts.len() {
            1 => parts.swap_remove(0),
            0 if self.depth == 0 => Flow::All,
            _ => Flow::Then(parts),
        })
    }

    /// One statement; whether it ends without a semicolon.
    fn statement(&mut self, parts: &mut Vec<Flow>) -> Result<bool, Script> {
        match self.peek() {
            Some(Token::Name("if")) => parts.push(self.nested(Self::choice)?),
            Some(Token::Name("for")) => parts.push(self.nested(Self::repetition)?),
            _ => {
                parts.push(self.either()?);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `{ … }`, or one statement.
    pub(super) fn body(&mut self) -> Result<Flow, Script> {
        self.skip_ends();
        if self.take(Token::Sign("{")) {
            let inside = self.statements()?;
            self.want(Token::Sign("}"))?;
            return Ok(inside);
        }
        let mut parts = Vec::new();
        self.statement(&mut parts)?;
        Ok(parts.swap_remove(0))
    }

    /// `if (…) … else …`
    fn choice(&mut self) -> Result<Flow, Script> {
        self.want(Token::Name("if"))?;
        self.want(Token::Open)?;
        self.skip_ends();
        let condition = self.either()?;
        self.skip_ends();
        self.want(Token::Close)?;
        let then = self.body()?;
        if !self.take_ahead(Token::Name("else")) {
            return Ok(Flow::And(vec![condition, then]));
        }
        let otherwise = self.body()?;
        // What follows a condition that holds must not let the other branch run, whatever its value.
        let then = Flow::Then(vec![then, Flow::Not(Box::new(never()))]);
        Ok(Flow::Or(vec![Flow::And(vec![condition, then]), otherwise]))
    }

    /// `for (let i = 0; i < 2; i++) …`
    fn repetition(&mut self) -> Result<Flow, Script> {
        self.want(Token::Name("for"))?;
        let before = self.at;
        if let Ok(values) = self.loop_of_values() {
            return Ok(values);
        }
        (self.at, self.item) = (before, None);
        self.want(Token::Open)?;
        if !self.take(Token::Name("let")) {
            self.take(Token::Name("var"));
        }
        let Some(Token::Name(counter)) = self.peek() else { return Err(Script) };
        self.at += 1;
        self.want(Token::Sign("="))?;
        let from = self.integer()?;
        self.want(Token::End)?;
        self.want(Token::Name(counter))?;
        self.want(Token::Sign("<"))?;
        let to = self.integer()?;
        self.want(Token::End)?;
        self.want(Token::Name(counter))?;
        self.want(Token::Sign("++"))?;
        self.want(Token::Close)?;
        let round = self.body()?;
        let rounds = to.saturating_sub(from);
        if rounds > MOST_ROUNDS || rounds.saturating_mul(calls(&round)) > MOST_CALLS {
            return Err(Script);
        }
        Ok(Flow::Then(vec![round; rounds]))
    }

    pub(super) fn integer(&mut self) -> Result<usize, Script> {
        let Some(Token::Number(number)) = self.peek() else { return Err(Script) };
        self.at += 1;
        Ok(number)
    }

    fn either(&mut self) -> Result<Flow, Script> {
        self.joined(Token::Or, Self::both, Flow::Or)
    }

    fn both(&mut self) -> Result<Flow, Script> {
        self.joined(Token::And, Self::one, Flow::And)
    }

    fn joined(
        &mut self,
        operator: Token<'_>,
        operand: fn(&mut Self) -> Result<Flow, Script>,
        join: fn(Vec<Flow>) -> Flow,
    ) -> Result<Flow, Script> {
        let mut parts = vec![operand(self)?];
        while self.take_ahead(operator) {
            self.skip_ends();
            parts.push(operand(self)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { join(parts) })
    }

    fn one(&mut self) -> Result<Flow, Script> {
        self.nested(|parser| {
            if parser.take(Token::Not) {
                return Ok(Flow::Not(Box::new(parser.one()?)));
            }
            if parser.take(Token::Open) {
                parser.skip_ends();
                let inner = parser.either()?;
                parser.skip_ends();
                return parser.want(Token::Close).map(|()| inner);
            }
            match parser.peek() {
                Some(Token::Name("template")) => parser.ownership(),
                Some(Token::Name("set")) => parser.assignment(),
                _ => parser.call(),
            }
        })
    }

    /// `template.hasOwnProperty('name')`: false, where nothing can give the name a value.
    fn ownership(&mut self) -> Result<Flow, Script> {
        self.want(Token::Name("template"))?;
        self.want(Token::Sign("."))?;
        self.want(Token::Name("hasOwnProperty"))?;
        self.want(Token::Open)?;
        let Some(Token::Text(name)) = self.peek() else { return Err(Script) };
        self.at += 1;
        self.want(Token::Close)?;
        if (self.world.gives)(name) { Err(Script) } else { Ok(never()) }
    }

    /// `http(1)`, `http("name")`, `http()`.
    fn call(&mut self) -> Result<Flow, Script> {
        let Some(Token::Name(protocol)) = self.peek() else { return Err(Script) };
        self.at += 1;
        let blocks = &self.world.blocks;
        if !self.take(Token::Open) || !blocks.iter().any(|block| block.protocol == protocol) {
            return Err(Script);
        }
        let mut called = Vec::new();
        while !self.take(Token::Close) {
            called.push(self.argument(protocol)?);
            if self.peek() != Some(Token::Close) {
                self.want(Token::Comma)?;
            }
        }
        if called.is_empty() {
            let all = blocks.iter().enumerate().filter(|(_, block)| block.protocol == protocol);
            called = all.map(|(at, _)| Flow::Block(at)).collect();
        }
        Ok(if called.len() == 1 { called.swap_remove(0) } else { Flow::Each(called) })
    }

    fn argument(&mut self, protocol: &str) -> Result<Flow, Script> {
        let (named, number) = match self.peek() {
            Some(Token::Number(number)) => (None, Some(number)),
            Some(Token::Text(text)) => (Some(text), text.parse().ok()),
            _ => return Err(Script),
        };
        self.at += 1;
        let is = |block: &Named<'_>| {
            let called = named.is_some() && block.id.map(|id| &**id) == named;
            block.protocol == protocol && (called || number == Some(block.number))
        };
        let found = self.world.blocks.iter().position(is).map(Flow::Block);
        let written = || named.map_or_else(|| number.unwrap_or(0).to_string(), str::to_owned);
        // What does not exist never holds.
        Ok(found.unwrap_or_else(|| {
            self.missing.push(format!("{protocol}({})", written()));
            never()
        }))
    }
}

/// What runs nothing and never holds.
fn never() -> Flow {
    Flow::Each(Vec::new())
}

/// How many calls a flow is made of.
fn calls(flow: &Flow) -> usize {
    match flow {
        Flow::All | Flow::Block(_) | Flow::Set(..) => 1,
        Flow::And(parts) | Flow::Or(parts) | Flow::Each(parts) | Flow::Then(parts) => {
            1 + parts.iter().map(calls).sum::<usize>()
        }
        Flow::Not(part) | Flow::ForEach(_, part) => 1 + calls(part),
    }
}
