//! Requests by path: a URL, usually the target's with something behind it.
//!
//! The target's own query comes before the template's. Must never import a folder above `target`.

use data_encoding::BASE64;

use super::vars::{other_port, split_path};
use super::{StepContext, StepError};
use crate::dsl::Text;
use crate::plan::client::{Address, Body, Draft};
use crate::plan::head::is_token;
use crate::rule::sequence::HttpBlock;

/// The request of a path.
pub(super) fn draft(block: &HttpBlock, text: &Text, cx: &StepContext<'_>) -> Result<Draft, StepError> {
    let malformed = |error: crate::dsl::DslError| StepError::Malformed(error.to_string());
    let url = match other_port(text.source()) {
        Some((_, without)) => Text::parse(&without, cx.env.limits).map_err(malformed)?.render(cx.env).bytes,
        None => text.render(cx.env).bytes,
    };
    let address = Address::parse(&url)?.with_query_before(split_path(&cx.endpoint.path).1.as_bytes());
    let mut draft = Draft { method: method(&block.method)?, address, host: None, fields: Vec::new(), body: Body::None };
    fill(&mut draft, Vec::new(), block, cx)?;
    Ok(draft)
}

/// Takes the fields of the request and of its block, and the block's body. What a URL says of a user becomes a field.
pub(super) fn fill(
    draft: &mut Draft,
    mut fields: Vec<(String, bytes::Bytes)>,
    block: &HttpBlock,
    cx: &StepContext<'_>,
) -> Result<(), StepError> {
    let rendered = block.headers.iter().map(|(name, value)| (name.to_string(), value.render(cx.env).bytes));
    fields.extend(rendered);
    if let Some(userinfo) = draft.address.userinfo.take()
        && !fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
    {
        fields.push(("Authorization".into(), format!("Basic {}", BASE64.encode(&userinfo)).into()));
    }
    draft.set_fields(fields).map_err(|crate::plan::client::Flaw(why)| StepError::Unsendable(why))?;
    if let Some(body) = block.body.as_ref().filter(|body| !body.source().is_empty()) {
        let body = body.render(cx.env).bytes;
        draft.body = if body.is_empty() { Body::Empty } else { Body::Bytes(body) };
    }
    Ok(())
}

/// A method, GET where there is none.
pub(super) fn method(written: &str) -> Result<String, StepError> {
    match written {
        "" => Ok("GET".into()),
        method if is_token(method.as_bytes()) => Ok(method.into()),
        method => Err(StepError::Malformed(format!("`{method}` is no method"))),
    }
}
