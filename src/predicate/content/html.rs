//! HTML: bodies to trees, within bounds.
//!
//! A page is fed to the parser a few tags at a time, and feeding stops where the tree is too deep or has too many nodes: a
//! few bytes of markup can otherwise make the parser build without end (each unclosed `<b>` is rebuilt in every following
//! paragraph). Invariant: a tree is at most [`DEPTH`] deep and [`NODES`] large, give or take what [`TAGS`] tags add, each
//! of which rebuilds no more than the depth allows to be open.
//! Must never import a folder above `expr`.

use scraper::html::Select;
use scraper::{ElementRef, Html};

use super::feeder::Feeder;
use crate::base::Unknown;
use crate::predicate::pattern::CssQuery;

/// Bytes of a page that are parsed.
const BYTES: usize = 5 << 20;
/// Nodes of a tree.
const NODES: usize = 200_000;
/// Nesting of a tree; browsers stop at 512, too.
const DEPTH: usize = 512;

/// Tags between two looks at the tree.
const TAGS: usize = 16;

/// Bytes of a node, roughly.
const NODE: usize = 256;
/// Bytes of an attribute, roughly.
const ATTRIBUTE: usize = 64;
/// Attributes of the outermost elements.
const ATTRIBUTES: usize = 4096;

/// A parsed page.
#[derive(Debug)]
pub(in crate::predicate) struct Page {
    /// The tree.
    pub html: Html,
    /// Whether the tree speaks of the whole text it was made from.
    pub whole: bool,
}

/// Bytes that the tree of a page takes, roughly; known before it is built.
pub(in crate::predicate) fn cost(text: &str) -> usize {
    let text = text.as_bytes().get(..BYTES).unwrap_or(text.as_bytes());
    let tags = memchr::memchr_iter(b'<', text).count();
    let attributes = memchr::memchr_iter(b'=', text).count();
    text.len() + NODE * (2 * tags).min(NODES) + ATTRIBUTE * attributes
}

/// Parses a page. Scripting counts as off, so that the content of `noscript` is markup.
pub(in crate::predicate) fn parse(text: &str) -> Page {
    let mut parser = Feeder::new();
    let mut rest = text;
    let mut fed = 0;
    let mut whole = true;
    while !rest.is_empty() {
        let (piece, after) = split_after_tags(rest);
        let light = parser.feed(piece);
        rest = after;
        fed += piece.len();
        if !light || fed > BYTES || is_over(&parser.html()) {
            whole = light && rest.is_empty();
            break;
        }
    }
    Page { html: parser.finish(), whole }
}

/// A few tags and the text before them, or a stretch of text without any.
fn split_after_tags(text: &str) -> (&str, &str) {
    match memchr::memchr_iter(b'>', text.as_bytes()).take(TAGS).last() {
        Some(at) => text.split_at(at + 1),
        None => (text, ""),
    }
}

fn is_over(html: &Html) -> bool {
    let mut nodes = html.tree.nodes();
    let last = nodes.next_back();
    nodes.len() >= NODES
        || last.is_some_and(|node| node.ancestors().nth(DEPTH).is_some())
        || outermost(html).any(|element| element.value().attrs.len() > ATTRIBUTES)
}

/// The `html` element and its first children, which every further `<html>` and `<body>` gives its attributes.
fn outermost(html: &Html) -> impl Iterator<Item = ElementRef<'_>> {
    let root = html.tree.root().children().filter_map(ElementRef::wrap).next();
    let below = root.into_iter().flat_map(|root| root.children().filter_map(ElementRef::wrap).take(4));
    root.into_iter().chain(below)
}

/// Nodes of a page on which selectors are matched whose work can grow with its square (`a ~ b`, `:has(…)`).
const COSTLY: usize = 10_000;

/// The elements that a selector matches, in order. `whole` says whether the tree is of the whole page.
///
/// # Errors
/// Where that would take too long, or where what is missing of the page could unmake a match (`:last-child`, `:not(…)`).
pub(in crate::predicate) fn select<'a>(
    html: &'a Html,
    query: &'a CssQuery,
    whole: bool,
) -> Result<Select<'a, 'a>, Unknown> {
    match is_costly(query.source()) {
        true if !whole => Err(Unknown::CutOff),
        true if html.tree.nodes().len() > COSTLY => Err(Unknown::Expression),
        _ => Ok(html.select(query.selector())),
    }
}

