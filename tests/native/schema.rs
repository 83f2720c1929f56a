//! The schema of rules: current, documented throughout, right about the examples, and blind to no typo.

use std::sync::LazyLock;

use outsight::dialect::native::{rule_schema, shared_schema};
use serde_json::Value;

use super::{files, folder};

fn assert_current(file: &str, schema: &Value) {
    let path = folder("schemas").join(file);
    let text = format!("{}\n", serde_json::to_string_pretty(schema).expect("a schema is JSON"));
    if std::env::var_os("OUTSIGHT_BLESS").is_some() {
        std::fs::create_dir_all(folder("schemas")).expect("a writable folder");
        std::fs::write(&path, &text).expect("a writable file");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == text, "{} is not what the tables say; run with OUTSIGHT_BLESS=1", path.display());
}

#[test]
fn the_files_are_what_the_tables_say() {
    assert_current("rule.schema.json", &rule_schema());
    assert_current("shared.schema.json", &shared_schema());
}

/// Every property has a description and an example; nothing is null by accident.
fn check_documented(path: &str, schema: &Value, wrong: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            let properties =
                map.get("properties").and_then(Value::as_object).filter(|_| !path.ends_with("/properties"));
            for (name, property) in properties.into_iter().flatten() {
                let elsewhere = |text: &str| text.starts_with("#/$defs/") && text.contains("/properties/");
                if property.get("$ref").and_then(Value::as_str).is_some_and(elsewhere) {
                    continue;
                }
                let described = property
                    .get("description")
                    .and_then(Value::as_str)
                    .is_some_and(|text| text.ends_with('.') || text.ends_with(')'));
                let example = property
                    .get("examples")
                    .and_then(Value::as_array)
                    .is_some_and(|all| !all.is_empty() && !all[0].is_null());
                if !described || !example {
                    wrong.push(format!("{path}/{name}: description {described}, example {example}"));
                }
                if property.get("default").is_some_and(Value::is_null) {
                    wrong.push(format!("{path}/{name}: a default that is no JSON"));
                }
            }
            if properties.is_some() && map.get("additionalProperties") != Some(&Value::Bool(false)) {
                wrong.push(format!("{path}: properties without additionalProperties: false"));
            }
            map.iter().for_each(|(key, inner)| check_documented(&format!("{path}/{key}"), inner, wrong));
        }
        Value::Array(items) => items.iter().for_each(|item| check_documented(path, item, wrong)),
        _ => {}
    }
}

