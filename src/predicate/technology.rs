//! The technology of a host: what its front page shows that it is built with.
//!
//! Owns the closed family of products of which a front page is one, and the decision whether what is tagged with one of
//! them is contradicted. Takes the answers to the root; gives a fingerprint. Invariant: a front page that says nothing
//! (an error, a redirect, no page, one that was cut off) contradicts nothing. Must never import a folder above `expr`.

use std::sync::Arc;

use super::content::class::Class;
use super::{Answer, ReplyState};

/// A product that a front page is made with.
#[derive(Debug, PartialEq, Eq)]
pub struct Technology {
    /// Its name as people write it.
    pub name: &'static str,
    /// The tags by which rules say that they are for it.
    pub tags: &'static [&'static str],
    /// Texts of a page that it alone writes.
    body: &'static [&'static str],
    /// Texts that begin the content of the page's `generator`.
    generator: &'static str,
    /// Fields of the head that it alone sets, with a text of their value.
    fields: &'static [(&'static str, &'static str)],
}

/// The family. Each shows itself on every front page, unless its owner goes to some length.
pub static TECHNOLOGIES: [Technology; 9] = [
    Technology {
        name: "WordPress",
        tags: &["wordpress", "wp", "wp-plugin", "wp-theme", "woocommerce", "wpscan"],
        body: &["/wp-content/", "/wp-includes/", "/wp-json/"],
        generator: "wordpress",
        fields: &[("link", "api.w.org"), ("x-pingback", "xmlrpc.php")],
    },
    Technology {
        name: "Joomla",
        tags: &["joomla"],
        body: &["/media/jui/", "/media/system/js/", "joomla-script-options"],
        generator: "joomla",
        fields: &[("x-content-encoded-by", "joomla")],
    },
    Technology {
        name: "Drupal",
        tags: &["drupal"],
        body: &["drupal-settings-json", "/sites/default/files/", "/core/misc/drupal"],
        generator: "drupal",
        fields: &[("x-generator", "drupal"), ("x-drupal-cache", ""), ("x-drupal-dynamic-cache", "")],
    },
    Technology {
        name: "Magento",
        tags: &["magento"],
        body: &["/static/version", "mage/cookies", "text/x-magento-init"],
        generator: "magento",
        fields: &[("x-magento-tags", ""), ("x-magento-cache-debug", "")],
    },
    Technology {
        name: "PrestaShop",
        tags: &["prestashop"],
        body: &["var prestashop =", "/modules/ps_"],
        generator: "prestashop",
        fields: &[("powered-by", "prestashop")],
    },
    Technology {
        name: "TYPO3",
        tags: &["typo3"],
        body: &["/typo3temp/", "/typo3conf/"],
        generator: "typo3",
        fields: &[("x-typo3-parsetime", "")],
    },
    Technology {
        name: "Ghost",
        tags: &["ghost"],
        body: &["/ghost/api/", "ghost-portal"],
        generator: "ghost",
        fields: &[("x-ghost-cache-status", "")],
    },
    Technology {
        name: "Shopify",
        tags: &["shopify"],
        body: &["cdn.shopify.com", "Shopify.theme"],
        generator: "shopify",
        fields: &[("x-shopid", ""), ("x-shopify-stage", "")],
    },
    Technology {
        name: "vBulletin",
        tags: &["vbulletin"],
        body: &["vbulletin_", "vb_disable_ajax"],
        generator: "vbulletin",
        fields: &[],
    },
];

/// What a front page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// Names of the products that show themselves.
    pub shown: Vec<&'static str>,
    /// Whether the front page is a whole page with status 200, on which a product would show itself.
    pub is_telling: bool,
}

impl Fingerprint {
    /// The fingerprint of a front page, redirects to it included.
    pub fn of_root(root: &ReplyState) -> Self {
        let ReplyState::Answered(hops) = root else { return Self::default() };
        let page = hops.last();
        let html = page.class() == Ok(Class::Html);
        let generator = if html { generator(page) } else { None };
        let shown = TECHNOLOGIES.iter().filter(|technology| {
            let in_head = hops.all().iter().any(|answer| technology.sets_fields_of(answer));
            in_head || html && technology.wrote(page) || technology.names_itself(generator.as_deref())
        });
        Self {
            shown: shown.map(|technology| technology.name).collect(),
            is_telling: html && !page.is_truncated() && page.response().is_some_and(|response| response.status == 200),
        }
    }

