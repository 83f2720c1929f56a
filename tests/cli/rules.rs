//! Commands about rules: check, test, list, show.

use super::world::{World, rule, text};

#[test]
fn all_errors_of_all_files_are_told_with_their_places_and_good_files_count() {
    let world = World::new();
    world.write("rules/good.yaml", &rule("good-rule", "/a", 200));
    world.write(
        "rules/typo.yaml",
        &rule("typo-rule", "/a", 200).replace("severity", "severty").replace("match:", "mtach:"),
    );
    world.write("rules/broken.yaml", "id: [\n");
    let ran = world.run(&["check", "rules"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    for expected in ["rules/typo.yaml:3:1", "rules/typo.yaml:7:1", "`severity`", "`match`", "rules/broken.yaml:"] {
        assert!(ran.out.contains(expected), "{expected} in:\n{}", ran.out);
    }
    assert!(ran.err.contains("1 good rule, "), "{}", ran.err);
    let lines = world.run(&["check", "-f", "jsonl", "rules"]);
    let first: serde_json::Value = serde_json::from_str(lines.out.lines().next().expect("a line")).expect("JSON");
    assert!(first["code"].is_string() && first["labels"][0]["line"].is_number(), "{first}");
}

#[test]
fn a_broken_pack_stops_a_scan_before_any_traffic_unless_told_otherwise() {
    let world = World::new();
    let server = super::world::Counting::start();
    world.write("rules/good.yaml", &rule("good-rule", "/a", 200));
    world.write("rules/broken.yaml", "id: x\nmtach: {}\n");
    let ran = world.run(&["scan", "-r", "rules", &server.url()]);
    assert_eq!((ran.code, server.asked()), (2, 0), "{ran:?}");
    let ran = world.run(&["scan", "-r", "rules", "--skip-broken", "--per-host-rate", "0", &server.url()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(server.asked() > 0 && ran.err.contains("broken.yaml"), "{ran:?}");
}

#[test]
fn tests_pass_fail_and_are_mutated() {
    let world = World::new();
    world.write("rules/good.yaml", &rule("good-rule", "/a", 200));
    let ran = world.run(&["test", "rules"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "1 rule: 2 passed, 0 failed, 0 skipped\n"), "{ran:?}");
    assert_eq!(world.run(&["test", "--mutate", "rules"]).code, 0);

    let careless =
        rule("careless", "/a", 200).replace("status: 200 }\nfix", "status: 200, class: { not: json } }\nfix");
    let path = world.write("rules/careless.yaml", &careless);
    let ran = world.run(&["test", "--mutate", text(&path)]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("R0902"), "{}", ran.out);

    world.write("rules/wrong.yaml", &rule("wrong-rule", "/a", 200).replace("expect: clean", "expect: match"));
    let ran = world.run(&["test", "rules/wrong.yaml"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.out.contains("R0901") && ran.out.contains("it is not") && ran.out.contains("wrong.yaml:"),
        "{}",
        ran.out
    );
}

#[test]
fn the_built_in_rules_are_right() {
    let world = World::new();
    let checked = world.run(&["check"]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    let tested = world.run(&["test"]);
    assert_eq!(tested.code, 0, "{}", tested.out);
}

#[test]
fn lists_hold_every_rule_with_its_fields() {
    let world = World::new();
    world.write("rules/good.yaml", &rule("good-rule", "/a", 200));
    world.write("rules/posts.yaml", &rule("posting", "/a", 200).replace("{ get:", "{ post:"));
    world.write("rules/broken.yaml", "id: x\nmtach: {}\n");
    let ran = world.run(&["list", "-r", "rules", "-f", "jsonl"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let entries: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of =
        |id: &str| entries.iter().find(|entry| entry["rule"] == id).unwrap_or_else(|| panic!("{id} in {entries:?}"));
    assert_eq!((&of("good-rule")["tier"], &of("good-rule")["status"]), (&"passive".into(), &"loaded".into()));
    assert_eq!(of("posting")["tier"], "active");
    let invalid = entries.iter().find(|entry| entry["status"] == "invalid").expect("the broken file");
    assert!(invalid["code"].is_string() && invalid["path"] == "rules/broken.yaml", "{invalid}");
    let table = world.run(&["list", "--severity", "high,critical"]);
    assert_eq!(table.code, 0, "{table:?}");
    assert!(table.out.contains("critical") && !table.out.contains(" info "), "{}", table.out);
    let none = world.run(&["list", "--id", "good-ruel", "-r", "rules/good.yaml"]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("did you mean `good-rule`?"), "{}", none.err);
}

#[test]
fn rules_are_chosen_by_what_they_say_of_themselves() {
    let world = World::new();
    let tagged = |id: &str, tag: &str| rule(id, "/a", 200).replace("fix: F", &format!("fix: F\ntags: [{tag}]"));
    world.write("rules/one.yaml", &tagged("web-one", "alpha"));
    world.write("rules/two.yaml", &tagged("web-two", "beta").replace("severity: medium", "severity: high"));
    world.write("rules/three.yaml", &tagged("db-three", "alpha").replace("category: exposure", "category: auth"));
    let chosen = |flags: &[&str]| {
        let ran = world.run(&[&["list", "-r", "rules", "-f", "jsonl"][..], flags].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        let id = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["rule"].to_string();
        ran.out.lines().map(id).collect::<Vec<_>>().join(" ").replace('"', "")
    };
    assert_eq!(chosen(&[]), "db-three web-one web-two");
    assert_eq!(chosen(&["--id", "web-*"]), "web-one web-two");
    assert_eq!(chosen(&["--tags", "alpha", "--exclude-category", "auth"]), "web-one");
    assert_eq!(chosen(&["--severity", "high,critical"]), "web-two");
    assert_eq!(chosen(&["--exclude-severity", "high", "--exclude-id", "db-*"]), "web-one");
    assert_eq!(chosen(&["--category", "auth", "--category", "exposure", "--exclude-tags", "beta"]), "db-three web-one");
    let warned = world.run(&["list", "-r", "rules", "--exclude-tags", "alhpa"]);
    assert!(warned.code == 0 && warned.err.contains("did you mean `alpha`?"), "{warned:?}");
}

#[test]
fn a_rule_is_shown_and_a_misspelt_one_suggested() {
    let world = World::new();
    let path = world.write("good.yaml", &rule("good-rule", "/a", 200));
    let ran = world.run(&["show", "good-rule", "-r", text(&path)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("GET /a") && ran.out.contains("match: { status: 200 }"), "{}", ran.out);
    let wrong = world.run(&["show", "godo-rule", "-r", text(&path)]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("did you mean `good-rule`?"), "{}", wrong.err);
    let missing = world.run(&["show", "x", "-r", "nowhere"]);
    assert!(missing.code == 2 && missing.err.contains("C0201"), "{missing:?}");
}
