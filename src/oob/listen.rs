//! Accepting connections.
//!
//! Takes a listener and what to do with a connection. Invariant: connections at once and the time of each are bounded,
//! and all end when the listener's task is dropped. Must never import a folder above `engine`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::bounds::{CONNECTIONS, PAUSE};

/// Serves every connection until the task is dropped.
pub(super) async fn accept<F>(listener: TcpListener, time: Duration, serve: impl Fn(TcpStream, IpAddr) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, remote)) => {
                let served = timeout(time, serve(stream, address(remote)));
                connections.spawn(async move {
                    let _place = place;
                    // Whether it ended in time makes no difference to anybody.
                    let _ = served.await;
                });
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// The address itself, where a socket for both families gives it in IPv6.
pub(super) fn address(remote: SocketAddr) -> IpAddr {
    remote.ip().to_canonical()
}
