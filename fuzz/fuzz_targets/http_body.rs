//! Whole answers: framing and content decoding of any bytes never panic, stay within their limits, and do not depend on
//! how the network cuts the bytes into pieces.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use outsight::base::{ByteBudget, Limits};
use outsight::observation::Response;
use outsight::wire::http::{Ask, Progress, Receiver};

fn receive(bytes: &[u8], piece: usize, limits: &Limits) -> Option<Response> {
    let budget = ByteBudget::new(8 << 20);
    let reservation = budget.try_reserve(0)?;
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut receiver = Receiver::new(limits, Ask { head: false, connect: false, window: None }, deadline, reservation);
    for part in bytes.chunks(piece.max(1)) {
        if receiver.push(part) == Progress::Done {
            break;
        }
    }
    receiver.end();
    receiver.finish().result.ok()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((cut, bytes)) = bytes.split_first() else { return };
    let limits = Limits { body: 1 << 16, head: 4096, header_count: 32, chunks: 256, ..Limits::default() };
    let whole = receive(bytes, bytes.len(), &limits);
    let pieces = receive(bytes, usize::from(*cut) + 1, &limits);
    if let Some(response) = &whole {
        assert!(response.body.len() <= limits.body);
    }
    let body = |response: &Option<Response>| response.as_ref().map(|r| (r.status, r.body.clone()));
    assert_eq!(body(&whole), body(&pieces));
});
