//! Digest access authentication (RFC 7616).
//!
//! Takes a server's challenge; gives the request once more, with an answer to it. The client nonce is made of the rule's own random
//! source, so that a run can be replayed. Invariant: the password is never sent, only digests of it. Must never import a folder
//! above `target`.

use bytes::Bytes;
use md5::Md5;
use sha2::{Digest as _, Sha256, Sha512_256};

use super::{Prepared, StepContext};
use crate::base::Secret;
use crate::observation::HttpProbe;
use crate::predicate::Answer;
use crate::rule::sequence::HttpBlock;

/// The request once more with an answer to the challenge that came back; `None` where the block has no credentials, or
/// the answer is no challenge that can be met.
pub fn answer(prepared: &Prepared, answer: &Answer, block: &HttpBlock, cx: &StepContext<'_>) -> Option<Prepared> {
    let credentials = block.digest.as_ref()?;
    let response = answer.response().filter(|response| response.status == 401)?;
    let challenge = response.header("www-authenticate").find_map(|field| Challenge::read(field))?;
    let user = Credentials {
        name: credentials.username.render(cx.env).bytes,
        password: Secret::new(credentials.password.render(cx.env).bytes),
    };
    let value = challenge.answer(&user, &prepared.probe, &hex(&cx.env.random.block()[..8]))?;
    let wire = prepared.probe.wire.expose();
    let end = memchr::memmem::find(wire, b"\r\n\r\n")? + 2;
    let (head, rest) = wire.split_at(end);
    let wire = [head, b"Authorization: ", &value, b"\r\n", rest].concat();
    let probe = HttpProbe { wire: Secret::new(Bytes::from(wire)), ..prepared.probe.clone() };
    Some(Prepared { probe, ..prepared.clone() })
}

struct Credentials {
    name: Bytes,
    password: Secret<Bytes>,
}

/// What a server asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Challenge {
    realm: Vec<u8>,
    nonce: Vec<u8>,
    opaque: Option<Vec<u8>>,
    algorithm: Option<Vec<u8>>,
    /// Whether the answer covers the method and the target (`qop=auth`).
    covers: bool,
}

impl Challenge {
    fn read(field: &[u8]) -> Option<Self> {
        let (scheme, rest) = field.split_at_checked(7)?;
        if !scheme.eq_ignore_ascii_case(b"digest ") {
            return None;
        }
        let mut challenge = Self::default();
        for (name, value) in parameters(rest) {
            match name.to_ascii_lowercase().as_slice() {
                b"realm" => challenge.realm = value,
                b"nonce" => challenge.nonce = value,
                b"opaque" => challenge.opaque = Some(value),
                b"algorithm" => challenge.algorithm = Some(value),
                b"qop" => challenge.covers = value.split(|b| *b == b',').any(|way| way.trim_ascii() == b"auth"),
                _ => {}
            }
        }
        (!challenge.nonce.is_empty() && challenge.parts().all(is_quotable)).then_some(challenge)
    }

    fn parts(&self) -> impl Iterator<Item = &[u8]> {
        [&self.realm, &self.nonce].into_iter().chain(&self.opaque).chain(&self.algorithm).map(Vec::as_slice)
    }

    /// The `Authorization` field's value.
    fn answer(&self, user: &Credentials, probe: &HttpProbe, cnonce: &str) -> Option<Vec<u8>> {
        let name = self.algorithm.as_deref().unwrap_or(b"MD5").to_ascii_uppercase();
        let (digest, session): (fn(&[u8]) -> String, bool) = match name.as_slice() {
            b"MD5" => (md5, false),
            b"MD5-SESS" => (md5, true),
            b"SHA-256" => (sha256, false),
            b"SHA-256-SESS" => (sha256, true),
            b"SHA-512-256" => (sha512_256, false),
            _ => return None,
        };
        let join = |parts: &[&[u8]]| digest(&parts.join(&b':'));
        let mut first = join(&[&user.name, &self.realm, user.password.expose()]);
        if session {
            first = join(&[first.as_bytes(), &self.nonce, cnonce.as_bytes()]);
        }
        let second = join(&[probe.method.0.as_bytes(), &probe.target]);
        let response = match self.covers {
            true => join(&[first.as_bytes(), &self.nonce, b"00000001", cnonce.as_bytes(), b"auth", second.as_bytes()]),
            false => join(&[first.as_bytes(), &self.nonce, second.as_bytes()]),
        };
        let mut value = b"Digest ".to_vec();
        let mut put = |name: &str, text: &[u8]| {
            value.extend_from_slice(&[name.as_bytes(), b"=\"", text, b"\", "].concat());
        };
        if !is_quotable(&user.name) || !is_quotable(&probe.target) {
            return None;
        }
        put("username", &user.name);
        put("realm", &self.realm);
        put("nonce", &self.nonce);
        put("uri", &probe.target);
        if let Some(opaque) = &self.opaque {
            put("opaque", opaque);
        }
        if self.covers {
            put("cnonce", cnonce.as_bytes());
            value.extend_from_slice(b"nc=00000001, qop=auth, ");
        }
        if let Some(algorithm) = &self.algorithm {
            value.extend_from_slice(&[b"algorithm=", &algorithm[..], b", "].concat());
        }
        value.extend_from_slice(format!("response=\"{response}\"").as_bytes());
        Some(value)
    }
}

