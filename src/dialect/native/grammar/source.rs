//! Keys of a source: where `for_each`, `extract` and `collect` take their items from.
//!
//! Invariant: as of the grammar's tables. Must never import compile or any later folder.

use super::{Key, Object, SOURCE_SHAPE, Shape, TEXTS};

/// A source that is not written out.
pub static SOURCE: Object = Object {
    name: "source_from",
    title: "a source",
    doc: "Items found in an answer or in a file of the pack.",
    keys: &[
        Key::new("from", Shape::Text, r#""headers.server""#, "Where items come from: `file`, `json`, `html`, `tokens`, a subject, a collection, or one of these of an earlier request: `$login.headers.location`.").required(),
        Key::new("path", Shape::Text, r#""$.items[*].id""#, "With `json`: the JSONPath (RFC 9535) of the items. With `file`: the list file of the pack, one item a line."),
        Key::new("regex", Shape::Text, r#""^nginx/([0-9.]+)""#, "Takes group 1 of the match, or all of it where there is no group. With `tokens`: the token's shape; where it has a group without a name the token is that group, and named groups are fields."),
        Key::new("select", Shape::Text, r#""script[src]""#, "With `html`: the CSS selector of the elements."),
        Key::new("attr", Shape::Text, r#""src""#, "With `html`: the attribute that is taken; without it the element's text."),
        Key::new("as", Shape::OneOf(&["url"]), r#""url""#, "With `html`: the value is a URL, resolved against the answer's; fields are scheme, host, port, origin, path, query."),
        Key::new("max", Shape::Whole(1, 10_000), "20", "The most items; mandatory where items of an answer are requested."),
        Key::new("optional", Shape::Flag, "true", "With `extract`: whether it may find nothing.").default("false"),
        Key::new("keywords", TEXTS, r#"["sk_live_"]"#, "With `tokens`: texts of three bytes or more, one of which stands in every token or near it; ASCII case is ignored."),
        Key::new("boundary", Shape::OneOf(&["token", "quoted", "none"]), r#""token""#, "With `tokens`: what must stand next to it. `token`: nothing of a token's alphabet; `quoted`: quotation marks.").default(r#""none""#),
        Key::new("views", Shape::List(&Shape::OneOf(VIEWS)), r#"["raw", "base64"]"#, "With `tokens`: the decoded views of the answer that are searched.").default(r#"["raw", "unescaped", "html", "percent", "source-map", "base64"]"#),
        Key::new("near", Shape::Whole(1, 4096), "200", "With `tokens`: the bytes on both sides of a token that are its `near`.").default("40"),
        Key::new("window", Shape::Whole(1, 4096), "1000", "With `tokens`: the bytes around a keyword in which a match begins, where the regex does not begin with the keyword.").default("256"),
        Key::new("stop", SOURCE_SHAPE, r#"["localhost", "staging"]"#, "With `tokens`: texts that no real token of this kind holds, case ignored; a list, `$name` of one in shared.yaml, or a list file."),
        Key::new("placeholders", Shape::Flag, "true", "With `tokens`: whether what only stands in for a token (`your-key-here`, `xxxxxx`, examples of documentations) is one all the same.").default("false"),
    ],
};

/// Decoded views in which tokens are searched.
pub const VIEWS: &[&str] = &["raw", "unescaped", "html", "percent", "source-map", "base64"];

/// Keys that cannot name an item, so that a source without `from` is never taken for named values. `form` is `from`
/// misspelt.
pub const SOURCE_WORDS: &[&str] = &[
    "from",
    "form",
    "regex",
    "select",
    "attr",
    "as",
    "max",
    "optional",
    "keywords",
    "boundary",
    "views",
    "near",
    "window",
    "stop",
    "placeholders",
];
