//! The HTTP server: callers, and clients of other machines.
//!
//! Takes connections; answers one request on each and tells the register of those that carry an id, in the host name or
//! in the target. Invariant: a request to a name with an id is a call, whatever its path. Must never import a folder
//! above `engine`.

mod pages;
mod request;
mod sessions;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use self::pages::{Response, page};
use self::request::Request;
use super::access::Access;
use super::register::{Register, Seen};

/// What all connections share.
#[derive(Clone)]
pub(super) struct Http {
    pub site: Arc<str>,
    pub access: Arc<Access>,
    pub register: Arc<Register>,
}

impl Http {
    /// Answers one request.
    pub async fn serve(self, mut stream: TcpStream, remote: IpAddr) {
        // A caller that is gone has called.
        let _ = self.answer(&mut stream, remote).await;
    }

    /// Answers one request over TLS.
    pub async fn serve_tls(self, stream: TcpStream, remote: IpAddr, acceptor: TlsAcceptor) {
        if let Ok(mut stream) = acceptor.accept(stream).await {
            let _ = self.answer(&mut stream, remote).await;
        }
    }

    async fn answer(&self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), remote: IpAddr) -> io::Result<()> {
        let Some(request) = Request::read(stream).await? else { return Ok(()) };
        let hosts = [request.host()];
        let id = self.register.first_id(&hosts, request.target.as_bytes());
        let response = match &id {
            None => sessions::answer(&request, &self.access, &self.register),
            Some(_) => None,
        };
        let response = response.unwrap_or_else(|| self.page(&request, id.as_ref()));
        let bytes = response.render(&self.site, request.method == "HEAD");
        if id.is_some() {
            self.register.note(Seen {
                protocol: "http",
                hosts: hosts.to_vec(),
                text: request.target.clone().into_bytes(),
                request: request.transcript().into(),
                response: bytes.clone().into(),
                remote: Some(remote),
                ..Seen::default()
            });
        }
        stream.write_all(&bytes).await?;
        stream.shutdown().await
    }

    fn page(&self, request: &Request, id: Option<&crate::observation::InteractionId>) -> Response {
        let mut response = page(request.path_and_query().0, id);
        if request.too_long {
            response.status = "431 Request Header Fields Too Large";
        }
        response
    }
}
