//! Case D: Basel's illustrative risk weights, as closed form and as the 99.9 % quantile of one-factor runs.

use super::asrf::Asrf;
use super::check::{Check, Subject};
use super::run::{Bench, Group, Portfolio};
use crate::engine::KernelChoice;
use crate::error::Result;
use crate::model::{AssetCorrelation, BaselClass};
use crate::units::Level;

/// Equal loans in a simulated cell.
const LOANS: u32 = 40_000;
/// Scenarios of a simulated cell.
const SCENARIOS: u64 = 100_000;
/// Published to two decimals; three cells recompute to a hundredth beside.
const HUNDREDTH: f64 = 0.0100001;

const SOURCE: &str = "Basel II (June 2006), Annex 5: illustrative IRB risk weights";

/// The table's columns: class and LGD.
const COLUMNS: [(BaselClass, f64); 7] = [
    (BaselClass::Corporate, 0.45),
    (BaselClass::Mortgage, 0.45),
    (BaselClass::Mortgage, 0.25),
    (BaselClass::OtherRetail, 0.45),
    (BaselClass::OtherRetail, 0.85),
    (BaselClass::Revolving, 0.45),
    (BaselClass::Revolving, 0.85),
];

/// PD and the risk weights in per cent, one per column; maturity 2.5 years, corporate turnover 50 million.
const WEIGHTS: [(f64, [f64; 7]); 5] = [
    (0.0003, [14.44, 4.15, 2.30, 4.45, 8.41, 0.98, 1.85]),
    (0.0010, [29.65, 10.69, 5.94, 11.16, 21.08, 2.71, 5.12]),
    (0.0050, [69.61, 35.08, 19.49, 32.36, 61.13, 10.04, 18.97]),
    (0.0100, [92.32, 56.40, 31.33, 45.77, 86.46, 17.22, 32.53]),
    (0.0200, [114.86, 87.94, 48.85, 57.99, 109.53, 28.92, 54.63]),
];

/// A cell of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Class, which gives the asset correlation.
    pub class: BaselClass,
    /// One-year probability of default.
    pub pd: f64,
    /// Loss given default, 0 to 1.
    pub lgd: f64,
}

/// The cells that are played: every class, low and high PD, every LGD.
pub const PLAYED: [Cell; 8] = [
    Cell { class: BaselClass::Corporate, pd: 0.005, lgd: 0.45 },
    Cell { class: BaselClass::Corporate, pd: 0.02, lgd: 0.45 },
    Cell { class: BaselClass::Mortgage, pd: 0.001, lgd: 0.25 },
    Cell { class: BaselClass::Mortgage, pd: 0.02, lgd: 0.45 },
    Cell { class: BaselClass::OtherRetail, pd: 0.005, lgd: 0.85 },
    Cell { class: BaselClass::OtherRetail, pd: 0.02, lgd: 0.45 },
    Cell { class: BaselClass::Revolving, pd: 0.005, lgd: 0.85 },
    Cell { class: BaselClass::Revolving, pd: 0.02, lgd: 0.45 },
];

/// All checks of the case.
///
/// # Errors
/// Those of the device.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    let mut checks = risk_weights()?;
    for cell in PLAYED {
        bench.announce(&format!("D: {}", cell.name()));
        checks.extend(cell.simulate(&cell.portfolio()?, bench)?);
    }
    Ok(checks)
}

/// The whole table against the closed form.
///
/// # Errors
/// None: the level is well-formed.
pub fn risk_weights() -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (pd, wanted) in WEIGHTS {
        for ((class, lgd), wanted) in COLUMNS.into_iter().zip(wanted) {
            let cell = Cell { class, pd, lgd };
            let subject = Subject { case: "D", name: format!("{}: risk weight, %", cell.name()), source: SOURCE };
            checks.push(Check::figure(subject, wanted, cell.risk_weight()?, HUNDREDTH));
        }
    }
    Ok(checks)
}

impl Cell {
    /// 12.5 × LGD × (VaR 99.9 % − PD) × maturity adjustment, in per cent (Basel II, paragraphs 272 and 327 to 330).
    ///
    /// # Errors
    /// None: the level is well-formed.
    pub fn risk_weight(self) -> Result<f64> {
        let excess = self.limit().value_at_risk(Level::parse("0.999")?) - self.pd;
        Ok(1250.0 * self.lgd * excess * self.maturity_adjustment())
    }

    /// A large number of equal loans of 100 units exposure.
    ///
    /// # Errors
    /// None.
    pub fn portfolio(self) -> Result<Portfolio> {
        let group = Group { segment: 0, pd: self.pd, losses: vec![self.loss(); LOANS as usize] };
        Portfolio::one_factor(AssetCorrelation::Basel(self.class), vec![group])
    }

    /// `played` against the limit law of the cell; the two belong together, unless a test parts them.
    ///
    /// # Errors
    /// Those of the device.
    pub fn simulate(self, played: &Portfolio, bench: &mut Bench<'_>) -> Result<Vec<Check>> {
        let truth = self.limit().truth(LOANS, self.loss(), &[Level::parse("0.999")?]);
        let sample = bench.play(&played.plan(KernelChoice::Auto)?, SCENARIOS)?;
        let subject = Subject { case: "D", name: format!("{}, {LOANS} loans", self.name()), source: SOURCE };
        Ok(truth.judge(&sample, &subject))
    }

    fn limit(self) -> Asrf {
        Asrf { pd: self.pd, rho: self.class.correlation(self.pd) }
    }

    /// Loss of a loan of 100 units, rounded.
    fn loss(self) -> u32 {
        (100.0 * self.lgd + 0.5) as u32
    }

    /// 1 / (1 − 1.5 b), b = (0.11852 − 0.05478 ln PD)², for corporates at 2.5 years; 1 for retail.
    fn maturity_adjustment(self) -> f64 {
        if self.class != BaselClass::Corporate {
            return 1.0;
        }
        let root = 0.11852 - 0.05478 * libm::log(self.pd);
        1.0 / (1.0 - 1.5 * root * root)
    }

    fn name(self) -> String {
        format!("{}, PD {}, LGD {}", self.class.name(), self.pd, self.lgd)
    }
}
