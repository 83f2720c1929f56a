//! The books add up, or the run fails.

use super::rules::{Change, get, passive};
use super::server::{Server, missing, ok};
use super::{scan_all, settings};
use crate::engine::EngineError;
use crate::finding::{Outcome, SkipReason};
use crate::observation::Method;
use crate::rule::{AppliesTo, Refusal, Wire};

#[tokio::test]
async fn one_lost_verdict_fails_the_run() {
    let server = Server::start(|_, _| ok("")).await;
    let rules = || vec![get("a", "/a"), get("b", "/b"), passive("p")];
    let sound = scan_all(rules(), &[server.url()], settings()).await;
    assert_eq!((sound.summary().planned, sound.summary().adds_up()), (3, true));
    for place in 0..3 {
        let mut faulty = settings();
        faulty.faults.drop_verdict = Some(place);
        let scanned = scan_all(rules(), &[server.url()], faulty).await;
        let error = scanned.result.expect_err("the books do not add up");
        assert!(matches!(&error, EngineError::Accounting { summary, twice: 0 } if summary.planned == 3), "{error}");
        assert_eq!(error.diagnostic().code, "I0002");
    }
}

#[tokio::test]
async fn what_may_not_run_is_skipped_and_sends_nothing() {
    let server = Server::start(|_, _| ok("")).await;
    let post = |id: &str| {
        get(id, "/post").with(|rule| {
            if let Wire::Http(http) = &mut rule.requests[0].wire {
                http.method = Method::from("POST");
            }
        })
    };
    let refused = get("refused", "/refused").with(|rule| {
        rule.refused = Some(Refusal { code: "no-tls-options", reason: "not in this build".into(), tests_run: false });
    });
    let intrusive = passive("intrusive").with(|rule| rule.meta.tags.push("fuzzing".into()));
    let scanned = scan_all(vec![post("active"), refused, intrusive, get("x", "/x")], &[server.url()], settings()).await;
    for rule in ["active", "refused", "intrusive"] {
        assert_eq!(scanned.outcome(rule), Outcome::Skipped(SkipReason::Refused), "{rule}");
    }
    assert_eq!(server.targets(), ["/x"]);
    assert_eq!((scanned.summary().skipped, scanned.host().coverage.applicable), (3, 1));
    let mut bold = settings();
    bold.tier = crate::rule::Tier::Active;
    assert_eq!(scan_all(vec![post("active")], &[server.url()], bold).await.outcome("active"), Outcome::Match);
}

#[tokio::test]
async fn endpoint_rules_have_a_verdict_per_path() {
    let server = Server::start(|target, _| if target.len() == 2 { ok("") } else { missing() }).await;
    let rule = get("endpoint", "{{path}}").with(|rule| rule.applies_to = AppliesTo::Endpoint);
    let words: Vec<String> = ["/a", "/b", "/b", "/c"].iter().map(|path| format!("{}{path}", server.url())).collect();
    let scanned = scan_all(vec![rule, get("host", "/a")], &words, settings()).await;
    assert_eq!((scanned.summary().planned, scanned.summary().matched), (4, 4));
    let targets = server.targets();
    for path in ["/a", "/b", "/c"] {
        assert_eq!(targets.iter().filter(|target| *target == path).count(), 1, "{path}");
    }
    assert_eq!(scanned.findings().len(), 2, "one cause is one finding, with three places");
}

#[tokio::test]
async fn no_rules_is_a_complete_host_without_traffic() {
    let server = Server::start(|_, _| ok("")).await;
    let scanned = scan_all(Vec::new(), &[server.url()], settings()).await;
    assert_eq!((scanned.summary().planned, server.requests().len()), (0, 0));
    assert_eq!(scanned.summary().hosts.get("complete"), Some(&1));
}
