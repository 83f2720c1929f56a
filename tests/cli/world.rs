//! A folder to run in, servers to scan, and the binary.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use outsight::demo::Demo;
use tokio::runtime::Runtime;

use crate::packs::each_request;

/// Longer than any machine needs; a test that waits so long has failed.
pub const LONG: Duration = Duration::from_secs(600);

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

/// A folder that is gone with the test.
pub struct World(tempfile::TempDir);

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // The search for a project's configuration ends at a repository's root.
        std::fs::create_dir(folder.path().join(".git")).expect("writable");
        Self(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
        std::fs::write(&path, text).expect("writable");
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a text file")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outsight"));
        command.args(arguments).current_dir(self.0.path()).env_clear().env("HOME", self.0.path());
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().expect("the binary runs"))
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.spawn(arguments, Stdio::piped());
        child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
        ran(child.wait_with_output().expect("it ends"))
    }

    pub fn spawn(&self, arguments: &[&str], stdin: Stdio) -> Child {
        let mut command = self.command(arguments);
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs")
    }
}

pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().expect("it was not killed"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The misconfigured shop, running until dropped.
pub fn demo() -> Demo {
    demo_at(0)
}

pub fn demo_at(port: u16) -> Demo {
    RUNTIME.block_on(Demo::start(port)).expect("a free port")
}

/// A server that answers everything alike and counts what it is asked.
pub struct Counting {
    pub address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Counting {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counter = Arc::clone(&counter);
                std::thread::spawn(move || answer_all(stream, &counter));
            }
        });
        Self { address, asked }
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub fn wait_until_asked(&self) {
        let until = Instant::now() + LONG;
        while self.asked() == 0 {
            assert!(Instant::now() < until, "nobody asked");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn answer_all(stream: std::net::TcpStream, counter: &AtomicUsize) {
    each_request(stream, |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi".to_vec()
    });
}

/// A port on which nobody listens.
pub fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("bound").port()
}

/// The events of JSON Lines output, each checked against the output's schema.
pub fn events(lines: &str) -> Vec<serde_json::Value> {
    static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let schema = World::new().run(&["schema", "output"]);
        let schema = serde_json::from_str(&schema.out).expect("JSON");
        jsonschema::validator_for(&schema).expect("a schema")
    });
    let parse = |line: &str| {
        let event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let wrong: Vec<String> = SCHEMA.iter_errors(&event).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{line}: {wrong:?}");
        event
    };
    lines.lines().map(parse).collect()
}

/// The events of one kind.
pub fn of_kind<'a>(events: &'a [serde_json::Value], kind: &str) -> Vec<&'a serde_json::Value> {
    events.iter().filter(|event| event["event"] == kind).collect()
}

/// A rule that matches where the status is as given.
pub fn rule(id: &str, path: &str, status: u16) -> String {
    format!(
        "id: {id}\ntitle: T\nseverity: medium\ncategory: exposure\napplies_to: host\nrequest: {{ get: {path} }}\n\
         match: {{ status: {status} }}\nfix: F\n\
         tests:\n  it is there: {{ given: {{ status: {status} }}, expect: match }}\n  \
         it is not: {{ given: {{ status: 404 }}, expect: clean }}\n"
    )
}

/// The path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Every value that the demo serves as a secret.
pub fn demo_secrets(demo: &Demo) -> Vec<String> {
    let mut stream = std::net::TcpStream::connect(demo.address()).expect("the demo listens");
    stream.write_all(b"GET /.env HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("UTF-8");
    let secret = |line: &str| {
        let (name, value) = line.split_once('=')?;
        (name.ends_with("PASSWORD") || name.ends_with("KEY")).then(|| value.trim().to_owned())
    };
    answer.lines().filter_map(secret).collect()
}
