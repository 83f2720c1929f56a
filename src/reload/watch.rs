//! Waiting for files to change.
//!
//! Takes paths, gives a word whenever something that matters below them changed: saved in place, replaced by a rename,
//! created or deleted. Invariant: a burst of events is one word, and no change after [`Watch::start`] goes unnoticed.
//! Must never import a folder above `pack`.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::diagnostic::{Blame, Diagnostic};

/// A save is over when nothing happened for so long.
const QUIET: Duration = Duration::from_millis(25);
/// However busy a folder is, a change is told after so long.
const PATIENCE: Duration = Duration::from_millis(250);

/// How often to look where the system tells nothing.
const POLL: Duration = Duration::from_secs(1);

/// A watch over some files and folders; ends when dropped.
pub struct Watch {
    changes: Receiver<()>,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Watches files and folders (with all below them).
    ///
    /// # Errors
    /// Where a path does not exist, or the system has no watches left.
    pub fn start(paths: &[PathBuf]) -> Result<Self, Box<Diagnostic>> {
        // One waiting word is enough: it means "look again".
        let (sender, changes) = sync_channel(1);
        let wanted: Vec<PathBuf> = paths.iter().map(|path| absolute(path)).collect();
        let failed = |error: notify::Error| Box::new(cannot_watch(&error));
        let mut watcher = notify::recommended_watcher(handler(sender, wanted.clone())).map_err(failed)?;
        for path in &wanted {
            // A file is watched through its folder, because a rename puts another file in its place.
            let (folder, mode) = match path.parent() {
                Some(parent) if !path.is_dir() => (parent, RecursiveMode::NonRecursive),
                _ => (path.as_path(), RecursiveMode::Recursive),
            };
            watcher.watch(folder, mode).map_err(failed)?;
        }
        Ok(Self { changes, _watcher: watcher })
    }

    /// Waits until something changed and has come to rest; false where nothing did within `limit`.
    pub fn wait(&self, limit: Duration) -> bool {
        match self.changes.recv_timeout(limit) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return false,
            Err(RecvTimeoutError::Disconnected) => {
                // The system's watcher is gone; looking now and then is what is left.
                std::thread::sleep(limit.min(POLL));
                return true;
            }
        }
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.changes.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        true
    }
}

fn handler(sender: SyncSender<()>, wanted: Vec<PathBuf>) -> impl Fn(notify::Result<Event>) + Send {
    move |event| {
        if event.as_ref().map_or(true, |event| matters(event, &wanted)) {
            // A full channel already says what this would say.
            let _ = sender.try_send(());
        }
    }
}

/// Whether an event can change what the wanted paths hold. Where in doubt it does: looking again is cheap.
fn matters(event: &Event, wanted: &[PathBuf]) -> bool {
    if event.need_rescan() {
        return true;
    }
    let touches = |path: &PathBuf| wanted.iter().any(|wanted| path.starts_with(wanted));
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(touches)
}

fn absolute(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (path.is_dir(), path.file_name(), folder.canonicalize()) {
        (false, Some(name), Ok(folder)) => folder.join(name),
        _ => path.canonicalize().unwrap_or_else(|_| path.to_path_buf()),
    }
}

fn cannot_watch(error: &notify::Error) -> Diagnostic {
    let diagnostic = Diagnostic::error("C0205", Blame::Network, format!("cannot watch for changes: {error}"));
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => diagnostic.help("raise the system's limit: fs.inotify.max_user_watches"),
        _ => diagnostic,
    }
}
