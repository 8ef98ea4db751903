//! Case F once more, its year played in four quarters: the year's law must be the same, and each quarter must lose what its
//! part of the flat hazard says (M27, M30).

use super::check::{Check, Subject};
use super::exact;
use super::law::Law;
use super::run::{Bench, Portfolio};
use super::truth::Truth;
use super::unequal_names::{names, portfolio};
use crate::engine::KernelChoice;
use crate::error::Result;
use crate::units::Level;

/// Scenarios.
const SCENARIOS: u64 = 200_000;
/// Asset correlation.
const RHO: f64 = 0.15;
/// Currency per unit: exposures are rounded to thousands.
const THOUSAND: f64 = 1000.0;

/// Expected loss by quarter, currency.
const BY_QUARTER: [f64; 4] = [3_850_178.0, 3_643_948.0, 3_452_635.0, 3_275_037.0];

const SOURCE: &str = "flat hazard of the one-year PDs, computed independently; names of CreditRisk+ (CSFB 1997)";

/// All checks of the case.
///
/// # Errors
/// Those of the device.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    bench.announce("F: 25 unequal names in four quarters");
    let names = names();
    let figure = |(quarter, expected): (usize, f64)| {
        let part = |pd: f64| {
            let curve = flat_hazard(pd);
            curve[quarter] - if quarter > 0 { curve[quarter - 1] } else { 0.0 }
        };
        let loss: f64 = names.iter().map(|name| f64::from(name.loss) * part(name.pd)).sum();
        let name = format!("25 names in thousands: expected loss of quarter {}", quarter + 1);
        Check::figure(Subject { case: "F", name, source: SOURCE }, expected, loss * THOUSAND, 0.51)
    };
    let mut checks: Vec<Check> = BY_QUARTER.into_iter().enumerate().map(figure).collect();
    let law = exact::loss_law(&names, RHO);
    checks.extend(simulate(&law, &portfolio(&names, RHO)?, &flat_hazard, bench)?);
    Ok(checks)
}

/// `played` in the quarters of `curve` against the year's `law` and the quarters' figures.
///
/// # Errors
/// Those of the device.
pub fn simulate(
    law: &Law,
    played: &Portfolio,
    curve: &dyn Fn(f64) -> Vec<f64>,
    bench: &mut Bench<'_>,
) -> Result<Vec<Check>> {
    let sample = bench.play(&played.plan_over(KernelChoice::Auto, curve)?, SCENARIOS)?;
    let subject = |name: &str| Subject { case: "F", name: format!("25 names in four quarters{name}"), source: SOURCE };
    let mut checks = Truth::of(law, &[Level::parse("0.99")?]).judge(&sample, &subject(""));
    for (quarter, expected) in BY_QUARTER.into_iter().enumerate() {
        let (got, error) = sample.mean_in(quarter).map_or((f64::NAN, None), |mean| (mean.value, mean.standard_error));
        let subject = subject(&format!(": expected loss of quarter {}", quarter + 1));
        checks.push(Check::estimate(subject, expected / THOUSAND, got, error));
    }
    Ok(checks)
}

/// Probability of default by the end of each quarter of a year at constant hazard.
pub fn flat_hazard(pd: f64) -> Vec<f64> {
    (1..=4_u32)
        .map(|quarter| if quarter == 4 { pd } else { -libm::expm1(0.25 * f64::from(quarter) * libm::log1p(-pd)) })
        .collect()
}
