//! Curves of default from rating migration (M29): F of a rating is the entry of exp(Q m/12) in its row and the column of
//! default, by month.
//!
//! Source: Jarrow, Lando, Turnbull, "A Markov model for the term structure of credit risk spreads", Review of Financial
//! Studies 10 (1997), 481–523.

use super::curves::{Curve, LONGEST, NamedCurve};
use super::fault::Fault;
use super::generator::{Generator, Regularisation, generator};
use crate::math::matrix::Matrix;
use crate::math::matrix_exp;
use serde::Serialize;

/// Most states of a matrix.
pub const MOST_STATES: usize = 100;
/// What a row may miss 1 by, where the rounding of its cells does not explain more.
const SUM_TOLERANCE: f64 = 1e-4;

/// Transitions of one year as they were published.
#[derive(Debug, Clone, PartialEq)]
pub struct Transitions {
    /// Names of the states, from the best rating to the worst, with default.
    pub states: Vec<String>,
    /// Index of default among them.
    pub default: usize,
    /// Shares of a year's loans, one row per state and in it one column per state; the row of default is 1 at itself.
    pub shares: Vec<Vec<f64>>,
    /// Share of each row whose rating was withdrawn, 0 to below 1; spread over the row in proportion.
    pub withdrawn: Vec<f64>,
    /// Half a unit of the last digit of a published share, such as 0.00005.
    pub rounding: f64,
}

/// How well a generator gives back its matrix.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GeneratorFit {
    /// Largest difference of a cell of exp(Q) and the matrix.
    pub largest_error: f64,
    /// Square root of the sum of all squared differences.
    pub frobenius: f64,
    /// Cells that the rounding of what was published does not explain, row by row.
    pub cells_outside_rounding: Vec<CellError>,
}

/// A cell that the generator misses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellError {
    /// State at the start of the year.
    pub from: String,
    /// State at its end.
    pub to: String,
    /// Published share, withdrawn ratings spread.
    pub published: f64,
    /// Share by the generator.
    pub fitted: f64,
    /// Largest difference that rounding explains.
    pub rounding: f64,
}

/// Rating migration in continuous time.
#[derive(Debug, Clone, PartialEq)]
pub struct Migration {
    /// P: the year as published, withdrawn ratings spread.
    pub matrix: Matrix,
    /// Q and exp(Q).
    pub generator: Generator,
    /// How far exp(Q) is from P.
    pub fit: GeneratorFit,
    /// Default by rating, in the order of the states; default itself is not among them.
    pub curves: Vec<NamedCurve>,
    /// Name of the state of default.
    pub default: String,
}

impl Migration {
    /// The generator of `transitions` by `rule`, and the curves that it gives.
    ///
    /// # Errors
    /// A [`Fault`] that names the row which is not a row of probabilities, or why there is no generator.
    pub fn new(transitions: &Transitions, rule: Regularisation) -> Result<Self, Fault> {
        let n = transitions.states.len();
        if !(2..=MOST_STATES).contains(&n) || transitions.default >= n {
            return Err(Fault::new(None, format!("{n} states"), "give 2 to 100 states, default among them"));
        }
        if transitions.shares.len() != n || transitions.withdrawn.len() != n {
            let found = format!("{} rows for {n} states", transitions.shares.len());
            return Err(Fault::new(None, found, "give each state a row"));
        }
        let mut entries = Vec::with_capacity(n * n);
        let mut rounding = Vec::with_capacity(n);
        for row in 0..n {
            let kept = transitions.check_row(row)?;
            entries.extend(transitions.shares[row].iter().map(|share| share / kept));
            rounding.push(transitions.rounding / kept);
        }
        let Some(matrix) = Matrix::new(entries) else {
            return Err(Fault::new(None, "rows of different length", "give each row a share for each state"));
        };
        let generator = generator(&matrix, rule)?;
        let fit = fit(transitions, &matrix, &generator.year, &rounding);
        let curves = curves(transitions, &generator.rates);
        let default = transitions.states[transitions.default].clone();
        Ok(Self { matrix, generator, fit, curves, default })
    }
}

