//! GPU devices for tests: opened once, shared by the tests of one variant; loud where there is none.

use mc_gpu::engine::{AdapterKind, Device, DeviceInfo, Failure, Gpu, GpuOptions, Horizon, Job, Sink};
use mc_gpu::engine::{find_adapters, preferred};
use mc_gpu::error::Result;
use std::io::Write;
use std::ops::Range;
use std::sync::OnceLock;

/// Set to 1 where a missing adapter is a failure: the test command sets it.
const REQUIRED: &str = "MC_GPU_REQUIRE_ADAPTER";

/// A device of this variant, software included; None, and a line on stderr, where no adapter is here.
pub fn open(options: GpuOptions) -> Option<Gpu> {
    let mut adapters = find_adapters();
    let Some(place) = preferred(&adapters, AdapterKind::Software) else {
        assert!(std::env::var(REQUIRED).as_deref() != Ok("1"), "{REQUIRED}=1, but no GPU adapter is here");
        say(
            "SKIPPED: no GPU adapter is here, so a test of the GPU device checked nothing (install mesa-vulkan-drivers)",
        );
        return None;
    };
    let adapter = adapters.swap_remove(place);
    say(&format!("a GPU test runs on {} ({}, {})", adapter.info.name, adapter.info.backend, adapter.info.driver));
    Some(Gpu::open(adapter, options).unwrap())
}

/// Says it past the capture of passing tests, so that nobody takes a skipped test for one that passed.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The same, opened once.
pub fn shared(place: &'static OnceLock<Option<Gpu>>, options: GpuOptions) -> Option<Gpu> {
    place.get_or_init(|| open(options)).clone()
}

/// A device that must not leave anything to the CPU, but plans whose severities are more than so many bytes of a buffer.
pub struct Alone(pub Gpu, pub Option<u64>);

impl Device for Alone {
    fn info(&self) -> DeviceInfo {
        self.0.info()
    }

    fn play(&mut self, job: &Job<'_>, range: Range<u64>, sink: &dyn Sink) -> Result<()> {
        self.0.play(job, range, sink)?;
        let played = self.0.played();
        let severities =
            job.plan().horizon().and_then(Horizon::severity).map_or(0, |severity| severity.table.len() as u64);
        let is_wide = self.1.is_some_and(|most| 4 * severities > most);
        let is_alone = played.failures.is_empty() && played.finished_by_cpu == 0;
        assert!(is_alone || is_wide && played.failures == [Failure::TooLarge], "the CPU had to help: {played:?}");
        Ok(())
    }
}
