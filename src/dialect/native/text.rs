//! Texts of a rule and the types that their keys give them: words, numbers, durations, templates.
//!
//! Takes nodes, gives values or reports why there is none. Invariant: a plain text is never read as another type than
//! the one its key asks for. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Kind, Node, Scalar, Style};
use crate::expr::{ExprError, Template};

use super::context::{Cx, list, shown, suggestion};
use super::names::{Place, Thing};

/// The text that a node must be.
pub(super) fn scalar<'n>(cx: &mut Cx<'_>, node: &'n Node, wanted: &str) -> Option<&'n Scalar> {
    match &node.kind {
        Kind::Scalar(scalar) if scalar.style != Style::Missing => Some(scalar),
        _ => {
            cx.wrong(node, wanted, "");
            None
        }
    }
}

/// What is not written is fine; what is written must be right.
pub(super) fn keep<T>(written: Option<Option<T>>) -> Option<Option<T>> {
    match written {
        Some(found) => found.map(Some),
        None => Some(None),
    }
}

/// A text without expressions.
pub(super) fn text(cx: &mut Cx<'_>, node: &Node, wanted: &str) -> Option<Arc<str>> {
    let found = scalar(cx, node, wanted)?;
    lint_quotes(cx, node, found);
    Some(Arc::clone(&found.text))
}

/// Texts: one, or a list of them.
pub(super) fn texts<'n>(cx: &mut Cx<'_>, node: &'n Node, wanted: &str) -> Option<Vec<&'n Node>> {
    let items: Vec<&Node> = match &node.kind {
        Kind::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    if items.is_empty() {
        let error = cx.error("R0103", format!("{wanted} is wanted here, the list is empty"), node.span, "here");
        cx.push(error);
        return None;
    }
    let mut whole = true;
    for item in &items {
        whole &= scalar(cx, item, wanted).is_some();
    }
    whole.then_some(items)
}

/// One of some words.
pub(super) fn word<T: Copy>(cx: &mut Cx<'_>, node: &Node, known: &[(&'static str, T)]) -> Option<T> {
    let found = scalar(cx, node, "a word")?;
    let value = known.iter().find(|(name, _)| *name == &*found.text).map(|(_, value)| *value);
    if value.is_none() {
        let names = || known.iter().map(|(name, _)| *name);
        let label = suggestion(&found.text, names(), "unknown");
        let error = cx.error("R0104", format!("`{}` is none of the words here", shown(&found.text)), node.span, &label);
        cx.push(error.help(format!("one of {}", list(names()))));
    }
    value
}

/// `true` or `false`.
pub(super) fn flag(cx: &mut Cx<'_>, node: &Node) -> Option<bool> {
    word(cx, node, &[("true", true), ("false", false)])
}

/// A whole number within bounds.
pub(super) fn whole(cx: &mut Cx<'_>, node: &Node, least: u64, most: u64) -> Option<u64> {
    let found = scalar(cx, node, "a whole number")?;
    let number = found.text.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
    if number.is_none() {
        let title = format!("`{}` is no whole number from {least} to {most}", shown(&found.text));
        let error = cx.error("R0105", title, node.span, "here");
        cx.push(error);
    }
    number
}

/// What units a number may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// None.
    None,
    /// Seconds: `5s`, `200ms`, `30d`.
    Seconds,
    /// Whatever it says.
    Any,
}

const SECONDS: [(&str, f64); 5] = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0)];
const BYTES: [(&str, f64); 7] = [
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("B", 1.0),
];

/// A number that may have a unit, in seconds or bytes.
pub(super) fn number(cx: &mut Cx<'_>, node: &Node, unit: Unit) -> Option<f64> {
    let found = scalar(cx, node, "a number")?;
    let number = parse_number(&found.text, unit);
    if number.is_none() {
        let help = match unit {
            Unit::None => "a number such as 12 or 3.5",
            Unit::Seconds => "a number of seconds, or with a unit: 200ms, 5s, 10m, 12h, 30d",
            Unit::Any => "a number, also with a unit: 5s, 30d, 10KiB",
        };
        let error = cx.error("R0105", format!("`{}` is no number", shown(&found.text)), node.span, "here");
        cx.push(error.help(help));
    }
    number
}

/// The number that a text spells.
pub(super) fn parse_number(text: &str, unit: Unit) -> Option<f64> {
    let plain = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let fits = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit())
            && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        fits.then(|| text.parse::<f64>().ok()).flatten()
    };
    let with = |units: &[(&str, f64)]| {
        units.iter().find_map(|(suffix, factor)| Some(plain(text.strip_suffix(suffix)?)? * factor))
    };
    plain(text).or_else(|| match unit {
        Unit::None => None,
        Unit::Seconds => with(&SECONDS),
        Unit::Any => with(&SECONDS).or_else(|| with(&BYTES)),
    })
}

