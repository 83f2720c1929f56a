//! Files and functions stay small enough to be read in one go.

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::assert_none;
use super::source::sources;

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 80;
const ENTRY_LINES: usize = 40;

#[test]
fn files_stay_small() {
    let long = sources().iter().filter(|file| file.lines > FILE_LINES);
    let entry = sources().iter().filter(|file| file.path == "src/main.rs" && file.lines >= ENTRY_LINES);
    let violations = long.chain(entry).map(|file| format!("{}: {} lines", file.path, file.lines)).collect();
    assert_none("files have at most 400 lines without tests, src/main.rs fewer than 40", violations);
}

#[test]
fn functions_stay_small() {
    let mut violations = Vec::new();
    for file in sources() {
        let mut lengths = Lengths::default();
        lengths.visit_file(&file.ast);
        let long = lengths.0.iter().filter(|(_, lines)| *lines > FUNCTION_LINES);
        violations.extend(long.map(|(name, lines)| format!("{}: {name} has {lines} lines", file.path)));
    }
    assert_none("functions have at most 80 lines", violations);
}

#[derive(Default)]
struct Lengths(Vec<(String, usize)>);

impl Lengths {
    fn measure(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let lines = block.span().end().line + 1 - signature.span().start().line;
        self.0.push((signature.ident.to_string(), lines));
    }
}

impl<'ast> Visit<'ast> for Lengths {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}
