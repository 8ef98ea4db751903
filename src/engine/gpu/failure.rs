//! What can go wrong on a device while it plays. None of it is final: a batch is retried, then the CPU takes over.

use std::fmt;

/// Why a batch did not come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The device is gone: reset, unplugged, or its driver crashed.
    Lost,
    /// Buffers were refused for want of memory.
    OutOfMemory,
    /// The results could not be read back.
    FailedMap,
    /// Fewer workgroups finished than were sent, although the device called the batch complete.
    Incomplete {
        /// Workgroups that finished.
        finished: u32,
        /// Workgroups that were sent.
        sent: u32,
    },
    /// The results are those of an earlier batch: this one never ran, although the device called it complete.
    OtherBatch,
    /// The device did not answer in time.
    TimedOut,
    /// The device did not answer in an earlier run and is not asked again.
    GivenUp,
    /// The tables of a plan of several periods, or the sums of one scenario, are more than the device's limits allow.
    TooLarge,
    /// The driver refused a call.
    Refused(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost => f.write_str("the device was lost"),
            Self::OutOfMemory => f.write_str("out of device memory"),
            Self::FailedMap => f.write_str("the results could not be read back"),
            Self::Incomplete { finished, sent } => write!(f, "only {finished} of {sent} workgroups finished"),
            Self::OtherBatch => f.write_str("the results are of another batch"),
            Self::TimedOut => f.write_str("the device did not answer in time"),
            Self::GivenUp => f.write_str("the device did not answer before, and was given up"),
            Self::TooLarge => f.write_str(
                "the tables of pools × periods, or one scenario's sums over segments and years, are more than the device's limits \
                 allow; a coarser time.period or a wider simulation.band_width makes the tables smaller",
            ),
            Self::Refused(told) => write!(f, "the driver refused: {told}"),
        }
    }
}
