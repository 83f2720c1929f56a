//! Elements of a page as items: an attribute, a text, or a URL.
//!
//! URLs are resolved as browsers do, against the answer's URL and `<base href>`; whether one is in scope is decided by
//! whoever asks for it. Must never import a folder above `expr`.

use scraper::{ElementRef, Html};
use url::Url;

use super::{MAX, SourceSpec, key};
use crate::base::Value;
use crate::predicate::content::html::{base_href, select, text_of};
use crate::predicate::domain::{domain, without_brackets};
use crate::predicate::found::{Extent, Found};
use crate::predicate::kind::field;
use crate::predicate::pattern::CssQuery;
use crate::predicate::scope::Scope;
use crate::predicate::subjects::judged;
use crate::predicate::views::Shape;

pub(super) static SPEC: SourceSpec = SourceSpec {
    name: "html",
    keys: &[
        key("select", &Shape::Text, true, "Which elements (CSS selector)."),
        key("attr", &Shape::Text, false, "Which attribute; without it, the element's text."),
        key("as", &Shape::OneOf(&["url"]), false, "`url`: resolved against the answer, with the URL's fields."),
        MAX,
    ],
    fields: &[
        field("value", Shape::Text, "The attribute's value or the text; of a URL, the resolved one."),
        field("written", Shape::Text, "Of a URL, as the page writes it."),
        field("scheme", Shape::Text, "Of a URL, its scheme."),
        field("host", Shape::Text, "Of a URL, its host; absent where it has none."),
        field("domain", Shape::Text, "Of a URL with a host, its registrable domain."),
        field("port", Shape::Number, "Of a URL, its port; absent where it has none."),
        field("origin", Shape::Text, "Of a URL with a host, its origin."),
        field("path", Shape::Text, "Of a URL, its path."),
        field("query", Shape::Text, "Of a URL, its query; absent where it has none."),
        field("target", Shape::Text, "Of a URL, path and query."),
    ],
    open: false,
    summary: "Elements of the page",
    example: r#"{ from: html, select: "script[src]", attr: src, as: url, max: 20 }"#,
};

/// Bytes of one item's text.
const TEXT: usize = 64 << 10;
/// Bytes of all items' texts.
const TEXTS: usize = 4 << 20;

/// Which elements, and what of them.
pub(super) struct Wanted<'a> {
    pub select: &'a CssQuery,
    pub attr: Option<&'a str>,
    pub as_url: bool,
}

/// The first `max` items.
pub(super) fn elements(wanted: &Wanted<'_>, max: usize, scope: &Scope<'_>) -> Found {
    let answer = match judged(scope) {
        Err(why) => return Found::Unknown(why),
        Ok(None) => return Found::missing(),
        Ok(Some(answer)) => answer,
    };
    let own = Url::parse(&answer.exchange().probe.url()).ok();
    match answer.with_html(|html, whole| read(wanted, max, html, own.as_ref(), whole)) {
        Err(why) => Found::Unknown(why),
        Ok(found) => found.unwrap_or_else(Found::missing),
    }
}

fn read(wanted: &Wanted<'_>, max: usize, html: &Html, own: Option<&Url>, whole: bool) -> Found {
    let base = base_href(html).and_then(|href| own?.join(href.trim()).ok());
    let base = base.as_ref().or(own);
    let mut left = TEXTS;
    let mut items = Vec::new();
    let found = match select(html, wanted.select, whole) {
        Ok(found) => found,
        Err(why) => return Found::Unknown(why),
    };
    for element in found {
        if items.len() >= max || left == 0 {
            break;
        }
        let Some(text) = text(wanted, &element, left.min(TEXT)) else { continue };
        left = left.saturating_sub(text.len());
        if wanted.as_url {
            let item = base.and_then(|base| url_item(base, &text));
            left = left.saturating_sub(item.as_ref().map_or(0, |item| item.as_text().len()));
            items.extend(item);
        } else {
            items.push(Value::from(text));
        }
    }
    let all = items.len() >= max || (whole && left > 0);
    Found::to_extent(items, if all { Extent::Whole } else { Extent::More })
}

fn text(wanted: &Wanted<'_>, element: &ElementRef<'_>, limit: usize) -> Option<String> {
    match wanted.attr {
        Some(name) => element.attr(name).filter(|text| text.len() <= limit).map(str::to_owned),
        None => Some(text_of(element, limit)),
    }
}

/// A link's parts; `None` where it cannot be resolved.
fn url_item(base: &Url, written: &str) -> Option<Value> {
    let mut url = base.join(written.trim()).ok()?;
    url.set_fragment(None);
    let target = url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let mut fields = vec![
        ("value", Value::from(url.as_str())),
        ("written", Value::from(written)),
        ("scheme", Value::from(url.scheme())),
        ("path", Value::from(url.path())),
        ("target", Value::from(target)),
    ];
    if let Some(host) = url.host_str().map(without_brackets) {
        fields.push(("host", Value::from(host)));
        fields.push(("domain", Value::from(domain(host))));
        fields.push(("origin", Value::from(url.origin().ascii_serialization())));
    }
    fields.extend(url.port_or_known_default().map(|port| ("port", Value::Int(i64::from(port)))));
    fields.extend(url.query().map(|query| ("query", Value::from(query))));
    Some(Value::map(fields))
}
