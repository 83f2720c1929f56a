//! What the outermost keys of a text tell: whether it is a template of the community dialect or a native rule, and what a
//! template sends.
//!
//! Takes a text, parses nothing. Invariant: the answer depends on the names of the outermost keys alone, so what a text
//! block holds never counts. Must never import a folder above `report`.

use crate::pack::Kind;

/// Keys that templates have and native rules have not.
const TEMPLATE: [&str; 2] = ["info", "workflows"];
/// Keys that native rules have and templates have not.
const NATIVE: [&str; 8] = ["title", "category", "severity", "applies_to", "request", "match", "define", "lists"];

/// Whether the text is a template. A text that is neither is taken for `otherwise`.
pub(in crate::pack) fn is_template(text: &str, otherwise: bool) -> bool {
    let telling = |key: &str| {
        if TEMPLATE.contains(&key) { Some(true) } else { NATIVE.contains(&key).then_some(false) }
    };
    outermost(text).find_map(|(key, _)| telling(key)).unwrap_or(otherwise)
}

/// What a template sends, by the kinds of its blocks; of several the one that selection goes by.
pub(in crate::pack) fn kind_of(text: &str) -> Option<Kind> {
    let kinds = outermost(text).filter_map(|(key, _)| match key {
        "requests" => Some(Kind::Http),
        "network" => Some(Kind::Tcp),
        "workflows" => Some(Kind::Workflow),
        key => Kind::parse(key).filter(|kind| *kind != Kind::Workflow),
    });
    kinds.min()
}

/// The word for what is not run by default, where a template is of such a sort.
pub(in crate::pack) fn unusual_sort(text: &str) -> Option<&'static str> {
    outermost(text).find_map(|(key, value)| match key {
        "self-contained" if value.trim().starts_with("true") => Some("self-contained"),
        "code" => Some("code"),
        "file" => Some("file"),
        "headless" => Some("headless"),
        "workflows" => Some("workflow"),
        _ => None,
    })
}

/// Keys and the rest of their lines, of the outermost map.
fn outermost(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut indentation = None;
    text.lines().filter_map(move |line| {
        let (indent, key, rest) = key_of(line)?;
        (*indentation.get_or_insert(indent) == indent).then_some((key, rest))
    })
}

/// The indentation, the key and the rest of a line that has a key.
fn key_of(line: &str) -> Option<(usize, &str, &str)> {
    let line = line.trim_start_matches('\u{feff}');
    let text = line.trim_start_matches(' ');
    if text.is_empty() || text.starts_with(['#', '-', '%', '{', '}']) {
        return None;
    }
    let (key, rest) = text.split_once(':')?;
    let is_key = rest.is_empty() || rest.starts_with([' ', '\t', '\r']);
    is_key.then(|| (line.len() - text.len(), key.trim_end().trim_matches(['"', '\'']), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_sends_is_told_by_its_blocks() {
        let kinds = [
            ("id: a\ninfo:\n  dns: x\nhttp:\n  - path: x\n", Some(Kind::Http)),
            ("requests:\n", Some(Kind::Http)),
            ("http: []\ndns: []\n", Some(Kind::Dns)),
            ("network:\n  - inputs: []\n", Some(Kind::Tcp)),
            ("workflows:\n  - tags: x\n", Some(Kind::Workflow)),
            ("flow: |\n  http:\ncode:\n", Some(Kind::Code)),
            ("id: a\n", None),
        ];
        for (text, expected) in kinds {
            assert_eq!(kind_of(text), expected, "{text}");
        }
        assert_eq!(unusual_sort("id: a\nself-contained: true # yes\n"), Some("self-contained"));
        assert_eq!(unusual_sort("id: a\nself-contained: false\ninfo:\n  self-contained: true\n"), None);
        assert_eq!(unusual_sort("http: []\nheadless: []\n"), Some("headless"));
    }

    #[test]
    fn the_outermost_keys_tell_templates_from_rules() {
        let template = "# a comment: x\n---\nid: a\n\ninfo:\n  name: x\n  title: y\n";
        let rule = "id: a\ntitle: x\ndescription: |\n  info: this is text\nmatch: {}\n";
        let indented = "  id: a\n  info: {name: x}\n";
        let workflow = "\u{feff}\"id\": a\r\n'workflows':\r\n  - template: b.yaml\r\n";
        for (text, expected) in [(template, true), (rule, false), (indented, true), (workflow, true)] {
            assert_eq!((is_template(text, true), is_template(text, false)), (expected, expected), "{text}");
        }
        for neither in ["", "id: a\n", "tags:\n  - x\n", "[1, 2]\n", "{{{{"] {
            assert!(is_template(neither, true) && !is_template(neither, false), "{neither}");
        }
    }
}
