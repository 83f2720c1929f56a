//! Products of bindings, iterated and never stored.
//!
//! Invariant: the items come in the order of writing, the last name turning fastest. Must never import a folder above `plan`.

use std::sync::Arc;

use crate::base::{Unknown, Value};
use crate::predicate::{Bindings, Extent, Found, Scope};
use crate::rule::Binding;

/// The items of several bindings together.
#[derive(Debug, Default)]
pub struct Product {
    lists: Vec<(Arc<str>, Vec<Value>)>,
    next: usize,
    total: usize,
    open: Option<Unknown>,
}

impl Product {
    /// The product of these bindings, their sources asked in this scope. Without bindings there is one empty item. What
    /// was found in an answer that was cut off is part of it.
    pub fn of<'b>(bindings: impl IntoIterator<Item = &'b Binding>, scope: &Scope<'_>) -> Self {
        let mut product = Self { total: 1, ..Self::default() };
        let mut is_empty = false;
        for binding in bindings {
            let (list, open) = told(binding.source.gather(scope));
            is_empty |= list.is_empty() && open.is_none();
            product.open = product.open.into_iter().chain(open).min();
            product.total = product.total.saturating_mul(list.len());
            product.lists.push((Arc::clone(&binding.name), list));
        }
        // Whatever else there may be, times nothing it is nothing.
        product.open = product.open.filter(|_| !is_empty);
        product
    }

    /// Why there may be more items than these; `None` where these are all.
    pub fn open(&self) -> Option<Unknown> {
        self.open
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

/// The items of a source that are certain, and why there may be more or others. A text that goes on is none yet.
fn told(found: Found) -> (Vec<Value>, Option<Unknown>) {
    match found {
        Found::Unknown(why) => (Vec::new(), Some(why)),
        Found::Values { extent: Extent::Open, .. } => (Vec::new(), Some(Unknown::CutOff)),
        Found::Values { extent: Extent::Whole, values } => (values, None),
        Found::Values { extent, values } => (values, Some(extent.why())),
    }
}

/// The label of an item: its bindings' names, or their texts.
pub fn label_of(item: &Bindings) -> Arc<str> {
    let label = |value: &Value| value.field("name").unwrap_or(value).to_text_lossy();
    item.iter().map(|(_, value)| label(value)).collect::<Vec<_>>().join(",").into()
}
