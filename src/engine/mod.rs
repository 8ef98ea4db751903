//! The engine: a frozen plan, the randomness of each scenario, and the devices that play it.
//!
//! `Plan` (layout) → `Job` (plan and seed) → `Device` (plays ranges) → `Ledger` (losses per scenario).

mod auto;
mod block;
mod conditional;
mod cpu;
mod default_times;
mod device;
mod digest;
mod gpu;
mod horizon;
mod job;
mod ledger;
mod line;
mod memory;
mod paths;
mod plan;
mod pooling_error;
mod replay;
mod run;
mod scalar;
mod select;
mod severity;
mod shocks;
mod simd;
mod slots;
mod stream;

pub use auto::{Auto, AutoOptions, LEAST_WORK, Trial};
pub use block::{Block, Kernel, KernelChoice};
pub use conditional::Conditional;
pub use cpu::{Cpu, Tile};
pub use default_times::{DefaultTimes, PathLaw};
pub use device::{Device, DeviceInfo, DeviceKind, Part, Sink};
pub use digest::Digest;
pub use gpu::{
    Adapter, AdapterInfo, AdapterKind, Failure, Fault, FaultKind, Gpu, GpuOptions, KernelClock, Mulhi, Played,
    ShaderChecks, Times, find_adapters, preferred,
};
pub use horizon::{Horizon, HorizonSpec, MATURED, MOST_PERIODS, WHOLE, round31};
pub use job::{Address, Job};
pub use ledger::{Keep, Ledger};
pub use line::Line;
pub use memory::{ledger_bytes, refuse_too_large, what_to_keep};
pub use plan::{CertainLoss, Chance, Plan, PlannedPool};
pub use pooling_error::pooling_error;
pub use replay::{Defaulted, Replay, visit};
pub use run::{Control, identity, play};
pub use scalar::Scalar;
pub use select::{ListedDevice, list_devices, select_device};
pub use severity::{Lookup, SEVERITY_CELLS, STATE_ROWS, Severity, State, row_means, state_row};
pub use shocks::Shocks;
pub use simd::Instructions;
pub use stream::{LARGEST_BLOCK, STREAM_VERSION};
