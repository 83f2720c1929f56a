//! What a file refers to: every path in it, resolved against the module that it stands in.
//!
//! Invariant: paths written inside macros count too, and `use` trees are expanded, so nothing can hide an import.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::source::Source;

/// Absolute paths: those into the crate begin with `crate`, others with the name of a crate.
pub fn references(file: &Source) -> Vec<Vec<String>> {
    let mut finder = Finder { module: file.module.clone(), found: Vec::new() };
    finder.visit_file(&file.ast);
    finder.found
}

/// The names that a module's own file re-exports from its children: name and child.
pub fn reexports(file: &Source) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for item in &file.ast.items {
        let syn::Item::Use(item) = item else { continue };
        let mut paths = Vec::new();
        expand(&item.tree, &mut Vec::new(), &mut paths);
        for path in paths {
            let path = path.strip_prefix(&["self".to_owned()]).unwrap_or(&path);
            if let [child, .., name] = path {
                found.push((name.clone(), child.clone()));
            }
        }
    }
    found
}

struct Finder {
    module: Vec<String>,
    found: Vec<Vec<String>>,
}

impl Finder {
    fn add(&mut self, path: &[String]) {
        let mut base = self.module.clone();
        let mut rest = path;
        match rest.first().map(String::as_str) {
            Some("crate") => {
                base.clear();
                rest = &rest[1..];
            }
            Some("self") => rest = &rest[1..],
            Some("super") => {
                while let Some("super") = rest.first().map(String::as_str) {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            _ => return self.found.push(path.to_vec()),
        }
        let mut absolute = vec!["crate".to_owned()];
        absolute.extend(base);
        absolute.extend(rest.iter().cloned());
        self.found.push(absolute);
    }

    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.end_path(&mut path);
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.end_path(&mut path);
                    self.add_tokens(group.stream());
                }
                _ => self.end_path(&mut path),
            }
        }
        self.end_path(&mut path);
    }

    fn end_path(&mut self, path: &mut Vec<String>) {
        if path.len() > 1 {
            self.add(path);
        }
        path.clear();
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut paths = Vec::new();
        expand(&item.tree, &mut Vec::new(), &mut paths);
        paths.iter().for_each(|path| self.add(path));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if names.len() > 1 {
            self.add(&names);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.add_tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }
}

fn expand(tree: &syn::UseTree, prefix: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    match tree {
        syn::UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            expand(&path.tree, prefix, paths);
            prefix.pop();
        }
        syn::UseTree::Group(group) => group.items.iter().for_each(|item| expand(item, prefix, paths)),
        syn::UseTree::Glob(_) => paths.push(prefix.clone()),
        syn::UseTree::Name(name) if name.ident == "self" => paths.push(prefix.clone()),
        syn::UseTree::Name(name) => paths.push([&prefix[..], &[name.ident.to_string()]].concat()),
        syn::UseTree::Rename(name) => paths.push([&prefix[..], &[name.ident.to_string()]].concat()),
    }
}

#[test]
fn no_import_hides() {
    let text = "
        use super::{a::{self, B as C}, d::*};
        fn f() { crate::base::g(); vec![crate::cli::H { x: tokio::spawn(y) }]; }
        mod inner { use super::super::up::I; }
    ";
    let ast = syn::parse_file(text).expect("valid");
    let module = vec!["expr".to_owned(), "lexer".to_owned()];
    let file = Source { path: String::new(), module, text: String::new(), ast, lines: 0 };
    let found: Vec<String> = references(&file).iter().map(|path| path.join("::")).collect();
    for expected in
        ["crate::expr::a", "crate::expr::a::B", "crate::expr::d", "crate::base::g", "crate::cli::H", "tokio::spawn"]
    {
        assert!(found.iter().any(|path| path == expected), "{expected} in {found:?}");
    }
    assert!(found.iter().any(|path| path == "crate::expr::up::I"), "{found:?}");
}
