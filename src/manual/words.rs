//! Conditions in words.
//!
//! Takes a condition, gives a nested list of sentences. Invariant: every part of a condition is said, names that the rule
//! defines once, where they are first used. Must never import a folder above `rule`.

use std::sync::Arc;

use super::markdown::{code, listed, prose};
use crate::predicate::{Base, Collection, Operands, Pred, Subject, often};
use crate::rule::{Bound, Cond, CondKind, Quantifier, Rule};

/// What a condition says: a line, with what belongs to it below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub text: String,
    pub below: Vec<Said>,
}

/// Speaks of the conditions of one rule.
pub(super) struct Words<'r> {
    rule: &'r Rule,
    /// Conditions that the rule names, in the order of their first use.
    defined: Vec<(Arc<str>, &'r Cond)>,
    /// How many of them are told already.
    told: usize,
}

impl<'r> Words<'r> {
    pub fn of(rule: &'r Rule) -> Self {
        Self { rule, defined: Vec::new(), told: 0 }
    }

    /// The condition as list items. A condition that always holds says nothing.
    pub fn say(&mut self, cond: &'r Cond) -> Vec<Said> {
        match &cond.kind {
            CondKind::All(parts) => parts.iter().flat_map(|part| self.say(part)).collect(),
            _ => vec![self.item(cond)],
        }
    }

    /// What the names mean that were used since this was last asked, those within them included.
    pub fn definitions(&mut self) -> Vec<(Arc<str>, Vec<Said>)> {
        let mut said = Vec::new();
        // Saying one may name more.
        while let Some((name, cond)) = self.defined.get(self.told).cloned() {
            self.told += 1;
            said.push((name, self.say(cond)));
        }
        said
    }

    fn item(&mut self, cond: &'r Cond) -> Said {
        match &cond.kind {
            CondKind::All(parts) => self.group("all of these:", parts),
            CondKind::Any(parts) => self.group("any of these:", parts),
            CondKind::Not(inner) => self.inside("not:", inner),
            CondKind::Test { subject, pred } => leaf(format!("{} {}", subject_words(subject), pred_words(pred))),
            CondKind::Quantified { quantifier, over, cond } => {
                let head = format!("{} {}:", quantifier_words(*quantifier), self.collection(over));
                self.inside(&head, cond)
            }
            CondKind::CountOf { conds, bound } => self.group(&format!("{} of these:", bound_words(*bound)), conds),
            CondKind::Expr(expr) => leaf(code(&expr.to_string())),
            CondKind::At { request, label, cond } => {
                let label = label.as_ref().map(|label| format!(".{label}")).unwrap_or_default();
                let name = self.rule.requests.get(*request).map_or("", |request| &request.name);
                self.inside(&format!("in the answer to {}:", code(&format!("{name}{label}"))), cond)
            }
            CondKind::Named { name, expect, cond } => {
                if !self.defined.iter().any(|(known, _)| known == name) {
                    self.defined.push((Arc::clone(name), cond));
                }
                let name = prose(&name.replace('_', " "));
                leaf(if *expect { format!("*{name}*") } else { format!("not *{name}*") })
            }
        }
    }

    fn group(&mut self, head: &str, parts: &'r [Cond]) -> Said {
        match parts {
            [] => leaf("always".to_owned()),
            [one] => self.item(one),
            several => Said { text: head.to_owned(), below: several.iter().map(|part| self.item(part)).collect() },
        }
    }

    fn inside(&mut self, head: &str, cond: &'r Cond) -> Said {
        under(head, self.say(cond))
    }

    fn collection(&self, over: &Collection) -> String {
        match over {
            Collection::Replies(index) => {
                let name = self.rule.requests.get(*index).map_or("", |request| &request.name);
                format!("answer to {}", code(name))
            }
            Collection::Hops => "hop of the redirects".to_owned(),
            Collection::Baseline => "answer to a random path".to_owned(),
            Collection::Cookies => "cookie".to_owned(),
            Collection::HeaderFields => "header field".to_owned(),
            Collection::CspEnforced => "content security policy that is enforced".to_owned(),
            Collection::CspReported => "content security policy that only reports".to_owned(),
            Collection::Resources => "resource that the page loads".to_owned(),
            Collection::Forms => "form of the page".to_owned(),
            Collection::Certificates => "certificate of the chain".to_owned(),
            Collection::OtherCertificates => "certificate for other clients".to_owned(),
            Collection::Versions => "version".to_owned(),
            Collection::Suites => "cipher suite".to_owned(),
            Collection::Addresses => "other address of the name".to_owned(),
            Collection::DnsAnswers => "DNS record".to_owned(),
            Collection::Var(..) | Collection::ItemField(_) => format!("item of {}", code(&over.display())),
        }
    }
}

/// Conditions below a head that ends in a colon; on the head's line where they are one.
pub(super) fn under(head: &str, mut below: Vec<Said>) -> Said {
    match (below.len(), below.pop()) {
        (1, Some(only)) => Said { text: format!("{head} {}", only.text), below: only.below },
        (_, None) => leaf(head.trim_end_matches(':').to_owned()),
        (_, Some(last)) => {
            below.push(last);
            Said { text: head.to_owned(), below }
        }
    }
}

