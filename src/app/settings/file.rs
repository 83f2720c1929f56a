//! Settings from the environment and from files.
//!
//! Takes an environment, the working folder and the flags; gives the merged layer. Invariant: every source is checked
//! whole, so one run shows all that is wrong with all of them. Must never import a folder above `report`.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::profile::read_profile;
use super::{KEYS, Layer, Raw, Set, Source};
use crate::base::capped::{Capped, read_all};
use crate::base::{SourceFile, Span, suggest};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::pack::is_embedded;

/// The most bytes of a configuration file.
const MAX_BYTES: usize = 1 << 20;
/// The most folders that are searched upwards.
const MAX_UP: usize = 64;
/// Its name in a project.
const NAME: &str = "outsight.yaml";

/// Where settings may come from.
pub struct Places<'a> {
    /// The environment, as pairs of name and value.
    pub environment: &'a [(String, String)],
    /// The working folder.
    pub folder: &'a Path,
}

impl Places<'_> {
    fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The project's file: `outsight.yaml` in the working folder or the nearest folder above it, no further than the root
    /// of a repository.
    fn project_file(&self) -> Option<PathBuf> {
        for folder in self.folder.ancestors().take(MAX_UP) {
            let path = folder.join(NAME);
            if path.is_file() {
                return Some(path);
            }
            if folder.join(".git").exists() {
                return None;
            }
        }
        None
    }

    /// The folder of compiled packs: `outsight/packs` in the platform's cache folder (XDG Base Directory).
    fn cache_folder(&self) -> Option<Set<PathBuf>> {
        let set = |name| self.variable(name).map(|value| (name, PathBuf::from(value))).filter(|(_, p)| p.is_absolute());
        let at_home = |below: &str| set("HOME").map(|(name, home)| (name, home.join(below)));
        let platform = match std::env::consts::OS {
            "windows" => set("LOCALAPPDATA"),
            "macos" => at_home("Library/Caches"),
            _ => at_home(".cache"),
        };
        let (name, folder) = set("XDG_CACHE_HOME").or(platform)?;
        Some(Set { value: folder.join("outsight").join("packs"), source: Source::Environment(name.into()) })
    }

    /// The user's file: `outsight/config.yaml` in the configuration folder (XDG Base Directory).
    fn user_file(&self) -> Option<PathBuf> {
        let set = |name| self.variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))?;
        Some(folder.join("outsight").join("config.yaml")).filter(|path| path.is_file())
    }
}

/// Merges the flags with everything below them. The diagnostics may be warnings only.
pub fn read_layers(flags: Layer, places: &Places<'_>) -> (Layer, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut below = from_environment(places, &mut diagnostics);
    for path in places.project_file().into_iter().chain(places.user_file()) {
        below = below.over(from_file(&path, &mut diagnostics));
    }
    let (profile, rules) = read_profile(&flags.clone().over(below.clone()), &mut diagnostics);
    let mut merged = flags.over(profile).over(below);
    merged.rules = rules.or(merged.rules);
    merged.cache_folder = merged.cache_folder.or_else(|| places.cache_folder());
    (merged, diagnostics)
}

fn from_environment(places: &Places<'_>, diagnostics: &mut Diagnostics) -> Layer {
    let mut layer = Layer::default();
    for (name, value) in places.environment.iter().filter(|(name, _)| name.starts_with("OUTSIGHT_")) {
        let Some(key) = KEYS.iter().find(|key| key.variable() == *name) else {
            diagnostics.push(unknown_variable(name));
            continue;
        };
        let source = Source::Environment(name.as_str().into());
        if let Some(Err(wrong)) = layer.set(key.name, Raw::One(value.clone()), &source) {
            let title = format!("the environment variable {name} is wrong: {wrong}");
            diagnostics.push(Diagnostic::error("C0103", Blame::Configuration, title));
        }
    }
    layer
}

fn unknown_variable(name: &str) -> Diagnostic {
    let variables: Vec<String> = KEYS.iter().map(|key| key.variable()).collect();
    let warning = Diagnostic::warning("C0102", Blame::Configuration, format!("no setting is called {name}"));
    match suggest::closest(name, variables.iter().map(String::as_str)) {
        Some(close) => warning.help(format!("did you mean {close}?")),
        None => warning,
    }
}

fn from_file(path: &Path, diagnostics: &mut Diagnostics) -> Layer {
    let mut layer = Layer::default();
    let source = match read(path) {
        Ok(source) => source,
        Err(error) => {
            diagnostics.push(*error);
            return layer;
        }
    };
    match entries(&source) {
        Ok(entries) => {
            for (key, raw) in entries {
                diagnostics.items.extend(set(&mut layer, &key, raw, &source));
            }
        }
        Err(error) => diagnostics.push(*error),
    }
    anchor(&mut layer, path.parent().unwrap_or(Path::new("")));
    layer
}

