//! Case B: the infinitely granular one-factor pool, as closed form and as a run of a hundred thousand equal loans.

use super::asrf::Asrf;
use super::check::{Check, Subject};
use super::run::{Bench, Group, Portfolio};
use super::truth::Truth;
use crate::engine::KernelChoice;
use crate::error::Result;
use crate::model::AssetCorrelation;
use crate::units::Level;

/// Equal loans in a simulated pool; a test shows that they are granular enough.
pub const LOANS: u32 = 100_000;
/// Scenarios of a simulated pool.
const SCENARIOS: u64 = 100_000;
/// Half a unit of the eighth decimal.
const EIGHT_DECIMALS: f64 = 5e-9;
/// Half a unit of the sixth decimal, and a little for figures that end in a five.
const SIX_DECIMALS: f64 = 5.1e-7;

/// PD, rho, then VaR 99, ES 99, VaR 99.9 and ES 99.9 as shares of the exposure, to eight decimals.
pub const POOLS: [(Asrf, [f64; 4]); 4] = [
    (Asrf { pd: 0.01, rho: 0.12 }, [0.05252659, 0.06870862, 0.09032583, 0.10921036]),
    (Asrf { pd: 0.02, rho: 0.15 }, [0.10558734, 0.13597070, 0.17632894, 0.20940443]),
    (Asrf { pd: 0.05, rho: 0.04 }, [0.11431258, 0.12872476, 0.14732376, 0.16106913]),
    (Asrf { pd: 0.005, rho: 0.24 }, [0.04973955, 0.07579269, 0.11158953, 0.14653701]),
];

/// Quantiles at 90, 99, 99.9 and 99.99 %, then the standard deviation, to six decimals (Vasicek 2002).
const VASICEK: [(Asrf, [f64; 5]); 4] = [
    (Asrf { pd: 0.01, rho: 0.1 }, [0.021434, 0.046797, 0.077497, 0.112658, 0.009626]),
    (Asrf { pd: 0.01, rho: 0.4 }, [0.025178, 0.134830, 0.315565, 0.513267, 0.027674]),
    (Asrf { pd: 0.001, rho: 0.1 }, [0.002326, 0.006533, 0.012963, 0.021810, 0.001354]),
    (Asrf { pd: 0.001, rho: 0.4 }, [0.001625, 0.018308, 0.071282, 0.170318, 0.005334]),
];

/// All checks of the case.
///
/// # Errors
/// Those of the device.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let mut checks = closed_forms()?;
    for (pool, _) in POOLS {
        bench.announce(&format!("B: {LOANS} loans of PD {}, rho {}", pool.pd, pool.rho));
        checks.extend(simulate(pool, &portfolio(pool)?, bench)?);
    }
    Ok(checks)
}

/// The published figures against our closed forms.
///
/// # Errors
/// None: the levels are well-formed.
pub fn closed_forms() -> Result<Vec<Check>> {
    let figure = |pool: Asrf, name: String, [wanted, got]: [f64; 2], (source, tolerance)| {
        let name = format!("PD {}, rho {}: {name} in closed form", pool.pd, pool.rho);
        Check::figure(Subject { case: "B", name, source }, wanted, got, tolerance)
    };
    let formula = ("Vasicek 1987/2002, evaluated independently", EIGHT_DECIMALS);
    let table = ("Vasicek 2002, table of loss quantiles, recomputed", SIX_DECIMALS);
    let mut checks = Vec::new();
    for (pool, [var_99, es_99, var_999, es_999]) in POOLS {
        for (level, var, es) in [("0.99", var_99, es_99), ("0.999", var_999, es_999)] {
            let level = Level::parse(level)?;
            checks.push(figure(pool, format!("VaR {level}"), [var, pool.value_at_risk(level)], formula));
            checks.push(figure(pool, format!("ES {level}"), [es, pool.expected_shortfall(level)], formula));
        }
    }
    for (pool, [quantiles @ .., deviation]) in VASICEK {
        for (level, wanted) in ["0.9", "0.99", "0.999", "0.9999"].into_iter().zip(quantiles) {
            let level = Level::parse(level)?;
            checks.push(figure(pool, format!("quantile {level}"), [wanted, pool.value_at_risk(level)], table));
        }
        checks.push(figure(pool, "standard deviation".to_owned(), [deviation, pool.standard_deviation()], table));
    }
    Ok(checks)
}

/// [`LOANS`] equal loans of one unit that follow `pool`.
///
/// # Errors
/// None for a rho that the model accepts.
pub fn portfolio(pool: Asrf) -> Result<Portfolio> {
    let group = Group { segment: 0, pd: pool.pd, losses: vec![1; LOANS as usize] };
    Portfolio::one_factor(AssetCorrelation::Fixed(pool.rho), vec![group])
}

/// `played` against the limit law of `pool`; the two belong together, unless a test parts them.
///
/// # Errors
/// Those of the device.
pub fn simulate(pool: Asrf, played: &Portfolio, bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let levels = [Level::parse("0.99")?, Level::parse("0.999")?];
    let truth: Truth = pool.truth(LOANS, 1, &levels);
    let sample = bench.play(&played.plan(KernelChoice::Auto)?, SCENARIOS)?;
    let subject = Subject {
        case: "B",
        name: format!("PD {}, rho {}, {LOANS} loans", pool.pd, pool.rho),
        source: "Vasicek 2002, closed form",
    };
    Ok(truth.judge(&sample, &subject))
}
