//! Functions with regexes; what a regex is, says [`Pattern`](crate::expr::Pattern).
//!
//! A search that goes on after a match may read all the rest again, so every match is charged for the text that is left.
//! Must never import a folder above `base`.

use bytes::Bytes;
use regex::bytes::{Captures, Regex};

use super::{Accepts, Args, Family, Function, Param, param};
use crate::base::Value;
use crate::expr::error::EvalError;
use crate::expr::pattern::Pattern;
use crate::expr::types::Type;

const TEXT: Param = param("text", Accepts::Text);
const REGEX: Param = param("regex", Accepts::Regex);
const GROUP: Param = param("group", Accepts::Whole);

pub(super) static FAMILY: Family = Family {
    name: "regexes",
    summary: "Regexes of the Rust crate `regex`, over bytes. A regex is a text literal, best in single quotes.",
    functions: &[
        Function {
            name: "matches",
            params: &[TEXT, REGEX],
            result: Type::Bool,
            summary: "Whether the regex matches somewhere in the text; as the operator `matches`",
            example: r"matches('nginx/1.18.0', '^nginx/\d')",
            gives: "true",
            run: |args| {
                let text = args.text(0)?;
                Ok(Value::Bool(compiled(&args.pattern(1)?)?.is_match(&text)))
            },
        },
        Function {
            name: "regex_find",
            params: &[TEXT, REGEX, GROUP.optional()],
            result: Type::Text,
            summary: "The first match: that group, else group 1, else all of it; missing where nothing matches",
            example: r"regex_find('nginx/1.18.0 (Ubuntu)', '/([\d.]+)')",
            gives: "1.18.0",
            run: find,
        },
        Function {
            name: "regex_find_all",
            params: &[TEXT, REGEX, GROUP.optional()],
            result: Type::List,
            summary: "All matches, each as `regex_find` gives it",
            example: r"regex_find_all('a1 b2', '[a-z](\d)') | join('+')",
            gives: "1+2",
            run: find_all,
        },
        Function {
            name: "regex_replace",
            params: &[TEXT, REGEX, param("to", Accepts::Text)],
            result: Type::Text,
            summary: "The text with every match replaced; `$1` and `${name}` stand for groups, `$$` for a dollar",
            example: r"regex_replace('id=12&n=3', '\d+', 'N')",
            gives: "id=N&n=N",
            run: replace,
        },
    ],
};

fn compiled(pattern: &Pattern) -> Result<&Regex, EvalError> {
    pattern.regex().map_err(EvalError::Failed)
}

/// Pays for a match, and for the search that goes on after it.
fn charge_match(args: &mut Args, left: usize) -> Result<(), EvalError> {
    args.charge(1 + left / 4096)
}

/// The group of a match that is wanted: the one asked for, else group 1, else all.
fn wanted(args: &mut Args, regex: &Regex) -> Result<usize, EvalError> {
    let groups = regex.captures_len();
    if !args.has(2) {
        return Ok(if groups > 1 { 1 } else { 0 });
    }
    let group = args.length(2)?;
    if group < groups { Ok(group) } else { EvalError::failed(format!("the regex has no group {group}")) }
}

fn group_of(text: &Bytes, captures: &Captures, group: usize) -> Option<Value> {
    captures.get(group).map(|found| Value::Text(text.slice(found.range())))
}

fn find(args: &mut Args) -> Result<Value, EvalError> {
    let text = args.text(0)?;
    let pattern = args.pattern(1)?;
    let regex = compiled(&pattern)?;
    let group = wanted(args, regex)?;
    let found = regex.captures(&text).and_then(|captures| group_of(&text, &captures, group));
    found.ok_or_else(|| EvalError::Missing(format!("regex_find(…, '{regex}')")))
}

fn find_all(args: &mut Args) -> Result<Value, EvalError> {
    let text = args.text(0)?;
    let pattern = args.pattern(1)?;
    let regex = compiled(&pattern)?;
    let group = wanted(args, regex)?;
    let mut found = Vec::new();
    for captures in regex.captures_iter(&text) {
        charge_match(args, text.len() - captures.get_match().start())?;
        found.extend(group_of(&text, &captures, group));
    }
    Ok(Value::list(found))
}

fn replace(args: &mut Args) -> Result<Value, EvalError> {
    let (text, to) = (args.text(0)?, args.text(2)?);
    let pattern = args.pattern(1)?;
    let regex = compiled(&pattern)?;
    let references = memchr::memchr_iter(b'$', &to).count();
    let mut out = Vec::new();
    let mut end = 0;
    for captures in regex.captures_iter(&text) {
        let whole = captures.get_match();
        charge_match(args, text.len() - whole.start())?;
        out.extend_from_slice(text.get(end..whole.start()).unwrap_or_default());
        // No group is longer than the whole match, so this bounds what the replacement can become.
        let most = references.saturating_mul(whole.len()).saturating_add(to.len());
        args.fits(out.len().saturating_add(most))?;
        captures.expand(&to, &mut out);
        end = whole.end();
    }
    out.extend_from_slice(text.get(end..).unwrap_or_default());
    args.made(out)
}
