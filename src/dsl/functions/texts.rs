//! Functions that cut, join and change texts.
//!
//! Lengths and positions are in bytes; what works by characters takes every byte that belongs to none for U+FFFD. Must
//! never import a folder above `expr`.

use memchr::memmem;

use super::call::chars;
use super::{Call, Function, function, regex_function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;

pub(super) const FUNCTIONS: &[Function] = &[
    function("to_string", |call| {
        call.takes(1..=1)?;
        Ok(Datum::Text(call.text(0)?))
    }),
    function("len", |call| {
        call.takes(1..=1)?;
        let length = match call.arg(0)? {
            Datum::Texts(texts) => texts.len(),
            Datum::Tuple(items) => items.len(),
            other => other.to_text().len(),
        };
        Ok(Datum::Number(length as f64))
    }),
    function("to_lower", |call| cased(call, <[u8]>::to_ascii_lowercase, |c| one(c, c.to_lowercase()))),
    function("to_upper", |call| cased(call, <[u8]>::to_ascii_uppercase, |c| one(c, c.to_uppercase()))),
    function("concat", |call| {
        let length = call.args.iter().fold(0_usize, |sum, arg| sum.saturating_add(arg.shown_length()));
        call.fits(length)?;
        let text: Vec<u8> = call.texts_from(0).flatten().collect();
        call.made(text)
    }),
    function("repeat", repeat),
    function("replace", replace),
    regex_function("replace_regex", 1, replace_regex),
    function("trim", |call| trimmed(call, true, true)),
    function("trim_left", |call| trimmed(call, true, false)),
    function("trim_right", |call| trimmed(call, false, true)),
    function("trim_space", |call| {
        call.takes(1..=1)?;
        let text = call.text(0)?;
        let start = cut_start(&text, char::is_whitespace);
        let end = start + cut_end(text.get(start..).unwrap_or_default(), char::is_whitespace);
        Ok(Datum::Text(text.slice(start..end)))
    }),
    function("trim_prefix", |call| {
        call.takes(2..=2)?;
        let (text, prefix) = (call.text(0)?, call.text(1)?);
        let cut = if text.starts_with(&prefix) { prefix.len() } else { 0 };
        Ok(Datum::Text(text.slice(cut..)))
    }),
    function("trim_suffix", |call| {
        call.takes(2..=2)?;
        let (text, suffix) = (call.text(0)?, call.text(1)?);
        let cut = if text.ends_with(&suffix) { suffix.len() } else { 0 };
        Ok(Datum::Text(text.slice(..text.len() - cut)))
    }),
    function("remove_bad_chars", |call| {
        call.takes(2..=2)?;
        let (text, bad) = (call.text(0)?, call.text(1)?);
        let cleaned = without(call, &text, &bad)?;
        call.made(cleaned)
    }),
    function("reverse", |call| {
        call.takes(1..=1)?;
        let text: Vec<char> = chars(&call.text(0)?).collect();
        call.made(text.into_iter().rev().collect::<String>())
    }),
    function("count", |call| {
        call.takes(2..)?;
        let (text, part) = (call.text(0)?, call.text(1)?);
        let count = if part.is_empty() { chars(&text).count() + 1 } else { memmem::find_iter(&text, &part).count() };
        Ok(Datum::Whole(i64::try_from(count).unwrap_or(i64::MAX)))
    }),
    function("substr", substr),
    function("padding", padding),
    function("to_title", to_title),
];

fn repeat(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..=2)?;
    let (text, count) = (call.text(0)?, call.whole(1)?);
    match usize::try_from(count) {
        Ok(count) => {
            call.fits(text.len().saturating_mul(count))?;
            Ok(Datum::text(text.repeat(count)))
        }
        Err(_) => call.fail("`repeat` wants a number that is not negative"),
    }
}

/// A text with the cases of its characters changed.
fn cased(call: &mut Call<'_, '_>, ascii: fn(&[u8]) -> Vec<u8>, other: fn(char) -> char) -> Result<Datum, EvalError> {
    call.takes(1..=1)?;
    let text = call.text(0)?;
    call.charge(text.len() / 64)?;
    if text.is_ascii() {
        return call.made(ascii(&text));
    }
    let mut out = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        out.extend(chunk.valid().chars().map(other));
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    call.made(out)
}

/// The one character that another becomes; where it would become several, itself.
fn one(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(mapped), None) => mapped,
        // The only letter whose lower case is longer: its first character is the letter itself.
        (Some('i'), Some(_)) => 'i',
        _ => c,
    }
}

fn replace(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(3..=3)?;
    let (text, from, to) = (call.text(0)?, call.text(1)?, call.text(2)?);
    let starts: Vec<usize> = if from.is_empty() {
        let mut starts: Vec<usize> = Vec::with_capacity(text.len() + 1);
        let mut at = 0;
        for chunk in text.utf8_chunks() {
            starts.extend(chunk.valid().char_indices().map(|(place, _)| at + place));
            at += chunk.valid().len();
            starts.extend((0..chunk.invalid().len()).map(|place| at + place));
            at += chunk.invalid().len();
        }
        starts.push(at);
        starts
    } else {
        memmem::find_iter(&text, &from).collect()
    };
    call.charge(starts.len())?;
    let kept = text.len() - starts.len() * from.len();
    call.fits(kept.saturating_add(starts.len().saturating_mul(to.len())))?;
    let mut out = Vec::with_capacity(kept + starts.len() * to.len());
    let mut end = 0;
    for start in starts {
        out.extend_from_slice(text.get(end..start).unwrap_or_default());
        out.extend_from_slice(&to);
        end = start + from.len();
    }
    out.extend_from_slice(text.get(end..).unwrap_or_default());
    Ok(Datum::text(out))
}

