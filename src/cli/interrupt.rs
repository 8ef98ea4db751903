//! Ctrl-C: the first asks the run to stop after the ranges in hand, the second kills.

use crate::error::{Error, Result};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Exit status of a process that was interrupted.
pub const INTERRUPTED: i32 = 130;

/// After this long without an end it is said how to force one.
const PATIENCE: Duration = Duration::from_secs(2);

/// What long work is told at each step: to break off once `stop` is raised.
pub fn go_on(stop: &AtomicBool) -> ControlFlow<()> {
    if stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Raised by the first Ctrl-C (or SIGTERM, or SIGHUP).
///
/// # Errors
/// [`Error::Internal`] when the system refuses the handler.
pub fn stop_flag() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::SeqCst) {
            std::process::exit(INTERRUPTED);
        }
        // A pipe that gives nothing, say, cannot be left from within.
        std::thread::spawn(|| {
            std::thread::sleep(PATIENCE);
            eprintln!("mc-gpu: still waiting for what is in hand; Ctrl-C again ends it at once");
        });
    })
    .map_err(|error| Error::Internal(format!("no handler for Ctrl-C: {error}")))?;
    Ok(stop)
}
