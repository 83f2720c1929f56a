//! Tokens to a tree.
//!
//! Takes tokens that are legal one after another, and gives a tree; operators of one level group from the left.
//! Invariant: nesting is bounded by `Limits::expr_depth`. Must never import a folder above `base`.

use super::ast::{Inset, Node, Parsed, Part};
use super::datum::Datum;
use super::error::DslError;
use super::functions::Function;
use super::lexer::{self, Lexeme, Token};
use super::operators::{LEVELS, Operator};
use super::regex::Regex;
use crate::base::Limits;

/// How the markers of a text literal are found; none where it has none.
pub(super) type Insets = fn(&str, &Limits) -> Result<Vec<Part>, DslError>;

/// Tokens of one expression.
const MOST_TOKENS: usize = 100_000;

/// Parses a whole text as one expression; without a way to find markers, its text literals are text.
pub(super) fn parse(source: &str, insets: Option<Insets>, limits: &Limits) -> Result<Parsed, DslError> {
    let tokens = lexer::tokens(source, MOST_TOKENS)?;
    let mut parser = Parser { tokens, next: 0, depth: 0, insets, limits };
    let node = parser.tuple()?;
    match parser.tokens.get(parser.next) {
        None => Ok(Parsed::new(node)),
        Some(token) => Err(DslError::syntax(token.at, "an operator is missing before this")),
    }
}

struct Parser<'l> {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    insets: Option<Insets>,
    limits: &'l Limits,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Lexeme> {
        self.tokens.get(self.next).map(|token| &token.what)
    }

    /// Values with commas between.
    fn tuple(&mut self) -> Result<Node, DslError> {
        let first = self.level(0)?;
        let mut items = vec![first];
        while matches!(self.peek(), Some(Lexeme::Comma)) {
            self.next += 1;
            items.push(self.level(0)?);
        }
        match (items.len(), items.pop()) {
            (1, Some(only)) => Ok(only),
            (_, last) => {
                items.extend(last);
                Ok(Node::Tuple(items))
            }
        }
    }

    /// Operators of that level, from left to right.
    fn level(&mut self, level: u8) -> Result<Node, DslError> {
        if level == LEVELS {
            return self.operand();
        }
        let first = self.level(level + 1)?;
        let mut rest = Vec::new();
        while let Some(operator) = self.peek().and_then(infix).filter(|operator| operator.level() == level) {
            self.next += 1;
            let listed = operator == Operator::In && matches!(self.peek(), Some(Lexeme::Open));
            let right = self.level(level + 1)?;
            rest.push((operator, if listed { as_list(right) } else { self.right_side(operator, right)? }));
        }
        Ok(if rest.is_empty() { first } else { Node::Chain(Box::new(first), rest) })
    }

    /// The right side of `=~` and `!~` is a regex where it is written out, and has to be one.
    fn right_side(&self, operator: Operator, node: Node) -> Result<Node, DslError> {
        match (operator, node) {
            (Operator::Matches | Operator::MatchesNot, Node::Const(Datum::Text(text))) => {
                let source = String::from_utf8_lossy(&text);
                Ok(Node::Regex(Regex::parse(&source, self.limits)?))
            }
            (_, node) => Ok(node),
        }
    }

    fn operand(&mut self) -> Result<Node, DslError> {
        let Some(token) = self.tokens.get(self.next).cloned() else {
            return Err(DslError::syntax(0, "a value is missing"));
        };
        self.next += 1;
        match token.what {
            Lexeme::Number(number) | Lexeme::Date(number) => Ok(Node::Const(Datum::Number(number))),
            Lexeme::Bool(yes) => Ok(Node::Const(Datum::Bool(yes))),
            Lexeme::Text(text) => self.literal(text),
            Lexeme::Name(name) => Ok(Node::Name(name.into())),
            Lexeme::Access(name) => self.access(&name),
            Lexeme::Prefix(operator) => Ok(Node::Prefix(operator, Box::new(self.operand()?))),
            Lexeme::Function(function) => self.call(function),
            Lexeme::Open => self.group(token.at),
            _ => Err(DslError::syntax(token.at, "a value is missing before this")),
        }
    }

    /// What stands between parentheses, the first of which is read.
    fn group(&mut self, at: usize) -> Result<Node, DslError> {
        self.depth += 1;
        if self.depth > self.limits.expr_depth {
            return Err(DslError::Limit(format!("parentheses nest deeper than {}", self.limits.expr_depth)));
        }
        let node = match self.peek() {
            Some(Lexeme::Close) => Node::Nil,
            _ => self.tuple()?,
        };
        match self.peek() {
            Some(Lexeme::Close) => self.next += 1,
            _ => return Err(DslError::syntax(at, "an operator is missing within these parentheses")),
        }
        self.depth -= 1;
        Ok(node)
    }

    fn call(&mut self, function: &'static Function) -> Result<Node, DslError> {
        let at = self.tokens.get(self.next).map_or(0, |token| token.at);
        self.next += 1;
        let mut args = match self.group(at)? {
            Node::Nil => Vec::new(),
            Node::Tuple(items) => items,
            one => vec![one],
        };
        if let Some(arg) = function.regex_at.and_then(|place| args.get_mut(place))
            && let Node::Const(Datum::Text(text)) = &*arg
        {
            *arg = Node::Regex(Regex::unchecked(String::from_utf8_lossy(text).as_ref()));
        }
        Ok(Node::Call(function, args))
    }

    fn access(&mut self, name: &str) -> Result<Node, DslError> {
        if matches!(self.peek(), Some(Lexeme::Open)) {
            let at = self.tokens.get(self.next).map_or(0, |token| token.at);
            self.next += 1;
            self.group(at)?;
        }
        Ok(Node::Access(name.into()))
    }

    fn literal(&self, text: String) -> Result<Node, DslError> {
        let parts = match self.insets {
            Some(insets) => insets(&text, self.limits)?,
            None => Vec::new(),
        };
        if parts.is_empty() {
            return Ok(Node::Const(Datum::text(text)));
        }
        Ok(Node::Text(Inset { source: text.into(), parts }))
    }
}

fn infix(lexeme: &Lexeme) -> Option<Operator> {
    match lexeme {
        Lexeme::Modifier(operator)
        | Lexeme::Logic(operator)
        | Lexeme::Compare(operator)
        | Lexeme::Ternary(operator) => Some(*operator),
        _ => None,
    }
}

/// One constant between parentheses after `in` is a list of one.
fn as_list(node: Node) -> Node {
    match node {
        Node::Const(value) => Node::Tuple(vec![Node::Const(value)]),
        other => other,
    }
}
