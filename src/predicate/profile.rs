//! The profile of a host: whether people browse it or programs call it.
//!
//! Owns the decision. Takes the answers that every host is asked for (its root after redirects, the paths that the user
//! named); gives a profile with the reason in words. Invariant: it never depends on which rules are loaded, and a root
//! that is not known gives none. Must never import a folder above `expr`.

use std::sync::Arc;

use super::content::class::Class;
use super::{Answer, ReplyState};
use crate::base::Origin;

/// What a host is for. What browsers do with pages is asked of sites only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Programs call it.
    Api,
    /// People browse it.
    Site,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 2] = [Self::Api, Self::Site];

    /// The names of all.
    pub const NAMES: [&'static str; 2] = [Self::Api.name(), Self::Site.name()];

    /// The name as rules, flags and reports write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Site => "site",
        }
    }

    /// The profile of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }
}

/// A profile and why it was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profiled {
    /// The profile.
    pub profile: Profile,
    /// Why, as half a sentence: `the root is an HTML page`.
    pub why: Arc<str>,
}

impl Profiled {
    /// What the user said.
    pub fn set(profile: Profile) -> Self {
        Self { profile, why: "as it was set".into() }
    }

    fn of(profile: Profile, why: impl Into<Arc<str>>) -> Self {
        Self { profile, why: why.into() }
    }

    /// Decides by the root alone; `None` where the root is not known.
    ///
    /// # Errors
    /// Where the root says too little (an HTML error page, a redirect that was not followed): what it was, in words.
    /// [`Profiled::of_host`] then decides by the rest.
    pub fn of_root(root: &ReplyState) -> Result<Option<Self>, String> {
        let Some((answer, status)) = answered(root) else { return Ok(None) };
        let Ok(class) = answer.class() else { return Ok(None) };
        match (class, status) {
            (_, 300..=399) => Err(format!("the root redirects ({status})")),
            (Class::Html, 400..) => Err(format!("the root is an HTML error page ({status})")),
            (Class::Html, _) => Ok(Some(Self::of(Profile::Site, "the root is an HTML page"))),
            (Class::Empty, _) => Ok(Some(Self::of(Profile::Api, format!("the root has no body ({status})")))),
            (class, _) => {
                Ok(Some(Self::of(Profile::Api, format!("the root answers with {} ({status})", words(class)))))
            }
        }
    }

    /// Decides by the root and, where that says too little, by the paths that the user named, then by the host's name.
    pub fn of_host<'a>(
        origin: &Origin,
        root: &ReplyState,
        named: impl Iterator<Item = &'a ReplyState>,
    ) -> Option<Self> {
        let said = match Self::of_root(root) {
            Ok(decided) => return decided,
            Err(said) => said,
        };
        let decisive = named.filter_map(answered).filter(|(_, status)| (200..300).contains(status));
        let mut classes = decisive.filter_map(|(answer, _)| answer.class().ok()).peekable();
        let named = classes.peek().is_some().then(|| classes.any(|class| class == Class::Html));
        Some(match named {
            Some(true) => Self::of(Profile::Site, format!("{said}, and a named path is an HTML page")),
            Some(false) => Self::of(Profile::Api, format!("{said}, and no named path is an HTML page")),
            None if origin.host().starts_with("api.") => {
                Self::of(Profile::Api, format!("{said}, and the host is called api"))
            }
            None => Self::of(Profile::Site, said),
        })
    }
}

fn answered(state: &ReplyState) -> Option<(&Answer, u16)> {
    let ReplyState::Answered(hops) = state else { return None };
    let last = hops.last();
    last.response().map(|response| (&**last, response.status))
}

fn words(class: Class) -> &'static str {
    match class {
        Class::Json => "JSON",
        Class::Xml => "XML",
        Class::Script => "a script",
        Class::Style => "a style sheet",
        Class::Text => "plain text",
        Class::Image => "a picture",
        Class::Font => "a font",
        Class::Html | Class::Binary | Class::Empty => "data",
    }
}

#[cfg(test)]
mod tests {
    use std::iter::empty;

    use super::*;
    use crate::observation::ErrorKind;
    use crate::predicate::tests::{answer_of, failure_of};

    fn decided(host: &str, root: &ReplyState, named: &[ReplyState]) -> Option<Profile> {
        let origin = Origin::new(crate::base::Scheme::Https, host, 443).expect("valid");
        Profiled::of_host(&origin, root, named.iter()).map(|known| known.profile)
    }

    #[test]
    fn the_root_decides_where_it_says_enough() {
        for (status, fields, body, expected) in [
            (200, "text/html; charset=utf-8", "<!doctype html><title>Shop</title>", Profile::Site),
            (200, "", "<!doctype html><title>No type is sent</title>", Profile::Site),
            (200, "application/xhtml+xml", "<html/>", Profile::Site),
            (200, "application/json", r#"{"name":"orders"}"#, Profile::Api),
            (200, "application/problem+json", "{}", Profile::Api),
            (200, "text/plain", "ok", Profile::Api),
            (200, "application/xml", "<list/>", Profile::Api),
            (204, "", "", Profile::Api),
            (401, "application/json", r#"{"error":"unauthorized"}"#, Profile::Api),
            (404, "", "", Profile::Api),
            (404, "text/plain", "404 page not found", Profile::Api),
        ] {
            let root = answer_of(status, fields, body);
            assert_eq!(decided("www.example.com", &root, &[]), Some(expected), "{status} {fields} {body}");
            assert_eq!(decided("api.example.com", &root, &[]), Some(expected), "the name is a tie-breaker only");
        }
    }

    #[test]
    fn an_error_page_or_a_redirect_leaves_it_to_named_paths_and_then_to_the_name() {
        let page = answer_of(200, "text/html", "<!doctype html>");
        let (json, error) = (answer_of(200, "application/json", "[]"), answer_of(404, "application/json", "{}"));
        for root in [answer_of(404, "text/html", "<pre>Cannot GET /</pre>"), answer_of(302, "text/html", "")] {
            assert_eq!(decided("shop.example", &root, &[]), Some(Profile::Site));
            assert_eq!(decided("api.shop.example", &root, &[]), Some(Profile::Api));
            assert_eq!(decided("shop.example", &root, std::slice::from_ref(&json)), Some(Profile::Api));
            assert_eq!(decided("api.shop.example", &root, &[json.clone(), page.clone()]), Some(Profile::Site));
            assert_eq!(decided("shop.example", &root, std::slice::from_ref(&error)), Some(Profile::Site));
        }
    }

    #[test]
    fn an_unknown_root_gives_no_profile() {
        let failed = failure_of(ErrorKind::ConnectTimeout);
        assert_eq!(decided("api.shop.example", &failed, &[answer_of(200, "text/html", "<html>")]), None);
        assert_eq!(Profiled::of_root(&ReplyState::NotAsked), Ok(None));
        let origin = Origin::new(crate::base::Scheme::Http, "shop.example", 80).expect("valid");
        assert_eq!(Profiled::of_host(&origin, &ReplyState::Unknown(crate::base::Unknown::NotSent), empty()), None);
    }
}
