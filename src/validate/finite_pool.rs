//! Case C: finite homogeneous pools, whose number of defaults is a binomial mixture known exactly; played by both
//! kernels.

use super::check::{Check, Subject};
use super::exact;
use super::law::Law;
use super::run::{Bench, Group, Portfolio};
use super::truth::Truth;
use crate::engine::{Kernel, KernelChoice, Plan};
use crate::error::Result;
use crate::model::AssetCorrelation;
use crate::units::Level;

/// Levels at which quantiles are known.
pub const LEVELS: [&str; 4] = ["0.95", "0.99", "0.999", "0.9999"];
/// Scenarios under the granular kernel, whose cost follows defaults: expected shortfall at 99.9 % can be judged.
const GRANULAR_SCENARIOS: u64 = 1_000_000;
/// Scenarios under the named kernel, whose cost follows obligors.
const NAMED_SCENARIOS: u64 = 200_000;

/// A homogeneous pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FinitePool {
    /// Number of obligors.
    pub obligors: u32,
    /// One-period probability of default of each.
    pub pd: f64,
    /// Asset correlation.
    pub rho: f64,
}

/// What was computed independently for a pool, in defaults.
struct Published {
    mean: f64,
    standard_deviation: f64,
    no_default: f64,
    /// VaR and ES at [`LEVELS`].
    tails: [(f64, f64); 4],
}

/// The pools that are played.
pub const POOLS: [FinitePool; 4] = [
    FinitePool { obligors: 100, pd: 0.01, rho: 0.12 },
    FinitePool { obligors: 100, pd: 0.05, rho: 0.20 },
    FinitePool { obligors: 1000, pd: 0.01, rho: 0.12 },
    FinitePool { obligors: 1000, pd: 0.10, rho: 0.04 },
];

const PUBLISHED: [Published; 4] = [
    Published {
        mean: 1.0,
        standard_deviation: 1.466032,
        no_default: 0.49841183,
        tails: [(4.0, 5.5156), (7.0, 8.4752), (11.0, 13.0965), (16.0, 18.2716)],
    },
    Published {
        mean: 5.0,
        standard_deviation: 5.650659,
        no_default: 0.15301124,
        tails: [(16.0, 22.4405), (26.0, 32.3518), (40.0, 45.8997), (53.0, 57.9534)],
    },
    Published {
        mean: 10.0,
        standard_deviation: 11.264057,
        no_default: 0.05960837,
        tails: [(31.0, 45.6514), (54.0, 70.3685), (92.0, 111.5007), (137.0, 158.0283)],
    },
    Published {
        mean: 100.0,
        standard_deviation: 36.896173,
        no_default: 0.0,
        tails: [(168.0, 191.006), (206.0, 226.596), (254.0, 272.5028), (297.0, 314.5112)],
    },
];

/// N = 1000, PD 0.002: rho, then P(L > 10), P(L > 50) and P(L > 100), each with half a unit of its last digit.
const RARE: [(f64, [(f64, f64); 3]); 3] = [
    (0.05, [(6.147026e-3, 5e-10), (1.991e-8, 5e-12), (6.16e-13, 5e-16)]),
    (0.10, [(1.968716e-2, 5e-9), (2.055005e-5, 5e-12), (1.0057e-7, 5e-12)]),
    (0.25, [(4.199993e-2, 5e-9), (1.880132e-3, 5e-10), (2.102945e-4, 5e-11)]),
];

const SOURCE: &str = "binomial mixture by quadrature, computed independently";

/// All checks of the case.
///
/// # Errors
/// Those of the device.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let mut checks = rare_events();
    for (pool, published) in POOLS.into_iter().zip(&PUBLISHED) {
        let law = pool.law();
        checks.extend(pool.figures(&law, published)?);
        for kernel in [KernelChoice::Granular, KernelChoice::Named] {
            bench.announce(&format!("C: {}, kernel {kernel:?}", pool.name()));
            checks.extend(pool.simulate(&law, &pool.portfolio()?.plan(kernel)?, bench)?);
        }
    }
    Ok(checks)
}

impl FinitePool {
    /// The exact law of the number of defaults.
    pub fn law(self) -> Law {
        exact::count_law(self.obligors, self.pd, self.rho)
    }

    /// The pool, every obligor losing one unit.
    ///
    /// # Errors
    /// None for a rho that the model accepts.
    pub fn portfolio(self) -> Result<Portfolio> {
        let group = Group { segment: 0, pd: self.pd, losses: vec![1; self.obligors as usize] };
        Portfolio::one_factor(AssetCorrelation::Fixed(self.rho), vec![group])
    }

    /// `played` against `law`; the two belong together, unless a test parts them.
    ///
    /// # Errors
    /// Those of the device.
    pub fn simulate(self, law: &Law, played: &Plan, bench: &mut Bench<'_>) -> Result<Vec<Check>> {
        let granular = played.blocks().iter().all(|block| block.kernel == Kernel::Granular);
        let (kernel, scenarios) = if granular { ("granular", GRANULAR_SCENARIOS) } else { ("named", NAMED_SCENARIOS) };
        let levels = LEVELS.into_iter().map(Level::parse).collect::<Result<Vec<_>>>()?;
        let sample = bench.play(played, scenarios)?;
        let subject = Subject { case: "C", name: format!("{}, {kernel} kernel", self.name()), source: SOURCE };
        Ok(Truth::of(law, &levels).judge(&sample, &subject))
    }

    fn name(self) -> String {
        format!("{} obligors, PD {}, rho {}", self.obligors, self.pd, self.rho)
    }

    /// The independent figures against our quadrature, to the digits given.
    fn figures(self, law: &Law, published: &Published) -> Result<Vec<Check>> {
        let figure = |name: &str, wanted: f64, got: f64, tolerance: f64| {
            let subject = Subject { case: "C", name: format!("{}: {name}, exact", self.name()), source: SOURCE };
            Check::figure(subject, wanted, got, tolerance)
        };
        let mut checks = vec![
            figure("mean", published.mean, law.mean(), 1e-9),
            figure("standard deviation", published.standard_deviation, law.standard_deviation(), 5e-7),
            figure("P(0)", published.no_default, law.no_loss(), 5e-9),
        ];
        for (level, (var, es)) in LEVELS.into_iter().zip(published.tails) {
            let level = Level::parse(level)?;
            checks.push(figure(&format!("VaR {level}"), var, law.value_at_risk(level) as f64, 0.0));
            checks.push(figure(&format!("ES {level}"), es, law.expected_shortfall(level), 5.1e-5));
        }
        Ok(checks)
    }
}

fn rare_events() -> Vec<Check> {
    let mut checks = Vec::new();
    for (rho, wanted) in RARE {
        let pool = FinitePool { obligors: 1000, pd: 0.002, rho };
        let law = pool.law();
        for (defaults, (wanted, tolerance)) in [10, 50, 100].into_iter().zip(wanted) {
            let name = format!("{}: P(more than {defaults} default), exact", pool.name());
            let subject = Subject { case: "C", name, source: SOURCE };
            checks.push(Check::figure(subject, wanted, law.beyond(defaults), tolerance));
        }
    }
    checks
}
