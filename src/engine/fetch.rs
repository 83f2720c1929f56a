//! One request, sent politely, and again where that is right.
//!
//! Takes a probe and the gate of its origin; gives the answer, an error included. A request that only reads is sent
//! again after a failure to connect or a time-out, and after a 429 or 503 that says when to come back; a request that a
//! rule repeats on purpose never is. Invariant: every wait is bounded, and the connection permit goes back on every
//! path. Must never import anything above `discover`.

use std::sync::Arc;
use std::time::Duration;

use super::gate::Gate;
use super::shared::{Cost, Shared};
use crate::observation::{ErrorKind, Exchange, HttpProbe, ProbeError, Timing};
use crate::predicate::{Answer, Received};
use crate::wire::Connections;

/// The first wait before a request is sent again.
const BACKOFF: Duration = Duration::from_millis(250);
/// The longest that a `Retry-After` is obeyed.
const LONGEST_PAUSE: u64 = 60;

/// One request to make.
pub(super) struct Errand {
    pub shared: Arc<Shared>,
    pub gate: Arc<Gate>,
    pub connections: Arc<Connections>,
    pub cost: Arc<Cost>,
    pub probe: Arc<HttpProbe>,
    /// Whether it may be sent again.
    pub may_retry: bool,
}

/// Makes the request.
pub(super) async fn fetch(errand: Errand) -> Arc<Answer> {
    let retries =
        if errand.may_retry && errand.probe.method.is_safe() { errand.shared.orders.settings.retries } else { 0 };
    let mut attempt = 0;
    loop {
        let answer = send(&errand).await;
        let again = attempt < retries && again(&errand, &answer, attempt).await;
        if !again {
            return answer;
        }
        attempt += 1;
    }
}

async fn send(errand: &Errand) -> Arc<Answer> {
    let Ok(_permit) = errand.gate.connections.acquire().await else {
        return failed(
            &errand.probe,
            errand.shared.orders.settings.clock.now(),
            ErrorKind::Internal,
            "no connection permit",
        );
    };
    errand.gate.pace.turn().await;
    errand.shared.pace.turn().await;
    let longest = errand.shared.orders.limits.connect * 4
        + errand.probe.timeout.unwrap_or_default().max(errand.shared.orders.limits.exchange) * 2;
    let answer = match tokio::time::timeout(longest, errand.connections.send(&errand.probe)).await {
        Ok((exchange, paid)) => Arc::new(Answer::of(Arc::new(Received::new(exchange, paid)))),
        Err(_) => {
            let now = errand.shared.orders.settings.clock.now();
            failed(&errand.probe, now, ErrorKind::ResponseTimeout, "no end of the exchange in time")
        }
    };
    errand.cost.add(answer.response().map_or(0, |response| response.wire_bytes));
    match answer.response().map(|response| response.status) {
        Some(429 | 503) => errand.gate.pace.complain(),
        Some(_) => errand.gate.pace.please(),
        None => {}
    }
    answer
}

/// Whether the request should be sent again, after whatever wait that takes.
async fn again(errand: &Errand, answer: &Answer, attempt: u32) -> bool {
    match &answer.exchange().response {
        Ok(response) if matches!(response.status, 429 | 503) => {
            let now = errand.shared.orders.settings.clock.now();
            let wait = response.header("retry-after").next().and_then(|value| retry_after(value, now));
            wait.is_some_and(|wait| errand.gate.pace.pause(wait))
        }
        Ok(_) => false,
        Err(error) if is_transient(error.kind) => {
            tokio::time::sleep(BACKOFF * 2_u32.saturating_pow(attempt.min(6))).await;
            true
        }
        Err(_) => false,
    }
}

fn is_transient(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectTimeout
            | ErrorKind::ResponseTimeout
            | ErrorKind::ResolveFailed
            | ErrorKind::Unreachable
            | ErrorKind::Local
    )
}

/// How long a `Retry-After` asks us to wait (RFC 9110 §10.2.3): seconds or a date; `None` beyond a minute.
fn retry_after(value: &[u8], now: crate::base::Timestamp) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?.trim();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
            u64::try_from(date.as_second().saturating_sub(now.as_second())).unwrap_or(0)
        }
    };
    (seconds <= LONGEST_PAUSE).then(|| Duration::from_secs(seconds))
}

/// An answer that is a failure of ours.
pub(super) fn failed(
    probe: &Arc<HttpProbe>,
    at: crate::base::Timestamp,
    kind: ErrorKind,
    detail: impl Into<String>,
) -> Arc<Answer> {
    Arc::new(Answer::new(Exchange {
        probe: Arc::clone(probe),
        response: Err(ProbeError::new(kind, detail)),
        at,
        timing: Timing::default(),
        remote: None,
        tls: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;

    #[test]
    fn retry_after_is_seconds_or_a_date_and_at_most_a_minute() {
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().expect("a time");
        let secs = |text: &str| retry_after(text.as_bytes(), now).map(|wait| wait.as_secs());
        assert_eq!(secs(" 7 "), Some(7));
        assert_eq!(secs("61"), None);
        assert_eq!(secs("Sat, 21 Nov 2026 10:00:30 GMT"), Some(30));
        assert_eq!(secs("Sat, 21 Nov 2026 09:00:30 GMT"), Some(0));
        assert_eq!(secs("soon"), None);
        assert_eq!(secs("-1"), None);
    }
}
