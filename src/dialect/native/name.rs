//! Names that authors make up: their form, and that each means one thing.
//!
//! Invariant: nothing is shadowed, neither a name of the rule or its folder nor a word of the language. Must never
//! import compile or any later folder.

use std::sync::Arc;

use crate::dialect::yaml::Entry;

use super::context::{Cx, shown};
use super::names::{Named, Thing};

/// Whether a key may be a name: its form, and that the language does not use it.
pub(super) fn check_name(cx: &mut Cx<'_>, entry: &Entry) -> bool {
    let name = &*entry.key.text;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.bytes().all(fits) || name.len() > 100 {
        let error = cx.error("R0106", format!("`{}` cannot be a name", shown(name)), entry.key_span, "here");
        let plain = name.strip_prefix('$').unwrap_or(name).to_lowercase().replace(['-', ' ', '.'], "_");
        let plain = plain.trim_start_matches(|c: char| !c.is_ascii_lowercase());
        let help = "a letter, then letters, digits and `_`, all in lower case, without `$` where the name is given";
        let better = !plain.is_empty() && plain.bytes().all(fits);
        cx.push(error.help(if better { format!("{help}: `{plain}`") } else { help.to_owned() }));
        return false;
    }
    if cx.names.is_reserved(name) {
        let error = cx.error("R0106", format!("`{name}` is a word of the language"), entry.key_span, "taken");
        cx.push(error.help("choose another name"));
        return false;
    }
    true
}

/// Gives a name to a thing; false where it cannot be one or has a meaning already.
pub(super) fn declare<'a>(cx: &mut Cx<'a>, entry: &'a Entry, thing: Thing<'a>) -> bool {
    if !check_name(cx, entry) {
        return false;
    }
    let name = &*entry.key.text;
    if let Some((source, span, shared)) =
        cx.names.get(name).map(|named| (named.source, named.span, is_shared(&named.thing)))
    {
        let error = cx.error("R0107", format!("`{name}` has a meaning already"), entry.key_span, "again here");
        let error = error.at(source, span, if shared { "shared.yaml gives it here" } else { "first here" });
        cx.push(error.help("choose another name: nothing is shadowed"));
        return false;
    }
    let of_items = |named: &Named<'_>| match &named.thing {
        Thing::Request(request) => request.locals.iter().any(|local| local.name == entry.key.text),
        _ => false,
    };
    let request = cx.names.iter().find(|named| of_items(named)).map(|named| named.name.to_string());
    if let Some(request) = request {
        let title = format!("items of `{}` are called `{name}`", shown(&request));
        let error = cx.error("R0107", title, entry.key_span, "again here");
        cx.push(error.help("choose another name: nothing is shadowed"));
        return false;
    }
    cx.names.push(Named { name: Arc::clone(&entry.key.text), span: entry.key_span, source: cx.source, thing });
    true
}

fn is_shared(thing: &Thing<'_>) -> bool {
    matches!(thing, Thing::Define(define) if define.shared)
}
