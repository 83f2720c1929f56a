//! Settings that a community pack's profile brings.
//!
//! Takes the settings so far, reads the profile that they name, gives a layer below the flags. Invariant: what a profile
//! sets shows the profile as its source. Must never import a folder above `report`.

use std::path::{Component, Path, PathBuf};

use super::value::Raw;
use super::{Layer, Set, Source};
use crate::base::Limits;
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::pack::Profile;

/// The layer of the profile that `settings` names, and the rules that are meant then, where the profile says which.
pub(super) fn read_profile(settings: &Layer, diagnostics: &mut Diagnostics) -> (Layer, Option<Set<Vec<String>>>) {
    let Some(named) = &settings.pack_profile else { return (Layer::default(), None) };
    let packs = settings.rules.as_ref().map_or(&[][..], |set| &set.value);
    let profile = match Profile::read(&named.value, packs, &Limits::default()) {
        Ok((profile, warnings)) => {
            diagnostics.extend(warnings);
            profile
        }
        Err(wrong) => {
            diagnostics.extend(wrong);
            return (Layer::default(), None);
        }
    };
    let source = Source::Profile(profile.path.to_string_lossy().into());
    let mut layer = Layer::default();
    for (setting, values) in &profile.settings {
        if let Some(Err(wrong)) = layer.set(setting, Raw::Many(values.clone()), &source) {
            let title = format!("`{setting}` of the profile `{}` is wrong: {wrong}", profile.path.display());
            diagnostics.push(Diagnostic::error("C0103", Blame::Configuration, title));
        }
    }
    let rules = rules_of(&profile, packs, diagnostics).map(|value| Set { value, source });
    (layer, rules)
}

/// The rules that a profile means: its own templates in place of the whole pack, or the whole pack where nothing is named.
fn rules_of(profile: &Profile, packs: &[String], diagnostics: &mut Diagnostics) -> Option<Vec<String>> {
    let real = |path: &str| Path::new(path).canonicalize().ok();
    let named = || packs.iter().find_map(|pack| real(pack).filter(|path| path.is_dir()));
    let root = profile.root.clone().or_else(named)?;
    let text = |path: &Path| path.to_string_lossy().into_owned();
    if profile.templates.is_empty() {
        return packs.is_empty().then(|| vec![text(&root)]);
    }
    let other = packs.iter().filter(|pack| real(pack).is_none_or(|path| path != root)).cloned();
    let mut rules: Vec<String> = other.collect();
    for path in &profile.templates {
        let is_inside =
            Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let whole: PathBuf = root.join(path);
        if !is_inside {
            let title = format!("`{path}` of the profile `{}` leads out of its pack", profile.path.display());
            diagnostics.push(Diagnostic::error("C0210", Blame::Configuration, title));
        } else if whole.exists() {
            rules.push(text(&whole));
        } else {
            let title = format!("the pack has no `{path}`, which the profile `{}` names", profile.path.display());
            diagnostics.push(Diagnostic::warning("C0211", Blame::Configuration, title));
        }
    }
    Some(rules)
}
