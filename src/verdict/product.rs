//! Products of bindings, iterated and never stored.
//!
//! Invariant: the items come in the order of writing, the last name turning fastest. Must never import a folder above `plan`.

use std::sync::Arc;

use crate::base::{Unknown, Value};
use crate::predicate::{Bindings, Scope};
use crate::rule::Binding;

/// The items of several bindings together.
#[derive(Debug, Default)]
pub struct Product {
    lists: Vec<(Arc<str>, Vec<Value>)>,
    next: usize,
    total: usize,
}

impl Product {
    /// The product of these bindings, their sources asked in this scope. Without bindings there is one empty item.
    ///
    /// # Errors
    /// Where a source cannot be told.
    pub fn of<'b>(bindings: impl IntoIterator<Item = &'b Binding>, scope: &Scope<'_>) -> Result<Self, Unknown> {
        let mut lists = Vec::new();
        for binding in bindings {
            lists.push((Arc::clone(&binding.name), binding.source.items(scope)?));
        }
        let total = lists.iter().fold(1_usize, |product, (_, list)| product.saturating_mul(list.len()));
        Ok(Self { lists, next: 0, total })
    }

    /// How many items there are in all.
    pub fn total(&self) -> usize {
        self.total
    }
}

impl Iterator for Product {
    type Item = Bindings;

    fn next(&mut self) -> Option<Bindings> {
        if self.next >= self.total {
            return None;
        }
        let mut rest = self.next;
        self.next += 1;
        let mut item: Bindings = Vec::with_capacity(self.lists.len());
        for (name, list) in self.lists.iter().rev() {
            item.push((Arc::clone(name), list.get(rest % list.len())?.clone()));
            rest /= list.len();
        }
        item.reverse();
        Some(item)
    }
}

/// The label of an item: its bindings' names, or their texts.
pub fn label_of(item: &Bindings) -> Arc<str> {
    let label = |value: &Value| value.field("name").unwrap_or(value).to_text_lossy();
    item.iter().map(|(_, value)| label(value)).collect::<Vec<_>>().join(",").into()
}
