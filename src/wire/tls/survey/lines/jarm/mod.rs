//! JARM: a fingerprint of a server from its answers to ten hellos (Salesforce, 2020).
//!
//! Ours differ in no byte that an answer may depend on from those that the method prescribes, its oddities included: two
//! protocols of the list are moved as one. A connection that is reset, or something else than TLS, stands for a refusal; where a hello
//! meets with silence, there is no fingerprint. Must never open a socket.

#[cfg(test)]
mod tests;

use sha2::{Digest as _, Sha256};

use super::super::super::flight::{Answer, Hello};
use super::super::super::hello::{ClientHello, Extension};
use super::super::inquiry::{Inquiry, Said, Wanted};
use super::super::known::Known;
use crate::observation::{TlsVersion, Unheard};

/// The suites in the order of their strength, as the method has it.
const SUITES: [u16; 69] = [
    0x0016, 0x0033, 0x0067, 0xC09E, 0xC0A2, 0x009E, 0x0039, 0x006B, 0xC09F, 0xC0A3, 0x009F, 0x0045, 0x00BE, 0x0088,
    0x00C4, 0x009A, 0xC008, 0xC009, 0xC023, 0xC0AC, 0xC0AE, 0xC02B, 0xC00A, 0xC024, 0xC0AD, 0xC0AF, 0xC02C, 0xC072,
    0xC073, 0xCCA9, 0x1302, 0x1301, 0xCC14, 0xC007, 0xC012, 0xC013, 0xC027, 0xC02F, 0xC014, 0xC028, 0xC030, 0xC060,
    0xC061, 0xC076, 0xC077, 0xCCA8, 0x1305, 0x1304, 0x1303, 0xCC13, 0xC011, 0x000A, 0x002F, 0x003C, 0xC09C, 0xC0A0,
    0x009C, 0x0035, 0x003D, 0xC09D, 0xC0A1, 0x009D, 0x0041, 0x00BA, 0x0084, 0x00C0, 0x0007, 0x0004, 0x0005,
];
/// The schemes of signatures.
const SCHEMES: [u16; 9] = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201];
/// A number that means nothing (RFC 8701); the method draws one, and answers do not depend on which.
const GREASE: u16 = 0x0A0A;

/// An order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Forward,
    Reverse,
    TopHalf,
    BottomHalf,
    MiddleOut,
}

impl Order {
    fn of<T: Clone>(self, list: &[T]) -> Vec<T> {
        let (half, is_odd) = (list.len() / 2, list.len() % 2 == 1);
        let middle = list.get(half).filter(|_| is_odd).cloned();
        let after = list.get(half + usize::from(is_odd)..).unwrap_or_default();
        let before = list.get(..half).unwrap_or_default();
        match self {
            Self::Forward => list.to_vec(),
            Self::Reverse => list.iter().rev().cloned().collect(),
            Self::BottomHalf => after.to_vec(),
            Self::TopHalf => middle.into_iter().chain(before.iter().rev().cloned()).collect(),
            Self::MiddleOut => {
                let pairs = after.iter().zip(before.iter().rev());
                middle.into_iter().chain(pairs.flat_map(|(one, other)| [one.clone(), other.clone()])).collect()
            }
        }
    }
}

/// What one of the ten hellos is like.
struct Shape {
    version: TlsVersion,
    /// Whether suites of TLS 1.3 are offered.
    new_suites: bool,
    suites: Order,
    grease: bool,
    rare_protocols: bool,
    /// The highest version of `supported_versions`; `None` without that extension.
    support: Option<TlsVersion>,
    extensions: Order,
}

const TEN: [Shape; 10] = {
    use Order::{BottomHalf, Forward, MiddleOut, Reverse, TopHalf};
    use TlsVersion::{Tls11, Tls12, Tls13};
    const fn shape(version: TlsVersion, suites: Order, support: Option<TlsVersion>, extensions: Order) -> Shape {
        Shape { version, new_suites: true, suites, grease: false, rare_protocols: false, support, extensions }
    }
    [
        shape(Tls12, Forward, Some(Tls12), Reverse),
        shape(Tls12, Reverse, Some(Tls12), Forward),
        shape(Tls12, TopHalf, None, Forward),
        Shape { rare_protocols: true, ..shape(Tls12, BottomHalf, None, Forward) },
        Shape { rare_protocols: true, grease: true, ..shape(Tls12, MiddleOut, None, Reverse) },
        shape(Tls11, Forward, None, Forward),
        shape(Tls13, Forward, Some(Tls13), Reverse),
        shape(Tls13, Reverse, Some(Tls13), Forward),
        Shape { new_suites: false, ..shape(Tls13, Forward, Some(Tls13), Forward) },
        Shape { grease: true, ..shape(Tls13, MiddleOut, Some(Tls13), Reverse) },
    ]
};

