//! Judging without blocking the reactor and without letting a panic out.
//!
//! Takes a piece of synchronous work; gives its result, or the words of its panic. Light work runs where it is, heavy
//! work on rayon's threads. Invariant: whatever the work does, the caller goes on. Must never import anything above
//! `discover`.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

/// Decoded bytes from which judging an answer is heavy.
pub(super) const HEAVY: usize = 256 << 10;

/// Does the work.
///
/// # Errors
/// The words of a panic.
pub(super) async fn contained<T: Send + 'static>(
    heavy: bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    if !heavy {
        return catch(work);
    }
    let (give, take) = oneshot::channel();
    rayon::spawn(move || {
        // Nobody takes the result of a host that was given up meanwhile.
        let _ = give.send(catch(work));
    });
    take.await.unwrap_or_else(|_| Err("the work was dropped".to_string()))
}

/// Does light work here and now.
///
/// # Errors
/// The words of a panic.
pub(super) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| words(&*panic))
}

/// What a panic says.
pub(super) fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_neither_light_nor_heavy_callers() {
        for heavy in [false, true] {
            assert_eq!(contained(heavy, || 7).await, Ok(7));
            let lost: Result<(), _> = contained(heavy, || panic!("rule {}", 7)).await;
            assert_eq!(lost, Err("rule 7".to_string()));
        }
    }
}
