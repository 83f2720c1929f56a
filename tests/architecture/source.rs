//! The source files of the crate, parsed, with test code taken out.
//!
//! Invariant: a module declared under `#[cfg(test)]`, inline or in a file of its own, is never part of a [`Source`].

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use syn::spanned::Spanned as _;

/// One file of the product.
pub struct Source {
    /// Path from the project's root, with `/`.
    pub path: String,
    /// The module that the file is, from the crate's root: `["expr", "lexer"]`.
    pub module: Vec<String>,
    /// Its whole text.
    pub text: String,
    /// What it holds, without test modules and test functions.
    pub ast: syn::File,
    /// Lines, those of inline test modules excluded.
    pub lines: usize,
}

impl Source {
    /// The top-level folder, where the file is in one.
    pub fn folder(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }
}

/// The project's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

thread_local! {
    static PARSED: OnceLock<&'static [Source]> = const { OnceLock::new() };
}

/// All files under `src/`, in order of their paths.
pub fn sources() -> &'static [Source] {
    PARSED.with(|parsed| *parsed.get_or_init(|| Box::leak(load().into_boxed_slice())))
}

fn load() -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join("src"), &mut paths);
    paths.sort();
    let mut test_only = BTreeSet::new();
    let mut files: Vec<Source> = paths.iter().map(|path| parse(path, &mut test_only)).collect();
    files.retain(|file| !(1..=file.module.len()).any(|depth| test_only.contains(&file.module[..depth])));
    files
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn parse(path: &Path, test_only: &mut BTreeSet<Vec<String>>) -> Source {
    let relative = path.strip_prefix(root()).expect("inside the project").to_string_lossy().replace('\\', "/");
    let text = std::fs::read_to_string(path).expect("UTF-8");
    let mut ast = syn::parse_file(&text).unwrap_or_else(|error| panic!("{relative}: {error}"));
    let module = module_of(&relative);
    let mut lines = text.lines().count();
    ast.items.retain(|item| {
        let syn::Item::Mod(child) = item else { return !is_test(attributes(item)) };
        if !is_test(&child.attrs) {
            return true;
        }
        if child.content.is_some() {
            lines -= item.span().end().line + 1 - item.span().start().line;
        } else {
            test_only.insert([&module[..], &[child.ident.to_string()]].concat());
        }
        false
    });
    Source { path: relative, module, text, ast, lines }
}

fn module_of(path: &str) -> Vec<String> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    inner.split('/').filter(|part| *part != "lib" && *part != "main").map(str::to_owned).collect()
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        _ => &[],
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}
