//! The words of a flow.
//!
//! Invariant: a text that holds any other word of JavaScript gives none. Must never import compile or any later folder.

/// A word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'t> {
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
    /// One of `{`, `}`, `[`, `]`, `.`, `=`, `<`, `++`.
    Sign(&'static str),
}

/// Words of fixed form, the longer before those they begin with.
const FIXED: [(&str, Token<'static>); 17] = [
    ("\n", Token::End),
    (";", Token::End),
    ("(", Token::Open),
    (")", Token::Close),
    (",", Token::Comma),
    ("&&", Token::And),
    ("||", Token::Or),
    ("!", Token::Not),
    ("{", Token::Sign("{")),
    ("}", Token::Sign("}")),
    (".", Token::Sign(".")),
    ("=", Token::Sign("=")),
    ("<", Token::Sign("<")),
    ("++", Token::Sign("++")),
    ("[", Token::Sign("[")),
    ("]", Token::Sign("]")),
    ("\r", Token::End),
];

/// Words that look like others' beginnings and are of programs.
const FOREIGN: [&str; 4] = ["!=", "==", "=>", "<="];

/// The words of a flow; `None` where one of them is of a program.
pub(super) fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some(c) = rest.chars().next() {
        let (token, length) = match FIXED.iter().find(|(written, _)| rest.starts_with(written)) {
            Some(_) if FOREIGN.iter().any(|foreign| rest.starts_with(foreign)) => return None,
            Some((written, token)) => (Some(*token), written.len()),
            None => other(c, rest)?,
        };
        tokens.extend(token);
        rest = rest.get(length..)?;
    }
    Some(tokens)
}

/// White space, a comment, a text, a number or a name, with its length.
fn other(c: char, rest: &str) -> Option<(Option<Token<'_>>, usize)> {
    if c.is_whitespace() {
        return Some((None, c.len_utf8()));
    }
    if rest.starts_with("//") {
        return Some((None, rest.find('\n').unwrap_or(rest.len())));
    }
    if rest.starts_with("/*") {
        return Some((None, rest.find("*/")? + 2));
    }
    if matches!(c, '"' | '\'' | '`') {
        let inner = rest.get(1..)?;
        let inner = inner.get(..inner.find(c)?)?;
        return (!inner.contains(['\\', '\n', '$'])).then_some((Some(Token::Text(inner)), inner.len() + 2));
    }
    if c.is_ascii_digit() {
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        return Some((Some(Token::Number(rest.get(..length)?.parse().ok()?)), length));
    }
    if c.is_ascii_alphabetic() || c == '_' {
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        return Some((Some(Token::Name(rest.get(..length)?)), length));
    }
    None
}
