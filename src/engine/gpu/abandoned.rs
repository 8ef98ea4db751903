//! What is left behind when a device does not answer: wgpu's queue waits without limit when it is dropped, so a thread of
//! its own does the waiting, and the run goes on.

use super::opened::Opened;
use crate::fence::fence;
use std::mem::ManuallyDrop;
use std::sync::Arc;

/// Hands the device and `held`, which lives on it, to a thread that drops both once the device has finished, if ever.
/// Until then every other owner of the device can be dropped without waiting.
pub fn abandon(opened: &Arc<Opened>, held: impl Send + 'static) {
    // Should the system refuse the thread, they are never dropped at all.
    let left = ManuallyDrop::new((held, Arc::clone(opened)));
    let outcome = std::thread::Builder::new().name("mc-gpu-left".to_owned()).spawn(move || {
        let (held, opened) = ManuallyDrop::into_inner(left);
        opened.wait_for_ever();
        part_with(held);
        part_with(opened);
    });
    if outcome.is_err() {
        tracing::debug!("the system refuses a thread: a device that does not answer is kept");
    }
}

/// Drops something that lives on a device; wgpu may panic while it does.
pub fn part_with<T>(held: T) {
    let dropping = || {
        drop(held);
        Ok::<_, String>(())
    };
    if fence(dropping).is_err() {
        tracing::debug!("wgpu panicked while a device was dropped");
    }
}
