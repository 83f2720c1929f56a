use hickory_proto::op::{Message, OpCode, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, RecordType};
use proptest::prelude::*;

use super::Zone;
use crate::wire::dns::message_text;

fn zone() -> Zone {
    Zone::new("OOB.test", Some([192, 0, 2, 7].into()), None).unwrap()
}

fn query(name: &str, kind: RecordType) -> Message {
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    message
}

fn ask(message: &Message) -> Message {
    let answered = zone().answer(&message.to_vec().unwrap(), |_| Some("txet".to_owned())).unwrap();
    Message::from_vec(&answered.bytes).unwrap()
}

#[test]
fn every_name_of_the_domain_leads_to_us() {
    for name in ["oob.test.", "a.b.OOB.TEST.", "x.oob.test."] {
        let answer = ask(&query(name, RecordType::A));
        assert!(answer.metadata.authoritative && answer.metadata.recursion_desired);
        assert_eq!(answer.answers[0].data, RData::A(hickory_proto::rr::rdata::A::new(192, 0, 2, 7)));
        assert_eq!(answer.answers[0].name.to_ascii(), name, "in the case that was asked");
    }
}

#[test]
fn other_types_have_their_answers_or_a_start_of_authority() {
    let counts = |kind| {
        let answer = ask(&query("oob.test.", kind));
        (answer.answers.len(), answer.authorities.len(), answer.metadata.response_code)
    };
    for kind in [RecordType::MX, RecordType::SOA, RecordType::TXT, RecordType::ANY] {
        assert_eq!(counts(kind), (1, 0, ResponseCode::NoError), "{kind}");
    }
    assert_eq!(counts(RecordType::NS), (2, 0, ResponseCode::NoError));
    for kind in [RecordType::AAAA, RecordType::CAA, RecordType::Unknown(4711)] {
        assert_eq!(counts(kind), (0, 1, ResponseCode::NoError), "{kind}");
    }
    assert_eq!(ask(&query("a.oob.test.", RecordType::NS)).answers.len(), 0);
}

#[test]
fn what_is_not_ours_is_refused_and_an_answer_gets_none() {
    let refused = |message: &Message| ask(message).metadata.response_code;
    assert_eq!(refused(&query("example.org.", RecordType::A)), ResponseCode::Refused);
    assert_eq!(refused(&query("notoob.test.", RecordType::A)), ResponseCode::Refused);
    let mut chaos = query("oob.test.", RecordType::TXT);
    chaos.queries[0].set_query_class(DNSClass::CH);
    assert_eq!(refused(&chaos), ResponseCode::Refused);
    let mut update = query("oob.test.", RecordType::SOA);
    update.metadata.op_code = OpCode::Status;
    assert_eq!(refused(&update), ResponseCode::NotImp);
    let answer = ask(&query("oob.test.", RecordType::A)).to_vec().unwrap();
    assert!(zone().answer(&answer, |_| None).is_none());
}

#[test]
fn only_domains_are_domains() {
    for wrong in ["", ".", "test", "*.oob.test", "a..b", &format!("{}.test", "a".repeat(64))] {
        assert!(Zone::new(wrong, None, None).is_none(), "{wrong}");
    }
    assert_eq!(zone().domain(), "oob.test");
}

proptest! {
    #[test]
    fn garbage_gets_a_small_answer_or_none(mut bytes in proptest::collection::vec(any::<u8>(), 0..600), valid: bool) {
        if valid {
            let head = query("a.oob.test.", RecordType::A).to_vec().unwrap();
            bytes.splice(..bytes.len().min(head.len() / 2), head);
        }
        if let Some(answered) = zone().answer(&bytes, |name| Some(name.chars().take(33).collect())) {
            prop_assert!(answered.bytes.len() <= bytes.len() + 300);
            prop_assert_eq!(answered.bytes.get(..2), bytes.get(..2));
            prop_assert!(message_text(&answered.bytes).is_some());
        }
    }

    #[test]
    fn every_query_of_the_domain_is_answered(label in "[a-zA-Z0-9-]{1,63}", kind: u16, id: u16) {
        let kind = RecordType::from(kind);
        prop_assume!(kind != RecordType::OPT && kind != RecordType::SIG && kind != RecordType::TSIG);
        let mut message = query("oob.test.", kind);
        message.queries[0].name = Name::from_labels([label.as_bytes(), b"oob", b"test"]).unwrap();
        message.metadata.id = id;
        let answer = ask(&message);
        prop_assert_eq!(answer.metadata.id, id);
        prop_assert_eq!(answer.metadata.response_code, ResponseCode::NoError);
        prop_assert_eq!(&answer.queries, &message.queries);
    }
}