impl Transitions {
    /// The share of `row` whose rating was not withdrawn, after checking that the row is one of probabilities.
    fn check_row(&self, row: usize) -> Result<f64, Fault> {
        let name = &self.states[row];
        let fault = |found: String, remedy: &str| Err(Fault::new(Some(row), format!("row '{name}': {found}"), remedy));
        let (shares, withdrawn) = (&self.shares[row], self.withdrawn[row]);
        if shares.len() != self.states.len() {
            let found = format!("{} shares for {} states", shares.len(), self.states.len());
            return fault(found, "give each row a share for each state");
        }
        for (share, to) in shares.iter().zip(&self.states) {
            if !(*share >= 0.0 && share.is_finite()) {
                return fault(format!("{share} to '{to}'"), "give shares of 0 or more");
            }
        }
        if !(0.0..1.0).contains(&withdrawn) {
            return fault(format!("{withdrawn} withdrawn"), "give a share from 0 to below 1, or leave the row out");
        }
        if row == self.default
            && (withdrawn > 0.0 || (0..).zip(shares).any(|(to, share)| (to == row) != (*share > 0.0)))
        {
            return fault("default is not absorbing".to_owned(), "let nobody leave default, or leave this row out");
        }
        let kept: f64 = shares.iter().sum();
        let explained = self.rounding * (self.states.len() + 1) as f64;
        // A hair more, since 0.9999 is a sum of decimals.
        let tolerance = SUM_TOLERANCE.max(explained) + 1e-9;
        if !((kept + withdrawn - 1.0).abs() <= tolerance && kept > 0.0) {
            let sum = kept + withdrawn;
            let remedy = match sum > 2.0 {
                true => "a row must sum to 1; for per cent write term_structure.unit = \"percent\"",
                false => {
                    "a row must sum to 1, withdrawn ratings included; complete it, or widen term_structure.rounding"
                }
            };
            return fault(format!("a sum of {}", libm::round(sum * 1e9) / 1e9), remedy);
        }
        Ok(kept)
    }
}

/// Differences of `year` and `matrix`, each cell held against the `rounding` of its row.
fn fit(transitions: &Transitions, matrix: &Matrix, year: &Matrix, rounding: &[f64]) -> GeneratorFit {
    let error = year.plus(matrix, -1.0);
    let squares = error.entries().iter().map(|error| error * error);
    let mut fit = GeneratorFit {
        largest_error: error.entries().iter().fold(0.0, |largest, error| error.abs().max(largest)),
        frobenius: squares.sum::<f64>().sqrt(),
        cells_outside_rounding: Vec::new(),
    };
    for ((row, errors), from) in error.rows().enumerate().zip(&transitions.states) {
        let allowed = rounding.get(row).copied().unwrap_or(0.0);
        for ((column, error), to) in errors.iter().enumerate().zip(&transitions.states) {
            // Rounding of the logarithm itself is no fault of the generator.
            if error.abs() > allowed + 1e-12 {
                fit.cells_outside_rounding.push(CellError {
                    from: from.clone(),
                    to: to.clone(),
                    published: matrix.at(row, column),
                    fitted: year.at(row, column),
                    rounding: allowed,
                });
            }
        }
    }
    fit
}

