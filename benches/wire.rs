//! How many keep-alive requests a second of one core carries, against reqwest, in one run; and what a waiting host weighs.
//!
//! Run it with `cargo bench --bench wire`. It starts itself a second time as the server, so that the figures hold only
//! the client: CPU seconds of its one thread, and its resident memory. Read the ratios; the absolute figures are the
//! machine's. Linux only, for `/proc`.
//!
//! To compare with wrk, let both talk to one nginx that is pinned to the other core (`apt-get install nginx wrk`):
//! ```sh
//! mkdir -p /tmp/bench && printf 'worker_processes 1; pid /tmp/bench/pid; error_log /tmp/bench/log;
//! events { worker_connections 4096; } http { access_log off; keepalive_requests 100000000;
//! server { listen 127.0.0.1:8099; location / { return 200 "hello"; } } }' > /tmp/bench/nginx.conf
//! taskset -c 0 nginx -c /tmp/bench/nginx.conf
//! bash -c 'time taskset -c 1 wrk -t1 -c32 -d10s http://127.0.0.1:8099/'   # requests ÷ (user + sys)
//! WIRE_BENCH_SERVER=127.0.0.1:8099 taskset -c 1 cargo bench --bench wire
//! nginx -c /tmp/bench/nginx.conf -s stop
//! ```
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench that cannot run should stop and say why")]

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use outsight::base::{ByteBudget, Clock, Limits, Origin, Scheme, Secret};
use outsight::observation::HttpProbe;
use outsight::target::{Scope, ScopeBuilder};
use outsight::wire::{Connections, Settings, Wire};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
    Content-Type: text/plain\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello";
const HOSTS: usize = 8;
const AT_ONCE: usize = 4;
const REQUESTS: usize = 2_000;
const ROUNDS: usize = 5;
const WAITING: usize = 4_000;

fn main() {
    if std::env::args().any(|argument| argument == "serve") {
        return serve();
    }
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    rustls::crypto::ring::default_provider().install_default().expect("the first provider");
    let server = ServerProcess::start();
    let fixed = std::env::var("WIRE_BENCH_SERVER").ok().map(|address| address.parse().expect("HOST:PORT"));
    let plain = fixed.unwrap_or(server.plain);
    compare("http", &Origin::new(Scheme::Http, "127.0.0.1", plain.port()).expect("an origin"));
    compare("https", &Origin::new(Scheme::Https, "127.0.0.1", server.tls.port()).expect("an origin"));
    weigh(&Origin::new(Scheme::Http, "127.0.0.1", server.plain.port()).expect("an origin"));
}

/// The same bench as the server of another process.
struct ServerProcess {
    child: Child,
    plain: SocketAddr,
    tls: SocketAddr,
}

impl ServerProcess {
    fn start() -> Self {
        let me = std::env::current_exe().expect("a path");
        let mut child = Command::new(me).arg("serve").stdout(Stdio::piped()).spawn().expect("a server");
        let mut lines = BufReader::new(child.stdout.take().expect("its output"));
        let mut address = || {
            let mut line = String::new();
            #[expect(clippy::disallowed_methods, reason = "the other end is this program")]
            lines.read_line(&mut line).expect("a line");
            line.trim().parse().expect("an address")
        };
        Self { plain: address(), tls: address(), child }
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn serve() {
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a configuration");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    runtime().block_on(async move {
        let plain = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let tls = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("{}\n{}", plain.local_addr().expect("an address"), tls.local_addr().expect("an address"));
        tokio::spawn(async move {
            while let Ok((stream, _)) = tls.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        answer(stream).await;
                    }
                });
            }
        });
        while let Ok((stream, _)) = plain.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::spawn(answer(stream));
        }
    });
}

/// Answers every request at once, but those for `/wait` never.
async fn answer<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let mut block = [0; 1024];
    while let Ok(read @ 1..) = stream.read(&mut block).await {
        if block[..read].starts_with(b"GET /wait") {
            continue;
        }
        if stream.write_all(ANSWER).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

fn compare(name: &str, origin: &Origin) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(per_second(|| runtime().block_on(run_ours(origin))));
        theirs.push(per_second(|| runtime().block_on(run_reqwest(origin))));
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    println!("{name}: outsight {ours:.0}, reqwest {theirs:.0} requests per CPU second: ratio {:.2}", ours / theirs);
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Requests per CPU second of this thread.
fn per_second(run: impl FnOnce()) -> f64 {
    let before = cpu_time();
    run();
    (HOSTS * AT_ONCE * REQUESTS) as f64 / (cpu_time() - before).as_secs_f64()
}

fn cpu_time() -> Duration {
    let text = proc_file("/proc/thread-self/schedstat");
    Duration::from_nanos(text.split(' ').next().and_then(|field| field.parse().ok()).expect("nanoseconds"))
}

fn resident() -> usize {
    let text = proc_file("/proc/self/statm");
    4096 * text.split(' ').nth(1).and_then(|field| field.parse::<usize>().ok()).expect("pages")
}

fn proc_file(path: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "a small file of the kernel")]
    std::fs::read_to_string(path).expect("a Linux machine")
}

fn scope() -> Scope {
    ScopeBuilder::new().build().for_host("127.0.0.1")
}

fn get(origin: &Origin, target: &str) -> Arc<HttpProbe> {
    let wire =
        format!("GET {target} HTTP/1.1\r\nHost: {}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n", origin.authority());
    Arc::new(HttpProbe::new(origin.clone(), "GET".into(), target.to_owned().into(), Secret::new(wire.into())))
}

fn wire(limits: Limits) -> Arc<Wire> {
    let budget = ByteBudget::new(limits.bytes);
    Arc::new(Wire::new(Settings { limits, ..Settings::default() }, budget, Clock::System).expect("a wire"))
}

async fn run_ours(origin: &Origin) {
    let wire = wire(Limits::default());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..HOSTS {
        let pool = Arc::new(Connections::new(Arc::clone(&wire), origin.clone(), scope()));
        for _ in 0..AT_ONCE {
            let (pool, probe) = (Arc::clone(&pool), get(origin, "/"));
            tasks.spawn(async move {
                for _ in 0..REQUESTS {
                    let (exchange, _held) = pool.send(&probe).await;
                    assert_eq!(exchange.response.expect("a response").body.len(), 5);
                }
            });
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

async fn run_reqwest(origin: &Origin) {
    let client = reqwest::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .http1_only()
        .no_proxy()
        .timeout(Duration::from_secs(12))
        .build()
        .expect("a client");
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..HOSTS * AT_ONCE {
        let (client, url) = (client.clone(), format!("{origin}/"));
        tasks.spawn(async move {
            for _ in 0..REQUESTS {
                let response = client.get(&url).send().await.expect("a response");
                assert_eq!(response.bytes().await.expect("a body").len(), 5);
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

/// Resident memory of hosts that each wait for an answer.
fn weigh(origin: &Origin) {
    runtime().block_on(async {
        let wire = wire(Limits { response_head: Duration::from_secs(3), ..Limits::default() });
        let mut tasks = tokio::task::JoinSet::new();
        let before = resident();
        for _ in 0..WAITING {
            let (wire, origin) = (Arc::clone(&wire), origin.clone());
            tasks.spawn(async move {
                let probe = get(&origin, "/wait");
                let pool = Connections::new(wire, origin, scope());
                let (exchange, _held) = pool.send(&probe).await;
                exchange.response.is_err()
            });
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let each = (resident() - before) / WAITING;
        println!("a host that waits for its answer: {each} bytes resident, {} hosts", wire.counters().requests());
    });
}
