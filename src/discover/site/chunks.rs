//! Chunks that webpack's runtime computes the names of.
//!
//! The runtime joins texts with object literals that are looked up by a chunk's id:
//! `u=e=>"static/js/"+({7:"cart"}[e]||e)+"."+{7:"ab12"}[e]+".js"`. The expression is parsed, never run. Takes a script;
//! gives names. Invariant: an id is a key of a literal or of a call that loads a chunk, so every name is one that the
//! runtime would make. Must never import anything above `wire`.

use std::collections::BTreeSet;

use super::bases::Bases;
use super::{Found, Kind};

/// The most ids of one runtime.
const IDS: usize = 2000;
/// The most runtimes in one script.
const RUNTIMES: usize = 8;
/// The most terms of one expression.
const TERMS: usize = 24;
/// The longest text or id.
const TEXT: usize = 256;

/// What an expression joins.
#[derive(Debug, PartialEq, Eq)]
enum Term<'a> {
    Text(&'a str),
    /// The id itself.
    Id,
    /// The id looked up; the id itself where it is not there and `or_id`.
    Lookup {
        entries: Vec<(&'a str, &'a str)>,
        or_id: bool,
    },
}

/// The public path that a runtime sets: `p="/static/"`.
pub(super) fn public_path(script: &[u8]) -> Option<String> {
    let mut set = memchr::memmem::find_iter(script, b".p=").take(64);
    set.find_map(|at| {
        let mut reader = Reader { rest: script.get(at + 3..)? };
        let path = reader.text()?;
        let ends = reader.rest.first().is_none_or(|byte| b",;)}\n\r ".contains(byte));
        (ends && (path.starts_with('/') || path.contains("://")) && path.ends_with('/')).then(|| path.to_owned())
    })
}

/// Reads a script.
pub(super) fn read(script: &[u8], bases: &Bases<'_>, found: &mut Found) {
    let mut read = 0;
    for (start, is_function) in [(&b".u="[..], true), (b".p+", false)] {
        for at in memchr::memmem::find_iter(script, start).take(256) {
            let Some(rest) = script.get(at + start.len()..) else { continue };
            let Some(terms) = expression(rest, is_function) else { continue };
            read += 1;
            if read > RUNTIMES {
                return;
            }
            add(&terms, script, bases, found);
        }
    }
}

fn add(terms: &[Term<'_>], script: &[u8], bases: &Bases<'_>, found: &mut Found) {
    for id in ids(terms, script) {
        let Some(name) = name_of(terms, id) else { continue };
        if let Some(url) = bases.resolve(&name).filter(|_| name.ends_with(".js") || name.ends_with(".mjs")) {
            found.add_url(Kind::Script, url, false);
        }
    }
}

/// The ids that have a name: those of the lookups without an `||`; else all that are looked up or loaded.
fn ids<'a>(terms: &'a [Term<'a>], script: &'a [u8]) -> BTreeSet<&'a str> {
    let lookups = || {
        terms.iter().filter_map(|term| match term {
            Term::Lookup { entries, or_id } => Some((entries, *or_id)),
            Term::Text(_) | Term::Id => None,
        })
    };
    let strict = lookups().filter(|(_, or_id)| !or_id).map(|(entries, _)| entries).max_by_key(|entries| entries.len());
    let keys = |entries: &'a Vec<(&'a str, &'a str)>| entries.iter().map(|(key, _)| *key);
    match strict {
        Some(entries) => keys(entries).take(IDS).collect(),
        None => lookups().flat_map(|(entries, _)| keys(entries)).chain(loaded(script)).take(IDS).collect(),
    }
}

/// The ids in calls that load a chunk: `n.e(123)`, `n.e("cart")`.
fn loaded(script: &[u8]) -> impl Iterator<Item = &str> {
    memchr::memmem::find_iter(script, b".e(").take(10 * IDS).filter_map(|at| {
        let mut reader = Reader { rest: script.get(at + 3..)? };
        let id = reader.text().or_else(|| reader.number())?;
        reader.rest.starts_with(b")").then_some(id)
    })
}

