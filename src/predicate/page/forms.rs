//! Where a page's forms send what visitors type.
//!
//! Must never import a folder above `expr`.

use std::collections::{HashMap, HashSet};

use ego_tree::NodeId;
use scraper::{ElementRef, Html};

use super::address::{self, Page};
use super::{bounded, elements};
use crate::base::{Unknown, Value};
use crate::predicate::kind::field;
use crate::predicate::views::{Field, Shape};

/// The fields of a form's destination.
pub(in crate::predicate) const FIELDS: &[Field] = {
    let [value, written, scheme, host, domain, path, foreign, insecure] = address::FIELDS;
    &[
        value,
        written,
        scheme,
        host,
        domain,
        path,
        foreign,
        insecure,
        field("method", Shape::OneOf(&["get", "post"]), "How it is sent."),
        field("by", Shape::OneOf(&["form", "button"]), "Whose attribute says where it is sent."),
        field("password", Shape::Bool, "Whether the form asks for a password."),
    ]
};

/// Where forms are sent: an item for each form, and for each button that sends its form elsewhere. A form with
/// `method=dialog` is sent nowhere.
///
/// # Errors
/// Where there are too many.
pub(in crate::predicate) fn forms(page: &Page, html: &Html) -> Result<Vec<Value>, Unknown> {
    let all: Vec<ElementRef<'_>> = elements(html).collect();
    let owners = Owners::of(&all);
    let is_password = |one: &&ElementRef<'_>| one.value().name() == "input" && has_word(**one, "type", "password");
    let asking: HashSet<NodeId> =
        all.iter().filter(is_password).filter_map(|one| owners.form(*one)).map(|form| form.id()).collect();
    let of_element = |element: &ElementRef<'_>| match element.value().name() {
        "form" => destination(page, *element, None, &asking),
        "button" | "input" if element.attr("formaction").is_some() && is_submit(*element) => {
            owners.form(*element).and_then(|form| destination(page, form, Some(*element), &asking))
        }
        _ => None,
    };
    bounded(all.iter().filter_map(of_element))
}

fn destination(
    page: &Page,
    form: ElementRef<'_>,
    button: Option<ElementRef<'_>>,
    asking: &HashSet<NodeId>,
) -> Option<Value> {
    let own = button.and_then(|button| button.attr("formmethod"));
    let method = own.or_else(|| form.attr("method")).unwrap_or_default();
    if method.eq_ignore_ascii_case("dialog") {
        return None;
    }
    let written = match button {
        Some(button) => button.attr("formaction"),
        None => form.attr("action"),
    };
    let written = written.unwrap_or_default();
    let url = if written.is_empty() { Some(page.own().clone()) } else { page.resolve(written) }?;
    let mut fields = page.fields(&url, written);
    fields.push(("method", Value::from(if method.eq_ignore_ascii_case("post") { "post" } else { "get" })));
    fields.push(("by", Value::from(if button.is_some() { "button" } else { "form" })));
    fields.push(("password", Value::Bool(asking.contains(&form.id()))));
    Some(Value::map(fields))
}

fn has_word(element: ElementRef<'_>, attr: &str, word: &str) -> bool {
    element.attr(attr).is_some_and(|value| value.eq_ignore_ascii_case(word))
}

/// Whether an element with `formaction` sends its form.
fn is_submit(element: ElementRef<'_>) -> bool {
    match element.value().name() {
        "button" => !has_word(element, "type", "button") && !has_word(element, "type", "reset"),
        _ => has_word(element, "type", "submit") || has_word(element, "type", "image"),
    }
}

/// Which form an element belongs to (HTML §4.10.18.3): the one that its `form` attribute names, else the one around it.
struct Owners<'a> {
    by_id: HashMap<&'a str, ElementRef<'a>>,
}

impl<'a> Owners<'a> {
    fn of(all: &[ElementRef<'a>]) -> Self {
        let mut by_id = HashMap::new();
        for form in all.iter().filter(|element| element.value().name() == "form") {
            if let Some(id) = form.value().id() {
                by_id.entry(id).or_insert(*form);
            }
        }
        Self { by_id }
    }

    fn form(&self, element: ElementRef<'a>) -> Option<ElementRef<'a>> {
        match element.value().attr("form") {
            Some(id) => self.by_id.get(id).copied(),
            None => element.ancestors().filter_map(ElementRef::wrap).find(|above| above.value().name() == "form"),
        }
    }
}
