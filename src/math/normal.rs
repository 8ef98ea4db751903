//! The standard normal law: density, distribution, quantile (M14), and −ln Φ(−x), the hazard of a conditional PD (M6).
//!
//! These are the exact forms, evaluated with `libm` only (L1); what runs once per count goes through
//! [`ProbitTable`](super::probit::ProbitTable) and [`HazardTable`](super::hazard::HazardTable), which are built from them.

use std::f64::consts::FRAC_1_SQRT_2;

/// 1/√(2π).
const PEAK: f64 = 0.398_942_280_401_432_7;

/// φ(x) = e^(−x²/2) / √(2π), the density at `x` (any number).
pub fn pdf(x: f64) -> f64 {
    PEAK * libm::exp(-0.5 * x * x)
}

/// Φ(x) = ½ erfc(−x/√2), the probability in [0, 1] of a value below `x` (any number; NaN gives NaN).
///
/// Relative error up to 1e-15 for x > −2 and 2e-14 down to x = −8.25: the rounding of x/√2, times x².
pub fn cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// −ln Φ(−x) = −ln(1 − Φ(x)), the hazard λ at which 1 − e^(−λ) is the probability Φ(x); not negative.
///
/// For x < 0 it is −log1p(−Φ(x)), which keeps the relative precision of a small Φ(x); relative error up to 2e-14 for `x` in
/// −8.25…8.25.
pub fn log_survival(x: f64) -> f64 {
    if x < 0.0 { -libm::log1p(-cdf(x)) } else { -libm::log(cdf(-x)) }
}

/// The x with Φ(x) = `p`, for `p` in (0, 1); −∞ and ∞ at 0 and 1, NaN outside.
///
/// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988), routine
/// PPND16; relative error about 1e-16 plus rounding. For `p` near 1 the caller loses digits unless 1 − p is exact.
pub fn quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * polynomial(&CENTRE.0, r) / polynomial(&CENTRE.1, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 || tail.is_nan() {
        return if tail == 0.0 { f64::INFINITY.copysign(q) } else { f64::NAN };
    }
    let r = libm::sqrt(-libm::log(tail));
    let (r, ratio) = if r <= 5.0 { (r - 1.6, &TAIL) } else { (r - 5.0, &FAR_TAIL) };
    (polynomial(&ratio.0, r) / polynomial(&ratio.1, r)).copysign(q)
}

/// Horner's scheme, constant term first.
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    let [c0, c1, c2, c3, c4, c5, c6, c7] = *coefficients;
    ((((((c7 * x + c6) * x + c5) * x + c4) * x + c3) * x + c2) * x + c1) * x + c0
}

/// Numerator and denominator of a rational approximation, constant term first.
type Ratio = ([f64; 8], [f64; 8]);

/// AS 241, |p − ½| ≤ 0.425, in 0.180625 − (p − ½)².
const CENTRE: Ratio = (
    [
        3.387_132_872_796_366_608_0,
        1.331_416_678_917_843_774_5e2,
        1.971_590_950_306_551_442_7e3,
        1.373_169_376_550_946_112_5e4,
        4.592_195_393_154_987_145_7e4,
        6.726_577_092_700_870_085_3e4,
        3.343_057_558_358_812_810_5e4,
        2.509_080_928_730_122_672_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091_125_2e1,
        6.871_870_074_920_579_083_0e2,
        5.394_196_021_424_751_107_7e3,
        2.121_379_430_158_659_586_7e4,
        3.930_789_580_009_271_061_0e4,
        2.872_908_573_572_194_267_4e4,
        5.226_495_278_852_854_561_0e3,
    ],
);

