//! Functions that tell whether something is so.
//!
//! Must never import a folder above `expr`.

use bytes::Bytes;
use memchr::memmem;

use super::{Call, Function, function, regex_function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;
use crate::dsl::regex::Regex;

pub(super) const FUNCTIONS: &[Function] = &[
    function("contains", |call| {
        call.takes(2..=2)?;
        holds(call, call.text(1)?)
    }),
    function("contains_all", |call| {
        let text = call.text(0)?;
        let all = call.texts_from(1).all(|part| memmem::find(&text, &part).is_some());
        paid(call, &text, all)
    }),
    function("contains_any", |call| {
        let text = call.text(0)?;
        let any = call.texts_from(1).any(|part| memmem::find(&text, &part).is_some());
        paid(call, &text, any)
    }),
    function("starts_with", |call| ends(call, |text, part| text.starts_with(part))),
    function("ends_with", |call| ends(call, |text, part| text.ends_with(part))),
    function("line_starts_with", |call| {
        ends(call, |text, part| text.split(|byte| *byte == b'\n').any(|line| line.starts_with(part)))
    }),
    function("line_ends_with", |call| {
        ends(call, |text, part| text.split(|byte| *byte == b'\n').any(|line| line.ends_with(part)))
    }),
    function("equals_any", |call| ends(call, |text, part| text == part)),
    regex_function("regex", 0, |call| {
        call.takes(2..=2)?;
        call.with_regex(0, |call, regex| Ok(Datum::Bool(matches(regex, &call.text(1)?)?)))
    }),
    regex_function("regex_all", 0, |call| {
        call.takes(2..)?;
        call.with_regex(0, |call, regex| {
            let all = call.texts_from(1).map(|text| matches(regex, &text)).find(|holds| *holds != Ok(true));
            all.unwrap_or(Ok(true)).map(Datum::Bool)
        })
    }),
    regex_function("regex_any", 0, |call| {
        call.takes(2..)?;
        call.with_regex(0, |call, regex| {
            let any = call.texts_from(1).map(|text| matches(regex, &text)).find(|holds| *holds != Ok(false));
            any.unwrap_or(Ok(false)).map(Datum::Bool)
        })
    }),
];

fn matches(regex: &Regex, text: &[u8]) -> Result<bool, EvalError> {
    regex.is_match(text).map_err(EvalError::Failed)
}

fn holds(call: &mut Call<'_, '_>, part: Bytes) -> Result<Datum, EvalError> {
    let text = call.text(0)?;
    Ok(Datum::Bool(memmem::find(&text, &part).is_some()))
}

/// A truth that took a pass over the text for each argument.
fn paid(call: &mut Call<'_, '_>, text: &[u8], truth: bool) -> Result<Datum, EvalError> {
    call.charge((text.len() / 64).saturating_mul(call.count()))?;
    Ok(Datum::Bool(truth))
}

/// Whether the first argument is so to one of the others.
fn ends(call: &mut Call<'_, '_>, is_so: fn(&[u8], &[u8]) -> bool) -> Result<Datum, EvalError> {
    call.takes(2..)?;
    let text = call.text(0)?;
    let any = call.texts_from(1).any(|part| is_so(&text, &part));
    paid(call, &text, any)
}
