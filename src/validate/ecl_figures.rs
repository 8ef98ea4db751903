//! Case H: expected credit loss in closed form: published examples, schedules, and nine loans that were worked out by
//! another program.

use super::check::{Check, Subject};
use super::run::Bench;
use crate::error::Result;
use crate::model::ecl::{Discounting, expected, loss_path};
use crate::model::exposure::{Collateral, CollateralSettings, LgdPath, LoanTerms, RateKind, Schedule, annuity_payment};
use crate::model::time::Grid;
use crate::risk::weighted_mean;

/// Figures to four decimals, in currency.
const FOUR_DECIMALS: f64 = 5.1e-5;
/// Figures computed in doubles, around 1e4: what summing in another order may change, a thousand times over.
const SAME_DOUBLES: f64 = 1e-7;

const STANDARD: &str = "IFRS 9 (IASB, 2014), Illustrative Examples, Example 8";
const RESOURCE_GROUP: &str = "IASB, Transition Resource Group for Impairment, December 2015";
const FORMULA: &str = "the formula evaluated independently (NumPy)";
const SERIES: &str = "exposure × LGD × (1 − (1 − PD)^years)";

/// A loan, a question and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What it is, for people.
    pub name: &'static str,
    /// The loan.
    pub terms: LoanTerms<'static>,
    /// One-year probability of default; the hazard is flat.
    pub pd: f64,
    /// Length of the periods.
    pub grid: Grid,
    /// The rate at which losses are discounted.
    pub discounting: Discounting,
    /// Months over which losses are expected.
    pub horizon: u16,
    /// Expected credit loss, currency.
    pub expected: f64,
    /// Where that comes from.
    pub source: &'static str,
}

impl Example {
    /// M37 for this loan, currency.
    pub fn credit_loss(&self) -> f64 {
        let mut losses = Vec::new();
        loss_path(&self.terms, self.discounting, self.grid, &mut losses);
        let log_survival = libm::log1p(-self.pd);
        let cumulative = |months: u16| -libm::expm1(f64::from(months) / 12.0 * log_survival);
        expected(&losses, &cumulative, self.horizon, &mut [])
    }

    /// The answer, held against what comes out.
    pub fn check(&self) -> Check {
        let Self { name, grid, horizon, .. } = self;
        let name = format!("{name}, {}: ECL over {horizon} months", grid.name());
        Check::figure(subject(name, self.source), self.expected, self.credit_loss(), SAME_DOUBLES)
    }
}

/// All checks of the case.
///
/// # Errors
/// None: the weights add up to 1.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    bench.announce("H: expected credit loss in closed form");
    let mut checks: Vec<Check> = examples().iter().map(Example::check).collect();
    checks.extend(weighted_books()?);
    checks.extend(schedules());
    checks.push(secured());
    Ok(checks)
}

/// Every loan.
pub fn examples() -> Vec<Example> {
    let published = Example {
        name: "1,000,000 x 0.5 % x 25 %",
        terms: LoanTerms { lgd: LgdPath::Constant(0.25), ..loan(Schedule::Bullet, 12, 0.0) },
        pd: 0.005,
        grid: Grid::Yearly,
        discounting: Discounting::None,
        horizon: 12,
        expected: 1_250.0,
        source: STANDARD,
    };
    let bullet = loan(Schedule::Bullet, 60, RateKind::Effective.monthly(0.05));
    let whole_life = |grid| Example {
        name: "bullet loan, undiscounted, whatever the grid",
        terms: bullet,
        pd: 0.02,
        grid,
        horizon: 60,
        expected: 43235.64144,
        source: SERIES,
        ..published
    };
    let mut examples = vec![published];
    examples.extend(Grid::ALL.map(whole_life));
    for (name, terms, grid, answers) in worked_out() {
        for (horizon, expected) in [12, terms.months].into_iter().zip(answers) {
            let discounting = Discounting::Effective;
            let source = FORMULA;
            examples.push(Example { name, terms, pd: 0.02, grid, discounting, horizon, expected, source });
        }
    }
    examples
}

/// Loans of 1,000,000 that lose 45 % at a PD of 2 %, and their ECL over 12 months and over life.
fn worked_out() -> [(&'static str, LoanTerms<'static>, Grid, [f64; 2]); 9] {
    let five = RateKind::Effective.monthly(0.05);
    let bullet = loan(Schedule::Bullet, 60, five);
    let annuity = |months| loan(Schedule::Annuity, months, RateKind::Nominal.monthly(0.06));
    let card = loan(Schedule::Bullet, 24, RateKind::Effective.monthly(0.15));
    let card = LoanTerms { drawn: 400_000.0, undrawn: 0.5 * 600_000.0, ..card };
    [
        ("bullet loan", bullet, Grid::Yearly, [8783.1006565368, 38437.6243665459]),
        ("bullet loan", bullet, Grid::Quarterly, [8784.5937965802, 38444.1588192819]),
        ("bullet loan", bullet, Grid::Monthly, [8784.6822907040, 38444.5460975361]),
        ("linear loan", loan(Schedule::Linear, 60, five), Grid::Quarterly, [7988.8084788128, 20642.6541967055]),
        ("annuity", annuity(60), Grid::Monthly, [8046.6997934605, 21213.1920059191]),
        ("annuity", annuity(60), Grid::Quarterly, [8046.0171930198, 21210.1550943217]),
        ("annuity of 31 months", annuity(31), Grid::Quarterly, [7295.6926108975, 11583.9376881382]),
        (
            "annuity, CPR 10 %",
            LoanTerms { cpr: 0.1, ..annuity(60) },
            Grid::Quarterly,
            [7688.0803880834, 18112.3250855192],
        ),
        ("credit line, CCF 50 %", card, Grid::Quarterly, [5880.5603249431, 10891.8204279382]),
    ]
}

