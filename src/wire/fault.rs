//! From the operating system's errors to the kinds that rules and reports speak of.
//!
//! Invariant: what is our own shortage (file descriptors, memory, local ports) is never booked on a target.
//! Must never import anything above `observation`.

use std::io;

use crate::observation::{ErrorKind, ProbeError};

/// `EMFILE` and `ENFILE`: too many open files, of the process and of the machine.
#[cfg(unix)]
const SHORTAGES: [i32; 2] = [24, 23];
/// `WSAEMFILE` and `WSAENOBUFS`.
#[cfg(not(unix))]
const SHORTAGES: [i32; 2] = [10024, 10055];

/// The kind of a failed connect.
pub(super) fn connect_kind(error: &io::Error) -> ErrorKind {
    if error.raw_os_error().is_some_and(|code| SHORTAGES.contains(&code)) {
        return ErrorKind::Local;
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => ErrorKind::ConnectionRefused,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => ErrorKind::Reset,
        io::ErrorKind::TimedOut => ErrorKind::ConnectTimeout,
        io::ErrorKind::AddrNotAvailable
        | io::ErrorKind::AddrInUse
        | io::ErrorKind::OutOfMemory
        | io::ErrorKind::PermissionDenied => ErrorKind::Local,
        _ => ErrorKind::Unreachable,
    }
}

/// A failed connect as an error of the probe.
pub(super) fn connect_error(error: &io::Error) -> ProbeError {
    let kind = connect_kind(error);
    let detail = match kind {
        ErrorKind::ConnectionRefused => "the port refuses connections".to_owned(),
        ErrorKind::ConnectTimeout => "no connection in time".to_owned(),
        _ => format!("no connection: {error}"),
    };
    ProbeError::new(kind, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn our_own_shortages_are_not_the_target_s_fault() {
        let kind = |code| connect_kind(&io::Error::from_raw_os_error(code));
        let (emfile, enfile, enomem, refused, unreachable) = (24, 23, 12, 111, 113);
        for code in [emfile, enfile, enomem] {
            assert_eq!(kind(code), ErrorKind::Local, "{code}");
        }
        if cfg!(target_os = "linux") {
            assert_eq!(kind(refused), ErrorKind::ConnectionRefused);
            assert_eq!(kind(unreachable), ErrorKind::Unreachable);
        }
    }
}
