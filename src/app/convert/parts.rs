//! Parts of an answer by their names in templates, and what is looked for in them.
//!
//! Invariant: a part that is no single text of an answer has no name here. Must never import `cli`.

use super::ask::{Ask, Part, Test};

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
pub(super) fn test_part(part: &str) -> Option<Part> {
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
