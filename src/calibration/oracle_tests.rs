//! The fits beside statsmodels 0.15.0 (GLM, OLS, adfuller) and SciPy 1.17.1 on one small data set, made up for this.

use super::binomial::Count;
use super::design::Design;
use super::errors::errors;
use super::fit::Outcomes;
use super::probit::grouped_probit;
use super::{collinear, dickey_fuller};

const NUMBERS: [f64; 18] = [
    210.0, 190.0, 305.0, 280.0, 350.0, 410.0, 395.0, 330.0, 270.0, 300.0, 260.0, 220.0, 310.0, 420.0, 450.0, 400.0,
    340.0, 290.0,
];
/// About as many as the drivers say.
const CALM: [f64; 18] = [3.0, 0.0, 5.0, 2.0, 9.0, 14.0, 11.0, 4.0, 1.0, 6.0, 2.0, 0.0, 7.0, 19.0, 25.0, 13.0, 8.0, 3.0];
/// Scattered by more than chance.
const ROUGH: [f64; 18] =
    [3.0, 0.0, 15.0, 2.0, 4.0, 30.0, 11.0, 14.0, 1.0, 1.0, 8.0, 0.0, 2.0, 39.0, 25.0, 3.0, 18.0, 3.0];
const X: [f64; 18] = [-0.8, -1.3, 0.1, -0.4, 0.6, 1.5, 1.1, -0.2, -1.1, 0.3, -0.6, -1.4, 0.4, 1.2, 1.9, 0.9, 0.2, -0.7];
const Z: [f64; 18] = [0.5, -0.2, 1.3, -1.0, 0.7, -0.4, 1.1, -1.5, 0.2, 0.9, -0.6, 0.1, -1.2, 0.8, 0.3, -0.9, 1.4, -0.3];

fn counts(defaults: &[f64; 18]) -> Vec<Count> {
    defaults.iter().zip(NUMBERS).map(|(&defaults, number)| Count { defaults, number }).collect()
}

fn design() -> Design {
    Design::new(18, &[&X, &Z])
}

fn assert_near(got: &[f64], wanted: &[f64], within: f64) {
    assert_eq!(got.len(), wanted.len());
    for (got, wanted) in got.iter().zip(wanted) {
        assert!((got - wanted).abs() < within, "got {got:?}, wanted {wanted:?}");
    }
}

#[test]
fn the_grouped_probit_is_that_of_statsmodels() {
    // sm.GLM(endog=[D, n − D], family=Binomial(link=Probit())).fit(tol=1e-14)
    let fit = grouped_probit(&counts(&CALM), &design()).unwrap();
    assert_near(&fit.coefficients, &[-2.178175195306434, 0.31159227824451674, 0.028949821027458467], 1e-9);
    assert_near(&[fit.log_likelihood], &[-33.37955489231451], 1e-9);
    // No more scatter than chance: the effect is 0 and the fit the same.
    assert_eq!(Outcomes::Counts(counts(&CALM)).fit(&design()).unwrap(), fit);
    // One default fewer is seen.
    let mut other = counts(&CALM);
    other[5].defaults -= 1.0;
    let other = grouped_probit(&other, &design()).unwrap();
    assert!((other.coefficients[1] - fit.coefficients[1]).abs() > 1e-3);
}

#[test]
fn the_effect_of_quarters_is_that_of_a_fine_grid() {
    // The integral over u on 4,001 points from −9 to 9, maximised by SciPy's Nelder–Mead; errors by differences.
    let fit = Outcomes::Counts(counts(&ROUGH)).fit(&design()).unwrap();
    assert_near(&fit.coefficients, &[-2.1561847205498728, 0.32888419713092076, 0.07266351504709481], 1e-6);
    assert_near(&[fit.volatility], &[0.34165860841290496], 1e-6);
    assert_near(&[fit.log_likelihood], &[-52.73634543964234], 1e-8);
    let errors = errors(&fit).unwrap();
    assert_near(&errors.information, &[0.10115185739072084, 0.10568758441449917, 0.1063366237231627], 1e-6);
    assert!(
        fit.scores
            .chunks_exact(4)
            .fold([0.0; 4], |sum, row| std::array::from_fn(|i| sum[i] + row[i]))
            .iter()
            .all(|sum| sum.abs() < 1e-4)
    );
}

