//! Asking authorities whether a certificate was revoked: OCSP and lists over HTTP, where the user wants it (`--tls-online`).
//!
//! Takes a chain as sent and a way to send a request, gives what was answered. Invariant: only addresses that the certificate names are asked, and only
//! where an authority of the configured roots signed it, at most [`MAX_ASKED`] of a kind, with GET, without anything of the
//! scan in the request. Hosts that the scope does not name are asked on port 80 alone, denied, link-local and private
//! addresses of them are refused, and behind a proxy, which resolves names by itself, they are not asked. Must never judge
//! an answer: that is `tls`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use data_encoding::BASE64;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::authorities::Word;
use super::connections::Connections;
use super::contacts::Contacts;
use super::settings::Wire;
use super::tls::distrust;
use crate::base::{Origin, Secret};
use crate::observation::{
    ChainFault, ChainProblem, ErrorKind, HttpProbe, Revocation, RevocationAnswer, RevocationProblem, RevocationSource,
    RevocationStatus, TlsSurvey,
};
use crate::predicate::Answer;
use crate::target::{Decision, Scope};
use crate::tls::certificate;
use crate::tls::revocation::{Question, judge_list, judge_response, request};

/// Addresses of a kind that are asked.
const MAX_ASKED: usize = 2;
/// Requests to authorities that one certificate is worth at most.
pub const QUESTIONS: u64 = 2 * MAX_ASKED as u64;
/// The longest address that is asked.
const MAX_URL: usize = 512;
/// Time for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

impl Contacts {
    /// Asks those whom the certificate that a survey saw names, where the user wants it, and adds what they say to it. What
    /// has to be sent is given to `send`, which knows how fast each origin is asked; what another host was answered at the
    /// same address is not asked for again.
    pub async fn ask_about_revocation<T, F>(&self, survey: &mut TlsSurvey, send: T)
    where
        T: Fn(Connections, Arc<HttpProbe>) -> F,
        F: Future<Output = Arc<Answer>>,
    {
        if !self.wire.tls_online {
            return;
        }
        let Some((leaf, issuer)) = certificates(survey) else { return };
        let revocation = Desk { wire: &self.wire, scope: &self.scope, send }.ask(&leaf, issuer.as_ref()).await;
        if revocation.status() == RevocationStatus::Revoked {
            note(survey);
        }
        survey.revocation = Some(revocation);
    }
}

/// The server's certificate and the one that signed it.
fn certificates(survey: &TlsSurvey) -> Option<(Bytes, Option<Bytes>)> {
    let (chain, judgement) = match (&survey.session, &survey.judgement) {
        (Some(session), _) => (&session.chain, &session.judgement),
        (None, judgement) => (&survey.in_the_clear()?.chain, judgement.as_ref()?),
    };
    let issuer = judgement.path.get(1).and_then(|issuer| chain.get(*issuer)).filter(|_| judgement.is_genuine());
    Some((chain.first()?.clone(), issuer.cloned()))
}

/// Counts the certificate as revoked.
fn note(survey: &mut TlsSurvey) {
    let judgement = match &mut survey.session {
        Some(session) => Some(&mut Arc::make_mut(session).judgement),
        None => survey.judgement.as_mut(),
    };
    if let Some(judgement) = judgement.filter(|judgement| !judgement.has(ChainFault::Revoked)) {
        judgement.problems.push(ChainProblem { fault: ChainFault::Revoked, at: Some(0) });
        judgement.problems.sort_by_key(|problem| (problem.fault, problem.at));
    }
    if let Some(session) = &mut survey.session {
        let session = Arc::make_mut(session);
        session.untrusted = distrust(&session.judgement);
    }
}

/// Where questions are asked from.
struct Desk<'a, T> {
    wire: &'a Arc<Wire>,
    scope: &'a Scope,
    send: T,
}

