//! Servers' flights, SSL 2.0 answers and what comes before TLS: any bytes give an answer or a refusal, and where they are
//! cut makes no difference.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::observation::StartTls;
use outsight::wire::tls::flight::{Answer, Broken, Flight, Until};
use outsight::wire::tls::hello::Ssl2Answer;
use outsight::wire::tls::starttls::Preface;

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

fuzz_target!(|bytes: &[u8]| {
    let Some(([choice, cut], rest)) = bytes.split_first_chunk::<2>() else { return };
    let until = [Until::Hello, Until::Certificate, Until::Field, Until::Done][usize::from(*choice) % 4];
    let (one, other) = (read(until, rest, usize::from(*cut)), read(until, rest, rest.len()));
    // What is no TLS may be told from the first bytes alone, before what comes after it.
    if let (Ok(one), Ok(other)) = (&one, &other) {
        assert_eq!(one, other);
    }
    let _ = Ssl2Answer::read(rest);
    let mut preface = Preface::new(StartTls::ALL[usize::from(*choice) % 8], "a.example");
    preface.start();
    for part in rest.chunks(usize::from(*cut).max(1)) {
        preface.push(part);
    }
});
