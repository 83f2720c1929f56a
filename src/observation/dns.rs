//! DNS queries and answers as data, and their text in the manner of zone files and `dig` (RFC 1035 §5).
//!
//! Invariant: names end in a dot and rdata is in presentation form, so that one line is what a zone file would hold.
//! Must never import anything but `base`.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A query.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DnsProbe {
    /// The name asked for, with or without its last dot.
    pub name: Arc<str>,
    /// The type of record.
    pub kind: RecordType,
    /// The class by its number; 1 is the Internet.
    pub class: u16,
    /// Whether the resolver should ask others for us.
    pub recursion: bool,
    /// Resolvers to ask instead of the configured ones.
    pub servers: Vec<SocketAddr>,
    /// How often it is asked at most, over all resolvers.
    pub attempts: u8,
}

/// A type of record, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordType(pub u16);

/// The types that have a name here (IANA).
const TYPES: [(u16, &str); 44] = [
    (1, "A"),
    (2, "NS"),
    (5, "CNAME"),
    (6, "SOA"),
    (12, "PTR"),
    (13, "HINFO"),
    (15, "MX"),
    (16, "TXT"),
    (17, "RP"),
    (18, "AFSDB"),
    (25, "KEY"),
    (28, "AAAA"),
    (29, "LOC"),
    (33, "SRV"),
    (35, "NAPTR"),
    (37, "CERT"),
    (39, "DNAME"),
    (41, "OPT"),
    (43, "DS"),
    (44, "SSHFP"),
    (46, "RRSIG"),
    (47, "NSEC"),
    (48, "DNSKEY"),
    (50, "NSEC3"),
    (51, "NSEC3PARAM"),
    (52, "TLSA"),
    (53, "SMIMEA"),
    (55, "HIP"),
    (59, "CDS"),
    (60, "CDNSKEY"),
    (61, "OPENPGPKEY"),
    (62, "CSYNC"),
    (63, "ZONEMD"),
    (64, "SVCB"),
    (65, "HTTPS"),
    (99, "SPF"),
    (108, "EUI48"),
    (109, "EUI64"),
    (250, "TSIG"),
    (251, "IXFR"),
    (252, "AXFR"),
    (255, "ANY"),
    (256, "URI"),
    (257, "CAA"),
];

impl RecordType {
    /// The type of that name, in capitals; `TYPE` and a number stand for any (RFC 3597).
    pub fn of_name(name: &str) -> Option<Self> {
        let known = TYPES.iter().find(|(_, known)| *known == name).map(|(number, _)| *number);
        known.or_else(|| name.strip_prefix("TYPE")?.parse().ok()).map(Self)
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match TYPES.iter().find(|(number, _)| *number == self.0) {
            Some((_, name)) => f.pad(name),
            None => write!(f, "TYPE{}", self.0),
        }
    }
}

/// The name of a class; `CLASS` and a number where it has none (RFC 3597).
pub fn class_name(class: u16) -> String {
    match class {
        1 => "IN".to_owned(),
        2 => "CS".to_owned(),
        3 => "CH".to_owned(),
        4 => "HS".to_owned(),
        254 => "NONE".to_owned(),
        255 => "ANY".to_owned(),
        other => format!("CLASS{other}"),
    }
}

