//! Scripts: what they import, load, register and name.
//!
//! Invariant: nothing is executed and no name is made up; an address that a script computes is read by [`chunks`] from
//! what it is computed with. Must never import anything above `wire`.
//!
//! [`chunks`]: super::chunks

use url::Url;

use super::bases::Bases;
use super::{Found, Kind, Text, chunks, config, framework, literals, maps};

/// Calls that load a classic script or worker by a literal.
const LOADS: [(&str, Kind); 4] = [
    ("importScripts(", Kind::Script),
    ("new Worker(", Kind::Script),
    ("new SharedWorker(", Kind::Script),
    ("serviceWorker.register(", Kind::Worker),
];

/// Reads a script of its own.
pub(super) fn read(text: &Text<'_>, found: &mut Found) {
    let public = chunks::public_path(text.body);
    let bases = Bases::new(text.url, text.known).with_public(public.as_deref());
    let said = text.source_map.map(|field| String::from_utf8_lossy(field).into_owned());
    if let Some(map) = said.or_else(|| maps::comment(text.body)) {
        found.add(Kind::Map, text.url, &map);
    } else if text.kind != Kind::Config {
        maps::neighbour(text.url, found);
    }
    read_inline(text.body, &bases, found);
}

/// Reads what stands in a script, on its own or inside a page.
pub(super) fn read_inline(body: &[u8], bases: &Bases<'_>, found: &mut Found) {
    for (word, kind) in LOADS {
        for name in literals::literals_after(body, word, found) {
            add(kind, bases, name, found);
        }
    }
    for word in ["import(", "import", "from"] {
        imports(body, word, bases, found);
    }
    for name in literals::script_names(body, found) {
        if let Some(kind) = literals::kind_of_path(name) {
            add(kind, bases, name, found);
        }
    }
    chunks::read(body, bases, found);
    framework::read_script(body, bases, found);
    config::read(body, bases, found);
}

/// Literals of imports need no ending: modules of development servers have none.
fn imports(body: &[u8], word: &'static str, bases: &Bases<'_>, found: &mut Found) {
    let is_relative = |name: &&str| name.starts_with("./") || name.starts_with("../") || name.starts_with('/');
    let is_script = |name: &&str| {
        let last = name.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        !last.is_empty() && (!last.contains('.') || literals::kind_of_path(name).is_some())
    };
    for name in literals::literals_after(body, word, found).filter(is_relative).filter(is_script) {
        add(Kind::Script, bases, name, found);
    }
}

fn add(kind: Kind, bases: &Bases<'_>, name: &str, found: &mut Found) {
    if let Some(url) = bases.resolve(name).filter(|url: &Url| url.path().len() > 1) {
        found.add_url(kind, url, false);
    }
}
