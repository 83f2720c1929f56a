//! robots.txt (RFC 9309): which paths a crawler leaves alone, and which sitemaps there are.
//!
//! Takes the file and our name; gives a table that is asked for paths. Invariant: the longest pattern decides, an `Allow`
//! wins a tie, and only groups that name us count where there are some; what is over a bound forbids more, never less.
//! Must never import anything above `wire`.

/// Bytes that are read (RFC 9309 §2.5 asks for 500 KiB).
const READ: usize = 512 << 10;
/// The most rules for one name.
const RULES: usize = 10_000;
/// The most sitemaps.
const SITEMAPS: usize = 10;
/// The longest pattern.
const PATTERN: usize = 2048;
/// The most `*` of a pattern.
const STARS: usize = 8;
/// The most patterns with a `*` for one name: each of them looks through the whole path.
const STARRED: usize = 500;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allows: bool,
    pattern: Vec<u8>,
    /// Of the pattern as it is written, by which rules are ranked.
    length: usize,
}

/// The rules for one name while they are read.
#[derive(Debug, Default)]
struct Group {
    rules: Vec<Rule>,
    starred: usize,
    is_over: bool,
}

impl Group {
    /// Adds a rule within the bounds: a pattern is cut where that forbids more, and left out where it would allow more.
    fn add(&mut self, allows: bool, written: &[u8]) {
        let stars = if self.starred < STARRED { STARS } else { 0 };
        let first_over = written.iter().enumerate().filter(|(_, byte)| **byte == b'*').nth(stars).map(|(at, _)| at);
        let cut = first_over.into_iter().chain((written.len() > PATTERN).then_some(PATTERN)).min();
        if allows && cut.is_some() {
            return;
        }
        if self.rules.len() >= RULES {
            self.is_over = true;
            return;
        }
        let pattern = plain(written.get(..cut.unwrap_or(written.len())).unwrap_or_default());
        self.starred += usize::from(pattern.contains(&b'*'));
        let length = if cut.is_some() { written.len() } else { pattern.len() };
        self.rules.push(Rule { allows, pattern, length });
    }

    /// The rules; where there were too many, one that forbids everything.
    fn finish(self) -> Vec<Rule> {
        if self.is_over { Robots::closed().rules } else { self.rules }
    }
}

/// What a host asks crawlers to leave alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Robots {
    rules: Vec<Rule>,
    /// The sitemaps that it names, as written.
    pub sitemaps: Vec<String>,
}

impl Robots {
    /// A table that forbids everything: the file could not be had (RFC 9309 §2.3.1.4).
    pub fn closed() -> Self {
        Self { rules: vec![Rule { allows: false, pattern: b"/".to_vec(), length: usize::MAX }], sitemaps: Vec::new() }
    }

    /// Reads a file as the crawler of this name (its product token, case ignored).
    pub fn read(body: &[u8], name: &str) -> Self {
        let body = body.get(..body.len().min(READ)).unwrap_or_default();
        let text = String::from_utf8_lossy(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
        let (mut ours, mut all, mut named) = (Group::default(), Group::default(), false);
        let (mut group, mut is_open, mut sitemaps) = ((false, false), false, Vec::new());
        for line in text.split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "user-agent" => {
                    group = if is_open { group } else { (false, false) };
                    is_open = true;
                    let agent = value.split(['/', ' ']).next().unwrap_or_default();
                    group.0 |= agent.eq_ignore_ascii_case(name);
                    group.1 |= agent == "*";
                    named |= group.0;
                }
                key @ ("allow" | "disallow") => {
                    is_open = false;
                    if value.is_empty() {
                        continue;
                    }
                    for group in [(group.0, &mut ours), (group.1, &mut all)]
                        .into_iter()
                        .filter_map(|(is_of, to)| is_of.then_some(to))
                    {
                        group.add(key == "allow", value.as_bytes());
                    }
                }
                "sitemap" if sitemaps.len() < SITEMAPS && !value.is_empty() => sitemaps.push(value.to_owned()),
                _ => {}
            }
        }
        Self { rules: if named { ours } else { all }.finish(), sitemaps }
    }

    /// Whether a path with its query may be asked for.
    pub fn allows(&self, path: &str) -> bool {
        let path = plain(path.as_bytes());
        let matching = self.rules.iter().filter(|rule| matches(&rule.pattern, &path));
        matching.max_by_key(|rule| (rule.length, rule.allows)).is_none_or(|rule| rule.allows)
    }
}

