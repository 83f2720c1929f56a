//! What a rule says of its tokens.
//!
//! Owns [`TokenSource`] and its compiled shape. Invariant: two sources are equal where what is written in them is.
//! Must never import a folder above `expr`.

use std::sync::{Arc, OnceLock};

use regex_automata::meta::Regex;

use crate::expr::Pattern;

/// Bytes around a keyword in which its token stands, where a rule says nothing else.
pub const WINDOW: usize = 256;
/// The most that a rule may ask for.
pub const MAX_WINDOW: usize = 4096;
/// The widest neighbourhood that a rule may ask for.
pub const MAX_NEAR: usize = 4096;
/// The longest token.
pub(super) const LONGEST: usize = 8192;

/// What must stand next to a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Boundary {
    /// Anything.
    #[default]
    None,
    /// No byte that could belong to it.
    Token,
    /// The same quotation mark on both sides.
    Quoted,
}

impl Boundary {
    /// The word in rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Token => "token",
            Self::Quoted => "quoted",
        }
    }
}

/// A set of the forms in which a body is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenViews(u8);

/// The words of all views.
pub(in crate::predicate) const VIEWS: &[&str] = &["raw", "unescaped", "html", "percent", "source-map", "base64"];

impl TokenViews {
    /// The body as it came.
    pub const RAW: Self = Self(1);
    /// Escapes of JSON and JavaScript undone.
    pub const UNESCAPED: Self = Self(2);
    /// HTML's character references undone.
    pub const HTML: Self = Self(4);
    /// Percent-encoding undone.
    pub const PERCENT: Self = Self(8);
    /// The sources that a source map holds.
    pub const SOURCE_MAP: Self = Self(16);
    /// Texts in base64.
    pub const BASE64: Self = Self(32);
    /// All of them.
    pub const ALL: Self = Self(63);
    /// Every view by the word that rules use.
    pub const NAMED: [(&'static str, Self); 6] = [
        ("raw", Self::RAW),
        ("unescaped", Self::UNESCAPED),
        ("html", Self::HTML),
        ("percent", Self::PERCENT),
        ("source-map", Self::SOURCE_MAP),
        ("base64", Self::BASE64),
    ];

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of the other are among these.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The words of these views.
    pub fn names(self) -> Vec<&'static str> {
        Self::NAMED.iter().filter(|(_, view)| self.has(*view)).map(|(name, _)| *name).collect()
    }
}

/// Tokens: keywords find candidates, a regex gives them shape.
#[derive(Debug, Clone)]
pub struct TokenSource {
    /// Texts one of which stands in every token or near it, ASCII case ignored; three bytes or more.
    pub keywords: Vec<Arc<str>>,
    /// The token's shape. Where it has a group without a name, the token is that group; named groups are fields.
    pub regex: Pattern,
    /// What must stand next to it.
    pub boundary: Boundary,
    /// The forms that are searched.
    pub views: TokenViews,
    /// Bytes on both sides that are its neighbourhood.
    pub near: usize,
    /// Bytes around a keyword in which its token begins, where the regex does not begin with the keyword.
    pub window: usize,
    /// Words that no real token of this kind holds, ASCII case ignored.
    pub stop: Vec<Arc<str>>,
    /// Whether what only stands in for a token is one all the same.
    pub placeholders: bool,
    /// Made on first use.
    pub compiled: Compiled,
}

impl PartialEq for TokenSource {
    fn eq(&self, other: &Self) -> bool {
        self.keywords == other.keywords
            && self.regex == other.regex
            && self.boundary == other.boundary
            && self.views == other.views
            && (self.near, self.window, self.placeholders) == (other.near, other.window, other.placeholders)
            && self.stop == other.stop
    }
}

/// What is made of a source on first use, and shared by its clones.
#[derive(Debug, Clone, Default)]
pub struct Compiled(Arc<OnceLock<Option<Shape>>>);

/// A compiled shape.
#[derive(Debug)]
pub(in crate::predicate) struct Shape {
    /// The regex.
    pub regex: Regex,
    /// Whether every match begins with a keyword.
    pub anchored: bool,
    /// The most bytes of a match.
    pub longest: usize,
    /// The group that is the token; 0 is the whole match.
    pub group: usize,
    /// Named groups.
    pub names: Vec<(usize, Arc<str>)>,
}

impl TokenSource {
    /// The compiled shape; `None` where it is too large, which a rule that was read never is.
    pub(in crate::predicate) fn shape(&self) -> Option<&Shape> {
        self.compiled.0.get_or_init(|| Shape::of(self)).as_ref()
    }

    /// How far before and after one of its keywords anything stands that it looks at.
    pub(super) fn reach(&self) -> (usize, usize) {
        let (anchored, longest) = self.shape().map_or((false, LONGEST), |shape| (shape.anchored, shape.longest));
        let window = if anchored { 0 } else { self.window };
        let around = self.near.max(64);
        (window + around, window + longest + around)
    }
}

impl Shape {
    fn of(source: &TokenSource) -> Option<Self> {
        let hir = source.regex.hir()?;
        let regex = Regex::builder().build_from_hir(&hir).ok()?;
        let names: Vec<Option<&str>> = regex.group_info().pattern_names(regex_automata::PatternID::ZERO).collect();
        let group = names.iter().skip(1).position(Option::is_none).map_or(0, |at| at + 1);
        let names = names.iter().enumerate().filter_map(|(at, name)| Some((at, Arc::from((*name)?)))).collect();
        let anchored = super::holds::begins_with(&hir, &source.keywords);
        let longest = hir.properties().maximum_len().unwrap_or(LONGEST).min(LONGEST);
        Some(Self { regex, anchored, longest, group, names })
    }
}
