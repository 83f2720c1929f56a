//! Expressions of templates as conditions, as far as the native format has words for them.
//!
//! Reads comparisons of the status and of lengths, and tests of texts, joined by `&&`, `||` and `!`. Invariant: what is not
//! read in full is refused; nothing is guessed. Must never import `cli`.

use super::ask::{Ask, Part, Test};
use super::parts::{field_part, text_in, translated};

/// Nesting of an expression.
const NEST: usize = 32;

/// A token.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(i64),
    Sign(&'static str),
}

/// The condition that an expression is.
///
/// # Errors
/// What cannot be said.
pub(super) fn condition(source: &str) -> Result<Ask, String> {
    let tokens = tokens(source).ok_or_else(|| unsaid(source))?;
    let mut reader = Reader { tokens: &tokens, at: 0 };
    let ask = reader.or(0).filter(|_| reader.at == tokens.len());
    ask.ok_or_else(|| unsaid(source))
}

fn unsaid(source: &str) -> String {
    let shown: String = source.chars().take(120).collect();
    format!("the expression `{shown}`")
}

fn tokens(source: &str) -> Option<Vec<Token>> {
    const SIGNS: [&str; 13] = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", ",", "+"];
    let mut rest = source.trim_start();
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (token, length) = if matches!(first, '"' | '\'') {
            let (text, length) = literal(rest, first)?;
            (Token::Text(text), length)
        } else if first.is_ascii_alphabetic() {
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            (Token::Name(rest.get(..length)?.to_string()), length)
        } else if first.is_ascii_digit() {
            let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            (Token::Number(rest.get(..length)?.parse().ok()?), length)
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
            (Token::Sign(sign), sign.len())
        };
        tokens.push(token);
        rest = rest.get(length..)?.trim_start();
    }
    Some(tokens)
}