/// Percent-encoded bytes that stand for plain characters as these, hexadecimal digits in upper case (RFC 9309 §2.2.2).
pub fn plain(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        let digits = rest.get(1..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let coded = digits.filter(|_| *byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match coded {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => out.push(byte),
            Some(other) => out.extend_from_slice(format!("%{other:02X}").as_bytes()),
            None => out.push(*byte),
        }
        rest = if coded.is_some() { rest.get(3..).unwrap_or_default() } else { after };
    }
    out
}

/// Whether a pattern with `*` and a final `$` matches the beginning of a path. Linear in both for each `*`.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    let (pattern, is_anchored) = match pattern.strip_suffix(b"$") {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split(|byte| *byte == b'*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let parts: Vec<&[u8]> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return !is_anchored || rest.is_empty() };
    for part in middle {
        match memchr::memmem::find(rest, part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    if is_anchored { rest.ends_with(last) } else { memchr::memmem::find(rest, last).is_some() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pattern_decides() {
        let text = b"User-agent: *\nDisallow: /private\nAllow: /private/open$\nDisallow: /*.php\nDisallow: /a%7eb # note\nSitemap: /s.xml\n";
        let robots = Robots::read(text, "Outsight");
        for (path, allowed) in [
            ("/", true),
            ("/private/x", false),
            ("/private/open", true),
            ("/private/open/x", false),
            ("/x/index.php?y", false),
            ("/~", true),
            ("/a~b/c", false),
            ("/a%7Eb", false),
        ] {
            assert_eq!(robots.allows(path), allowed, "{path}");
        }
        assert_eq!(robots.sitemaps, ["/s.xml"]);
    }

    #[test]
    fn a_group_that_names_us_is_the_only_one() {
        let text = b"User-agent: a\nUser-agent: outsight/1\nDisallow: /x\n\nUser-agent: *\nDisallow: /\n";
        let robots = Robots::read(text, "Outsight");
        assert!(robots.allows("/y") && !robots.allows("/x"));
        assert!(!Robots::read(text, "other").allows("/y"));
        let free = b"User-agent: outsight\nDisallow:\nUser-agent: *\nDisallow: /\n";
        assert!(Robots::read(free, "outsight").allows("/y"), "an empty rule forbids nothing");
        assert!(Robots::read(b"<html>", "x").allows("/") && !Robots::closed().allows("/a"));
    }

    #[test]
    fn what_is_over_a_bound_forbids_more() {
        let of = |rules: &str| Robots::read(format!("User-agent: *\n{rules}").as_bytes(), "outsight");
        // Rules for others crowd none out that are for us; too many for us close the host.
        let crowd = "Disallow: /x\n".repeat(RULES);
        let named = of(&format!("{crowd}{crowd}User-agent: outsight\nDisallow: /private\n"));
        assert!(!named.allows("/private/a") && named.allows("/x"));
        assert!(of(&crowd).allows("/y") && !of(&format!("{crowd}Disallow: /z\n")).allows("/y"));
        // Of a pattern with many stars the beginning counts, and an `Allow` of that kind does not.
        let stars = "*a".repeat(1000);
        let many = of(&format!("Disallow: /{stars}$\nAllow: /{stars}\nDisallow: /{}\n", "b".repeat(3000)));
        assert!(!many.allows(&format!("/{}", "a".repeat(900))) && many.allows("/c"));
        assert!(!many.allows(&format!("/{}", "b".repeat(2500))));
        assert!(many.rules.iter().all(|rule| rule.pattern.iter().filter(|byte| **byte == b'*').count() <= STARS));
        // Only so many patterns look through the whole path.
        let starred: String = (0..2 * STARRED).map(|nth| format!("Disallow: /d{nth}/*/e\n")).collect();
        let starred = of(&starred);
        assert_eq!(starred.rules.iter().filter(|rule| rule.pattern.contains(&b'*')).count(), STARRED);
        assert!(starred.allows("/d1/x") && !starred.allows("/d1/x/e") && !starred.allows("/d999/x"));
    }
}
