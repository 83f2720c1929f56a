//! Files as targets: a folder, a file, an archive.

use std::io::Write as _;

use serde_json::Value;

use super::world::World;

const TRACE: &str = "<!doctype html>\n<title>Oops</title>\n<p>Traceback (most recent call last):\n  File \"/srv/shop/app.py\", line 12, in cart\nKeyError: 'user'\n";

fn built() -> World {
    let world = World::new();
    world.write("dist/index.html", "<!doctype html><title>Shop</title><script src=/assets/app.js></script>");
    world.write("dist/assets/app.js", "let a=1;\n");
    world.write("dist/errors/500.html", TRACE);
    world
}

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn of_event<'a>(lines: &'a [Value], event: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["event"] == event).collect()
}

#[test]
fn a_folder_is_judged_without_traffic_and_places_name_files() {
    let ran = built().run(&["scan", "./dist", "-f", "jsonl", "--verdicts"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines = lines(&ran.out);
    let findings = of_event(&lines, "finding");
    assert_eq!(findings.iter().map(|line| &line["rule"]).collect::<Vec<_>>(), ["stack-trace-python"]);
    let (finding, place) = (findings[0], &findings[0]["places"][0]);
    assert_eq!((&finding["target"], &finding["file"]), (&"./dist".into(), &"errors/500.html".into()));
    assert_eq!(place["file"], "errors/500.html");
    let at = ["offset", "line"].map(|key| place[key].as_u64().expect("a number"));
    assert_eq!(at[1], TRACE[..at[0] as usize].matches('\n').count() as u64 + 1, "{place}");
    assert!(place["length"].is_u64() && place["column"].is_u64(), "{place}");
    assert!(finding["url"].is_null() && place["url"].is_null() && place["evidence"]["curl"].is_null(), "{place}");

    let host = of_event(&lines, "host")[0];
    assert_eq!((&host["target"], &host["outcome"]), (&"./dist".into(), &"complete".into()));
    assert!(host["grade"].is_string() && host["coverage"] == 1.0, "{host}");
    let reasons: Vec<(&str, &str)> = of_event(&lines, "verdict")
        .iter()
        .filter_map(|line| Some((line["rule"].as_str()?, line["reason"].as_str()?)))
        .collect();
    for rule in ["nosniff", "https-redirect", "dotenv-exposed", "cookie-samesite"] {
        assert!(reasons.contains(&(rule, "no-server")), "{rule}: {reasons:?}");
    }
    assert_eq!(of_event(&lines, "summary")[0]["requests"], 0);
}

#[test]
fn text_reports_and_dry_runs_speak_of_files() {
    let world = built();
    let ran = world.run(&["scan", "dist"]);
    assert!(ran.out.contains("files: 3 files read"), "{}", ran.out);
    assert!(ran.out.contains("errors/500.html, line 3, column "), "{}", ran.out);
    assert!(!ran.out.contains("curl") && !ran.out.contains("0 requests ·"), "{}", ran.out);
    let dry = world.run(&["scan", "dist", "--dry-run"]);
    assert!(dry.out.contains("verdicts, no request:"), "{}", dry.out);
    assert_eq!((dry.code, world.run(&["scan", "./nothing"]).code), (0, 2));
}

#[test]
fn one_file_and_archives_are_targets_and_what_is_not_read_is_told() {
    let world = built();
    let one = world.run(&["scan", "dist/errors/500.html", "-f", "jsonl"]);
    assert_eq!(of_event(&lines(&one.out), "finding")[0]["places"][0]["file"], "500.html");

    let mut writer = zip::ZipWriter::new(std::fs::File::create(world.path("site.zip")).expect("writable"));
    for (name, text) in [("site/500.html", TRACE), ("../up.html", TRACE)] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
        writer.write_all(text.as_bytes()).expect("bytes");
    }
    writer.finish().expect("an archive");
    let packed = world.run(&["scan", "site.zip", "-f", "jsonl"]);
    let lines = lines(&packed.out);
    let places = of_event(&lines, "finding")[0]["places"].as_array().expect("a list").clone();
    assert_eq!(places.iter().map(|place| &place["file"]).collect::<Vec<_>>(), ["site/500.html"]);
    let notes = of_event(&lines, "host")[0]["notes"].to_string();
    assert!(notes.contains("names that lead out of the archive: ../up.html"), "{notes}");

    world.write("broken.zip", "no archive");
    let broken = world.run(&["scan", "broken.zip"]);
    assert_eq!(broken.code, 3, "what cannot be read is never clean: {}", broken.out);
}

#[test]
fn who_mends_a_target_that_cannot_be_read_is_told() {
    let world = built();
    let missing = world.run(&["scan", "./nothing"]);
    assert!(missing.err.contains("T0010") && missing.err.contains("help: check the path"), "{}", missing.err);
    world.write("site.zip", "PK\u{3}\u{4} and no more");
    let broken = world.run(&["scan", "site.zip"]);
    assert_eq!(broken.code, 3, "{}", broken.err);
    assert!(broken.out.contains("pack it again, or name the folder"), "{}", broken.out);
    world.write("shop.example.com", "let a=1;\n");
    let named = world.run(&["scan", "shop.example.com", "dist"]);
    assert!(
        named.err.contains("read as the file that is here; the host is `https://shop.example.com`"),
        "{}",
        named.err
    );
    assert!(!world.run(&["scan", "./shop.example.com", "dist/index.html"]).err.contains("is read as"));
}

#[test]
fn one_cause_is_one_finding() {
    let world = World::new();
    let value = |n: u64| format!("aB{n}cD3eF4gH5iJ6kL7mN8oP9qR{n}");
    let known = ["sk_live_", "4fX9bQ2mT7wK3pZ8rN5vJ1cL"].concat();
    let body = format!(r#"{{"client_secret":"{}","orderSecret":"{}","refresh_token":"{known}"}}"#, value(1), value(2));
    world.write("dist/api.json", &body);
    let ran = world.run(&["scan", "./dist", "-f", "jsonl", "--category", "secrets,leakage", "--verdicts"]);
    let lines = lines(&ran.out);
    let mut found: Vec<(&str, usize)> = of_event(&lines, "finding")
        .iter()
        .flat_map(|line| line["places"].as_array().expect("places").iter().map(move |place| (line, place)))
        .map(|(line, place)| {
            (line["rule"].as_str().expect("a rule"), place["offset"].as_u64().expect("an offset") as usize)
        })
        .collect();
    found.sort_unstable();
    let at = |text: &str| body.find(text).expect("it is there");
    let expected =
        [("generic-secret", at(&value(2))), ("secret-field", at(&value(1))), ("stripe-secret-key", at(&known))];
    assert_eq!(found, expected, "{}", ran.out);
    let matched = |rule: &str| of_event(&lines, "verdict").iter().any(|v| v["rule"] == rule && v["outcome"] == "match");
    assert!(matched("generic-secret") && matched("secret-field"), "verdicts stand");
}
