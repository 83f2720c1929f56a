//! A server on loopback that records every request and answers as told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server does with a request.
pub enum Act {
    /// Answers.
    Say(String),
    /// Answers after a while.
    Later(Duration, String),
    /// Never answers.
    Hang,
    /// Closes the connection.
    Close,
}

type Behaviour = dyn Fn(&str, usize) -> Act + Send + Sync;

/// A running server; gone when dropped.
pub struct Server {
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// A server that is told a request's target and how often it was asked for before.
    pub async fn start(behave: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0", behave).await
    }

    pub async fn at(address: &str, behave: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        let log = Arc::new(Mutex::new(Vec::new()));
        let (behave, asked): (Arc<Behaviour>, Arc<Mutex<HashMap<String, usize>>>) = (Arc::new(behave), Arc::default());
        let seen = Arc::clone(&log);
        let task = tokio::spawn(async move {
            let mut clients = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (seen, behave, asked) = (Arc::clone(&seen), Arc::clone(&behave), Arc::clone(&asked));
                clients.spawn(async move { serve(client, &seen, &*behave, &asked).await });
            }
        });
        Self { address, log, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far, byte for byte.
    pub fn requests(&self) -> Vec<String> {
        self.log.lock().expect("not poisoned").clone()
    }

    /// The targets asked for so far, sorted.
    pub fn targets(&self) -> Vec<String> {
        let mut all: Vec<String> = self.requests().iter().map(|request| target_of(request).to_string()).collect();
        all.sort();
        all
    }

    pub fn times(&self, target: &str) -> usize {
        self.targets().iter().filter(|asked| *asked == target).count()
    }
}

fn target_of(request: &str) -> &str {
    request.split(' ').nth(1).unwrap_or("")
}

async fn serve(
    mut client: TcpStream,
    log: &Mutex<Vec<String>>,
    behave: &Behaviour,
    asked: &Mutex<HashMap<String, usize>>,
) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = memchr::memmem::find(&buffer, b"\r\n\r\n") {
                break end + 4;
            }
            if client.read_buf(&mut buffer).await.ok()? == 0 {
                return None;
            }
        };
        let request = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        let before = {
            let mut asked = asked.lock().expect("not poisoned");
            let count = asked.entry(target_of(&request).to_string()).or_default();
            *count += 1;
            *count - 1
        };
        log.lock().expect("not poisoned").push(request.clone());
        let answer = match behave(target_of(&request), before) {
            Act::Say(answer) => answer,
            Act::Later(wait, answer) => {
                tokio::time::sleep(wait).await;
                answer
            }
            Act::Hang => std::future::pending().await,
            Act::Close => return None,
        };
        client.write_all(answer.as_bytes()).await.ok()?;
    }
}

/// An answer.
pub fn answer(status: u16, fields: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Because\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len())
}

pub fn ok(body: &str) -> Act {
    Act::Say(answer(200, "", body))
}

pub fn missing() -> Act {
    Act::Say(answer(404, "", "nothing here"))
}
