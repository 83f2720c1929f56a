//! The packs that are built in: the folder `rules/` as it was when Outsight was built.
//!
//! Must never import a folder above `report`.

use std::collections::BTreeMap;
use std::path::Path;

use rust_embed::RustEmbed;

use super::{Collected, Manifest, manifest, walk};
use crate::base::SourceFile;

/// What the names of built-in files begin with, so that they are never taken for paths.
const PREFIX: &str = "embedded:";

#[derive(RustEmbed)]
#[folder = "rules/"]
struct Rules;

/// The files of one pack, or of all, in order of their names.
pub(super) fn collect(pack: Option<&str>) -> Collected {
    let mut collected = Collected::default();
    for (name, source) in sources() {
        let wanted = pack.is_none_or(|pack| pack_of(&name) == pack);
        if wanted && !walk::is_manifest(&name) {
            collected.files.push(source);
        }
    }
    collected
}

/// The manifests of the built-in packs, in order of their names.
pub fn embedded_packs() -> Vec<Manifest> {
    let manifests = sources().into_iter().filter(|(name, _)| walk::is_manifest(name));
    manifests.filter_map(|(_, source)| manifest::read(&source).ok()).collect()
}

/// Whether a built-in pack is called so.
pub fn is_embedded(name: &str) -> bool {
    Rules::iter().any(|file| walk::is_manifest(&file) && pack_of(&file) == name)
}

fn sources() -> BTreeMap<String, SourceFile> {
    let named = Rules::iter().filter(|name| walk::belongs(Path::new(&**name))).filter_map(|name| {
        let file = Rules::get(&name)?;
        let source = SourceFile::new(format!("{PREFIX}{name}"), std::str::from_utf8(&file.data).ok()?);
        Some((name.into_owned(), source))
    });
    named.collect()
}

fn pack_of(name: &str) -> &str {
    name.split_once('/').map_or("", |(pack, _)| pack)
}
