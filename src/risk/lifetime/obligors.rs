//! Obligors with what they can lose: the loans of one obligor default together, and those of one profile are one loss.
//!
//! A loan in default leaves its obligor: default is judged loan by loan, and the others keep their chance.

use super::survey::Survey;
use crate::model::term::TermKey;
use std::ops::Range;

/// Obligors in order of their first loan, with the losses of each.
#[derive(Debug, Default, PartialEq)]
pub struct Obligors {
    /// Segment of each obligor.
    pub segment: Vec<u32>,
    /// Its term structure.
    pub terms: Vec<TermKey>,
    /// Profile of each loss, obligor by obligor.
    pub profile: Vec<u16>,
    /// What each loss is expected to cost, currency.
    pub ecl: Vec<f64>,
    /// Tape row of the first loan of each loss; None when every loan is an obligor of its own.
    rows: Option<Vec<u32>>,
    /// Number of losses before each obligor; None as above.
    starts: Option<Vec<u32>>,
}

impl Obligors {
    /// From the loans of a tape; `obligor` numbers, dense and in order of first appearance.
    pub fn new(survey: Survey, segment: &[u32], obligor: Option<&[u32]>) -> Self {
        let Survey { ecl, profile, terms, .. } = survey;
        let Some(obligor) = obligor else {
            return Self { segment: segment.to_vec(), terms, profile, ecl, rows: None, starts: None };
        };
        let mut gathered = Self { rows: Some(vec![]), starts: Some(vec![0]), ..Self::default() };
        let mut loans: Vec<u32> = (0..obligor.len() as u32).collect();
        loans.sort_by_key(|&loan| obligor[loan as usize]); // stable: loans keep their order
        for own in loans.chunk_by(|&a, &b| obligor[a as usize] == obligor[b as usize]) {
            let (certain, mut others): (Vec<u32>, Vec<u32>) =
                own.iter().partition(|&&loan| profile[loan as usize] == 0);
            for loan in certain {
                gathered.push(&[loan], segment, (&terms, &profile, &ecl));
            }
            // What a tape's own stage calls a default can be cured: such a loan need not agree with the others.
            let shared = |&loan: &u32| {
                let TermKey { curve, pd, .. } = terms[loan as usize];
                (segment[loan as usize], curve, pd.to_bits())
            };
            others.sort_by_key(|loan| (shared(loan), profile[*loan as usize]));
            for together in others.chunk_by(|a, b| shared(a) == shared(b)) {
                gathered.push(together, segment, (&terms, &profile, &ecl));
            }
        }
        gathered
    }

    /// Adds an obligor with these `loans`, ordered by profile.
    fn push(&mut self, loans: &[u32], segment: &[u32], (terms, profile, ecl): (&[TermKey], &[u16], &[f64])) {
        let Some(&first) = loans.iter().min() else { return };
        let of = |loan: &u32| *loan as usize;
        for equal in loans.chunk_by(|a, b| profile[of(a)] == profile[of(b)]) {
            self.profile.push(profile[of(&equal[0])]);
            self.ecl.push(equal.iter().map(|loan| ecl[of(loan)]).sum());
            self.rows.get_or_insert_default().push(equal[0]);
        }
        let weight: f64 = loans.iter().map(|loan| ecl[of(loan)]).sum();
        let aged: f64 = loans.iter().map(|loan| ecl[of(loan)] * f64::from(terms[of(loan)].age)).sum();
        let own = terms[of(&first)];
        let age = if weight > 0.0 { (aged / weight + 0.5) as u16 } else { own.age };
        self.terms.push(TermKey { age, ..own });
        self.segment.push(segment[of(&first)]);
        self.starts.get_or_insert_default().push(self.profile.len() as u32);
    }

    /// Where the losses of an obligor stand.
    pub fn losses(&self, obligor: usize) -> Range<usize> {
        match &self.starts {
            None => obligor..obligor + 1,
            Some(starts) => starts[obligor] as usize..starts[obligor + 1] as usize,
        }
    }

    /// Tape row of the first loan of a loss.
    pub fn row(&self, loss: usize) -> u32 {
        self.rows.as_ref().map_or(loss as u32, |rows| rows[loss])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::ecl::EclTotals;
    use crate::risk::lifetime::Bands;

    #[test]
    fn loans_of_one_profile_are_one_loss_and_loans_in_default_leave() {
        let key = |age| TermKey { curve: 3, pd: f64::NAN, age };
        let survey = Survey {
            ecl: vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0],
            profile: vec![2, 1, 2, 0, 1, 1],
            terms: vec![key(10), key(5), key(20), TermKey::flat(1.0), key(7), key(9)],
            profiles: vec![],
            totals: EclTotals::new(2),
            settings: vec![],
            bands: Bands::default(),
        };
        let obligors = Obligors::new(survey, &[1, 0, 1, 1, 1, 0], Some(&[0, 1, 0, 0, 0, 1]));
        assert_eq!(obligors.terms.len(), 3);
        assert_eq!(obligors.segment, [1, 1, 0]);
        assert_eq!((0..3).map(|i| obligors.losses(i)).collect::<Vec<_>>(), [0..1, 1..3, 3..4]);
        assert_eq!(obligors.profile, [0, 1, 2, 1]);
        assert_eq!(obligors.ecl, [8.0, 16.0, 5.0, 34.0]);
        assert_eq!((0..4).map(|loss| obligors.row(loss)).collect::<Vec<_>>(), [3, 4, 0, 1]);
        // (10 + 4 × 20 + 16 × 7) / 21 = 9.62, and (2 × 5 + 32 × 9) / 34 = 8.76
        assert_eq!(obligors.terms, [TermKey::flat(1.0), key(10), key(9)]);
    }

    #[test]
    fn loans_of_one_obligor_that_do_not_agree_are_apart() {
        let survey = Survey {
            ecl: vec![1.0, 2.0, 4.0, 8.0],
            profile: vec![2, 1, 2, 2],
            terms: vec![TermKey::flat(0.02), TermKey::flat(0.03), TermKey::flat(0.02), TermKey::flat(0.02)],
            profiles: vec![],
            totals: EclTotals::new(2),
            settings: vec![],
            bands: Bands::default(),
        };
        let obligors = Obligors::new(survey, &[0, 0, 1, 0], Some(&[0; 4]));
        assert_eq!((obligors.segment, obligors.ecl), (vec![0, 0, 1], vec![9.0, 2.0, 4.0]));
    }
}
