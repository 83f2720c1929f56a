//! What a view's map holds, as data for schemas and docs.
//!
//! Invariant: a field's name is unique within its map. Must never import another folder of this crate.

/// A view.
#[derive(Debug, Clone, Copy)]
pub struct ViewSpec {
    /// The name by which rules address it.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Its fields, in the order of the docs.
    pub fields: &'static [Field],
}

/// A field of a map.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// One sentence, which says when it is absent.
    pub description: &'static str,
    /// What is needed to know it.
    pub brought: Brought,
}

/// What is needed to know a fact of TLS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Brought {
    /// Whatever has such facts at all: an answer over HTTPS, a handshake, a survey.
    #[default]
    Anyhow,
    /// A survey, quick or full.
    Survey,
    /// A survey, and one in full to know all of it.
    FullSurvey,
}

impl Field {
    /// The same field, known of these alone.
    pub(in crate::predicate) const fn by(self, brought: Brought) -> Self {
        Self { brought, ..self }
    }
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Yes or no.
    Bool,
    /// A whole number.
    Number,
    /// A text.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// An instant.
    Time,
    /// Several of one shape.
    List(&'static Shape),
    /// A map with these fields.
    Map(&'static [Field]),
    /// A map whose names come from the answer, each with a value of this shape.
    Names(&'static Shape),
}

/// A field.
pub(super) const fn field(name: &'static str, shape: Shape, description: &'static str) -> Field {
    Field { name, shape, description, brought: Brought::Anyhow }
}
