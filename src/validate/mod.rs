//! `mc-gpu validate`: figures that were not produced here, replayed on the user's own device.
//!
//! Closed forms and exact distributions are held against the digits in which they were published or computed
//! independently; then the device plays the same portfolios, and what it played is held against the exact
//! distributions. Quantiles are judged by counts of scenarios, and every limit follows from one written false-positive
//! rate.
//!
//! | case | what | file |
//! |---|---|---|
//! | A | the generator; one digest on every device | [`generator`] |
//! | B | infinitely granular pool (Vasicek) | [`granular_pool`] |
//! | C | finite homogeneous pools, both kernels | [`finite_pool`] |
//! | D | Basel's risk weights | [`basel`] |
//! | E | Student t copula, two factors; rare tails | [`student_t`], [`rare_tail`] |
//! | F | twenty-five unequal names; the same in four quarters | [`unequal_names`], [`quarters`] |
//! | G | default times: first to fifth default of ten names | [`first_to_default`] |
//! | H | expected credit loss in closed form | [`ecl_figures`] |
//! | I | term structures are kept | [`term_structure`] |
//! | J | generator of rating migration | [`generator_matrix`] |

pub mod asrf;
pub mod basel;
pub mod binomial;
pub mod check;
pub mod ecl_figures;
pub mod exact;
pub mod finite_pool;
pub mod first_to_default;
pub mod generator;
pub mod generator_matrix;
pub mod granular_pool;
pub mod law;
pub mod macro_scenarios;
pub mod quadrature;
pub mod quarters;
pub mod rare_tail;
pub mod run;
pub mod student_t;
pub mod term_structure;
pub mod truth;
pub mod unequal_names;

pub use check::{Check, FALSE_POSITIVE_RATE, MOST_STATISTICAL_CHECKS};

use crate::engine::{Device, DeviceInfo};
use crate::error::Result;
use run::Bench;
use serde::Serialize;

/// The outcome of a validation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Name and version of this shape.
    pub schema: &'static str,
    /// The device that was validated.
    pub device: DeviceInfo,
    /// What kept the device from playing everything itself; empty when nothing did.
    pub notes: Vec<String>,
    /// Seed from which every run's seed was derived.
    pub seed: u64,
    /// Probability that a correct device fails any check, over seeds: at most this.
    pub false_positive_rate: f64,
    /// Every comparison, case by case.
    pub checks: Vec<Check>,
    /// Whether all of them hold, and the device played everything itself.
    pub passed: bool,
}

/// Plays every case on `device`, with seeds derived from `seed`; `progress` hears what is being done. A failed check is
/// a value in the report, not an error.
///
/// # Errors
/// Those of the device.
pub fn validate(device: &mut dyn Device, seed: u64, progress: &dyn Fn(&str)) -> Result<Report> {
    let mut bench = Bench::new(device, seed, progress);
    let cases = [
        generator::checks,
        granular_pool::checks,
        finite_pool::checks,
        basel::checks,
        student_t::checks,
        rare_tail::checks,
        unequal_names::checks,
        quarters::checks,
        first_to_default::checks,
        ecl_figures::checks,
        term_structure::checks,
        generator_matrix::checks,
        macro_scenarios::checks,
    ];
    let mut checks = Vec::new();
    for case in cases {
        checks.extend(case(&mut bench)?);
    }
    let notes = device.notes();
    let passed = notes.is_empty() && checks.iter().all(|check| check.passed);
    Ok(Report {
        schema: "mc-gpu/validation/1",
        device: device.info(),
        notes,
        seed,
        false_positive_rate: FALSE_POSITIVE_RATE,
        checks,
        passed,
    })
}
