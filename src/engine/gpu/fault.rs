//! Failures that tests act out at a chosen moment, to see the run recover.

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The device is destroyed after the batch was submitted.
    Lost,
    /// The batch's result cannot be mapped.
    FailedMap,
    /// One dispatch never runs, as when a watchdog kills a command buffer and calls it completed.
    Incomplete,
    /// Not one command buffer of the batch runs, and its result is mapped all the same.
    Ignored,
    /// From this batch on the device never answers; whoever drops it waits for ever, as wgpu does.
    Hang,
    /// A buffer of the batch's slot is refused for want of memory.
    OutOfMemory,
    /// A buffer of the upload is refused for want of memory.
    UploadOutOfMemory,
    /// The device is opened again, and refused for want of memory.
    OpeningOutOfMemory,
    /// The device is opened again, and the driver refuses.
    OpeningRefused,
}

/// A failure and when it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Batch at or before which it happens, counted from 0 over all batches of a `play`, retries included. Uploads and
    /// openings are rare: what concerns one happens at the first after as many batches.
    pub attempt: u64,
    /// What happens; once.
    pub kind: FaultKind,
}

/// What a device does when something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It is opened.
    Opening,
    /// It is given a plan.
    Upload,
    /// It is given a batch.
    Batch,
}

impl FaultKind {
    fn moment(self) -> Moment {
        match self {
            Self::OpeningOutOfMemory | Self::OpeningRefused => Moment::Opening,
            Self::UploadOutOfMemory => Moment::Upload,
            _ => Moment::Batch,
        }
    }
}

/// The faults that are still to be acted out in a call of `play`.
#[derive(Debug, Clone, Default)]
pub struct Acts {
    attempts: u64,
    left: Vec<Fault>,
}

impl Acts {
    /// All of `faults`.
    pub fn new(faults: &[Fault]) -> Self {
        Self { attempts: 0, left: faults.to_vec() }
    }

    /// What goes wrong now, at `moment`.
    pub fn next(&mut self, moment: Moment) -> Option<FaultKind> {
        let is_due = |fault: &Fault| fault.attempt <= self.attempts && fault.kind.moment() == moment;
        let place = self.left.iter().position(is_due);
        self.attempts += u64::from(moment == Moment::Batch);
        place.map(|place| self.left.remove(place).kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_acted_once_at_its_moment() {
        let fault = |attempt, kind| Fault { attempt, kind };
        let mut acts = Acts::new(&[
            fault(1, FaultKind::Lost),
            fault(2, FaultKind::UploadOutOfMemory),
            fault(0, FaultKind::OpeningRefused),
        ]);
        assert_eq!(acts.next(Moment::Upload), None);
        assert_eq!(acts.next(Moment::Batch), None);
        assert_eq!(acts.next(Moment::Batch), Some(FaultKind::Lost));
        assert_eq!(acts.next(Moment::Opening), Some(FaultKind::OpeningRefused));
        assert_eq!(acts.next(Moment::Upload), Some(FaultKind::UploadOutOfMemory));
        assert_eq!(acts.next(Moment::Upload), None);
        assert_eq!(acts.next(Moment::Batch), None);
    }
}
