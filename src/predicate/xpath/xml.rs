//! XML documents as trees, read leniently.
//!
//! Takes a text; gives the tree as far as the text is well-formed. Entities other than the five predefined ones and
//! characters by number stay as they are, and no declaration defines one. Invariant: one pass over the text.
//! Must never import a folder above `expr`.

use super::document::{DEPTH, Document, Kind};

/// The tree of a text.
pub(super) fn read(text: &str) -> Document {
    let mut document = Document::empty();
    let mut open: Vec<(usize, &str)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = open.last().map_or(0, |(at, _)| *at);
        let Some(tail) = rest.strip_prefix('<') else {
            let (words, tail) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            if at > 0 && document.add(at, Kind::Text(decoded(words))).is_none() {
                break;
            }
            rest = tail;
            continue;
        };
        if let Some(after) = skipped(tail) {
            rest = after;
        } else if let Some(data) = tail.strip_prefix("![CDATA[") {
            let (words, after) = data.split_once("]]>").unwrap_or((data, ""));
            if document.add(at, Kind::Text(words.to_owned())).is_none() {
                break;
            }
            rest = after;
        } else if let Some(closing) = tail.strip_prefix('/') {
            let (name, after) = closing.split_once('>').unwrap_or((closing, ""));
            if open.last().is_none_or(|(_, known)| *known != name.trim()) {
                break;
            }
            open.pop();
            rest = after;
        } else {
            let Some((element, after)) = element(tail) else { break };
            let attributes = element.attributes;
            let kind = Kind::Element { name: element.name.to_owned(), attributes };
            let Some(child) = document.add(at, kind).filter(|_| open.len() < DEPTH) else { break };
            if !element.empty {
                open.push((child, element.name));
            }
            rest = after;
        }
    }
    document
}

/// What follows a comment, an instruction or a declaration.
fn skipped(tail: &str) -> Option<&str> {
    let after = |rest: &'_ str, end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
    if let Some(comment) = tail.strip_prefix("!--") {
        return comment.get(after(comment, "-->")..);
    }
    if let Some(instruction) = tail.strip_prefix('?') {
        return instruction.get(after(instruction, "?>")..);
    }
    if tail.starts_with("![CDATA[") {
        return None;
    }
    let declaration = tail.strip_prefix('!')?;
    let subset = declaration.find('[').filter(|at| declaration.find('>').is_none_or(|end| *at < end));
    let from = subset.map_or(0, |at| declaration.get(at..).map_or(declaration.len(), |rest| at + after(rest, "]")));
    let rest = declaration.get(from..)?;
    rest.get(after(rest, ">")..)
}

struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(String, String)>,
    empty: bool,
}

/// The tag that begins here, and what follows it.
fn element(tail: &str) -> Option<(Tag<'_>, &str)> {
    let end = tail.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
    let (name, mut rest) = tail.split_at(end);
    if name.is_empty() {
        return None;
    }
    let mut tag = Tag { name, attributes: Vec::new(), empty: false };
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return Some((Tag { empty: true, ..tag }, after));
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Some((tag, after));
        }
        let (key, value) = rest.split_once('=')?;
        let value = value.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = value.get(1..)?.split_once(quote)?;
        tag.attributes.push((key.trim().to_owned(), decoded(value)));
        rest = after;
    }
}

/// A text with its references put in place.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let reference = tail.get(1..).and_then(|tail| tail.split_once(';')).map(|(name, _)| name);
        match reference.and_then(|name| Some((name, character(name)?))) {
            Some((name, character)) => {
                out.push(character);
                rest = tail.get(name.len() + 2..).unwrap_or("");
            }
            None => {
                out.push('&');
                rest = tail.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix('x').map(|digits| u32::from_str_radix(digits, 16));
            char::from_u32(hex.unwrap_or_else(|| number.parse()).ok()?)
        }
    }
}
