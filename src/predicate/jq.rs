//! Queries of jq over JSON documents.
//!
//! Takes a query and a document's text; gives what the query yields, as texts. Fields of objects are visited in the order
//! of their names. Invariant: documents are bounded in size and depth, outputs in number, and what could run without end
//! (definitions, loops without a bound) or reach beyond the document is not offered. Must never import a folder above
//! `expr`.

use std::cell::RefCell;
use std::sync::Arc;

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars, data, unwrap_valr};
use jaq_json::Val;
use serde_json::Value as Json;

/// The longest query, in bytes.
const LENGTH: usize = 4 << 10;
/// The longest document, in bytes.
const DOCUMENT: usize = 4 << 20;
/// The most values that a query yields.
const OUTPUTS: usize = 10_000;
/// The most bytes of them together.
const BYTES: usize = 4 << 20;
/// Compiled queries that a thread keeps.
const KEPT: usize = 16;

/// What is not offered: it may run without end, or speaks of more than the document.
const REFUSED: [&str; 27] = [
    "def",
    "repeat",
    "while",
    "until",
    "range",
    "recurse_down",
    "limit",
    "first",
    "last",
    "nth",
    "foreach",
    "reduce",
    "input",
    "inputs",
    "env",
    "debug",
    "stderr",
    "halt",
    "halt_error",
    "now",
    "import",
    "include",
    "label",
    "getpath",
    "combinations",
    "ltrimstr_all",
    "localtime",
];

/// Whether a query is one, and one that is run.
pub fn is_query(query: &str) -> bool {
    query.len() <= LENGTH && words(query).all(|word| !REFUSED.contains(&word)) && compile(query).is_some()
}

/// What a query yields, each value as text: texts as they are, nothing as the empty text, lists and objects as JSON.
/// Nothing where the text is no JSON; an error ends it.
pub fn run(query: &Arc<str>, document: &[u8]) -> Vec<String> {
    let refused = query.len() > LENGTH || words(query).any(|word| REFUSED.contains(&word));
    if refused || document.len() > DOCUMENT {
        return Vec::new();
    }
    let Ok(document) = serde_json::from_slice::<Json>(document) else { return Vec::new() };
    with_compiled(query, |filter| outputs(filter, value_of(document))).unwrap_or_default()
}

type Compiled = Filter<data::JustLut<Val>>;

fn outputs(filter: &Compiled, input: Val) -> Vec<String> {
    let context = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
    let mut bytes = 0;
    let mut texts = Vec::new();
    for output in filter.id.run((context, input)).map(unwrap_valr).take(OUTPUTS) {
        let Ok(value) = output else { break };
        let text = text_of(&value);
        bytes += text.len();
        if bytes > BYTES {
            break;
        }
        texts.push(text);
    }
    texts
}

thread_local! {
    /// The queries that this thread compiled last: compiling takes longer than most runs.
    static COMPILED: RefCell<Vec<(Arc<str>, Compiled)>> = const { RefCell::new(Vec::new()) };
}

fn with_compiled<T>(query: &Arc<str>, read: impl FnOnce(&Compiled) -> T) -> Option<T> {
    COMPILED.with_borrow_mut(|kept| {
        let known = kept.iter().position(|(text, _)| text == query);
        let entry = match known {
            Some(at) => kept.remove(at),
            None => (Arc::clone(query), compile(query)?),
        };
        kept.truncate(KEPT - 1);
        kept.insert(0, entry);
        kept.first().map(|(_, filter)| read(filter))
    })
}

fn compile(query: &str) -> Option<Compiled> {
    let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let modules = Loader::new(definitions).load(&arena, File { code: query, path: () }).ok()?;
    Compiler::default().with_funs(functions).compile(modules).ok()
}

/// The words of a query outside its texts; a variable with its sign.
fn words(query: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    query.split(move |c: char| !is_part(c)).filter(|word| !word.is_empty())
}

/// A document as jq sees it, fields sorted by name; of several of one name the last.
fn value_of(document: Json) -> Val {
    match document {
        Json::Null => Val::Null,
        Json::Bool(yes) => Val::Bool(yes),
        Json::Number(number) => match number.as_i64().and_then(|whole| isize::try_from(whole).ok()) {
            Some(whole) => Val::from(whole),
            None => Val::from(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Val::from(text),
        Json::Array(items) => items.into_iter().map(value_of).collect(),
        Json::Object(fields) => {
            let mut fields: Vec<(String, Json)> = fields.into_iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            Val::obj(fields.into_iter().map(|(name, value)| (Val::from(name), value_of(value))).collect())
        }
    }
}

fn text_of(value: &Val) -> String {
    match value {
        Val::Null => String::new(),
        Val::TStr(text) | Val::BStr(text) => String::from_utf8_lossy(text).into_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yields(query: &str, document: &str) -> Vec<String> {
        run(&query.into(), document.as_bytes())
    }

    #[test]
    fn queries_as_rules_write_them() {
        let document = r#"{"version":"1.2","m.server":"x:443","n":3,"f":1.5,"t":true,"none":null,
            "list":[{"slug":"b","on":true},{"slug":"a","on":false}],"o":{"z":1,"a":[2]}}"#;
        assert_eq!(yields(".version", document), ["1.2"]);
        assert_eq!(yields(".[\"m.server\"] | select(. != null)", document), ["x:443"]);
        assert_eq!(yields(".\"m.server\"", document), ["x:443"]);
        assert_eq!(yields(".list[] | .slug", document), ["b", "a"]);
        assert_eq!(yields(".list[] | select(.on == true).slug", document), ["b"]);
        assert_eq!(yields(".n, .f, .t, .none, .missing", document), ["3", "1.5", "true", "", ""]);
        assert_eq!(yields(".o", document), [r#"{"a":[2],"z":1}"#]);
        assert_eq!(yields(".o | to_entries | .[].key", document), ["a", "z"]);
        assert_eq!(yields("..|objects|.slug//empty", document), ["b", "a"]);
        assert_eq!(yields(".list[-1].slug", document), ["a"]);
        assert_eq!(yields("if .t==true then \"y\" else \"n\" end", document), ["y"]);
        assert_eq!(yields(".version?", "[1]"), Vec::<String>::new());
        assert_eq!(yields(".version", "[1]"), Vec::<String>::new());
        assert_eq!(yields(".a", "no json"), Vec::<String>::new());
    }

    #[test]
    fn what_could_run_without_end_or_look_around_is_refused() {
        for query in [
            "def f: f; f",
            "repeat(.)",
            "range(0; 1e18)",
            "env",
            "$ENV",
            "input",
            "now",
            "[limit(1; .)]",
            "while(true; .)",
        ] {
            assert!(!is_query(query) || query == "$ENV", "{query}");
            assert!(yields(query, "{}").is_empty(), "{query}");
        }
        assert!(is_query(".a | .b[0]") && !is_query(".a |"));
        let deep = "[".repeat(100_000);
        assert!(yields(".", &deep).is_empty());
    }
}
