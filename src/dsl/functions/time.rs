//! Functions on time. All of it is UTC.
//!
//! Must never import a folder above `expr`.

use std::time::Duration;

use super::{Call, Function, function};
use crate::base::Timestamp;
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;
use crate::dsl::{layout, numbers};

/// Bytes of a date or of its layout.
const MOST: usize = 256;
/// The longest pause that an expression can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Layouts that a date is looked for in.
const USUAL: [&str; 7] = [
    "2006-01-02T15:04:05Z07:00",
    "2006-01-02 15:04:05 Z07:00",
    "2006-01-02 15:04:05",
    "2006-01-02 15:04 Z07:00",
    "2006-01-02 15:04",
    "2006-01-02 Z07:00",
    "2006-01-02",
];

pub(super) const FUNCTIONS: &[Function] = &[
    function("unix_time", |call| {
        call.takes(0..=1)?;
        let seconds = if call.count() == 1 { call.integer(0)? } else { 0 };
        Ok(Datum::Number(call.env().now.as_second().saturating_add(seconds) as f64))
    }),
    function("to_unix_time", to_unix_time),
    function("date_time", date_time),
    function("wait_for", |call| {
        call.takes(1..=1)?;
        let seconds = u64::try_from(call.integer(0)?).unwrap_or(0);
        let pause = call.env().pause;
        pause.set(pause.get().saturating_add(Duration::from_secs(seconds)).min(LONGEST_PAUSE));
        Ok(Datum::Bool(true))
    }),
];

fn short(call: &Call<'_, '_>, place: usize) -> Result<String, EvalError> {
    let text = call.text(place)?;
    if text.len() > MOST {
        return call.fail(format!("a date and its layout have at most {MOST} bytes"));
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn to_unix_time(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(1..=2)?;
    let text = short(call, 0)?;
    if let Some(number) = numbers::float(text.as_bytes()) {
        return Ok(Datum::Whole(number as i64));
    }
    let found = if call.count() == 2 {
        layout::parse(&text, &short(call, 1)?)
    } else {
        USUAL.iter().find_map(|layout| layout::parse(&text, layout))
    };
    match found {
        Some(at) => Ok(Datum::Whole(at.as_second())),
        None => call.fail("the text is no date of that layout"),
    }
}

fn date_time(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(1..)?;
    let format = short(call, 0)?;
    let at = if call.count() == 2 { instant(call)? } else { call.env().now };
    if !has_letters(&format) {
        return call.made(layout::format(at, &format));
    }
    let time = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    let mut text = format.clone();
    for letter in letters(&format) {
        let number = match letter {
            'Y' | 'y' => i32::from(time.year()),
            'M' => i32::from(time.month()),
            'D' | 'd' => i32::from(time.day()),
            'H' | 'h' => i32::from(time.hour()),
            'm' => i32::from(time.minute()),
            'S' | 's' => i32::from(time.second()),
            other => return call.fail(format!("`%{other}` is no part of a date")),
        };
        text = text.replace(&format!("%{letter}"), &format!("{number:02}"));
    }
    call.made(text)
}

fn letters(format: &str) -> impl Iterator<Item = char> {
    format.split('%').skip(1).filter_map(|part| part.chars().next()).filter(char::is_ascii_alphabetic)
}

fn has_letters(format: &str) -> bool {
    letters(format).next().is_some()
}

fn instant(call: &Call<'_, '_>) -> Result<Timestamp, EvalError> {
    let seconds = match call.arg(1)? {
        Datum::Text(text) => numbers::whole(text),
        _ => call.integer(1).ok(),
    };
    match seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
        Some(at) => Ok(at),
        None => call.fail("`date_time` wants seconds since 1970"),
    }
}