/// AS 241, √(−ln tail) ≤ 5, in √(−ln tail) − 1.6.
const TAIL: Ratio = (
    [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_90,
        5.769_497_221_460_691_405_50,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        2.417_807_251_774_506_117_70e-1,
        2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_40e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_40,
        6.897_673_349_851_000_045_50e-1,
        1.481_039_764_274_800_745_90e-1,
        1.519_866_656_361_645_719_66e-2,
        5.475_938_084_995_344_946_00e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
);

/// AS 241, √(−ln tail) > 5, in √(−ln tail) − 5.
const FAR_TAIL: Ratio = (
    [
        6.657_904_643_501_103_777_20,
        5.463_784_911_164_114_369_90,
        1.784_826_539_917_291_335_80,
        2.965_605_718_285_048_912_30e-1,
        2.653_218_952_657_612_309_30e-2,
        1.242_660_947_388_078_438_60e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879_376_90e-1,
        1.369_298_809_227_358_053_10e-1,
        1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591_00e-4,
        1.846_318_317_510_054_681_80e-5,
        1.421_511_758_316_445_888_70e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Continuous, ContinuousCDF, Normal};

    fn assert_close(got: f64, wanted: f64, relative: f64) {
        assert!((got - wanted).abs() <= relative * wanted.abs(), "got {got:e}, wanted {wanted:e}");
    }

    // The typed values are from mpmath 1.3 at 40 digits, at the exact binary arguments.

    #[test]
    fn quantiles_match_forty_digit_values() {
        let values = [
            (1.1102230246251565e-16, -8.209_536_151_601_386_86),
            (1e-12, -7.034_483_825_301_131_93),
            (1e-7, -5.199_337_582_192_816_94),
            (0.001, -3.090_232_306_167_813_54),
            (0.0223, -2.008_407_561_878_620_93),
            (0.25, -0.674_489_750_196_081_743),
            (0.4999, -0.000_250_662_830_088_007_492),
            (0.83, 0.954_165_253_146_194_251),
            (0.999, 3.090_232_306_167_813_28),
        ];
        for (p, x) in values {
            assert_close(quantile(p), x, 8e-16);
        }
    }

    #[test]
    fn probabilities_match_forty_digit_values() {
        let values = [
            (-8.25, 7.919_726_314_642_477_34e-17),
            (-6.3, 1.488_228_221_762_312_67e-10),
            (-3.0, 0.001_349_898_031_630_094_53),
            (-1.25, 0.105_649_773_666_855_258),
            (-0.1, 0.460_172_162_722_971_016),
            (0.0, 0.5),
            (0.7, 0.758_036_347_776_926_971),
            (2.5, 0.993_790_334_674_223_865),
        ];
        for (x, p) in values {
            assert_close(cdf(x), p, 2e-14);
        }
    }

    #[test]
    fn log_survival_keeps_relative_precision_in_both_tails() {
        let values = [
            (-8.25, 7.919_726_314_642_477_65e-17),
            (-5.5, 1.898_956_264_618_946_3e-8),
            (-2.33, 0.009_952_437_170_142_259_6),
            (-0.5, 0.368_946_415_288_656_393),
            (0.0, std::f64::consts::LN_2),
            (0.5, 1.175_911_761_593_618_61),
            (1.645, 2.996_034_208_349_286_75),
            (4.75, 13.798_571_593_147_466_6),
            (8.25, 37.074_589_931_901_532_9),
        ];
        for (x, lambda) in values {
            assert_close(log_survival(x), lambda, 2e-14);
        }
    }

    #[test]
    fn the_three_functions_agree_with_statrs_and_with_each_other() {
        let oracle = Normal::standard();
        for i in -3456..=3456 {
            let x = f64::from(i) / 420.0;
            assert_close(pdf(x), oracle.pdf(x), 1e-13);
            // The oracle's erfc is the looser of the two: about 2e-10 off 40-digit values.
            assert_close(cdf(x), oracle.cdf(x), 1e-9);
            let p = cdf(-x.abs());
            // Relative error of p times the condition Φ(x) / (x φ(x)) of the inverse, plus that of the rational form.
            assert!((quantile(p) + x.abs()).abs() <= 4e-15 * (1.0 + x.abs()), "{x}");
            if p > 1e-6 {
                assert_close(quantile(p), oracle.inverse_cdf(p), 1e-9);
            }
        }
    }

    #[test]
    fn the_ends_are_infinite_and_nonsense_is_not_a_number() {
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(quantile(1.0), f64::INFINITY);
        assert!(quantile(-0.1).is_nan() && quantile(1.1).is_nan() && quantile(f64::NAN).is_nan());
        assert_eq!((cdf(f64::NEG_INFINITY), cdf(f64::INFINITY)), (0.0, 1.0));
    }
}
