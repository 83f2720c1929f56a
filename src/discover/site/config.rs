//! Configuration that scripts load when they start: a literal of the same origin with a telling name.
//!
//! Invariant: few addresses, whatever the script holds. Must never import anything above `wire`.

use super::bases::Bases;
use super::literals;
use super::{Found, Kind};

/// The most that one script yields.
const MOST: usize = 10;
/// Calls and words before a literal that is loaded.
const WORDS: [&str; 9] =
    ["fetch(", ".get(", ".getJSON(", ".open(\"GET\",", "url:", "src=", "import(", "importScripts(", "loadConfig("];
/// Last parts of such addresses, without an ending.
const NAMES: [&str; 20] = [
    "config",
    "configuration",
    "env",
    "__env",
    "_env",
    "environment",
    "env-config",
    "envconfig",
    "runtime-config",
    "runtime-env",
    "runtimeconfig",
    "app-config",
    "appconfig",
    "appsettings",
    "appsettings.production",
    "settings",
    "client-config",
    "public-config",
    "firebase-config",
    "init",
];

/// Reads a script.
pub(super) fn read(body: &[u8], bases: &Bases<'_>, found: &mut Found) {
    let mut added = 0;
    for word in WORDS {
        for name in literals::literals_after(body, word, found).filter(|name| is_config(name)) {
            let url = bases.own().join(name).ok();
            let same = |url: &url::Url| url.origin() == bases.own().origin();
            if added < MOST && url.as_ref().is_some_and(same) {
                added += 1;
                found.add(Kind::Config, bases.own(), name);
            }
        }
    }
}

fn is_config(name: &str) -> bool {
    let path = name.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let (stem, extension) = last.rsplit_once('.').unwrap_or((&last, ""));
    (path.starts_with('/') || path.starts_with("./"))
        && matches!(extension, "" | "json" | "js")
        && NAMES.contains(&stem)
}
