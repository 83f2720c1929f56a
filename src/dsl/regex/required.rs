//! Texts one of which is in everything that a regex matches, read from its source at a glance.
//!
//! Most answers do not hold what a regex looks for, and compiling it to find that out costs a hundred times what looking
//! for such a text costs. Takes RE2's syntax; gives texts that are certain without building a tree. Invariant: where a
//! regex matches a text, one of its required texts occurs in it; where there is any doubt, there is none. Must never
//! import a folder above `base`.

/// Bytes that a text needs to be worth looking for.
const SHORTEST: usize = 3;
/// Texts that are looked for instead of one.
const MOST: usize = 16;
/// Nesting of groups that are looked into.
const NEST: usize = 8;

/// Texts one of which is in every match.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Required {
    texts: Box<[Box<[u8]>]>,
    ignores_case: bool,
}

impl Required {
    /// The required texts of a regex, where some are certain.
    pub fn of(source: &str) -> Option<Self> {
        let (ignores_case, rest) = flags(source)?;
        let mut reader = Reader { rest };
        let found = reader.alternatives(0)?;
        // Case beyond ASCII is for the compiled regex to know.
        let plain = !ignores_case || found.iter().all(|text| text.is_ascii());
        let certain = plain && reader.rest.is_empty() && shortest(&found) >= SHORTEST;
        let texts = found.into_iter().map(|text| text.into_bytes().into_boxed_slice());
        certain.then(|| Self { texts: texts.collect(), ignores_case })
    }

    /// Whether one of them is in a text.
    pub fn are_in(&self, text: &[u8]) -> bool {
        let found = if self.ignores_case { contains_in_any_case } else { contains };
        self.texts.iter().any(|required| found(text, required))
    }
}

fn contains(text: &[u8], required: &[u8]) -> bool {
    memchr::memmem::find(text, required).is_some()
}

fn contains_in_any_case(text: &[u8], required: &[u8]) -> bool {
    let Some(first) = required.first() else { return true };
    let mut starts = memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text);
    let fits = |at: usize| text.get(at..at + required.len()).is_some_and(|part| part.eq_ignore_ascii_case(required));
    starts.any(fits)
}

/// The length of the shortest text; 0 where there is none.
fn shortest(texts: &[String]) -> usize {
    texts.iter().map(String::len).min().unwrap_or(0)
}

/// Whether flags at the beginning say that case does not count, and what follows them.
fn flags(source: &str) -> Option<(bool, &str)> {
    let Some(rest) = source.strip_prefix("(?") else { return Some((false, source)) };
    let end = rest.find(|letter: char| !letter.is_ascii_alphabetic())?;
    match (rest.get(..end)?, rest.get(end..)?.strip_prefix(')')) {
        (names, Some(after)) if names.bytes().all(|name| b"ims".contains(&name)) => Some((names.contains('i'), after)),
        // A group, which is read as one.
        _ => Some((false, source)),
    }
}

struct Reader<'s> {
    rest: &'s str,
}

/// What one alternative holds for certain.
#[derive(Default)]
struct Found {
    best: Vec<String>,
    run: String,
}

impl Found {
    /// Ends a run of letters.
    fn end(&mut self) {
        let run = std::mem::take(&mut self.run);
        self.offer(vec![run]);
    }

    fn offer(&mut self, texts: Vec<String>) {
        if shortest(&texts) > shortest(&self.best) {
            self.best = texts;
        }
    }
}

