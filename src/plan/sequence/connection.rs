//! What annotations of a raw request say of its connection: where it leads, and the server name it asks for.
//!
//! Invariant: an annotation changes where a request goes and never what it says. Must never import a folder above `target`.

use std::sync::Arc;

use super::{StepContext, StepError, check_resolved};
use crate::base::{Origin, Scheme};
use crate::dsl::Text;
use crate::plan::client::Draft;
use crate::rule::sequence::RawStep;

/// Sends the request to the host that its annotation names; what it says stays as it is.
pub(super) fn redirect_to(draft: &mut Draft, raw: &RawStep, cx: &StepContext<'_>) -> Result<(), StepError> {
    let Some(named) = raw.host.as_ref().map(|host| text(host, cx)).transpose()? else { return Ok(()) };
    let old = &draft.address.origin;
    let lower = named.to_ascii_lowercase();
    let (scheme, rest) = match lower.split_once("://") {
        Some((scheme, rest)) => (Scheme::parse(scheme), rest),
        None => (Some(old.scheme), &*lower),
    };
    let (name, port) = match rest.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port.parse().ok()),
        _ => (rest, Some(old.port)),
    };
    let origin = scheme.zip(port).and_then(|(scheme, port)| Origin::new(scheme, name, port));
    let origin = origin.ok_or_else(|| StepError::Malformed(format!("`{named}` is no host")))?;
    draft.host = Some(draft.host_value());
    draft.address = draft.address.clone().on(origin);
    Ok(())
}

/// The server name of the handshake.
pub(super) fn server_name(draft: &Draft, raw: &RawStep, cx: &StepContext<'_>) -> Result<Option<Arc<str>>, StepError> {
    let Some(named) = raw.sni.as_ref().map(|sni| text(sni, cx)).transpose()? else { return Ok(None) };
    let bare = named.trim_start_matches("http://").trim_start_matches("https://");
    let bare = bare.split('/').next().unwrap_or_default();
    let name = match bare {
        "request.host" => String::from_utf8_lossy(&draft.host_value()).into_owned(),
        "interactsh-url" => match cx.env.vars.get("interactsh-url") {
            Some(name) => name.to_text_lossy(),
            None => return Err(StepError::Unresolved(vec!["interactsh-url".into()])),
        },
        name => name.to_owned(),
    };
    Ok(Some(name.rsplit_once(':').map_or(&*name, |(name, _)| name).into()))
}

fn text(text: &Text, cx: &StepContext<'_>) -> Result<String, StepError> {
    let rendered = text.render(cx.env).bytes;
    check_resolved(&rendered, cx)?;
    Ok(String::from_utf8_lossy(rendered.trim_ascii()).into_owned())
}
