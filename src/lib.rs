//! mc-gpu: Monte Carlo credit risk for lenders.
//!
//! Correlated defaults over portfolios of millions of loans; expected loss, the loss distribution, VaR, Expected
//! Shortfall and who causes them; the same answer to the last integer on every device. Data flow one way, and so do
//! imports: each module uses only those before it (L6).
//!
//! `error → fence → units → math → rng → portfolio → model → calibration → engine → risk → validate → report → config → cli`

#[cfg(all(target_arch = "x86", not(target_feature = "sse2")))]
compile_error!("x87 arithmetic gives other bits (L1): build for a target with SSE2, such as i686-unknown-linux-gnu");

pub mod error;
pub mod fence;
pub mod units;

pub mod math;
pub mod rng;

pub mod portfolio;

pub mod model;

pub mod calibration;

pub mod engine;

pub mod risk;

pub mod validate;

pub mod report;

pub mod config;

pub mod cli;

pub use engine::{Cpu, Device, Job, Ledger, Plan, Scalar};
pub use error::{Error, Result};
pub use model::{Factors, Model};
pub use portfolio::{Pooled, Tape};
pub use risk::Measures;
pub use units::{Level, Unit};
