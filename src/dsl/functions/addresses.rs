//! IP addresses: other ways to write one, and a random one of a network.
//!
//! Must never import a folder above `expr`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;

pub(super) const FUNCTIONS: &[Function] =
    &[function("ip_format", ip_format), function("rand_ip", rand_ip), function("jarm", jarm)];

/// The fingerprint of a server, which whoever evaluates has asked for: a variable that is named like the call.
fn jarm(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(1..=1)?;
    let name = format!("jarm({})", String::from_utf8_lossy(&call.text(0)?));
    call.env().vars.get(&name).map(Datum::from).ok_or(EvalError::Missing(name.into()))
}

fn ip_format(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(2..=2)?;
    let (text, form) = (call.text(0)?, call.whole(1)?);
    let text = String::from_utf8_lossy(&text).into_owned();
    let written = match (form, text.parse::<IpAddr>()) {
        (9, _) => Some(text.bytes().take(64).map(|byte| format!("%{byte:02X}")).collect()),
        (form, Ok(IpAddr::V4(ip))) => written_v4(form, ip),
        (form, Ok(IpAddr::V6(ip))) => written_v6(form, ip),
        _ => None,
    };
    match written {
        Some(written) => call.made(written),
        None => call.fail("`ip_format` cannot write that address so"),
    }
}

fn written_v4(form: i64, ip: Ipv4Addr) -> Option<String> {
    let [a, b, c, d] = ip.octets();
    let number = u32::from(ip);
    let octal = |octet: u8| if octet == 0 { "0".to_owned() } else { format!("0{octet:o}") };
    let written = match form {
        1 => ip.to_string(),
        2 => short(&ip.to_string()),
        3 => format!("{:0>4}.{}.{}.{}", octal(a), octal(b), octal(c), octal(d)),
        4 => format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
        5 => number.to_string(),
        6 => format!("{number:b}"),
        7 => format!("{a:#x}.{b}.{}.{d:#x}", octal(c)),
        8 => format!("::ffff:{:02x}{:02x}:{:02x}{:02x}", a, b, c, d),
        10 => format!("{a:03}.{b:03}.{c:03}.{d:03}"),
        11 if d == 0 => format!("{a}.{b}.{}", u16::from(c) + 255),
        _ => return None,
    };
    Some(written)
}

/// An address without its octets of zero.
fn short(address: &str) -> String {
    let mut out = String::new();
    let mut octets = address.split('.').peekable();
    while let Some(octet) = octets.next() {
        let last = octets.peek().is_none();
        // Of an octet before a dot the zeros at its end go, and the dot with them.
        let kept = if last { octet } else { octet.trim_end_matches('0') };
        out.push_str(kept);
        out.push_str(if last || kept.len() < octet.len() { "" } else { "." });
    }
    let cut = out.trim_end_matches('0');
    match cut.strip_suffix('.') {
        Some(head) if cut.len() < out.len() => head.to_owned(),
        _ => out,
    }
}

fn written_v6(form: i64, ip: Ipv6Addr) -> Option<String> {
    let number = u128::from(ip);
    match form {
        1 | 2 | 8 => Some(ip.to_string()),
        5 => Some(number.to_string()),
        6 => Some(format!("{number:b}")),
        _ => None,
    }
}

fn rand_ip(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(1..)?;
    let random = call.env().random;
    let place = random.below(call.count() as u64);
    let text = call.string(usize::try_from(place).unwrap_or(0))?;
    let Some(network) = std::str::from_utf8(&text).ok().and_then(|text| text.parse::<IpNet>().ok()) else {
        return call.fail("`rand_ip` wants networks such as 192.0.2.0/24");
    };
    let high = u128::from(random.below(u64::MAX));
    let bits = (high << 64) | u128::from(random.below(u64::MAX));
    let ip = match network {
        IpNet::V4(net) => {
            let hosts = u32::from(net.hostmask());
            IpAddr::V4(Ipv4Addr::from(u32::from(net.network()) | (u32::try_from(bits >> 96).unwrap_or(0) & hosts)))
        }
        IpNet::V6(net) => IpAddr::V6(Ipv6Addr::from(u128::from(net.network()) | (bits & u128::from(net.hostmask())))),
    };
    call.made(ip.to_string())
}
