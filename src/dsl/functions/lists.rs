//! Functions that make lists of texts, or take them apart.
//!
//! Must never import a folder above `expr`.

use bytes::Bytes;
use memchr::memmem;

use super::call::chars;
use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;
use crate::dsl::numbers;

pub(super) const FUNCTIONS: &[Function] = &[
    function("index", index),
    function("split", split),
    function("join", join),
    function("sort", |call| {
        call.takes(1..)?;
        if call.count() == 1 {
            let mut text: Vec<char> = chars(&call.text(0)?).collect();
            text.sort_unstable();
            return call.made(text.into_iter().collect::<String>());
        }
        let mut texts: Vec<Bytes> = call.texts_from(0).collect();
        texts.sort();
        Ok(Datum::Texts(texts.into()))
    }),
    function("uniq", uniq),
];

fn index(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..=2)?;
    let place = usize::try_from(call.whole(1)?).ok();
    let found = match call.arg(0)? {
        Datum::Texts(texts) => place.and_then(|place| texts.get(place)).cloned(),
        other => {
            let text = other.to_text();
            // One byte, as the character of that number.
            place.and_then(|place| text.get(place)).map(|byte| char::from(*byte).to_string().into())
        }
    };
    match found {
        Some(item) => Ok(Datum::Text(item)),
        None => call.fail("`index` reaches outside the list or text"),
    }
}

fn split(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..=3)?;
    let (text, by) = (call.text(0)?, call.text(1)?);
    let texts = if call.count() == 3 {
        match call.whole(2)? {
            0 => Vec::new(),
            most => parts(call, &text, &by, usize::try_from(most).unwrap_or(usize::MAX))?,
        }
    } else {
        match numbers::whole(&by) {
            Some(length) => chunks(call, &text, length)?,
            None => parts(call, &text, &by, usize::MAX)?,
        }
    };
    Ok(Datum::Texts(texts.into()))
}

/// What stands between separators, in so many parts at most; between characters where the separator is empty.
fn parts(call: &mut Call<'_, '_>, text: &Bytes, by: &[u8], most: usize) -> Result<Vec<Bytes>, EvalError> {
    if by.is_empty() {
        return characters(call, text, most);
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for found in memmem::find_iter(text, by) {
        if parts.len() + 1 >= most {
            break;
        }
        call.charge(1)?;
        parts.push(text.slice(start..found));
        start = found + by.len();
    }
    parts.push(text.slice(start..));
    Ok(parts)
}

/// Every character; the last of so many parts is all the rest.
fn characters(call: &mut Call<'_, '_>, text: &Bytes, most: usize) -> Result<Vec<Bytes>, EvalError> {
    let mut parts = if text.len() > 1 { chunks(call, text, 1)? } else { vec![text.clone()] };
    if parts.len() > most {
        parts.truncate(most.saturating_sub(1));
        let taken: usize = parts.iter().map(Bytes::len).sum();
        parts.push(text.slice(taken..));
    }
    if text.is_empty() { Ok(Vec::new()) } else { Ok(parts) }
}

/// Pieces of so many characters each.
fn chunks(call: &mut Call<'_, '_>, text: &Bytes, length: i64) -> Result<Vec<Bytes>, EvalError> {
    let length = usize::try_from(length).unwrap_or(0);
    if length == 0 || length >= text.len() {
        return Ok(vec![text.clone()]);
    }
    call.charge(text.len() / length)?;
    let mut pieces = Vec::new();
    let (mut start, mut at, mut held) = (0, 0, 0);
    for c in chars(text) {
        if held == length {
            pieces.push(text.slice(start..at));
            (start, held) = (at, 0);
        }
        held += 1;
        // A byte that belongs to no character is one byte long; a real U+FFFD is three.
        let real = text.get(at..).is_some_and(|rest| rest.starts_with("\u{fffd}".as_bytes()));
        at += if c == char::REPLACEMENT_CHARACTER && !real { 1 } else { c.len_utf8() };
    }
    pieces.push(text.slice(start..));
    Ok(pieces)
}

fn join(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..)?;
    let by = call.text(0)?;
    let texts: Vec<Bytes> = match call.args {
        [_, Datum::Texts(texts)] => texts.to_vec(),
        [_, _] => return call.fail("`join` wants a list, or several texts"),
        [_, args @ ..] if args.iter().any(|arg| matches!(arg, Datum::Texts(_))) => {
            return call.fail("`join` takes one list alone");
        }
        _ => call.texts_from(1).collect(),
    };
    let length = texts.iter().fold(0_usize, |sum, text| sum.saturating_add(text.len()).saturating_add(by.len()));
    call.fits(length)?;
    call.made(texts.join(&by[..]))
}

fn uniq(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(1..)?;
    if call.count() == 1 {
        let mut seen = std::collections::HashSet::new();
        let text: String = chars(&call.text(0)?).filter(|c| seen.insert(*c)).collect();
        return call.made(text);
    }
    let mut seen = std::collections::HashSet::new();
    let texts: Vec<Bytes> = call.texts_from(0).filter(|text| seen.insert(text.clone())).collect();
    Ok(Datum::Texts(texts.into()))
}
