//! DNS messages as text, in the form that `dig` and interactsh have: what rules read as the request over DNS.
//!
//! Takes a message, gives lines. Invariant: pure. Must never import another folder.

use std::fmt::Write as _;

use hickory_proto::op::{Message, MessageType};
use hickory_proto::rr::{Record, RecordType};

/// The message, section by section.
pub(super) fn describe(message: &Message) -> String {
    let head = &message.metadata;
    let additional = message.additionals.len() + usize::from(message.edns.is_some());
    let flags: String = [
        (head.message_type == MessageType::Response, " qr"),
        (head.authoritative, " aa"),
        (head.truncation, " tc"),
        (head.recursion_desired, " rd"),
        (head.recursion_available, " ra"),
        (head.authentic_data, " ad"),
        (head.checking_disabled, " cd"),
    ]
    .iter()
    .filter_map(|(set, name)| set.then_some(*name))
    .collect();
    let status = status(u16::from(head.response_code));
    let opcode = opcode(u8::from(head.op_code));
    let mut out = format!(
        ";; opcode: {opcode}, status: {status}, id: {}\n;; flags:{flags}; QUERY: {}, ANSWER: {}, AUTHORITY: {}, \
         ADDITIONAL: {additional}\n",
        head.id,
        message.queries.len(),
        message.answers.len(),
        message.authorities.len(),
    );
    if let Some(edns) = &message.edns {
        let flags = if edns.flags().dnssec_ok { " do" } else { "" };
        let (version, payload) = (edns.version(), edns.max_payload());
        let _ = write!(out, "\n;; OPT PSEUDOSECTION:\n; EDNS: version {version}; flags:{flags}; udp: {payload}\n");
    }
    out.push_str("\n;; QUESTION SECTION:\n");
    for query in &message.queries {
        let _ = writeln!(out, ";{}\t{}\t {}", query.name.to_ascii(), query.query_class, type_name(query.query_type));
    }
    for (title, records) in
        [("ANSWER", &message.answers), ("AUTHORITY", &message.authorities), ("ADDITIONAL", &message.additionals)]
    {
        section(&mut out, title, records);
    }
    out
}

fn section(out: &mut String, title: &str, records: &[Record]) {
    if records.is_empty() {
        return;
    }
    let _ = write!(out, "\n;; {title} SECTION:\n");
    for record in records {
        let (name, kind) = (record.name.to_ascii(), type_name(record.record_type()));
        let _ = writeln!(out, "{name}\t{}\t{}\t{kind}\t{}", record.ttl, record.dns_class, record.data);
    }
}

/// The name of a type; `TYPE65280` where it has none (RFC 3597 §5).
pub(super) fn type_name(kind: RecordType) -> String {
    match kind {
        RecordType::Unknown(number) => format!("TYPE{number}"),
        known => known.to_string(),
    }
}

fn opcode(code: u8) -> String {
    match code {
        0 => "QUERY".to_owned(),
        2 => "STATUS".to_owned(),
        4 => "NOTIFY".to_owned(),
        5 => "UPDATE".to_owned(),
        other => format!("OPCODE{other}"),
    }
}

fn status(code: u16) -> String {
    match code {
        0 => "NOERROR".to_owned(),
        1 => "FORMERR".to_owned(),
        2 => "SERVFAIL".to_owned(),
        3 => "NXDOMAIN".to_owned(),
        4 => "NOTIMP".to_owned(),
        5 => "REFUSED".to_owned(),
        other => format!("RCODE{other}"),
    }
}