#[test]
fn every_property_is_described_and_closed() {
    let mut wrong = Vec::new();
    check_documented("rule", &rule_schema(), &mut wrong);
    check_documented("shared", &shared_schema(), &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A file as an editor's typed loader sees it.
fn typed(text: &str) -> Value {
    serde_yaml::from_str(text).expect("YAML")
}

static VALIDATOR: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::draft202012::new(&rule_schema()).expect("a schema"));

fn errors(validator: &jsonschema::Validator, value: &Value) -> Vec<String> {
    if VALIDATOR.is_valid(value) {
        return Vec::new();
    }
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_examples_are_valid() {
    let shared = jsonschema::draft202012::new(&shared_schema()).expect("a schema");
    let mut seen = 0;
    for file in files(&folder("tests/rules/examples")).iter().filter(|file| file.name.ends_with(".yaml")) {
        let is_shared = file.name.ends_with("shared.yaml");
        let found = errors(if is_shared { &shared } else { &VALIDATOR }, &typed(&file.text));
        assert!(found.is_empty(), "{}:\n{}", file.name, found.join("\n"));
        seen += usize::from(!is_shared);
    }
    assert_eq!(seen, 16);
}

/// What stands in an example, and the slip of the pen instead of it.
const TYPOS: &[(&str, &str, &str)] = &[
    ("hsts.yaml", "applies_to:", "aplies_to:"),
    ("hsts.yaml", "category: headers", "category: header"),
    ("hsts.yaml", "exists: false", "exist: false"),
    ("hsts.yaml", "less_than:", "lessthan:"),
    ("hsts.yaml", "hsts.valid", "hsts.vaild"),
    ("hsts.yaml", "url.scheme: https", "url.scheme: htps"),
    ("hsts.yaml", "severity: low,", "severity: lo,"),
    ("hsts.yaml", "get: /", "gte: /"),
    ("csp-inline-script.yaml", "effective.script-src-elem: { keyword", "effective.script-src-elm: { keyword"),
    ("csp-inline-script.yaml", "keyword: strict-dynamic", "keywrod: strict-dynamic"),
    ("csp-inline-script.yaml", "some:  { csp.enforced", "some:  { csp.enforce"),
    ("cookie-unprotected.yaml", "report: each", "report: eahc"),
    ("cookie-unprotected.yaml", "from: cookies", "form: cookies"),
    ("dotenv-exposed.yaml", "matches: '(?m)^", "mathces: '(?m)^"),
    ("dotenv-exposed.yaml", "times: 2", "time: 2"),
    ("dotenv-exposed.yaml", "class: [html, json]", "class: [htlm, json]"),
    ("dotenv-exposed.yaml", "not_on: baseline", "not_on: basline"),
    ("dotenv-exposed.yaml", "- critical:", "- ciritcal:"),
    ("dotenv-exposed.yaml", "places: 2", "place: 2"),
    ("dotenv-exposed.yaml", "else: {", "esle: {"),
    ("csrf-token-not-bound.yaml", "session_like:", "sesion_like:"),
    ("csrf-token-not-bound.yaml", "status: 200, json", "staus: 200, json"),
    ("csrf-token-not-bound.yaml", "select:", "selector:"),
    ("stack-trace-java.yaml", "- status: [4xx", "- staus: [4xx"),
    ("stack-trace-java.yaml", "none: { baseline", "none: { basline"),
    ("stripe-secret-key.yaml", "boundary: token", "boundary: tokens"),
    ("stripe-secret-key.yaml", "entropy:", "entorpy:"),
    ("nginx-cve-2021-23017.yaml", "expect: clean", "expect: clear"),
    ("graphql-introspection.yaml", "query: { query", "qeury: { query"),
    (
        "tls-certificate-expires-soon.yaml",
        "tls.certificate.days_left: { at_least",
        "tls.certificate.day_left: { at_least",
    ),
    (
        "cors/cors-untrusted-origin.yaml",
        "$preflight.foreign: { $grants: true } }",
        "$preflight.foreign: { statsu: 200 } }",
    ),
    ("cors/cors-untrusted-origin.yaml", "same_site: none", "same_sites: none"),
];

#[test]
fn the_schema_alone_finds_every_planted_typo() {
    let files = files(&folder("tests/rules/examples"));
    let mut missed = Vec::new();
    for (name, right, wrong) in TYPOS {
        let file = files.iter().find(|file| &*file.name == *name).expect("the example is there");
        assert!(file.text.contains(right), "{name} has no `{right}`");
        if VALIDATOR.is_valid(&typed(&file.text.replacen(right, wrong, 1))) {
            missed.push(format!("{name}: {wrong}"));
        }
    }
    assert!(missed.is_empty(), "the schema finds nothing wrong with\n{}", missed.join("\n"));
}

#[test]
fn the_loader_finds_every_planted_typo_too() {
    let files = files(&folder("tests/rules/examples"));
    for (name, right, wrong) in TYPOS {
        let changed: Vec<_> = files
            .iter()
            .map(|file| match &*file.name == *name {
                true => outsight::base::SourceFile::new(file.name.clone(), file.text.replacen(right, wrong, 1)),
                false => file.clone(),
            })
            .collect();
        let loaded = outsight::dialect::native::load(&changed, &outsight::base::Limits::default());
        assert!(loaded.diagnostics.has_errors(), "{name}: {wrong}");
    }
}
