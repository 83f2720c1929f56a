//! Text files that outputs are held to. `OUTSIGHT_BLESS=1` rewrites them; the difference is then for people to read.

use std::path::{Path, PathBuf};

use outsight::base::SourceFile;

/// Holds the output of every `NAME.in` of a folder of the repository to `NAME.out` beside it.
pub fn hold_each(folder: &str, run: impl Fn(&str) -> String) {
    let entries = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("the goldens are there");
    let paths = entries.map(|entry| entry.expect("a readable entry").path());
    let mut inputs: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|name| name == "in")).collect();
    inputs.sort();
    assert!(!inputs.is_empty());
    let differs = |input: &PathBuf| {
        let text = run(&std::fs::read_to_string(input).expect("a readable input"));
        difference(&input.with_extension("out"), &text)
    };
    let wrong: Vec<String> = inputs.iter().filter_map(differs).collect();
    assert!(wrong.is_empty(), "if this is meant, run with OUTSIGHT_BLESS=1:\n{}", wrong.join("\n"));
}

/// Where a text differs from a stored one, if it does; rewrites the stored one where the environment asks for that.
pub fn difference(path: &Path, text: &str) -> Option<String> {
    if std::env::var_os("OUTSIGHT_BLESS").is_some() {
        std::fs::write(path, text).expect("the golden is writable");
    }
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    (stored != text).then(|| {
        let line = stored.lines().zip(text.lines()).position(|(one, other)| one != other);
        let line = line.unwrap_or_else(|| stored.lines().count().min(text.lines().count()));
        let (was, is) = (stored.lines().nth(line), text.lines().nth(line));
        format!("{}:{}\n  stored: {was:?}\n     now: {is:?}", path.display(), line + 1)
    })
}

/// The files of an input: one of that name, or several, each after a line `=== path`.
pub fn files(given: &str, name: &str) -> Vec<SourceFile> {
    let Some(several) = given.strip_prefix("=== ") else { return vec![SourceFile::new(name, given)] };
    let part = |part: &str| {
        let (name, text) = part.split_once('\n').expect("a name and a text");
        SourceFile::new(name.trim(), text)
    };
    several.split("\n=== ").map(part).collect()
}
