//! Keys of conditions and predicates that are not subjects.
//!
//! Invariant: as of the grammar's tables. Must never import compile or any later folder.

use super::{COND, Key, Object, PRED, Shape, TEXTS};

const NUMBER: Shape =
    Shape::Either(&[Shape::Number, Shape::Word(r"^-?[0-9]+(\.[0-9]+)?(ms|s|m|h|d|B|KB|KiB|MB|MiB|GB|GiB)?$")]);
/// One collection and the condition on its items.
const OVER: Shape = Shape::Named(r"^(\$[a-z][a-z0-9_]*(\.[^.]+)*|[a-z][a-z0-9_.-]*)$", &COND);

/// Operators of a condition.
pub static OPERATORS: Object = Object {
    name: "operators",
    title: "a condition",
    doc: "A map whose entries must all hold; `{}` holds.",
    keys: &[
        Key::new(
            "all",
            Shape::List(&COND),
            r#"[{ "body": { "contains": "a" } }, { "body": { "contains": "b" } }]"#,
            "All of these conditions hold; only needed where a key occurs twice.",
        ),
        Key::new(
            "any",
            Shape::List(&COND),
            r#"[{ "status": 200 }, { "class": "json" }]"#,
            "One of these conditions holds.",
        ),
        Key::new(
            "not",
            COND,
            r#"{ "class": ["html", "json"] }"#,
            "The condition does not hold. It has exactly one entry, so that its reach is never in doubt.",
        ),
        Key::new(
            "some",
            OVER,
            r#"{ "cookies": { "session_like": true } }"#,
            "Some item of the collection satisfies the condition; inside, subjects are the item's fields.",
        ),
        Key::new(
            "every",
            OVER,
            r#"{ "csp.enforced": { "effective.script-src-elem": { "exists": true } } }"#,
            "Every item satisfies the condition; false on an empty collection.",
        ),
        Key::new("none", OVER, r#"{ "baseline": { "status": 200 } }"#, "No item satisfies the condition."),
        Key::new(
            "count",
            Shape::Object(&COUNT),
            r#"{ "of": [{ "status": 200 }, { "class": "json" }], "at_least": 2 }"#,
            "So many of the conditions, or so many items of a collection, hold.",
        ),
        Key::new(
            "expr",
            Shape::Text,
            r#""size > 10 && len(body) < 100""#,
            "An expression that yields true or false: the way out.",
        ),
    ],
};

/// Bounds and subjects of a count.
pub static COUNT: Object = Object {
    name: "count",
    title: "a count",
    doc: "Either `of` with conditions, or one collection with the condition on its items; and a bound.",
    keys: &[
        Key::new(
            "of",
            Shape::List(&COND),
            r#"[{ "status": 200 }, { "class": "json" }]"#,
            "The conditions that are counted.",
        ),
        Key::new("at_least", Shape::Whole(0, u32::MAX as u64), "2", "So many or more."),
        Key::new("at_most", Shape::Whole(0, u32::MAX as u64), "5", "So many or fewer."),
        Key::new("equals", Shape::Whole(0, u32::MAX as u64), "1", "Exactly so many."),
    ],
};

/// A predicate as a map.
pub static PREDICATE: Object = Object {
    name: "predicate_map",
    title: "a predicate",
    doc: "What must hold of a value; all entries together. A list anywhere means any of these.",
    keys: &[
        Key::new(
            "equals",
            TEXTS,
            r#""nosniff""#,
            "The value is this. A scalar alone says the same. Of a status also `2xx`.",
        ),
        Key::new("contains", TEXTS, r#"["clerk", "paystack"]"#, "The text contains it."),
        Key::new("contains_all", TEXTS, r#"["root:", "/bin/sh"]"#, "The text contains all of these."),
        Key::new("starts_with", TEXTS, r#""/login""#, "The text starts with it."),
        Key::new("ends_with", TEXTS, r#"".zip""#, "The text ends with it."),
        Key::new("starts_with_hex", TEXTS, r#""1f8b08""#, "The value starts with these bytes, in hexadecimal."),
        Key::new(
            "matches",
            TEXTS,
            r#""(?i)uncaught exception""#,
            "The regex (syntax of the Rust crate `regex`, over bytes) finds something; never a template.",
        ),
        Key::new("has_token", TEXTS, r#""no-store""#, "Member of the comma list, case ignored."),
        Key::new(
            "times",
            Shape::Whole(1, 1_000_000),
            "2",
            "With `contains` and `matches`: at least so often, not overlapping.",
        )
        .default("1"),
        Key::new(
            "ignore_case",
            Shape::Flag,
            "true",
            "Whether case is ignored, for every operand of this map and below.",
        )
        .default("false"),
        Key::new("less_than", NUMBER, "15552000", "The number is less; `5s` and `10KiB` are numbers too."),
        Key::new("at_most", NUMBER, r#""10KiB""#, "The number is less or equal."),
        Key::new("more_than", NUMBER, r#""5s""#, "The number is greater."),
        Key::new("at_least", NUMBER, "1", "The number is greater or equal."),
        Key::new("before", Shape::Text, r#""now""#, "The instant is earlier: `now`, `now+30d` or a date."),
        Key::new("after", Shape::Text, r#""now+30d""#, "The instant is later: `now`, `now+30d` or a date."),
        Key::new("version", TEXTS, r#"">=1.2 <1.5""#, "The dotted version is in this range."),
        Key::new(
            "entropy",
            Shape::Object(&ENTROPY),
            r#"{ "at_least": 3.5 }"#,
            "The Shannon entropy of the text, in bits per byte.",
        ),
        Key::new(
            "characters",
            Shape::Object(&CHARACTERS),
            r#"{ "digits": 2, "upper": 1, "lower": 1 }"#,
            "The text has at least so many characters of each of these kinds.",
        ),
        Key::new(
            "checksum",
            Shape::Word(r"^[a-z0-9]+(-[a-z0-9]+)*$"),
            r#""luhn""#,
            "The digits check out, by this method.",
        ),
        Key::new("exists", Shape::Flag, "false", "Whether there is a value at all."),
        Key::new("not", PRED, r#"{ "contains": "<" }"#, "There is a value, and it does not satisfy this."),
        Key::new("or_missing", Shape::Flag, "true", "Whether a missing value satisfies the map too.").default("false"),
    ],
};

/// Kinds of characters.
pub static CHARACTERS: Object = Object {
    name: "characters",
    title: "kinds of characters",
    doc: "How many characters of each kind a text has at least.",
    keys: &[
        Key::new("digits", Shape::Whole(1, 256), "2", "0 to 9."),
        Key::new("upper", Shape::Whole(1, 256), "1", "A to Z."),
        Key::new("lower", Shape::Whole(1, 256), "1", "a to z."),
        Key::new("other", Shape::Whole(1, 256), "1", "Neither letters nor digits."),
        Key::new("distinct", Shape::Whole(1, 256), "10", "Different ones."),
    ],
};

/// Bounds of an entropy.
pub static ENTROPY: Object = Object {
    name: "entropy",
    title: "an entropy",
    doc: "Bounds in bits per byte, from 0 to 8.",
    keys: &[
        Key::new("less_than", Shape::Number, "3", "Less."),
        Key::new("at_most", Shape::Number, "3", "Less or equal."),
        Key::new("more_than", Shape::Number, "3.5", "Greater."),
        Key::new("at_least", Shape::Number, "3.5", "Greater or equal."),
    ],
};
