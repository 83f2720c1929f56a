//! Servers' flights, SSL 2.0 answers and handshakes by hand: any bytes give an answer or a refusal, and where they are cut
//! makes no difference.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::observation::{Told, TlsVersion};
use outsight::wire::tls::flight::{Answer, Broken, Flight, Until};
use outsight::wire::tls::hello::{ClientHello, Ssl2Answer};
use outsight::wire::tls::renegotiation::{Renegotiation, SUITES, Step};

fn read(until: Until, bytes: &[u8], cut: usize) -> Result<Option<Answer>, Broken> {
    let mut flight = Flight::new(until);
    for part in bytes.chunks(cut.max(1)) {
        match flight.push(part) {
            Ok(None) => {}
            told => return told,
        }
    }
    Ok(flight.close())
}

/// What comes of a handshake by hand; nobody who has not its keys makes it end well.
fn renegotiate(bytes: &[u8], cut: usize) -> Option<Told> {
    let mut hello = ClientHello::of(TlsVersion::Tls12, [7; 32]);
    hello.suites = SUITES.to_vec();
    let mut talk = Renegotiation::new(hello);
    talk.start();
    let over = bytes.chunks(cut.max(1)).find_map(|part| match talk.push(part) {
        Step::Over(told) => Some(told),
        Step::Wait | Step::Send(_) => None,
    });
    assert!(!over.is_some_and(Told::is_accepted) && !talk.ended().is_accepted());
    over
}

fuzz_target!(|bytes: &[u8]| {
    let Some(([choice, cut], rest)) = bytes.split_first_chunk::<2>() else { return };
    let until = [Until::Hello, Until::Certificate, Until::Field, Until::Done][usize::from(*choice) % 4];
    let (one, other) = (read(until, rest, usize::from(*cut)), read(until, rest, rest.len()));
    // What is no TLS may be told from the first bytes alone, before what comes after it.
    if let (Ok(one), Ok(other)) = (&one, &other) {
        assert_eq!(one, other);
    }
    let _ = Ssl2Answer::read(rest);
    let _ = (renegotiate(rest, usize::from(*cut)), renegotiate(rest, rest.len()));
});
