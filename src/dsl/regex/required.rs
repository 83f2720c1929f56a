//! A text that is in everything that a regex matches, read from its source at a glance.
//!
//! Most answers do not hold what a regex looks for, and compiling it to find that out costs a hundred times what looking
//! for such a text costs. Takes RE2's syntax; gives the longest text that is certain without building a tree. Invariant:
//! where a regex matches a text, its required text occurs in it; where there is any doubt, there is none. Must never
//! import a folder above `base`.

/// Bytes that a text needs to be worth looking for.
const SHORTEST: usize = 3;
/// Nesting of groups that are looked into.
const NEST: usize = 8;

/// The required text of a regex, where one is certain.
pub(super) fn required(source: &str) -> Option<Box<[u8]>> {
    let mut reader = Reader { rest: source, best: String::new() };
    let (found, left) = reader.sequence(0)?;
    let certain = left.is_empty() && found.len() >= SHORTEST;
    certain.then(|| found.into_bytes().into_boxed_slice())
}

struct Reader<'s> {
    rest: &'s str,
    best: String,
}

impl<'s> Reader<'s> {
    /// The longest certain text of a sequence, and what follows it: nothing, or the bracket that ends it. `None` where
    /// something is not understood; an empty text where alternatives leave nothing certain.
    fn sequence(&mut self, depth: usize) -> Option<(String, &'s str)> {
        let outer = std::mem::take(&mut self.best);
        let (mut run, mut several) = (String::new(), false);
        while let Some(first) = self.rest.chars().next().filter(|first| *first != ')') {
            self.skip(first.len_utf8());
            match first {
                '|' => {
                    several = true;
                    self.end(&mut run);
                }
                '(' => {
                    self.end(&mut run);
                    let inner = self.group(depth)?;
                    if self.quantifier()? != Times::PerhapsNone {
                        self.offer(inner);
                    }
                }
                '[' => {
                    self.end(&mut run);
                    self.class()?;
                    self.quantifier()?;
                }
                '.' | '^' | '$' => {
                    self.end(&mut run);
                    self.quantifier()?;
                }
                '*' | '+' | '?' => return None,
                '\\' => {
                    let letter = self.rest.chars().next()?;
                    self.skip(letter.len_utf8());
                    match letter {
                        letter if letter.is_ascii_punctuation() => self.letter(letter, &mut run)?,
                        'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'b' | 'B' | 'A' | 'z' | 'n' | 'r' | 't' => {
                            self.end(&mut run);
                            self.quantifier()?;
                        }
                        _ => return None,
                    }
                }
                letter => self.letter(letter, &mut run)?,
            }
        }
        self.end(&mut run);
        let found = std::mem::replace(&mut self.best, outer);
        Some((if several { String::new() } else { found }, self.rest))
    }

    /// A letter that stands for itself.
    fn letter(&mut self, letter: char, run: &mut String) -> Option<()> {
        match self.quantifier()? {
            Times::Once => run.push(letter),
            Times::AtLeastOnce => {
                run.push(letter);
                self.end(run);
            }
            Times::PerhapsNone => self.end(run),
        }
        Some(())
    }

    /// The certain text of a group, whose opening bracket has been read.
    fn group(&mut self, depth: usize) -> Option<String> {
        if let Some(rest) = self.rest.strip_prefix('?') {
            let named = rest.strip_prefix("P<").or_else(|| rest.strip_prefix('<'));
            self.rest = match (rest.strip_prefix(':'), named) {
                (Some(rest), _) => rest,
                (None, Some(named)) => named.split_once('>')?.1,
                // Flags change what letters mean.
                (None, None) => return None,
            };
        }
        let (found, _) = self.sequence(Some(depth + 1).filter(|depth| *depth <= NEST)?)?;
        self.rest = self.rest.strip_prefix(')')?;
        Some(found)
    }

    /// Reads a class, whose opening bracket has been read, to its end.
    fn class(&mut self) -> Option<()> {
        self.rest = self.rest.strip_prefix('^').unwrap_or(self.rest);
        self.rest = self.rest.strip_prefix(']').unwrap_or(self.rest);
        loop {
            let first = self.rest.chars().next()?;
            self.skip(first.len_utf8());
            match first {
                ']' => return Some(()),
                '\\' => self.skip(self.rest.chars().next()?.len_utf8()),
                '[' if self.rest.starts_with(':') => self.rest = self.rest.split_once(":]")?.1,
                _ => {}
            }
        }
    }

    /// How often what was read last may come.
    fn quantifier(&mut self) -> Option<Times> {
        let times = match self.rest.chars().next() {
            Some('*' | '?') => Times::PerhapsNone,
            Some('+') => Times::AtLeastOnce,
            // Bounds, or a brace that stands for itself: neither is worth telling apart.
            Some('{') => return self.bounds(),
            _ => return Some(Times::Once),
        };
        self.skip(1);
        self.rest = self.rest.strip_prefix('?').unwrap_or(self.rest);
        Some(times)
    }

    /// Bounds in braces; a brace that is none stands for itself.
    fn bounds(&mut self) -> Option<Times> {
        let (bounds, rest) = self.rest.strip_prefix('{')?.split_once('}').unwrap_or_default();
        let is_bounds = bounds.starts_with(|first: char| first.is_ascii_digit())
            && bounds.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
        if !is_bounds {
            return Some(Times::Once);
        }
        self.rest = rest.strip_prefix('?').unwrap_or(rest);
        Some(Times::PerhapsNone)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn end(&mut self, run: &mut String) {
        self.offer(std::mem::take(run));
    }

    fn offer(&mut self, text: String) {
        if text.len() > self.best.len() {
            self.best = text;
        }
    }
}

/// How often something comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    Once,
    AtLeastOnce,
    PerhapsNone,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certain_is_found_and_nothing_else() {
        for (source, expected) in [
            ("\"version\":\"([0-9.]+)\"", Some("\"version\":\"")),
            (r"root:.*:0:0:", Some("root:")),
            (r"(?:nginx|apache) version", Some(" version")),
            (r"a(bcde(fgh)+)x", Some("bcde")),
            (r"a(bcde)?xyz", Some("xyz")),
            (r"colou?r: blue", Some("r: blue")),
            (r"abc+def", Some("abc")),
            (r"abcd{0,2}xy", Some("abc")),
            ("json{\"a\"", Some("json{\"a\"")),
            (r"a\.b\.c", Some("a.b.c")),
            (r"[]abc]xyz[[:alpha:]]", Some("xyz")),
            ("äöü?x", Some("äö")),
            ("one|two", None),
            ("(?i)admin", None),
            (r"\x41dmin", None),
            (r"\Qabc\E", None),
            (r"v([0-9.]+)", None),
            ("", None),
            ("(abc", None),
            ("abc)", None),
        ] {
            let found = required(source).map(|text| String::from_utf8(text.into()).expect("a text"));
            assert_eq!(found.as_deref(), expected, "{source}");
        }
    }
}
