//! Operands that are neither texts nor numbers: regexes, bytes, instants, versions, checksums.
//!
//! Takes nodes, gives values checked once and for all. Invariant: a pattern error points into the pattern where the
//! source allows. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Timestamp;
use crate::dialect::yaml::Node;
use crate::predicate::{BytePattern, CHECKSUMS, TimeOperand, VersionOp, VersionRange, parse_time};

use super::context::{Cx, list, said, shown, suggestion};
use super::text::{Unit, check_block, parse_number, scalar, within};

/// A regex.
pub(super) fn regex(cx: &mut Cx<'_>, node: &Node, ignore_case: bool) -> Option<BytePattern> {
    let found = scalar(cx, node, "a regex")?;
    check_block(cx, node, found);
    if let Some(at) = found.text.find("{{") {
        let span = within(node.span, found, at..at + 2);
        let error = cx.error("R0112", "a regex is never a template", span, "braces are not filled in here");
        cx.push(error.help("compare with `contains` or `equals`; braces themselves are written `\\{\\{`"));
        return None;
    }
    match BytePattern::new(&found.text, ignore_case, cx.limits) {
        Ok(pattern) if cx.weighs(pattern.weight()) => Some(pattern),
        Ok(_) => {
            let title = "the regexes of this rule are too large together";
            let label = "this one is beyond the limit";
            let error = cx.error("R0112", title, node.span, label);
            cx.push(error.help("counted repetitions such as `{1000}` cost most; repeat less, or write several rules"));
            None
        }
        Err(error) => {
            let span = error.at.map_or(node.span, |at| within(node.span, found, at));
            let help = if error.message.contains("look-around") || error.message.contains("backreference") {
                "regexes are Rust's, which have neither look-around nor backreferences, and never take long; \
                 say the rest with `not` or a second predicate"
            } else {
                "regexes are those of the Rust crate `regex`; write them in single quotes or as a `|-` block"
            };
            let title = format!("this is no regex: {}", said(&error.message));
            cx.push(cx.error("R0112", title, span, "here").help(help));
            None
        }
    }
}

/// Bytes in hexadecimal.
pub(super) fn hex(cx: &mut Cx<'_>, node: &Node) -> Option<Vec<u8>> {
    let found = scalar(cx, node, "bytes in hexadecimal")?;
    let digits = found.text.replace(' ', "").to_ascii_lowercase();
    let bytes = data_encoding::HEXLOWER.decode(digits.as_bytes()).ok().filter(|bytes| !bytes.is_empty());
    if bytes.is_none() {
        let title = format!("`{}` is not hexadecimal", shown(&found.text));
        let error = cx.error("R0113", title, node.span, "here");
        cx.push(error.help("two digits a byte: `1f8b08`"));
    }
    bytes
}

/// An instant: `now`, `now+30d`, or a date.
pub(super) fn instant(cx: &mut Cx<'_>, node: &Node) -> Option<TimeOperand> {
    let found = scalar(cx, node, "an instant")?;
    let instant = parse_instant(&found.text);
    if instant.is_none() {
        let title = format!("`{}` is no instant", shown(&found.text));
        let error = cx.error("R0113", title, node.span, "here");
        cx.push(error.help("`now`, `now+30d`, `now-12h`, or a date such as 2026-01-31 or 2026-01-31T12:00:00Z"));
    }
    instant
}

fn parse_instant(text: &str) -> Option<TimeOperand> {
    if let Some(offset) = text.strip_prefix("now") {
        let (sign, offset) = match offset.trim() {
            "" => return Some(TimeOperand::Now(0)),
            offset => match (offset.strip_prefix('+'), offset.strip_prefix('-')) {
                (Some(rest), _) => (1.0, rest),
                (_, Some(rest)) => (-1.0, rest),
                _ => return None,
            },
        };
        let seconds = parse_number(offset.trim(), Unit::Seconds).filter(|seconds| *seconds < 1e11)?;
        return Some(TimeOperand::Now((sign * seconds) as i64));
    }
    let at: Timestamp = text.parse().ok().or_else(|| parse_time(text.as_bytes()))?;
    Some(TimeOperand::At(at))
}

/// A range of versions.
pub(super) fn version(cx: &mut Cx<'_>, node: &Node) -> Option<VersionRange> {
    let found = scalar(cx, node, "a range of versions")?;
    let bounds: Option<Vec<(VersionOp, Vec<u64>)>> = found.text.split_whitespace().map(version_bound).collect();
    match bounds.filter(|bounds| !bounds.is_empty()) {
        Some(bounds) => Some(VersionRange { source: Arc::clone(&found.text), bounds }),
        None => {
            let title = format!("`{}` is no range of versions", shown(&found.text));
            let error = cx.error("R0113", title, node.span, "here");
            cx.push(error.help("comparisons with spaces between them, all of which hold: `>=1.2 <1.5`"));
            None
        }
    }
}

fn version_bound(text: &str) -> Option<(VersionOp, Vec<u64>)> {
    const OPERATORS: [(&str, VersionOp); 5] = [
        ("<=", VersionOp::AtMost),
        (">=", VersionOp::AtLeast),
        ("<", VersionOp::Less),
        (">", VersionOp::More),
        ("=", VersionOp::Equal),
    ];
    let found = OPERATORS.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)));
    let (operator, version) = found.unwrap_or((VersionOp::Equal, text));
    let numbers: Option<Vec<u64>> = version.split('.').map(|number| number.parse().ok()).collect();
    Some((operator, numbers?))
}

/// The registered name of a checksum.
pub(super) fn checksum(cx: &mut Cx<'_>, node: &Node) -> Option<&'static str> {
    let found = scalar(cx, node, "the name of a checksum")?;
    let known = CHECKSUMS.iter().map(|spec| spec.name).find(|name| **name == *found.text);
    if known.is_none() {
        let names = || CHECKSUMS.iter().map(|spec| spec.name);
        let label = suggestion(&found.text, names(), "unknown");
        let error = cx.error("R0104", format!("no checksum is named `{}`", shown(&found.text)), node.span, &label);
        cx.push(error.help(format!("checksums are {}", list(names()))));
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants() {
        assert_eq!(parse_instant("now"), Some(TimeOperand::Now(0)));
        assert_eq!(parse_instant("now+30d"), Some(TimeOperand::Now(2_592_000)));
        assert_eq!(parse_instant("now - 90s"), Some(TimeOperand::Now(-90)));
        assert!(matches!(parse_instant("2026-01-31T12:00:00Z"), Some(TimeOperand::At(_))));
        assert!(matches!(parse_instant("2026-01-31"), Some(TimeOperand::At(_))));
        assert_eq!(parse_instant("nowadays"), None);
        assert_eq!(parse_instant("now+1e99d"), None);
        assert_eq!(version_bound(">=1.20"), Some((VersionOp::AtLeast, vec![1, 20])));
        assert_eq!(version_bound("1.2"), Some((VersionOp::Equal, vec![1, 2])));
        assert_eq!(version_bound(">1.x"), None);
    }
}
