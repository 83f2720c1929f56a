//! Text to tokens.
//!
//! The grammar's traps are part of the language: a backslash takes itself away whatever follows it; a text ends at its own
//! quote only; what looks like a date is a number; symbols are read as far as symbols go, so `==-` is no token.
//! Invariant: every token is legal after the one before it, and parentheses balance. Must never import a folder above
//! `base`.

use super::dates;
use super::error::DslError;
use super::functions::{self, Function, Known};
use super::operators::Operator;
use super::syntax::{Kind, may_follow};

/// A token and where it begins.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub what: Lexeme,
    pub at: usize,
}

/// What a token is.
#[derive(Debug, Clone)]
pub(super) enum Lexeme {
    Number(f64),
    /// A text that looked like a date, in seconds since 1970.
    Date(f64),
    Bool(bool),
    Text(String),
    Name(String),
    /// A name with a dot, which reaches into what no value has.
    Access(String),
    Function(&'static Function),
    Comma,
    Open,
    Close,
    Prefix(Operator),
    Modifier(Operator),
    Logic(Operator),
    Compare(Operator),
    Ternary(Operator),
}

impl Lexeme {
    fn kind(&self) -> Kind {
        match self {
            Self::Number(_) => Kind::Number,
            Self::Date(_) => Kind::Date,
            Self::Bool(_) => Kind::Bool,
            Self::Text(_) => Kind::Text,
            Self::Name(_) => Kind::Name,
            Self::Access(_) => Kind::Access,
            Self::Function(_) => Kind::Function,
            Self::Comma => Kind::Comma,
            Self::Open => Kind::Open,
            Self::Close => Kind::Close,
            Self::Prefix(_) => Kind::Prefix,
            Self::Modifier(_) => Kind::Modifier,
            Self::Logic(_) => Kind::Logic,
            Self::Compare(_) => Kind::Compare,
            Self::Ternary(_) => Kind::Ternary,
        }
    }
}

/// The tokens of a whole expression.
pub(super) fn tokens(source: &str, most: usize) -> Result<Vec<Token>, DslError> {
    let mut lexer = Lexer { source, pos: 0 };
    let mut tokens: Vec<Token> = Vec::new();
    let mut before = Kind::Begin;
    let mut open = 0_usize;
    while let Some(token) = lexer.next(before)? {
        let kind = token.what.kind();
        if !may_follow(before, kind) {
            return Err(misplaced(tokens.last(), &token));
        }
        match kind {
            Kind::Open => open += 1,
            Kind::Close => {
                let refuse = || DslError::syntax(token.at, "this parenthesis closes nothing");
                open = open.checked_sub(1).ok_or_else(refuse)?;
            }
            _ => {}
        }
        before = kind;
        tokens.push(token);
        if tokens.len() > most {
            return Err(DslError::Limit(format!("an expression of more than {most} tokens")));
        }
    }
    match (may_follow(before, Kind::End), open) {
        (true, 0) => Ok(tokens),
        (true, _) => Err(DslError::syntax(source.len(), "a parenthesis is not closed")),
        (false, _) => Err(DslError::syntax(source.len(), "the expression ends too early")),
    }
}

/// What is said of a token that may not stand after another.
fn misplaced(before: Option<&Token>, token: &Token) -> DslError {
    match (before.map(|token| &token.what), &token.what) {
        (Some(Lexeme::Name(name)), Lexeme::Open) => match functions::known(name) {
            Some(Known::Refused) => DslError::RefusedFunction(name.as_str().into()),
            _ => DslError::UnknownFunction(name.as_str().into()),
        },
        _ => DslError::syntax(token.at, "this may not stand here"),
    }
}

struct Lexer<'s> {
    source: &'s str,
    pos: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.source.get(self.pos..)?.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn next(&mut self, before: Kind) -> Result<Option<Token>, DslError> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.bump();
        }
        let at = self.pos;
        let Some(c) = self.peek() else { return Ok(None) };
        let what = match c {
            ',' | '(' | ')' => {
                self.bump();
                match c {
                    ',' => Lexeme::Comma,
                    '(' => Lexeme::Open,
                    _ => Lexeme::Close,
                }
            }
            '[' => {
                self.bump();
                Lexeme::Name(self.quoted(']', at)?)
            }
            '\'' | '"' => {
                self.bump();
                let text = self.quoted(c, at)?;
                dates::literal(&text).map_or_else(|| Lexeme::Text(text), Lexeme::Date)
            }
            c if is_numeric(c) => self.number(at)?,
            c if c.is_alphabetic() => self.word(at)?,
            _ => self.symbol(before, at)?,
        };
        Ok(Some(Token { what, at }))
    }

    /// What stands before the closing character, backslashes taken away.
    fn quoted(&mut self, end: char, at: usize) -> Result<String, DslError> {
        let mut text = String::new();
        loop {
            match self.bump() {
                Some('\\') => match self.bump() {
                    Some(escaped) => text.push(escaped),
                    None => break,
                },
                Some(c) if c == end => return Ok(text),
                Some(c) => text.push(c),
                None => break,
            }
        }
        Err(DslError::syntax(at, format!("this wants a {end} at its end")))
    }

    /// The longest run of such characters; a backslash takes any character along, and white space ends the run.
    fn run(&mut self, of: impl Fn(char) -> bool) -> Result<String, DslError> {
        let mut text = String::new();
        while let Some(c) = self.peek() {
            if c == '\\' {
                self.bump();
                let Some(escaped) = self.bump() else {
                    return Err(DslError::syntax(self.pos, "nothing follows this backslash"));
                };
                text.push(escaped);
            } else if of(c) && !c.is_whitespace() {
                self.bump();
                text.push(c);
            } else {
                break;
            }
        }
        Ok(text)
    }

    fn number(&mut self, at: usize) -> Result<Lexeme, DslError> {
        let rest = self.source.get(at..).unwrap_or_default();
        if rest.len() > 2 && rest.starts_with("0x") {
            self.pos += 2;
            let digits = self.run(|c| c.is_ascii_hexdigit())?;
            let number = u64::from_str_radix(&digits, 16);
            return number.map(|number| Lexeme::Number(number as f64)).map_err(|_| no_number(at));
        }
        let digits = self.run(is_numeric)?;
        digits.parse().map(Lexeme::Number).map_err(|_| no_number(at))
    }

    fn word(&mut self, at: usize) -> Result<Lexeme, DslError> {
        let word = self.run(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))?;
        let lexeme = match word.as_str() {
            "true" => Lexeme::Bool(true),
            "false" => Lexeme::Bool(false),
            "in" | "IN" => Lexeme::Compare(Operator::In),
            _ if word.find('.').is_some_and(|dot| dot > 0) => return access(word, at),
            _ => match functions::known(&word) {
                Some(Known::Offered(function)) => Lexeme::Function(function),
                _ => Lexeme::Name(word),
            },
        };
        Ok(lexeme)
    }

    fn symbol(&mut self, before: Kind, at: usize) -> Result<Lexeme, DslError> {
        let ends = |c: char| c.is_alphanumeric() || matches!(c, '(' | ')' | '[' | ']' | '\'' | '"');
        let symbol = self.run(|c| !ends(c))?;
        if may_follow(before, Kind::Prefix)
            && let Some(prefix) = Operator::prefix(&symbol)
        {
            return Ok(Lexeme::Prefix(prefix));
        }
        match Operator::infix(&symbol) {
            Some(operator) => Ok(match operator.family() {
                Kind::Logic => Lexeme::Logic(operator),
                Kind::Compare => Lexeme::Compare(operator),
                Kind::Ternary => Lexeme::Ternary(operator),
                _ => Lexeme::Modifier(operator),
            }),
            None => Err(DslError::syntax(at, format!("`{symbol}` is no operator"))),
        }
    }
}

fn access(word: String, at: usize) -> Result<Lexeme, DslError> {
    let fields = word.split('.').skip(1);
    let exported = |field: &str| field.chars().next().is_some_and(|first| first.to_uppercase().eq([first]));
    if fields.clone().all(exported) {
        Ok(Lexeme::Access(word))
    } else {
        Err(DslError::syntax(at, format!("`{word}` reaches for a field that no value has")))
    }
}

fn no_number(at: usize) -> DslError {
    DslError::syntax(at, "this is no number")
}

/// Numbers begin with any digit or a dot, and go on with them.
fn is_numeric(c: char) -> bool {
    c == '.' || (c.is_numeric() && c.is_ascii_digit())
}
