//! DNS answers by name: whole sections as text, records by their type.
//!
//! Must never import a folder above `expr`.

use crate::base::Value;
use crate::observation::{DnsMessage, DnsProbe, DnsQuestion, DnsRecord, RecordType};

/// The value of a name.
pub(super) fn named(probe: &DnsProbe, message: &DnsMessage, name: &str) -> Option<Value> {
    let lines = |records: &[DnsRecord]| Value::from(records.iter().map(ToString::to_string).collect::<String>());
    Some(match name {
        "raw" => Value::from(message.to_string()),
        "answer" => lines(&message.answer),
        "ns" => lines(&message.authority),
        "extra" => lines(&message.additional),
        "question" => Value::from(message.question.iter().map(ToString::to_string).collect::<String>()),
        "rcode" => Value::Int(i64::from(message.code)),
        "request" => Value::from(query(probe, message).to_string()),
        "trace" => Value::from(""),
        kind => return of_kind(message, kind),
    })
}

/// The data of the answer's records of a type, whose name is in lower case: one text, or a list of several.
fn of_kind(message: &DnsMessage, name: &str) -> Option<Value> {
    let kind =
        RecordType::of_name(&name.to_ascii_uppercase()).filter(|kind| kind.to_string().to_lowercase() == name)?;
    let mut found: Vec<Value> =
        message.answer.iter().filter(|record| record.kind == kind).map(|record| Value::from(&*record.data)).collect();
    match found.len() {
        0 => None,
        1 => found.pop(),
        _ => Some(Value::list(found)),
    }
}

/// The query that a message answers.
fn query(probe: &DnsProbe, message: &DnsMessage) -> DnsMessage {
    let name = probe.name.trim_end_matches('.');
    DnsMessage {
        id: message.id,
        bits: if probe.recursion { 0x0100 } else { 0 },
        question: vec![DnsQuestion { name: format!("{name}."), kind: probe.kind, class: probe.class }],
        additional: vec![DnsRecord {
            name: ".".to_owned(),
            kind: RecordType(41),
            class: 4096,
            ttl: 0,
            data: String::new(),
        }],
        ..DnsMessage::default()
    }
}

/// The facts of `dns.*`.
pub(super) fn facts(message: &DnsMessage) -> Value {
    let answers: Vec<Value> = message.answer.iter().map(record).collect();
    Value::map([("code", Value::from(message.code_name().to_lowercase())), ("answers", Value::list(answers))])
}

/// A record as conditions see it: names without their last dot, texts without quotes.
fn record(record: &DnsRecord) -> Value {
    let kind = record.kind.to_string();
    let value = match &*kind {
        "TXT" | "SPF" => Value::Text(unquoted(&record.data).into()),
        _ => Value::from(record.data.trim_end_matches('.')),
    };
    Value::map([
        ("name", Value::from(record.name.trim_end_matches('.'))),
        ("kind", Value::from(kind)),
        ("value", value),
        ("ttl", Value::Int(i64::from(record.ttl))),
    ])
}

/// The bytes of texts in quotes, one after the other (RFC 7208 §3.3).
fn unquoted(data: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(data.len());
    let mut rest = data.bytes();
    let mut inside = false;
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => inside = !inside,
            b'\\' => {
                let mut ahead = rest.clone();
                let digits: Option<u16> = (0..3).try_fold(0, |sum, _| {
                    let digit = ahead.next().filter(u8::is_ascii_digit)?;
                    Some(sum * 10 + u16::from(digit - b'0'))
                });
                match digits.and_then(|number| u8::try_from(number).ok()) {
                    Some(number) => {
                        bytes.push(number);
                        rest = ahead;
                    }
                    None => bytes.extend(rest.next()),
                }
            }
            byte if inside => bytes.push(byte),
            _ => {}
        }
    }
    bytes
}