impl Reader<'_> {
    /// The texts of alternatives, up to the end or the bracket that ends them: none where one of them is certain of
    /// nothing. `None` where something is not understood.
    fn alternatives(&mut self, depth: usize) -> Option<Vec<String>> {
        let (mut all, mut certain) = (Vec::new(), true);
        loop {
            let found = self.sequence(depth)?;
            certain &= shortest(&found) > 0;
            all.extend(found);
            match self.rest.strip_prefix('|') {
                Some(rest) => self.rest = rest,
                None => return Some(if certain && all.len() <= MOST { all } else { Vec::new() }),
            }
        }
    }

    fn sequence(&mut self, depth: usize) -> Option<Vec<String>> {
        let mut found = Found::default();
        while let Some(first) = self.rest.chars().next().filter(|first| !matches!(first, ')' | '|')) {
            self.skip(first.len_utf8());
            match first {
                '(' => {
                    found.end();
                    let inner = self.group(depth)?;
                    if self.quantifier()? != Times::PerhapsNone {
                        found.offer(inner);
                    }
                }
                '[' => {
                    found.end();
                    self.class()?;
                    self.quantifier()?;
                }
                '.' | '^' | '$' => {
                    found.end();
                    self.quantifier()?;
                }
                '*' | '+' | '?' => return None,
                '\\' => self.escape(&mut found)?,
                letter => self.letter(letter, &mut found)?,
            }
        }
        found.end();
        Some(found.best)
    }

    /// What follows a backslash.
    fn escape(&mut self, found: &mut Found) -> Option<()> {
        let letter = self.rest.chars().next()?;
        self.skip(letter.len_utf8());
        match letter {
            letter if letter.is_ascii_punctuation() => self.letter(letter, found),
            'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'b' | 'B' | 'A' | 'z' | 'n' | 'r' | 't' => {
                found.end();
                self.quantifier().map(drop)
            }
            _ => None,
        }
    }

    /// A letter that stands for itself.
    fn letter(&mut self, letter: char, found: &mut Found) -> Option<()> {
        match self.quantifier()? {
            Times::Once => found.run.push(letter),
            Times::AtLeastOnce => {
                found.run.push(letter);
                found.end();
            }
            Times::PerhapsNone => found.end(),
        }
        Some(())
    }

    /// The certain texts of a group, whose opening bracket has been read.
    fn group(&mut self, depth: usize) -> Option<Vec<String>> {
        if let Some(rest) = self.rest.strip_prefix('?') {
            let named = rest.strip_prefix("P<").or_else(|| rest.strip_prefix('<'));
            self.rest = match (rest.strip_prefix(':'), named) {
                (Some(rest), _) => rest,
                (None, Some(named)) => named.split_once('>')?.1,
                // Flags change what letters mean.
                (None, None) => return None,
            };
        }
        let found = self.alternatives(Some(depth + 1).filter(|depth| *depth <= NEST)?)?;
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
                '[' if self.rest.starts_with(':') => {
                    let (name, rest) = self.rest.get(1..)?.split_once(":]")?;
                    // Anything else may be read as two classes, or as none.
                    let is_name = name.strip_prefix('^').unwrap_or(name).bytes().all(|byte| byte.is_ascii_lowercase());
                    self.rest = Some(rest).filter(|_| is_name && name.len() <= 8)?;
                }
                _ => {}
            }
        }
    }

    /// How often what was read last may come.
    fn quantifier(&mut self) -> Option<Times> {
        let times = match self.rest.chars().next() {
            Some('*' | '?') => Times::PerhapsNone,
            Some('+') => Times::AtLeastOnce,
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
            ("\"version\":\"([0-9.]+)\"", "\"version\":\""),
            (r"root:.*:0:0:", "root:"),
            (r"(?:nginx|apache) version", " version"),
            (r"<b>(?:nginx|apache)</b>", "nginx,apache"),
            (r"a(bcde(fgh)+)x", "bcde"),
            (r"a(bcde)?xyz", "xyz"),
            (r"colou?r: blue", "r: blue"),
            (r"abc+def", "abc"),
            (r"abcd{0,2}xy", "abc"),
            ("json{\"a\"", "json{\"a\""),
            (r"a\.b\.c", "a.b.c"),
            (r"[]abc]xyz[[:alpha:]]", "xyz"),
            ("äöü?x", "äö"),
            ("one|two", "one,two"),
            ("(?i)admin", "admin"),
            ("(?im)^admin|(root:)", "admin,root:"),
            ("one|t.o", ""),
            ("(?i)ädmin", ""),
            ("(?i:admin)", ""),
            ("(?U)admin", ""),
            (r"\x41dmin", ""),
            (r"\Qabc\E", ""),
            (r"v([0-9.]+)", ""),
            ("", ""),
            ("(abc", ""),
            ("[[:]aaaaaaaaaaaaaaaaaaaaaa[b:]|x]needed", ""),
            ("abc)", ""),
        ] {
            let found = Required::of(source).map(|required| {
                required
                    .texts
                    .iter()
                    .map(|text| String::from_utf8_lossy(text).into_owned())
                    .collect::<Vec<_>>()
                    .join(",")
            });
            assert_eq!(found.unwrap_or_default(), expected, "{source}");
        }
        let in_any_case = Required::of("(?i)Admin").expect("certain");
        assert!(in_any_case.are_in(b"the aDMIN page") && !in_any_case.are_in(b"the admi"));
    }
}
