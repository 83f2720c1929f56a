//! A server by its description: what it speaks, chooses and does not bear. It answers a question with bytes, which are
//! read as those of the wire are.

use std::collections::BTreeMap;

use outsight::observation::{Refusal, StartTls, SurveyDepth, TlsSession, TlsVersion, Told};
use outsight::wire::tls::flight::{Broken, Flight, Form, Until, form_of};
use outsight::wire::tls::hello::Ssl2Answer;
use outsight::wire::tls::survey::{Heard, Question, Shaken, Wish};

use super::reader::Offered;
use crate::tls::lab::message::{RETRY, counted, extensions, message};

/// The server.
#[derive(Debug, Default)]
pub struct Model {
    /// How much is asked of it.
    pub depth: SurveyDepth,
    versions: BTreeMap<TlsVersion, Vec<u16>>,
    words: BTreeMap<String, String>,
    /// Of a hundred questions so many meet with trouble, by a seed.
    trouble: (u64, u64),
}

impl Model {
    /// Reads a description: a version and its suites a line, or a word and what it says.
    pub fn read(text: &str) -> Self {
        let mut model = Self::default();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let (key, rest) = line.split_once(':').unwrap_or((line, ""));
            let rest = rest.trim();
            match TlsVersion::ALL.into_iter().find(|version| version.name() == key) {
                Some(version) => drop(model.versions.insert(version, numbers(rest))),
                None if key == "depth" => model.depth = SurveyDepth::parse(rest).expect("quick or full"),
                None => drop(model.words.insert(key.to_owned(), rest.to_owned())),
            }
        }
        model
    }

    /// A server that is drawn by lot.
    pub fn erratic(seed: u64, full: bool, trouble: u64) -> Self {
        let suites: [&[u16]; 3] = [&[0xC02F, 0xC030, 0x009C, 0x002F], &[0x000A, 0x0005, 0x0039], &[0x0004, 0xC013]];
        let new: [&[u16]; 2] = [&[0x1301, 0x1302], &[0x1303]];
        let mut model = Self { trouble: (seed, trouble), ..Self::default() };
        model.depth = if full { SurveyDepth::Full } else { SurveyDepth::Quick };
        for (nth, version) in TlsVersion::ALL.into_iter().enumerate().skip(1) {
            let draw = mixed(seed, nth as u64);
            if draw.is_multiple_of(2) {
                let is_new = version == TlsVersion::Tls13;
                let chosen = if is_new { new[draw as usize / 2 % 2] } else { suites[draw as usize / 2 % 3] };
                let fits = |suite: &&u16| version >= TlsVersion::Tls12 || ![0xC02F, 0xC030, 0x009C].contains(*suite);
                model.versions.insert(version, chosen.iter().filter(fits).copied().collect());
            }
        }
        if seed.is_multiple_of(3) {
            model.words.insert("order".into(), "server".into());
        }
        model
    }

    /// The suites of a version that it speaks.
    pub fn suites(&self, version: TlsVersion) -> Option<&[u16]> {
        self.versions.get(&version).map(|suites| &suites[..])
    }

    /// What is heard to a question.
    pub fn hear(&self, question: &Question, nth: usize) -> Heard {
        let draw = mixed(self.trouble.0, nth as u64 + 1000);
        if draw % 100 < self.trouble.1 {
            return [Heard::TimedOut, Heard::Reset, Heard::Lied, Heard::NoConnection("none".into())]
                [draw as usize / 100 % 4]
                .clone();
        }
        if let Some(before) = self.before_tls(nth) {
            return before;
        }
        match (question, self.word("instead")) {
            (_, Some("plaintext")) => return Heard::NotTls("SSH-2.0-x\r\n".into()),
            (_, Some("silent")) => return Heard::TimedOut,
            (_, Some("closes")) => return Heard::Closed,
            (_, Some("resets")) => return Heard::Reset,
            _ => {}
        }
        if nth < self.word("stumbles").map_or(0, |times| times.parse().expect("a number")) {
            return Heard::Closed;
        }
        match question {
            Question::Hello(..) if self.word("blocks").is_some() => Heard::Closed,
            Question::Hello(bytes, until) => self.answer(&Offered::read(bytes).expect("a hello"), *until),
            Question::Ssl2(_) => self.ssl2(),
            Question::Handshake(wish) => self.shake(wish),
            Question::Renegotiation(_) => Heard::Again(match self.word("renegotiates") {
                Some("yes") => Told::Accepted,
                Some("closes") => Told::Refused(Refusal::Closed),
                _ => Told::Refused(Refusal::Alert(100)),
            }),
        }
    }

    fn word(&self, key: &str) -> Option<&str> {
        self.words.get(key).map(String::as_str)
    }

    fn list(&self, key: &str) -> Option<Vec<u16>> {
        self.word(key).map(numbers)
    }

    /// What comes before TLS, where it does not come to that.
    fn before_tls(&self, nth: usize) -> Option<Heard> {
        let mut words = self.word("before")?.split(' ');
        let (what, number) = (words.next()?, words.next().map(|number| number.parse::<usize>().expect("a number")));
        match what {
            "busy" if number.is_none_or(|many| nth < many) => Some(Heard::PutOff("421 busy".into())),
            "words" if number == Some(nth) => Some(Heard::NotTls("421 busy".into())),
            "mute" => Some(Heard::Mute(StartTls::Smtp)),
            "refuses" if number.is_none_or(|one| nth == one) => Some(Heard::NoUpgrade("554 no".into())),
            _ => None,
        }
    }

    /// What is said to whoever offers protocols, but not the one that is insisted on alone.
    fn insist(&self, offered: &[&str]) -> Option<Heard> {
        self.word("insists").filter(|own| !offered.is_empty() && offered != [*own])?;
        Some(if self.word("mutely").is_some() { Heard::Closed } else { Heard::Alert(120) })
    }

    fn no(&self) -> Heard {
        match self.word("refuses") {
            Some("closing") => Heard::Closed,
            Some(alert) => Heard::Alert(alert.parse().expect("an alert")),
            None => Heard::Alert(40),
        }
    }

    fn answer(&self, offered: &Offered, until: Until) -> Heard {
        if self.word("drops").is_some() && (256..=511).contains(&offered.length) {
            return Heard::TimedOut;
        }
        if self.word("bears").is_some_and(|most| offered.suites.len() > most.parse().expect("a number")) {
            return Heard::Closed;
        }
        if self.word("bears-version").is_some_and(|most| numbers(most) < vec![offered.most()]) {
            return self.no();
        }
        let protocols = offered.protocols();
        if let Some(no) = self.insist(&protocols.iter().map(String::as_str).collect::<Vec<_>>()) {
            return no;
        }
        let fallback = offered.suites.contains(&0x5600) && self.word("fallback") == Some("protected");
        let highest = self.versions.keys().rev().find(|version| version.number() > 0x0002).copied();
        let most = offered.most();
        if fallback && highest.is_some_and(|highest| highest.number() > most) {
            return Heard::Alert(86);
        }
        let spoken = self.versions.iter().rev().find(|(version, _)| (0x0300..=most).contains(&version.number()));
        let Some((version, suites)) = spoken else {
            return self.word("refuses").map_or(Heard::Alert(70), |_| self.no());
        };
        if self.word("names") == Some("only") && offered.extension(0).is_none() && *version > TlsVersion::Ssl30 {
            return Heard::Alert(112);
        }
        let fits = |suite: &u16| self.choice(offered, *version, *suite).is_some();
        let chosen = match self.word("order") {
            Some("server") => suites.iter().find(|suite| offered.suites.contains(suite) && fits(suite)),
            _ => offered.suites.iter().find(|suite| suites.contains(suite) && fits(suite)),
        };
        let Some(suite) = chosen.copied() else { return self.no() };
        if self.word("fails") == Some("fields") && form_of(suite) == Some(Form::Field) {
            return Heard::Closed;
        }
        let suite = if self.word("lies").is_some() { 0x5A5A } else { suite };
        let flight = self.flight(offered, *version, suite);
        read(&flight, until)
    }

    /// The group and the scheme that go with a suite.
    fn choice(&self, offered: &Offered, version: TlsVersion, suite: u16) -> Option<(u16, u16)> {
        let groups = self.list("groups").unwrap_or_else(|| vec![29, 23]);
        let schemes = self.list("schemes").unwrap_or_else(|| vec![0x0804, 0x0401]);
        let group = offered.numbers(10).into_iter().find(|group| groups.contains(group));
        let scheme = offered.numbers(13).into_iter().find(|scheme| schemes.contains(scheme));
        match version {
            TlsVersion::Tls13 => Some((group?, 0)),
            TlsVersion::Tls12 if form_of(suite).is_some() => {
                let group = if form_of(suite) == Some(Form::Curve) { group? } else { 0 };
                Some((group, scheme?))
            }
            TlsVersion::Tls10 | TlsVersion::Tls11 if form_of(suite) == Some(Form::Curve) => Some((group?, 0)),
            _ => Some((0, 0)),
        }
    }

    fn flight(&self, offered: &Offered, version: TlsVersion, suite: u16) -> Vec<u8> {
        let (group, scheme) = self.choice(offered, version, suite).unwrap_or_default();
        let mut extensions: Vec<(u16, Vec<u8>)> = Vec::new();
        let has = |number| offered.extension(number).is_some();
        if version == TlsVersion::Tls13 {
            extensions.push((43, vec![3, 4]));
            extensions.push((51, group.to_be_bytes().to_vec()));
        } else {
            let plain = [(0xFF01, vec![0]), (23, Vec::new()), (35, Vec::new())];
            let lacks = self.word("lacks").unwrap_or_default().to_owned();
            extensions
                .extend(plain.into_iter().filter(|(number, _)| has(*number) && !lacks.contains(&number.to_string())));
            let own = self.word("alpn").unwrap_or_default();
            let chosen = offered.protocols().into_iter().find(|protocol| own.split(' ').any(|known| known == protocol));
            extensions.extend(chosen.map(|chosen| {
                let name = counted::<1>(chosen.as_bytes());
                (16, counted::<2>(&name))
            }));
        }
        let compression = if self.word("compresses").is_some() && offered.compressions.contains(&1) { 1 } else { 0 };
        let written = version.number().min(0x0303).to_be_bytes();
        let random = if version == TlsVersion::Tls13 { RETRY } else { [9; 32] };
        let mut hello = [&written[..], &random, &[0], &suite.to_be_bytes(), &[compression]].concat();
        hello.extend(self::extensions(&extensions));
        let mut messages = message(2, &hello);
        if version < TlsVersion::Tls13 {
            let name = if has(0) { "own" } else { self.word("unnamed").unwrap_or("own") };
            messages.extend(message(11, &counted::<3>(&counted::<3>(name.as_bytes()))));
            messages.extend(exchange(suite, version, group, scheme).into_iter().flat_map(|body| message(12, &body)));
            messages.extend(message(14, &[]));
        }
        let warning: &[u8] = if self.word("warns").is_some() { &[21, 3, 1, 0, 2, 1, 112] } else { &[] };
        [warning, &[22, 3, 1], &counted::<2>(&messages)].concat()
    }

    fn ssl2(&self) -> Heard {
        match self.versions.get(&TlsVersion::Ssl20) {
            Some(_) => Heard::Ssl2(Ssl2Answer::Hello { kinds: vec![0x01_0080, 0x07_00C0], certificate: "old".into() }),
            None => Heard::Closed,
        }
    }

    /// The library's handshake: TLS 1.2 with AEAD and 1.3, and never from who fears the new.
    fn shake(&self, wish: &Wish) -> Heard {
        let most = wish.most.unwrap_or(TlsVersion::Tls13);
        if most == TlsVersion::Tls13 && self.word("fears") == Some("new") {
            return Heard::Closed;
        }
        if let Some(no) = self.insist(&wish.alpn) {
            return no;
        }
        let modern = |(version, suites): (&TlsVersion, &Vec<u16>)| {
            let suite = LIBRARY.into_iter().find(|suite| suites.contains(suite))?;
            (TlsVersion::Tls12..=most).contains(version).then_some((*version, suite))
        };
        match self.versions.iter().rev().find_map(modern) {
            Some((version, suite)) => {
                let alpn = self.word("alpn").unwrap_or_default();
                let alpn = wish.alpn.iter().find(|offered| alpn.split(' ').any(|known| known == **offered));
                let session = TlsSession {
                    version: version.name().to_owned(),
                    alpn: alpn.map(|alpn| (*alpn).to_owned()),
                    chain: vec!["own".into()],
                    ..TlsSession::default()
                };
                let list = |all: &[u16]| counted::<2>(&all.iter().flat_map(|it| it.to_be_bytes()).collect::<Vec<u8>>());
                let extensions = vec![(0xFF01, vec![0]), (10, list(&[29, 23])), (13, list(&[0x0804, 0x0401]))];
                let offered = Offered { extensions, ..Offered::default() };
                let Heard::Answer(answer) = read(&self.flight(&offered, version, suite), Until::Hello) else {
                    panic!("a model answers its own library");
                };
                Heard::Shaken(Box::new(Shaken { session, resumed: wish.resume.is_some(), answer: Some(*answer) }))
            }
            None => Heard::Alert(if self.versions.contains_key(&TlsVersion::Tls12) { 40 } else { 70 }),
        }
    }
}

