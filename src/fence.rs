//! A fence around libraries that panic where they should refuse (the Parquet decoder on some damaged files, wgpu on a lost
//! device): what they refuse and where they panic becomes a value.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is said of a panic.
const GAVE_UP: &str = "the decoder gave up";

thread_local! {
    static FENCED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic in it becomes a message like any other error. Nothing that it left half-done may be used again.
pub fn fence<T, E: std::fmt::Display>(work: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    let before = FENCED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    FENCED.set(before);
    match outcome {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err(GAVE_UP.to_owned()),
    }
}

/// Whether this thread is inside the fence: its panics are then no news.
pub fn is_fenced() -> bool {
    FENCED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_and_errors_become_messages() {
        assert_eq!(fence(|| Ok::<_, String>(7)), Ok(7));
        assert_eq!(fence(|| Err::<u8, _>("cut short")), Err("cut short".to_owned()));
        let caught = fence(|| -> Result<u8, String> {
            assert!(is_fenced());
            panic!("deep inside")
        });
        assert_eq!(caught, Err(GAVE_UP.to_owned()));
        assert!(!is_fenced());
    }
}
