//! Raw requests: a text, before it annotations in lines that begin with `@`.
//!
//! Invariant: the text that is kept begins with the request line. Must never import compile or any later folder.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use crate::rule::sequence::RawStep;

use super::context::Cx;
use super::value::Placed;

/// The longest time that an annotation can ask for.
const LONGEST: Duration = Duration::from_secs(300);

/// Lowers a raw request.
pub(super) fn raw(cx: &mut Cx<'_>, (written, span): &Placed) -> RawStep {
    let text = with_line_ends(written);
    let mut body: &str = &text;
    while body.starts_with('@') {
        body = body.split_once('\n').map_or("", |(_, rest)| rest);
    }
    let annotated =
        |cx: &mut Cx<'_>, name: &str| annotation(&text, name).map(|value| cx.marked(&(Arc::from(value), *span)));
    let sni = match annotation(&text, "tls-sni") {
        Some("interactsh-url") => Some(cx.marked(&("{{interactsh-url}}".into(), *span))),
        _ => annotated(cx, "tls-sni"),
    };
    RawStep {
        host: annotated(cx, "Host"),
        sni,
        timeout: annotation(&text, "timeout").and_then(parse_duration).map(|time| time.min(LONGEST)),
        once: text.lines().any(|line| line.trim_end() == "@once"),
        text: cx.marked(&(Arc::from(body), *span)),
    }
}

/// Line feeds become CRLF, unless there is one already.
pub(super) fn with_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") || !text.contains('\n') {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.replace('\n', "\r\n"))
    }
}

/// The value of the first annotation of a name.
fn annotation<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let value = |line: &'t str| line.strip_prefix('@')?.strip_prefix(name)?.strip_prefix(':').map(str::trim);
    text.lines().find_map(value).filter(|value| !value.is_empty())
}

/// A length of time as Go writes it: `1m30s`, `500ms`, `1.5s`.
fn parse_duration(text: &str) -> Option<Duration> {
    let (mut rest, mut total) = (text, Duration::ZERO);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|length| *length > 0)?;
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let unit = match unit {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        let seconds = number.parse::<f64>().ok()? * unit;
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        rest = after;
    }
    (!total.is_zero()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        assert_eq!(parse_duration("20s"), Some(Duration::from_secs(20)));
        assert_eq!(parse_duration("1m1.5s"), Some(Duration::from_millis(61_500)));
        for wrong in ["", "20", "s", "1x", "-1s", "1e9h", "99999999999999999999h"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn annotations_are_lines_of_their_own() {
        let text = "@timeout: 20s\r\n@Host: {{Host}}:81 \r\nGET / HTTP/1.1\r\n@once\r\n";
        assert_eq!(annotation(text, "timeout"), Some("20s"));
        assert_eq!(annotation(text, "Host"), Some("{{Host}}:81"));
        assert_eq!(annotation("@timeout 20s\n", "timeout"), None);
    }
}
