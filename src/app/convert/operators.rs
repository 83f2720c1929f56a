//! Matchers and extractors as conditions and sources.
//!
//! Invariant: a matcher that becomes a condition holds where the matcher does, but for what the notes say. Must never import
//! `cli`.

use serde_json::{Value, json};

use super::ask::{Ask, Part, Test};
use super::expression;
use super::parts::{field_part, test_part, text_in, translated};
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
