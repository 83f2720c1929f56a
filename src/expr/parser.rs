//! Tokens to a tree.
//!
//! Operators are sorted out with a list of open chains instead of one recursion a level of precedence; only what stands in
//! brackets recurses, and there frames are kept small.
//!
//! Invariant: recursion is bounded by the limit on nesting, and every name, call and regex of the tree was checked as far
//! as the text alone allows. Must never import a folder above `base`.

use std::ops::Range;
use std::sync::Arc;

use super::Expr;
use super::ast::{Call, Kind, Node};
use super::chain::{self, Operand, Operator, as_pattern, negated};
use super::check;
use super::error::{ExprError, Fault};
use super::functions::{self, Accepts, Function};
use super::lexer::{Lexed, Lexer, Token};
use super::names::Name;
use crate::base::Limits;

/// Nesting beyond which the stack could suffer, whatever the limits say.
const MAX_DEPTH: usize = 128;

/// Where an expression ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// At the end of the text.
    End,
    /// At `}}`, which is consumed.
    Braces,
}

/// Parses one expression from `start`; gives it and the position after it.
pub(super) fn parse(text: &str, start: usize, until: Until, limits: &Limits) -> Result<(Expr, usize), Fault> {
    let mut lexer = Lexer::new(text, start);
    let next = lexer.next()?;
    let braces = (until == Until::Braces).then(|| start.saturating_sub(2)..start);
    let mut parser = Parser { lexer, next, limits, braces, depth: 0, names: Vec::new() };
    let root = parser.expression()?;
    let end = parser.next.at.end;
    match (&parser.next.token, until) {
        (Token::End, Until::End) | (Token::Symbol("}}"), Until::Braces) => {}
        (_, Until::End) => return Err(parser.unexpected("an operator, `|` or the end")),
        (_, Until::Braces) => return Err(parser.unexpected("an operator, `|` or `}}`")),
    }
    check::infer(&root, &check::Anything)?;
    Ok((Expr::new(root, parser.names), end))
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    next: Lexed,
    limits: &'t Limits,
    /// Where the `{{` of this expression stands.
    braces: Option<Range<usize>>,
    depth: usize,
    names: Vec<Name>,
}

impl<'t> Parser<'t> {
    fn bump(&mut self) -> Result<Lexed, Fault> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn at_symbol(&self, symbol: &str) -> bool {
        matches!(self.next.token, Token::Symbol(found) if found == symbol)
    }

    fn eat(&mut self, symbol: &str) -> Result<bool, Fault> {
        let found = self.at_symbol(symbol);
        if found {
            self.bump()?;
        }
        Ok(found)
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let found = match (&self.next.token, &self.braces) {
            (Token::End, Some(braces)) => {
                return Fault::new(ExprError::BRACES, braces.clone(), "this `{{` has no `}}`")
                    .help("close it with `}}`; braces themselves are written `{{ '{{' }}`");
            }
            (Token::End, None) => "the end".to_owned(),
            _ => format!("`{}`", self.lexer.slice(&self.next.at)),
        };
        let error = Fault::new(ExprError::SYNTAX, self.next.at.clone(), format!("expected {wanted}, found {found}"));
        match self.lexer.slice(&self.next.at) {
            "and" => error.help("conditions are joined with `&&`"),
            "or" => error.help("alternatives are joined with `||`"),
            "not" => error.help("`!` negates"),
            "is" | "eq" | "=" => error.help("values are compared with `==`"),
            _ => error,
        }
    }

    /// Goes `more` levels deeper.
    fn enter(&mut self, more: usize) -> Result<(), Fault> {
        let limit = self.limits.expr_depth.min(MAX_DEPTH);
        self.depth += more;
        if self.depth <= limit {
            return Ok(());
        }
        let message = format!("the expression nests more than {limit} levels deep");
        Err(Fault::new(ExprError::DEPTH, self.next.at.clone(), message))
    }

    fn operator(&self) -> Option<Operator> {
        match self.next.token {
            Token::Symbol(_) | Token::Word => Operator::of(self.lexer.slice(&self.next.at)),
            _ => None,
        }
    }

    /// Operands and the operators between.
    fn expression(&mut self) -> Result<Node, Fault> {
        let mut open = Vec::new();
        loop {
            let operand = self.operand()?;
            let operator = self.operator().map(|operator| (operator, self.next.at.clone()));
            if let Some(whole) = chain::extend(&mut open, operand, operator, self.limits)? {
                return Ok(whole);
            }
            self.bump()?;
        }
    }

