//! Clients of other machines: registering, fetching what came for them, leaving. The protocol is interactsh's.
//!
//! Takes requests, gives responses in JSON. Invariant: without the right token nothing is registered or given out, and
//! interactions leave this process sealed with the key of the client that they are for. Must never import a folder above
//! `engine`.

use serde_json::json;

use super::pages::Response;
use super::request::Request;
use crate::observation::CorrelationId;
use crate::oob::access::Access;
use crate::oob::messages::{Deregistration, Polled, REGISTERED, Registration, Told};
use crate::oob::register::Register;
use crate::oob::sealed::Seal;

/// Bytes of a secret.
const SECRET: usize = 256;

/// Answers a request of a client; `None` where it is not one.
pub(super) fn answer(request: &Request, access: &Access, register: &Register) -> Option<Response> {
    let (path, query) = request.path_and_query();
    let work: fn(&Request, &str, &Register) -> Result<serde_json::Value, String> = match path {
        "/register" => |request, _, register| add(request, register),
        "/deregister" => |request, _, register| remove(request, register),
        "/poll" => |_, query, register| poll(query, register),
        _ => return None,
    };
    if matches!(access, Access::Closed) {
        return None;
    }
    let allowed = access.allows(request.field("Authorization").as_deref());
    if !allowed {
        return Some(Response::json("401 Unauthorized", &json!({ "error": "wrong or no token" })));
    }
    Some(match work(request, query, register) {
        Ok(body) => Response::json("200 OK", &body),
        Err(error) => Response::json("400 Bad Request", &json!({ "error": error })),
    })
}

fn add(request: &Request, register: &Register) -> Result<serde_json::Value, String> {
    let asked: Registration = serde_json::from_slice(&request.body).map_err(unreadable)?;
    let id = correlation(&asked.correlation_id)?;
    if asked.secret_key.is_empty() || asked.secret_key.len() > SECRET {
        return Err("no usable secret-key".to_owned());
    }
    let seal = Seal::for_client(&asked.public_key).map_err(|error| error.to_string())?;
    let added = register.add_client(id, asked.secret_key, seal);
    added.map_err(|denied| format!("could not set id and public key: {denied}"))?;
    Ok(json!({ "message": REGISTERED }))
}

fn remove(request: &Request, register: &Register) -> Result<serde_json::Value, String> {
    let asked: Deregistration = serde_json::from_slice(&request.body).map_err(unreadable)?;
    let removed = register.remove_client(&correlation(&asked.correlation_id)?, &asked.secret_key);
    removed.map_err(|denied| format!("could not remove id: {denied}"))?;
    Ok(json!({ "message": "deregistration successful" }))
}

fn poll(query: &str, register: &Register) -> Result<serde_json::Value, String> {
    let value = |wanted: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
    };
    let id = value("id").ok_or("no id specified for poll")?;
    let secret = value("secret").ok_or("no secret specified for poll")?;
    let collected = register.collect(&correlation(&id)?, &secret);
    let (interactions, seal) = collected.map_err(|denied| format!("could not get interactions: {denied}"))?;
    let sealed = interactions.iter().map(|interaction| {
        let told = serde_json::to_vec(&Told::of(interaction)).map_err(|error| error.to_string())?;
        seal.close(&told).map_err(|error| error.to_string())
    });
    let polled = Polled { data: Some(sealed.collect::<Result<_, String>>()?), aes_key: seal.wrapped().to_owned() };
    serde_json::to_value(polled).map_err(|error| error.to_string())
}

fn correlation(text: &str) -> Result<CorrelationId, String> {
    CorrelationId::parse(text).ok_or_else(|| "correlation-id is not one".to_owned())
}

fn unreadable(error: serde_json::Error) -> String {
    format!("could not decode json body: {error}")
}
