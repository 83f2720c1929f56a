//! Manifests: JSON lists of built files, and the lists that service workers keep.
//!
//! Create React App (`files`, `entrypoints`), Vite (`file`, `imports`, `dynamicImports`), Angular (`assetGroups`,
//! `hashTable`), Nuxt (`prerendered`), web apps (`start_url`) and any other object are read alike: a text that names a
//! script, a map or a page is one. Invariant: depth and number of values are bounded. Must never import anything above
//! `wire`.

use serde_json::Value as Json;
use url::Url;

use super::bases::Bases;
use super::{Found, Kind, Text, framework, html, literals, parsed};

/// The most values that are looked at.
const VALUES: usize = 20_000;
/// The deepest value.
const DEPTH: usize = 12;
/// The most files of one worker's list.
const LISTED: usize = 300;

/// Reads a manifest.
pub(super) fn read(text: &Text<'_>, found: &mut Found) {
    let body = text.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text.body);
    let Some(json) = parsed::parse(body, found) else { return };
    let root = root_of(text.url);
    let bases = Bases::new(text.url, text.known).with_public(root.as_ref().map(Url::path));
    let mut left = VALUES;
    walk(&json, 0, &mut left, &mut |written, is_key| {
        let Some(kind) = literals::kind_of_path(written) else { return };
        // Keys of Vite's manifest are sources, those of Angular's table are files from the root.
        if is_key && !written.starts_with('/') {
            return;
        }
        if let Some(url) = bases.resolve(written) {
            found.add_url(kind, url, false);
        }
    });
    found.is_skimmed |= left == 0;
    if let Some(start) = json.get("start_url").and_then(Json::as_str).filter(|start| html::is_page(start)) {
        found.add(Kind::Page, text.url, start);
    }
    for (nth, page) in framework::prerendered(&json).filter(|page| html::is_page(page)).enumerate() {
        if nth < LISTED {
            found.add(Kind::Page, text.url, page);
        } else {
            found.over += 1;
        }
    }
}

/// The folder that a manifest's names are measured by: its own, or the one above `.vite`.
fn root_of(url: &Url) -> Option<Url> {
    let folder = url.join(".").ok()?;
    if folder.path().ends_with("/.vite/") { folder.join("..").ok() } else { Some(folder) }
}

fn walk(json: &Json, depth: usize, left: &mut usize, visit: &mut impl FnMut(&str, bool)) {
    if depth > DEPTH || *left == 0 {
        return;
    }
    *left -= 1;
    match json {
        Json::String(text) => visit(text, false),
        Json::Array(items) => items.iter().for_each(|item| walk(item, depth + 1, left, visit)),
        Json::Object(fields) => {
            for (key, value) in fields {
                visit(key, true);
                walk(value, depth + 1, left, visit);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// Reads the list of a service worker: `precacheAndRoute([{url:"index.html",revision:"…"}, …])`.
pub(super) fn read_worker(text: &Text<'_>, found: &mut Found) {
    let mut listed = 0;
    for word in ["url:", "'url':", "\"url\":"] {
        for name in literals::literals_after(text.body, word, found) {
            let is_index = name.ends_with("index.html");
            let kind =
                literals::kind_of_path(name).or_else(|| (html::is_page(name) && !is_index).then_some(Kind::Page));
            let Some(kind) = kind else { continue };
            listed += 1;
            if listed > LISTED {
                found.over += 1;
                continue;
            }
            found.add(kind, text.url, name);
        }
    }
    if text.url.path().ends_with("/ngsw-worker.js") {
        found.guess(Kind::Manifest, text.url, "ngsw.json");
    }
}
