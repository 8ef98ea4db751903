//! A made-up portfolio, realistic in shape and in nothing else: for demonstrations, benchmarks and tests.
//!
//! Every loan is a pure function of seed and loan number (L3), so a tape can be made in pieces of any size.

mod life;
mod model;
mod product;
mod write;

pub use model::{RATING_SCALE, made_up_model};
pub(crate) use write::io_error;
pub use write::write_made_up;

use super::tape::Tape;
use crate::error::{Error, Result};
use crate::math::normal;
use crate::rng::{Purpose, counter, key, philox4x32_10, uniform53};
use product::{PRODUCTS, Product};
use rayon::prelude::*;

/// Loans made at once.
const AHEAD: u64 = 1 << 16;

/// Share of loans whose amount has a Pareto tail on top.
const TAIL_SHARE: f64 = 0.01;
/// The tail's exponent: a finite mean without a finite variance, as in books of corporate loans.
const TAIL_EXPONENT: f64 = 1.5;
/// No amount is larger than this many times its product's median.
const LARGEST: f64 = 2_000.0;

/// What to make up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MadeUp {
    /// Number of loans, 1 to 2^32 − 1.
    pub loans: u64,
    /// Another seed, another portfolio.
    pub seed: u64,
    /// Number of segments, 1 to 1,000,000.
    pub segments: usize,
    /// What stands for the probability of default.
    pub pds: PdKind,
    /// What else there is.
    pub columns: MadeUpColumns,
}

/// What a tape says of its loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeUpColumns {
    /// What losses of one year depend on.
    OneYear,
    /// What expected credit losses over lifetimes depend on, too.
    Lifetimes,
}

/// What stands for the probability of default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PdKind {
    /// A rating of [`RATING_SCALE`].
    Grades,
    /// A probability of its own for every loan.
    Continuous,
}

/// One made-up loan.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Loan {
    /// Its number, from 1.
    number: u64,
    /// Number of its segment, from 0.
    segment: usize,
    /// Position of its rating in [`RATING_SCALE`]; None for continuous PDs.
    rating: Option<usize>,
    /// Probability of default, 0.0001 to 0.5.
    pd: f64,
    /// Exposure at default, currency, whole cents.
    ead: f64,
    /// Loss given default, whole percents.
    lgd: f64,
}

impl MadeUp {
    /// Refuses sizes that no tape can have.
    pub fn check(&self) -> Result<()> {
        if !(1..=u64::from(u32::MAX)).contains(&self.loans) {
            return Err(Error::setting("--loans", self.loans, format!("1 to {}", u32::MAX)));
        }
        if !(1..=1_000_000).contains(&self.segments) {
            return Err(Error::setting("--segments", self.segments, "1 to 1000000"));
        }
        Ok(())
    }

    /// The loans in order, made on all threads, some ahead of others.
    fn loans(&self) -> impl Iterator<Item = Loan> {
        let made_up = *self;
        let shares = made_up.cumulative_shares();
        (1..=made_up.loans).step_by(AHEAD as usize).flat_map(move |first| {
            let n = (made_up.loans - first + 1).min(AHEAD) as u32;
            let make = |i| made_up.make(first + u64::from(i), &shares);
            (0..n).into_par_iter().map(make).collect::<Vec<Loan>>()
        })
    }

    /// The name of segment number `segment`: a product's, with a number from the second round on.
    fn segment_name(&self, segment: usize) -> String {
        let name = self.product(segment).name;
        match segment / PRODUCTS.len() {
            0 => name.to_owned(),
            round => format!("{name}_{}", round + 1),
        }
    }

