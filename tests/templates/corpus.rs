//! The community pack beside the checkout, where there is one: every template loads or is refused by a known code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use outsight::base::{Limits, SourceFile};
use outsight::diagnostic::render_text;
use outsight::dialect::nuclei::{PayloadError, PayloadFiles, REFUSALS, load};

/// The payload files of the pack.
pub(super) struct Pack(pub PathBuf);

impl PayloadFiles for Pack {
    fn read(&self, path: &str) -> Result<Arc<str>, PayloadError> {
        std::fs::read_to_string(self.0.join(path)).map(Arc::from).map_err(|_| PayloadError::Missing)
    }
}

pub(super) fn pack() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/nuclei-templates");
    let named = std::env::var_os("OUTSIGHT_TEMPLATES").map(PathBuf::from);
    named.or(Some(beside)).filter(|path| path.is_dir())
}

/// The templates that the community's own engine runs by default, where a recording of one is there.
fn default_run(root: &Path) -> BTreeSet<String> {
    let list = std::fs::read_to_string(root.join("../universe/verdicts/default-run.txt")).unwrap_or_default();
    list.lines().map(str::to_owned).collect()
}

pub(super) fn templates(root: &Path) -> Vec<SourceFile> {
    let (mut found, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("a readable folder");
            open.extend(entries.map(|entry| entry.expect("a readable entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            found.push(SourceFile::new(name, std::fs::read_to_string(&path).expect("a readable file")));
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are for whoever runs this test")]
fn every_template_of_the_pack_loads_or_is_refused_by_name() {
    let Some(root) = pack() else { return };
    let (limits, files) = (Limits::default(), Pack(root.clone()));
    let (mut loaded, mut refused, mut tiers) = (0, BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    let mut invalid = Vec::new();
    let (default_run, mut runnable) = (default_run(&root), 0);
    for file in templates(&root) {
        let result = load(&file, &files, &limits);
        match result.rule {
            None => invalid.extend(
                result.diagnostics.items.iter().filter(|item| item.is_error()).map(|item| render_text(item, false)),
            ),
            Some(rule) => match &rule.refused {
                None => {
                    loaded += 1;
                    runnable += usize::from(default_run.contains(&*rule.id));
                    *tiers.entry(rule.tier().name()).or_default() += 1;
                }
                Some(refusal) => {
                    assert!(REFUSALS.iter().any(|why| why.code == refusal.code), "{}", refusal.code);
                    *refused.entry(refusal.code).or_default() += 1;
                    if std::env::var_os("OUTSIGHT_REFUSED").is_some_and(|code| code == refusal.code) {
                        println!("{}: {}", file.name, refusal.reason);
                    }
                }
            },
        }
    }
    let default_run = default_run.len();
    println!("{runnable} of {default_run} templates that are run by default load");
    assert!(runnable * 100 >= default_run * 98, "too few templates load: {runnable} of {default_run}");
    // A template that goes from one tier to another must be looked at: the default runs only the first.
    println!("loaded {loaded} {tiers:?}, refused {refused:?}, invalid {}", invalid.len());
    assert!(invalid.is_empty(), "{}", invalid.join("\n"));
}