/// Three books of 1,000 that lose 30, 70 and 170, weighted, and the likeliest of them alone.
///
/// # Errors
/// None: the weights add up to 1.
pub fn weighted_books() -> Result<Vec<Check>> {
    // PD and LGD of each book.
    let [mild, likely, severe] = [(0.1, 0.3), (0.2, 0.35), (0.25, 0.68)].map(|(pd, lgd)| {
        let terms = LoanTerms { drawn: 1_000.0, lgd: LgdPath::Constant(lgd), ..loan(Schedule::Bullet, 12, 0.0) };
        let (grid, discounting) = (Grid::Quarterly, Discounting::None);
        let (name, source) = ("book", RESOURCE_GROUP);
        Example { name, terms, pd, grid, discounting, horizon: 12, expected: 0.0, source }.credit_loss()
    });
    let mean = weighted_mean(&[(mild, 0.2), (likely, 0.5), (severe, 0.3)])?;
    let figure =
        |name: &str, wanted, got| Check::figure(subject(name.to_owned(), RESOURCE_GROUP), wanted, got, SAME_DOUBLES);
    Ok(vec![
        figure("ECL of 30, 70 and 170, weighted 20, 50 and 30 %", 92.0, mean),
        figure("ECL of the likeliest case alone", 70.0, likely),
    ])
}

/// Payment and balances of a mortgage of 100,000, and what early repayment leaves.
fn schedules() -> Vec<Check> {
    let monthly = RateKind::Nominal.monthly(0.06);
    let figure = |name: String, wanted, got| Check::figure(subject(name, FORMULA), wanted, got, FOUR_DECIMALS);
    let payment = 1e5 * annuity_payment(monthly, 360);
    let mut checks = vec![figure("annuity of 100,000 at 6 %, 360 months: payment".to_owned(), 599.5505, payment)];
    for (paid, wanted) in [(12, 98771.9883), (120, 83685.7250), (180, 71048.8445), (359, 596.5677)] {
        let got = 1e5 * Schedule::Annuity.balance(paid, 360, monthly);
        checks.push(figure(format!("the same: balance after {paid} months"), wanted, got));
    }
    let prepaid = LoanTerms { cpr: 0.1, lgd: LgdPath::Constant(1.0), ..loan(Schedule::Bullet, 60, 0.0) };
    let mut losses = Vec::new();
    loss_path(&prepaid, Discounting::None, Grid::Monthly, &mut losses);
    let left = losses.get(30).map_or(f64::NAN, |period| period.loss);
    checks.push(figure("1,000,000 at CPR 10 %: left after 30 months".to_owned(), 768433.4714, left));
    checks
}

/// A secured loan whose collateral is sold two years after default.
fn secured() -> Check {
    let settings = CollateralSettings {
        haircut: 0.2,
        cost_of_sale: 0.1,
        growth: 0.0,
        months_to_sale: 24,
        lgd_floor: 0.05,
        index_loading: 0.0,
    };
    let collateral = Collateral { value: 90_000.0, settings };
    let got = collateral.lgd(collateral.proceeds(1.0 / (1.05 * 1.05)), 100_000.0, 0.45);
    let name = "LGD of 100,000 secured by 90,000, in per cent".to_owned();
    Check::figure(subject(name, FORMULA), 18.5510, 100.0 * got, FOUR_DECIMALS)
}

/// 1,000,000 that loses 45 % on default.
fn loan(schedule: Schedule<'_>, months: u16, rate: f64) -> LoanTerms<'_> {
    let lgd = LgdPath::Constant(0.45);
    LoanTerms { schedule, months, rate, cpr: 0.0, drawn: 1e6, undrawn: 0.0, lgd, collateral: None }
}

fn subject(name: String, source: &'static str) -> Subject {
    Subject { case: "H", name, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Scalar;

    #[test]
    fn every_figure_holds() {
        let checks = checks(&mut Bench::new(&mut Scalar, 5, &|_| {})).unwrap();
        assert_eq!(checks.len(), 1 + 3 + 18 + 2 + 6 + 1);
        assert!(checks.iter().all(|check| check.passed && !check.is_statistical()), "{checks:#?}");
    }

    #[test]
    fn examples_that_are_changed_fail() {
        for example in examples() {
            let fails = |changed: Example| assert!(!changed.check().passed, "{changed:?}");
            let terms = example.terms;
            fails(Example { pd: example.pd * 1.0001, ..example });
            fails(Example { horizon: example.horizon - 1, ..example });
            fails(Example { terms: LoanTerms { lgd: LgdPath::Constant(0.4501), ..terms }, ..example });
            fails(Example { terms: LoanTerms { cpr: terms.cpr + 1e-3, ..terms }, ..example });
            fails(Example { terms: LoanTerms { undrawn: terms.undrawn + 1.0, ..terms }, ..example });
            fails(Example {
                terms: LoanTerms { schedule: Schedule::Linear, months: terms.months + 1, ..terms },
                ..example
            });
            if example.discounting == Discounting::Effective {
                fails(Example { discounting: Discounting::None, ..example });
                fails(Example { terms: LoanTerms { rate: terms.rate + 1e-6, ..terms }, ..example });
                let grid = if example.grid == Grid::Monthly { Grid::Yearly } else { Grid::Monthly };
                fails(Example { grid, ..example });
            }
        }
    }
}