/// A template; its names are checked against the place.
pub(super) fn template(cx: &mut Cx<'_>, node: &Node, place: &Place<'_>) -> Option<Template> {
    let found = scalar(cx, node, "a text")?;
    lint_quotes(cx, node, found);
    let parsed = Template::parse(&found.text, cx.limits);
    let checked = parsed.and_then(|template| {
        template.check(&cx.names.known(place))?;
        template.check_constant(cx.limits)?;
        Ok(template)
    });
    checked.map_err(|error| push_expr_error(cx, node, found, error)).ok()
}

/// An operand of a predicate: a template that is not a block by accident.
pub(super) fn operand(cx: &mut Cx<'_>, node: &Node, place: &Place<'_>) -> Option<Template> {
    if let Some(found) = node.scalar() {
        check_block(cx, node, found);
    }
    template(cx, node, place)
}

/// Refuses blocks that add a line break or fold lines where a text is compared.
pub(super) fn check_block(cx: &mut Cx<'_>, node: &Node, scalar: &Scalar) {
    let title = match scalar.style {
        Style::Folded => "a folded block joins its lines with spaces",
        Style::Literal if scalar.text.ends_with('\n') => "this block ends with a line break, which is compared too",
        _ => return,
    };
    let error = cx.error("R0114", title, node.span, "here");
    cx.push(error.help("write `|-`, which keeps the lines and adds no line break, or quotes"));
}

/// Reports an error of an expression where it stands.
pub(super) fn push_expr_error(cx: &mut Cx<'_>, node: &Node, scalar: &Scalar, error: ExprError) {
    let late = scalar.text.get(error.at.clone()).and_then(|name| known_later(cx, name));
    let span = within(node.span, scalar, error.at);
    let found = cx.error(error.code, error.message, span, "here");
    cx.push(match late.or(error.help) {
        Some(help) => found.help(help),
        None => found,
    });
}

/// Why a name that the rule gives is not there: its answer is not in yet.
fn known_later(cx: &Cx<'_>, name: &str) -> Option<String> {
    let first = name.split('.').next()?;
    let named = cx.names.get(first)?;
    let late = matches!(&named.thing, Thing::Value(value) if value.after.is_some());
    late.then(|| format!("`{first}` is known only once its answer is in; this is sent before"))
}

/// The span of a range of a scalar's text, as exactly as the source allows.
pub(super) fn within(span: Span, scalar: &Scalar, at: std::ops::Range<usize>) -> Span {
    if !scalar.verbatim {
        return span;
    }
    let start = span.start as usize;
    Span::new(start + at.start, (start + at.end).min(span.end as usize).max(start + at.start))
}

/// Asks for quotes where other programs read a plain text as something else that is written differently.
fn lint_quotes(cx: &mut Cx<'_>, node: &Node, scalar: &Scalar) {
    if scalar.style == Style::Plain && reads_otherwise(&scalar.text) {
        let title = format!("`{}` is another value in other YAML programs", shown(&scalar.text));
        let warning = cx.warning("R0209", title, node.span, "a text here");
        cx.push(warning.help("put it in quotes"));
    }
}

fn reads_otherwise(text: &str) -> bool {
    const WORDS: [&str; 10] = ["~", "null", "yes", "no", "on", "off", "y", "n", ".nan", ".inf"];
    if WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return true;
    }
    let begins = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
    if text.len() > 40 || !text.starts_with(begins) {
        return false;
    }
    let date = text.len() >= 8 && text.split('-').count() == 3 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let clock =
        text.contains(':') && text.split(':').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let based = ["0x", "0o", "0b"].iter().any(|base| {
        text.strip_prefix(base).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    let plain = text.replace('_', "");
    let number = plain.parse::<f64>().is_ok_and(|number| number.is_finite() && number.to_string() != text);
    date || clock || based || (number && plain.bytes().any(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_their_units() {
        let cases = [
            ("12", Unit::None, Some(12.0)),
            ("-1.5", Unit::None, Some(-1.5)),
            ("5s", Unit::None, None),
            ("5s", Unit::Seconds, Some(5.0)),
            ("200ms", Unit::Seconds, Some(0.2)),
            ("30d", Unit::Any, Some(2_592_000.0)),
            ("10KiB", Unit::Any, Some(10_240.0)),
            ("10KiB", Unit::Seconds, None),
            ("1e3", Unit::Any, None),
            ("inf", Unit::Any, None),
            ("", Unit::Any, None),
            ("1.", Unit::Any, None),
        ];
        for (text, unit, expected) in cases {
            assert_eq!(parse_number(text, unit), expected, "{text} {unit:?}");
        }
    }

    #[test]
    fn only_what_others_read_otherwise_wants_quotes() {
        for text in ["no", "Yes", "~", "1.10", "010", "0x1F", "2026-01-01", "12:30", "1e3", "+1", "1_000"] {
            assert!(reads_otherwise(text), "{text}");
        }
        for text in ["200", "1.5", "true", "1.18.0", "-", "2xx", "a", "0-4095", "0", "nothing", "2026", "-- MySQL"] {
            assert!(!reads_otherwise(text), "{text}");
        }
    }
}
