//! What servers of mail, directories and databases say before TLS: whatever it is and however it is cut, the upgrade comes to
//! an end within its bound, and nothing is sent that grows with it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::observation::StartTls;
use outsight::wire::tls::starttls::{Preface, Step};

/// More than any upgrade says.
const SAID: usize = 4 << 10;
/// More than any server may say.
const HEARD: usize = 32 << 10;

/// Bytes sent until the upgrade ended; `None` where it waits for more.
fn talk(protocol: StartTls, name: &str, parts: &mut dyn Iterator<Item = &[u8]>) -> Option<usize> {
    let mut preface = Preface::new(protocol, name);
    let (mut said, mut heard) = (preface.start().len(), 0);
    for part in parts {
        heard += part.len();
        match preface.push(part) {
            Step::Send(bytes) => said += bytes.len(),
            Step::Read => {}
            Step::Ready(bytes) => return Some(said + bytes.len()),
            Step::Refused(words) | Step::PutOff(words) => {
                assert!(words.chars().count() <= 512, "{}", words.len());
                return Some(said);
            }
        }
        assert!(said <= SAID && heard <= HEARD, "{said} {heard}");
    }
    None
}

fuzz_target!(|bytes: &[u8]| {
    let Some(([choice, cut, name], rest)) = bytes.split_first_chunk::<3>() else { return };
    let protocol = StartTls::ALL[usize::from(*choice) % StartTls::ALL.len()];
    let (name, rest) = rest.split_at(rest.len().min(usize::from(*name % 32)));
    let name = String::from_utf8_lossy(name).into_owned();
    let cut = usize::from(*cut).max(1);
    let _ = talk(protocol, &name, &mut rest.chunks(cut));
    // A server that never stops is stopped.
    if !rest.is_empty() {
        let mut endless = rest.chunks(cut).cycle();
        assert!(talk(protocol, &name, &mut endless).is_some_and(|said| said <= SAID));
    }
});
