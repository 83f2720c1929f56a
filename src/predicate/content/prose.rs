//! Prose: the text of a page that speaks to its reader.
//!
//! Leaves out `pre`, `code`, `samp`, `kbd`, `script`, `style`, `template`, `textarea` and comments, where manuals show
//! what we look for. Invariant: texts of different blocks never run together. Must never import a folder above `expr`.

use ego_tree::iter::Edge;
use scraper::{Html, Node};

/// Elements whose text is not prose.
const LEFT_OUT: [&str; 10] =
    ["pre", "code", "samp", "kbd", "script", "style", "template", "textarea", "xmp", "listing"];

/// Elements that do not end a line.
const INLINE: [&str; 21] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "data", "dfn", "em", "font", "i", "mark", "q", "s", "small", "span",
    "strong", "sub", "sup", "time", "u",
];

/// The prose of a page, blocks on lines of their own.
pub(in crate::predicate) fn of_page(html: &Html) -> String {
    let mut out = String::new();
    let mut left_out = 0_usize;
    for edge in html.tree.root().traverse() {
        let (node, opens) = match &edge {
            Edge::Open(node) => (node.value(), true),
            Edge::Close(node) => (node.value(), false),
        };
        match node {
            Node::Text(text) if opens && left_out == 0 => out.push_str(text),
            Node::Element(element) => {
                let name = element.name();
                if LEFT_OUT.contains(&name) {
                    left_out = if opens { left_out + 1 } else { left_out.saturating_sub(1) };
                }
                if !INLINE.contains(&name) && !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predicate::content::html;

    #[test]
    fn manuals_and_scripts_are_left_out() {
        let page = "<title>T</title><p>one <b>t</b>wo<pre>A.java:1)</pre>three<script>x</script><!-- c --><div>four";
        assert_eq!(of_page(&html::parse(page).html), "T\none two\nthree\nfour\n");
    }
}
