//! Addresses in a page: resolved against it, and how they stand to it.
//!
//! Invariant: what cannot be resolved is no address, as in browsers. Must never import a folder above `expr`.

use scraper::Html;
use url::{Host, Url};

use crate::base::Value;
use crate::predicate::content::html::base_href;
use crate::predicate::domain::{domain, without_brackets};
use crate::predicate::kind::field;
use crate::predicate::views::{Field, Shape};

/// Where a page stands.
pub(in crate::predicate) struct Page {
    own: Url,
    base: Url,
    /// The registrable domain of its own host.
    site: Option<String>,
}

/// Fields that every address has.
pub(super) const FIELDS: [Field; 8] = [
    field("value", Shape::Text, "The address, resolved."),
    field("written", Shape::Text, "The address as the page writes it."),
    field("scheme", Shape::Text, "Its scheme."),
    field("host", Shape::Text, "Its host; absent where it has none."),
    field("domain", Shape::Text, "Its host's registrable domain; absent where it has no host."),
    field("path", Shape::Text, "Its path."),
    field("foreign", Shape::Bool, "Whether it belongs to another registrable domain than the page."),
    field(
        "insecure",
        Shape::Bool,
        "Whether it goes over the network unencrypted: `http:` or `ftp:`, and not to the visitor's own machine.",
    ),
];

impl Page {
    /// A page at this URL; `None` where that is none.
    pub fn at(own: &str, html: &Html) -> Option<Self> {
        let own = Url::parse(own).ok()?;
        let base = base_href(html).and_then(|href| own.join(href).ok());
        let base = base.filter(|base| !matches!(base.scheme(), "data" | "javascript"));
        let site = own.host_str().map(|host| domain(without_brackets(host)).to_owned());
        Some(Self { base: base.unwrap_or_else(|| own.clone()), own, site })
    }

    /// Whether the page came over HTTPS.
    pub fn is_secure(&self) -> bool {
        self.own.scheme() == "https"
    }

    /// The page's own URL.
    pub fn own(&self) -> &Url {
        &self.own
    }

    /// What an address means in the page.
    pub fn resolve(&self, written: &str) -> Option<Url> {
        self.base.join(written).ok()
    }

    /// Whether a URL is of another origin than the page.
    pub fn is_cross_origin(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https") && self.own.origin() != url.origin()
    }

    /// The fields of an address.
    pub fn fields(&self, url: &Url, written: &str) -> Vec<(&'static str, Value)> {
        let host = url.host_str().map(without_brackets);
        let site = host.map(domain);
        let mut fields = vec![
            ("value", Value::from(url.as_str())),
            ("written", Value::from(written)),
            ("scheme", Value::from(url.scheme())),
            ("path", Value::from(url.path())),
            ("foreign", Value::Bool(site.is_some() && site != self.site.as_deref())),
            ("insecure", Value::Bool(is_insecure(url))),
        ];
        fields.extend(host.map(|host| ("host", Value::from(host))));
        fields.extend(site.map(|site| ("domain", Value::from(site))));
        fields
    }
}

/// Whether browsers hold a URL for untrustworthy (Secure Contexts §3.2, for URLs that go over the network).
pub(super) fn is_insecure(url: &Url) -> bool {
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    };
    matches!(url.scheme(), "http" | "ftp" | "ws") && !is_local
}
