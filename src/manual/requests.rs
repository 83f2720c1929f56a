//! What a rule sends, in words.
//!
//! Must never import a folder above `rule`.

use super::markdown::{code, listed};
use crate::predicate::{Source, WrittenItem};
use crate::rule::{Binding, Redirects, Request, Rule, Wire};

/// Items that are listed where not all are.
const MOST: usize = 40;

/// The requests as list items; a sentence where there are none.
pub(super) fn render(rule: &Rule) -> String {
    if rule.requests.is_empty() {
        return "None of its own. It judges the root, each redirect from there to where visitors land, the answers to two \
                random paths and the paths that the user named, and adds what it finds in the answers to other rules' \
                requests.\n"
            .to_owned();
    }
    let mut out = String::new();
    for binding in &rule.for_each {
        out.push_str(&format!("For each {}, one after the other:\n\n", items(binding)));
    }
    for request in &rule.requests {
        out.push_str(&format!("- {}\n", sentence(request)));
    }
    out
}

/// How many requests the written items make, without what answers add.
pub(super) fn count(rule: &Rule) -> u64 {
    let of = |bindings: &[Binding]| bindings.iter().fold(1_u64, |sum, binding| sum.saturating_mul(written(binding)));
    let each = rule.requests.iter().map(|request| of(&request.for_each).saturating_mul(u64::from(request.repeat)));
    of(&rule.for_each).saturating_mul(each.sum())
}

fn written(binding: &Binding) -> u64 {
    match &binding.source {
        Source::Written(items) => items.len() as u64,
        _ => 1,
    }
}

fn sentence(request: &Request) -> String {
    let mut text = match &request.wire {
        Wire::Http(http) if http.raw.is_some() => "bytes of its own".to_owned(),
        Wire::Http(http) => {
            let mut text = code(&format!("{} {}", http.method.0, http.target.source()));
            let fields = http.headers.iter().flat_map(|(name, values)| {
                values.iter().map(move |value| code(&format!("{name}: {}", value.source())))
            });
            let fields: Vec<String> = fields.collect();
            if !fields.is_empty() {
                text.push_str(&format!(" with {}", fields.join(", ")));
            }
            if let Some((first, last)) = http.range {
                text.push_str(&format!(", bytes {first} to {last} only"));
            }
            text
        }
        Wire::Tls(_) => "a TLS handshake".to_owned(),
        Wire::TlsSurvey => "a survey of TLS, which all rules share".to_owned(),
        Wire::Dns(query) => format!("a DNS query of type {}", code(&query.kind)),
        Wire::Tcp(address, _) => format!("bytes over TCP to {}", code(&address.source())),
    };
    if request.repeat > 1 {
        text.push_str(&format!(", {} times", request.repeat));
    }
    for binding in &request.for_each {
        text.push_str(&format!(", for each {}", items(binding)));
    }
    match request.redirects {
        Redirects::None => {}
        Redirects::SameHost => text.push_str(", following redirects on the same host"),
        Redirects::All => text.push_str(", following redirects"),
    }
    if request.run_if.is_some() {
        text.push_str(", where an earlier answer asks for it");
    }
    text
}

/// A name and its items.
fn items(binding: &Binding) -> String {
    let Source::Written(items) = &binding.source else {
        return format!("{} that the answer holds", code(&binding.name));
    };
    let mut texts: Vec<String> = items.iter().take(MOST).map(item).collect();
    if items.len() > MOST {
        texts.push(format!("{} more", items.len() - MOST));
    }
    format!("{} of {}", code(&binding.name), listed(&texts, "and"))
}

fn item(item: &WrittenItem) -> String {
    let field = |name: &str| item.fields.iter().find(|(known, _)| &**known == name).map(|(_, text)| text.source());
    let text = field("value").unwrap_or_else(|| {
        let fields = item.fields.iter().map(|(name, text)| format!("{name}={}", text.source()));
        fields.collect::<Vec<_>>().join(" ")
    });
    match &item.label {
        Some(label) => format!("{label} {}", code(&text)),
        None => code(&text),
    }
}

/// Where items come from, after `each` or `the first`.
pub(super) fn source(source: &Source) -> String {
    match source {
        Source::Written(_) => "item written in the rule".to_owned(),
        Source::Collection(collection) => format!("item of {}", code(&collection.display())),
        Source::Subject { subject, regex: Some(regex), .. } => {
            format!("match of {} in {}", code(regex.source()), code(&subject.display()))
        }
        Source::Subject { subject, regex: None, .. } => format!("value of {}", code(&subject.display())),
        Source::Json { path, .. } => format!("JSON value {}", code(path.source())),
        Source::Html { select, attr, .. } => {
            let attr = attr.as_ref().map(|attr| format!("attribute {} of the ", code(attr))).unwrap_or_default();
            format!("{attr}element {}", code(select.source()))
        }
        Source::Tokens(tokens) => format!("token of the shape {}", code(tokens.regex.source())),
        Source::OfRequest { source: inner, .. } => format!("{} of an earlier answer", self::source(inner)),
    }
}
