//! robots.txt (RFC 9309): which paths a crawler leaves alone, and which sitemaps there are.
//!
//! Takes the file and our name; gives a table that is asked for paths. Invariant: the longest pattern decides, an `Allow`
//! wins a tie, and only groups that name us count where there are some. Must never import anything above `wire`.

/// Bytes that are read (RFC 9309 §2.5 asks for 500 KiB).
const READ: usize = 512 << 10;
/// The most rules.
const RULES: usize = 5000;
/// The most sitemaps.
const SITEMAPS: usize = 10;
/// The longest pattern.
const PATTERN: usize = 2048;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allows: bool,
    pattern: Vec<u8>,
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
        Self { rules: vec![Rule { allows: false, pattern: b"/".to_vec() }], sitemaps: Vec::new() }
    }

    /// Reads a file as the crawler of this name (its product token, case ignored).
    pub fn read(body: &[u8], name: &str) -> Self {
        let body = body.get(..body.len().min(READ)).unwrap_or_default();
        let text = String::from_utf8_lossy(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
        let (mut ours, mut all, mut named) = (Vec::new(), Vec::new(), false);
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
                    let rule = Rule { allows: key == "allow", pattern: normal(value.as_bytes()) };
                    if value.is_empty() || value.len() > PATTERN || ours.len() + all.len() >= RULES {
                        continue;
                    }
                    if group.0 {
                        ours.push(rule.clone());
                    }
                    if group.1 {
                        all.push(rule);
                    }
                }
                "sitemap" if sitemaps.len() < SITEMAPS && !value.is_empty() => sitemaps.push(value.to_owned()),
                _ => {}
            }
        }
        Self { rules: if named { ours } else { all }, sitemaps }
    }

    /// Whether a path with its query may be asked for.
    pub fn allows(&self, path: &str) -> bool {
        let path = normal(path.as_bytes());
        let matching = self.rules.iter().filter(|rule| matches(&rule.pattern, &path));
        matching.max_by_key(|rule| (rule.pattern.len(), rule.allows)).is_none_or(|rule| rule.allows)
    }
}

/// Percent-encoded bytes that stand for plain characters as these, hexadecimal digits in upper case (RFC 9309 §2.2.2).
fn normal(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        let digits = rest.get(1..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let coded = digits.filter(|_| *byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match coded {
            Some(plain) if plain.is_ascii_alphanumeric() || b"-._~".contains(&plain) => out.push(plain),
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
    fn patterns_cost_no_more_than_their_length() {
        let stars = "*a".repeat(1000);
        let robots = Robots::read(format!("User-agent: *\nDisallow: /{stars}$\n").as_bytes(), "x");
        assert!(robots.allows(&format!("/{}", "a".repeat(900))));
    }
}
