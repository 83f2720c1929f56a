//! RE2's syntax to that of the `regex` crate.
//!
//! Takes a regex as RE2 reads it and gives one for the crate's byte mode: braces that repeat nothing are literals, `\Q…\E`
//! and octal escapes are written out, flags that only the crate knows are refused. Invariant: what RE2 refuses is refused,
//! and one pass reads every character once. Must never import another folder.

use std::iter::Peekable;
use std::str::Chars;

use super::classes;
use super::escapes::escaped;

/// What a count of repetitions may be.
const MOST_TIMES: u32 = 1000;

/// The same regex for the crate.
pub(super) fn translate(source: &str) -> Result<String, String> {
    let mut translation =
        Translation { chars: source.chars().peekable(), out: String::with_capacity(source.len() + 8) };
    translation.run()?;
    Ok(translation.out)
}

/// A regex that is being read.
struct Translation<'s> {
    chars: Peekable<Chars<'s>>,
    out: String,
}

/// What stands before a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing that could be repeated.
    Nothing,
    Something,
    /// A repetition, which may not be repeated again.
    Repeated,
}

impl Translation<'_> {
    fn run(&mut self) -> Result<(), String> {
        let mut before = Before::Nothing;
        let mut open = 0_usize;
        while let Some(c) = self.chars.next() {
            before = match c {
                '(' => {
                    let group = self.group()?;
                    open += usize::from(group);
                    if group { Before::Nothing } else { before }
                }
                ')' => {
                    open = open.checked_sub(1).ok_or("a parenthesis closes nothing")?;
                    self.out.push(')');
                    Before::Something
                }
                '|' => {
                    self.out.push('|');
                    Before::Nothing
                }
                '*' | '+' | '?' => self.repetition(before, &c.to_string())?,
                '{' => match self.times()? {
                    Some(times) => self.repetition(before, &times)?,
                    None => self.plain('{'),
                },
                '[' => {
                    self.out.push_str(&classes::class(&mut self.chars)?);
                    Before::Something
                }
                '\\' => self.escape(before)?,
                '^' | '$' | '.' => {
                    self.out.push(c);
                    Before::Something
                }
                c => self.plain(c),
            };
        }
        if open == 0 { Ok(()) } else { Err("a parenthesis is not closed".to_owned()) }
    }

    /// A character that stands for itself.
    fn plain(&mut self, c: char) -> Before {
        push_literal(&mut self.out, c);
        Before::Something
    }

    fn repetition(&mut self, before: Before, operator: &str) -> Result<Before, String> {
        match before {
            Before::Nothing => Err(format!("`{operator}` repeats nothing")),
            Before::Repeated => Err(format!("`{operator}` repeats a repetition")),
            Before::Something => {
                self.out.push_str(operator);
                if self.chars.next_if_eq(&'?').is_some() {
                    self.out.push('?');
                }
                Ok(Before::Repeated)
            }
        }
    }

    /// What follows a brace, where that is a count of repetitions; else nothing is read.
    fn times(&mut self) -> Result<Option<String>, String> {
        let mut ahead = self.chars.clone();
        let mut text = String::from("{");
        let mut numbers = [None, None];
        for (nth, number) in numbers.iter_mut().enumerate() {
            let mut digits = String::new();
            while let Some(digit) = ahead.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            if digits.is_empty() && nth == 0 || (digits.len() > 1 && digits.starts_with('0')) {
                return Ok(None);
            }
            text.push_str(&digits);
            *number = (!digits.is_empty()).then(|| digits.parse().unwrap_or(u32::MAX));
            match ahead.next() {
                Some('}') => break,
                Some(',') if nth == 0 => text.push(','),
                _ => return Ok(None),
            }
        }
        text.push('}');
        let [least, most] = numbers;
        if least.max(most).is_some_and(|times| times > MOST_TIMES) || most.is_some_and(|most| Some(most) < least) {
            return Err(format!("`{text}` is no count of repetitions"));
        }
        self.chars = ahead;
        Ok(Some(text))
    }

    /// What follows an opening parenthesis. Whether a group was opened, rather than flags set.
    fn group(&mut self) -> Result<bool, String> {
        if self.chars.next_if_eq(&'?').is_none() {
            self.out.push('(');
            return Ok(true);
        }
        let mut ahead = self.chars.clone();
        let named = match ahead.next() {
            Some('P') => ahead.next() == Some('<'),
            Some('<') => true,
            _ => false,
        };
        if named {
            self.chars = ahead;
            return self.name();
        }
        self.flags()
    }

    fn name(&mut self) -> Result<bool, String> {
        let mut name = String::new();
        loop {
            match self.chars.next() {
                Some('>') => break,
                Some(c) if c.is_ascii_alphanumeric() || c == '_' => name.push(c),
                _ => return Err("this is no name of a group".to_owned()),
            }
        }
        match name.chars().next() {
            None => return Err("a group's name is empty".to_owned()),
            // Such names are legal only in RE2; nobody asks for them.
            Some(c) if c.is_ascii_digit() => self.out.push('('),
            Some(_) => {
                self.out.push_str("(?P<");
                self.out.push_str(&name);
                self.out.push('>');
            }
        }
        Ok(true)
    }

    fn flags(&mut self) -> Result<bool, String> {
        let mut flags = String::new();
        let mut negated = false;
        loop {
            match self.chars.next() {
                Some(flag @ ('i' | 'm' | 's' | 'U')) => flags.push(flag),
                Some('-') if !negated => {
                    negated = true;
                    flags.push('-');
                }
                Some(end @ (':' | ')')) if !flags.ends_with('-') => {
                    // No flags at all are no group for the crate.
                    if end == ':' || !flags.is_empty() {
                        self.out.push_str("(?");
                        self.out.push_str(&flags);
                        self.out.push(end);
                    }
                    return Ok(end == ':');
                }
                _ => return Err("this is no group and no flag".to_owned()),
            }
        }
    }

    fn escape(&mut self, before: Before) -> Result<Before, String> {
        match self.chars.peek().copied() {
            Some('Q') => {
                self.chars.next();
                Ok(self.quotation(before))
            }
            Some(c @ ('A' | 'z' | 'b' | 'B' | 'd' | 'D' | 'w' | 'W')) => {
                self.chars.next();
                self.out.push('\\');
                self.out.push(c);
                Ok(Before::Something)
            }
            Some(c @ ('s' | 'S')) => {
                self.chars.next();
                self.out.push_str(if c == 's' { classes::SPACE } else { classes::NO_SPACE });
                Ok(Before::Something)
            }
            Some(c @ ('p' | 'P')) => {
                self.chars.next();
                let class = classes::unicode_class(&mut self.chars, c == 'P')?;
                self.out.push_str("(?u:");
                self.out.push_str(&class);
                self.out.push(')');
                Ok(Before::Something)
            }
            _ => {
                let c = escaped(&mut self.chars)?;
                Ok(self.plain(c))
            }
        }
    }

    /// Everything up to `\E` stands for itself.
    fn quotation(&mut self, before: Before) -> Before {
        let mut last = before;
        while let Some(c) = self.chars.next() {
            if c == '\\' && self.chars.next_if_eq(&'E').is_some() {
                break;
            }
            last = self.plain(c);
        }
        last
    }
}

/// A character that stands for itself, as the crate reads it.
fn push_literal(out: &mut String, c: char) {
    if c.is_ascii_control() {
        out.push_str(&format!("\\x{:02X}", u32::from(c)));
        return;
    }
    if c.is_ascii_punctuation()
        && !matches!(c, '<' | '>' | '_' | '"' | '\'' | '=' | '/' | ':' | ';' | ',' | '!' | '@' | '%' | '`')
    {
        out.push('\\');
    }
    out.push(c);
}
