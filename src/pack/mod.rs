//! Rule packs: where rules come from.
//!
//! Owns the packs that are built in, the reading of rule files and folders, and the manifest `pack.yaml`. Takes paths and
//! names, gives source texts in an order that depends on their names alone. Invariant: files, bytes and depth are
//! bounded, a loop of links ends, and what cannot be read is named and costs the rest nothing.
//! Must never import a folder above `report`; what the texts mean is `dialect`'s business.

mod cache;
mod community;
mod companions;
mod digest;
mod embedded;
mod facts;
mod files;
mod load;
mod manifest;
mod stamps;
#[cfg(test)]
mod tests;
mod walk;

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

pub use cache::{Kept, Store};
pub use community::{Community, Ignore, Invalid, Profile, Root, TemplateFile};
pub use embedded::{embedded_packs, is_embedded};
pub use facts::{Facts, Kind, LeftOut, Level};
pub use load::{LoadedPack, Rules, load};
pub use manifest::Manifest;
pub use walk::is_rule_file;

use crate::base::{Limits, SourceFile, suggest};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};

/// The texts of the wanted packs, manifests left out, and what was wrong with getting them.
#[derive(Debug, Default)]
pub struct Collected {
    /// Rule files, `shared.yaml` files and list files, each named by its path.
    pub files: Vec<SourceFile>,
    /// Templates of community packs, by pack.
    pub community: Vec<Community>,
    /// What could not be found, read or understood.
    pub diagnostics: Diagnostics,
}

/// Collects what `wanted` names: files (with what they share and the lists that they name), folders (with all below them)
/// and built-in packs. Nothing wanted means all
/// built-in packs. A path wins over a pack of the same name.
pub fn collect(wanted: &[String], limits: &Limits) -> Collected {
    collect_with(wanted, None, limits)
}

/// As [`collect`]; with a store, templates that nobody touched since they were last read are not read again.
pub fn collect_with(wanted: &[String], store: Option<&Store>, limits: &Limits) -> Collected {
    if wanted.is_empty() {
        return embedded::collect(None);
    }
    let mut all = Collected::default();
    let mut paths = Vec::new();
    for name in wanted {
        if Path::new(name).exists() {
            paths.push(name.as_str());
        } else if is_embedded(name) {
            let pack = embedded::collect(Some(name));
            all.files.extend(pack.files);
            all.diagnostics.extend(pack.diagnostics);
        } else {
            all.diagnostics.push(not_found(name));
        }
    }
    let read = files::collect(&paths, store.map(|store| (store, SystemTime::now())), limits);
    all.files.extend(read.files);
    all.community.extend(read.community);
    all.diagnostics.extend(read.diagnostics);
    for pack in &mut all.community {
        let mut seen = std::collections::HashSet::new();
        pack.files.retain(|file| seen.insert(Arc::clone(&file.inside)));
    }
    let mut seen = std::collections::HashSet::new();
    all.files.retain(|file| seen.insert(file.name.clone()));
    all
}

fn not_found(name: &str) -> Diagnostic {
    let packs: Vec<String> = embedded_packs().into_iter().map(|pack| pack.name).collect();
    let help = match suggest::closest(name, packs.iter().map(String::as_str)) {
        Some(close) => format!("did you mean the built-in pack `{close}`?"),
        None => format!("name a file, a folder or a built-in pack: {}", packs.join(", ")),
    };
    let title = format!("there is no rule file, folder or pack `{name}`");
    Diagnostic::error("C0201", Blame::Configuration, title).help(help)
}
