//! The grid of time (M26): periods of one, three or twelve months from the reporting date, the last one of a loan cut
//! off where the loan ends.
//!
//! Period t = 0, 1, … of a loan with R remaining months covers the months (t Δ, min(t Δ + Δ, R)].

pub use crate::portfolio::MOST_MONTHS;

/// The length Δ of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Grid {
    /// One month.
    Monthly,
    /// Three months.
    #[default]
    Quarterly,
    /// Twelve months.
    Yearly,
}

impl Grid {
    /// Every grid, the finest first.
    pub const ALL: [Self; 3] = [Self::Monthly, Self::Quarterly, Self::Yearly];

    /// Δ, months: 1, 3 or 12.
    pub fn months(self) -> u16 {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::Yearly => 12,
        }
    }

    /// Periods in a year: 12, 4 or 1.
    pub fn per_year(self) -> u16 {
        12 / self.months()
    }

    /// Name, as in a model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::Yearly => "yearly",
        }
    }

    /// Periods that `months` months touch: ⌈months / Δ⌉; a part of a period counts as one.
    pub fn periods(self, months: u16) -> u16 {
        months.div_ceil(self.months())
    }

    /// Months (s, e] of period `period` (counted from 0) of a loan with `months` months left; s = e = `months` beyond
    /// its last period.
    pub fn bounds(self, period: u16, months: u16) -> (u16, u16) {
        let start = period.saturating_mul(self.months());
        (start.min(months), start.saturating_add(self.months()).min(months))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_one_months_end_inside_the_eleventh_quarter() {
        assert_eq!(Grid::Quarterly.periods(31), 11);
        assert_eq!(Grid::Quarterly.bounds(9, 31), (27, 30));
        assert_eq!(Grid::Quarterly.bounds(10, 31), (30, 31));
        assert_eq!(Grid::Quarterly.bounds(11, 31), (31, 31));
        // Siblings: 30 months end with the tenth quarter, and 31 with the third year.
        assert_eq!((Grid::Quarterly.periods(30), Grid::Yearly.periods(31), Grid::Monthly.periods(31)), (10, 3, 31));
    }

    #[test]
    fn periods_cover_every_month_once_on_every_grid() {
        for grid in Grid::ALL {
            assert_eq!(grid.months() * grid.per_year(), 12);
            for months in [0, 1, 11, 12, 13, 37, MOST_MONTHS, u16::MAX] {
                let mut reached = 0;
                for period in 0..grid.periods(months) {
                    let (start, end) = grid.bounds(period, months);
                    assert!(start == reached && end > start && end - start <= grid.months(), "{grid:?} {period}");
                    reached = end;
                }
                assert_eq!(reached, months);
            }
        }
    }
}
