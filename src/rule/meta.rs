//! What a rule says to people.
//!
//! Invariant: nothing here changes a verdict. Must never import a folder above `predicate`.

use std::sync::Arc;

use crate::base::Category;
use crate::expr::Template;

/// Title, category and texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Meta {
    /// One line; may hold expressions.
    pub title: Template,
    /// What part of a service it speaks of.
    pub category: Category,
    /// Common Weakness Enumeration number.
    pub cwe: Option<u32>,
    /// Words to select by.
    pub tags: Vec<Arc<str>>,
    /// What it is.
    pub description: Option<Arc<str>>,
    /// What an attacker gains, in one sentence.
    pub impact: Option<Arc<str>>,
    /// What to change.
    pub fix: Option<Fix>,
    /// Standards and advisories.
    pub references: Vec<Arc<str>>,
    /// Rules, by id, and categories of rules whose findings of the same bytes say more than this one's.
    pub yields_to: Vec<Arc<str>>,
}

/// What to change, by server where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// For every server.
    pub default: Option<Arc<str>>,
    /// By server or framework, in the author's order.
    pub by_server: Vec<(Arc<str>, Arc<str>)>,
}

impl Fix {
    /// Whether a text of it is a sentence rather than a piece of configuration, which people copy as it is.
    pub fn is_sentence(text: &str) -> bool {
        let text = text.trim();
        text.ends_with('.') && text.starts_with(char::is_uppercase) && !text.contains('\n')
    }
}