fn leaf(text: String) -> Said {
    Said { text, below: Vec::new() }
}

fn quantifier_words(quantifier: Quantifier) -> String {
    match quantifier {
        Quantifier::Some => "some".to_owned(),
        Quantifier::Every => "every".to_owned(),
        Quantifier::None => "no".to_owned(),
        Quantifier::Count(bound) => format!("{} of every", bound_words(bound)),
    }
}

fn bound_words(bound: Bound) -> String {
    let part = |word: &str, number: Option<u64>| number.map(|number| format!("{word} {number}"));
    let parts = [part("at least", bound.at_least), part("at most", bound.at_most), part("exactly", bound.equals)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

fn subject_words(subject: &Subject) -> String {
    let below = subject.path.iter().map(|part| part.replace('_', " ")).collect::<Vec<_>>().join(" ");
    match &subject.base {
        Base::Status => "the status".to_owned(),
        Base::Class => "the kind of content".to_owned(),
        Base::Error => "the failure".to_owned(),
        Base::Headers(name) => format!("the field {}", code(name)),
        Base::Cookie(name) => format!("the cookie {}", code(name)),
        Base::Body => "the body".to_owned(),
        Base::HtmlProse => "the text of the page".to_owned(),
        Base::Json(query) | Base::ItemJson(query) => format!("the JSON value {}", code(query.source())),
        Base::Html(query) => format!("the element {}", code(query.source())),
        Base::Size => "the size".to_owned(),
        Base::Url if below.is_empty() => "the URL".to_owned(),
        Base::Url => format!("the URL's {below}"),
        Base::Location if below.is_empty() => "where it leads".to_owned(),
        Base::Location => format!("the {below} of where it leads"),
        Base::Host if below.is_empty() => "the host".to_owned(),
        Base::Host => format!("the host's {below}"),
        Base::Case => "the case".to_owned(),
        Base::Item if below.is_empty() => "it".to_owned(),
        Base::Item => format!("its {}", code(&subject.path.join("."))),
        _ => code(&subject.display()),
    }
}

fn pred_words(pred: &Pred) -> String {
    match pred {
        Pred::Equals(operands) => format!("is {}", texts(operands)),
        Pred::Contains { operands, times } => format!("contains {}{}", texts(operands), often(*times)),
        Pred::ContainsAll(operands) => format!("contains all of {}", texts(operands)),
        Pred::StartsWith(operands) => format!("starts with {}", texts(operands)),
        Pred::EndsWith(operands) => format!("ends with {}", texts(operands)),
        Pred::HasToken(operands) => format!("lists {}", texts(operands)),
        Pred::Matches { patterns, times } => {
            let one = |pattern: &crate::predicate::BytePattern| {
                let case = if pattern.ignores_case() { " (case ignored)" } else { "" };
                format!("{}{case}", code(pattern.source()))
            };
            format!("matches {}{}", listed(&patterns.iter().map(one).collect::<Vec<_>>(), "or"), often(*times))
        }
        Pred::Number(bound) => bound.to_string(),
        Pred::Exists(true) => "is there".to_owned(),
        Pred::Exists(false) => "is missing".to_owned(),
        Pred::Not(inner) => format!("is there and {}", not(&pred_words(inner))),
        Pred::OrMissing(inner) => format!("{}, or is missing", pred_words(inner)),
        Pred::All(preds) => preds.iter().map(pred_words).collect::<Vec<_>>().join(" and "),
        Pred::AnyOf(preds) => listed(&preds.iter().map(pred_words).collect::<Vec<_>>(), "or"),
        Pred::StartsWithBytes(_)
        | Pred::StatusClass(_)
        | Pred::Time(_)
        | Pred::Version(_)
        | Pred::Entropy(_)
        | Pred::Characters(_)
        | Pred::Checksum(_) => pred.display(),
    }
}

/// What a predicate's words are where it does not hold.
fn not(words: &str) -> String {
    const VERBS: [(&str, &str); 6] = [
        ("is ", "is not "),
        ("contains ", "does not contain "),
        ("starts with ", "does not start with "),
        ("ends with ", "does not end with "),
        ("matches ", "does not match "),
        ("lists ", "does not list "),
    ];
    let verb = VERBS.iter().find_map(|(verb, not)| words.strip_prefix(verb).map(|rest| format!("{not}{rest}")));
    verb.unwrap_or_else(|| format!("not so that it {words}"))
}

fn texts(operands: &Operands) -> String {
    const MOST: usize = 12;
    let mut texts: Vec<String> = operands.any.iter().take(MOST).map(|text| code(&text.source())).collect();
    if operands.any.len() > MOST {
        texts.push(format!("one of {} more", operands.any.len() - MOST));
    }
    format!("{}{}", listed(&texts, "or"), if operands.ignore_case { " (case ignored)" } else { "" })
}
