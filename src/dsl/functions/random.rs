//! Functions that draw.
//!
//! Must never import a folder above `expr`.

use super::texts::without;
use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;

const DIGITS: &[u8] = b"1234567890";
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

pub(super) const FUNCTIONS: &[Function] = &[
    function("rand_char", |call| {
        call.takes(0..=1)?;
        let set = if call.count() == 1 { set_or(call, 0)? } else { both() };
        drawn(call, &set, 1)
    }),
    function("rand_base", |call| {
        call.takes(1..=3)?;
        let length = call.length(0)?;
        let set = if call.count() == 2 { set_or(call, 1)? } else { both() };
        drawn(call, &set, length)
    }),
    function("rand_text_alphanumeric", |call| text_of(call, &both())),
    function("rand_text_alpha", |call| text_of(call, LETTERS)),
    function("rand_text_numeric", |call| text_of(call, DIGITS)),
    function("rand_int", |call| {
        call.takes(0..=2)?;
        let least = if call.count() > 0 { call.integer(0)? } else { 0 };
        let most = if call.count() > 1 { call.integer(1)? } else { i64::from(i32::MAX) };
        match most.checked_sub(least).and_then(|span| u64::try_from(span).ok()) {
            Some(span) if span > 0 => Ok(Datum::Whole(least.saturating_add_unsigned(call.env().random.below(span)))),
            _ => call.fail("`rand_int` wants its bounds in order"),
        }
    }),
];

fn both() -> Vec<u8> {
    [LETTERS, DIGITS].concat()
}

/// The set of characters that an argument names; letters and digits where it names none.
fn set_or(call: &Call<'_, '_>, place: usize) -> Result<Vec<u8>, EvalError> {
    let set = call.text(place)?;
    Ok(if set.trim_ascii().is_empty() { both() } else { set.to_vec() })
}

fn text_of(call: &mut Call<'_, '_>, set: &[u8]) -> Result<Datum, EvalError> {
    call.takes(1..=2)?;
    let length = call.length(0)?;
    let bad = if call.count() > 1 { call.text(1)? } else { bytes::Bytes::new() };
    let set = without(call, set, &bad)?;
    drawn(call, &set, length)
}

/// So many characters of a set; each byte of the set is the character of that number.
fn drawn(call: &mut Call<'_, '_>, set: &[u8], length: usize) -> Result<Datum, EvalError> {
    if set.is_empty() && length > 0 {
        return call.fail(format!("`{}` has nothing left to draw from", call.name));
    }
    call.charge(length / 8)?;
    let picked = call.env().random.pick(set, length);
    call.made(picked.into_iter().map(char::from).collect::<String>())
}
