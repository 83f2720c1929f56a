//! The machine formats against their schema, and the score against its rows.

use std::collections::BTreeSet;

use outsight::report::line::{FindingLine, HostLine, Line, PublicLine, SummaryLine, VerdictLine};
use outsight::report::{ReportOptions, output_schema};
use serde_json::Value;

use super::{assert_file, report, scene};

fn lines() -> Vec<String> {
    let options = ReportOptions { verdicts: true, ..ReportOptions::default() };
    report("jsonl", &scene::events(), options).lines().map(str::to_string).collect()
}

#[test]
fn the_schema_in_the_repository_is_fresh() {
    let text = serde_json::to_string_pretty(&output_schema()).expect("serialises") + "\n";
    assert_file("schemas/output.schema.json", &text);
}

#[test]
fn every_line_and_the_document_follow_the_schema() {
    let schema = jsonschema::draft202012::new(&output_schema()).expect("a schema");
    let mut events = BTreeSet::new();
    for line in lines() {
        let value: Value = serde_json::from_str(&line).expect("JSON");
        let faults: Vec<String> = schema.iter_errors(&value).map(|fault| format!("{fault:?}")).collect();
        assert!(faults.is_empty(), "{line}: {faults:?}");
        events.insert(value["event"].as_str().expect("an event").to_string());
    }
    assert_eq!(Vec::from_iter(events), ["finding", "host", "public", "summary", "verdict"]);
    for verdicts in [false, true] {
        let document = report("json", &scene::events(), ReportOptions { verdicts, ..ReportOptions::default() });
        assert!(schema.is_valid(&serde_json::from_str(&document).expect("JSON")));
    }
    let broken_off = report("json", &scene::events()[..20], ReportOptions::default());
    assert!(schema.is_valid(&serde_json::from_str(&broken_off).expect("JSON")));
    for wrong in [
        r#"{"event":"host","version":1}"#,
        r#"{"event":"verdict","version":1,"time":"x","rule":"a","target":"b","outcome":"maybe"}"#,
    ] {
        assert!(!schema.is_valid(&serde_json::from_str(wrong).expect("JSON")), "{wrong}");
    }
}

#[test]
fn every_property_is_described_and_has_an_example() {
    let schema = output_schema();
    let mut missing = Vec::new();
    let definitions = schema["$defs"].as_object().expect("definitions");
    for (owner, name, property) in definitions.iter().flat_map(|(owner, definition)| {
        let properties = definition["properties"].as_object().into_iter().flatten();
        properties.map(move |(name, property)| (owner, name, property))
    }) {
        let described = property["description"].is_string();
        let composed = property.to_string().contains("$ref") || property["const"].is_string();
        if !described || !(property["examples"].is_array() || composed) {
            missing.push(format!("{owner}.{name}"));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_reader_gets_back_what_was_written_and_every_score_adds_up() {
    let mut scored = 0;
    for line in lines() {
        let read = Line::parse(&line).expect("an event");
        let again = serde_json::to_value(&read).expect("serialises");
        assert_eq!(again, serde_json::from_str::<Value>(&line).expect("JSON"));
        if let Line::Host(HostLine { score: Some(score), deductions, .. }) = read {
            let sum: f64 = deductions.iter().map(|row| row.points.as_f64()).sum();
            assert_eq!(100.0 - sum, score.as_f64(), "{line}");
            scored += 1;
        }
    }
    assert_eq!(scored, 3);
    assert!(Line::parse(r#"{"event":"host","version":99}"#).is_err());
    assert!(Line::parse("{").is_err());
}

#[test]
fn fields_are_those_of_the_contract() {
    let keys = |value: Value| value.as_object().expect("an object").keys().cloned().collect::<BTreeSet<_>>();
    let set = |text: &str| text.split_whitespace().map(str::to_string).collect::<BTreeSet<_>>();
    const WHAT: &str = "rule case title category confidence target url extracted places fingerprint fix references cwe";
    let found = |rule: &str| {
        let line = lines().into_iter().find(|line| line.contains(&format!("\"rule\":\"{rule}\""))).expect("reported");
        serde_json::from_str::<Value>(&line).expect("JSON")
    };
    let dotenv = found("dotenv-exposed");
    let place = dotenv["places"][0].clone();
    assert_eq!(keys(place["evidence"].clone()), set("request status head snippet curl"));
    assert_eq!(keys(place), set("url offset length line column case extracted evidence"));
    assert_eq!(keys(dotenv), set(&format!("event version time severity {WHAT}")));
    let nuclei = set("template_id matcher_name extractor_name matched_at extracted_results");
    assert!(nuclei.is_subset(&keys(found("git-config"))));
    assert!(!keys(found("stripe-publishable-key")).contains("severity"));
    for line in lines() {
        let value: Value = serde_json::from_str(&line).expect("JSON");
        match Line::parse(&line).expect("an event") {
            Line::Finding(FindingLine { .. }) | Line::Public(PublicLine { .. }) => {}
            Line::Verdict(VerdictLine { reason, .. }) => {
                let reason = if reason.is_some() { "reason" } else { "" };
                assert_eq!(keys(value), set(&format!("event version time rule target outcome {reason}")));
            }
            Line::Host(_) => {
                let fields = "target outcome profile profile_why notes tls_grade tls score grade grade_why unscored \
                              coverage deductions";
                assert_eq!(keys(value), set(&format!("event version time {fields}")));
            }
            Line::Summary(SummaryLine { .. }) => {
                let fields =
                    "planned match clean error skipped inconclusive requests bytes seconds reasons score_version";
                assert_eq!(keys(value), set(&format!("event version time {fields}")));
            }
        }
    }
}
