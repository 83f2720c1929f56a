//! Comparing versions with constraints: `>= 1.2, < 2.0`.
//!
//! A version is dotted numbers, then a pre-release (`-rc1`, `rc1`), then build data (`+1`). A constraint that names no
//! pre-release is satisfied by none. Must never import a folder above `expr`.

use std::cmp::Ordering;

use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;

pub(super) const FUNCTIONS: &[Function] = &[function("compare_versions", compare_versions)];

/// Bytes of a version or of all constraints together.
const MOST: usize = 4096;

fn compare_versions(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..)?;
    let (text, constraints) = (call.text(0)?, call.texts_from(1).collect::<Vec<_>>().join(&b","[..]));
    call.charge(1 + constraints.len())?;
    if text.len().max(constraints.len()) > MOST {
        return call.fail("that is too long for a version");
    }
    let Some(version) = Version::parse(&text) else { return call.fail("the first text is no version") };
    let constraints: Option<Vec<Constraint>> = constraints.split(|byte| *byte == b',').map(Constraint::parse).collect();
    match constraints {
        Some(constraints) => Ok(Datum::Bool(constraints.iter().all(|constraint| constraint.allows(&version)))),
        None => call.fail("there is a constraint that is none"),
    }
}

#[derive(Debug, PartialEq)]
struct Version {
    /// At least three.
    numbers: Vec<i64>,
    /// How many were written.
    written: usize,
    pre: String,
    build: String,
}

impl Version {
    fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (numbers, rest) = text.split_at_checked(end)?;
        let numbers: Option<Vec<i64>> =
            numbers.split('.').map(|number| number.parse().ok().filter(|_| !number.is_empty())).collect();
        let mut numbers = numbers?;
        let written = numbers.len();
        numbers.resize(written.max(3), 0);
        let (pre, build) = match rest.split_once('+') {
            Some((pre, build)) => (pre, is_dotted(build).then_some(build)?),
            None => (rest, ""),
        };
        Some(Self { numbers, written, pre: pre_release(pre)?.to_owned(), build: build.to_owned() })
    }

    fn compare(&self, other: &Self) -> Ordering {
        if self.numbers.len() == other.numbers.len() && self.numbers == other.numbers {
            return match (self.pre.as_str(), other.pre.as_str()) {
                (own, others) if own == others => Ordering::Equal,
                ("", _) => Ordering::Greater,
                (_, "") => Ordering::Less,
                (own, others) => compare_pre_releases(own, others),
            };
        }
        let at = |numbers: &[i64], place: usize| numbers.get(place).copied().unwrap_or(0);
        let longest = self.numbers.len().max(other.numbers.len());
        let orders = (0..longest).map(|place| at(&self.numbers, place).cmp(&at(&other.numbers, place)));
        orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

/// The pre-release of what stands between the numbers and a plus.
fn pre_release(text: &str) -> Option<&str> {
    let pre = match text.strip_prefix('-') {
        None if text.is_empty() => return Some(""),
        None => text,
        Some("") => "-",
        Some(rest) => rest,
    };
    // Numbers begin a pre-release only behind a hyphen.
    let begins_well = text.starts_with('-') || !pre.starts_with(|c: char| c.is_ascii_digit());
    (begins_well && is_dotted(pre)).then_some(pre)
}

/// Letters, digits, hyphens and tildes, with dots between.
fn is_dotted(text: &str) -> bool {
    let is_part =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '~'));
    text.split('.').all(is_part)
}

fn compare_pre_releases(own: &str, other: &str) -> Ordering {
    let (mut own, mut other) = (own.split('.'), other.split('.'));
    loop {
        let order = match (own.next(), other.next()) {
            (None, None) => return Ordering::Equal,
            (own, other) => compare_parts(own.unwrap_or(""), other.unwrap_or("")),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_parts(own: &str, other: &str) -> Ordering {
    let (own_number, other_number) = (own.parse::<i64>().ok(), other.parse::<i64>().ok());
    match (own_number, other_number) {
        _ if own == other => Ordering::Equal,
        // A part that is not there comes before a number and after a word.
        _ if own.is_empty() => {
            if other_number.is_some() {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        _ if other.is_empty() => {
            if own_number.is_some() {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (Some(own), Some(other)) => {
            if own > other {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => own.cmp(other),
    }
}

#[derive(Debug)]
struct Constraint {
    operator: &'static str,
    version: Version,
}

const OPERATORS: [&str; 7] = ["<=", ">=", "!=", "~>", "<", ">", "="];

impl Constraint {
    fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?.trim_ascii();
        let operator = OPERATORS.iter().find(|operator| text.starts_with(**operator)).copied();
        let version = text.strip_prefix(operator.unwrap_or("")).unwrap_or(text).trim_ascii_start();
        Some(Self { operator: operator.unwrap_or("="), version: Version::parse(version.as_bytes())? })
    }

    fn allows(&self, version: &Version) -> bool {
        let order = version.compare(&self.version);
        match self.operator {
            "=" => order.is_eq(),
            "!=" => order.is_ne(),
            _ if !self.speaks_of(version) => false,
            ">" => order.is_gt(),
            "<" => order.is_lt(),
            ">=" => order.is_ge(),
            "<=" => order.is_le(),
            _ => order.is_ge() && self.is_near(version),
        }
    }

    /// Whether the constraint can be satisfied by such a version, as far as pre-releases go.
    fn speaks_of(&self, version: &Version) -> bool {
        version.pre.is_empty() || (!self.version.pre.is_empty() && version.numbers == self.version.numbers)
    }

    /// Whether a version differs in no number but the last one that the constraint names.
    fn is_near(&self, version: &Version) -> bool {
        let (own, wanted) = (&version.numbers, &self.version.numbers);
        let last = wanted.len() - 1;
        let fixed = self.version.written.saturating_sub(1);
        own.len() >= wanted.len()
            && (self.version.pre.is_empty() || !version.pre.is_empty())
            && own.get(..fixed) == wanted.get(..fixed)
            && own.get(last) >= wanted.get(last)
    }
}
