//! A site on loopback that answers as it is told.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use outsight::compile::Program;
use outsight::engine::{Control, Settings, scan};
use outsight::finding::{Event, Finding, HostOutcome, Outcome, Sink};
use outsight::score::{Grade, ScoreOptions, score_host};
use outsight::target::Targets;

use super::{program, settings};

/// What a site is asked.
pub struct Asked<'a> {
    /// Path and query as sent.
    pub target: &'a str,
    /// The head as sent.
    pub head: &'a str,
}

/// What a site answers: status, further field lines, body.
pub struct Said {
    status: u16,
    fields: String,
    body: Vec<u8>,
}

impl Said {
    /// An answer of this type.
    pub fn new(status: u16, class: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, fields: format!("Content-Type: {class}\r\n"), body: body.into() }
    }

    /// One more field line.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields = format!("{}{name}: {value}\r\n", self.fields);
        self
    }
}

/// A page.
pub fn page(body: impl Into<Vec<u8>>) -> Said {
    Said::new(200, "text/html; charset=utf-8", body)
}

/// What a scan of a site gave.
pub struct Scanned {
    /// Its findings.
    pub findings: Vec<Finding>,
    /// Rules whose verdict is neither match nor clean nor skipped, with the outcome.
    pub undecided: Vec<String>,
    /// The grade of the host, HTTPS not asked for.
    pub grade: Option<Grade>,
}

impl Scanned {
    /// Rules with a finding, each once, in order.
    pub fn rules(&self) -> Vec<&str> {
        let mut rules: Vec<&str> = self.findings.iter().map(|finding| &*finding.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

/// Scans a site that answers so, with every built-in rule.
pub fn scan_site(answer: impl Fn(&Asked<'_>) -> Said + Send + Sync + 'static) -> Scanned {
    scan_site_with(program(), answer)
}

/// The same with the rules of that program.
pub fn scan_site_with(program: Arc<Program>, answer: impl Fn(&Asked<'_>) -> Said + Send + Sync + 'static) -> Scanned {
    let answer = Arc::new(answer);
    let address = serve(move |stream| converse(stream, &*answer));
    scan_at(&format!("http://{address}/"), program, settings())
}

/// Scans what is at this address.
pub fn scan_at(url: &str, program: Arc<Program>, mut settings: Settings) -> Scanned {
    settings.verdicts = true;
    let targets = Targets::new().words(&[url.to_owned()]);
    let keep = Keep::default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let running = scan(program, targets, settings, Box::new(keep.clone()), Control::new());
    runtime.block_on(running).expect("the scan ends well");
    let events = std::mem::take(&mut *keep.0.lock().expect("not poisoned"));
    let mut scanned = Scanned { findings: Vec::new(), undecided: Vec::new(), grade: None };
    for event in events {
        match event {
            Event::Finding(finding, _) => scanned.findings.push(*finding),
            Event::Verdict(verdict) if !is_decided(verdict.outcome) => {
                scanned.undecided.push(format!("{} {}", verdict.rule, verdict.outcome.name()));
            }
            Event::Host(report, _) => {
                assert!(matches!(report.outcome, HostOutcome::Complete | HostOutcome::Blocked));
                scanned.grade = Some(score_host(&scanned.findings, &report, ScoreOptions::default()).grade);
            }
            _ => {}
        }
    }
    scanned
}

fn is_decided(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Match | Outcome::Clean | Outcome::Skipped(_))
}

#[derive(Clone, Default)]
struct Keep(Arc<Mutex<Vec<Event>>>);

impl Sink for Keep {
    fn event(&mut self, event: &Event) -> std::io::Result<()> {
        self.0.lock().expect("not poisoned").push(event.clone());
        Ok(())
    }
}

/// Has each connection handled on a thread of its own.
pub fn serve(handle: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    let handle = Arc::new(handle);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = Arc::clone(&handle);
            std::thread::spawn(move || handle(stream));
        }
    });
    address
}

/// Answers request after request, until the other side has enough.
pub fn converse(stream: impl Read + Write, answer: impl Fn(&Asked<'_>) -> Said) {
    each_request(stream, |head| {
        let target = head.split(' ').nth(1).unwrap_or("/");
        let Said { status, fields, body } = answer(&Asked { target, head });
        let length = body.len();
        let start = format!("HTTP/1.1 {status} X\r\n{fields}Content-Length: {length}\r\n\r\n");
        [start.as_bytes(), &body].concat()
    });
}

/// Answers the head of each request with these bytes, until the other side has enough.
pub fn each_request(mut stream: impl Read + Write, answer: impl Fn(&str) -> Vec<u8>) {
    let (mut held, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(read) = stream.read(&mut chunk) {
        if read == 0 {
            return;
        }
        held.extend_from_slice(&chunk[..read]);
        while let Some(end) = held.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&held[..end]).into_owned();
            held.drain(..end + 4);
            // In one piece: a second write would wait for the first one's acknowledgement.
            if stream.write_all(&answer(&head)).is_err() {
                return;
            }
        }
    }
}
