//! Ways to run the same kernels. None of them changes a bit of the result (L1); tests run the matrix.

use super::fault::Fault;
use crate::error::{Error, Result};
use std::time::Duration;

/// A batch is cut into submissions of a tenth of a second; a device that is this late does not answer any more.
const PATIENCE: Duration = Duration::from_secs(120);

/// How shaders compute the upper half of a 64-bit product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mulhi {
    /// With 64-bit integers, where the device has them: 2.3 times faster on the software adapter.
    Wide,
    /// From halves of 16 bits, anywhere.
    Split,
}

/// Whether shaders check indices and bound loops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShaderChecks {
    /// They do.
    On,
    /// They do not; see `unchecked.rs` for why that is sound.
    Off,
}

/// Whether kernels are timed on the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KernelClock {
    /// They are, where the device can.
    On,
    /// They are not.
    Off,
}

/// Settings of a [`Gpu`](super::Gpu); the default is what users get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpuOptions {
    /// Product variant; None takes wide where the device can.
    pub mulhi: Option<Mulhi>,
    /// Checks in shaders.
    pub checks: ShaderChecks,
    /// Threads of a workgroup: 32, 64, 128 or 256.
    pub workgroup_size: u32,
    /// Most scenarios of a batch; None leaves it to memory and time.
    pub most_scenarios: Option<u32>,
    /// Most bytes of one buffer or binding, below what the device allows; None takes the device's limit.
    pub most_bytes: Option<u64>,
    /// Most bytes of losses, blocks and spans on the device at a time, but at least one shelf of them; a larger plan is
    /// played part after part. None takes all that the device gives.
    pub most_resident_bytes: Option<u64>,
    /// How long one batch or upload may take before the device is given up.
    pub patience: Duration,
    /// Threads of the host for tables and for what the GPU could not finish; None takes every core.
    pub threads: Option<usize>,
    /// Timing of kernels.
    pub clock: KernelClock,
    /// Failures to act out, for tests.
    pub faults: Vec<Fault>,
}

impl Default for GpuOptions {
    fn default() -> Self {
        Self {
            mulhi: None,
            checks: ShaderChecks::On,
            workgroup_size: 64,
            most_scenarios: None,
            most_bytes: None,
            most_resident_bytes: None,
            patience: PATIENCE,
            threads: None,
            clock: KernelClock::Off,
            faults: Vec::new(),
        }
    }
}

impl GpuOptions {
    /// Refuses what no kernel was written for.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub fn check(&self) -> Result<()> {
        if !matches!(self.workgroup_size, 32 | 64 | 128 | 256) {
            return Err(Error::setting("workgroup_size", self.workgroup_size, "32, 64, 128 or 256"));
        }
        if self.most_scenarios == Some(0) {
            return Err(Error::setting("most_scenarios", 0, "at least 1"));
        }
        Ok(())
    }
}