    /// An expression one level deeper.
    fn inner(&mut self) -> Result<Node, Fault> {
        self.enter(1)?;
        let node = self.expression()?;
        self.depth -= 1;
        Ok(node)
    }

    /// Signs, a value, its pipes.
    fn operand(&mut self) -> Result<Operand, Fault> {
        let mut signs = Vec::new();
        while self.at_symbol("!") || self.at_symbol("-") {
            self.enter(1)?;
            signs.push((self.at_symbol("-"), self.bump()?.at.start));
        }
        let depth = self.depth - signs.len();
        // The sign before a number belongs to it, more tightly than any pipe.
        let literal = self.next.token == Token::Number;
        let minus = signs.pop_if(|(minus, _)| *minus && literal).map(|(_, at)| at);
        let value = self.postfix(minus)?;
        let (mut node, pipe) = self.pipes(value)?;
        for (minus, start) in signs.into_iter().rev() {
            if minus {
                node = negated(Operand { node, pipe: pipe.clone() }, start)?;
            } else {
                let at = start..node.at.end;
                node = Node { kind: Kind::Not(Box::new(node)), at };
            }
        }
        self.depth = depth;
        Ok(Operand { node, pipe })
    }

    /// The pipes after a value, and where the first of them stands.
    fn pipes(&mut self, first: Node) -> Result<(Node, Option<Range<usize>>), Fault> {
        let mut calls: Vec<Call> = Vec::new();
        let mut pipe = None;
        while self.at_symbol("|") {
            let bar = self.bump()?.at;
            pipe.get_or_insert(bar);
            calls.push(self.piped_call()?);
        }
        let Some(last) = calls.last() else { return Ok((first, pipe)) };
        let at = first.at.start..last.at.end;
        Ok((Node { kind: Kind::Pipe(Box::new(first), calls), at }, pipe))
    }

    fn piped_call(&mut self) -> Result<Call, Fault> {
        if self.next.token != Token::Word {
            return Err(self.unexpected("a function after `|`").help("`value | f(x)` is `f(value, x)`"));
        }
        let name = self.bump()?.at;
        if self.at_symbol("(") {
            return self.call(name, 1);
        }
        let function = functions::named(self.lexer.slice(&name), &name)?;
        self.finish_call(function, Vec::new(), 1, name)
    }

    /// A value with its items and fields.
    fn postfix(&mut self, minus: Option<usize>) -> Result<Node, Fault> {
        let mut of = self.primary(minus)?;
        let mut keys = Vec::new();
        loop {
            if self.eat("[")? {
                let key = self.inner()?;
                let end = self.close_bracket("]")?;
                self.push_key(&mut of, &mut keys, Node { at: key.at.start..end, ..key });
            } else if self.eat(".")? {
                self.fields(&mut of, &mut keys)?;
            } else {
                return Ok(indexed(of, keys));
            }
        }
    }

    fn close_bracket(&mut self, close: &'static str) -> Result<usize, Fault> {
        let end = self.next.at.end;
        if self.eat(close)? { Ok(end) } else { Err(self.unexpected(&format!("`{close}`"))) }
    }

    fn fields(&mut self, of: &mut Node, keys: &mut Vec<Node>) -> Result<(), Fault> {
        if self.next.token != Token::Word {
            return Err(self.unexpected("a field's name after `.`"));
        }
        let at = self.bump()?.at;
        for field in self.lexer.slice(&at).split('.') {
            let key = Node { kind: Kind::Text(field.to_owned().into()), at: at.clone() };
            self.push_key(of, keys, key);
        }
        Ok(())
    }

    /// Adds a key: a text after a bare name is one more segment of that name.
    fn push_key(&mut self, of: &mut Node, keys: &mut Vec<Node>, key: Node) {
        let parenthesised = self.lexer.text.as_bytes().get(of.at.start) == Some(&b'(');
        match (&mut of.kind, &key.kind, self.names.last_mut()) {
            (Kind::Name(path), Kind::Text(segment), Some(name)) if keys.is_empty() && !parenthesised => {
                name.path.push(Arc::from(&*String::from_utf8_lossy(segment)));
                name.at.end = key.at.end;
                *path = name.path.as_slice().into();
                of.at.end = key.at.end;
            }
            _ => keys.push(key),
        }
    }

