//! Why playing ended before the list was empty.

use super::failure::Failure;
use crate::error::Error;

/// See the module. What was in hand is back on the list.
#[derive(Debug)]
pub enum Ended {
    /// The device failed.
    Failed(Failure),
    /// The sink refused a part.
    Refused(Error),
    /// The sink was stopped, and what was in hand did not come back soon.
    Stopped,
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
