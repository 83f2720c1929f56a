//! The index of the manual: all rules by category.
//!
//! Must never import a folder above `rule`.

use std::fmt::Write as _;

use super::markdown::title;
use super::{MARK, page_name, requests};
use crate::base::{Category, Severity};
use crate::rule::{Exposure, Rule};

/// The index of these rules.
pub(super) fn render(rules: &[&Rule]) -> String {
    let mut out = format!("{MARK}. Change the rules, not this page. -->\n# The rules\n\n");
    let _ = writeln!(
        out,
        "{} rules, by category. A page says what its rule judges, how bad that is, what to change and what is sent.\n\
         Requests are counted as the rule alone would send them; equal requests of several rules are sent once.\n",
        rules.len()
    );
    for category in Category::ALL {
        let of_category: Vec<&&Rule> = rules.iter().filter(|rule| rule.meta.category == category).collect();
        if of_category.is_empty() {
            continue;
        }
        let _ = writeln!(out, "## {category}\n\n| rule | what it finds | severity | requests |\n|---|---|---|---|");
        for rule in of_category {
            let (id, name) = (&rule.id, page_name(rule));
            let what = title(&rule.meta.title.source());
            let _ = writeln!(out, "| [{id}]({name}) | {what} | {} | {} |", severity(rule), requests::count(rule));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// From the worst to the mildest.
fn severity(rule: &Rule) -> String {
    let all = rule.severities();
    match (all.first(), all.last()) {
        _ if rule.exposure != Exposure::Secret => "note".to_owned(),
        (Some(mildest), Some(worst)) if mildest != worst => format!("{worst} to {mildest}"),
        (Some(only), _) => Severity::to_string(only),
        _ => String::new(),
    }
}
