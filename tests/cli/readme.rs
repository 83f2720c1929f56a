//! What the README says is so.

use super::world::{World, text};

/// The fenced block after a marker in README.md.
fn block(marker: &str) -> String {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).expect("README.md");
    let after = readme.split(&format!("<!-- {marker} -->\n```")).nth(1).expect("the marker");
    let (_, body) = after.split_once('\n').expect("a block");
    body.split("```").next().expect("its end").to_owned()
}

#[test]
fn the_rule_in_the_readme_is_right_and_its_tests_notice_every_mistake() {
    let world = World::new();
    let rule = world.write("build-info-exposed.yaml", &block("example-rule"));
    let checked = world.run(&["check", text(&rule)]);
    assert!(checked.code == 0 && checked.out.is_empty(), "{checked:?}");
    let tested = world.run(&["test", "--mutate", text(&rule)]);
    assert_eq!(tested.code, 0, "{}", tested.out);
}

#[test]
fn the_test_command_is_there_for_ci() {
    assert_eq!(block("ci:test").trim(), "cargo test --locked");
}