    fn product(&self, segment: usize) -> &'static Product {
        &PRODUCTS[segment % PRODUCTS.len()]
    }

    fn cumulative_shares(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let mut add = |segment| {
            sum += self.product(segment).share;
            sum
        };
        (0..self.segments).map(&mut add).collect()
    }

    /// Two uniform numbers of a loan.
    fn uniforms(&self, number: u64, index: u32) -> (f64, f64) {
        let [a, b, c, d] = philox4x32_10(counter(Purpose::MadeUp, number, 0, index), key(self.seed));
        (uniform53(a, b), uniform53(c, d))
    }

    fn make(&self, number: u64, shares: &[f64]) -> Loan {
        let uniforms = |index| self.uniforms(number, index);
        let ((place, quality), (size, tail), (severity, _)) = (uniforms(0), uniforms(1), uniforms(2));

        let total = shares.last().copied().unwrap_or(0.0);
        let segment = shares.partition_point(|share| *share < place * total).min(self.segments.saturating_sub(1));
        let product = self.product(segment);
        let lognormal = |median, sigma, uniform| median * libm::exp(sigma * normal::quantile(uniform));

        let pd = round(lognormal(product.median_pd, product.sigma_pd, quality).clamp(1e-4, 0.5), 1e6);
        let (rating, pd) = match self.pds {
            PdKind::Continuous => (None, pd),
            PdKind::Grades => {
                let (rating, pd) = model::rate(pd);
                (Some(rating), pd)
            }
        };
        let stretch = if tail < TAIL_SHARE { libm::pow(tail / TAIL_SHARE, -1.0 / TAIL_EXPONENT) } else { 1.0 };
        let amount = lognormal(product.median_ead, product.sigma_ead, size) * stretch;
        let ead = round(amount.clamp(0.01, LARGEST * product.median_ead), 1e2);
        let lgd = round(product.lgd + product.lgd_spread * (2.0 * severity - 1.0), 1e2);
        Loan { number, segment, rating, pd, ead, lgd }
    }
}

/// The portfolio in memory, as if read from a tape.
pub fn made_up_tape(made_up: &MadeUp) -> Result<Tape> {
    made_up.check()?;
    let mut numbers: Vec<Option<u32>> = vec![None; made_up.segments];
    let mut tape = Tape { graded: made_up.pds == PdKind::Grades, ..Tape::default() };
    for loan in made_up.loans() {
        let Some(number) = numbers.get_mut(loan.segment) else { continue };
        let number = *number.get_or_insert_with(|| {
            tape.segments.push(made_up.segment_name(loan.segment));
            tape.segments.len() as u32 - 1
        });
        tape.push(number, loan.pd, loan.ead, loan.lgd);
    }
    let MadeUp { loans, seed, .. } = made_up;
    tape.assumed
        .push(format!("the portfolio is made up ({loans} loans, seed {seed}): it says nothing about any lender"));
    Ok(tape)
}

/// `value` in steps of 1 / `steps`.
fn round(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: MadeUp =
        MadeUp { loans: 20_011, seed: 7, segments: 6, pds: PdKind::Continuous, columns: MadeUpColumns::OneYear };

    #[test]
    fn every_loan_is_in_range_and_depends_on_the_seed() {
        let loans: Vec<Loan> = SAMPLE.loans().collect();
        assert_eq!(loans.len(), 20_011);
        for loan in &loans {
            assert!((1e-4..=0.5).contains(&loan.pd) && (0.0..=1.0).contains(&loan.lgd), "{loan:?}");
            assert!(loan.ead >= 0.01 && loan.segment < 6, "{loan:?}");
        }
        assert_eq!(SAMPLE.loans().nth(12_345), loans.get(12_345).copied());
        let other = MadeUp { seed: 8, ..SAMPLE };
        let same = other.loans().zip(&loans).filter(|(a, b)| a.ead == b.ead).count();
        assert!(same < 100, "{same} amounts survived another seed");
    }

    #[test]
    fn the_tape_says_what_the_loans_say() {
        let tape = made_up_tape(&SAMPLE).unwrap();
        assert_eq!((tape.loans(), tape.segments.len(), tape.graded), (20_011, 6, false));
        assert!(tape.assumed[0].contains("made up"));
        let first = SAMPLE.loans().next().unwrap();
        assert_eq!(tape.segments[tape.segment[0] as usize], SAMPLE.segment_name(first.segment));
        // A heavy tail: the largest hundredth holds more than a tenth.
        let mut amounts = tape.ead.clone();
        amounts.sort_by(f64::total_cmp);
        let top: f64 = amounts.iter().rev().take(200).sum();
        assert!(top > 0.1 * tape.exposure(), "{}", top / tape.exposure());
        let graded = made_up_tape(&MadeUp { pds: PdKind::Grades, ..SAMPLE }).unwrap();
        assert!(graded.graded && graded.pd.iter().all(|pd| RATING_SCALE.iter().any(|(_, scale)| scale == pd)));
    }

    #[test]
    fn sizes_that_cannot_be_are_refused() {
        for made_up in
            [MadeUp { loans: 0, ..SAMPLE }, MadeUp { loans: 1 << 32, ..SAMPLE }, MadeUp { segments: 0, ..SAMPLE }]
        {
            assert!(made_up_tape(&made_up).unwrap_err().to_string().starts_with("--"), "{made_up:?}");
        }
    }
}