fn replace_regex(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(3..=3)?;
    let (text, to) = (call.text(0)?, call.text(2)?);
    call.with_regex(1, |call, regex| {
        let regex = regex.compiled().map_err(EvalError::Failed)?;
        let references = memchr::memchr_iter(b'$', &to).count();
        let mut out = Vec::new();
        let mut end = 0;
        for captures in regex.captures_iter(&text) {
            let whole = captures.get_match();
            // A search that goes on after a match may read all the rest again.
            call.charge(1 + (text.len() - whole.start()) / 64)?;
            out.extend_from_slice(text.get(end..whole.start()).unwrap_or_default());
            // No group is longer than the whole match, so this bounds what the replacement can become.
            let most = references.saturating_mul(whole.len()).saturating_add(to.len());
            call.fits(out.len().saturating_add(most))?;
            captures.expand(&to, &mut out);
            end = whole.end();
        }
        out.extend_from_slice(text.get(end..).unwrap_or_default());
        call.made(out)
    })
}

fn trimmed(call: &mut Call<'_, '_>, left: bool, right: bool) -> Result<Datum, EvalError> {
    call.takes(2..=2)?;
    let (text, set) = (call.text(0)?, call.text(1)?);
    let set: Vec<char> = chars(&set).collect();
    let is_cut = |c: char| set.contains(&c);
    call.charge(text.len().saturating_mul(set.len()) / 64)?;
    let start = if left { cut_start(&text, is_cut) } else { 0 };
    let rest = text.get(start..).unwrap_or_default();
    let end = if right { start + cut_end(rest, is_cut) } else { text.len() };
    Ok(Datum::Text(text.slice(start..end)))
}

/// Where the text begins once such characters are cut from its start.
fn cut_start(text: &[u8], is_cut: impl Fn(char) -> bool) -> usize {
    let mut at = 0;
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            if !is_cut(c) {
                return at;
            }
            at += c.len_utf8();
        }
        for _ in chunk.invalid() {
            if !is_cut(char::REPLACEMENT_CHARACTER) {
                return at;
            }
            at += 1;
        }
    }
    at
}

/// Where the text ends once such characters are cut from its end.
fn cut_end(text: &[u8], is_cut: impl Fn(char) -> bool) -> usize {
    let (mut at, mut end) = (0, 0);
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            at += c.len_utf8();
            end = if is_cut(c) { end } else { at };
        }
        for _ in chunk.invalid() {
            at += 1;
            end = if is_cut(char::REPLACEMENT_CHARACTER) { end } else { at };
        }
    }
    end
}

/// The text without any of these characters.
pub(super) fn without(call: &mut Call<'_, '_>, text: &[u8], bad: &[u8]) -> Result<Vec<u8>, EvalError> {
    let bad: Vec<char> = chars(bad).collect();
    call.charge(text.len().saturating_mul(bad.len()) / 64)?;
    let mut out = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        let kept = chunk.valid().chars().filter(|c| !bad.contains(c));
        kept.for_each(|c| out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()));
        out.extend_from_slice(chunk.invalid());
    }
    Ok(out)
}

fn substr(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..)?;
    let text = call.text(0)?;
    let start = call.whole(1)?;
    let end = if call.count() > 2 { call.whole(2)? } else { i64::try_from(text.len()).unwrap_or(i64::MAX) };
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    match range {
        Some((start, end)) if !text.is_empty() && start <= end && end <= text.len() => {
            Ok(Datum::Text(text.slice(start..end)))
        }
        _ => call.fail("`substr` reaches outside the text"),
    }
}

fn padding(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(4..=4)?;
    let (text, pad) = (call.text(0)?, call.text(1)?);
    let length = call.integer(2)?;
    if length == 0 || pad.is_empty() {
        return call.fail("`padding` wants a length and something to pad with");
    }
    let length = usize::try_from(length).unwrap_or(0);
    if text.len() >= length {
        return Ok(Datum::Text(text));
    }
    call.fits(length)?;
    let filling: Vec<u8> = pad.iter().copied().cycle().take(length - text.len()).collect();
    let padded = match &*call.string(3)? {
        b"prefix" => [&filling[..], &text].concat(),
        b"suffix" => [&text[..], &filling].concat(),
        _ => return call.fail("`padding` pads a `prefix` or a `suffix`"),
    };
    Ok(Datum::text(padded))
}

/// The first letter of every word in upper case, the others in lower case.
fn to_title(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(1..)?;
    let text = call.text(0)?;
    let mut within = false;
    let mut out = String::with_capacity(text.len());
    for c in chars(&text) {
        let letter = if within { one(c, c.to_lowercase()) } else { one(c, c.to_uppercase()) };
        within = c.is_alphanumeric() || matches!(c, '\'' | '_' | '.') && within;
        out.push(letter);
    }
    call.made(out)
}
