//! Functions on time. All of it is UTC; no time zone data is ever read.
//!
//! Must never import a folder above `base`.

use jiff::SignedDuration;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::{Accepts, Args, Family, Function, Param, param};
use crate::base::Value;
use crate::expr::dates::{MAX_TEXT, utc};
use crate::expr::error::EvalError;
use crate::expr::types::Type;

const TIME: Param = param("time", Accepts::Time);

pub(super) static FAMILY: Family = Family {
    name: "time",
    summary: "Instants in UTC. A text in RFC 3339, a date, an HTTP date, or seconds since 1970 will do as a time.",
    functions: &[
        Function {
            name: "now",
            params: &[],
            result: Type::Time,
            summary: "The instant of the evaluation",
            example: "now()",
            gives: "2026-01-02T03:04:05Z",
            run: |args| Ok(Value::Time(args.now())),
        },
        Function {
            name: "time_parse",
            params: &[param("text", Accepts::Text), param("format", Accepts::Text).optional()],
            result: Type::Time,
            summary: "The time that a text tells, in that strptime format or any known one",
            example: "time_parse('Sun, 06 Nov 1994 08:49:37 GMT')",
            gives: "1994-11-06T08:49:37Z",
            run: time_parse,
        },
        Function {
            name: "time_format",
            params: &[TIME, param("format", Accepts::Text)],
            result: Type::Text,
            summary: "The time in that strftime format",
            example: "time_format(now(), '%Y%m%d')",
            gives: "20260102",
            run: |args| {
                let at = args.time(0)?.to_zoned(TimeZone::UTC);
                let format = args.text(1)?;
                if format.len() > MAX_TEXT {
                    return EvalError::failed(format!("a format has at most {MAX_TEXT} bytes"));
                }
                let text = strtime::format(&format, &at).map_err(|error| EvalError::Failed(error.to_string()))?;
                args.made(text)
            },
        },
        Function {
            name: "time_add",
            params: &[TIME, param("duration", Accepts::Text)],
            result: Type::Time,
            summary: "The time moved by a duration in w, d, h, m and s, for example `30d`, `1h30m` or `-5m`",
            example: "time_add(now(), '-1d')",
            gives: "2026-01-01T03:04:05Z",
            run: time_add,
        },
        Function {
            name: "unix",
            params: &[TIME],
            result: Type::Number,
            summary: "Seconds since 1970",
            example: "unix(now())",
            gives: "1767323045",
            run: |args| Ok(Value::Int(args.time(0)?.as_second())),
        },
    ],
};

fn time_parse(args: &mut Args) -> Result<Value, EvalError> {
    if !args.has(1) {
        return args.time(0).map(Value::Time);
    }
    let (text, format) = (args.text(0)?, args.text(1)?);
    if text.len().max(format.len()) > MAX_TEXT {
        return EvalError::failed(format!("a date and its format have at most {MAX_TEXT} bytes"));
    }
    let parsed = strtime::parse(&format, &text).ok();
    let at = parsed.and_then(|parts| {
        parts
            .to_timestamp()
            .ok()
            .or_else(|| utc(parts.to_datetime().ok()?))
            .or_else(|| utc(parts.to_date().ok()?.at(0, 0, 0, 0)))
    });
    at.map_or_else(|| EvalError::failed("the text is no time of that format"), |at| Ok(Value::Time(at)))
}

fn time_add(args: &mut Args) -> Result<Value, EvalError> {
    let (at, text) = (args.time(0)?, args.text(1)?);
    let seconds = std::str::from_utf8(&text).ok().and_then(duration_seconds);
    let Some(seconds) = seconds else {
        return EvalError::failed(format!("'{}' is no duration such as 30d, 1h30m or -5m", text.escape_ascii()));
    };
    match at.checked_add(SignedDuration::from_secs(seconds)) {
        Ok(at) => Ok(Value::Time(at)),
        Err(_) => EvalError::failed("the time is out of range"),
    }
}

/// Seconds of a duration: an optional sign, then numbers with units.
fn duration_seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest.is_empty() {
        return None;
    }
    let mut seconds = 0_i64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest.get(..end)?.parse().ok()?;
        let unit = match rest.as_bytes().get(end)? {
            b's' => 1,
            b'm' => 60,
            b'h' => 3_600,
            b'd' => 86_400,
            b'w' => 604_800,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        rest = rest.get(end + 1..)?;
    }
    Some(sign * seconds)
}