fn set(layer: &mut Layer, key: &str, raw: Raw, file: &SourceFile) -> Option<Diagnostic> {
    let source = Source::File(file.name.clone());
    let diagnostic = match layer.set(key, raw, &source) {
        Some(Ok(())) => return None,
        Some(Err(wrong)) => Diagnostic::error("C0103", Blame::Configuration, format!("`{key}` is wrong: {wrong}")),
        None => {
            let error = Diagnostic::error("C0102", Blame::Configuration, format!("no setting is called `{key}`"));
            match suggest::closest(key, KEYS.iter().map(|key| key.name)) {
                Some(close) => error.help(format!("did you mean `{close}`?")),
                None => error.help("`outsight scan --help` lists the settings; keys are the long flags"),
            }
        }
    };
    Some(diagnostic.at(file, key_span(file, key), ""))
}

/// Where a top-level key stands.
fn key_span(file: &SourceFile, key: &str) -> Span {
    let mut start = 0;
    for line in file.text.split_inclusive('\n') {
        let named = line.trim_start_matches(['"', '\'']);
        if named.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':')) {
            let start = start + line.len() - named.len();
            return Span::new(start, start + key.len());
        }
        start += line.len();
    }
    Span::default()
}

fn read(path: &Path) -> Result<SourceFile, Box<Diagnostic>> {
    let failed = |why: String| {
        let title = format!("cannot read the configuration `{}`: {why}", path.display());
        Box::new(Diagnostic::error("C0101", Blame::Configuration, title))
    };
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let bytes = match read_all(file, MAX_BYTES).map_err(|error| failed(error.to_string()))? {
        Capped::Whole(bytes) => bytes,
        Capped::TooLong => return Err(failed(format!("it has more than {MAX_BYTES} bytes"))),
    };
    let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8".to_owned()))?;
    Ok(SourceFile::new(path.display().to_string(), text))
}

/// Keys and values of a file. Scalars keep their text, so that `1.10` is not `1.1` and `no` is not `false` unless a
/// switch is meant.
fn entries(source: &SourceFile) -> Result<Vec<(String, Raw)>, Box<Diagnostic>> {
    let wrong = |at: usize, message: String| {
        let error = Diagnostic::error("C0101", Blame::Configuration, "the configuration cannot be read");
        let error =
            error.help("it is YAML, one setting a line: `retries: 2`; keys are the long flags of `outsight scan`");
        Box::new(error.at(source, Span::new(at, at), message))
    };
    let map: Option<serde_yaml::Mapping> = serde_yaml::from_str(&source.text)
        .map_err(|error| wrong(error.location().map_or(0, |location| location.index()), error.to_string()))?;
    let mut entries = Vec::new();
    for (key, value) in map.unwrap_or_default() {
        let key = key.as_str().map(str::to_owned).ok_or_else(|| wrong(0, "a key is not text".to_owned()))?;
        let at = key_span(source, &key).start as usize;
        let refused = || wrong(at, format!("`{key}` is neither text nor a list of texts"));
        let raw = match value {
            serde_yaml::Value::Sequence(items) => {
                Raw::Many(items.iter().map(scalar).collect::<Option<_>>().ok_or_else(refused)?)
            }
            serde_yaml::Value::Null => Raw::Many(Vec::new()),
            value => Raw::One(scalar(&value).ok_or_else(refused)?),
        };
        entries.push((key, raw));
    }
    Ok(entries)
}

fn scalar(value: &serde_yaml::Value) -> Option<String> {
    match value {
        serde_yaml::Value::String(text) => Some(text.clone()),
        serde_yaml::Value::Bool(yes) => Some(yes.to_string()),
        serde_yaml::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Paths of a file are meant from where it stands.
fn anchor(layer: &mut Layer, folder: &Path) {
    let join = |path: &mut PathBuf| *path = folder.join(&path);
    layer
        .scope
        .iter_mut()
        .chain(&mut layer.cache_folder)
        .chain(&mut layer.ca_file)
        .chain(&mut layer.client_cert)
        .for_each(|set| join(&mut set.value));
    layer.output.iter_mut().flat_map(|set| &mut set.value).for_each(|output| join(&mut output.path));
    if let Some(Set { value: rules, .. }) = &mut layer.rules {
        for rule in rules.iter_mut() {
            let path = folder.join(&rule);
            if path.exists() || !is_embedded(rule) {
                *rule = path.display().to_string();
            }
        }
    }
}
