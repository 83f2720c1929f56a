//! The canonical text of structured values (RFC 9651 §4.1).
//!
//! Invariant: it is ASCII, and parses to the value that it was written from. Must never import another folder.

use std::fmt::{Display, Formatter, Result, Write as _};

use data_encoding::BASE64;

use super::{BareItem, Dictionary, Item, List, Member, Parameters};

impl Display for BareItem {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Integer(number) => write!(f, "{number}"),
            Self::Decimal(thousandths) => decimal(*thousandths, f),
            Self::String(text) => quoted(text, f),
            Self::Token(token) => f.write_str(token),
            Self::Bytes(bytes) => write!(f, ":{}:", BASE64.encode(bytes)),
            Self::Boolean(yes) => write!(f, "?{}", u8::from(*yes)),
            Self::Date(seconds) => write!(f, "@{seconds}"),
            Self::Display(text) => display(text, f),
        }
    }
}

impl Display for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}", self.value)?;
        parameters(&self.parameters, f)
    }
}

impl Display for Member {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Item(item) => write!(f, "{item}"),
            Self::Inner(items, own) => {
                f.write_char('(')?;
                joined(items, " ", f, |item, f| write!(f, "{item}"))?;
                f.write_char(')')?;
                parameters(own, f)
            }
        }
    }
}

impl Display for List {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        joined(&self.0, ", ", f, |member, f| write!(f, "{member}"))
    }
}

impl Display for Dictionary {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        joined(&self.0, ", ", f, |(name, member), f| match member {
            Member::Item(Item { value: BareItem::Boolean(true), parameters: own }) => {
                f.write_str(name)?;
                parameters(own, f)
            }
            member => write!(f, "{name}={member}"),
        })
    }
}

fn joined<T>(
    items: &[T],
    separator: &str,
    f: &mut Formatter<'_>,
    each: impl Fn(&T, &mut Formatter<'_>) -> Result,
) -> Result {
    items.iter().enumerate().try_for_each(|(at, item)| {
        if at > 0 {
            f.write_str(separator)?;
        }
        each(item, f)
    })
}

fn parameters(own: &Parameters, f: &mut Formatter<'_>) -> Result {
    own.iter().try_for_each(|(name, value)| match value {
        BareItem::Boolean(true) => write!(f, ";{name}"),
        value => write!(f, ";{name}={value}"),
    })
}

fn decimal(thousandths: i64, f: &mut Formatter<'_>) -> Result {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, part) = (thousandths.unsigned_abs() / 1000, thousandths.unsigned_abs() % 1000);
    let digits = format!("{part:03}");
    let significant = digits.trim_end_matches('0');
    write!(f, "{sign}{whole}.{}", if significant.is_empty() { "0" } else { significant })
}

fn quoted(text: &str, f: &mut Formatter<'_>) -> Result {
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}

fn display(text: &str, f: &mut Formatter<'_>) -> Result {
    f.write_str("%\"")?;
    for byte in text.bytes() {
        match byte {
            b'%' | b'"' | 0..0x20 | 0x7f.. => write!(f, "%{byte:02x}")?,
            plain => f.write_char(char::from(plain))?,
        }
    }
    f.write_char('"')
}