/// A whole message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsMessage {
    /// The identifier.
    pub id: u16,
    /// The second 16 bits: flags, operation and response code.
    pub bits: u16,
    /// The extended response code (RFC 6891 §6.1.3).
    pub code: u16,
    /// What was asked.
    pub question: Vec<DnsQuestion>,
    /// The answer.
    pub answer: Vec<DnsRecord>,
    /// Who is in charge.
    pub authority: Vec<DnsRecord>,
    /// What is added, the EDNS pseudo-record among it.
    pub additional: Vec<DnsRecord>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsQuestion {
    /// The name, with its last dot.
    pub name: String,
    /// The type.
    pub kind: RecordType,
    /// The class.
    pub class: u16,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsRecord {
    /// The name, with its last dot.
    pub name: String,
    /// The type.
    pub kind: RecordType,
    /// The class; of the EDNS pseudo-record the size of datagrams.
    pub class: u16,
    /// Seconds that it may be kept; of the EDNS pseudo-record code, version and flags.
    pub ttl: u32,
    /// The data in presentation form; of the EDNS pseudo-record its options, a line each.
    pub data: String,
}

/// The EDNS pseudo-record's type.
const OPT: RecordType = RecordType(41);

impl DnsMessage {
    /// The response code's name in capitals: `NOERROR`, `NXDOMAIN` …; its number where it has none.
    pub fn code_name(&self) -> String {
        const NAMES: [&str; 12] = [
            "NOERROR",
            "FORMERR",
            "SERVFAIL",
            "NXDOMAIN",
            "NOTIMP",
            "REFUSED",
            "YXDOMAIN",
            "YXRRSET",
            "NXRRSET",
            "NOTAUTH",
            "NOTZONE",
            "DSOTYPENI",
        ];
        const EXTENDED: [(u16, &str); 8] = [
            (16, "BADSIG"),
            (17, "BADKEY"),
            (18, "BADTIME"),
            (19, "BADMODE"),
            (20, "BADNAME"),
            (21, "BADALG"),
            (22, "BADTRUNC"),
            (23, "BADCOOKIE"),
        ];
        let known = NAMES.get(usize::from(self.code)).copied();
        let known = known.or_else(|| EXTENDED.iter().find(|(code, _)| *code == self.code).map(|(_, name)| *name));
        known.map_or_else(|| self.code.to_string(), str::to_owned)
    }

    /// Whether it was cut off.
    pub fn is_truncated(&self) -> bool {
        self.bits & 0x0200 != 0
    }

    pub(super) fn weight(&self) -> usize {
        let of_record = |record: &DnsRecord| record.name.len() + record.data.len() + size_of::<DnsRecord>();
        let questions: usize = self.question.iter().map(|question| question.name.len() + 32).sum();
        questions + self.answer.iter().chain(&self.authority).chain(&self.additional).map(of_record).sum::<usize>()
    }

    fn flags(&self) -> String {
        const FLAGS: [(u16, &str); 8] = [
            (0x8000, " qr"),
            (0x0400, " aa"),
            (0x0200, " tc"),
            (0x0100, " rd"),
            (0x0080, " ra"),
            (0x0040, " z"),
            (0x0020, " ad"),
            (0x0010, " cd"),
        ];
        FLAGS.iter().filter(|(bit, _)| self.bits & bit != 0).map(|(_, name)| *name).collect()
    }

    fn opcode(&self) -> String {
        const NAMES: [&str; 6] = ["QUERY", "IQUERY", "STATUS", "", "NOTIFY", "UPDATE"];
        let number = self.bits >> 11 & 0xF;
        NAMES.get(usize::from(number)).map_or_else(String::new, |name| (*name).to_owned())
    }
}

impl fmt::Display for DnsMessage {
    /// The whole message, section by section.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, ";; opcode: {}, status: {}, id: {}", self.opcode(), self.code_name(), self.id)?;
        write!(f, ";; flags:{}; QUERY: {}, ANSWER: {}, ", self.flags(), self.question.len(), self.answer.len())?;
        writeln!(f, "AUTHORITY: {}, ADDITIONAL: {}", self.authority.len(), self.additional.len())?;
        let edns = self.additional.iter().find(|record| record.kind == OPT);
        if let Some(edns) = edns {
            writeln!(f, "{edns}")?;
        }
        if !self.question.is_empty() {
            writeln!(f, "\n;; QUESTION SECTION:")?;
            self.question.iter().try_for_each(|question| writeln!(f, "{question}"))?;
        }
        let besides = self.additional.len() > usize::from(edns.is_some());
        let sections = [("ANSWER", &self.answer), ("AUTHORITY", &self.authority), ("ADDITIONAL", &self.additional)];
        for (title, records) in sections {
            if records.is_empty() || (title == "ADDITIONAL" && !besides) {
                continue;
            }
            writeln!(f, "\n;; {title} SECTION:")?;
            let shown = records.iter().filter(|record| title != "ADDITIONAL" || record.kind != OPT);
            shown.into_iter().try_for_each(|record| writeln!(f, "{record}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for DnsQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ";{}\t{}\t {}", self.name, class_name(self.class), self.kind)
    }
}

impl fmt::Display for DnsRecord {
    /// One line of a zone file; of the EDNS pseudo-record, its section.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind != OPT {
            // Where the type has no name here, the class has none either (RFC 3597 §5).
            let known = TYPES.iter().any(|(number, _)| *number == self.kind.0);
            let class = if known { class_name(self.class) } else { format!("CLASS{}", self.class) };
            return write!(f, "{}\t{}\t{class}\t{}\t{}", self.name, self.ttl, self.kind, self.data);
        }
        let version = self.ttl >> 16 & 0xFF;
        let flags = match (self.ttl & 0x8000 != 0, self.ttl & 0x4000 != 0) {
            (true, true) => "flags: do, co; ",
            (true, false) => "flags: do; ",
            (false, _) => "flags:; ",
        };
        write!(f, "\n;; OPT PSEUDOSECTION:\n; EDNS: version {version}; {flags}")?;
        if self.ttl & 0x7FFF != 0 {
            write!(f, "MBZ: 0x{:04x}, ", self.ttl & 0x7FFF)?;
        }
        write!(f, "udp: {}{}", self.class, self.data)
    }
}
