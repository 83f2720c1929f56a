//! Tokens as a source: what rules write, what its items hold, and the search for them.
//!
//! A regex looks only around its keywords. Takes an answer and a source; gives items whose places are bytes of the body as
//! it was served. Invariant: the work is bounded whatever the body, and what a source finds never depends on which other
//! rules are loaded. Must never import a folder above `expr`.

mod boundary;
mod context;
mod item;
mod placeholder;
mod search;
#[cfg(test)]
mod tests;

use self::context::CONTEXTS;
use super::{SourceSpec, key};
use crate::predicate::kind::field;
use crate::predicate::tokens::VIEWS;
use crate::predicate::views::Shape;

pub use self::item::OPEN;
pub(super) use self::search::find;

pub(super) static SPEC: SourceSpec = SourceSpec {
    name: "tokens",
    keys: &[
        key(
            "keywords",
            &Shape::List(&Shape::Text),
            true,
            "Texts of 3 bytes or more, one of which stands in every token or near it; ASCII case is ignored.",
        ),
        key(
            "regex",
            &Shape::Text,
            true,
            "The token's shape. Where it has a group without a name, the token is that group; named groups are fields.",
        ),
        key(
            "boundary",
            &Shape::OneOf(&["token", "quoted", "none"]),
            false,
            "`token`: no letter, digit, `_` or `-` adjoins it, and it is no part of a blob of base64. `quoted`: it is all of \
             what stands in quotation marks.",
        ),
        key(
            "views",
            &Shape::List(&Shape::OneOf(VIEWS)),
            false,
            "Forms of the body that are searched, each also within another; all of them by default.",
        ),
        key("near", &Shape::Number, false, "Bytes on both sides of a token that are its `near`."),
        key(
            "window",
            &Shape::Number,
            false,
            "Bytes around a keyword in which a match begins, where the regex does not begin with the keyword.",
        ),
        key(
            "stop",
            &Shape::List(&Shape::Text),
            false,
            "Texts that no real token of this kind holds, ASCII case ignored: a list, `$name` of one, or a list file.",
        ),
        key(
            "placeholders",
            &Shape::Bool,
            false,
            "Whether what only stands in for a token (`your-key-here`, `xxxxxx`, examples of documentations) is one.",
        ),
    ],
    fields: &[
        field("value", Shape::Text, "The token."),
        field("hash", Shape::Text, "16 hexadecimal digits that tell it from others and say nothing of it."),
        field(
            "near",
            Shape::Text,
            "The token with 40 bytes on both sides, or as many as `near` says, decoded as it was.",
        ),
        field("offset", Shape::Number, "Where it begins in the body as served."),
        field("length", Shape::Number, "How many bytes of the body as served it takes."),
        field("view", Shape::OneOf(VIEWS), "The view that it was found in: of several, the last."),
        field(
            "context",
            Shape::OneOf(CONTEXTS),
            "Where in a site: the first of these that fits. An error page has a status of 400 or more, `config` is told by \
             the path, `api` is JSON, `bundle` a script or style sheet.",
        ),
        field(
            "name",
            Shape::Text,
            "The name that it is assigned to, as in `NAME=…` and `\"name\": …`; absent where none is.",
        ),
        field("source", Shape::Text, "The original source's name, where a source map holds it."),
        field("source_line", Shape::Number, "Its line in that source, from 1."),
        field(
            "base64",
            Shape::Text,
            "What it says in base64 of either alphabet, or the first of its named groups that says anything; absent where \
             that is no text.",
        ),
    ],
    open: true,
    summary: "Keys and credentials by their shape, each place once; `jwt.header`, `jwt.claims`, `json` and `base64_json` \
              hold what the token, or the first of its named groups that does, says",
    example: "{ from: tokens, keywords: [sk_live_], regex: 'sk_live_[0-9A-Za-z]{24}', boundary: token }",
};
