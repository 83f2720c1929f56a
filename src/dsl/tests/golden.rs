//! A table of expressions and what they print: an expression, a tab, and its value as JSON, or `!` where it has none.

use super::*;

#[test]
fn expressions_have_the_values_of_the_table() {
    let mut wrong = Vec::new();
    for (nth, line) in include_str!("golden.tsv").lines().enumerate() {
        let (source, wanted) = line.split_once('\t').expect("an expression, a tab, a value");
        let value = Expr::parse(source, &Limits::default()).map_err(|error| error.to_string());
        let value = value.and_then(|expr| with(|env| expr.eval_shown(env)).map_err(|error| error.to_string()));
        let shown = value.as_ref().map(|text| String::from_utf8_lossy(text).into_owned());
        let matches = match wanted {
            "!" => value.is_err(),
            wanted => shown.as_deref() == Ok(serde_json::from_str::<String>(wanted).expect("JSON").as_str()),
        };
        if !matches {
            wrong.push(format!("{}: {source}\n   wanted {wanted}\n   found  {shown:?}", nth + 1));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn texts_render_as_the_table_says() {
    let mut wrong = Vec::new();
    for (nth, line) in include_str!("texts.tsv").lines().enumerate() {
        let (source, wanted) = line.split_once('\t').expect("a text, a tab, a value");
        let (text, unresolved) = rendered(source);
        let matches = match wanted {
            "!" => !unresolved.is_empty(),
            wanted => text == serde_json::from_str::<String>(wanted).expect("JSON"),
        };
        if !matches {
            wrong.push(format!("{}: {source}\n   wanted {wanted}\n   found  {text:?} {unresolved:?}", nth + 1));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
