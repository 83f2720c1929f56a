//! Values in flows: `set`, and loops over what was extracted.
//!
//! Invariant: what a flow gives a name is a text of its own or a value that the template extracts. Must never import compile
//! or any later folder.

use std::sync::Arc;

use crate::rule::sequence::{Flow, Given};

use super::Script;
use super::parser::Parser;
use super::token::Token;

impl<'t> Parser<'_, 't> {
    /// `set("name", value)`
    pub(super) fn assignment(&mut self) -> Result<Flow, Script> {
        self.want(Token::Name("set"))?;
        self.want(Token::Open)?;
        let name = self.text()?;
        self.want(Token::Comma)?;
        let given = self.value()?;
        self.want(Token::Close)?;
        Ok(Flow::Set(name.into(), given))
    }

    /// `for (let item of iterate(template.name)) …`, behind the word `for`.
    pub(super) fn loop_of_values(&mut self) -> Result<Flow, Script> {
        self.want(Token::Open)?;
        if !(self.take(Token::Name("let")) || self.take(Token::Name("const"))) {
            self.take(Token::Name("var"));
        }
        let item = self.name()?;
        self.want(Token::Name("of"))?;
        let source = match self.take(Token::Name("iterate")) {
            true => {
                self.want(Token::Open)?;
                let source = self.member()?;
                self.want(Token::Close)?;
                source
            }
            false => self.member()?,
        };
        self.want(Token::Close)?;
        // Of loops in loops the inner one's item would hide the outer one's.
        if self.item.replace(item).is_some() {
            return Err(Script);
        }
        let round = self.body()?;
        self.item = None;
        Ok(Flow::ForEach(source, Box::new(round)))
    }

    fn value(&mut self) -> Result<Given, Script> {
        match self.peek() {
            Some(Token::Text(text)) => {
                self.step();
                Ok(Given::Text(text.into()))
            }
            Some(Token::Name("iterate")) => {
                self.step();
                self.want(Token::Open)?;
                let name = self.member()?;
                self.want(Token::Close)?;
                Ok(Given::OneOf(name, self.index()?.ok_or(Script)?))
            }
            Some(Token::Name("template")) => {
                let name = self.member()?;
                Ok(match self.index()? {
                    Some(at) => Given::PartOf(name, at),
                    None => Given::Value(name),
                })
            }
            Some(Token::Name(name)) if self.item == Some(name) => {
                self.step();
                Ok(Given::Item)
            }
            _ => Err(Script),
        }
    }

    /// `template.name`, of a name that the template can give.
    fn member(&mut self) -> Result<Arc<str>, Script> {
        self.want(Token::Name("template"))?;
        self.want(Token::Sign("."))?;
        Ok(self.name()?.into())
    }

    /// `[0]`, where there is one.
    fn index(&mut self) -> Result<Option<usize>, Script> {
        if !self.take(Token::Sign("[")) {
            return Ok(None);
        }
        let at = self.integer()?;
        self.want(Token::Sign("]"))?;
        Ok(Some(at))
    }

    fn name(&mut self) -> Result<&'t str, Script> {
        let Some(Token::Name(name)) = self.peek() else { return Err(Script) };
        self.step();
        Ok(name)
    }

    fn text(&mut self) -> Result<&'t str, Script> {
        let Some(Token::Text(text)) = self.peek() else { return Err(Script) };
        self.step();
        Ok(text)
    }
}
