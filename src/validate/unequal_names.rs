//! Case F: twenty-five unequal names (exposures and PDs of CreditRisk+, CSFB 1997, example 1A) under a Gaussian copula.

use super::check::{Check, Subject};
use super::exact::{self, Name};
use super::law::Law;
use super::run::{Bench, Group, Portfolio};
use super::truth::Truth;
use crate::engine::KernelChoice;
use crate::error::Result;
use crate::model::AssetCorrelation;
use crate::units::Level;

/// Scenarios; expected shortfall at 99.9 % can be judged.
const SCENARIOS: u64 = 1_000_000;
/// Currency per unit: exposures are rounded to thousands.
const THOUSAND: f64 = 1000.0;

const SOURCE: &str = "recursion over names and quadrature, computed independently; names of CreditRisk+ (CSFB 1997)";

/// Exposure in currency and rating of each name.
const NAMES: [(u32, char); 25] = [
    (358_475, 'H'),
    (1_089_819, 'H'),
    (1_799_710, 'F'),
    (1_933_116, 'G'),
    (2_317_327, 'G'),
    (2_410_929, 'G'),
    (2_652_184, 'H'),
    (2_957_685, 'G'),
    (3_137_989, 'D'),
    (3_204_044, 'D'),
    (4_727_724, 'A'),
    (4_830_517, 'D'),
    (4_912_097, 'D'),
    (4_928_989, 'H'),
    (5_042_312, 'F'),
    (5_320_364, 'E'),
    (5_435_457, 'D'),
    (5_517_586, 'C'),
    (5_764_596, 'E'),
    (5_847_845, 'C'),
    (6_466_533, 'H'),
    (6_480_322, 'H'),
    (7_727_651, 'B'),
    (15_410_906, 'F'),
    (20_238_895, 'E'),
];

/// Ratings and their one-year probabilities of default.
const RATINGS: [(char, f64); 8] =
    [('A', 0.015), ('B', 0.016), ('C', 0.03), ('D', 0.05), ('E', 0.075), ('F', 0.1), ('G', 0.15), ('H', 0.3)];

/// What was computed independently for one asset correlation, in currency.
struct Published {
    rho: f64,
    standard_deviation: f64,
    no_loss: f64,
    /// VaR and ES at 99 and 99.9 %.
    tails: [(f64, f64); 2],
}

const PUBLISHED: [Published; 2] = [
    Published {
        rho: 0.0,
        standard_deviation: 9_585_369.0,
        no_loss: 0.02500400,
        tails: [(42_800_000.0, 48_038_011.0), (54_639_000.0, 58_352_554.0)],
    },
    Published {
        rho: 0.15,
        standard_deviation: 12_780_959.0,
        no_loss: 0.09645702,
        tails: [(55_722_000.0, 64_015_331.0), (74_419_000.0, 80_836_184.0)],
    },
];

/// All checks of the case.
///
/// # Errors
/// Those of the device.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let names = names();
    let mut checks = vec![unrounded_expected_loss()];
    for published in &PUBLISHED {
        bench.announce(&format!("F: 25 unequal names, rho {}", published.rho));
        let law = exact::loss_law(&names, published.rho);
        checks.extend(figures(&law, published)?);
        checks.extend(simulate(&law, &portfolio(&names, published.rho)?, bench)?);
    }
    Ok(checks)
}

/// The names, losses in thousands.
pub fn names() -> Vec<Name> {
    let pd = |rating: char| RATINGS.iter().find(|(letter, _)| *letter == rating).map_or(0.0, |(_, pd)| *pd);
    NAMES.iter().map(|&(exposure, rating)| Name { loss: (exposure + 500) / 1000, pd: pd(rating) }).collect()
}

/// `names` by PD in one segment of asset correlation `rho`.
///
/// # Errors
/// None for a rho that the model accepts.
pub fn portfolio(names: &[Name], rho: f64) -> Result<Portfolio> {
    let mut groups: Vec<Group> = Vec::new();
    for name in names {
        match groups.iter_mut().find(|group| group.pd == name.pd) {
            Some(group) => group.losses.push(name.loss),
            None => groups.push(Group { segment: 0, pd: name.pd, losses: vec![name.loss] }),
        }
    }
    groups.sort_by(|a, b| a.pd.total_cmp(&b.pd));
    Portfolio::one_factor(AssetCorrelation::Fixed(rho), groups)
}

/// `played` against `law`; the two belong together, unless a test parts them.
///
/// # Errors
/// Those of the device.
pub fn simulate(law: &Law, played: &Portfolio, bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let levels = [Level::parse("0.99")?, Level::parse("0.999")?];
    let sample = bench.play(&played.plan(KernelChoice::Auto)?, SCENARIOS)?;
    let rho = played.segments.first().map(|segment| segment.correlation);
    let name = match rho {
        Some(AssetCorrelation::Fixed(rho)) => format!("25 names in thousands, rho {rho}"),
        _ => "25 names in thousands".to_owned(),
    };
    Ok(Truth::of(law, &levels).judge(&sample, &Subject { case: "F", name, source: SOURCE }))
}

/// The independent figures against our recursion, to the digits given.
fn figures(law: &Law, published: &Published) -> Result<Vec<Check>> {
    let figure = |name: &str, wanted: f64, got: f64, tolerance: f64| {
        let subject =
            Subject { case: "F", name: format!("25 names, rho {}: {name}, exact", published.rho), source: SOURCE };
        Check::figure(subject, wanted, got, tolerance)
    };
    let mut checks = vec![
        figure("standard deviation", published.standard_deviation, law.standard_deviation() * THOUSAND, 0.51),
        figure("P(0)", published.no_loss, law.no_loss(), 5e-9),
    ];
    for (level, (var, es)) in ["0.99", "0.999"].into_iter().zip(published.tails) {
        let level = Level::parse(level)?;
        checks.push(figure(&format!("VaR {level}"), var, law.value_at_risk(level) as f64 * THOUSAND, 0.0));
        checks.push(figure(&format!("ES {level}"), es, law.expected_shortfall(level) * THOUSAND, 0.51));
    }
    Ok(checks)
}

/// The document's expected loss, of the exposures as printed.
fn unrounded_expected_loss() -> Check {
    let expected_loss: f64 =
        NAMES.iter().zip(names()).map(|((exposure, _), name)| f64::from(*exposure) * name.pd).sum();
    let subject = Subject {
        case: "F",
        name: "25 names as printed: expected loss".to_owned(),
        source: "CreditRisk+ (CSFB 1997), example 1A",
    };
    Check::figure(subject, 14_221_863.0, expected_loss, 0.51)
}
