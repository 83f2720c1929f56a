//! ServerKeyExchange messages (RFC 5246 §7.4.3, RFC 8422 §5.4): groups, primes, temporary RSA keys, and the scheme of the
//! signature.
//!
//! Takes the body and the suite's key exchange, gives its public parameters; signatures are not checked here. Must never
//! open a socket.

use bytes::Bytes;

use super::cursor::Cursor;
use crate::observation::DhParameters;

/// A curve by its number (RFC 8422 §5.4).
const NAMED_CURVE: u8 = 3;

/// How a suite agrees on a key, as far as its message's form goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// On a curve.
    Curve,
    /// In a finite field.
    Field,
    /// With a temporary RSA key, as export suites do.
    Rsa,
}

/// The public parameters of a key exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameters {
    /// A curve by its number.
    Group(u16),
    /// A curve spelt out, which nobody should send (RFC 8422 §5.4).
    ExplicitCurve,
    /// A finite field.
    Field(DhParameters),
    /// Bits of a temporary RSA key.
    Rsa(u32),
}

/// Reads the parameters, and the scheme that they are signed with where `is_signed_by_scheme`, as TLS 1.2 says it.
pub fn read(body: &[u8], form: Form, is_signed_by_scheme: bool) -> Option<(Parameters, Option<u16>)> {
    let mut cursor = Cursor::new(body);
    let parameters = match form {
        Form::Curve => match cursor.byte()? {
            NAMED_CURVE => {
                let group = cursor.number()?;
                cursor.counted::<1>()?;
                Parameters::Group(group)
            }
            1 | 2 => return Some((Parameters::ExplicitCurve, None)),
            _ => return None,
        },
        Form::Field => {
            let (prime, generator, _key) = (cursor.counted::<2>()?, cursor.counted::<2>()?, cursor.counted::<2>()?);
            let (prime, generator) = (Bytes::copy_from_slice(prime), Bytes::copy_from_slice(generator));
            Parameters::Field(DhParameters { bits: bits(&prime), prime, generator })
        }
        Form::Rsa => {
            let (modulus, _exponent) = (cursor.counted::<2>()?, cursor.counted::<2>()?);
            Parameters::Rsa(bits(modulus))
        }
    };
    let scheme = if is_signed_by_scheme { cursor.number() } else { None };
    Some((parameters, scheme))
}

/// Bits of a number, big endian.
fn bits(number: &[u8]) -> u32 {
    let significant = number.iter().skip_while(|byte| **byte == 0);
    let mut bytes = significant.clone();
    let first = bytes.next().map_or(0, |first| 8 - first.leading_zeros());
    first + 8 * u32::try_from(bytes.count()).unwrap_or(u32::MAX / 8)
}
