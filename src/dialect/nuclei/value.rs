//! Scalars and lists of a template as the Go structs they were made for take them.
//!
//! Takes nodes, gives texts, numbers and switches. A text is whatever is written, `200` and `yes` included; an empty value
//! counts as absent. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Map, Node, Style};

use super::context::{Cx, shown};

/// A text and its place.
pub(super) type Placed = (Arc<str>, Span);

/// Whether a node stands for no value at all.
pub(super) fn is_null(node: &Node) -> bool {
    node.scalar().is_some_and(|scalar| match scalar.style {
        Style::Missing => true,
        Style::Plain => matches!(&*scalar.text, "" | "~" | "null" | "Null" | "NULL"),
        _ => false,
    })
}

/// The value of a key, unless it is absent or null.
pub(super) fn present<'m>(map: &'m Map, key: &str) -> Option<&'m Node> {
    map.get(key).filter(|node| !is_null(node))
}

impl Cx<'_> {
    /// A text.
    pub(super) fn text(&mut self, node: &Node) -> Option<Placed> {
        let scalar = node.scalar();
        if scalar.is_none() {
            self.wrong(node, "a text");
        }
        scalar.map(|scalar| (Arc::clone(&scalar.text), node.span))
    }

    /// The text of a key.
    pub(super) fn text_of(&mut self, map: &Map, key: &str) -> Option<Placed> {
        present(map, key).and_then(|node| self.text(node))
    }

    /// The text of a key without its place; an empty one counts as absent.
    pub(super) fn name_of(&mut self, map: &Map, key: &str) -> Option<Arc<str>> {
        self.text_of(map, key).map(|(text, _)| text).filter(|text| !text.is_empty())
    }

    /// The switch of a key; off where it is absent.
    pub(super) fn flag_of(&mut self, map: &Map, key: &str) -> bool {
        self.switch_of(map, key).unwrap_or(false)
    }

    /// The switch of a key.
    pub(super) fn switch_of(&mut self, map: &Map, key: &str) -> Option<bool> {
        let node = present(map, key)?;
        let text = node.scalar().map_or("", |scalar| &*scalar.text);
        match text {
            "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
            "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
            _ => {
                let title = format!("`{key}` is `true` or `false`");
                self.error("R0104", title, node.span, "neither", "");
                None
            }
        }
    }

    /// The count of a key: a whole number that is not negative; zero counts as absent.
    pub(super) fn count_of(&mut self, map: &Map, key: &str) -> Option<u64> {
        let node = present(map, key)?;
        let number = self.number(node)?;
        if number < 0 {
            self.error("R0105", format!("`{key}` cannot be negative"), node.span, "here", "");
        }
        u64::try_from(number).ok().filter(|number| *number > 0)
    }

    /// A whole number.
    pub(super) fn number(&mut self, node: &Node) -> Option<i64> {
        let written = node.scalar().map(|scalar| scalar.text.trim().replace('_', ""));
        let number = written.as_deref().and_then(parse_number);
        if number.is_none() {
            self.error("R0105", "a whole number is wanted here", node.span, "this is none", "");
        }
        number
    }

    /// The items of a list; a missing value is an empty list.
    pub(super) fn list_of<'m>(&mut self, map: &'m Map, key: &str) -> &'m [Node] {
        let Some(node) = present(map, key) else { return &[] };
        if node.list().is_none() {
            let title = format!("`{key}` is a list, this is {}", node.noun());
            self.error(
                "R0103",
                title,
                node.span,
                "here",
                &format!("write `{key}:` and below it `- ` before each item"),
            );
        }
        node.list().unwrap_or(&[])
    }

    /// The texts of a list.
    pub(super) fn texts_of(&mut self, map: &Map, key: &str) -> Vec<Placed> {
        self.list_of(map, key).iter().filter_map(|item| self.text(item)).collect()
    }

    /// The entries of a map by name, each value a text.
    pub(super) fn named_texts_of(&mut self, map: &Map, key: &str) -> Vec<(Arc<str>, Placed)> {
        let Some(node) = present(map, key) else { return Vec::new() };
        let Some(inner) = node.map() else {
            self.wrong(node, "a map of names and texts");
            return Vec::new();
        };
        let each = |entry: &crate::dialect::yaml::Entry| Some((Arc::clone(&entry.key.text), self.text(&entry.value)?));
        inner.entries.iter().filter_map(each).collect()
    }

    /// Words: a list, or one text with commas between them.
    pub(super) fn words_of(&mut self, map: &Map, key: &str) -> Vec<Arc<str>> {
        let Some(node) = present(map, key) else { return Vec::new() };
        match (node.list(), node.scalar()) {
            (Some(items), _) => items.iter().filter_map(|item| self.text(item)).map(|(text, _)| text).collect(),
            (_, Some(scalar)) => scalar.text.split(',').map(Arc::from).collect(),
            _ => {
                self.wrong(node, "a list of words, or one text with commas");
                Vec::new()
            }
        }
    }

    /// One of several words, compared without regard to case where `folds` is set.
    pub(super) fn choice_of<T: Copy>(&mut self, map: &Map, key: &str, choices: &[(&str, T)], folds: bool) -> Option<T> {
        let (text, span) = self.text_of(map, key)?;
        let word = text.trim();
        let same = |name: &str| if folds { name.eq_ignore_ascii_case(word) } else { name == &*text };
        let found = choices.iter().find(|(name, _)| same(name)).map(|(_, value)| *value);
        if found.is_none() && !text.is_empty() {
            let names = choices.iter().map(|(name, _)| *name);
            let label = crate::base::suggest::closest(word, names.clone());
            let label = label.map_or_else(|| "none of them".into(), |near| format!("did you mean `{near}`?"));
            let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            let title = format!("there is no {key} `{}`", shown(&text));
            self.error("R0104", title, span, &label, &format!("{key} is {}", names.join(", ")));
        }
        found
    }
}

/// A whole number as YAML 1.1 writes it: decimal, `0x…`, `0b…`, `0o…` or octal with a leading zero.
fn parse_number(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (base, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, digits.get(2..)?),
        Some("0b" | "0B") => (2, digits.get(2..)?),
        Some("0o" | "0O") => (8, digits.get(2..)?),
        Some(_) if digits.starts_with('0') => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return None;
    }
    let number = i64::from_str_radix(digits, base).ok()?;
    Some(if negative { -number } else { number })
}
