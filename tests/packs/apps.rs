//! Applications that show what they should not, each with answers as the real ones give them, and their harmless twins:
//! the same addresses with what may be there.

mod harmless;
mod java;
mod operations;
mod scripting;

use outsight::base::{Category, Severity};

use super::site::{Asked, Said, Scanned, scan_site};

use Severity::{Critical, High, Info, Low, Medium};

/// What a site answers at a target, if there is something.
type Site = fn(&Asked<'_>) -> Option<Said>;

fn json(body: impl Into<String>) -> Said {
    Said::new(200, "application/json", body.into())
}

fn html(body: impl Into<String>) -> Said {
    Said::new(200, "text/html; charset=utf-8", body.into())
}

fn text(body: impl Into<String>) -> Said {
    Said::new(200, "text/plain; charset=utf-8", body.into())
}

/// Twelve letters that no list of known passwords holds.
fn password() -> String {
    ["Vr7", "qT2", "mX9", "dK4"].concat()
}

fn scan(site: Site) -> Scanned {
    let missing = || Said::new(404, "text/html; charset=utf-8", "<!doctype html><title>Not found</title>");
    let scanned = scan_site(move |asked| site(asked).unwrap_or_else(missing));
    assert_eq!(scanned.undecided, [""; 0]);
    assert!(!format!("{:?}", scanned.findings).contains(&password()), "a finding holds a secret");
    scanned
}

/// Findings of what is exposed, in the order of their rules.
fn exposed(scanned: &Scanned) -> Vec<(&str, Severity)> {
    let exposure = scanned.findings.iter().filter(|finding| finding.category == Category::Exposure);
    let mut found: Vec<_> = exposure.map(|finding| (&*finding.rule, finding.severity)).collect();
    found.sort_unstable();
    found
}

#[test]
fn java_of_today() {
    let expected = [
        ("admin-sign-in-page", Info),
        ("app-server-console-exposed", Critical),
        ("openapi-exposed", Info),
        ("prometheus-metrics-exposed", Low),
        ("spring-actuator-exposed", Critical),
    ];
    assert_eq!(exposed(&scan(java::today)), expected);
}

#[test]
fn java_of_yesterday() {
    let expected = [
        ("app-server-console-exposed", Critical),
        ("code-runner-exposed", Critical),
        ("service-registry-exposed", Medium),
        ("spring-actuator-root-exposed", Critical),
    ];
    assert_eq!(exposed(&scan(java::yesterday)), expected);
}

#[test]
fn php() {
    let expected = [
        ("admin-sign-in-page", Info),
        ("database-console-exposed", Critical),
        ("laravel-debug-tools-exposed", High),
        ("log-file-exposed", Medium),
        ("php-fpm-status-exposed", Low),
        ("phpinfo-exposed", High),
        ("setup-unfinished", Critical),
        ("symfony-profiler-exposed", High),
        ("wordpress-facts-public", Info),
        ("wordpress-users-exposed", Medium),
    ];
    assert_eq!(exposed(&scan(scripting::php)), expected);
}

#[test]
fn python_and_ruby() {
    let expected = [
        ("code-runner-exposed", Critical),
        ("django-debug-tools-exposed", High),
        ("graphql-console-exposed", Low),
        ("graphql-introspection", Low),
        ("job-dashboard-exposed", High),
        ("rails-info-exposed", Medium),
        ("werkzeug-console-exposed", High),
    ];
    assert_eq!(exposed(&scan(scripting::python_and_ruby)), expected);
}

#[test]
fn javascript() {
    let expected = [
        ("admin-api-exposed", Critical),
        ("config-endpoint-exposed", Critical),
        ("debug-endpoint-exposed", Low),
        ("dev-server-exposed", High),
        ("environment-dump", Critical),
        ("health-verbose", Critical),
        ("seed-route-public", Low),
    ];
    // The source map is told by `source-map-sources`, which has read it whole.
    assert_eq!(exposed(&scan(scripting::javascript)), expected);
}

#[test]
fn servers_and_what_runs_them() {
    let expected = [
        ("apache-status-exposed", Medium),
        ("aspnet-diagnostics-exposed", High),
        ("container-control-exposed", Critical),
        ("data-store-exposed", High),
        ("directory-listing", Medium),
        ("elasticsearch-exposed", High),
        ("go-debug-exposed", Medium),
        ("job-dashboard-exposed", High),
        ("monitoring-exposed", High),
        ("nginx-status-exposed", Low),
        ("proxy-admin-exposed", Critical),
        ("service-registry-exposed", High),
        ("webdav-enabled", Low),
    ];
    assert_eq!(exposed(&scan(operations::everything)), expected);
}

#[test]
fn what_may_be_there_is_no_alarm() {
    let twins: [Site; 4] = [harmless::shop, harmless::interface, harmless::tools, harmless::refusing];
    for twin in twins {
        let scanned = scan(twin);
        let alarms: Vec<_> = exposed(&scanned).into_iter().filter(|(_, severity)| *severity > Info).collect();
        assert_eq!(alarms, []);
    }
}

#[test]
fn what_may_be_there_is_told() {
    let expected = [
        ("admin-sign-in-page", Info),
        ("container-control-exposed", Info),
        ("openapi-exposed", Info),
        ("prometheus-metrics-exposed", Info),
        ("spring-actuator-exposed", Info),
        ("webdav-enabled", Info),
        ("wordpress-facts-public", Info),
        ("wordpress-users-exposed", Info),
    ];
    assert_eq!(exposed(&scan(harmless::tools)), expected);
}
