//! DNS messages: queries to bytes, bytes to messages (RFC 1035 §4).
//!
//! Invariant: any bytes give a message or an error, never a panic, and a message holds no more records than its bytes
//! have room for. Must never open a socket.

use super::rdata::rdata;
use super::reader::{Malformed, Reader};
use crate::observation::{DnsMessage, DnsProbe, DnsQuestion, DnsRecord, RecordType};

/// The size of datagrams that we take (RFC 6891 §6.2.3).
const EDNS_SIZE: u16 = 4096;
/// Bytes of text that the records of a section may make: names that point back make much of little.
const MAX_TEXT: usize = 1 << 20;
/// The EDNS pseudo-record's type.
const OPT: RecordType = RecordType(41);

/// The bytes of a query; `None` where its name is none.
pub(super) fn encode(probe: &DnsProbe, id: u16) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(64);
    let bits: u16 = if probe.recursion { 0x0100 } else { 0 };
    for number in [id, bits, 1, 0, 0, 1] {
        bytes.extend(number.to_be_bytes());
    }
    encode_name(&probe.name, &mut bytes)?;
    bytes.extend(probe.kind.0.to_be_bytes());
    bytes.extend(probe.class.to_be_bytes());
    // The EDNS pseudo-record: the root, its type, our size, no flags, no options.
    bytes.push(0);
    bytes.extend(OPT.0.to_be_bytes());
    bytes.extend(EDNS_SIZE.to_be_bytes());
    bytes.extend([0; 6]);
    Some(bytes)
}

fn encode_name(name: &str, bytes: &mut Vec<u8>) -> Option<()> {
    let before = bytes.len();
    let name = name.strip_suffix('.').unwrap_or(name);
    for label in name.split('.').filter(|_| !name.is_empty()) {
        let length = u8::try_from(label.len()).ok().filter(|length| (1..=63).contains(length))?;
        bytes.push(length);
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    (bytes.len() - before <= 255).then_some(())
}

/// Reads a message.
pub(super) fn parse(bytes: &[u8]) -> Result<DnsMessage, Malformed> {
    let mut reader = Reader::new(bytes);
    let (id, bits) = (reader.u16()?, reader.u16()?);
    let mut counts = [0; 4];
    for count in &mut counts {
        *count = reader.u16()?;
    }
    let [questions, answers, authorities, additionals] = counts;
    let question = (0..questions).map(|_| question(&mut reader)).collect::<Result<_, _>>()?;
    let answer = records(&mut reader, answers)?;
    let authority = records(&mut reader, authorities)?;
    let additional = records(&mut reader, additionals)?;
    let edns = additional.iter().find(|record| record.kind == OPT);
    let high = edns.map_or(0, |edns| u16::try_from(edns.ttl >> 24).unwrap_or(0));
    Ok(DnsMessage { id, bits, code: high << 4 | bits & 0xF, question, answer, authority, additional })
}

fn question(reader: &mut Reader<'_>) -> Result<DnsQuestion, Malformed> {
    Ok(DnsQuestion { name: reader.name()?, kind: RecordType(reader.u16()?), class: reader.u16()? })
}

/// The records of a section. Where the message ends between two of them, its count is taken to be wrong.
fn records(reader: &mut Reader<'_>, count: u16) -> Result<Vec<DnsRecord>, Malformed> {
    let mut records: Vec<DnsRecord> = Vec::new();
    let mut text = 0;
    for _ in 0..count {
        if reader.is_empty() {
            break;
        }
        if text > MAX_TEXT {
            return Err(Malformed);
        }
        let (name, kind) = (reader.name()?, RecordType(reader.u16()?));
        let (class, ttl, length) = (reader.u16()?, reader.u32()?, reader.u16()?);
        let data = rdata(kind, reader.part(usize::from(length))?)?;
        text += name.len() + data.len();
        records.push(DnsRecord { name, kind, class, ttl, data });
    }
    Ok(records)
}
