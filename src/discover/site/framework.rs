//! Files that a framework's build is known to have: what a page or script shows of the framework tells where they lie.
//!
//! Invariant: a name is guessed only where the build shows by something of its own that it has such a file. Must never
//! import anything above `wire`.

use serde_json::Value as Json;
use url::Url;

use super::bases::Bases;
use super::{Found, Kind, literals};

/// Reads a page and the addresses of its scripts.
pub(super) fn read_page(page: &[u8], base: &Url, scripts: &[Url], found: &mut Found) {
    next(page, base, scripts, found);
    nuxt(page, base, found);
    let guess = |found: &mut Found, folder: &str, name: &str| {
        let near = scripts.iter().find_map(|script| {
            let at = script.path().find(folder)?;
            script.join(script.path().get(..=at)?).ok()
        });
        if let Some(root) = near {
            found.guess(Kind::Manifest, &root, name);
        }
    };
    let named = |start: &str, end: &str| {
        scripts
            .iter()
            .filter_map(|script| script.path_segments()?.next_back())
            .any(|name| name.starts_with(start) && name.ends_with(end))
    };
    if named("main.", ".js") {
        guess(found, "/static/js/", "asset-manifest.json");
    }
    if named("index-", ".js") {
        guess(found, "/assets/", ".vite/manifest.json");
    }
    if memchr::memmem::find(page, b"ng-version=").is_some() || memchr::memmem::find(page, b"<app-root").is_some() {
        found.guess(Kind::Manifest, base, "ngsw.json");
    }
}

/// Next.js: the manifest of a build lists the chunks of all routes, and its id is in the page.
fn next(page: &[u8], base: &Url, scripts: &[Url], found: &mut Found) {
    let root = scripts.iter().find_map(|script| {
        let at = script.path().find("/_next/static/")?;
        script.join(script.path().get(..at + "/_next/".len())?).ok()
    });
    let id = after(page, b"\"buildId\":\"").or_else(|| after(page, b"\\\"b\\\":\\\"").filter(|_| root.is_some()));
    let Some(id) = id else { return };
    let root = match root.or_else(|| base.join("/_next/").ok()) {
        Some(root) if memchr::memmem::find(page, b"_next/").is_some() => root,
        _ => return,
    };
    for name in ["_buildManifest.js", "_ssgManifest.js"] {
        found.add(Kind::Script, &root, &format!("static/{id}/{name}"));
    }
}

/// Nuxt: the metadata of a build lists its prerendered pages, and its id is in the page.
fn nuxt(page: &[u8], base: &Url, found: &mut Found) {
    if memchr::memmem::find(page, b"__NUXT").is_none() {
        return;
    }
    let id = after(page, b"buildId:\"").or_else(|| after(page, b"\"buildId\":\""));
    let folder = after_path(page, b"buildAssetsDir:\"").unwrap_or("/_nuxt/");
    if let (Some(id), Ok(root)) = (id, base.join(folder)) {
        found.add(Kind::Manifest, &root, &format!("builds/meta/{id}.json"));
    }
}

/// The identifier that follows a word.
fn after<'a>(text: &'a [u8], word: &[u8]) -> Option<&'a str> {
    let at = memchr::memmem::find(text, word)? + word.len();
    let rest = text.get(at..at.saturating_add(80).min(text.len()))?;
    let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"-_".contains(byte)))?;
    std::str::from_utf8(rest.get(..end)?).ok().filter(|id| !id.is_empty())
}

/// The path that follows a word, where it is plain; slashes may be written as `\u002F`.
fn after_path<'a>(text: &'a [u8], word: &[u8]) -> Option<&'a str> {
    let at = memchr::memmem::find(text, word)? + word.len();
    let rest = text.get(at..at.saturating_add(80).min(text.len()))?;
    let path = std::str::from_utf8(rest.get(..memchr::memchr(b'"', rest)?)?).ok()?;
    (path.starts_with('/') && path.ends_with('/')).then_some(path)
}

/// Reads a script: the data of Next's build manifest, and workers that a name gives away.
pub(super) fn read_script(script: &[u8], bases: &Bases<'_>, found: &mut Found) {
    let is_manifest = bases.own().path().ends_with("/_buildManifest.js");
    if is_manifest {
        next_manifest(script, bases.own(), found);
    }
    let worker = literals::literals_after(script, "ngsw-worker", found).next();
    if worker.is_none() && memchr::memmem::find(script, b"ngsw-worker.js").is_some() {
        found.guess(Kind::Manifest, bases.own(), "/ngsw.json");
    }
}

/// Routes are keys of the manifest: those without parameters are pages.
fn next_manifest(script: &[u8], own: &Url, found: &mut Found) {
    for at in memchr::memmem::find_iter(script, b":[").take(2000) {
        let before = script.get(at.saturating_sub(200)..at).unwrap_or_default();
        let Some(route) = quoted_end(before) else { continue };
        if route.starts_with('/') && !route.contains('[') && !route.starts_with("/_") {
            found.add(Kind::Page, own, route);
        }
    }
}

/// The literal that ends with the text.
fn quoted_end(text: &[u8]) -> Option<&str> {
    let inner = text.strip_suffix(b"\"")?;
    let open = memchr::memrchr(b'"', inner)?;
    std::str::from_utf8(inner.get(open + 1..)?).ok()
}

/// The addresses of a JSON list of pages that were rendered beforehand (Nuxt's metadata of a build).
pub(super) fn prerendered(json: &Json) -> impl Iterator<Item = &str> {
    json.get("prerendered").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}
