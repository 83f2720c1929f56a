//! The manual: every rule as a page of Markdown, and an index by category.
//!
//! Takes rules, gives pages by file name. Invariant: the same rules give the same bytes, whatever order they come in, and
//! an author's text cannot become a link, a tag or a table of its own. Must never import a folder above `rule`.

mod index;
mod markdown;
mod page;
mod requests;
mod words;

use crate::rule::Rule;

/// How every page begins, so that pages of rules that are gone can be told from other files.
pub const MARK: &str = "<!-- Made by `outsight docs`";

/// The index's name.
pub const INDEX: &str = "README.md";

/// One file of the manual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its name, without a folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// One page a rule, and the index, in order of their names.
pub fn pages(rules: &[Rule]) -> Vec<Page> {
    let mut sorted: Vec<&Rule> = rules.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let of_rule = |rule: &&Rule| Page { name: page_name(rule), text: page::render(rule) };
    let mut pages: Vec<Page> = sorted.iter().map(of_rule).collect();
    pages.push(Page { name: INDEX.to_owned(), text: index::render(&sorted) });
    pages
}

fn page_name(rule: &Rule) -> String {
    format!("{}.md", rule.id)
}