impl<T, F> Desk<'_, T>
where
    T: Fn(Connections, Arc<HttpProbe>) -> F,
    F: Future<Output = Arc<Answer>>,
{
    /// Asks responders first, lists where they give no word that can be relied on.
    async fn ask(&self, leaf: &Bytes, issuer: Option<&Bytes>) -> Revocation {
        let mut revocation = Revocation::default();
        let (Some(certificate), Some(issuer)) = (read_certificate(leaf), issuer.and_then(read_certificate)) else {
            return revocation;
        };
        let Some(facts) = certificate::facts(leaf) else { return revocation };
        let now = self.wire.clock.now().as_second();
        let question = Question { leaf: &certificate, issuer: &issuer, now };
        let kinds =
            [(RevocationSource::Ocsp, &facts.extensions.ocsp), (RevocationSource::List, &facts.extensions.lists)];
        for (source, urls) in kinds {
            for url in urls.iter().take(MAX_ASKED) {
                let answer = match self.fetch(source, url, question).await {
                    Ok(answer) if source == RevocationSource::Ocsp => judge_response(&answer.body(), question, url),
                    Ok(answer) => judge_list(&answer.body(), question, url),
                    Err(problem) => RevocationAnswer::none(source, url, problem),
                };
                revocation.answers.push(answer);
                if revocation.status() != RevocationStatus::Unknown {
                    return revocation;
                }
            }
        }
        revocation
    }

    /// A whole answer with status 200, now or to another host before.
    async fn fetch(&self, source: RevocationSource, url: &str, question: Question<'_>) -> Word {
        let (origin, mut target) = address(url).ok_or(RevocationProblem::NotAllowed)?;
        if source == RevocationSource::Ocsp {
            if !target.ends_with('/') {
                target.push('/');
            }
            target.push_str(&escape(&BASE64.encode(&request(question))));
        }
        // A name that only the certificate brings leads to the usual port of a public address, or nowhere.
        let is_address = origin.host().parse::<std::net::IpAddr>().is_ok();
        let is_named = matches!(self.scope.allows_host(origin.host()), Decision::Allowed);
        if !is_named && (origin.port != 80 || self.wire.dialer.is_proxied() && !is_address) {
            return Err(RevocationProblem::NotAllowed);
        }
        let scope = self.scope.with_public_host(origin.host());
        let asked = format!("{origin}{target}");
        let connections = Connections::new(Arc::clone(self.wire), origin.clone(), scope);
        let ask = || async { word((self.send)(connections, probe(origin, target)).await) };
        self.wire.authorities.word(&asked, ask).await
    }
}

/// What an answer comes to; an error where it is not the authority that failed.
fn word(answer: Arc<Answer>) -> Result<Word, RevocationProblem> {
    let told = match &answer.exchange().response {
        Ok(response) => match (response.status, response.truncated.is_none()) {
            (200, true) => Ok(()),
            (200, false) => Err(RevocationProblem::TooLong),
            _ => Err(RevocationProblem::Unreachable),
        },
        Err(error) => match error.kind {
            ErrorKind::OutOfScope => return Err(RevocationProblem::NotAllowed),
            ErrorKind::Budget | ErrorKind::Local | ErrorKind::Internal => return Err(RevocationProblem::Unreachable),
            _ => Err(RevocationProblem::Unreachable),
        },
    };
    Ok(told.map(|()| answer))
}

fn read_certificate(der: &Bytes) -> Option<X509Certificate<'_>> {
    X509Certificate::from_der(der).ok().map(|(_, parsed)| parsed)
}

/// The origin and target of an address over HTTP, without what only browsers send.
fn address(url: &str) -> Option<(Origin, String)> {
    let parsed = url::Url::parse(url).ok().filter(|parsed| parsed.scheme() == "http" && url.len() <= MAX_URL)?;
    let origin = Origin::new(crate::base::Scheme::Http, parsed.host_str()?, parsed.port_or_known_default()?)?;
    let query = parsed.query().map_or_else(String::new, |query| format!("?{query}"));
    Some((origin, format!("{}{query}", parsed.path())))
}

/// Base64 as a part of a path (RFC 6960 appendix A.1).
fn escape(text: &str) -> String {
    text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

fn probe(origin: Origin, target: String) -> Arc<HttpProbe> {
    let head = format!(
        "GET {target} HTTP/1.1\r\nHost: {}\r\nUser-Agent: outsight/{}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        origin.authority(),
        env!("CARGO_PKG_VERSION"),
    );
    Arc::new(HttpProbe {
        timeout: Some(PATIENCE),
        ..HttpProbe::new(origin, "GET".into(), target.into(), Secret::new(head.into()))
    })
}