/// F by month of every state but default: powers of exp(Q/12) applied to the column of default.
fn curves(transitions: &Transitions, rates: &Matrix) -> Vec<NamedCurve> {
    let n = transitions.states.len();
    let month = matrix_exp::exp(&rates.scaled(1.0 / 12.0));
    let mut column: Vec<f64> = (0..n).map(|state| if state == transitions.default { 1.0 } else { 0.0 }).collect();
    let mut months = vec![Vec::with_capacity(usize::from(LONGEST)); n];
    for _ in 0..LONGEST {
        column = month.times_column(&column);
        months.iter_mut().zip(&column).for_each(|(months, now)| months.push(*now));
    }
    let named = transitions.states.iter().zip(months).enumerate().filter(|(state, _)| *state != transitions.default);
    named
        .map(|(_, (name, months))| NamedCurve { name: name.clone(), curve: Curve::by_month(months.into_iter()) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    fn transitions(rows: [[f64; 3]; 3], withdrawn: [f64; 3]) -> Transitions {
        Transitions {
            states: ["good", "bad", "D"].map(str::to_owned).to_vec(),
            default: 2,
            shares: rows.map(Vec::from).to_vec(),
            withdrawn: withdrawn.to_vec(),
            rounding: 0.00005,
        }
    }

    const ROWS: [[f64; 3]; 3] = [[0.90, 0.08, 0.02], [0.10, 0.70, 0.20], [0.0, 0.0, 1.0]];

    #[test]
    fn a_matrix_with_a_generator_is_given_back() {
        let migration = Migration::new(&transitions(ROWS, [0.0; 3]), Regularisation::QuasiOptimal).unwrap();
        assert!(migration.fit.largest_error < 1e-14 && migration.fit.cells_outside_rounding.is_empty());
        let good = &migration.curves[0];
        assert_eq!((good.name.as_str(), migration.curves.len()), ("good", 2));
        assert!((good.curve.cumulative(12) - 0.02).abs() < 1e-13);
        // Two years: P².
        assert!((good.curve.cumulative(24) - (0.9 * 0.02 + 0.08 * 0.2 + 0.02)).abs() < 1e-13);
        // Sibling: without the detour through 'bad'.
        assert!((good.curve.cumulative(24) - (0.9 * 0.02 + 0.02)).abs() > 0.01);
    }

    #[test]
    fn withdrawn_ratings_are_spread_in_proportion() {
        let rows = [[0.72, 0.064, 0.016], [0.10, 0.70, 0.20], [0.0, 0.0, 1.0]];
        let spread = Migration::new(&transitions(rows, [0.2, 0.0, 0.0]), Regularisation::QuasiOptimal).unwrap();
        let (got, wanted) = (&spread.matrix, ROWS.concat());
        assert!(got.entries().iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() < 1e-15), "{got:?}");
        // Sibling: the same rows without the column do not sum to 1.
        let fault = Migration::new(&transitions(rows, [0.0; 3]), Regularisation::QuasiOptimal).unwrap_err();
        assert!(fault.index == Some(0) && fault.found.contains("a sum of 0.8"), "{fault:?}");
    }

    #[test]
    fn rows_that_are_no_probabilities_are_named() {
        let with = |row: usize, values: [f64; 3]| {
            let mut rows = ROWS;
            rows[row] = values;
            transitions(rows, [0.0; 3])
        };
        let ragged = Transitions { shares: vec![vec![1.0]; 3], ..transitions(ROWS, [0.0; 3]) };
        for (transitions, index, found) in [
            (with(1, [0.1, 0.7, 0.2006]), Some(1), "row 'bad': a sum of 1.0006"),
            (with(0, [0.9, -0.08, 0.18]), Some(0), "row 'good': -0.08 to 'bad'"),
            (with(0, [f64::NAN, 0.08, 0.02]), Some(0), "row 'good': NaN to 'good'"),
            (with(0, [f64::INFINITY, 0.08, 0.02]), Some(0), "row 'good': inf to 'good'"),
            (with(2, [0.0, 0.1, 0.9]), Some(2), "row 'D': default is not absorbing"),
            (with(2, [0.0, 0.0, 0.0]), Some(2), "row 'D': default is not absorbing"),
            (with(1, [0.0, 0.0, 0.0]), Some(1), "row 'bad': a sum of 0"),
            (transitions(ROWS, [0.0, 1.0, 0.0]), Some(1), "row 'bad': 1 withdrawn"),
            (transitions(ROWS, [0.0, f64::NAN, 0.0]), Some(1), "row 'bad': NaN withdrawn"),
            (with(1, [0.9, 0.05, 0.05]), Some(1), "a matrix without a logarithm"),
            (with(1, [1.0, 0.0, 0.0]), Some(1), "a matrix without a logarithm"),
            (ragged, Some(0), "row 'good': 1 shares for 3 states"),
            (Transitions { default: 3, ..with(0, ROWS[0]) }, None, "3 states"),
            (Transitions { shares: vec![], ..with(0, ROWS[0]) }, None, "0 rows for 3 states"),
            (Transitions { states: vec![], ..with(0, ROWS[0]) }, None, "0 states"),
            (Transitions { states: vec!["x".to_owned(); 101], ..with(0, ROWS[0]) }, None, "101 states"),
        ] {
            let fault = Migration::new(&transitions, Regularisation::default()).unwrap_err();
            assert_eq!((fault.index, fault.found.as_str()), (index, found));
        }
    }

    #[test]
    fn what_rounding_explains_is_no_fault() {
        let rows = [[0.9001, 0.0799, 0.0201], [0.10, 0.70, 0.20], [0.0, 0.0, 1.0]];
        let migration = Migration::new(&transitions(rows, [0.0; 3]), Regularisation::default()).unwrap();
        assert!((migration.matrix.rows().next().unwrap().iter().sum::<f64>() - 1.0).abs() < 1e-15);
        // Sibling: three digits more, and the same sum is off.
        let fine = Transitions { rounding: 5e-8, ..transitions([[0.9003, 0.08, 0.02], ROWS[1], ROWS[2]], [0.0; 3]) };
        assert!(Migration::new(&fine, Regularisation::default()).is_err());
    }

    #[test]
    fn any_matrix_gives_curves_or_a_fault() {
        let mut rng = StdRng::seed_from_u64(41);
        let (mut made, mut refused) = (0, 0);
        for round in 0..601 {
            let n = rng.random_range(2..7);
            let row = |state: usize| -> Vec<f64> {
                let mut row: Vec<f64> = (0..n).map(|_| rng.random_range(0.0..1.0_f64)).collect();
                row[state] += [0.0, 1.0, 20.0][round % 3];
                let sum: f64 = row.iter().sum();
                row.iter().map(|share| share / sum).collect()
            };
            let mut shares: Vec<Vec<f64>> = (0..n).map(row).collect();
            shares[n - 1] = (0..n).map(|state| f64::from(u8::from(state == n - 1))).collect();
            if round % 7 == 0 {
                shares[0][round % n] = [f64::NAN, f64::INFINITY, -1e-9, 1e308, 0.0][round % 5];
            }
            let states = (0..n).map(|state| state.to_string()).collect();
            let transitions = Transitions { states, default: n - 1, shares, withdrawn: vec![0.0; n], rounding: 0.0 };
            for rule in Regularisation::ALL {
                let Ok(migration) = Migration::new(&transitions, rule) else {
                    refused += 1;
                    continue;
                };
                made += 1;
                for named in &migration.curves {
                    let rising = (1..=u32::from(LONGEST)).all(|months| {
                        let (before, now) = (named.curve.cumulative(months - 1), named.curve.cumulative(months));
                        (before..=1.0).contains(&now)
                    });
                    assert!(rising, "{transitions:?}");
                }
            }
        }
        assert!(made > 300 && refused > 300, "{made} {refused}");
    }
}
