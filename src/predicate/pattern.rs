//! Patterns: regexes, JSON paths, CSS selectors, version ranges and instants, checked when written and compiled when used.
//!
//! Invariant: a pattern that exists is valid; comparing two patterns compares their text. Must never import a folder
//! above `expr`.

use std::sync::Arc;

use super::jsonpath;
use crate::base::Timestamp;
pub use crate::expr::{Pattern as BytePattern, PatternError};

/// A JSONPath query (RFC 9535).
#[derive(Debug, Clone)]
pub struct JsonQuery {
    source: Arc<str>,
    query: Arc<jsonpath_rust::parser::model::JpQuery>,
}

impl PartialEq for JsonQuery {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl JsonQuery {
    /// Parses a query.
    ///
    /// # Errors
    /// Where it is not RFC 9535.
    pub fn new(source: &str) -> Result<Self, PatternError> {
        if source.len() > 4096 {
            return Err(PatternError { message: "a JSON path of more than 4096 bytes".into(), at: None });
        }
        let query = jsonpath_rust::parser::parse_json_path(source).map_err(|error| syntax_error(&error.to_string()))?;
        jsonpath::well_typed(&query).map_err(|message| PatternError { message, at: None })?;
        Ok(Self { source: source.into(), query: Arc::new(query) })
    }

    /// The query's text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The parsed query.
    pub fn query(&self) -> &jsonpath_rust::parser::model::JpQuery {
        &self.query
    }
}

/// What the parser of JSON paths says, without its drawing of the place (`--> 1:COLUMN` and lines with carets).
fn syntax_error(told: &str) -> PatternError {
    let after = |mark: &str| told.split_once(mark).map(|(_, rest)| rest.lines().next().unwrap_or(rest).trim());
    let column = after("--> 1:").and_then(|column| column.parse::<usize>().ok());
    match (after("= "), column) {
        (Some(reason), Some(column)) => PatternError { message: format!("{reason} at character {column}"), at: None },
        _ => PatternError { message: told.lines().next().unwrap_or(told).to_owned(), at: None },
    }
}

/// A CSS selector list (Selectors Level 4, as far as the `scraper` crate knows it).
#[derive(Debug, Clone)]
pub struct CssQuery {
    source: Arc<str>,
    selector: Arc<scraper::Selector>,
}

impl PartialEq for CssQuery {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl CssQuery {
    /// Parses a selector.
    ///
    /// # Errors
    /// Where it is not a selector.
    pub fn new(source: &str) -> Result<Self, PatternError> {
        if source.len() > 4096 {
            return Err(PatternError { message: "a selector of more than 4096 bytes".into(), at: None });
        }
        let selector =
            scraper::Selector::parse(source).map_err(|error| PatternError { message: error.to_string(), at: None })?;
        Ok(Self { source: source.into(), selector: Arc::new(selector) })
    }

    /// The selector's text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The parsed selector.
    pub fn selector(&self) -> &scraper::Selector {
        &self.selector
    }
}

/// An instant as a rule writes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TimeOperand {
    /// A fixed instant.
    At(Timestamp),
    /// The host's clock plus so many seconds (negative: before).
    Now(i64),
}

impl TimeOperand {
    /// Reads `now`, `now+30d`, `now-12h` (units s, m, h, d, w), or an instant of RFC 3339.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let refuse =
            || PatternError { message: format!("`{text}` is no instant: write now, now+30d or a date"), at: None };
        let Some(offset) = text.trim().strip_prefix("now") else {
            return super::instant::parse_time(text.as_bytes()).map(Self::At).ok_or_else(refuse);
        };
        if offset.is_empty() {
            return Ok(Self::Now(0));
        }
        let unit = match offset.chars().next_back() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 86_400,
            Some('w') => 604_800,
            _ => return Err(refuse()),
        };
        let signed = offset.starts_with(['+', '-']);
        let count = offset.get(..offset.len() - 1).filter(|_| signed).and_then(|count| count.parse::<i64>().ok());
        count.and_then(|count| count.checked_mul(unit)).map(Self::Now).ok_or_else(refuse)
    }
}

/// A bound on an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TimeBound {
    /// Earlier than.
    Before(TimeOperand),
    /// Later than.
    After(TimeOperand),
}

/// A range of dotted versions: all comparisons hold.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRange {
    /// The text as written, `>=1.2 <1.5`.
    pub source: Arc<str>,
    /// Operator and version.
    pub bounds: Vec<(VersionOp, Vec<u64>)>,
}

impl VersionRange {
    /// Reads comparisons with white space between: `>=1.2 <1.5`.
    ///
    /// # Errors
    /// Where there is none, or one is not an operator and a dotted number.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        const OPS: [(&str, VersionOp); 5] = [
            ("<=", VersionOp::AtMost),
            (">=", VersionOp::AtLeast),
            ("<", VersionOp::Less),
            (">", VersionOp::More),
            ("=", VersionOp::Equal),
        ];
        let mut bounds = Vec::new();
        for word in text.split_whitespace() {
            let at = word.as_ptr() as usize - text.as_ptr() as usize;
            let refuse = |message: String| PatternError { message, at: Some(at..at + word.len()) };
            let Some((op, version)) = OPS.iter().find_map(|(sign, op)| Some((*op, word.strip_prefix(sign)?))) else {
                return Err(refuse(format!("`{word}` needs one of < <= = >= > before it")));
            };
            let numbers: Option<Vec<u64>> = version.split('.').map(|number| number.parse().ok()).collect();
            let numbers = numbers.filter(|numbers| numbers.len() <= 16);
            bounds.push((op, numbers.ok_or_else(|| refuse(format!("`{version}` is no dotted number")))?));
        }
        if bounds.is_empty() {
            return Err(PatternError {
                message: "a range of versions needs a comparison: >=1.2 <1.5".into(),
                at: None,
            });
        }
        Ok(Self { source: text.into(), bounds })
    }
}

/// A comparison of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionOp {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}
