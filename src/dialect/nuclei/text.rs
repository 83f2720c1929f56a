//! Texts with markers, expressions and regexes of a template, in the language of sequences.
//!
//! Invariant: what cannot be read is an error of the template or a refusal with its code, never left out. Must never
//! import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dsl::{DslError, Expr, Regex, Text};

use super::context::Cx;
use super::refusal;
use super::token;
use super::value::Placed;

impl Cx<'_> {
    /// A text with markers.
    pub(super) fn marked(&mut self, (text, span): &Placed) -> Text {
        self.notice(text);
        let text = token::in_text(text, &mut self.tokens, self.limits);
        match Text::parse(&text, self.limits) {
            Ok(text) => {
                self.refuse_fingerprints(text.source(), "", *span);
                text
            }
            Err(error) => {
                self.refuse_expression(&error, *span);
                Text::literal("")
            }
        }
    }

    /// The text of a key, with markers.
    pub(super) fn marked_of(&mut self, map: &crate::dialect::yaml::Map, key: &str) -> Option<Text> {
        self.text_of(map, key).map(|placed| self.marked(&placed))
    }

    /// An expression.
    pub(super) fn expr(&mut self, (text, span): &Placed) -> Option<Expr> {
        self.notice(text);
        let text = token::in_expression(text, &mut self.tokens);
        match Expr::parse(&text, self.limits) {
            Ok(expr) => {
                self.refuse_fingerprints(&text, "jarm(Hostname)", *span);
                Some(expr)
            }
            Err(error) => {
                self.refuse_expression(&error, *span);
                None
            }
        }
    }

    /// A regex.
    pub(super) fn regex(&mut self, (text, span): &Placed) -> Option<Regex> {
        let text = token::in_regex(text);
        match Regex::parse(&text, self.limits) {
            Ok(regex) => Some(regex),
            Err(error) => {
                let help = "regexes are RE2's: no look-around, no back-references";
                self.error("R0112", "the regex cannot be read", *span, &error.to_string(), help);
                None
            }
        }
    }

    /// Takes note of what a text speaks of.
    pub(super) fn notice(&mut self, text: &str) {
        self.needs_oob |= text.contains("interactsh");
    }

    /// The fingerprint of a server is taken of the target, for operators, and of nothing else.
    fn refuse_fingerprints(&mut self, text: &str, allowed: &str, span: Span) {
        let calls = text.matches("jarm(").count();
        let known = if allowed.is_empty() { 0 } else { text.matches(allowed).count() };
        if calls > known {
            self.refuse(refusal::DSL_FUNCTION, span, "`jarm` is asked of `Hostname` alone, and by operators alone");
        }
    }

    fn refuse_expression(&mut self, error: &DslError, span: Span) {
        let why = match error {
            DslError::UnknownFunction(_) | DslError::RefusedFunction(_) => refusal::DSL_FUNCTION,
            _ => refusal::DSL_SYNTAX,
        };
        self.refuse(why, span, &error.to_string());
    }

    /// Texts with markers.
    pub(super) fn all_marked(&mut self, texts: &[Placed]) -> Vec<Text> {
        texts.iter().map(|text| self.marked(text)).collect()
    }

    /// Names and texts with markers.
    pub(super) fn named_marked(&mut self, texts: Vec<(Arc<str>, Placed)>) -> Vec<(Arc<str>, Text)> {
        texts.into_iter().map(|(name, text)| (name, self.marked(&text))).collect()
    }
}
