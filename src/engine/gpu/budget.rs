//! How much of a device's memory a run takes: everything it wants, then half as much whenever the device refuses.

/// Bytes that the tables and sums of one batch may take on the device, where one scenario needs less.
const MOST_BATCH_BYTES: u64 = 256 << 20;

/// Batches are not made smaller than this: it would save nothing.
const LEAST_BATCH_BYTES: u64 = 1 << 20;

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of losses, blocks and spans on the device at a time; at least one shelf is.
    pub resident: u64,
    /// Bytes of one batch.
    pub batch: u64,
}

/// What was on the device, or should have been, when it refused more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Bytes of losses, blocks and spans.
    pub bytes: u64,
    /// Shelves.
    pub shelves: usize,
}

impl Budget {
    /// At most `resident` bytes for the plan, if that is given.
    pub fn new(resident: Option<u64>) -> Self {
        Self { resident: resident.unwrap_or(u64::MAX), batch: MOST_BATCH_BYTES }
    }

    /// Half of what was held and half of a batch. False when there was one shelf and the smallest batch already.
    pub fn shrink(&mut self, held: Held) -> bool {
        let before = *self;
        if held.shelves > 1 {
            self.resident = held.bytes / 2;
        }
        self.batch = (self.batch / 2).max(LEAST_BATCH_BYTES);
        *self != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_shrinks_until_one_shelf_and_the_smallest_batch_are_left() {
        let mut budget = Budget::new(None);
        assert!(budget.shrink(Held { bytes: 1_000, shelves: 3 }));
        assert_eq!(budget, Budget { resident: 500, batch: 128 << 20 });
        let rest = (0..).take_while(|_| budget.shrink(Held { bytes: 400, shelves: 1 })).count();
        assert_eq!((rest, budget), (7, Budget { resident: 500, batch: 1 << 20 }));
        assert!(budget.shrink(Held { bytes: 400, shelves: 2 }), "fewer shelves can still be tried");
    }
}
