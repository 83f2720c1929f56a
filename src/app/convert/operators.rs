//! Matchers and extractors as conditions and sources.
//!
//! Invariant: a matcher that becomes a condition holds where the matcher does, but for what the notes say. Must never import
//! `cli`.

use serde_json::{Value, json};

use super::ask::{Ask, Part, Test};
use super::expression;
use crate::rule::sequence::{Combine, Extractor, ExtractorKind, Matcher, MatcherKind};

/// The condition that a matcher is.
///
/// # Errors
/// What cannot be said.
pub(super) fn matcher(matcher: &Matcher) -> Result<Ask, String> {
    let part = matcher.part.as_deref().unwrap_or("body");
    let join = |asks: Vec<Ask>| match matcher.condition {
        Combine::And => Ask::all(asks),
        Combine::Or => Ask::any(asks),
    };
    let ask = match &matcher.kind {
        MatcherKind::Status(codes) => Ask::Status(codes.clone()),
        MatcherKind::Word(words) => join(
            words
                .iter()
                .map(|word| match word.is_literal() {
                    true => text_in(part, word.source(), matcher.ignores_case),
                    false => Err(format!("the word `{}`, which holds an expression", word.source())),
                })
                .collect::<Result<_, _>>()?,
        ),
        MatcherKind::Regex(patterns) => join(
            patterns
                .iter()
                .map(|regex| {
                    let text = translated(regex.source())?;
                    let part = test_part(part).ok_or_else(|| format!("a regex on the part `{part}`"))?;
                    Ok(Ask::Text(part, Test::new("matches", text)))
                })
                .collect::<Result<_, String>>()?,
        ),
        MatcherKind::Dsl(expressions) => {
            join(expressions.iter().map(|each| expression::condition(each.source())).collect::<Result<_, _>>()?)
        }
        MatcherKind::Size(sizes) if part == "body" => {
            Ask::any(sizes.iter().map(|size| Ask::Size("equals", *size)).collect())
        }
        MatcherKind::Size(_) => return Err(format!("the size of the part `{part}`")),
        MatcherKind::Binary(_) => return Err("bytes within an answer (`binary`)".to_string()),
        MatcherKind::Xpath(_) => return Err("XPath queries".to_string()),
    };
    Ok(if matcher.negative { Ask::Not(Box::new(ask)) } else { ask })
}

/// A word in a part. In the head, a word that names its field is asked of that field, any other of every field's value.
pub(super) fn text_in(part: &str, word: &str, ignores_case: bool) -> Result<Ask, String> {
    let test = |part, text: &str| Ask::Text(part, Test { key: "contains", text: text.to_string(), ignores_case });
    match part {
        "header" | "all_headers" => {
            head_word(word, ignores_case).ok_or_else(|| format!("the word `{word}` in the text of the head"))
        }
        "response" | "all" => match head_word(word, ignores_case) {
            Some(in_head) => Ok(Ask::any(vec![test(Part::Body, word), in_head])),
            None => Err(format!("the word `{word}` in the text of the answer")),
        },
        part => test_part(part).map(|part| test(part, word)).ok_or_else(|| format!("the part `{part}`")),
    }
}

fn head_word(word: &str, ignores_case: bool) -> Option<Ask> {
    let plain = word.trim_end();
    if plain.is_empty() || plain.contains(['\r', '\n']) || plain.starts_with("HTTP/") {
        return None;
    }
    let ask = |part, key, text: &str| Some(Ask::Text(part, Test { key, text: text.to_string(), ignores_case }));
    match plain.split_once(':') {
        Some((name, value)) if is_field_name(name) => {
            let field = Part::Field(name.to_ascii_lowercase());
            match value.trim_start() {
                "" => None,
                value => ask(field, "starts_with", value),
            }
        }
        _ => ask(Part::AnyField, "contains", plain),
    }
}

fn is_field_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The part of that name, where it is one text.
fn test_part(part: &str) -> Option<Part> {
    match part {
        "body" => Some(Part::Body),
        part => field_part(part),
    }
}

/// A field by its name with underscores: `content_type`. Names with numbers speak of other answers.
pub(super) fn field_part(name: &str) -> Option<Part> {
    const OTHER: [&str; 12] = [
        "header",
        "all_headers",
        "response",
        "all",
        "raw",
        "request",
        "host",
        "duration",
        "status_code",
        "content_length",
        "ip",
        "cname",
    ];
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let known = plain && !OTHER.contains(&name) && !name.starts_with("interactsh");
    known.then(|| Part::Field(name.replace('_', "-")))
}

/// A regex of RE2 in the syntax of native rules: as it is written, where both mean the same by it.
///
/// # Errors
/// Where it has no such form.
pub(super) fn translated(source: &str) -> Result<String, String> {
    let regex = crate::dsl::Regex::parse(source, &crate::base::Limits::default());
    let shown = || format!("the regex `{}`", source.chars().take(120).collect::<String>());
    let regex = regex.map_err(|_| shown())?;
    let compiled = regex.get().ok_or_else(shown)?.as_str();
    let means = |text: &str| regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(text).ok();
    Ok(if means(source) == means(compiled) { source } else { compiled }.to_string())
}

/// An extractor as a source of the native format, with the condition that it finds something.
///
/// # Errors
/// What cannot be said.
pub(super) fn extractor(extractor: &Extractor) -> Result<(Value, Ask), String> {
    let part = extractor.part.as_deref().unwrap_or("body");
    match &extractor.kind {
        ExtractorKind::Regex { patterns, group } => {
            let [pattern] = patterns.as_slice() else { return Err("an extractor with several regexes".to_string()) };
            let text = translated(pattern.source())?;
            let groups = pattern.get().map(|regex| regex.captures_len()).unwrap_or(1);
            if *group != usize::from(groups > 1) {
                return Err(format!("group {group} of a regex with {} groups", groups.saturating_sub(1)));
            }
            let part = test_part(part).ok_or_else(|| format!("a regex on the part `{part}`"))?;
            let from = match &part {
                Part::Field(name) => format!("headers.{name}"),
                Part::Body | Part::AnyField => "body".to_string(),
            };
            let source = json!({ "from": from, "regex": text, "optional": true });
            Ok((source, Ask::Text(part, Test::new("matches", text))))
        }
        ExtractorKind::Kval(names) => {
            let [name] = &names[..] else { return Err("an extractor with several keys".to_string()) };
            let Some(Part::Field(field)) = field_part(name) else { return Err(format!("the key `{name}`")) };
            let source = json!({ "from": format!("headers.{field}"), "optional": true });
            Ok((source, Ask::Text(Part::Field(field), Test::new("matches", "."))))
        }
        ExtractorKind::Json(queries) => {
            let [query] = &queries[..] else { return Err("an extractor with several queries".to_string()) };
            Err(format!("the jq query `{query}`"))
        }
        ExtractorKind::Xpath { .. } => Err("XPath queries".to_string()),
        ExtractorKind::Dsl(_) => Err("an extractor that is an expression".to_string()),
    }
}
