//! Functions that encrypt and mask.
//!
//! Must never import a folder above `expr`.

use bytes::Bytes;

use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;

pub(super) const FUNCTIONS: &[Function] = &[function("xor", xor)];

/// All arguments masked with each other; the shorter ones begin anew at their ends.
fn xor(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..)?;
    let mut masked: Vec<u8> = Vec::new();
    let mut inputs: Vec<Bytes> = Vec::new();
    for arg in call.args {
        match arg {
            Datum::Text(bytes) | Datum::Raw(bytes) if !bytes.is_empty() => inputs.push(bytes.clone()),
            _ => return call.fail("`xor` wants texts that are not empty"),
        }
    }
    let length = inputs.iter().map(Bytes::len).max().unwrap_or(0);
    call.fits(length.saturating_mul(inputs.len()))?;
    masked.resize(length, 0);
    for input in inputs {
        masked.iter_mut().zip(input.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    }
    Ok(Datum::Raw(masked.into()))
}
