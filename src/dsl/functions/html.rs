//! HTML's character references.
//!
//! Must never import a folder above `expr`.

use std::collections::HashMap;
use std::sync::LazyLock;

use markup5ever::data::NAMED_ENTITIES;

use super::call::chars;
use super::numbers::is_true;
use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;

/// Bytes of a reference's name; the longest has fewer.
const LONGEST: usize = 40;
/// Bytes of a name that needs no semicolon.
const LONGEST_BARE: usize = 6;

pub(super) const FUNCTIONS: &[Function] = &[function("html_escape", escape), function("html_unescape", unescape)];

/// The names of characters, and of pairs of them: the shortest, small letters first.
static NAMES: LazyLock<HashMap<(u32, u32), &'static str>> = LazyLock::new(|| {
    let mut names: HashMap<(u32, u32), &'static str> = HashMap::new();
    let rank = |name: &str| (name.len(), !name.starts_with(|c: char| c.is_ascii_lowercase()), name.to_owned());
    for (name, codes) in NAMED_ENTITIES.entries().filter(|(name, codes)| name.ends_with(';') && codes.0 != 0) {
        let best = names.entry(*codes).or_insert(name);
        if rank(name) < rank(best) {
            *best = name;
        }
    }
    names
});

fn escape(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(1..)?;
    let text = call.text(0)?;
    let all = call.args.get(1).is_some_and(is_true);
    // No character's reference takes more than 34 bytes.
    call.fits(text.len().saturating_mul(34))?;
    let mut out = String::with_capacity(text.len());
    let mut rest = chars(&text).peekable();
    while let Some(c) = rest.next() {
        let pair = rest.peek().and_then(|next| NAMES.get(&(u32::from(c), u32::from(*next))));
        match pair.or_else(|| NAMES.get(&(u32::from(c), 0))) {
            Some(name) => {
                rest.next_if(|_| pair.is_some());
                out.push('&');
                out.push_str(name);
            }
            None if all => {
                let bytes = c.to_string().into_bytes();
                bytes.iter().for_each(|byte| out.push_str(&format!("&#{byte};")));
            }
            None => out.push(c),
        }
    }
    call.made(out)
}

fn unescape(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(1..=1)?;
    let text = call.text(0)?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = &text[..];
    while let Some((before, from)) = memchr::memchr(b'&', rest).and_then(|at| rest.split_at_checked(at)) {
        call.charge(4)?;
        out.extend_from_slice(before);
        let (read, length) = reference(from).unwrap_or_else(|| ("&".to_owned(), 1));
        out.extend_from_slice(read.as_bytes());
        rest = from.get(length..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    call.made(out)
}

/// What a reference at the beginning of a text stands for, and its length.
fn reference(text: &[u8]) -> Option<(String, usize)> {
    if text.get(1) == Some(&b'#') { numeric(text) } else { named(text) }
}

fn numeric(text: &[u8]) -> Option<(String, usize)> {
    let is_hex = matches!(text.get(2), Some(b'x' | b'X'));
    let start = if is_hex { 3 } else { 2 };
    let is_digit = |byte: &u8| if is_hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
    let digits: String = text.get(start..)?.iter().take_while(|byte| is_digit(byte)).map(|b| char::from(*b)).collect();
    if digits.is_empty() {
        return None;
    }
    let code = u32::from_str_radix(&digits, if is_hex { 16 } else { 10 }).unwrap_or(u32::MAX);
    let end = start + digits.len();
    let end = if text.get(end) == Some(&b';') { end + 1 } else { end };
    let c = match code {
        // Old pages mean the code page of Windows (WHATWG HTML §13.2.5.80).
        0x80..=0x9f => {
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[u8::try_from(code).ok()?]).0.chars().next()
        }
        0 => None,
        code => char::from_u32(code),
    };
    Some((c.unwrap_or(char::REPLACEMENT_CHARACTER).to_string(), end))
}

fn named(text: &[u8]) -> Option<(String, usize)> {
    let after = text.get(1..)?;
    let length = after.iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let name = std::str::from_utf8(after.get(..length)?).ok()?;
    if after.get(length) == Some(&b';')
        && let Some(found) = entity(&format!("{name};"))
    {
        return Some((found, length + 2));
    }
    let bare = (2..=length.min(LONGEST_BARE)).rev();
    bare.filter_map(|length| Some((entity(name.get(..length)?)?, length + 1))).next()
}

fn entity(name: &str) -> Option<String> {
    let (first, second) = *NAMED_ENTITIES.get(name)?;
    let found: String = [first, second].into_iter().filter(|code| *code != 0).filter_map(char::from_u32).collect();
    (!found.is_empty()).then_some(found)
}
