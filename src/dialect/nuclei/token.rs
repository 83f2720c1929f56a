//! Random words: `{{randstr}}` and `{{randstr_…}}`.
//!
//! The community's engine puts the word into the template's text before it reads it, so the marker may stand anywhere: in
//! a text, within an expression's literal, in a regex. Takes such texts, gives texts in which the word is an ordinary
//! variable. Invariant: texts without the marker stay as they are. Must never import compile or any later folder.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::Limits;
use crate::dsl::Expr;

/// What a random word looks like.
const PATTERN: &str = "[0-9A-Za-z]{27}";

/// The names of the words that were met.
type Tokens = BTreeSet<Arc<str>>;

/// A text whose markers within other markers became variables.
pub(super) fn in_text<'t>(text: &'t str, tokens: &mut Tokens, limits: &Limits) -> Cow<'t, str> {
    if !text.contains("{{randstr") {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(open) = rest.find("{{") {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let (written, taken) = match marker(from) {
            Some(name) => {
                tokens.insert(name.into());
                (None, name.len() + 4)
            }
            None => match enclosing(from, tokens, limits) {
                Some((written, length)) => (Some(written), length),
                None => (None, 2),
            },
        };
        match written {
            Some(written) => out.push_str(&written),
            None => out.push_str(from.get(..taken).unwrap_or("")),
        }
        rest = from.get(taken..).unwrap_or("");
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The marker at the beginning of `from` that holds others, rewritten, with its length; `None` where it is none.
fn enclosing(from: &str, tokens: &mut Tokens, limits: &Limits) -> Option<(String, usize)> {
    let mut end = 2;
    loop {
        let here = from.get(end..)?;
        let next = here.find("}}")?;
        match here.find("{{").filter(|inner| *inner < next) {
            Some(inner) => end += inner + marker(here.get(inner..)?)?.len() + 4,
            None => {
                end += next;
                break;
            }
        }
    }
    let inside = from.get(2..end)?;
    if !inside.contains("{{") {
        return None;
    }
    let mut met = Tokens::new();
    let written = in_expression(inside, &mut met);
    Expr::parse(&written, limits).ok()?;
    tokens.extend(met);
    Some((format!("{{{{{written}}}}}"), end + 2))
}

/// An expression whose literals hold no markers any more: `'a{{randstr}}'` is `('a' + randstr)`.
pub(super) fn in_expression<'t>(text: &'t str, tokens: &mut Tokens) -> Cow<'t, str> {
    if !text.contains("{{randstr") {
        return Cow::Borrowed(text);
    }
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or("");
        if c == '\'' || c == '"' {
            let length = literal_length(rest, c);
            push_literal(&mut out, rest.get(..length).unwrap_or(rest), c, tokens);
            at += length;
        } else if let Some(name) = marker(rest) {
            tokens.insert(name.into());
            out.push_str(name);
            at += name.len() + 4;
        } else {
            out.push(c);
            at += c.len_utf8();
        }
    }
    Cow::Owned(out)
}

/// The length of a literal with its quotes; the rest of the text where it is never closed.
fn literal_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn push_literal(out: &mut String, literal: &str, quote: char, tokens: &mut Tokens) {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or("");
    if !literal.ends_with(quote) || literal.len() < 2 || !inner.contains("{{randstr") {
        out.push_str(literal);
        return;
    }
    let (mut parts, mut plain, mut at) = (Vec::new(), String::new(), 0);
    while let Some(c) = inner.get(at..).and_then(|rest| rest.chars().next()) {
        match inner.get(at..).and_then(marker) {
            Some(name) => {
                if !plain.is_empty() {
                    parts.push(format!("{quote}{}{quote}", std::mem::take(&mut plain)));
                }
                tokens.insert(name.into());
                parts.push(name.to_owned());
                at += name.len() + 4;
            }
            None => {
                plain.push(c);
                at += c.len_utf8();
            }
        }
    }
    if !plain.is_empty() {
        parts.push(format!("{quote}{plain}{quote}"));
    }
    match parts.as_slice() {
        [single] => out.push_str(single),
        several => out.push_str(&format!("({})", several.join(" + "))),
    }
}

/// A regex in which a random word became a pattern of its form.
pub(super) fn in_regex(text: &str) -> Cow<'_, str> {
    if !text.contains("{{randstr") {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(open) = rest.find("{{") {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let taken = marker(from).map_or(2, |name| name.len() + 4);
        out.push_str(if taken > 2 { PATTERN } else { "{{" });
        rest = from.get(taken..).unwrap_or("");
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The name of the random word whose marker begins the text.
fn marker(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix("{{")?.split_once("}}")?;
    let known = name == "randstr" || name.starts_with("randstr_");
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (known && name.bytes().all(plain)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_variables_wherever_they_stand() {
        let mut tokens = Tokens::new();
        let mut expr = |text| in_expression(text, &mut tokens).into_owned();
        assert_eq!(expr("contains(body, '{{randstr}}')"), "contains(body, randstr)");
        assert_eq!(expr(r#"body == "a\"{{randstr_1}}b""#), r#"body == ("a\"" + randstr_1 + "b")"#);
        assert_eq!(expr("'{{other}}'"), "'{{other}}'");
        assert_eq!(expr("'{{randstr"), "'{{randstr");
        assert_eq!(tokens.iter().map(|name| &**name).collect::<Vec<_>>(), ["randstr", "randstr_1"]);
        let limits = Limits::default();
        let mut text = |text| in_text(text, &mut tokens, &limits).into_owned();
        assert_eq!(text("a{{randstr}}b"), "a{{randstr}}b");
        assert_eq!(text("/{{to_lower('{{randstr}}.x')}}?{{a}}"), "/{{to_lower((randstr + '.x'))}}?{{a}}");
        assert_eq!(text("{{7*7}}{{randstr}}{{"), "{{7*7}}{{randstr}}{{");
        assert_eq!(in_regex("a{2}{{randstr}}{{b}}"), "a{2}[0-9A-Za-z]{27}{{b}}");
    }
}
