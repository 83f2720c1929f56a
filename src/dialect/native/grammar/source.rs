//! Keys of a source: where `for_each`, `extract` and `collect` take their items from.
//!
//! Invariant: as of the grammar's tables. Must never import compile or any later folder.

use super::{Key, Object, Shape, TEXTS};

/// A source that is not written out.
pub static SOURCE: Object = Object {
    name: "source_from",
    title: "a source",
    doc: "Items found in an answer or in a file of the pack.",
    keys: &[
        Key::new("from", Shape::Text, r#""headers.server""#, "Where items come from: `file`, `json`, `html`, `tokens`, a subject, a collection, or one of these of an earlier request: `$login.headers.location`.").required(),
        Key::new("path", Shape::Text, r#""$.items[*].id""#, "With `json`: the JSONPath (RFC 9535) of the items. With `file`: the list file of the pack, one item a line."),
        Key::new("regex", Shape::Text, r#""^nginx/([0-9.]+)""#, "Takes group 1 of the match, or all of it where there is no group. With `tokens`: the token's shape; named groups are fields."),
        Key::new("select", Shape::Text, r#""script[src]""#, "With `html`: the CSS selector of the elements."),
        Key::new("attr", Shape::Text, r#""src""#, "With `html`: the attribute that is taken; without it the element's text."),
        Key::new("as", Shape::OneOf(&["url"]), r#""url""#, "With `html`: the value is a URL, resolved against the answer's; fields are scheme, host, port, origin, path, query."),
        Key::new("max", Shape::Whole(1, 10_000), "20", "The most items; mandatory where items of an answer are requested."),
        Key::new("optional", Shape::Flag, "true", "With `extract`: whether it may find nothing.").default("false"),
        Key::new("keywords", TEXTS, r#"["sk_live_"]"#, "With `tokens`: texts of three bytes or more, one of which stands in or near every token."),
        Key::new("boundary", Shape::OneOf(&["token", "none"]), r#""token""#, "With `tokens`: whether the neighbours must not be of the token's alphabet.").default(r#""none""#),
        Key::new("views", Shape::List(&Shape::OneOf(VIEWS)), r#"["raw", "base64"]"#, "With `tokens`: the decoded views of the answer that are searched.").default(r#"["raw"]"#),
    ],
};

/// Decoded views in which tokens are searched.
pub const VIEWS: &[&str] = &["raw", "unescaped", "html", "source-map", "base64"];

/// Keys that cannot name an item, so that a source without `from` is never taken for named values. `form` is `from`
/// misspelt.
pub const SOURCE_WORDS: &[&str] =
    &["from", "form", "regex", "select", "attr", "as", "max", "optional", "keywords", "boundary", "views"];