impl Shape {
    fn hello(&self, name: &str) -> ClientHello {
        // Nothing is agreed on: any bytes do for a session, a key share and a client's random.
        let filler = [0x5A; 32];
        let mut hello = ClientHello::of(self.version, filler);
        hello.record_version = self.version.min(TlsVersion::Tls12).number();
        if self.version == TlsVersion::Tls13 {
            hello.record_version = TlsVersion::Tls10.number();
        }
        hello.session_id = filler.to_vec();
        let is_new = |suite: &u16| suite >> 8 == 0x13;
        let suites: Vec<u16> = SUITES.into_iter().filter(|suite| self.new_suites || !is_new(suite)).collect();
        hello.suites = self.grease.then_some(GREASE).into_iter().chain(self.suites.of(&suites)).collect();
        hello.extensions = self.extensions(name, filler);
        hello
    }

    fn extensions(&self, name: &str, key: [u8; 32]) -> Vec<Extension> {
        let mut all = Vec::new();
        all.extend(self.grease.then(|| Extension::Raw(GREASE, Vec::new())));
        all.push(Extension::ServerName(name.to_owned()));
        all.extend([Extension::ExtendedMasterSecret, Extension::MaxFragment(1), Extension::Renegotiation]);
        all.extend([Extension::Groups(vec![29, 23, 24, 25]), Extension::PointFormats]);
        all.push(Extension::SessionTicket(Vec::new()));
        all.push(Extension::Alpn(self.protocols()));
        all.push(Extension::Schemes(SCHEMES.to_vec()));
        let grease = self.grease.then(|| (GREASE, vec![0]));
        all.push(Extension::KeyShare(grease.into_iter().chain([(29, key.to_vec())]).collect()));
        all.push(Extension::PskModes);
        all.extend(self.support.map(|most| Extension::Versions(self.versions(most))));
        all
    }

    fn protocols(&self) -> Vec<Vec<u8>> {
        let all: [&[&str]; 8] = [
            &["http/0.9"],
            &["http/1.0"],
            &["http/1.1"],
            &["spdy/1"],
            &["spdy/2"],
            &["spdy/3", "h2"],
            &["h2c"],
            &["hq"],
        ];
        let rare: [&[&str]; 7] =
            [&["http/0.9"], &["http/1.0"], &["spdy/1"], &["spdy/2"], &["spdy/3"], &["h2c"], &["hq"]];
        let list = if self.rare_protocols { self.extensions.of(&rare) } else { self.extensions.of(&all) };
        list.into_iter().flatten().map(|protocol| protocol.as_bytes().to_vec()).collect()
    }

    fn versions(&self, most: TlsVersion) -> Vec<u16> {
        let offered = TlsVersion::ALL.into_iter().filter(|version| (TlsVersion::Tls10..=most).contains(version));
        let offered: Vec<u16> = self.extensions.of(&offered.map(TlsVersion::number).collect::<Vec<_>>());
        self.grease.then_some(GREASE).into_iter().chain(offered).collect()
    }
}

/// The ten hellos and what answered them.
#[derive(Debug, Default)]
pub struct Jarm {
    answers: Vec<Option<Hello>>,
    over: bool,
}

impl Inquiry for Jarm {
    fn next(&mut self, known: &mut Known) -> Option<Wanted> {
        if self.over {
            return None;
        }
        let Some(shape) = TEN.get(self.answers.len()) else {
            self.over = true;
            known.survey.jarm = Some(fingerprint(&self.answers));
            return None;
        };
        // The method names whatever it connects to, an address too.
        let name = known.survey.name.as_deref().map_or_else(|| known.address_text(), str::to_owned);
        Some(Wanted::Fixed(shape.hello(&name)))
    }

    fn told(&mut self, said: Said, _known: &mut Known) {
        match said {
            Said::Accepted(answer) => {
                let Answer { hello, warnings, .. } = *answer;
                // The method looks at the first byte alone, and takes an alert for a refusal.
                self.answers.push(hello.filter(|_| warnings.is_empty()));
            }
            Said::Refused(_) | Said::Unknown(Unheard::Reset | Unheard::Lied, _) => self.answers.push(None),
            Said::Unknown(..) | Said::Ssl2(_) | Said::Shaken(_) | Said::Again(_) => self.over = true,
        }
    }
}

/// The fingerprint of ten answers.
fn fingerprint(answers: &[Option<Hello>]) -> String {
    if answers.iter().all(Option::is_none) {
        return "0".repeat(62);
    }
    let mut sorted = SUITES;
    // By number, those of TLS 1.3 last.
    sorted.sort_unstable_by_key(|suite| (suite >> 8 == 0x13, *suite));
    let mut text = String::new();
    let mut rest = String::new();
    for answer in answers {
        let Some(hello) = answer else {
            text.push_str("000");
            continue;
        };
        let place = sorted.iter().position(|suite| *suite == hello.suite).unwrap_or(sorted.len()) + 1;
        let version = b"abcdef".get(usize::from(hello.legacy_version & 0x0F)).copied().map_or('0', char::from);
        text.push_str(&format!("{place:02x}{version}"));
        rest.push_str(&hello.alpn().unwrap_or_default());
        let numbers: Vec<String> = hello.extensions.iter().map(|(number, _)| format!("{number:04x}")).collect();
        rest.push_str(&numbers.join("-"));
    }
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(rest.as_bytes()));
    text + digest.get(..32).unwrap_or_default()
}
