//! Values of settings, each read from text in one way.
//!
//! Invariant: what `shown` gives holds no credential. Must never import a folder above `report`.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use crate::base::{Category, Secret, Severity, suggest};
use crate::observation::SurveyDepth;
use crate::pack::{Kind, Level};
use crate::predicate::Profile;
use crate::report::{FORMATS, Format};
use crate::rule::Tier;
use crate::wire::Override;

/// A value as it was written: one text, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// One text.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// What a setting's whole value is made from.
pub trait FromRaw: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// What is wrong, in one sentence.
    fn from_raw(raw: Raw) -> Result<Self, String>;

    /// The value as people may see it.
    fn shown(&self) -> Raw;
}

/// What one text is made into.
pub trait FromText: Sized {
    /// What separates several values within one text.
    const SEPARATOR: char = ',';

    /// Reads the text.
    ///
    /// # Errors
    /// What is wrong, in one sentence.
    fn from_text(text: &str) -> Result<Self, String>;

    /// The text that people may see.
    fn text(&self) -> String;
}

impl<T: FromText> FromRaw for T {
    fn from_raw(raw: Raw) -> Result<Self, String> {
        match raw {
            Raw::One(text) => T::from_text(text.trim()),
            Raw::Many(_) => Err("one value is wanted, not a list".to_owned()),
        }
    }

    fn shown(&self) -> Raw {
        Raw::One(self.text())
    }
}

impl<T: FromText> FromRaw for Vec<T> {
    fn from_raw(raw: Raw) -> Result<Self, String> {
        let texts = match raw {
            Raw::One(text) => text.split(T::SEPARATOR).map(|part| part.trim().to_owned()).collect(),
            Raw::Many(texts) => texts,
        };
        texts.iter().filter(|text| !text.is_empty()).map(|text| T::from_text(text)).collect()
    }

    fn shown(&self) -> Raw {
        Raw::Many(self.iter().map(T::text).collect())
    }
}

impl FromText for String {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn text(&self) -> String {
        // The only texts with credentials in them are URLs of proxies.
        String::from_utf8_lossy(&crate::finding::redact(self.as_bytes())).into_owned()
    }
}

impl FromText for PathBuf {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self::from(text))
    }

    fn text(&self) -> String {
        self.display().to_string()
    }
}

impl FromText for bool {
    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" | "" => Ok(false),
            _ => Err(format!("`{text}` is neither true nor false")),
        }
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

impl FromText for u32 {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("`{text}` is not a whole number"))
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

impl FromText for NonZeroU32 {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("`{text}` is not a whole number of at least 1"))
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

/// The largest number that a setting takes: more than any machine sends in a second.
const MOST: f64 = 1e9;

impl FromText for f64 {
    fn from_text(text: &str) -> Result<Self, String> {
        let number = text.parse().ok().filter(|number: &Self| (0.0..=MOST).contains(number));
        number.ok_or_else(|| format!("`{text}` is not a number from 0 to {MOST}"))
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

/// A word of a closed list.
fn named<T>(text: &str, parse: fn(&str) -> Option<T>, names: impl Iterator<Item = &'static str>) -> Result<T, String> {
    parse(text).ok_or_else(|| {
        let names: Vec<&str> = names.collect();
        match suggest::closest(text, names.iter().copied()) {
            Some(close) => format!("`{text}` is unknown; did you mean `{close}`?"),
            None => format!("`{text}` is unknown; there are {}", names.join(", ")),
        }
    })
}

macro_rules! from_name {
    ($($type:ty)+) => {$(
        impl FromText for $type {
            fn from_text(text: &str) -> Result<Self, String> {
                named(text, <$type>::parse, <$type>::ALL.iter().map(|one| one.name()))
            }

            fn text(&self) -> String {
                self.name().to_owned()
            }
        }
    )+};
}

from_name! { Severity Category Tier Kind Level SurveyDepth }

/// What hosts are taken for: a site, an API, or each by its own answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileChoice(pub Option<Profile>);

impl ProfileChoice {
    /// The words for it.
    pub const NAMES: [&'static str; 3] = ["api", "site", "auto"];
}

impl FromText for ProfileChoice {
    fn from_text(text: &str) -> Result<Self, String> {
        let read =
            |text: &str| if text == "auto" { Some(Self(None)) } else { Profile::parse(text).map(|p| Self(Some(p))) };
        named(text, read, Self::NAMES.into_iter())
    }

    fn text(&self) -> String {
        self.0.map_or("auto", Profile::name).to_owned()
    }
}

/// The longest time that a setting can mean.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// A length of time: `30s`, `1m30s`, `500ms`, `2h`; a bare number is seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub Duration);

impl FromText for Wait {
    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no length of time; write 30s, 1m30s, 500ms or 2h");
        let mut total = Duration::ZERO;
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let (number, tail) = rest.split_at(digits);
            let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(letters);
            let seconds = match unit {
                "ms" => 0.001,
                "s" => 1.0,
                "" if tail.is_empty() => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                _ => return Err(wrong()),
            };
            let number: f64 = number.parse().map_err(|_| wrong())?;
            let part = Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())?;
            total = total.checked_add(part).ok_or_else(wrong)?;
            rest = tail;
        }
        match total {
            Duration::ZERO => Err(format!("`{text}` is no time at all; write 30s, 1m30s, 500ms or 2h")),
            longer if longer > LONGEST => Err(format!("`{text}` is longer than a year")),
            total => Ok(Self(total)),
        }
    }

