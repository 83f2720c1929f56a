//! The dialect of nuclei's community templates.
//!
//! Takes the text of one template and the payload files beside it, gives a rule that is a sequence, a rule that is
//! refused with a stable code, or errors with carets. Owns the grammar of templates, the codes of refusals and the small
//! languages within (`flow`, annotations of raw requests). Invariant: a field that changes a verdict is lowered or the
//! template is refused; none is lost silently. Must never import compile or any later folder.

mod context;
mod dns;
mod extractor;
mod fields;
mod files;
mod flow;
mod http;
mod info;
mod load;
mod matcher;
mod operators;
mod payload;
mod raw;
mod refusal;
mod socket;
mod template;
mod text;
mod tls;
mod token;
mod value;
mod workflow;

#[cfg(test)]
mod tests;

pub use files::{NoFiles, PayloadError, PayloadFiles};
pub use load::{Loaded, is_template, load};
pub use refusal::{REFUSALS, Why};
