//! Where term structures come from (M27–M29): settings of `[term_structure]`, and the file they name.

use super::curve_file::read_curves;
use super::migration_file::read_migration;
use crate::error::Result;
use crate::model::term::{Clock, CurvesBy, Regularisation, TermStructures};
use std::path::PathBuf;

/// What `[term_structure]` says.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum TermSource {
    /// The flat hazard of each PD.
    #[default]
    Flat,
    /// Curves from a file.
    Curves {
        /// The file.
        file: PathBuf,
        /// What its probabilities are written in.
        unit: ShareUnit,
        /// What its curves are named after.
        by: CurvesBy,
        /// When their months begin to count.
        clock: Clock,
    },
    /// A matrix of yearly rating transitions.
    Migration {
        /// The file.
        file: PathBuf,
        /// How it is read.
        matrix: MatrixSettings,
    },
}

/// What shares in a file are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShareUnit {
    /// 0.05.
    #[default]
    Fraction,
    /// 5.
    Percent,
}

/// How a matrix of transitions is read and made into a generator.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixSettings {
    /// What its shares are written in.
    pub unit: ShareUnit,
    /// Name of the state of default.
    pub default_state: String,
    /// Name of the column of withdrawn ratings, which may be missing.
    pub withdrawn_state: String,
    /// How its logarithm becomes a generator.
    pub regularisation: Regularisation,
    /// Half a unit of the last digit published, as a fraction, 0 or more.
    pub rounding: f64,
}

impl Default for MatrixSettings {
    fn default() -> Self {
        Self {
            unit: ShareUnit::Fraction,
            default_state: "D".to_owned(),
            withdrawn_state: "NR".to_owned(),
            regularisation: Regularisation::QuasiOptimal,
            rounding: 0.00005,
        }
    }
}

impl ShareUnit {
    /// The number in `text` as a fraction; None unless it is a finite number.
    pub(super) fn parse(self, text: &str) -> Option<f64> {
        let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
        Some(match self {
            Self::Fraction => number,
            Self::Percent => number / 100.0,
        })
    }
}

impl TermSource {
    /// Whether a loan's rating decides its term structure.
    pub fn goes_by_rating(&self) -> bool {
        matches!(self, Self::Curves { by: CurvesBy::Rating, .. } | Self::Migration { .. })
    }
}

/// The term structures that `source` describes, for a tape to be made known to
/// ([`TermStructures::for_tape`](crate::model::term::TermStructures::for_tape)).
///
/// # Errors
/// [`Error::File`](crate::Error::File) when a file cannot be read, [`Error::Model`](crate::Error::Model) when it does not
/// hold what it should; it names the line.
pub fn read_term_structures(source: &TermSource) -> Result<TermStructures> {
    match source {
        TermSource::Flat => Ok(TermStructures::flat()),
        TermSource::Curves { file, unit, by, clock } => {
            TermStructures::curves(read_curves(file, *unit)?, *by, *clock, &file.display().to_string())
        }
        TermSource::Migration { file, matrix } => {
            TermStructures::migration(read_migration(file, matrix)?, &file.display().to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::term::{TermFacts, TermKey};

    #[test]
    fn files_become_term_structures() {
        let folder = tempfile::tempdir().unwrap();
        let (curves, matrix) = (folder.path().join("curves.csv"), folder.path().join("matrix.csv"));
        std::fs::write(&curves, "name,12,24\nA,1,3\nB,5,11\n").unwrap();
        std::fs::write(&matrix, "from,A,B,D\nA,0.9,0.08,0.02\nB,0.1,0.7,0.2\n").unwrap();
        let (by, clock, unit) = (CurvesBy::Rating, Clock::Origination, ShareUnit::Percent);
        let by_curve = TermSource::Curves { file: curves, unit, by, clock };
        let by_matrix = TermSource::Migration { file: matrix, matrix: MatrixSettings::default() };
        let facts = TermFacts { segment: 0, pd: 0.1, rating: 0, age: 0 };
        let ratings = ["B".to_owned()];
        for (source, wanted) in [(by_curve, 0.05), (by_matrix, 0.2), (TermSource::Flat, 0.1)] {
            let terms = read_term_structures(&source).unwrap().for_tape(&ratings, &[]);
            let key = terms.key(&facts).unwrap();
            assert!((terms.cumulative(key, 12) - wanted).abs() < 1e-13, "{source:?}");
            assert_eq!(key.curve == TermKey::FLAT, source == TermSource::Flat);
        }
        let missing = TermSource::Migration { file: folder.path().join("none.csv"), matrix: MatrixSettings::default() };
        assert!(read_term_structures(&missing).unwrap_err().to_string().contains("none.csv: cannot open"));
    }
}