    fn text(&self) -> String {
        format!("{}s", self.0.as_secs_f64())
    }
}

/// A pattern for rule ids: `*` stands for any text, `?` for one character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Whether a name matches as a whole.
    pub fn matches(&self, name: &str) -> bool {
        glob(self.0.as_bytes(), name.as_bytes())
    }

    /// The pattern as written.
    pub fn source(&self) -> &str {
        &self.0
    }

    /// Whether it can match more than one name.
    pub fn is_open(&self) -> bool {
        self.0.contains(['*', '?'])
    }
}

/// Linear in the product of the lengths: after a mismatch only the last `*` is tried again.
fn glob(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(c) if *c == b'?' || Some(c) == name.get(n) => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                p = star + 1;
                n = from + 1;
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|c| *c == b'*'))
}

impl FromText for Pattern {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

/// A header field that every request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Secret<String>,
}

impl FromText for Field {
    const SEPARATOR: char = '\n';

    fn from_text(text: &str) -> Result<Self, String> {
        let Some((name, value)) = text.split_once(':') else {
            return Err("a header field is written NAME: VALUE".to_owned());
        };
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(token) {
            return Err(format!("`{name}` is no name of a header field"));
        }
        let value = value.trim();
        if value.bytes().any(|b| b < 0x20 && b != b'\t' || b == 0x7f) {
            return Err(format!("the value of `{name}` holds a control character"));
        }
        Ok(Self { name: name.to_owned(), value: Secret::new(value.to_owned()) })
    }

    fn text(&self) -> String {
        format!("{}: ***", self.name)
    }
}

impl FromText for Override {
    // Commas separate the addresses of one host.
    const SEPARATOR: char = '\n';

    fn from_text(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|wrong| wrong.title)
    }

    fn text(&self) -> String {
        let bracket = |text: String| if text.contains(':') { format!("[{text}]") } else { text };
        let addresses: Vec<String> = self.addresses.iter().map(|address| bracket(address.to_string())).collect();
        format!("{}:{}:{}", bracket(self.host.to_string()), self.port, addresses.join(","))
    }
}

impl FromText for &'static Format {
    fn from_text(text: &str) -> Result<Self, String> {
        named(text, Format::parse, FORMATS.iter().map(|format| format.name))
    }

    fn text(&self) -> String {
        self.name.to_owned()
    }
}

/// An output: a format and the file that it is written to.
#[derive(Debug, Clone)]
pub struct ToFile {
    /// The format.
    pub format: &'static Format,
    /// The file.
    pub path: PathBuf,
}

impl FromText for ToFile {
    const SEPARATOR: char = '\n';

    fn from_text(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((format, path)) if !path.is_empty() => {
                Ok(Self { format: FromText::from_text(format)?, path: path.into() })
            }
            _ => Err(format!("`{text}` is not FORMAT=FILE")),
        }
    }

    fn text(&self) -> String {
        format!("{}={}", self.format.name, self.path.display())
    }
}
