//! Hosts that are open to strangers: a source that covers one lets anybody bring a script.
//!
//! Takes the host and path of a source expression; gives the class of the first place in `open.txt` that it covers, by
//! CSP3 §6.7.2.7 and §6.7.2.9. All names under one provider's suffix (the private part of the public suffix list:
//! `*.github.io`) belong to whoever asks for one. Invariant: a host of one owner alone is never open. Must never import a
//! folder of this crate but `base`.

use std::sync::OnceLock;

/// What strangers can do at such a place.
pub(super) const CLASSES: [&str; 4] = ["jsonp", "gadget", "packages", "content"];

/// Places that are open to strangers. Kept as a text, so that it can be added to without reading code.
const LIST: &str = include_str!("open.txt");

/// A place: where the path ends in a slash, all that is below it.
struct Place {
    class: &'static str,
    host: &'static str,
    path: &'static str,
}

fn places() -> &'static [Place] {
    static PLACES: OnceLock<Vec<Place>> = OnceLock::new();
    PLACES.get_or_init(|| LIST.lines().filter_map(place).collect())
}

fn place(line: &'static str) -> Option<Place> {
    let (class, place) = line.split_once(' ')?;
    let class = CLASSES.into_iter().find(|known| *known == class)?;
    let place = place.trim_start();
    let (host, path) = place.split_at_checked(place.find('/')?)?;
    Some(Place { class, host, path })
}

/// Whether all names that the host covers can be anyone's: `*`, or `*.` before a top-level domain.
pub(super) fn is_everyones(host: &str) -> bool {
    host == "*" || suffix_type(host) == Some(psl::Type::Icann)
}

/// What strangers can do at a place that the source covers. `host` is in lower case.
pub(super) fn open_to(host: &str, path: Option<&[u8]>) -> Option<&'static str> {
    if is_everyones(host) {
        return None;
    }
    let covers = |place: &&Place| covers_host(host, place.host) && paths_meet(path.unwrap_or(b"/"), place.path);
    let listed = places().iter().find(covers).map(|place| place.class);
    listed.or_else(|| (suffix_type(host) == Some(psl::Type::Private)).then_some("content"))
}

/// Of which part of the list the suffix is, below which the host covers all names.
fn suffix_type(host: &str) -> Option<psl::Type> {
    let below = host.strip_prefix("*.")?;
    let below = below.strip_suffix('.').unwrap_or(below);
    let suffix = psl::suffix(below.as_bytes())?;
    if suffix.as_bytes() == below.as_bytes() { suffix.typ() } else { None }
}

/// Whether a host of a source covers a name (CSP3 §6.7.2.7).
fn covers_host(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(rest) => name.ends_with(rest),
        None => name == pattern,
    }
}

/// Whether some path is both of the source (CSP3 §6.7.2.9: all below where it ends in a slash, else itself alone) and of the
/// place.
fn paths_meet(source: &[u8], place: &str) -> bool {
    let place = place.as_bytes();
    let covers = |path: &[u8], other: &[u8]| if path.ends_with(b"/") { other.starts_with(path) } else { other == path };
    covers(source, place) || covers(place, source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_well_formed_and_without_repeats() {
        let lines: Vec<&str> = LIST.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        assert_eq!(lines.len(), places().len(), "each line is read");
        let mut seen = std::collections::BTreeSet::new();
        for place in places() {
            assert!(seen.insert((place.host, place.path)), "{}{} is there twice", place.host, place.path);
            assert_eq!(place.host, place.host.to_ascii_lowercase());
            let host = place.host.as_bytes();
            assert!(host.iter().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(b)), "{}", place.host);
            assert!(psl::suffix(host).is_some_and(|suffix| suffix.is_known()), "{} is on the web", place.host);
        }
    }

    #[test]
    fn a_source_is_open_where_it_covers_an_open_place() {
        for (host, path, class) in [
            ("ajax.googleapis.com", "", "gadget"),
            ("ajax.googleapis.com", "/ajax/libs/angularjs/1.8.3/angular.min.js", "gadget"),
            ("ajax.googleapis.com", "/ajax/libs/jquery/", "-"),
            ("ajax.googleapis.com", "/ajax/", "gadget"),
            ("*.googleapis.com", "", "gadget"),
            ("maps.googleapis.com", "", "jsonp"),
            ("googleapis.com", "", "-"),
            ("cdn.jsdelivr.net", "", "packages"),
            ("cdn.jsdelivr.net", "/npm/", "packages"),
            ("cdn.jsdelivr.net", "/npm/bootstrap@5.3.0/dist/", "-"),
            ("unpkg.com", "", "packages"),
            ("accounts.google.com", "", "jsonp"),
            ("*.github.io", "", "content"),
            ("someone.github.io", "", "-"),
            ("*.someone.github.io", "", "-"),
            ("*.cloudfront.net", "", "content"),
            ("d111111abcdef8.cloudfront.net", "", "-"),
            ("*.amazonaws.com", "", "content"),
            ("storage.googleapis.com", "", "content"),
            ("storage.googleapis.com", "/our-bucket/", "-"),
            ("*", "", "-"),
            ("*.com", "", "-"),
            ("example.com", "", "-"),
            ("*.example.com", "", "-"),
        ] {
            let path = (!path.is_empty()).then_some(path.as_bytes());
            assert_eq!(open_to(host, path).unwrap_or("-"), class, "{host}{path:?}");
        }
    }

    #[test]
    fn top_level_domains_are_everyones() {
        for (host, everyones) in [
            ("*", true),
            ("*.com", true),
            ("*.co.uk", true),
            ("*.com.", true),
            ("*.github.io", false),
            ("*.example.com", false),
            ("*.internal", false),
            ("com", false),
        ] {
            assert_eq!(is_everyones(host), everyones, "{host}");
        }
    }
}
