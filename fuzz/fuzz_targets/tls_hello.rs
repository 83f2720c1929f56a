//! ClientHellos: whatever is offered, the lengths in the hello are those of what follows them, and padding changes nothing
//! that was offered. And whole surveys: whatever is answered, they end within their bound.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::observation::{SurveyDepth, TlsSurvey, TlsVersion};
use outsight::wire::tls::flight::{Broken, Cursor, Flight, Until};
use outsight::wire::tls::hello::{ClientHello, Extension};
use outsight::wire::tls::survey::{Heard, Question, Survey, bound};

fn suites(record: &[u8]) -> Option<Vec<u16>> {
    let mut cursor = Cursor::new(record);
    cursor.take(3)?;
    let mut message = Cursor::new(cursor.counted::<2>()?);
    message.byte()?;
    let mut body = Cursor::new(message.counted::<3>()?);
    body.take(34)?;
    body.counted::<1>()?;
    let suites = Cursor::new(body.counted::<2>()?).numbers()?;
    body.counted::<1>()?;
    let whole = body.is_empty() || body.counted::<2>().is_some() && body.is_empty();
    (whole && cursor.is_empty() && message.is_empty()).then_some(suites)
}

fn hello(bytes: &[u8]) {
    let Some(([version, count, name], rest)) = bytes.split_first_chunk::<3>() else { return };
    let mut hello = ClientHello::of(TlsVersion::ALL[usize::from(*version) % 6], [*count; 32]);
    let (first, second) = rest.split_at(rest.len().min(usize::from(*count)));
    hello.suites = first.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    hello.session_id = second.get(..usize::from(*name)).unwrap_or(second).to_vec();
    hello.extensions = second
        .chunks(7)
        .take(64)
        .map(|part| match part[0] % 6 {
            0 => Extension::ServerName(String::from_utf8_lossy(part).into_owned()),
            1 => Extension::Alpn(part.chunks(2).map(<[u8]>::to_vec).collect()),
            2 => Extension::Groups(part.iter().map(|byte| u16::from(*byte)).collect()),
            3 => Extension::KeyShare(vec![(29, part.to_vec())]),
            4 => Extension::Padding(usize::from(part[0])),
            _ => Extension::Raw(u16::from(part[0]), part.to_vec()),
        })
        .collect();
    let written = suites(&hello.record());
    assert_eq!(written.as_ref(), Some(&hello.suites));
    assert_eq!(suites(&hello.clone().padded().record()), written);
}

fn survey(bytes: &[u8]) {
    let depth = match bytes.first().map_or(0, |byte| byte % 3) {
        0 => SurveyDepth::Quick,
        1 => SurveyDepth::Full,
        _ => SurveyDepth::Jarm,
    };
    let mut survey = Survey::new(TlsSurvey { depth, ..TlsSurvey::default() }, Vec::new(), [0; 32]);
    let mut parts = bytes.chunks(64).cycle();
    let mut asked = 0;
    while let Some(ask) = survey.ask() {
        asked += 1;
        let part = parts.next().unwrap_or_default();
        let heard = match (part.first().map_or(0, |byte| byte % 8), &ask.question) {
            (0, _) => Heard::Closed,
            (1, _) => Heard::TimedOut,
            (2, _) => Heard::Reset,
            (3, _) => Heard::Alert(part.get(1).copied().unwrap_or(40)),
            (_, Question::Hello(_, until)) => answer(*until, part.get(1..).unwrap_or_default()),
            _ => Heard::Lied,
        };
        survey.told(ask.id, heard);
    }
    assert!(asked <= bound(depth));
    survey.finish();
}

fn answer(until: Until, bytes: &[u8]) -> Heard {
    let mut flight = Flight::new(until);
    match flight.push(bytes) {
        Ok(Some(answer)) => Heard::Answer(Box::new(answer)),
        Err(Broken::Alert(alert)) => Heard::Alert(alert),
        Err(Broken::NotTls) => Heard::NotTls(flight.start()),
        _ => Heard::Lied,
    }
}

fuzz_target!(|bytes: &[u8]| {
    hello(bytes);
    survey(bytes);
});