    /// Whether a fingerprint could speak against what is tagged so.
    pub fn is_asked_by(tags: &[Arc<str>]) -> bool {
        TECHNOLOGIES.iter().any(|technology| technology.is_named_by(tags))
    }

    /// Why what is tagged so cannot be meant for this host; `None` where nothing speaks against it.
    pub fn contradicts(&self, tags: &[Arc<str>]) -> Option<String> {
        let wanted: Vec<&Technology> = TECHNOLOGIES.iter().filter(|technology| technology.is_named_by(tags)).collect();
        let first = wanted.first()?;
        if wanted.iter().any(|technology| self.shown.contains(&technology.name)) {
            return None;
        }
        match self.shown.first() {
            Some(other) => Some(format!("the front page is {other}'s, not {}'s", first.name)),
            None if self.is_telling => Some(format!("the front page shows nothing of {}", first.name)),
            None => None,
        }
    }
}

impl Technology {
    fn is_named_by(&self, tags: &[Arc<str>]) -> bool {
        self.tags.iter().any(|tag| tags.iter().any(|own| own.eq_ignore_ascii_case(tag)))
    }

    fn sets_fields_of(&self, answer: &Answer) -> bool {
        self.fields.iter().any(|(name, part)| {
            answer.header(name).any(|value| String::from_utf8_lossy(value).to_ascii_lowercase().contains(part))
        })
    }

    fn wrote(&self, page: &Answer) -> bool {
        self.body.iter().any(|text| memchr::memmem::find(page.text(), text.as_bytes()).is_some())
    }

    fn names_itself(&self, generator: Option<&str>) -> bool {
        generator.is_some_and(|content| content.starts_with(self.generator))
    }
}

/// The content of the page's `generator`, in lower case.
fn generator(page: &Answer) -> Option<String> {
    let selector = scraper::Selector::parse("meta[name=generator i]").ok()?;
    let content = page.with_html(|html, _| {
        html.select(&selector).next().and_then(|meta| meta.attr("content")).map(|text| text.trim().to_ascii_lowercase())
    });
    content.ok().flatten().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predicate::tests::{answer_of, failure_of};

    fn tags(names: &[&str]) -> Vec<Arc<str>> {
        names.iter().map(|name| Arc::from(*name)).collect()
    }

    #[test]
    fn a_front_page_speaks_against_its_relatives_only() {
        let page = r#"<!doctype html><meta name="Generator" content="WordPress 6.8"><p>Hello"#;
        let shown = Fingerprint::of_root(&answer_of(200, "text/html", page));
        assert_eq!(shown.shown, ["WordPress"]);
        assert_eq!(
            shown.contradicts(&tags(&["cve", "joomla"])).as_deref(),
            Some("the front page is WordPress's, not Joomla's")
        );
        assert_eq!(shown.contradicts(&tags(&["cve", "wp-plugin"])), None);
        assert_eq!(shown.contradicts(&tags(&["joomla", "WordPress"])), None, "it is for both");
        assert_eq!(shown.contradicts(&tags(&["jenkins"])), None, "no relative");
    }

    #[test]
    fn a_whole_page_that_shows_none_speaks_against_all_and_anything_less_against_none() {
        let plain = Fingerprint::of_root(&answer_of(200, "text/html", "<!doctype html><p>Hello"));
        assert_eq!(
            plain.contradicts(&tags(&["wordpress"])).as_deref(),
            Some("the front page shows nothing of WordPress")
        );
        let failure = failure_of(crate::observation::ErrorKind::Reset);
        for silent in
            [answer_of(404, "text/html", "<!doctype html>"), answer_of(200, "application/json", "{}"), failure]
        {
            assert_eq!(Fingerprint::of_root(&silent).contradicts(&tags(&["wordpress"])), None);
        }
        let error = answer_of(503, "text/html", "<!doctype html><link href='/wp-content/a.css'>");
        assert_eq!(Fingerprint::of_root(&error).shown, ["WordPress"], "signs count whatever the status");
    }
}
