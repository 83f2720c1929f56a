//! Every expression, text and regex of the community pack beside the checkout, where there is one: what is refused, is
//! refused for a function that an expression must not call, or because its own engine refuses it too.

use std::path::{Path, PathBuf};

use outsight::base::Limits;
use outsight::dsl::{DslError, Expr, Regex, Text};

/// Functions that need the network.
const REFUSED: [&str; 1] = ["public_ip"];
/// What does not parse for anybody: a text literal that ends at a quote within it.
const BROKEN: &str = r#"contains(body_1, ""success":true")"#;

fn templates() -> Vec<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/nuclei-templates");
    let named = std::env::var_os("OUTSIGHT_TEMPLATES").map(PathBuf::from);
    let mut open: Vec<PathBuf> = named.or(Some(beside)).filter(|path| path.is_dir()).into_iter().collect();
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("a readable folder");
            open.extend(entries.map(|entry| entry.expect("a readable entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
    found
}

/// Calls `take` with every text of a document and the name of the field that it stands in.
fn gather(node: &serde_yaml::Value, field: &str, take: &mut dyn FnMut(&str, &str)) {
    match node {
        serde_yaml::Value::String(text) => take(field, text),
        serde_yaml::Value::Sequence(items) => items.iter().for_each(|item| gather(item, field, take)),
        serde_yaml::Value::Mapping(fields) => {
            fields.iter().for_each(|(key, value)| gather(value, key.as_str().unwrap_or(field), take));
        }
        _ => {}
    }
}

fn error(field: &str, text: &str, limits: &Limits) -> Option<DslError> {
    match field {
        "dsl" => Expr::parse(text, limits).err(),
        "regex" => Regex::parse(text, limits).err(),
        "path" | "raw" | "body" | "words" => Text::parse(text, limits).err(),
        _ => None,
    }
}

#[test]
fn the_community_pack_speaks_this_language() {
    let limits = Limits::default();
    let mut wrong = Vec::new();
    for path in templates() {
        let document = std::fs::read_to_string(&path).expect("a readable file");
        let Ok(document) = serde_yaml::from_str::<serde_yaml::Value>(&document) else { continue };
        gather(&document, "", &mut |field, text| match error(field, text, &limits) {
            None => {}
            Some(DslError::RefusedFunction(name)) if REFUSED.contains(&&*name) => {}
            Some(_) if text.starts_with(BROKEN) => {}
            Some(error) => wrong.push(format!("{}: {error}: {text}", path.display())),
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
