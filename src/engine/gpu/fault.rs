//! Failures that tests act out at a chosen batch, to see the run recover (DESIGN section 3, last paragraph).

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The device is destroyed after the batch was submitted.
    Lost,
    /// The batch's result cannot be mapped.
    FailedMap,
    /// One dispatch never runs, as when a watchdog kills a command buffer and calls it completed.
    Incomplete,
    /// The batch's buffers are refused for want of memory.
    OutOfMemory,
}

/// A failure and when it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Attempt at which it happens, counted from 0 over all batches of a `play`, retries included.
    pub attempt: u64,
    /// What happens.
    pub kind: FaultKind,
}
