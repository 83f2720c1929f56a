//! The DNS server: UDP and TCP, authoritative for one domain.
//!
//! Takes sockets; tells the register who asked for a name with an id. Invariant: one datagram costs one answer at most,
//! no longer than it needs to be, and a TCP connection a bounded number of questions. Must never import a folder above
//! `engine`.

mod zone;

pub use zone::Zone;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};

use super::bounds::{PAUSE, QUESTIONS};
use super::listen::address;
use super::register::{Register, Seen};
use crate::observation::RecordType;
use crate::wire::dns::message_text;

/// Bytes of a query; a longer one is none that a resolver sends.
const QUERY: usize = 4096;

/// What both transports share.
#[derive(Clone)]
pub(super) struct Dns {
    pub zone: Arc<Zone>,
    pub register: Arc<Register>,
}

impl Dns {
    /// Answers datagrams until dropped.
    pub async fn serve_udp(self, socket: UdpSocket) {
        let mut buffer = vec![0; QUERY];
        loop {
            match socket.recv_from(&mut buffer).await {
                Ok((length, remote)) => {
                    let query = buffer.get(..length).unwrap_or_default();
                    if let Some(answer) = self.answer(query, address(remote)) {
                        // An answer that is lost is asked for again.
                        let _ = socket.send_to(&answer, remote).await;
                    }
                }
                // Linux reports a closed port of the last peer here.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// Answers the questions of a connection.
    pub async fn serve_tcp(self, mut stream: TcpStream, remote: IpAddr) {
        let _ = self.converse(&mut stream, remote).await;
    }

    async fn converse(&self, stream: &mut TcpStream, remote: IpAddr) -> io::Result<()> {
        for _ in 0..QUESTIONS {
            let length = usize::from(stream.read_u16().await?);
            if length > QUERY {
                return Ok(());
            }
            let mut query = vec![0; length];
            stream.read_exact(&mut query).await?;
            let Some(answer) = self.answer(&query, remote) else { return Ok(()) };
            let Ok(length) = u16::try_from(answer.len()) else { return Ok(()) };
            stream.write_all(&[&length.to_be_bytes()[..], &answer].concat()).await?;
        }
        Ok(())
    }

    fn answer(&self, query: &[u8], remote: IpAddr) -> Option<Vec<u8>> {
        let text_of = |name: &str| Some(self.register.first_id(&[name], b"")?.reversed());
        let answered = self.zone.answer(query, text_of)?;
        if answered.is_ours && self.register.concerns(&answered.name) {
            self.register.note(Seen {
                protocol: "dns",
                hosts: vec![answered.name],
                query_type: Some(RecordType(answered.query_type).to_string().into()),
                request: message_text(query).unwrap_or_default().into(),
                response: message_text(&answered.bytes).unwrap_or_default().into(),
                remote: Some(remote),
                ..Seen::default()
            });
        }
        Some(answered.bytes)
    }
}

#[cfg(test)]
mod tests;
