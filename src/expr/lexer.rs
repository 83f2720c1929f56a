//! Text to tokens, one at a time.
//!
//! Takes a text and a place to begin, so that positions within a template are the template's own. Invariant: every call
//! moves forward or gives [`Token::End`]; no text makes it panic. Must never import a folder above `base`.

use std::ops::Range;

use bytes::Bytes;

use super::error::{ExprError, Fault};

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word with its dots: `url.origin`, `lower`, `contains`.
    Word,
    /// An unsigned number.
    Number,
    /// A text literal's content.
    Text(Bytes),
    /// One of [`SYMBOLS`].
    Symbol(&'static str),
    /// The end of the text.
    End,
}

/// Every symbol, longer ones before their beginnings.
const SYMBOLS: [&str; 23] = [
    "||", "&&", "==", "!=", "<=", ">=", "}}", "|", "!", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",",
    ".", "=",
];

/// A token and its place.
#[derive(Debug, Clone)]
pub(super) struct Lexed {
    pub token: Token,
    pub at: Range<usize>,
}

/// Reads tokens from a text.
pub(super) struct Lexer<'t> {
    pub text: &'t str,
    pos: usize,
}

impl<'t> Lexer<'t> {
    pub fn new(text: &'t str, pos: usize) -> Self {
        Self { text, pos }
    }

    /// The text of a range.
    pub fn slice(&self, at: &Range<usize>) -> &'t str {
        self.text.get(at.clone()).unwrap_or("")
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.pos..).unwrap_or("")
    }

    fn advance_while(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.pos += rest.find(|c| !wanted(c)).unwrap_or(rest.len());
    }

    /// The next token.
    pub fn next(&mut self) -> Result<Lexed, Fault> {
        self.advance_while(char::is_whitespace);
        let start = self.pos;
        let token = match self.rest().chars().next() {
            None => Token::End,
            Some(quote @ ('\'' | '"')) => self.text_literal(quote)?,
            Some(c) if c.is_ascii_digit() => self.number()?,
            Some(c) if begins_word(c) => self.word(),
            Some(c) => self.symbol(c)?,
        };
        Ok(Lexed { token, at: start..self.pos })
    }

    fn symbol(&mut self, c: char) -> Result<Token, Fault> {
        let rest = self.rest();
        if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            self.pos += symbol.len();
            return Ok(Token::Symbol(symbol));
        }
        let at = self.pos..self.pos + c.len_utf8();
        let error = Fault::new(ExprError::SYNTAX, at, format!("`{}` means nothing here", c.escape_debug()));
        Err(match c {
            '{' | '}' => error.help("braces themselves are written `{{ '{{' }}`"),
            '?' | ':' => error.help("there is no `a ? b : c`; give the rule cases, or use default(x, y)"),
            '&' => error.help("`&&` joins conditions"),
            _ => error,
        })
    }

    fn word(&mut self) -> Token {
        let start = self.pos;
        let rest = self.rest();
        let mut end = rest.len();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let joins = |next: Option<&(usize, char)>| next.is_some_and(|(_, c)| in_word(*c));
            let belongs = in_word(c) || at == 0 || (matches!(c, '-' | '.') && joins(chars.peek()));
            if !belongs {
                end = at;
                break;
            }
        }
        self.pos = start + end;
        Token::Word
    }

    fn number(&mut self) -> Result<Token, Fault> {
        let start = self.pos;
        self.advance_while(|c| c.is_ascii_digit());
        let mut after = self.rest().chars();
        if after.next() == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit()) {
            self.pos += 1;
            self.advance_while(|c| c.is_ascii_digit());
        }
        if self.rest().starts_with(in_word) {
            self.advance_while(in_word);
            let message = format!("`{}` is neither a number nor a name", self.slice(&(start..self.pos)));
            return Err(Fault::new(ExprError::NUMBER, start..self.pos, message)
                .help("names begin with a letter; texts stand in quotes"));
        }
        Ok(Token::Number)
    }

    fn text_literal(&mut self, quote: char) -> Result<Token, Fault> {
        let start = self.pos;
        self.pos += 1;
        let mut content = Vec::new();
        loop {
            let rest = self.rest();
            let Some(stop) = rest.find(|c| c == quote || (c == '\\' && quote == '"')) else {
                return Err(Fault::new(ExprError::OPEN_TEXT, start..start + 1, "this text has no closing quote")
                    .help("within '…' a quote is written twice: 'it''s'"));
            };
            content.extend_from_slice(rest.get(..stop).unwrap_or("").as_bytes());
            self.pos += stop;
            if self.rest().starts_with('\\') {
                self.escape(&mut content)?;
            } else if quote == '\'' && self.rest().starts_with("''") {
                self.pos += 2;
                content.push(b'\'');
            } else {
                self.pos += 1;
                return Ok(Token::Text(content.into()));
            }
        }
    }

    /// Reads one escape of a text in double quotes; the position is at its backslash.
    fn escape(&mut self, content: &mut Vec<u8>) -> Result<(), Fault> {
        let rest = self.rest();
        let mut length = 2;
        let simple = match rest.chars().nth(1) {
            Some('n') => Some(b'\n'),
            Some('r') => Some(b'\r'),
            Some('t') => Some(b'\t'),
            Some('0') => Some(0),
            Some('\\') => Some(b'\\'),
            Some('"') => Some(b'"'),
            Some('\'') => Some(b'\''),
            Some('x') => {
                length = 4;
                rest.get(2..4).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit())).and_then(hex_byte)
            }
            _ => None,
        };
        if let Some(byte) = simple {
            content.push(byte);
        } else if let Some((c, end)) = unicode_escape(rest) {
            content.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            length = end;
        } else {
            let end = self.pos + 1 + rest.chars().nth(1).map_or(0, char::len_utf8);
            return Err(Fault::new(ExprError::ESCAPE, self.pos..end, "there is no such escape")
                .help(r#"escapes are \n \r \t \0 \\ \" \xff \u{e9}; within '…' a backslash is itself"#));
        }
        self.pos += length;
        Ok(())
    }
}

fn hex_byte(hex: &str) -> Option<u8> {
    u8::from_str_radix(hex, 16).ok()
}

/// The character of `\u{…}` at the beginning of a text, and the escape's length.
fn unicode_escape(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix(r"\u{")?;
    let end = digits.find('}').filter(|end| (1..=6).contains(end))?;
    let digits = digits.get(..end).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, end + 4))
}

fn begins_word(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a segment can be written after a dot, without brackets and quotes.
pub(super) fn is_plain_segment(segment: &str) -> bool {
    let mut lexer = Lexer::new(segment, 0);
    segment.starts_with(in_word) && !segment.contains('.') && lexer.word() == Token::Word && lexer.rest().is_empty()
}
