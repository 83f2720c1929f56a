//! The data of records in presentation form (RFC 1035 §5.1 and the RFC of each type).
//!
//! Invariant: what cannot be read as its type says is malformed; a type without a form here is shown as any bytes are
//! (RFC 3597 §5). Must never open a socket.

use std::net::{Ipv4Addr, Ipv6Addr};

use data_encoding::{BASE32HEX_NOPAD, BASE64, HEXLOWER, HEXUPPER};

use super::options::{edns_options, service_parameters};
use super::reader::{Malformed, Reader, quoted};
use crate::observation::RecordType;

/// The data of a record of that type.
pub(super) fn rdata(kind: RecordType, mut data: Reader<'_>) -> Result<String, Malformed> {
    let text = read(kind.0, &mut data)?;
    data.is_empty().then_some(text).ok_or(Malformed)
}

fn read(kind: u16, data: &mut Reader<'_>) -> Result<String, Malformed> {
    Ok(match kind {
        1 => address(data, Ipv4Addr::from)?,
        28 => address(data, Ipv6Addr::from)?,
        2 | 5 | 12 | 39 => data.name()?,
        6 => soa(data)?,
        13 => texts(data)?,
        15 | 18 => format!("{} {}", data.u16()?, data.name()?),
        16 | 99 => texts(data)?,
        17 => format!("{} {}", data.name()?, data.name()?),
        33 => format!("{} {} {} {}", data.u16()?, data.u16()?, data.u16()?, data.name()?),
        35 => naptr(data)?,
        41 => edns_options(data)?,
        43 | 59 => format!("{} {} {} {}", data.u16()?, data.u8()?, data.u8()?, HEXUPPER.encode(data.rest())),
        44 => format!("{} {} {}", data.u8()?, data.u8()?, HEXUPPER.encode(data.rest())),
        46 => signature(data)?,
        47 => format!("{}{}", data.name()?, types(data)?),
        48 | 60 => format!("{} {} {} {}", data.u16()?, data.u8()?, data.u8()?, BASE64.encode(data.rest())),
        50 => nsec3(data)?,
        51 => nsec3_parameters(data)?,
        52 | 53 => format!("{} {} {} {}", data.u8()?, data.u8()?, data.u8()?, HEXLOWER.encode(data.rest())),
        61 => BASE64.encode(data.rest()),
        64 | 65 => format!("{} {}{}", data.u16()?, data.name()?, service_parameters(data)?),
        108 | 109 => data.rest().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join("-"),
        256 => format!("{} {} {}", data.u16()?, data.u16()?, quoted(data.rest())),
        257 => {
            let (flags, tag) = (data.u8()?, data.counted()?);
            format!("{flags} {} {}", String::from_utf8_lossy(tag), quoted(data.rest()))
        }
        _ => {
            let bytes = data.rest();
            format!("\\# {} {}", bytes.len(), HEXLOWER.encode(bytes))
        }
    })
}

fn address<const N: usize, T: ToString>(data: &mut Reader<'_>, of: fn([u8; N]) -> T) -> Result<String, Malformed> {
    // A record of an update has no data at all (RFC 2136 §2.5).
    if data.is_empty() {
        return Ok(String::new());
    }
    Ok(of(data.bytes(N)?.try_into().map_err(|_| Malformed)?).to_string())
}

/// Texts in quotes, a space between them.
fn texts(data: &mut Reader<'_>) -> Result<String, Malformed> {
    let mut texts = Vec::new();
    while !data.is_empty() {
        texts.push(quoted(data.counted()?));
    }
    Ok(texts.join(" "))
}

fn soa(data: &mut Reader<'_>) -> Result<String, Malformed> {
    let mut text = format!("{} {}", data.name()?, data.name()?);
    for _ in 0..5 {
        text.push_str(&format!(" {}", data.u32()?));
    }
    Ok(text)
}

fn naptr(data: &mut Reader<'_>) -> Result<String, Malformed> {
    let (order, preference) = (data.u16()?, data.u16()?);
    let [flags, service, pattern] = [quoted(data.counted()?), quoted(data.counted()?), quoted(data.counted()?)];
    Ok(format!("{order} {preference} {flags} {service} {pattern} {}", data.name()?))
}

fn signature(data: &mut Reader<'_>) -> Result<String, Malformed> {
    let (covered, algorithm, labels) = (RecordType(data.u16()?), data.u8()?, data.u8()?);
    let (ttl, until, from) = (data.u32()?, data.u32()?, data.u32()?);
    let (key, signer) = (data.u16()?, data.name()?);
    let (until, from, signature) = (moment(until), moment(from), BASE64.encode(data.rest()));
    Ok(format!("{covered} {algorithm} {labels} {ttl} {until} {from} {key} {signer} {signature}"))
}

/// A moment as fourteen digits (RFC 4034 §3.2).
fn moment(seconds: u32) -> String {
    let at = crate::base::Timestamp::from_second(i64::from(seconds)).unwrap_or_default();
    at.strftime("%Y%m%d%H%M%S").to_string()
}

fn nsec3(data: &mut Reader<'_>) -> Result<String, Malformed> {
    let parameters = nsec3_parameters(data)?;
    Ok(format!("{parameters} {}{}", BASE32HEX_NOPAD.encode(data.counted()?), types(data)?))
}

fn nsec3_parameters(data: &mut Reader<'_>) -> Result<String, Malformed> {
    let (hash, flags, iterations, salt) = (data.u8()?, data.u8()?, data.u16()?, data.counted()?);
    let salt = if salt.is_empty() { "-".to_owned() } else { HEXUPPER.encode(salt) };
    Ok(format!("{hash} {flags} {iterations} {salt}"))
}

/// The types of a bitmap, a space before each (RFC 4034 §4.1.2).
fn types(data: &mut Reader<'_>) -> Result<String, Malformed> {
    let mut text = String::new();
    while !data.is_empty() {
        let (window, bits) = (u16::from(data.u8()?), data.counted()?);
        for (byte, at) in bits.iter().zip(0_u16..32) {
            for bit in (0..8).filter(|bit| byte & (0x80 >> bit) != 0) {
                text.push_str(&format!(" {}", RecordType(window << 8 | at << 3 | bit)));
            }
        }
    }
    Ok(text)
}
