//! The seam: what every device must do, and nothing about how.
//!
//! A device *pulls*. It is given a [`Job`] and a range of scenarios, asks the job for shocks and counts in whatever
//! sub-batches suit it, and hands finished ranges to a [`Sink`]. All devices must return the same integers (L1).

use super::job::Job;
use crate::error::Result;
use std::ops::Range;

/// What kind of machinery plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// One thread of plain code: the specification.
    Scalar,
    /// All cores.
    Cpu,
    /// A graphics card, or software that stands in for one.
    Gpu,
}

/// A device as shown to users.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DeviceInfo {
    /// Machinery.
    pub kind: DeviceKind,
    /// Name for people, such as the processor's.
    pub name: String,
    /// Threads of the host that it uses.
    #[serde(skip)]
    pub threads: usize,
}

/// The outcome of consecutive scenarios.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Scenario numbers.
    pub scenarios: Range<u64>,
    /// Loss of each scenario, units.
    pub losses: Vec<u64>,
    /// Obligors that defaulted in each scenario.
    pub defaults: Vec<u32>,
    /// Loss by scenario and segment, units, scenario-major: scenario s has `[s * n_segments..][..n_segments]`.
    pub segment_losses: Vec<u64>,
    /// Loss by scenario and year of the default, units, scenario-major; empty in a plan of one period.
    pub year_losses: Vec<u64>,
}

/// Where finished ranges go; called from any thread, in any order.
pub trait Sink: Sync {
    /// Takes a finished range.
    ///
    /// # Errors
    /// When the range was already there: the device played it twice.
    fn accept(&self, part: Part) -> Result<()>;

    /// Whether to stop before the next range: somebody pressed Ctrl-C.
    fn is_stopped(&self) -> bool;
}

/// Something that can play scenarios.
pub trait Device {
    /// What it is.
    fn info(&self) -> DeviceInfo;

    /// What a reader of the results should know about how they were played, such as work that another device had to
    /// finish; one sentence each, since the device was made.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// Plays every scenario of `range` and hands the parts to `sink`; returns early, without error, once the sink is
    /// stopped.
    ///
    /// # Errors
    /// Those of the sink, and those of the machinery.
    fn play(&mut self, job: &Job<'_>, range: Range<u64>, sink: &dyn Sink) -> Result<()>;
}