/// Whether a selector has a sibling combinator or a pseudo-class; what is in brackets is neither.
fn is_costly(selector: &str) -> bool {
    let mut depth = 0_usize;
    selector.bytes().any(|b| {
        match b {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(b, b'~' | b':')
    })
}

/// Whether the page's head is over, so that no further `meta` element can count: there is something in its body. (An
/// empty body is made at the end of every page.)
pub(in crate::predicate) fn has_body(html: &Html) -> bool {
    let is_body = |element: &ElementRef<'_>| matches!(element.value().name(), "body" | "frameset");
    html.tree.nodes().filter_map(ElementRef::wrap).any(|element| is_body(&element) && element.has_children())
}

/// The page's `<base href>`, as written.
pub(in crate::predicate) fn base_href(html: &Html) -> Option<&str> {
    let base = |element: &ElementRef<'_>| element.value().name() == "base";
    html.tree.nodes().filter_map(ElementRef::wrap).filter(base).find_map(|element| element.attr("href"))
}

/// Contents of `<meta http-equiv=NAME>` elements that are children of `head` (HTML §4.2.5.3), in order.
pub(in crate::predicate) fn meta_http_equiv(html: &Html, name: &str) -> Vec<String> {
    let in_head = |element: &ElementRef<'_>| {
        element.parent().and_then(ElementRef::wrap).is_some_and(|parent| parent.value().name() == "head")
    };
    let is_meta = |element: &ElementRef<'_>| {
        let equiv = element.attr("http-equiv").unwrap_or_default();
        element.value().name() == "meta" && equiv.eq_ignore_ascii_case(name)
    };
    html.tree
        .nodes()
        .filter_map(ElementRef::wrap)
        .filter(|element| is_meta(element) && in_head(element))
        .filter_map(|element| element.attr("content").map(str::to_owned))
        .take(64)
        .collect()
}

/// Text of an element and all below it, without the white space around it; at most `limit` bytes.
pub(in crate::predicate) fn text_of(element: &ElementRef<'_>, limit: usize) -> String {
    let mut out = String::new();
    for part in element.text() {
        if out.len() + part.len() > limit {
            break;
        }
        out.push_str(part);
    }
    match out.trim() {
        trimmed if trimmed.len() == out.len() => out,
        trimmed => trimmed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use html5ever::driver::{self, ParseOpts};
    use html5ever::tendril::TendrilSink as _;
    use html5ever::tree_builder::TreeBuilderOpts;
    use scraper::HtmlTreeSink;

    use super::*;

    #[test]
    fn attributes_without_end_are_cut_off() {
        let names = |from: usize, to: usize| (from..to).map(|n| format!(" a{n}")).collect::<String>();
        let quoted: String = (0..100_000).map(|n| format!("a{n}='>'")).collect();
        let merged: String = (0..100_000).map(|n| format!("<body a{n}>")).collect();
        let hidden = format!("<script>a<b c='</script><p {}>'", names(0, 100_000));
        for text in [format!("<p{}>", names(0, 100_000)), format!("<p {quoted}>"), merged, hidden] {
            assert!(!parse(&text).whole, "{}", text.get(..40).unwrap_or(&text));
        }
        let image = format!("<img src=\"data:image/png;base64,{}\"><p{}>", "abc/".repeat(2000), names(0, 1000));
        assert!(parse(&image).whole);
        assert!(parse(&format!("<!-- {} --><p>{}", "some words ".repeat(4000), "and more ".repeat(100_000))).whole);
    }

    #[test]
    fn hostile_markup_is_cut_off() {
        let deep = parse(&"<div>".repeat(100_000));
        assert!(!deep.whole && deep.html.tree.nodes().len() < 2_000);
        let fonts: String = (0..400).map(|n| format!("<p><b id={n}></p>")).collect();
        let rebuilt = parse(&format!("{fonts}{}", "<p>x".repeat(50_000)));
        assert!(!rebuilt.whole && rebuilt.html.tree.nodes().len() < NODES + TAGS * 2 * DEPTH);
    }

    #[test]
    fn selectors_that_grow_with_the_square_are_for_small_pages() {
        let page = parse(&"<p>".repeat(COSTLY + 1));
        let found =
            |css: &str, whole| select(&page.html, &CssQuery::new(css).expect("valid"), whole).map(Iterator::count);
        assert_eq!((found("p", true), found("p[a~=':']", false)), (Ok(COSTLY + 1), Ok(0)));
        assert_eq!(
            (found("a ~ p", true), found("p:has(a)", true)),
            (Err(Unknown::Expression), Err(Unknown::Expression))
        );
        assert_eq!(found("p:last-child", false), Err(Unknown::CutOff));
    }

    #[test]
    fn a_page_is_read_as_if_in_one_piece() {
        let text =
            "<!doctype html><head><base href=/b/><meta http-equiv=x content='a>b'><title>a &gt; b</title><p>c<p>d";
        let page = parse(text);
        assert!(
            page.whole
                && page.html == {
                    let tree_builder = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
                    let opts = ParseOpts { tree_builder, ..ParseOpts::default() };
                    driver::parse_document(HtmlTreeSink::new(Html::new_document()), opts).one(text)
                }
        );
        assert_eq!(meta_http_equiv(&page.html, "X"), ["a>b"]);
        assert_eq!(base_href(&page.html), Some("/b/"));
        assert!(has_body(&page.html));
    }
}
