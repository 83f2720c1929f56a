//! Pages: scripts, preloads, import maps, inline scripts, workers, links to other pages.
//!
//! Invariant: addresses are resolved against `<base href>` where there is one, as in browsers. Must never import anything
//! above `wire`.

use serde_json::Value as Json;
use url::Url;

use super::bases::Bases;
use super::tags::{Tag, Tags};
use super::{Found, Kind, Text, framework, literals, maps, parsed, script};

/// The most script elements of a page that are read.
const SCRIPTS: usize = 1000;
/// Bytes of one inline script that are read.
const INLINE: usize = 2 << 20;
/// Entries of an import map.
const IMPORTS: usize = 200;
/// The most links to other pages.
const LINKS: usize = 500;

/// Reads a page.
pub(super) fn read(text: &Text<'_>, found: &mut Found) {
    let mut page = Page { base: text.url.clone(), own: text.url, scripts: text.known.to_vec(), inline: Vec::new() };
    let (mut scripts, mut links) = (0, Links::default());
    let mut has_base = false;
    for tag in Tags::of(text.body) {
        match &*tag.name {
            "base" if !has_base => {
                has_base = true;
                let base = tag.attribute("href").and_then(|href| text.url.join(&href).ok());
                page.base = base.filter(|base| matches!(base.scheme(), "http" | "https")).unwrap_or(page.base);
            }
            "script" => {
                scripts += 1;
                if scripts <= SCRIPTS {
                    page.script(&tag, found);
                } else {
                    found.over += 1;
                }
            }
            "link" => page.link(&tag, found),
            "a" | "area" | "iframe" | "frame" => {
                let name = if tag.name.ends_with("frame") { "src" } else { "href" };
                tag.attribute(name).filter(|href| is_page(href)).into_iter().for_each(|href| links.add(href, found));
            }
            _ => {}
        }
    }
    for link in text.links {
        page.link_field(&String::from_utf8_lossy(link), found);
    }
    let bases = Bases::new(&page.base, &page.scripts);
    for inline in &page.inline {
        script::read_inline(inline, &bases, found);
    }
    framework::read_page(text.body, &page.base, &page.scripts, found);
    for href in &links.written {
        found.add(Kind::Page, &page.base, href);
    }
}

/// The links of a page to other pages, each as it is written, once.
#[derive(Default)]
struct Links {
    written: Vec<String>,
    known: rustc_hash::FxHashSet<String>,
}

impl Links {
    fn add(&mut self, href: String, found: &mut Found) {
        if self.known.contains(&href) {
            return;
        }
        if self.written.len() >= LINKS {
            found.over += 1;
            return;
        }
        self.known.insert(href.clone());
        self.written.push(href);
    }
}

/// A page while it is read.
struct Page<'a> {
    own: &'a Url,
    base: Url,
    /// What its script elements name.
    scripts: Vec<Url>,
    inline: Vec<&'a [u8]>,
}

impl<'a> Page<'a> {
    fn script(&mut self, tag: &Tag<'a>, found: &mut Found) {
        if let Some(source) = tag.attribute("src") {
            self.scripts.extend(found.add(Kind::Script, &self.base, &source));
            return;
        }
        let kind = tag.attribute("type").unwrap_or_default().to_ascii_lowercase();
        let inline = tag.text.get(..tag.text.len().min(INLINE)).unwrap_or_default();
        found.is_skimmed |= tag.text.len() > INLINE;
        if kind == "importmap" {
            self.import_map(inline, found);
        } else if let Some(map) = maps::comment(inline) {
            found.add(Kind::Map, self.own, &map);
        }
        self.inline.push(inline);
    }

    fn import_map(&self, text: &[u8], found: &mut Found) {
        let Some(map) = parsed::parse(text, found) else { return };
        let scopes = map.get("scopes").and_then(Json::as_object);
        let all = map.get("imports").into_iter().chain(scopes.into_iter().flat_map(|scopes| scopes.values()));
        let targets = all.filter_map(Json::as_object).flat_map(|imports| imports.values()).filter_map(Json::as_str);
        for (nth, target) in targets.filter(|target| !target.ends_with('/')).enumerate() {
            if nth < IMPORTS {
                found.add(Kind::Script, &self.base, target);
            } else {
                found.over += 1;
            }
        }
    }

    fn link(&mut self, tag: &Tag<'_>, found: &mut Found) {
        let Some(href) = tag.attribute("href") else { return };
        let is_script = tag.says("as", "script") || tag.says("as", "worker");
        let kind = if tag.says("rel", "modulepreload") || is_script {
            Kind::Script
        } else if tag.says("rel", "manifest") {
            Kind::Manifest
        } else if tag.says("rel", "prefetch") || tag.says("rel", "preload") || tag.says("rel", "alternate") {
            match literals::kind_of_path(&href) {
                Some(kind) => kind,
                None if tag.says("rel", "prefetch") && !tag.says("as", "style") && is_page(&href) => Kind::Page,
                None => return,
            }
        } else {
            return;
        };
        let url = found.add(kind, &self.base, &href);
        self.scripts.extend(url.filter(|_| kind == Kind::Script));
    }

    /// A `Link` field (RFC 8288): of its targets those that are scripts.
    fn link_field(&mut self, value: &str, found: &mut Found) {
        for part in value.split('<').skip(1) {
            let Some((target, parameters)) = part.split_once('>') else { continue };
            let parameters = parameters.to_ascii_lowercase().replace(['"', ' '], "");
            let is_script = parameters.contains("rel=modulepreload") || parameters.contains("as=script");
            if is_script {
                self.scripts.extend(found.add(Kind::Script, self.own, target));
            }
        }
    }
}

/// Whether a link leads to another page. Whether that one may be asked for, the crawl decides.
pub(super) fn is_page(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    let lower = path.to_ascii_lowercase();
    let last = lower.rsplit('/').next().unwrap_or_default();
    let is_page = last.rsplit_once('.').is_none_or(|(stem, extension)| {
        stem.is_empty()
            || matches!(extension, "html" | "htm" | "php" | "asp" | "aspx" | "jsp" | "do" | "xhtml")
            || extension.len() > 5
    });
    !path.is_empty() && is_page
}
