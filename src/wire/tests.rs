//! The wire against real sockets: scripted servers on loopback, real TLS, real HTTP/2, real proxies.

mod handshakes;
mod http2;
mod plain;
mod proxied;
mod revocation;
mod secure;
mod survey;

use std::sync::Arc;

use super::testing::Server;
use super::*;
use crate::base::{ByteBudget, Clock, Limits, Origin, Reservation, Scheme};
use crate::observation::{Exchange, HttpProbe, ProbeError, Response};
use crate::target::{Scope, ScopeBuilder};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A wire with its own budget.
fn wire(settings: Settings) -> Arc<Wire> {
    let budget = ByteBudget::new(settings.limits.bytes);
    Arc::new(Wire::new(settings, budget, Clock::System).expect("a wire"))
}

fn settings(limits: Limits) -> Settings {
    Settings { limits, ..Settings::default() }
}

/// The connections to one host, which is named as a target.
fn connections(wire: &Arc<Wire>, origin: &Origin) -> Connections {
    let scope: Scope = ScopeBuilder::new().build();
    Connections::new(Arc::clone(wire), origin.clone(), scope.for_host(origin.host()))
}

/// Connections to a server under `127.0.0.1`, with default settings.
fn plain(server: &Server) -> (Origin, Connections) {
    let origin = server.origin(Scheme::Http, "127.0.0.1");
    let pool = connections(&wire(Settings::default()), &origin);
    (origin, pool)
}

async fn send(pool: &Connections, probe: HttpProbe) -> (Exchange, Option<Reservation>) {
    pool.send(&Arc::new(probe)).await
}

async fn response(pool: &Connections, probe: HttpProbe) -> Response {
    send(pool, probe).await.0.response.expect("a response")
}

async fn error(pool: &Connections, probe: HttpProbe) -> ProbeError {
    send(pool, probe).await.0.response.expect_err("an error")
}
