//! The tree back to text.
//!
//! Invariant: parsing what is printed gives an equal tree. Must never import a folder above `base`.

use std::fmt::{Formatter, Result, Write as _};
use std::sync::Arc;

use super::ast::{Call, Kind, Node};
use super::lexer::is_plain_segment;
use super::operators::Arithmetic;

/// How tightly a node binds. A child that binds no tighter than its parent wears parentheses; so does a pipe within
/// arithmetic.
fn level(node: &Node) -> u8 {
    match &node.kind {
        Kind::Any(_) => 1,
        Kind::All(_) => 2,
        Kind::Compare(..) => 3,
        Kind::Sum(..) => 4,
        Kind::Product(..) => 5,
        Kind::Not(_) | Kind::Negate(_) => 6,
        Kind::Pipe(..) => 7,
        _ => 8,
    }
}

/// Writes a node.
pub(super) fn node(node: &Node, f: &mut Formatter<'_>) -> Result {
    match &node.kind {
        Kind::Bool(yes) => write!(f, "{yes}"),
        Kind::Int(number) => write!(f, "{number}"),
        Kind::Float(number) => {
            let text = number.to_string();
            write!(f, "{text}{}", if text.contains('.') { "" } else { ".0" })
        }
        Kind::Text(content) => text(content, f),
        Kind::Pattern(pattern) => text(pattern.source().as_bytes(), f),
        Kind::Name(segments) => path(segments, f),
        Kind::List(items) => {
            f.write_char('[')?;
            list(items, f)?;
            f.write_char(']')
        }
        Kind::Index(of, keys) => {
            // A bare name would take a text key as one more of its segments.
            let bare =
                matches!(of.kind, Kind::Name(_)) && matches!(keys.first(), Some(Node { kind: Kind::Text(_), .. }));
            wrapped(of, level(of) < 8 || bare, f)?;
            keys.iter().try_for_each(|key| {
                f.write_char('[')?;
                self::node(key, f)?;
                f.write_char(']')
            })
        }
        Kind::Call(call) => self::call(call, true, f),
        Kind::Pipe(first, calls) => {
            wrapped(first, level(first) <= 7, f)?;
            calls.iter().try_for_each(|call| {
                f.write_str(" | ")?;
                self::call(call, false, f)
            })
        }
        Kind::Not(of) => {
            f.write_char('!')?;
            wrapped(of, level(of) < 6, f)
        }
        Kind::Negate(of) => {
            f.write_char('-')?;
            wrapped(of, level(of) < 8, f)
        }
        Kind::Sum(first, rest) => arithmetic(first, rest, 4, f),
        Kind::Product(first, rest) => arithmetic(first, rest, 5, f),
        Kind::Compare(operator, sides) => {
            wrapped(&sides.0, level(&sides.0) <= 3, f)?;
            write!(f, " {} ", operator.symbol())?;
            wrapped(&sides.1, level(&sides.1) <= 3, f)
        }
        Kind::All(of) => chain(of, " && ", 2, f),
        Kind::Any(of) => chain(of, " || ", 1, f),
    }
}

fn wrapped(of: &Node, parentheses: bool, f: &mut Formatter<'_>) -> Result {
    if !parentheses {
        return node(of, f);
    }
    f.write_char('(')?;
    node(of, f)?;
    f.write_char(')')
}

fn arithmetic(first: &Node, rest: &[(Arithmetic, Node)], own: u8, f: &mut Formatter<'_>) -> Result {
    let operand = |of: &Node, f: &mut Formatter<'_>| wrapped(of, level(of) <= own || level(of) == 7, f);
    operand(first, f)?;
    rest.iter().try_for_each(|(operator, next)| {
        write!(f, " {} ", operator.symbol())?;
        operand(next, f)
    })
}

fn chain(of: &[Node], between: &str, own: u8, f: &mut Formatter<'_>) -> Result {
    for (at, operand) in of.iter().enumerate() {
        f.write_str(if at == 0 { "" } else { between })?;
        wrapped(operand, level(operand) <= own, f)?;
    }
    Ok(())
}

fn list(items: &[Node], f: &mut Formatter<'_>) -> Result {
    for (at, item) in items.iter().enumerate() {
        f.write_str(if at == 0 { "" } else { ", " })?;
        node(item, f)?;
    }
    Ok(())
}

fn call(call: &Call, parentheses: bool, f: &mut Formatter<'_>) -> Result {
    f.write_str(call.function.name)?;
    if !parentheses && call.args.is_empty() {
        return Ok(());
    }
    f.write_char('(')?;
    list(&call.args, f)?;
    f.write_char(')')
}

/// Writes a name. After a segment in brackets a digit would begin a number, so it stands in brackets too.
pub(super) fn path(segments: &[Arc<str>], f: &mut Formatter<'_>) -> Result {
    let mut after_bracket = false;
    for (at, segment) in segments.iter().enumerate() {
        if at == 0 {
            f.write_str(segment)?;
        } else if is_plain_segment(segment) && !(after_bracket && segment.starts_with(char::is_numeric)) {
            write!(f, ".{segment}")?;
            after_bracket = false;
        } else {
            f.write_char('[')?;
            text(segment.as_bytes(), f)?;
            f.write_char(']')?;
            after_bracket = true;
        }
    }
    Ok(())
}

/// Writes a text literal: in single quotes where nothing in it needs an escape.
fn text(content: &[u8], f: &mut Formatter<'_>) -> Result {
    match std::str::from_utf8(content) {
        Ok(plain) if !plain.contains(char::is_control) => write!(f, "'{}'", plain.replace('\'', "''")),
        _ => {
            f.write_char('"')?;
            for chunk in content.utf8_chunks() {
                chunk.valid().chars().try_for_each(|c| escaped(c, f))?;
                chunk.invalid().iter().try_for_each(|byte| write!(f, r"\x{byte:02x}"))?;
            }
            f.write_char('"')
        }
    }
}

fn escaped(c: char, f: &mut Formatter<'_>) -> Result {
    match c {
        '\n' => f.write_str(r"\n"),
        '\r' => f.write_str(r"\r"),
        '\t' => f.write_str(r"\t"),
        '"' | '\\' => write!(f, r"\{c}"),
        c if c.is_control() => write!(f, r"\u{{{:x}}}", u32::from(c)),
        c => f.write_char(c),
    }
}
