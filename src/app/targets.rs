//! The targets of a scan: arguments, list files, standard input.
//!
//! Takes words and paths, opens what must be opened, gives a stream. Invariant: a list is never held in memory, and an
//! argument that names nothing is an error before any traffic. Must never import `cli`.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::target::Targets;

/// The word that stands for standard input.
const STDIN: &str = "-";

/// The targets that these arguments and lists name; `-` is standard input in either.
///
/// # Errors
/// Arguments that name no target, lists that cannot be opened, or nothing at all.
pub fn open_targets(words: &[String], lists: &[String]) -> Result<Targets, Diagnostics> {
    let mut wrong = Diagnostics::new();
    let (files, named): (Vec<&String>, Vec<&String>) =
        words.iter().filter(|word| *word != STDIN).partition(|word| is_path(word));
    wrong.items.extend(files.iter().filter(|word| !Path::new(word).exists()).map(|word| {
        let title = format!("there is no file or folder `{word}`");
        let help = "check the path, and the folder that it begins in";
        Diagnostic::error("T0010", Blame::Configuration, title).help(help)
    }));
    for word in &named {
        wrong.items.extend(Targets::new().words(&[word]).next().and_then(Result::err));
    }
    let mut targets = Targets::new().files(&files).words(&named);
    if words.iter().chain(lists).any(|word| word == STDIN) {
        targets = targets.list("standard input", Box::new(BufReader::new(std::io::stdin())));
    }
    for path in lists.iter().filter(|path| *path != STDIN) {
        match open_list(Path::new(path)) {
            Ok(file) => targets = targets.list(path.as_str(), Box::new(BufReader::new(file))),
            Err(error) => wrong.push(error),
        }
    }
    if words.is_empty() && lists.is_empty() {
        let help = "name a URL, a host, an address, a network, a folder, a file or an archive; `-l FILE` reads a list, `-` standard input";
        wrong.push(Diagnostic::error("C0303", Blame::Configuration, "there is no target").help(help));
    }
    if wrong.has_errors() { Err(wrong) } else { Ok(targets) }
}

/// What to say of arguments that could mean a host as well as the file that is there: `example.com`.
pub fn doubtful(words: &[String]) -> Vec<String> {
    let is_name = |word: &str| psl::suffix(word.as_bytes()).is_some_and(|suffix| suffix.is_known());
    let archives = [".zip", ".tar", ".gz", ".tgz"];
    let doubtful = words.iter().filter(|word| {
        let is_bare = !word.starts_with(['.', '/', '~']) && !archives.iter().any(|end| word.ends_with(end));
        is_bare && is_path(word) && is_name(word)
    });
    doubtful.map(|word| format!("`{word}` is read as the file that is here; the host is `https://{word}`")).collect()
}

/// Whether an argument means files. A path says so by how it begins; any other word does where something of that name is
/// there and no host is likely to be meant: a folder whose name has a dot is a host until it is written as `./example.com`.
fn is_path(word: &str) -> bool {
    if word.contains("://") {
        return false;
    }
    if ["./", "../", "/", "~/"].iter().any(|start| word.starts_with(start)) || matches!(word, "." | "..") {
        return true;
    }
    let path = Path::new(word);
    path.is_file() || (path.is_dir() && (word.contains(std::path::MAIN_SEPARATOR) || !word.contains('.')))
}

fn open_list(path: &Path) -> Result<File, Diagnostic> {
    let failed = |why: String| {
        let title = format!("cannot read the list `{}`: {why}", path.display());
        Diagnostic::error("C0304", Blame::Configuration, title)
    };
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    match file.metadata() {
        Ok(metadata) if metadata.is_dir() => Err(failed("it is a folder".to_owned())),
        _ => Ok(file),
    }
}