fn name_of(terms: &[Term<'_>], id: &str) -> Option<String> {
    let mut name = String::new();
    for term in terms {
        match term {
            Term::Text(text) => name.push_str(text),
            Term::Id => name.push_str(id),
            Term::Lookup { entries, or_id } => {
                let known = entries.iter().find(|(key, _)| *key == id).map(|(_, value)| *value);
                name.push_str(known.or(or_id.then_some(id))?);
            }
        }
    }
    (name.len() <= 2 * TEXT && !name.contains("..")).then_some(name)
}

/// The joined expression at the start of a text; `None` where there is no such one, or nothing in it depends on the id.
fn expression(text: &[u8], is_function: bool) -> Option<Vec<Term<'_>>> {
    let mut reader = Reader { rest: text };
    if is_function {
        reader.function()?;
    }
    let mut terms = Vec::new();
    while terms.len() < TERMS {
        terms.push(reader.term()?);
        if !reader.eat(b"+") {
            break;
        }
    }
    let depends = terms.iter().any(|term| !matches!(term, Term::Text(_)));
    (depends && terms.len() > 1).then_some(terms)
}

/// A reader of the little that such expressions are made of.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn blank(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn eat(&mut self, word: &[u8]) -> bool {
        self.blank();
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The head of the function: `e=>`, `(e)=>`, `function(e){return`, and names that single ids are given before.
    fn function(&mut self) -> Option<()> {
        if self.eat(b"function") {
            self.blank();
            let _ = self.identifier();
            (self.eat(b"(") && self.identifier().is_some() && self.eat(b")") && self.eat(b"{")).then_some(())?;
            self.eat(b"return").then_some(())?;
        } else {
            let in_parentheses = self.eat(b"(");
            self.identifier()?;
            (!in_parentheses || self.eat(b")")).then_some(())?;
            self.eat(b"=>").then_some(())?;
            if self.eat(b"{") {
                self.eat(b"return").then_some(())?;
            }
        }
        // `7===e?"static/chunks/7-ab.js":` as often as it comes.
        for _ in 0..IDS {
            let before = self.rest;
            if self.condition().is_none() {
                self.rest = before;
                break;
            }
        }
        Some(())
    }

    fn condition(&mut self) -> Option<()> {
        self.blank();
        self.text().or_else(|| self.number()).or_else(|| self.identifier())?;
        (self.eat(b"===") || self.eat(b"==")).then_some(())?;
        self.blank();
        self.text().or_else(|| self.number()).or_else(|| self.identifier())?;
        self.eat(b"?").then_some(())?;
        self.blank();
        self.text()?;
        self.eat(b":").then_some(())
    }

    fn term(&mut self) -> Option<Term<'a>> {
        self.blank();
        match self.rest.first()? {
            b'"' | b'\'' | b'`' => self.text().map(Term::Text),
            b'(' => {
                let before = self.rest;
                if let Some(term) = self.either() {
                    return Some(term);
                }
                self.rest = before;
                Some(Term::Lookup { entries: self.lookup()?, or_id: false })
            }
            b'{' => Some(Term::Lookup { entries: self.lookup()?, or_id: false }),
            _ => {
                self.identifier()?;
                // `n.p` and calls are no part of a chunk's name.
                (!self.rest.starts_with(b".") && !self.rest.starts_with(b"(")).then_some(Term::Id)
            }
        }
    }

    /// `({7:"a"}[e]||e)`
    fn either(&mut self) -> Option<Term<'a>> {
        self.eat(b"(").then_some(())?;
        let entries = self.lookup()?;
        let or_id = self.eat(b"||");
        if or_id {
            self.identifier()?;
        }
        self.eat(b")").then_some(Term::Lookup { entries, or_id })
    }

    /// `{7:"a","cart":"b"}[e]`, the object perhaps in parentheses.
    fn lookup(&mut self) -> Option<Vec<(&'a str, &'a str)>> {
        let in_parentheses = self.eat(b"(");
        self.eat(b"{").then_some(())?;
        let mut entries = Vec::new();
        while !self.eat(b"}") {
            self.blank();
            let key = self.text().or_else(|| self.number()).or_else(|| self.identifier())?;
            self.eat(b":").then_some(())?;
            self.blank();
            let value = self.text()?;
            if entries.len() >= IDS {
                return None;
            }
            entries.push((key, value));
            if !self.eat(b",") {
                self.eat(b"}").then_some(())?;
                break;
            }
        }
        (!in_parentheses || self.eat(b")")).then_some(())?;
        (self.eat(b"[") && self.identifier().is_some() && self.eat(b"]")).then_some(entries)
    }

    fn text(&mut self) -> Option<&'a str> {
        let quote = *self.rest.first().filter(|byte| b"\"'`".contains(byte))?;
        let inner = self.rest.get(1..)?;
        let window = inner.get(..inner.len().min(TEXT))?;
        let end = memchr::memchr(quote, window)?;
        let text = std::str::from_utf8(window.get(..end)?).ok()?;
        if text.contains(['\\', '\n', '$']) {
            return None;
        }
        self.rest = inner.get(end + 1..)?;
        Some(text)
    }

    fn number(&mut self) -> Option<&'a str> {
        self.word(|byte| byte.is_ascii_digit())
    }

    fn identifier(&mut self) -> Option<&'a str> {
        self.blank();
        self.word(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$')
    }

    fn word(&mut self, is_part: impl Fn(u8) -> bool) -> Option<&'a str> {
        let window = self.rest.get(..self.rest.len().min(TEXT))?;
        let end = window.iter().position(|byte| !is_part(*byte)).unwrap_or(window.len());
        let word = std::str::from_utf8(window.get(..end)?).ok().filter(|word| !word.is_empty())?;
        self.rest = self.rest.get(end..)?;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(script: &str) -> Vec<String> {
        let own = url::Url::parse("https://shop.example/static/js/runtime.js").expect("a URL");
        let public = public_path(script.as_bytes());
        let bases = Bases::new(&own, &[]).with_public(public.as_deref());
        let mut found = Found::default();
        read(script.as_bytes(), &bases, &mut found);
        found.addresses.iter().map(|address| address.url.path().to_owned()).collect()
    }

    #[test]
    fn runtimes_of_webpack_five() {
        let named = r#"r.u=e=>"static/js/"+({7:"cart",9:"pay"}[e]||e)+"."+{7:"ab12",9:"cd34",11:"ef56"}[e]+".chunk.js",r.miniCssF=e=>"static/css/"+e+".css""#;
        assert_eq!(
            names(named),
            ["/static/js/11.ef56.chunk.js", "/static/js/cart.ab12.chunk.js", "/static/js/pay.cd34.chunk.js"]
        );
        let plain = r#"a.u=function(e){return"chunks/"+e+"."+{10:"x",2:"y"}[e]+".js"},a.p="/app/""#;
        assert_eq!(names(plain), ["/app/chunks/10.x.js", "/app/chunks/2.y.js"]);
        let next = r#"r.u=e=>272===e?"static/chunks/272-a.js":99===e?"static/chunks/99-b.js":"static/chunks/"+(({4:"d3"})[e]||e)+"."+({4:"aa",5:"bb"})[e]+".js",r.p="/_next/""#;
        assert_eq!(names(next), ["/_next/static/chunks/d3.aa.js", "/_next/static/chunks/5.bb.js"]);
    }

    #[test]
    fn runtimes_without_a_table_have_the_ids_that_are_loaded() {
        let script = r#"t.u=e=>"js/"+e+".js";t.p="/s/";let a=()=>t.e(12).then(t.bind(t,1));t.e("cart");x.e(y)"#;
        assert_eq!(names(script), ["/s/js/12.js", "/s/js/cart.js"]);
    }

    #[test]
    fn runtimes_of_webpack_four() {
        let script =
            r#"i.src=function(e){return l.p+"js/"+({}[e]||e)+"."+{3:"79e3",4:"aa"}[e]+".chunk.js"}(e);l.p="/""#;
        assert_eq!(names(script), ["/js/3.79e3.chunk.js", "/js/4.aa.chunk.js"]);
    }

    #[test]
    fn what_is_no_runtime_gives_nothing() {
        for script in [
            "r.u=e=>e",
            r#"a.u="x""#,
            r#"a.u=e=>"a"+"b.js""#,
            r#"a.u=e=>"../"+{1:"x"}[e]+".js""#,
            "a.u=e=>{",
            r#"t.p+q()+".js""#,
            r#"a.u=e=>"x"+{1:f()}[e]+".js""#,
        ] {
            assert_eq!(names(script), [""; 0], "{script}");
        }
    }
}
