//! Golden hashes: the bits of every function that decides results, over a fixed sample, on every machine (L1).
//!
//! A changed constant here means changed losses, hence a new stream version. The hash is FNV-1a of 64 bits (Fowler, Noll and
//! Vo) over the little-endian bytes of the results.

use super::{bivariate, cholesky, gamma, grid, hazard, hermite, normal, poisson, probit, student, threshold};

/// Sample size of the fast functions.
const MANY: u64 = 34_567;
/// Sample size of the slow ones.
const FEW: u64 = 3_456;

/// Element `i` of a Weyl sequence of uniform numbers, by the golden ratio.
fn uniform(i: u64) -> f64 {
    ((i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 12) as f64 + 0.5) / (1u64 << 52) as f64
}

/// FNV-1a over the results of `function` for 1…`n`.
fn hash(n: u64, function: impl Fn(u64) -> u64) -> u64 {
    let bytes = (1..=n).flat_map(|i| function(i).to_le_bytes());
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// Grid positions all over the grid.
fn position(i: u64) -> i32 {
    grid::position(17.0 * (uniform(i) - 0.5))
}

#[test]
fn hazards() {
    let table = hazard::HazardTable::shared();
    assert_eq!(hash(MANY, |i| table.lambda(position(i)).to_bits()), 0x8CD9_1A04_08C2_05FD);
}

#[test]
fn thresholds() {
    let table = threshold::ThresholdTable::shared();
    assert_eq!(hash(MANY, |i| u64::from(table.threshold(position(i)))), 0x3C06_8661_16F6_28A2);
}

#[test]
fn normal_quantiles() {
    assert_eq!(hash(MANY, |i| normal::quantile(uniform(i)).to_bits()), 0x09F2_3156_BF08_4231);
}

#[test]
fn normal_probabilities() {
    assert_eq!(hash(MANY, |i| normal::cdf(17.0 * (uniform(i) - 0.5)).to_bits()), 0x9904_7AC0_D387_167A);
}

#[test]
fn tabulated_normal_quantiles() {
    let table = probit::ProbitTable::shared();
    assert_eq!(hash(MANY, |i| table.quantile(uniform(i)).to_bits()), 0x4A7C_A93E_512B_CFFF);
}

#[test]
fn bivariate_probabilities() {
    let at = |i| bivariate::bivariate_normal_cdf(normal::quantile(uniform(i)), -1.5, 2.0 * uniform(i + FEW) - 1.0);
    assert_eq!(hash(FEW, |i| at(i).to_bits()), 0xD88A_53C6_B754_237D);
}

#[test]
fn student_quantiles() {
    assert_eq!(
        hash(FEW, |i| student::quantile(uniform(i), 2.0 + 50.0 * uniform(i + FEW)).to_bits()),
        0xD0F5_080D_90A5_9E6F
    );
}

#[test]
fn chi_square_quantiles() {
    assert_eq!(
        hash(FEW, |i| gamma::chi_square_quantile(uniform(i), 2.0 + 50.0 * uniform(i + FEW)).to_bits()),
        0xECA3_649A_8927_1962
    );
}

#[test]
fn poisson_counts() {
    let mean = |i| {
        let m = uniform(i + MANY);
        (m * m * m * 1e4) as f32
    };
    assert_eq!(hash(MANY, |i| u64::from(poisson::poisson_quantile(uniform(i), mean(i)))), 0x60E3_15C1_7D48_6FF6);
}

#[test]
fn cholesky_factors() {
    let n = 37;
    let matrix: Vec<f64> =
        (0..n * n).map(|p| if p % (n + 1) == 0 { 4.0 } else { 0.2 * uniform((p / n * (p % n)) as u64) }).collect();
    let lower = cholesky::factorise(&matrix).unwrap_or_default();
    assert_eq!(
        hash((n * n) as u64, |i| lower.get(i as usize - 1).map_or(0, |entry| entry.to_bits())),
        0xD1E4_E9F8_8AC6_28ED
    );
}

#[test]
fn quadratures() {
    let n = 64;
    let rule = hermite::Hermite::new(n).unwrap();
    let mut stepped = vec![0.0; n];
    rule.transition(0.8).apply(rule.nodes(), &mut stepped);
    let numbers: Vec<f64> = [rule.nodes(), rule.roots(), &stepped].concat();
    assert_eq!(hash(numbers.len() as u64, |i| numbers[i as usize - 1].to_bits()), 0xC607_0E06_8A29_A661);
}
