//! One scene through every format, compared with files that people can read.

use outsight::base::Clock;
use outsight::report::ReportOptions;
use outsight::score::ScoreOptions;

use super::{assert_file, report, scene};

fn options() -> ReportOptions {
    let score = ScoreOptions { community: false, https: true };
    ReportOptions { width: 88, verdicts: true, clock: Clock::Fixed(scene::at(0)), score, ..ReportOptions::default() }
}

fn assert_golden(name: &str, format: &str, options: ReportOptions) {
    assert_file(&format!("tests/golden/report/{name}"), &report(format, &scene::events(), options));
}

#[test]
fn text() {
    assert_golden("scan.txt", "text", options());
    assert_golden("scan-narrow.txt", "text", ReportOptions { width: 48, ..options() });
    assert_golden("scan-verbose.txt", "text", ReportOptions { verbose: true, ..options() });
    assert_golden("scan-colour.txt", "text", ReportOptions { colour: true, ..options() });
}

#[test]
fn machine_formats() {
    assert_golden("scan.json", "json", options());
    assert_golden("scan.jsonl", "jsonl", options());
    assert_golden("scan.nuclei.jsonl", "nuclei-jsonl", options());
}

#[test]
fn no_line_ends_in_a_space_and_no_text_escapes_its_line() {
    for (format, options) in [
        ("text", options()),
        ("text", ReportOptions { colour: true, verbose: true, ..options() }),
        ("json", options()),
        ("jsonl", options()),
        ("nuclei-jsonl", options()),
    ] {
        let out = report(format, &scene::events(), options);
        assert!(out.lines().all(|line| line.trim_end() == line), "{format}");
        let foreign = out
            .replace("\x1b[0m", "")
            .chars()
            .any(|c| c != '\n' && c != '\x1b' && outsight::base::untrusted::is_unprintable(c));
        assert!(!foreign, "{format} lets a control or a mark through");
        if !options.colour {
            assert!(!out.contains('\x1b'), "{format} without colour has an escape");
        }
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    let coloured = report("text", &scene::events(), ReportOptions { colour: true, ..options() });
    let codes = regex::Regex::new("\x1b\\[[0-9;]*m").expect("compiles");
    assert_eq!(codes.replace_all(&coloured, ""), report("text", &scene::events(), options()));
}

#[test]
fn the_order_of_hosts_and_findings_does_not_change_the_document() {
    let mut events = scene::events();
    let summary = events.pop().expect("a summary");
    events.reverse();
    let is_finding = |event: &outsight::finding::Event| !matches!(event, outsight::finding::Event::Finding(..));
    events.sort_by_key(is_finding);
    events.push(summary);
    assert_eq!(report("json", &events, options()), report("json", &scene::events(), options()));
}

#[test]
fn an_interrupted_run_says_so() {
    let mut events = scene::events();
    if let Some(outsight::finding::Event::Summary(summary, _)) = events.last_mut() {
        summary.interrupted = true;
    }
    assert!(report("text", &events, options()).contains("interrupted: this report is partial"));
}

#[test]
fn many_places_are_a_line_in_text_and_all_in_json() {
    let mut events = scene::events();
    for event in &mut events {
        if let outsight::finding::Event::Finding(finding, _) = event
            && &*finding.rule == "framing-open"
        {
            let first = finding.places[0].clone();
            let url = |nth| if nth == 0 { first.url.clone() } else { format!("{}/page-{nth}", finding.target) };
            finding.places = (0..30).map(|nth| outsight::finding::Place { url: url(nth), ..first.clone() }).collect();
        }
    }
    let text = report("text", &events, options());
    let block = text.split("\n\n").find(|block| block.contains("framing-open ·")).expect("reported");
    assert!(block.contains("framing-open · headers · certain · 30 places\n"), "{block}");
    assert!(block.contains("also /page-1, /page-2, /page-3 and 26 more\n"), "{block}");
    assert!(block.lines().count() < 10, "{block}");
    let lines = report("jsonl", &events, options());
    let line = lines.lines().find(|line| line.contains(r#""rule":"framing-open""#)).expect("reported");
    let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
    assert_eq!(value["places"].as_array().map(Vec::len), Some(30));
    let fact = text.split("\n\n").find(|block| block.contains("date-missing ·")).expect("reported");
    assert!(fact.lines().count() <= 4 && fact.trim_start().starts_with("INFO"), "{fact}");
}
