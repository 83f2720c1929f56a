//! What our zone answers.
//!
//! Takes the bytes of a query, gives the bytes of the answer and what was asked. Every name of the domain exists and has
//! our addresses; answers are as small as they can be, so that nobody can use us to multiply traffic. Invariant: pure;
//! whatever bytes come, the worst is no answer, and a message that is itself an answer gets none. Must never open a socket.

use std::net::{Ipv4Addr, Ipv6Addr};

use hickory_proto::op::{Edns, Message, MessageType, Metadata, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, MX, NS, SOA, TXT};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

/// Seconds that answers may be kept: names with ids are used once.
const TTL: u32 = 60;
/// Bytes of an answer over UDP that arrive everywhere in one piece.
const PAYLOAD: u16 = 1232;

/// A domain and what its names lead to.
#[derive(Debug, Clone)]
pub struct Zone {
    domain: Name,
    v4: Option<Ipv4Addr>,
    v6: Option<Ipv6Addr>,
}

/// A query that was answered.
#[derive(Debug)]
pub(super) struct Answered {
    pub bytes: Vec<u8>,
    /// The name asked for, without the dot at its end.
    pub name: String,
    /// The number of the type asked for.
    pub query_type: u16,
    /// Whether it is a name of the domain.
    pub is_ours: bool,
}

impl Zone {
    /// A zone of that domain; `None` where it is no domain name of at least two labels.
    pub fn new(domain: &str, v4: Option<Ipv4Addr>, v6: Option<Ipv6Addr>) -> Option<Self> {
        let mut domain = Name::from_ascii(domain.trim_end_matches('.')).ok()?.to_lowercase();
        domain.set_fqdn(true);
        (domain.num_labels() >= 2 && !domain.is_wildcard()).then_some(Self { domain, v4, v6 })
    }

    /// The domain, without the dot at its end.
    pub fn domain(&self) -> String {
        dotless(&self.domain)
    }

    /// Answers a query. `txt` gives the text that belongs to a name.
    pub(super) fn answer(&self, bytes: &[u8], txt: impl Fn(&str) -> Option<String>) -> Option<Answered> {
        let query = Message::from_vec(bytes).ok()?;
        if query.metadata.message_type != MessageType::Query {
            return None;
        }
        let question = query.queries.first()?.clone();
        let mut answer = Message::new(query.metadata.id, MessageType::Response, query.metadata.op_code);
        answer.metadata = Metadata::response_from_request(&query.metadata);
        answer.add_query(question.clone());
        if query.edns.is_some() {
            let mut edns = Edns::new();
            edns.set_max_payload(PAYLOAD);
            answer.set_edns(edns);
        }
        let name = dotless(&question.name);
        if query.metadata.op_code != OpCode::Query {
            answer.metadata.response_code = ResponseCode::NotImp;
        } else if question.query_class != DNSClass::IN || !self.domain.zone_of(&question.name) {
            answer.metadata.response_code = ResponseCode::Refused;
        } else {
            answer.metadata.authoritative = true;
            self.fill(&mut answer, &question, txt(&name));
        }
        let bytes = answer.to_vec().ok()?;
        let is_ours = answer.metadata.authoritative;
        Some(Answered { bytes, name, query_type: question.query_type.into(), is_ours })
    }

    fn fill(&self, answer: &mut Message, question: &Query, txt: Option<String>) {
        let is_apex = question.name.eq_ignore_root(&self.domain);
        let data: Vec<RData> = match question.query_type {
            RecordType::A | RecordType::ANY => self.v4.map(|v4| RData::A(A(v4))).into_iter().collect(),
            RecordType::AAAA => self.v6.map(|v6| RData::AAAA(AAAA(v6))).into_iter().collect(),
            RecordType::MX => self.under("mail").map(|host| RData::MX(MX::new(1, host))).into_iter().collect(),
            RecordType::NS if is_apex => {
                ["ns1", "ns2"].iter().filter_map(|ns| Some(RData::NS(NS(self.under(ns)?)))).collect()
            }
            RecordType::SOA if is_apex => self.soa().into_iter().collect(),
            RecordType::TXT => txt.map(|text| RData::TXT(TXT::new(vec![text]))).into_iter().collect(),
            // Of CAA and all the rest there is nothing, which is an answer too: any authority may issue certificates.
            _ => Vec::new(),
        };
        if data.is_empty()
            && let Some(soa) = self.soa()
        {
            answer.add_authority(Record::from_rdata(self.domain.clone(), TTL, soa));
        }
        for data in data {
            answer.add_answer(Record::from_rdata(question.name.clone(), TTL, data));
        }
    }

    fn soa(&self) -> Option<RData> {
        let (host, contact) = (self.under("ns1")?, self.under("hostmaster")?);
        Some(RData::SOA(SOA::new(host, contact, 1, 3600, 600, 86_400, TTL)))
    }

    fn under(&self, label: &str) -> Option<Name> {
        self.domain.prepend_label(label).ok()
    }
}

/// A name as people write it.
fn dotless(name: &Name) -> String {
    let mut text = name.to_ascii();
    if text.len() > 1 && text.ends_with('.') {
        text.pop();
    }
    text
}