#[test]
fn millions_of_obligors_take_the_same_nodes() {
    let counts: Vec<Count> = counts(&ROUGH)
        .iter()
        .map(|count| Count { defaults: 1e4 * (count.defaults + 0.5), number: 1e4 * count.number })
        .collect();
    let probits = counts.iter().map(|count| crate::math::normal::quantile(count.rate())).collect();
    let many = Outcomes::Counts(counts).fit(&design()).unwrap();
    // With so many the rate is known, and least squares say the same but for their divisor.
    let known = Outcomes::Probits(probits).fit(&design()).unwrap();
    assert_near(&many.coefficients, &known.coefficients, 2e-3);
    assert!((many.volatility / (known.volatility * (15f64 / 18.0).sqrt()) - 1.0).abs() < 5e-3);
}

#[test]
fn least_squares_and_their_errors_are_those_of_statsmodels() {
    // sm.OLS(y, X).fit(), and with cov_type="HAC", maxlags=5, use_correction=True.
    let probits = [
        -2.128045, -2.79047, -1.636958, -2.368567, -2.2305, -1.443852, -1.893979, -1.706695, -2.539185, -2.575829,
        -1.842619, -2.837597, -2.405983, -1.316235, -1.583387, -2.376031, -1.603504, -2.254927,
    ];
    let fit = Outcomes::Probits(probits.to_vec()).fit(&design()).unwrap();
    assert_near(&fit.coefficients, &[-2.117951622545157, 0.2998591763200885, 0.06583800505723658], 1e-12);
    assert_near(&[fit.log_likelihood, fit.volatility], &[-6.305881754539126, 0.3762689906642193], 1e-12);
    let errors = errors(&fit).unwrap();
    assert_eq!(errors.lags, 5);
    assert_near(&errors.information, &[0.08928599387082445, 0.094490381668928, 0.10498634376871124], 1e-12);
    assert_near(&errors.robust, &[0.037891005821106855, 0.0401006993564431, 0.17697884117878712], 1e-12);
    assert!(errors.critical > 2.9 && errors.critical < 3.0);
}

#[test]
fn unit_roots_are_tested_as_by_statsmodels() {
    let walk = [
        0.5, 0.3, 1.6, 0.6, 1.3, 0.9, 2.0, 0.5, 0.7, 1.6, 1.0, 1.1, -0.1, 0.7, 1.0, 0.1, 1.5, 1.2, 1.8, 1.0, 1.25, 0.9,
        1.85, 0.8,
    ];
    // adfuller(walk, maxlag=…, autolag=None, regression="c")
    assert_near(&[dickey_fuller::statistic(&walk, 2).unwrap()], &[-2.399963426213017], 1e-9);
    assert_near(&[dickey_fuller::statistic(&walk, 0).unwrap()], &[-5.680829591089115], 1e-9);
    // mackinnoncrit(N, "c", nobs)
    assert_near(&[dickey_fuller::critical(1, 21)], &[-3.013097747543462], 1e-12);
    assert_near(&[dickey_fuller::critical(3, 60)], &[-3.8862649], 1e-7);
    let test = dickey_fuller::test(&walk, 1).unwrap();
    assert_eq!(test.lags, 2);
    assert!(!test.is_stationary());
}

#[test]
fn inflation_of_variances_is_that_of_statsmodels() {
    let both: Vec<f64> = (0..18).map(|i| X[i] * 0.9 + Z[i] * 0.2 + libm::sin(i as f64) * 0.1).collect();
    let found = collinear::inflation(&[&X, &Z, &both]).unwrap();
    assert_near(&found, &[153.00158949139114, 7.3769294672498225, 170.30160079954064], 1e-6);
    assert!(collinear::inflation(&[&X, &Z, &X]).is_none());
}
