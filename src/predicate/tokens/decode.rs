//! Decoders: what a stretch of text says once its escapes are undone.
//!
//! Owns one function a code, each linear: it writes what the stretch says, byte by byte traceable, and tells whether it
//! undid anything at all. What is no escape stays as it is. Invariant: a decoded text is no longer than its original.
//! Must never import a folder above `expr`.

use std::ops::Range;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, Encoding};

use super::map::Written;

/// Undoes one code in a stretch of the text; whether there was anything to undo.
pub(super) type Decoder = fn(&[u8], Range<usize>, &mut Written) -> bool;

/// The longest text in base64 that is decoded, but for a source map.
const BASE64: usize = 256 << 10;
/// The shortest.
const SHORTEST: usize = 40;

/// Escapes of JSON and JavaScript strings (RFC 8259 §7, ECMA-262 §12.9.4).
pub(super) fn escapes(text: &[u8], range: Range<usize>, out: &mut Written) -> bool {
    undo(text, range, (b'\\', b'\\'), out, |rest| match *rest.get(1)? {
        quote @ (b'"' | b'\'' | b'`' | b'/' | b'\\') => Some((quote.into(), 2)),
        b'n' => Some(('\n', 2)),
        b'r' => Some(('\r', 2)),
        b't' => Some(('\t', 2)),
        b'b' => Some(('\u{8}', 2)),
        b'f' => Some(('\u{c}', 2)),
        b'x' => Some((char::from_u32(number(rest.get(2..4)?, 16)?)?, 4)),
        b'u' => code_point(rest),
        _ => None,
    })
}

/// `\uXXXX`, a pair of surrogates, or `\u{X…}`.
fn code_point(rest: &[u8]) -> Option<(char, usize)> {
    if rest.get(2) == Some(&b'{') {
        let end = rest.iter().take(11).position(|byte| *byte == b'}')?;
        return Some((char::from_u32(number(rest.get(3..end)?, 16)?)?, end + 1));
    }
    let first = number(rest.get(2..6)?, 16)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, 6));
    }
    let second = rest.get(6..8).filter(|start| *start == b"\\u").and_then(|_| number(rest.get(8..12)?, 16))?;
    let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    Some((char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + low)?, 12))
}

/// Character references of HTML: numeric ones, and the named ones that stand for a character of markup. The tags between
/// two cells of a table, or between a term and what is said of it, are a colon: `<td>NAME</td><td>value` says
/// what `NAME:value` says.
pub(super) fn references(text: &[u8], range: Range<usize>, out: &mut Written) -> bool {
    const NAMED: [(&[u8], char); 8] = [
        (b"&quot;", '"'),
        (b"&apos;", '\''),
        (b"&amp;", '&'),
        (b"&lt;", '<'),
        (b"&gt;", '>'),
        (b"&nbsp;", ' '),
        (b"&NewLine;", '\n'),
        (b"&sol;", '/'),
    ];
    undo(text, range, (b'&', b'<'), out, |rest| {
        if rest.first() == Some(&b'<') {
            return next_cell(rest).map(|length| (':', length));
        }
        if rest.get(1) != Some(&b'#') {
            return NAMED.iter().find(|(name, _)| rest.starts_with(name)).map(|(name, char)| (*char, name.len()));
        }
        let end = rest.iter().take(10).position(|byte| *byte == b';')?;
        let code = match rest.get(2)? {
            b'x' | b'X' => number(rest.get(3..end)?, 16)?,
            _ => number(rest.get(2..end)?, 10)?,
        };
        Some((char::from_u32(code).filter(|char| *char != '\0')?, end + 1))
    })
}

/// Tags between two cells that are looked at, and bytes of them.
const TAGS: (usize, usize) = (8, 400);