/// Parameters of a challenge, quotes taken away (RFC 9110 §11.2).
fn parameters(text: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(equals) = memchr::memchr(b'=', rest) {
        let (name, after) = rest.split_at(equals);
        let name = name.trim_ascii_start().trim_ascii();
        let name = name.strip_prefix(b",").unwrap_or(name).trim_ascii().to_vec();
        let after = after.get(1..).unwrap_or_default().trim_ascii_start();
        let (value, next) = match after.strip_prefix(b"\"") {
            Some(quoted) => quoted.split_at(memchr::memchr(b'"', quoted).unwrap_or(quoted.len())),
            None => after.split_at(memchr::memchr(b',', after).unwrap_or(after.len())),
        };
        found.push((name, value.trim_ascii().to_vec()));
        rest = memchr::memchr(b',', next).and_then(|at| next.get(at + 1..)).unwrap_or_default();
    }
    found
}

/// Whether a text fits between quotes in a field as it is.
fn is_quotable(text: &[u8]) -> bool {
    !text.iter().any(|byte| byte.is_ascii_control() || *byte == b'"' || *byte == b'\\')
}

fn md5(text: &[u8]) -> String {
    hex(&Md5::digest(text))
}

fn sha256(text: &[u8]) -> String {
    hex(&Sha256::digest(text))
}

fn sha512_256(text: &[u8]) -> String {
    hex(&Sha512_256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Origin, Scheme};

    fn probe(target: &'static str) -> HttpProbe {
        HttpProbe::new(
            Origin::new(Scheme::Http, "www.example.org", 80).expect("valid"),
            "GET".into(),
            target.into(),
            Secret::new(Bytes::new()),
        )
    }

    fn reply(
        challenge: &str,
        (name, password): (&'static str, &'static str),
        target: &'static str,
        cnonce: &str,
    ) -> String {
        let user = Credentials { name: name.into(), password: Secret::new(password.into()) };
        let challenge = Challenge::read(challenge.as_bytes()).expect("a challenge");
        String::from_utf8(challenge.answer(&user, &probe(target), cnonce).expect("an answer")).expect("text")
    }

    #[test]
    fn the_examples_of_the_rfc_are_answered_as_there() {
        let nonce = r#"realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;
        let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let mufasa = ("Mufasa", "Circle of Life");
        let md5 = reply(&format!("Digest algorithm=MD5, {nonce}"), mufasa, "/dir/index.html", cnonce);
        assert!(md5.ends_with("response=\"8ca523f5e9506fed4657c9700eebdbec\""), "{md5}");
        let sha = reply(&format!("Digest {nonce}, algorithm=SHA-256"), mufasa, "/dir/index.html", cnonce);
        assert!(sha.contains("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"), "{sha}");
        assert!(sha.contains("uri=\"/dir/index.html\"") && sha.contains("qop=auth, algorithm=SHA-256"), "{sha}");
    }

    #[test]
    fn an_old_challenge_is_answered_without_a_count() {
        let challenge = r#"digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093""#;
        let old = reply(challenge, ("Mufasa", "Circle Of Life"), "/dir/index.html", "x");
        assert!(old.contains("response=\"670fd8c2df070c60b045671b8b24ff02\"") && !old.contains("cnonce"), "{old}");
    }

    #[test]
    fn what_cannot_be_quoted_is_no_challenge() {
        for field in
            ["Basic realm=\"x\"", "Digest realm=\"x\"", "Digest", "Digest nonce=\"a\\\"", "Digest nonce=\"a\tb\""]
        {
            assert_eq!(Challenge::read(field.as_bytes()), None, "{field}");
        }
    }
}
