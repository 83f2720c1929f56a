//! What a relative name inside a bundle is measured by.
//!
//! Browsers resolve `./x.js` against the module that says it, but bundlers also write names from the root of the build
//! (`assets/x.js`, `static/chunks/x.js`) and join them with a public path when they run. Takes the address of the script
//! and of those beside it; gives an address. Invariant: a name without a hint has no address, so nothing is asked for at
//! random. Must never import anything above `wire`.

use url::Url;

/// The most scripts whose addresses are looked at.
const SIBLINGS: usize = 64;

/// The bases of one script.
#[derive(Debug)]
pub(super) struct Bases<'a> {
    own: &'a Url,
    siblings: &'a [Url],
    public: Option<Url>,
}

impl<'a> Bases<'a> {
    pub fn new(own: &'a Url, siblings: &'a [Url]) -> Self {
        Self { own, siblings: siblings.get(..SIBLINGS).unwrap_or(siblings), public: None }
    }

    /// The same with a public path that the script itself names.
    #[must_use]
    pub fn with_public(self, path: Option<&str>) -> Self {
        let public = path.and_then(|path| self.own.join(path).ok());
        Self { public, ..self }
    }

    /// Where the script is.
    pub fn own(&self) -> &'a Url {
        self.own
    }

    /// The address of a name.
    pub fn resolve(&self, name: &str) -> Option<Url> {
        if name.starts_with("./") || name.starts_with("../") || name.starts_with('/') || name.contains("://") {
            return self.own.join(name).ok();
        }
        if let Some(public) = &self.public {
            return public.join(name).ok();
        }
        self.below_build(name)
    }

    /// The address of a name from the root of the build: the nearest script whose path has its first folder tells where the
    /// root is. A name without folders lies beside the script.
    fn below_build(&self, name: &str) -> Option<Url> {
        let Some((folder, _)) = name.split_once('/') else { return self.own.join(name).ok() };
        let marker = format!("/{folder}/");
        let root = |url: &Url| {
            let at = url.path().find(&marker)?;
            url.join(url.path().get(..=at)?).ok()
        };
        let near = std::iter::once(self.own).chain(self.siblings);
        near.into_iter().find_map(root).and_then(|root| root.join(name).ok())
    }
}
