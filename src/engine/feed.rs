//! The targets on a thread of their own, because reading a list may block.
//!
//! Invariant: no more targets are read ahead than the channel holds. Must never import anything above `discover`.

use tokio::sync::mpsc;

use super::error::EngineError;
use crate::diagnostic::Diagnostic;
use crate::target::Target;

/// Targets that are read ahead.
const AHEAD: usize = 8;

/// A target or what is wrong with it.
pub(super) type Read = Result<Target, Diagnostic>;

/// Starts to read; the thread ends with the targets or with the receiver.
pub(super) fn start(targets: impl Iterator<Item = Read> + Send + 'static) -> Result<mpsc::Receiver<Read>, EngineError> {
    let (give, take) = mpsc::channel(AHEAD);
    let read_all = move || {
        for target in targets {
            if give.blocking_send(target).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("outsight-targets".into()).spawn(read_all).map_err(EngineError::Thread)?;
    Ok(take)
}
