//! The sink on a thread of its own.
//!
//! Takes events in order through a bounded channel, so that a slow sink slows the scan instead of filling memory.
//! Invariant: after the first error nothing more is written, and the error is not lost. Must never import anything above
//! `discover`.

use std::io;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::contained::words;
use super::control::Control;
use super::error::EngineError;
use crate::finding::{Event, Sink};

/// Events that may wait for the sink.
const WAITING: usize = 256;
/// How long one event may wait for the sink once the scan is stopped.
const PATIENCE: Duration = Duration::from_secs(4);

/// The way to the sink.
pub(super) struct Output {
    events: Option<mpsc::Sender<Event>>,
    end: Option<oneshot::Receiver<io::Result<()>>>,
    control: Control,
    failure: Option<io::Error>,
}

impl Output {
    /// Starts the sink's thread.
    pub fn start(mut sink: Box<dyn Sink>, control: Control) -> Result<Self, EngineError> {
        let (events, mut waiting) = mpsc::channel::<Event>(WAITING);
        let (ended, end) = oneshot::channel();
        let write_all = move || {
            let mut write_each = || {
                while let Some(event) = waiting.blocking_recv() {
                    sink.event(&event)?;
                }
                Ok(())
            };
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(&mut write_each));
            let result = caught.unwrap_or_else(|panic| Err(io::Error::other(words(&*panic))));
            // Nobody listens where the scan was dropped.
            let _ = ended.send(result);
        };
        std::thread::Builder::new().name("outsight-output".into()).spawn(write_all).map_err(EngineError::Thread)?;
        Ok(Self { events: Some(events), end: Some(end), control, failure: None })
    }

    /// Gives the sink an event, waiting until it has room. False once the sink takes no more.
    pub async fn give(&mut self, event: Event) -> bool {
        let Some(events) = &self.events else { return false };
        let given = tokio::select! {
            given = events.send(event) => given.is_ok(),
            () = too_long(&self.control) => {
                self.failure = Some(io::Error::new(io::ErrorKind::TimedOut, "it takes nothing any more"));
                false
            }
        };
        if !given {
            self.events = None;
        }
        given
    }

    /// Waits until everything is written.
    pub async fn finish(mut self) -> Result<(), EngineError> {
        self.events = None;
        if let Some(failure) = self.failure {
            return Err(EngineError::Output(failure));
        }
        let Some(end) = self.end.take() else { return Ok(()) };
        let result = tokio::select! {
            result = end => result.unwrap_or_else(|_| Err(io::Error::other("its thread is gone"))),
            () = too_long(&self.control) => Err(io::Error::new(io::ErrorKind::TimedOut, "it does not finish")),
        };
        result.map_err(EngineError::Output)
    }
}

/// Ends some seconds after the scan was stopped.
async fn too_long(control: &Control) {
    control.wait().await;
    tokio::time::sleep(PATIENCE).await;
}