/// The suites that the library offers, in its order.
const LIBRARY: [u16; 7] = [0x1302, 0x1301, 0x1303, 0xC02C, 0xC02B, 0xC030, 0xC02F];

fn read(flight: &[u8], until: Until) -> Heard {
    let mut reader = Flight::new(until);
    match reader.push(flight) {
        Ok(Some(answer)) => Heard::Answer(Box::new(answer)),
        Ok(None) => reader.close().map_or(Heard::Lied, |answer| Heard::Answer(Box::new(answer))),
        Err(Broken::Alert(alert)) => Heard::Alert(alert),
        Err(Broken::NotTls) => Heard::NotTls(reader.start()),
        Err(Broken::Lied | Broken::TooLong) => Heard::Lied,
    }
}

/// A ServerKeyExchange, where the suite has one.
fn exchange(suite: u16, version: TlsVersion, group: u16, scheme: u16) -> Option<Vec<u8>> {
    let parameters = match form_of(suite)? {
        Form::Curve => [&[3][..], &group.to_be_bytes(), &counted::<1>(&[4; 32])].concat(),
        Form::Field => [counted::<2>(&[0xFF; 128]), counted::<2>(&[2]), counted::<2>(&[3; 128])].concat(),
        Form::Rsa => [counted::<2>(&[0xFF; 64]), counted::<2>(&[1, 0, 1])].concat(),
    };
    let signed = if version == TlsVersion::Tls12 { scheme.to_be_bytes().to_vec() } else { Vec::new() };
    Some([parameters, signed, counted::<2>(&[5; 64])].concat())
}

fn numbers(text: &str) -> Vec<u16> {
    text.split_whitespace()
        .map(|number| u16::from_str_radix(number, 16).expect("a number of hexadecimal digits"))
        .collect()
}

/// A number that looks drawn (splitmix64).
fn mixed(seed: u64, nth: u64) -> u64 {
    let mut x = seed.wrapping_add(nth.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
