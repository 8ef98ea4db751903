//! Classes of LGD (M45 to M47): laws that differ, numbered, and the table that devices look shares up in.

use crate::engine::{SEVERITY_CELLS, STATE_ROWS, WHOLE, row_means};
use crate::error::{Error, Result};
use crate::model::severity::{BetaFamily, LgdLaw, MeanLgd, cell_means, row_state};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;
use std::collections::HashMap;

/// Bytes of a table at most: 32 MiB.
pub const MOST_BYTES: usize = 32 << 20;

/// Numbers of laws.
#[derive(Debug, Default)]
pub struct Classes {
    laws: Vec<LgdLaw>,
    numbers: HashMap<[i64; 7], u16>,
    /// Laws for which there was no number left.
    beyond: usize,
}

/// What devices look up.
#[derive(Debug)]
pub struct Table {
    /// 1, or [`STATE_ROWS`].
    pub rows: usize,
    /// 1, or [`SEVERITY_CELLS`].
    pub cells: usize,
    /// Shares in Q1.31: class-major, then by row, then by cell.
    pub shares: Vec<u32>,
}

impl Table {
    /// Mean share of each class and row, class-major, 0 to 1.
    pub fn means(&self) -> Vec<f64> {
        row_means(&self.shares, self.cells)
    }
}

impl Classes {
    /// The number of `law`, the same for all that are equal to nine digits.
    pub fn number(&mut self, law: LgdLaw) -> u16 {
        let key = key(law);
        if let Some(&number) = self.numbers.get(&key) {
            return number;
        }
        let Ok(number) = u16::try_from(self.laws.len()) else {
            self.beyond += 1;
            return 0;
        };
        self.laws.push(law);
        self.numbers.insert(key, number);
        number
    }

    /// Rows and cells.
    fn sizes(&self) -> (usize, usize) {
        let moves = |law: &LgdLaw| match law.mean {
            MeanLgd::Whole => false,
            MeanLgd::Argument { .. } => true,
            MeanLgd::Index { slope, security, .. } => {
                slope > 0.0 || security.is_some_and(|security| security.loading > 0.0)
            }
        };
        let rows = if self.laws.iter().any(moves) { STATE_ROWS } else { 1 };
        let cells = if self.laws.iter().any(|law| law.deviation > 0.0) { SEVERITY_CELLS } else { 1 };
        (rows, cells)
    }

    /// Classes that a table of that size may have.
    fn most(&self) -> usize {
        let (rows, cells) = self.sizes();
        (MOST_BYTES / (4 * rows * cells)).min(1 << 16)
    }

    /// Whether a table of them is not too large.
    pub fn fit(&self) -> bool {
        self.fit_in(1)
    }

    /// Whether they fit in one of `parts` equal parts of a table.
    pub fn fit_in(&self, parts: usize) -> bool {
        self.beyond == 0 && self.laws.len().saturating_mul(parts) <= self.most()
    }

    /// How many there are, and what is wanted where that is too many.
    pub fn too_many(&self) -> (String, String) {
        let ((rows, cells), most, n) = (self.sizes(), self.most(), self.laws.len() + self.beyond);
        let found = format!("{n} different LGDs in {rows} states of the economy and {cells} cells of a law");
        let wanted = format!(
            "at most {most} of them, 32 MiB: LGDs by segment in place of loans' own or by period, or either lgd_sd or LGDs that move \
             with the economy, not both"
        );
        (found, wanted)
    }

    /// The table of all laws, by states of the economy where any of them moves, by cells where any is random.
    ///
    /// # Errors
    /// [`Error::Setting`] when it would be larger than [`MOST_BYTES`].
    pub fn table(&self) -> Result<Table> {
        let (rows, cells) = self.sizes();
        if !self.fit() {
            let (found, wanted) = self.too_many();
            return Err(Error::setting("severity", found, wanted));
        }
        let mut families: HashMap<[u64; 2], BetaFamily> = HashMap::new();
        if rows > 1 && cells > 1 {
            for spread in self.laws.iter().map(|law| law.spread()) {
                families.entry(spread.key()).or_insert_with(|| BetaFamily::new(spread));
            }
        }
        let mut shares = vec![0; self.laws.len() * rows * cells];
        shares.par_chunks_mut(cells).enumerate().for_each(|(place, shares)| {
            let law = self.laws[place / rows];
            // A table of one row is that of the economy as always.
            let (mean, deviation) = law.at(if rows > 1 { row_state(place % rows) } else { 0.0 });
            match cells {
                SEVERITY_CELLS => {
                    let family = families.get(&law.spread().key());
                    let means = family.map_or_else(|| cell_means(mean, deviation), |family| family.cells(mean));
                    shares.iter_mut().zip(means).for_each(|(share, mean)| *share = in_words(mean));
                }
                _ => shares.fill(in_words(mean)),
            }
        });
        Ok(Table { rows, cells, shares })
    }
}

fn in_words(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * f64::from(WHOLE) + 0.5) as u32
}

/// A law to nine digits.
fn key(law: LgdLaw) -> [i64; 7] {
    let digits = |value: f64| (value * 1e9 + 0.5).floor() as i64;
    let of_mean = match law.mean {
        MeanLgd::Whole => [0; 6],
        MeanLgd::Argument { step, .. } => {
            // k alone decides.
            [1, 0, digits(step), 0, 0, 0]
        }
        MeanLgd::Index { lgd, slope, security: None } => [2, digits(lgd), digits(slope), 0, 0, 0],
        MeanLgd::Index { lgd, slope, security: Some(security) } => {
            let [cover, floor, loading] = [security.cover, security.floor, security.loading].map(digits);
            [3, digits(lgd), digits(slope), cover, floor, loading]
        }
    };
    let [kind, a, b, c, d, e] = of_mean;
    [kind, a, b, c, d, e, digits(law.deviation)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(lgd: f64, deviation: f64) -> LgdLaw {
        LgdLaw { mean: MeanLgd::Index { lgd, slope: 0.1, security: None }, deviation }
    }

    #[test]
    fn equal_laws_share_a_class_and_a_table_has_what_they_need() {
        let mut classes = Classes::default();
        let numbers = [LgdLaw::WHOLE, linear(0.4, 0.0), linear(0.400_000_000_1, 0.0), linear(0.41, 0.0)];
        assert_eq!(numbers.map(|law| classes.number(law)), [0, 1, 1, 2]);
        let table = classes.table().unwrap();
        assert_eq!((table.rows, table.cells, table.shares.len()), (256, 1, 768));
        assert!(table.shares[..256].iter().all(|&share| share == WHOLE));
        // LGD .4 − .1 Y at Y = −2: row 96.
        assert_eq!(table.shares[256 + 96], in_words(0.6));
        let mut random = Classes::default();
        random.number(LgdLaw { mean: MeanLgd::Index { lgd: 0.45, slope: 0.0, security: None }, deviation: 0.25 });
        let table = random.table().unwrap();
        assert_eq!((table.rows, table.cells), (1, 256));
        assert!((f64::from(table.shares[128]) / f64::from(WHOLE) - 0.438978).abs() < 6e-7);
    }

    #[test]
    fn a_table_that_is_too_large_says_what_would_help() {
        let mut classes = Classes::default();
        (0..129).for_each(|i| _ = classes.number(linear(0.2 + 0.001 * f64::from(i), 0.1)));
        let message = classes.table().unwrap_err().to_string();
        assert!(message.contains("129 different LGDs") && message.contains("at most 128"), "{message}");
        assert!(message.contains("LGDs by segment"), "{message}");
    }
}