    fn primary(&mut self, minus: Option<usize>) -> Result<Node, Fault> {
        match self.next.token {
            Token::Symbol("(") => {
                let start = self.bump()?.at.start;
                let mut inner = self.inner()?;
                inner.at = start..self.close_bracket(")")?;
                Ok(inner)
            }
            Token::Symbol("[") => {
                let start = self.bump()?.at.start;
                let (items, end) = self.list("]")?;
                Ok(Node { kind: Kind::List(items), at: start..end })
            }
            Token::Word => {
                let name = self.bump_word()?;
                if !self.at_symbol("(") {
                    return Ok(self.name(name));
                }
                let call = self.call(name, 0)?;
                let at = call.at.clone();
                Ok(Node { kind: Kind::Call(Box::new(call)), at })
            }
            _ => self.scalar(minus),
        }
    }

    /// A number or a text.
    fn scalar(&mut self, minus: Option<usize>) -> Result<Node, Fault> {
        match &self.next.token {
            Token::Number => {
                let at = self.bump()?.at;
                self.number_literal(minus.unwrap_or(at.start)..at.end, self.lexer.slice(&at), minus.is_some())
            }
            Token::Text(content) => {
                let kind = Kind::Text(content.clone());
                Ok(Node { kind, at: self.bump()?.at })
            }
            _ => Err(self.unexpected("a value")),
        }
    }

    fn bump_word(&mut self) -> Result<Range<usize>, Fault> {
        if self.lexer.slice(&self.next.at) == "not" { Err(self.unexpected("a value")) } else { Ok(self.bump()?.at) }
    }

    fn name(&mut self, at: Range<usize>) -> Node {
        let word = self.lexer.slice(&at);
        if let "true" | "false" = word {
            return Node { kind: Kind::Bool(word == "true"), at };
        }
        let path: Vec<Arc<str>> = word.split('.').map(Arc::from).collect();
        self.names.push(Name { path: path.clone(), at: at.clone() });
        Node { kind: Kind::Name(path.into()), at }
    }

    fn number_literal(&self, at: Range<usize>, digits: &str, negative: bool) -> Result<Node, Fault> {
        let text = if negative { format!("-{digits}") } else { digits.to_owned() };
        let kind = if digits.contains('.') {
            text.parse().ok().filter(|number: &f64| number.is_finite()).map(Kind::Float)
        } else {
            text.parse().ok().map(Kind::Int)
        };
        let overflow = || Fault::new(ExprError::NUMBER, at.clone(), "the number does not fit into 64 bits");
        kind.map(|kind| Node { kind, at: at.clone() }).ok_or_else(overflow)
    }

    /// Items up to the closing symbol, and the end of that symbol.
    fn list(&mut self, close: &str) -> Result<(Vec<Node>, usize), Fault> {
        let mut items = Vec::new();
        loop {
            let end = self.next.at.end;
            if self.eat(close)? {
                return Ok((items, end));
            }
            items.push(self.inner()?);
            if !self.at_symbol(close) && !self.eat(",")? {
                return Err(self.unexpected(&format!("`,` or `{close}`")));
            }
        }
    }

    /// A call's arguments; the position is at `(`. `piped` is 1 where a pipe gives one more.
    fn call(&mut self, name: Range<usize>, piped: usize) -> Result<Call, Fault> {
        let function = functions::named(self.lexer.slice(&name), &name)?;
        self.bump()?;
        let (args, end) = self.list(")")?;
        self.finish_call(function, args, piped, name.start..end)
    }

    fn finish_call(
        &self,
        function: &'static Function,
        mut args: Vec<Node>,
        piped: usize,
        at: Range<usize>,
    ) -> Result<Call, Fault> {
        let (least, most) = function.arity();
        let given = args.len() + piped;
        if given < least || given > most {
            let message = format!("`{}` takes {}, not {given}", function.name, function.arity_words());
            let help = format!("{}: for example {}", function.signature(), function.example);
            return Err(Fault::new(ExprError::ARGUMENTS, at, message).help(help));
        }
        for (place, arg) in args.iter_mut().enumerate() {
            if function.param(place + piped).is_some_and(|param| param.accepts == Accepts::Regex) {
                let text = std::mem::replace(arg, Node { kind: Kind::Bool(false), at: 0..0 });
                *arg = as_pattern(text, self.limits)?;
            }
        }
        Ok(Call { function, args, at })
    }
}

/// A value with keys; keys of a value that has some already are added to those.
fn indexed(of: Node, keys: Vec<Node>) -> Node {
    let Some(last) = keys.last() else { return of };
    let at = of.at.start..last.at.end;
    let kind = match of.kind {
        Kind::Index(inner, mut outer) => {
            outer.extend(keys);
            Kind::Index(inner, outer)
        }
        kind => Kind::Index(Box::new(Node { kind, at: of.at }), keys),
    };
    Node { kind, at }
}
