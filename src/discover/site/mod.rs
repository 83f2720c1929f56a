//! Reading a site: from one answer to the addresses of what else belongs to it.
//!
//! One file a source: HTML, scripts, bundlers' chunk maps, manifests, robots.txt, sitemaps. Takes an answer's address,
//! kind, fields and bytes; gives addresses in the order of mention. Nothing is executed: what a bundler computes is read
//! from the literals that it computes with. Invariant: linear in its input, bounded in its output, and the same bytes give
//! the same addresses. Must never import anything above `wire`; it sends nothing itself.

mod bases;
mod chunks;
mod config;
mod found;
mod framework;
mod html;
mod literals;
mod manifest;
mod maps;
mod parsed;
mod robots;
mod script;
mod sitemap;
mod tags;
#[cfg(test)]
mod tests;

use url::Url;

pub use found::{Address, Found};
pub use robots::{Robots, plain};
pub use sitemap::unpacked;

/// What an address is likely to hold, and so what is read from its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A page that people see.
    Page,
    /// A script or a chunk of one.
    Script,
    /// A service worker, whose lists of files are read too.
    Worker,
    /// The source map of a script.
    Map,
    /// A list of built files: of Create React App, Vite, Angular, Nuxt, Workbox, or of a web app.
    Manifest,
    /// Configuration that a script loads when it starts.
    Config,
    /// A sitemap or an index of sitemaps.
    Sitemap,
}

impl Kind {
    /// In words, many of them.
    pub fn words(self) -> &'static str {
        match self {
            Self::Page => "pages",
            Self::Script => "scripts",
            Self::Worker => "service workers",
            Self::Map => "source maps",
            Self::Manifest => "manifests",
            Self::Config => "configurations",
            Self::Sitemap => "sitemaps",
        }
    }
}

/// An answer to be read.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// Where it came from.
    pub url: &'a Url,
    /// What it was asked for as.
    pub kind: Kind,
    /// Its bytes, content codings undone.
    pub body: &'a [u8],
    /// Values of its `Link` fields.
    pub links: &'a [&'a [u8]],
    /// The value of its `SourceMap` field.
    pub source_map: Option<&'a [u8]>,
    /// Scripts that are known already, in the order in which they were found: what relative names of a bundler are measured by.
    pub known: &'a [Url],
}

/// The addresses that an answer mentions.
pub fn read(text: &Text<'_>) -> Found {
    let mut found = Found::default();
    match text.kind {
        Kind::Page => html::read(text, &mut found),
        Kind::Script | Kind::Config => script::read(text, &mut found),
        Kind::Worker => {
            manifest::read_worker(text, &mut found);
            script::read(text, &mut found);
        }
        Kind::Manifest => manifest::read(text, &mut found),
        Kind::Sitemap => sitemap::read(text, &mut found),
        Kind::Map => {}
    }
    found
}

/// Whether a path is that of a built file, so that its name is that of a part and not of an action.
pub fn is_static(path: &str) -> bool {
    literals::kind_of_path(path).is_some() || path.ends_with(".json") || path.ends_with(".webmanifest")
}

/// Whether an answer's bytes are of the kind that was asked for: a server that answers everything with its page (the
/// fallback of a single-page application) has no such file.
pub fn is_of_kind(kind: Kind, body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let first = body.first();
    match kind {
        Kind::Page => true,
        Kind::Script | Kind::Worker => first.is_some_and(|byte| *byte != b'<'),
        Kind::Config => first.is_some_and(|byte| *byte != b'<'),
        Kind::Manifest => matches!(first, Some(b'{' | b'[')),
        Kind::Map => maps::is_map(body),
        Kind::Sitemap => matches!(first, Some(b'<' | 0x1f | b'h')),
    }
}
