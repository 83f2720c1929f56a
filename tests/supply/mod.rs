//! What Outsight depends on: licences that are allowed, crates that are banned, sources that are known.
//!
//! Reads `deny.toml`, the same file as `cargo deny`, so that the rules hold where that tool is not installed. Takes the
//! graph from `cargo metadata`, offline. Advisories need a database and are left to `cargo deny`.

mod spdx;

use std::process::Command;

use serde_json::Value;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The quoted texts of one array in `deny.toml`: the first of each line.
fn entries(section: &str, key: &str) -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).expect("deny.toml");
    let body = text.split(&format!("\n[{section}]\n")).nth(1).expect("the section");
    let array = body.split(&format!("{key} = [\n")).nth(1).and_then(|rest| rest.split("\n]").next());
    let lines = array.expect("the array").lines();
    lines.map(|line| line.split('"').nth(1).expect("one quoted entry a line").to_owned()).collect()
}

fn packages() -> Vec<Value> {
    let version = Command::new("rustc").arg("-vV").output().expect("rustc");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host triple");
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--all-features"])
        .args(["--filter-platform", host, "--manifest-path", manifest])
        .output()
        .expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages").clone();
    packages.into_iter().filter(|package| package["name"] != "outsight").collect()
}

#[test]
fn every_licence_is_allowed() {
    let allowed = entries("licenses", "allow");
    let packages = packages();
    assert!(packages.len() > 50, "the graph was read");
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| {
            !package["license"]
                .as_str()
                .is_some_and(|licence| spdx::satisfied(licence, &|id| allowed.iter().any(|a| a == id)))
        })
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "licences that deny.toml does not allow:\n{}", refused.join("\n"));
}

#[test]
fn no_banned_crate_and_no_unknown_source() {
    let banned = entries("bans", "deny");
    let packages = packages();
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| banned.iter().any(|name| package["name"] == **name) || package["source"] != REGISTRY)
        .map(|package| format!("{} from {}", package["name"], package["source"]))
        .collect();
    assert!(refused.is_empty(), "banned or of unknown source:\n{}", refused.join("\n"));
}
