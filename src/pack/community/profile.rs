//! Profiles of community packs: named choices of templates, as nuclei's own configuration writes them.
//!
//! Takes a file's text, gives settings by their names here. Invariant: every key is honoured or named as one that is not;
//! none is passed over. Must never import a folder above `report`.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::root::marked;
use crate::base::capped::{Capped, read_all};
use crate::base::{Limits, SourceFile};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::dialect::yaml::{Entry, ReadOptions, read};

/// A key of a profile, the other names that it has, and the setting that it is.
struct Known {
    names: &'static [&'static str],
    setting: &'static str,
}

/// The keys that are honoured: those that choose templates. How to scan is never a pack's to say. `templates` is not a setting of its own: see [`Profile::templates`].
const KNOWN: [Known; 12] = [
    Known { names: &["tags"], setting: "tags" },
    Known { names: &["exclude-tags", "etags"], setting: "exclude-tags" },
    Known { names: &["include-tags", "itags"], setting: "include-tags" },
    Known { names: &["severity", "s"], setting: "severity" },
    Known { names: &["exclude-severity", "es"], setting: "exclude-severity" },
    Known { names: &["id", "template-id"], setting: "id" },
    Known { names: &["exclude-id", "eid"], setting: "exclude-id" },
    Known { names: &["author", "a"], setting: "author" },
    Known { names: &["type", "pt"], setting: "type" },
    Known { names: &["exclude-type", "ept"], setting: "exclude-type" },
    Known { names: &["exclude-templates", "et"], setting: "exclude-templates" },
    Known { names: &["include-templates", "it"], setting: "include-templates" },
];

/// Keys that say how to run what no rule may run, or what is never done: they choose nothing.
const WITHOUT_EFFECT: [&str; 6] = ["code", "headless", "file", "dast", "enable-self-contained", "esc"];

/// A profile as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// The file.
    pub path: PathBuf,
    /// Settings by their names, each with its values.
    pub settings: Vec<(&'static str, Vec<String>)>,
    /// The files and folders of templates, where the profile names any; from the pack's root.
    pub templates: Vec<String>,
    /// The root of the pack that the profile belongs to.
    pub root: Option<PathBuf>,
}

impl Profile {
    /// Reads a profile: a file, or the name of one in the folder `profiles` of one of these packs. The diagnostics are
    /// warnings.
    ///
    /// # Errors
    /// Where there is no such file, or it has a key or a value that is not understood.
    pub fn read(named: &str, packs: &[String], limits: &Limits) -> Result<(Self, Diagnostics), Diagnostics> {
        let path = find(named, packs).ok_or_else(|| one(not_found(named, packs)))?;
        let unreadable = |why: String| {
            let title = format!("cannot read the profile `{}`: {why}", path.display());
            one(Diagnostic::error("C0210", Blame::Configuration, title))
        };
        let bytes = File::open(&path).and_then(|file| read_all(file, limits.rule_file));
        let text = match bytes.map_err(|error| unreadable(error.to_string()))? {
            Capped::Whole(bytes) => String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))?,
            Capped::TooLong => return Err(unreadable("it is larger than a rule file may be".to_owned())),
        };
        let source = SourceFile::new(path.display().to_string(), text);
        let root = path.canonicalize().ok().and_then(|real| marked(&real));
        let empty = Self { path, root, ..Self::default() };
        empty.parse(&source, limits)
    }

    fn parse(mut self, source: &SourceFile, limits: &Limits) -> Result<(Self, Diagnostics), Diagnostics> {
        let root = read(source, &ReadOptions::lenient(limits))?;
        let (mut wrong, mut warnings) = (Diagnostics::new(), Diagnostics::new());
        for entry in root.map().map(|map| map.entries.as_slice()).unwrap_or_default() {
            let key = entry.key.text.trim_start_matches('-');
            let known = KNOWN.iter().find(|known| known.names.contains(&key));
            match (known, values(entry)) {
                (_, None) => wrong.push(bad(source, entry, "neither text nor a list of texts")),
                (Some(known), Some(values)) => self.settings.push((known.setting, values)),
                (None, Some(values)) if matches!(key, "templates" | "t") => self.templates.extend(values),
                (None, _) if WITHOUT_EFFECT.contains(&key) || key == "var" => warnings.push(passed_over(source, entry)),
                (None, _) => wrong.push(bad(source, entry, "not known here")),
            }
        }
        if root.map().is_none() {
            let title = "a profile is a map of settings";
            wrong.push(Diagnostic::error("C0210", Blame::Configuration, title).at(source, root.span, "here"));
        }
        if wrong.has_errors() { Err(wrong) } else { Ok((self, warnings)) }
    }
}

/// The texts of an entry; a text is split at commas, as on a command line.
fn values(entry: &Entry) -> Option<Vec<String>> {
    let text =
        |text: &str| text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    match entry.value.list() {
        Some(items) => items.iter().map(|item| Some(item.scalar()?.text.trim().to_owned())).collect(),
        None => entry.value.scalar().map(|scalar| text(&scalar.text)),
    }
}

fn bad(source: &SourceFile, entry: &Entry, why: &str) -> Diagnostic {
    let title = format!("the key `{}` of the profile is {why}", entry.key.text);
    let known: Vec<&str> = KNOWN.iter().filter_map(|known| known.names.first().copied()).collect();
    let help = format!("profiles may have templates, {}", known.join(", "));
    Diagnostic::error("C0210", Blame::Configuration, title).at(source, entry.key_span, "here").help(help)
}

fn passed_over(source: &SourceFile, entry: &Entry) -> Diagnostic {
    let title = format!("`{}` of the profile has no effect", entry.key.text);
    let help = "rules never run programs, drive browsers or read local files, and take no variables from outside";
    Diagnostic::warning("C0211", Blame::Configuration, title).at(source, entry.key_span, "here").help(help)
}

/// The file of a profile.
fn find(named: &str, packs: &[String]) -> Option<PathBuf> {
    let direct = Some(PathBuf::from(named)).filter(|path| path.is_file());
    let is_name = !named.is_empty() && named.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let in_pack = || packs.iter().filter(|_| is_name).find_map(|pack| in_profiles(Path::new(pack), named));
    direct.or_else(in_pack)
}

fn in_profiles(pack: &Path, name: &str) -> Option<PathBuf> {
    let real = pack.canonicalize().ok()?;
    let root = marked(&real).unwrap_or(real);
    let names = [format!("{name}.yml"), format!("{name}.yaml"), name.to_owned()];
    names.into_iter().map(|name| root.join("profiles").join(name)).find(|path| path.is_file())
}

fn not_found(named: &str, packs: &[String]) -> Diagnostic {
    let help = match packs.is_empty() {
        true => "name a file; `-r PACK` makes the names in the pack's folder `profiles` known".to_owned(),
        false => "name a file, or one in the folder `profiles` of the pack, without its ending".to_owned(),
    };
    Diagnostic::error("C0210", Blame::Configuration, format!("there is no profile `{named}`")).help(help)
}

fn one(item: Diagnostic) -> Diagnostics {
    Diagnostics { items: vec![item] }
}
