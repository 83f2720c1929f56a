//! The server and its client, end to end on loopback.

mod callers;
mod clients;
mod hostile;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout};

use hickory_proto::op::{Message, Query};
use hickory_proto::rr::{Name, RData, RecordType};

use super::*;
use crate::base::Clock;
use crate::engine::Mailbox;
use crate::observation::{CallbackNames, CallbackSite, CorrelationId, Interaction, InteractionId};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A server for `oob.test` on free ports, with a scan's mailbox.
struct Scene {
    server: Server,
    mailbox: Arc<Mailbox>,
}

fn names(site: CallbackSite) -> CallbackNames {
    CallbackNames::new(CorrelationId::from_bytes([9; 12]), site, [9; 32])
}

fn settings(access: Access) -> ServerSettings {
    let listen = [Service::Dns, Service::Http, Service::Smtp]
        .map(|service| Listening { service, address: SocketAddr::new(LOOPBACK, 0) });
    let zone = Zone::new("oob.test", Some(Ipv4Addr::LOCALHOST), None);
    ServerSettings { zone, listen: listen.to_vec(), certificate: None, access }
}

impl Scene {
    async fn new() -> Self {
        let mailbox = Arc::new(Mailbox::new(names(CallbackSite::Domain("oob.test".into()))));
        let register = Arc::new(Register::new(Clock::System));
        register.add_scan(Arc::clone(&mailbox));
        Self { server: Server::start(settings(Access::Closed), register).await.unwrap(), mailbox }
    }

    fn id(&self, nth: u32) -> InteractionId {
        self.mailbox.names().id("http://target|rule", nth)
    }

    fn address(&self, service: Service) -> SocketAddr {
        self.server.address(service).unwrap()
    }

    async fn taken(&self, id: &InteractionId, wait: u64) -> Vec<Interaction> {
        let until = Instant::now() + Duration::from_millis(wait);
        self.mailbox.take(std::slice::from_ref(id), until).await
    }
}

/// What a resolver does: one question over UDP.
async fn resolve(server: SocketAddr, name: &str, kind: RecordType) -> Message {
    let socket = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
    let mut query = Message::query();
    query.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    socket.send_to(&query.to_vec().unwrap(), server).await.unwrap();
    let mut buffer = [0; 1500];
    let length = timeout(Duration::from_secs(60), socket.recv(&mut buffer)).await.unwrap().unwrap();
    let answer = Message::from_vec(&buffer[..length]).unwrap();
    assert_eq!(answer.metadata.id, query.metadata.id);
    answer
}

fn address_in(answer: &Message) -> Option<IpAddr> {
    answer.answers.iter().find_map(|record| match record.data {
        RData::A(a) => Some(IpAddr::V4(a.0)),
        _ => None,
    })
}

/// Sends bytes, reads to the end.
async fn converse(server: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut said = Vec::new();
    while timeout(Duration::from_secs(60), stream.read_buf(&mut said)).await.unwrap().unwrap_or(0) > 0 {}
    String::from_utf8_lossy(&said).into_owned()
}
