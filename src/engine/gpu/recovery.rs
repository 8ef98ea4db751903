//! What is done when a device fails: a batch is tried once more, with less memory where that was short; a device that
//! does not answer is given up; and the CPU plays what is left.

use super::abandoned::part_with;
use super::ended::Ended;
use super::failure::Failure;
use super::fault::Moment;
use super::opened::Opened;
use super::passes;
use super::progress::Progress;
use super::session::Stage;
use super::{Gpu, Played};
use crate::engine::device::Sink;
use crate::engine::job::Job;
use crate::error::Result;
use std::sync::Arc;

/// Failures in one call of `play` after which the device is not trusted any more, even if batches succeed in between.
const MOST_FAILURES: u32 = 8;

/// What comes after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remedy {
    /// The same again on a freshly opened device.
    TryAgain,
    /// The same with half the memory.
    TakeLess,
    /// The CPU.
    GiveUp,
}

/// Failures that no smaller budget answered.
#[derive(Debug, Default)]
struct Strikes {
    count: u32,
    /// Batches that had been delivered at the last one.
    delivered: Option<u64>,
}

impl Strikes {
    /// What to do about `failure`.
    fn remedy(&mut self, failure: &Failure, progress: &mut Progress) -> Remedy {
        let tale = &mut progress.tale;
        if *failure == Failure::OutOfMemory && tale.held.is_some_and(|held| tale.budget.shrink(held)) {
            return Remedy::TakeLess;
        }
        let again = self.delivered.replace(tale.delivered) == Some(tale.delivered);
        self.count += 1;
        let hopeless = matches!(failure, Failure::TooLarge | Failure::TimedOut | Failure::GivenUp);
        if again || hopeless || self.count >= MOST_FAILURES { Remedy::GiveUp } else { Remedy::TryAgain }
    }
}

impl Gpu {
    /// Plays on the device until nothing is left, the sink is stopped, or the device is given up.
    pub(super) fn play_on_device(&mut self, job: &Job<'_>, progress: &mut Progress, sink: &dyn Sink) -> Result<()> {
        let mut strikes = Strikes::default();
        loop {
            let outcome = self.attempt(job, progress, sink);
            self.tell(progress);
            let failure = match outcome {
                Ok(()) | Err(Ended::Stopped) => return Ok(()),
                Err(Ended::Refused(error)) => return Err(error),
                Err(Ended::Failed(failure)) => failure,
            };
            self.played.failures.push(failure.clone());
            // What is too large was never asked of the device, which is as good as before.
            if !self.is_given_up() && failure != Failure::TooLarge {
                self.close();
            }
            let remedy = strikes.remedy(&failure, progress);
            if sink.is_stopped() {
                return Ok(());
            }
            let name = &self.adapter.info.name;
            match remedy {
                Remedy::TryAgain => tracing::warn!("{name}: {failure}; the batch is tried once more"),
                Remedy::TakeLess => tracing::warn!("{name}: {failure}; half as much is tried"),
                Remedy::GiveUp => {
                    // Said once, not for every run of a device that is gone for good.
                    if failure != Failure::GivenUp || !std::mem::replace(&mut self.mourned, true) {
                        let left = progress.left();
                        tracing::warn!("{name}: {failure}; the CPU plays the {left} scenarios that are missing");
                    }
                    return Ok(());
                }
            }
        }
    }

    fn attempt(&mut self, job: &Job<'_>, progress: &mut Progress, sink: &dyn Sink) -> std::result::Result<(), Ended> {
        progress.tale.held = None;
        if self.is_given_up() {
            return Err(Ended::Failed(Failure::GivenUp));
        }
        let opened = match &self.opened {
            Some(opened) => Arc::clone(opened),
            None => {
                let fault = progress.tale.acts.next(Moment::Opening);
                Arc::clone(self.opened.insert(Arc::new(Opened::new(&self.adapter, &self.options, fault)?)))
            }
        };
        passes::play(Stage { opened: &opened, options: &self.options, cpu: &self.cpu, job, sink }, progress)
    }

    fn is_given_up(&self) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.is_given_up())
    }

    /// Drops the device, if nobody else has it.
    pub(super) fn close(&mut self) {
        part_with(self.opened.take());
    }

    fn tell(&mut self, progress: &Progress) {
        let tale = &progress.tale;
        let failures = std::mem::take(&mut self.played.failures);
        let words_per_second = tale.speed.words_per_second();
        self.played =
            Played { batches: tale.delivered, failures, finished_by_cpu: 0, words_per_second, times: tale.times };
        self.rate = tale.rate;
    }
}
