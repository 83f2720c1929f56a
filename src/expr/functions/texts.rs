//! Functions on texts. Lengths and positions are in bytes; letters are those of ASCII.
//!
//! Must never import a folder above `base`.

use bytes::Bytes;
use memchr::memmem;

use super::{Accepts, Args, Family, Function, Param, param};
use crate::base::Value;
use crate::expr::error::EvalError;
use crate::expr::operators;
use crate::expr::types::Type;

const TEXT: Param = param("text", Accepts::Text);
const COUNT: Param = param("n", Accepts::Whole);

pub(super) static FAMILY: Family = Family {
    name: "texts",
    summary: "Cutting, joining and searching. Lengths and positions are in bytes; case is that of ASCII letters.",
    functions: &[
        Function {
            name: "text",
            params: &[param("value", Accepts::Text)],
            result: Type::Text,
            summary: "The text of a number, a bool, a time or a text",
            example: "text(8443) + '/'",
            gives: "8443/",
            run: |args| args.text(0).map(Value::Text),
        },
        Function {
            name: "lower",
            params: &[TEXT],
            result: Type::Text,
            summary: "The text with the letters A to Z in lower case",
            example: "lower('ABC')",
            gives: "abc",
            run: |args| {
                let text = args.text(0)?;
                args.made(text.to_ascii_lowercase())
            },
        },
        Function {
            name: "upper",
            params: &[TEXT],
            result: Type::Text,
            summary: "The text with the letters a to z in upper case",
            example: "upper('abc')",
            gives: "ABC",
            run: |args| {
                let text = args.text(0)?;
                args.made(text.to_ascii_uppercase())
            },
        },
        Function {
            name: "trim",
            params: &[TEXT],
            result: Type::Text,
            summary: "The text without ASCII white space at its ends",
            example: "trim(' a b ')",
            gives: "a b",
            run: |args| Ok(Value::text(args.text(0)?.trim_ascii())),
        },
        Function {
            name: "trim_prefix",
            params: &[TEXT, param("prefix", Accepts::Text)],
            result: Type::Text,
            summary: "The text without that beginning, or the text itself",
            example: "trim_prefix('v1.2', 'v')",
            gives: "1.2",
            run: |args| {
                let (text, prefix) = (args.text(0)?, args.text(1)?);
                Ok(Value::text(text.strip_prefix(&*prefix).unwrap_or(&text)))
            },
        },
        Function {
            name: "trim_suffix",
            params: &[TEXT, param("suffix", Accepts::Text)],
            result: Type::Text,
            summary: "The text without that end, or the text itself",
            example: "trim_suffix('example.com.', '.')",
            gives: "example.com",
            run: |args| {
                let (text, suffix) = (args.text(0)?, args.text(1)?);
                Ok(Value::text(text.strip_suffix(&*suffix).unwrap_or(&text)))
            },
        },
        Function {
            name: "len",
            params: &[param("value", Accepts::Any)],
            result: Type::Number,
            summary: "Bytes of a text, items of a list or fields of a map",
            example: "len('abc')",
            gives: "3",
            run: length,
        },
        Function {
            name: "replace",
            params: &[TEXT, param("from", Accepts::Text), param("to", Accepts::Text)],
            result: Type::Text,
            summary: "The text with every occurrence replaced",
            example: "replace('a.b.c', '.', '-')",
            gives: "a-b-c",
            run: |args| replace(args, usize::MAX),
        },
        Function {
            name: "replace_first",
            params: &[TEXT, param("from", Accepts::Text), param("to", Accepts::Text)],
            result: Type::Text,
            summary: "The text with the first occurrence replaced",
            example: "'https://app.example.com' | replace_first('.', 'x')",
            gives: "https://appxexample.com",
            run: |args| replace(args, 1),
        },
        Function {
            name: "drop_first",
            params: &[TEXT, COUNT],
            result: Type::Text,
            summary: "The text without its first n bytes",
            example: "drop_first('example.com', 1)",
            gives: "xample.com",
            run: |args| cut(args, |length, n| (n, length)),
        },
        Function {
            name: "drop_last",
            params: &[TEXT, COUNT],
            result: Type::Text,
            summary: "The text without its last n bytes",
            example: "drop_last('index.php', 4)",
            gives: "index",
            run: |args| cut(args, |length, n| (0, length - n)),
        },
        Function {
            name: "take_first",
            params: &[TEXT, COUNT],
            result: Type::Text,
            summary: "The first n bytes of the text",
            example: "take_first('abcdef', 2)",
            gives: "ab",
            run: |args| cut(args, |_, n| (0, n)),
        },
        Function {
            name: "take_last",
            params: &[TEXT, COUNT],
            result: Type::Text,
            summary: "The last n bytes of the text",
            example: "take_last('abcdef', 2)",
            gives: "ef",
            run: |args| cut(args, |length, n| (length - n, length)),
        },
        Function {
            name: "substring",
            params: &[TEXT, param("start", Accepts::Whole), param("length", Accepts::Whole).optional()],
            result: Type::Text,
            summary: "The bytes from a position (from 0) on, of that length or to the end",
            example: "substring('abcdef', 2, 3)",
            gives: "cde",
            run: |args| {
                let (text, start) = (args.text(0)?, args.length(1)?);
                let length = if args.has(2) { args.length(2)? } else { text.len() };
                let start = start.min(text.len());
                Ok(Value::Text(text.slice(start..start.saturating_add(length).min(text.len()))))
            },
        },
        Function {
            name: "split",
            params: &[TEXT, param("separator", Accepts::Text)],
            result: Type::List,
            summary: "The parts of the text between separators",
            example: "split('a,b,c', ',')[1]",
            gives: "b",
            run: split,
        },
        Function {
            name: "join",
            params: &[param("list", Accepts::List), param("separator", Accepts::Text)],
            result: Type::Text,
            summary: "The items' texts with a separator between",
            example: "['a', 'b'] | join('-')",
            gives: "a-b",
            run: join,
        },
        Function {
            name: "reverse",
            params: &[TEXT],
            result: Type::Text,
            summary: "The text's characters from last to first; its bytes where it is not UTF-8",
            example: "reverse('abc')",
            gives: "cba",
            run: |args| {
                let text = args.text(0)?;
                match std::str::from_utf8(&text) {
                    Ok(text) => args.made(text.chars().rev().collect::<String>()),
                    Err(_) => args.made(text.iter().rev().copied().collect::<Vec<u8>>()),
                }
            },
        },
        Function {
            name: "repeat",
            params: &[TEXT, COUNT],
            result: Type::Text,
            summary: "The text n times",
            example: "repeat('../', 3)",
            gives: "../../../",
            run: |args| {
                let (text, n) = (args.text(0)?, args.length(1)?);
                args.fits(text.len().saturating_mul(n))?;
                args.made(text.repeat(n))
            },
        },
        Function {
            name: "contains",
            params: &[param("whole", Accepts::Any), param("part", Accepts::Any)],
            result: Type::Bool,
            summary: "Whether a text holds a text, a list an item, a map a field; as the operator `contains`",
            example: "contains('abc', 'b')",
            gives: "true",
            run: |args| operators::holds(&args.value(0)?, &args.value(1)?).map(Value::Bool),
        },
        Function {
            name: "starts_with",
            params: &[TEXT, param("prefix", Accepts::Text)],
            result: Type::Bool,
            summary: "Whether the text begins so; as the operator `starts_with`",
            example: "starts_with('abc', 'ab')",
            gives: "true",
            run: |args| Ok(Value::Bool(args.text(0)?.starts_with(&args.text(1)?))),
        },
        Function {
            name: "ends_with",
            params: &[TEXT, param("suffix", Accepts::Text)],
            result: Type::Bool,
            summary: "Whether the text ends so; as the operator `ends_with`",
            example: "ends_with('abc', 'ab')",
            gives: "false",
            run: |args| Ok(Value::Bool(args.text(0)?.ends_with(&args.text(1)?))),
        },
    ],
};

