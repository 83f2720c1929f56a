//! Answers for generated tests: what would make a condition hold.
//!
//! Takes a condition, gives fixtures to try; whoever asks runs them. Invariant: everything is chosen in a fixed order, so the
//! same condition gives the same answers. Must never import `cli`.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Map, Value, json};

use super::ask::{Ask, Part, Test, escaped};

/// The longest text that is made for a regex.
const LONGEST: usize = 4096;

/// An answer in the making.
#[derive(Debug, Clone, Default)]
pub(super) struct Sample {
    status: Option<i64>,
    fields: Vec<(String, String)>,
    body: Vec<String>,
    size: usize,
}

impl Sample {
    /// An answer that should satisfy the condition, taking the alternatives that `choice` names.
    pub fn of(ask: &Ask, choice: usize) -> Self {
        let mut sample = Self::default();
        sample.satisfy(ask, choice);
        sample
    }

    fn satisfy(&mut self, ask: &Ask, choice: usize) {
        match ask {
            Ask::All(asks) => asks.iter().for_each(|ask| self.satisfy(ask, choice)),
            Ask::Any(asks) => {
                let at = choice.checked_rem(asks.len()).unwrap_or(0);
                asks.get(at).into_iter().for_each(|ask| self.satisfy(ask, choice));
            }
            Ask::Not(_) => {}
            Ask::Status(codes) => {
                self.status = self.status.or_else(|| codes.first().copied());
            }
            Ask::Size(key, number) => {
                let least = usize::try_from(*number).unwrap_or(0) + usize::from(*key == "more_than");
                if matches!(*key, "more_than" | "at_least" | "equals") {
                    self.size = self.size.max(least);
                }
            }
            Ask::Text(part, test) => self.add(part, test),
        }
    }

    fn add(&mut self, part: &Part, test: &Test) {
        let Some(text) = text_for(test) else { return };
        match part {
            Part::Body if test.key == "starts_with" => self.body.insert(0, text),
            Part::Body => self.body.push(text),
            Part::Field(name) => match self.fields.iter_mut().find(|(known, _)| known == name) {
                Some((_, value)) => value.push_str(&format!(" {text}")),
                None => self.fields.push((name.clone(), text)),
            },
            Part::AnyField => self.fields.push((format!("x-sample-{}", self.fields.len()), text)),
        }
    }

    /// The answer as a test gives it.
    pub fn fixture(&self) -> Value {
        let mut body = self.body.join("\n");
        let missing = self.size.saturating_sub(body.len()).min(LONGEST * 16);
        body.push_str(&"x".repeat(missing));
        let mut map = Map::new();
        map.insert("status".into(), json!(self.status.unwrap_or(200)));
        if !self.fields.is_empty() {
            let fields = self.fields.iter().map(|(name, value)| (name.clone(), json!(escaped(value)))).collect();
            map.insert("headers".into(), Value::Object(fields));
        }
        map.insert("body".into(), json!(escaped(&body)));
        Value::Object(map)
    }
}

fn text_for(test: &Test) -> Option<String> {
    match test.key {
        "matches" => of_regex(&test.text),
        _ => Some(test.text.clone()),
    }
}

/// A short text that a regex matches, as far as its structure tells.
pub(super) fn of_regex(pattern: &str) -> Option<String> {
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    let mut bytes = Vec::new();
    grow(&parser.parse(pattern).ok()?, &mut bytes)?;
    String::from_utf8(bytes).ok()
}

fn grow(hir: &Hir, out: &mut Vec<u8>) -> Option<()> {
    if out.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(()),
        HirKind::Literal(literal) => {
            out.extend_from_slice(&literal.0);
            Some(())
        }
        HirKind::Class(class) => {
            out.push(member(class)?);
            Some(())
        }
        HirKind::Repetition(repetition) => {
            let times = match repetition.max {
                Some(0) => 0,
                _ => repetition
                    .min
                    .max(u32::from(!matches!(repetition.sub.kind(), HirKind::Class(_)) && repetition.min > 0)),
            };
            (0..times.min(256)).try_for_each(|_| grow(&repetition.sub, out))
        }
        HirKind::Capture(capture) => grow(&capture.sub, out),
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| grow(part, out)),
        HirKind::Alternation(parts) => grow(parts.first()?, out),
    }
}

/// A character of a class: a letter or digit where there is one, else any that prints.
fn member(class: &Class) -> Option<u8> {
    let holds = |byte: u8| match class {
        Class::Bytes(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&byte)),
        Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&char::from(byte))),
    };
    let liked = b"a1A0".iter().copied().chain(b'b'..=b'z').chain(b'2'..=b'9').chain(b'B'..=b'Z');
    let mut all = liked.chain(b' '..=b'~').chain([b'\t', b'\n', b'\r']);
    all.find(|byte| holds(*byte))
}

#[cfg(test)]
mod tests {
    use super::of_regex;

    #[test]
    fn a_text_for_a_regex_is_matched_by_it() {
        for pattern in [r"(?i)version[: ]+([0-9.]+)", r"root:.*:0:0:", r#"<title>[^<]{3,}</title>"#, r"a(b|c){2}\d+"] {
            let text = of_regex(pattern).expect("a text");
            assert!(regex::Regex::new(pattern).expect("valid").is_match(&text), "{pattern}: {text}");
        }
    }
}