/// How long the tags are that end a cell here and begin the next one, with what else begins in it.
fn next_cell(rest: &[u8]) -> Option<usize> {
    let begins = |text: &[u8], names: [&[u8]; 3]| {
        names.iter().any(|name| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    begins(rest, [b"</td", b"</th", b"</dt"]).then_some(())?;
    let within = rest.get(..TAGS.1.min(rest.len()))?;
    let (mut end, mut next) = (0, None);
    for _ in 0..TAGS.0 {
        let tag = within.get(end..).filter(|tag| tag.first() == Some(&b'<'))?;
        let is_next = begins(tag, [b"<td", b"<th", b"<dd"]);
        let is_row = begins(tag, [b"<tr", b"</tr", b"</dl"]);
        if is_row || (tag.get(1) == Some(&b'/') && next.is_some()) {
            return None;
        }
        end += memchr::memchr(b'>', tag)? + 1;
        let after = within.get(end..)?;
        let blank = after.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if is_next || next.is_some() {
            next = Some(end);
        }
        if after.get(blank) != Some(&b'<') {
            break;
        }
        end += blank;
    }
    next
}

/// Percent-encoding (RFC 3986 §2.1). What is not ASCII stays as it is.
pub(super) fn percent(text: &[u8], range: Range<usize>, out: &mut Written) -> bool {
    undo(text, range, (b'%', b'%'), out, |rest| {
        let byte = number(rest.get(1..3)?, 16)?;
        Some((char::from_u32(byte).filter(char::is_ascii)?, 3))
    })
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    u32::from_str_radix(text, radix).ok()
}

/// Copies a stretch, with what `read` makes of each place where one of two signs stands: a character, and how long its
/// escape is.
fn undo(
    text: &[u8],
    range: Range<usize>,
    (one, other): (u8, u8),
    out: &mut Written,
    read: impl Fn(&[u8]) -> Option<(char, usize)>,
) -> bool {
    let Some(stretch) = text.get(range.clone()) else { return false };
    let (mut from, mut done, mut any) = (0, 0, false);
    while let Some(at) = stretch.get(from..).and_then(|rest| memchr::memchr2(one, other, rest)).map(|at| from + at) {
        let Some((char, length)) = stretch.get(at..).and_then(&read) else {
            // The byte after a lone backslash is not the beginning of an escape of its own.
            from = at + 1 + usize::from(one == b'\\');
            continue;
        };
        if out.is_full() {
            return any;
        }
        any = true;
        out.same(stretch.get(done..at).unwrap_or_default(), range.start + done);
        let mut bytes = [0; 4];
        let start = range.start + at;
        out.unit(char.encode_utf8(&mut bytes).as_bytes(), start..start + length);
        from = at + length;
        done = from;
    }
    out.same(stretch.get(done..).unwrap_or_default(), range.start + done);
    any
}

/// Texts in base64 within a stretch: each that is text once it is decoded.
pub(super) fn base64(text: &[u8], range: Range<usize>, out: &mut Written) -> bool {
    let mut any = false;
    let mut from = range.start;
    while let Some(run) = next_run(text, from..range.end) {
        from = run.end;
        let Some(bytes) = decode_text(text.get(run.clone()).unwrap_or_default(), out.text.len() + run.len() < BASE64)
        else {
            continue;
        };
        out.cut(run.start);
        out.base64(&bytes, run.start);
        any = true;
    }
    any
}

/// What a run of base64 says, where that is text.
fn decode_text(run: &[u8], small: bool) -> Option<Vec<u8>> {
    let start = run.get(..SHORTEST)?;
    let is_map = || BASE64_NOPAD.decode(start).is_ok_and(|head| head.starts_with(b"{\"version\":3"));
    if !small && !is_map() {
        return None;
    }
    let encoding: &Encoding =
        if run.iter().any(|byte| matches!(byte, b'-' | b'_')) { &BASE64URL_NOPAD } else { &BASE64_NOPAD };
    let head = encoding.decode(start).ok().filter(|head| is_text(head))?;
    debug_assert!(!head.is_empty());
    // Bits beyond the last byte do not matter, so the last characters are filled up and what they fill is dropped.
    let (whole, rest) = run.split_at(run.len() / 4 * 4);
    let mut bytes = encoding.decode(whole).ok()?;
    let mut last = *b"AAAA";
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let filled = encoding.decode(&last).ok()?;
    bytes.extend(filled.into_iter().take(rest.len() * 6 / 8));
    is_text(&bytes).then_some(bytes)
}

/// Whether bytes are text: printable ASCII and line ends but for one in 32.
fn is_text(bytes: &[u8]) -> bool {
    let odd = bytes.iter().filter(|byte| !matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')).count();
    odd * 32 <= bytes.len()
}

/// The next run of 40 or more characters of base64. Looks at every fortieth byte only, until one could be of a run.
fn next_run(text: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    let of_run = |at: usize| text.get(at).is_some_and(|byte| is_base64(*byte));
    let mut at = range.start + SHORTEST - 1;
    while at < range.end {
        if of_run(at) {
            let mut start = at;
            while start > range.start && of_run(start - 1) {
                start -= 1;
            }
            let mut end = at + 1;
            while end < range.end && of_run(end) {
                end += 1;
            }
            if end - start >= SHORTEST {
                return Some(start..end);
            }
            at = end;
        }
        at += SHORTEST;
    }
    None
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}