fn length(args: &mut Args) -> Result<Value, EvalError> {
    let value = args.value(0)?;
    let length = match &value {
        Value::List(items) => items.len(),
        Value::Map(fields) if value.field("value").is_none() => fields.len(),
        _ => operators::text(&value)?.len(),
    };
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn replace(args: &mut Args, most: usize) -> Result<Value, EvalError> {
    let (text, from, to) = (args.text(0)?, args.text(1)?, args.text(2)?);
    if from.is_empty() {
        return EvalError::failed(format!("`{}` cannot replace an empty text", args.function));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = &text[..];
    let finder = memmem::Finder::new(&from);
    for _ in 0..most {
        let Some((before, after)) = finder.find(rest).and_then(|at| rest.split_at_checked(at)) else { break };
        args.charge(1)?;
        out.extend_from_slice(before);
        out.extend_from_slice(&to);
        args.fits(out.len())?;
        rest = after.get(from.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    args.made(out)
}

/// Cuts a text to the range that `range` gives for its length and an n that is at most that.
fn cut(args: &mut Args, range: fn(usize, usize) -> (usize, usize)) -> Result<Value, EvalError> {
    let text: Bytes = args.text(0)?;
    let n = args.length(1)?.min(text.len());
    let (start, end) = range(text.len(), n);
    Ok(Value::Text(text.slice(start..end)))
}

fn split(args: &mut Args) -> Result<Value, EvalError> {
    let (text, separator) = (args.text(0)?, args.text(1)?);
    if separator.is_empty() {
        return EvalError::failed("`split` wants a separator that is not empty");
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for at in memmem::find_iter(&text, &separator) {
        args.charge(1)?;
        parts.push(Value::Text(text.slice(start..at)));
        start = at + separator.len();
    }
    parts.push(Value::Text(text.slice(start..)));
    Ok(Value::list(parts))
}

fn join(args: &mut Args) -> Result<Value, EvalError> {
    let (items, separator) = (args.list(0)?, args.text(1)?);
    let mut out = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(&separator);
        }
        out.extend_from_slice(&operators::text(item)?);
        args.charge(1)?;
        args.fits(out.len())?;
    }
    args.made(out)
}
