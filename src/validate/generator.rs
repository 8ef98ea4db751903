//! Case A: the generator's published words, and one digest on every device (L1).
//!
//! The digest is taken over a small portfolio that meets every path: both kernels, blocks of odd sizes, PDs of 0 and 1,
//! a huge name among small ones, two correlated factors, Gaussian and Student t.

use super::check::{Check, Subject};
use super::run::{Bench, Group, Portfolio};
use crate::engine::{KernelChoice, Scalar};
use crate::error::Result;
use crate::model::{AssetCorrelation, BaselClass, Copula, Factors, SegmentSpec};
use crate::rng::{KNOWN_ANSWERS, philox4x32_10};

/// Scenarios in which the device is compared with the reference.
const SCENARIOS: u64 = 311;

/// All checks of the case.
///
/// # Errors
/// Those of the device.
pub fn checks(bench: &mut Bench<'_>) -> Result<Vec<Check>> {
    bench.announce("A: generator, and the digest of a mixed portfolio");
    let right = KNOWN_ANSWERS.iter().filter(|known| philox4x32_10(known.counter, known.key) == known.words).count();
    let subject = Subject {
        case: "A",
        name: "Philox4x32-10: known answers that come out".to_owned(),
        source: "Random123 kat_vectors (Salmon et al. 2011)",
    };
    let mut checks = vec![Check::figure(subject, KNOWN_ANSWERS.len() as f64, right as f64, 0.0)];
    let copulas = [Copula::Gaussian, Copula::StudentT { degrees_of_freedom: 7.5 }];
    for (copula, name) in copulas.into_iter().zip(["Gaussian", "Student t"]) {
        for kernel in [KernelChoice::Auto, KernelChoice::Granular, KernelChoice::Named] {
            let plan = mixed_portfolio(copula)?.plan(kernel)?;
            let [here, reference] = bench.play_both(&mut Scalar, &plan, SCENARIOS)?;
            // A digest that differs although every scenario agrees would be a fault too: it takes the agreement away.
            let agreeing = if here.digest() == reference.digest() { here.agreeing(&reference) } else { 0 };
            let subject = Subject {
                case: "A",
                name: format!("scenarios equal to the scalar device's, {name}, kernel {kernel:?}"),
                source: "law L1: one answer on every device",
            };
            checks.push(Check::figure(subject, SCENARIOS as f64, agreeing as f64, 0.0));
        }
    }
    Ok(checks)
}

/// The portfolio that meets every path.
///
/// # Errors
/// None: the factors are correlated by less than 1.
pub fn mixed_portfolio(copula: Copula) -> Result<Portfolio> {
    let factors = Factors::new(vec!["north".to_owned(), "south".to_owned()], vec![1.0, 0.35, 0.35, 1.0])?;
    let segment = |name: &str, correlation, loadings: [f64; 2]| SegmentSpec {
        name: name.to_owned(),
        correlation,
        loadings: loadings.to_vec(),
    };
    let segments = vec![
        segment("retail", AssetCorrelation::Basel(BaselClass::OtherRetail), [1.0, 0.0]),
        segment("empty", AssetCorrelation::Fixed(0.2), [0.0, 1.0]),
        segment("firms", AssetCorrelation::FromLoadings, [0.3, 0.4]),
        segment("alone", AssetCorrelation::Fixed(0.0), [0.0, 0.0]),
    ];
    let group = |segment, pd, obligors: u32| Group {
        segment,
        pd,
        losses: (0..obligors).map(|i| 100 + i.wrapping_mul(2_654_435_761) % 10_007).collect(),
    };
    let mut groups = vec![
        group(0, 0.0, 31),
        group(0, 0.002, 17_001),
        group(0, 0.027, 2_345),
        group(0, 0.41, 117),
        group(0, 1.0, 7),
        group(2, 0.0004, 61),
        group(2, 0.013, 23),
        group(2, 0.95, 3),
        group(3, 0.06, 1),
        group(3, 0.3, 129),
    ];
    groups.push(Group { segment: 3, pd: 0.5, losses: vec![u32::MAX, 1] });
    Ok(Portfolio { copula, factors, segments, groups })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Cpu, Job};
    use crate::validate::run::Sample;

    #[test]
    fn the_cpu_agrees_with_the_reference() {
        let mut device = Cpu::new(2).unwrap();
        let checks = checks(&mut Bench::new(&mut device, 3, &|_| {})).unwrap();
        assert_eq!(checks.len(), 7);
        assert!(checks.iter().all(|check| check.passed), "{checks:#?}");
    }

    #[test]
    fn another_seed_does_not_agree() {
        let plan = mixed_portfolio(Copula::Gaussian).unwrap().plan(KernelChoice::Auto).unwrap();
        let [one, other] = [1, 2].map(|seed| Sample::play(&mut Scalar, &Job::new(&plan, seed), 345).unwrap());
        assert_ne!(one.digest(), other.digest());
        assert!(one.agreeing(&other) < 40);
    }
}
