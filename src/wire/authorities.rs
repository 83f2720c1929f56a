//! What authorities answered in a scan, by the address that was asked.
//!
//! Takes an address and a way to ask there; gives the answer. Whoever wants what another host is asking for already waits for
//! that, and what was answered once is not asked again: a hundred hosts of one authority fetch its list once. Invariant: at
//! most [`ADDRESSES`] are kept and [`BYTES`] of answers, each paid for from the byte budget; what was not wanted for longest
//! goes first. Must never open a socket.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use crate::observation::RevocationProblem;
use crate::predicate::Answer;

/// Addresses whose answers are kept.
const ADDRESSES: usize = 1024;
/// Bytes of answers that are kept.
const BYTES: usize = 16 << 20;

/// An answer with status 200 that is whole, or why there is none.
pub(super) type Word = Result<Arc<Answer>, RevocationProblem>;

/// What was answered so far, what was wanted last at the end.
#[derive(Debug, Default)]
pub(super) struct Authorities {
    kept: Mutex<VecDeque<Kept>>,
}

#[derive(Debug, Clone)]
struct Kept {
    url: Arc<str>,
    word: Arc<OnceCell<Word>>,
}

impl Kept {
    fn weight(&self) -> usize {
        self.word.get().and_then(|word| word.as_ref().ok()).map_or(0, |answer| answer.received().weight())
    }
}

impl Authorities {
    /// What is answered at an address: as `ask` says, where nobody asked yet. It fails with what is no fault of the
    /// authority's; that is not kept.
    pub(super) async fn word<F>(&self, url: &str, ask: impl FnOnce() -> F) -> Word
    where
        F: Future<Output = Result<Word, RevocationProblem>>,
    {
        let known = self.entry(url);
        let word = known.get_or_try_init(ask).await.cloned();
        self.trim();
        word?
    }

    /// The place for an address, at the end from now on.
    fn entry(&self, url: &str) -> Arc<OnceCell<Word>> {
        let mut kept = self.kept();
        let at = kept.iter().position(|known| *known.url == *url);
        let known = at.and_then(|at| kept.remove(at));
        let known = known.unwrap_or_else(|| Kept { url: url.into(), word: Arc::default() });
        let word = Arc::clone(&known.word);
        kept.push_back(known);
        word
    }

    /// Lets go what is over the bounds. Who waits for an answer holds it himself.
    fn trim(&self) {
        let mut kept = self.kept();
        let mut weight: usize = kept.iter().map(Kept::weight).sum();
        while kept.len() > ADDRESSES || weight > BYTES {
            let Some(oldest) = kept.pop_front() else { return };
            weight -= oldest.weight().min(weight);
        }
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use bytes::Bytes;

    use super::*;
    use crate::base::{Origin, Scheme, Secret, Timestamp};
    use crate::observation::{Exchange, HttpProbe, Response};

    fn answer(length: usize) -> Word {
        let origin = Origin::new(Scheme::Http, "a.example", 80).expect("valid");
        let wire = Secret::new(Bytes::from_static(b"GET / HTTP/1.1\r\n\r\n"));
        let response = Response {
            version: "HTTP/1.1",
            status: 200,
            reason: Bytes::new(),
            headers: Vec::new(),
            head: Bytes::new(),
            body: vec![7; length].into(),
            wire_bytes: 0,
            truncated: None,
            anomalies: Vec::new(),
        };
        Ok(Arc::new(Answer::new(Exchange {
            probe: Arc::new(HttpProbe::new(origin, "GET".into(), Bytes::from_static(b"/"), wire)),
            response: Ok(response),
            at: Timestamp::UNIX_EPOCH,
            timing: Default::default(),
            remote: None,
            tls: None,
        })))
    }

    /// How often was asked, where it is asked for these addresses one after the other.
    async fn asked(known: &Authorities, urls: &[&str], word: impl Fn() -> Result<Word, RevocationProblem>) -> usize {
        let count = Cell::new(0);
        for url in urls {
            let ask = || async {
                count.set(count.get() + 1);
                word()
            };
            let _ = known.word(url, ask).await;
        }
        count.get()
    }

    #[tokio::test]
    async fn who_wants_the_same_waits_for_who_asked_first() {
        let known = Authorities::default();
        let (gate, count) = (tokio::sync::Notify::new(), Cell::new(0));
        let ask = || async {
            count.set(count.get() + 1);
            gate.notified().await;
            Ok(answer(3))
        };
        let go = async { gate.notify_one() };
        let (one, other, ()) = tokio::join!(known.word("a", ask), known.word("a", ask), go);
        assert_eq!(count.get(), 1);
        assert!(Arc::ptr_eq(&one.expect("an answer"), &other.expect("an answer")));
    }

    #[tokio::test]
    async fn what_authorities_fail_at_is_kept_and_what_we_fail_at_is_not() {
        let known = Authorities::default();
        assert_eq!(asked(&known, &["a", "a"], || Ok(Err(RevocationProblem::Unreachable))).await, 1);
        assert_eq!(asked(&known, &["b", "b"], || Err(RevocationProblem::NotAllowed)).await, 2);
    }

    #[tokio::test]
    async fn what_was_not_wanted_for_longest_goes() {
        let known = Authorities::default();
        assert_eq!(asked(&known, &["a", "b", "a", "c"], || Ok(answer(6 << 20))).await, 3);
        assert_eq!(asked(&known, &["a", "c"], || Ok(answer(1))).await, 0, "over the bound since `b`");
        assert_eq!(asked(&known, &["b"], || Ok(answer(1))).await, 1);
        let many: Vec<String> = (0..ADDRESSES).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(asked(&known, &many, || Ok(answer(1))).await, ADDRESSES);
        assert_eq!(asked(&known, &["a"], || Ok(answer(1))).await, 1);
        assert!(known.kept().len() <= ADDRESSES);
        assert!(asked(&known, &["d", "d"], || Ok(answer(BYTES))).await == 2, "more than all room is not kept");
    }
}