/// A text literal: a backslash takes itself away.
fn literal(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => text.push(chars.next()?.1),
            c if c == quote => return (!text.contains("{{")).then_some((text, at + c.len_utf8())),
            c => text.push(c),
        }
    }
    None
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(known)) if *known == sign);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self, depth: usize) -> Option<Ask> {
        let mut parts = vec![self.and(depth)?];
        while self.takes("||") {
            parts.push(self.and(depth)?);
        }
        Some(Ask::any(parts))
    }

    fn and(&mut self, depth: usize) -> Option<Ask> {
        let mut parts = vec![self.one(depth)?];
        while self.takes("&&") {
            parts.push(self.one(depth)?);
        }
        Some(Ask::all(parts))
    }

    fn one(&mut self, depth: usize) -> Option<Ask> {
        if depth > NEST {
            return None;
        }
        if self.takes("!") {
            return Some(Ask::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.takes("(") {
            let inner = self.or(depth + 1)?;
            return self.takes(")").then_some(inner);
        }
        let Token::Name(name) = self.next()? else { return None };
        match name.replace('_', "").as_str() {
            "statuscode" => self.status(),
            "len" => self.length(),
            _ if self.takes("(") => self.test(&name.replace('_', "")),
            _ => self.equality(&name),
        }
    }

    /// `status_code == 200`
    fn status(&mut self) -> Option<Ask> {
        let (sign, number) = self.comparison()?;
        match sign {
            "==" => Some(Ask::Status(vec![number])),
            "!=" => Some(Ask::Not(Box::new(Ask::Status(vec![number])))),
            _ => None,
        }
    }

    /// `len(body) > 100`
    fn length(&mut self) -> Option<Ask> {
        let is_body = self.takes("(") && self.next()? == Token::Name("body".into()) && self.takes(")");
        let (sign, number) = self.comparison().filter(|_| is_body)?;
        let key = match sign {
            "==" => "equals",
            "<" => "less_than",
            "<=" => "at_most",
            ">" => "more_than",
            ">=" => "at_least",
            _ => return None,
        };
        Some(Ask::Size(key, number))
    }

    fn comparison(&mut self) -> Option<(&'static str, i64)> {
        match (self.next()?, self.next()?) {
            (Token::Sign(sign), Token::Number(number)) => Some((sign, number)),
            _ => None,
        }
    }

    /// `body == "x"`
    fn equality(&mut self, name: &str) -> Option<Ask> {
        match (part_of(name)?, self.next()?, self.next()?) {
            (Some(part), Token::Sign("=="), Token::Text(text)) => Some(Ask::Text(part, Test::new("equals", text))),
            _ => None,
        }
    }

    /// The arguments of a test of texts.
    fn test(&mut self, function: &str) -> Option<Ask> {
        if function == "regex" {
            let Token::Text(pattern) = self.next()? else { return None };
            let (part, false) = self.takes(",").then(|| self.subject())?? else { return None };
            let part = self.takes(")").then_some(part)??;
            return translated(&pattern).ok().map(|text| Ask::Text(part, Test::new("matches", text)));
        }
        let (part, ignores_case) = self.subject()?;
        let mut asks = Vec::new();
        while self.takes(",") {
            let Token::Text(text) = self.next()? else { return None };
            asks.push(self.text_test(function, part.as_ref(), text, ignores_case)?);
        }
        if asks.is_empty() || !self.takes(")") {
            return None;
        }
        match function {
            "contains" | "containsall" => Some(Ask::all(asks)),
            _ => Some(Ask::any(asks)),
        }
    }

    fn text_test(&self, function: &str, part: Option<&Part>, text: String, ignores_case: bool) -> Option<Ask> {
        let key = match function {
            "contains" | "containsall" | "containsany" => "contains",
            "startswith" => "starts_with",
            "endswith" => "ends_with",
            _ => return None,
        };
        match part {
            Some(part) => Some(Ask::Text(part.clone(), Test { key, text, ignores_case })),
            None if key == "contains" => text_in("header", &text, ignores_case).ok(),
            None => None,
        }
    }

    /// What is asked about, and whether its case is: `body`, `to_lower(header)`.
    fn subject(&mut self) -> Option<(Option<Part>, bool)> {
        let Token::Name(name) = self.next()? else { return None };
        if matches!(name.replace('_', "").as_str(), "tolower" | "toupper") {
            let inner = self.takes("(").then(|| self.next())??;
            let Token::Name(name) = inner else { return None };
            return self.takes(")").then_some((part_of(&name)?, true));
        }
        Some((part_of(&name)?, false))
    }
}

/// The part of that name; the inner `None` is the whole head.
fn part_of(name: &str) -> Option<Option<Part>> {
    match name {
        "body" => Some(Some(Part::Body)),
        "header" | "all_headers" => Some(None),
        name => field_part(name).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn written(source: &str) -> Value {
        condition(source).map_or_else(Value::String, |ask| Value::Object(ask.written()))
    }

    #[test]
    fn expressions_become_conditions() {
        assert_eq!(
            written(
                r#"status_code == 200 && contains_all(body, "a", 'it\'s') && !contains(tolower(content_type), "json")"#
            ),
            json!({ "status": 200, "body": { "contains_all": ["a", "it's"] },
                    "not": { "headers": { "content-type": { "contains": "json", "ignore_case": true } } } })
        );
        assert_eq!(
            written(r#"len(body) > 10 && (contains(body, "a") || regex('b\\d', body))"#),
            json!({ "size": { "more_than": 10 }, "any": [{ "body": { "contains": "a" } }, { "body": { "matches": r"b\d" } }] })
        );
    }

    #[test]
    fn what_has_no_word_is_refused() {
        for source in [
            "md5(body) == \"x\"",
            "status_code == 200 && duration > 5",
            "contains(body_2, \"a\")",
            "((((",
            "contains(body, \"{{x}}\")",
        ] {
            assert!(condition(source).is_err(), "{source}");
        }
    }
}
