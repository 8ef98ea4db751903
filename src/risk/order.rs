//! A sample in ascending order: the one arrangement from which every measure is computed. Because sums are integers or
//! run over this order, no measure depends on the order in which scenarios were played (L4).

/// Values (losses in units, or defaults) sorted ascending; never changed afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    values: Vec<u64>,
}

impl Ordered {
    /// Sorts `values`, one per scenario, any length.
    pub fn sort(values: impl IntoIterator<Item = u64>) -> Self {
        let mut values: Vec<u64> = values.into_iter().collect();
        values.sort_unstable();
        Self { values }
    }

    /// The values, ascending.
    pub fn values(&self) -> &[u64] {
        &self.values
    }

    /// How many scenarios.
    pub fn count(&self) -> u64 {
        self.values.len() as u64
    }

    /// The order statistic x_(rank), ranks counted from 1; None for rank 0 and beyond the last.
    pub fn at_rank(&self, rank: u64) -> Option<u64> {
        let index = usize::try_from(rank.checked_sub(1)?).ok()?;
        self.values.get(index).copied()
    }

    /// The values of the ranks after `rank`, ascending: the tail that an expected shortfall averages.
    pub fn beyond(&self, rank: u64) -> &[u64] {
        let start = usize::try_from(rank).unwrap_or(usize::MAX).min(self.values.len());
        self.values.get(start..).unwrap_or_default()
    }

    /// The exact sum; 2^64 values of 2^64 fit.
    pub fn sum(&self) -> u128 {
        self.values.iter().copied().map(u128::from).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_count_from_one_and_end_at_the_last() {
        let ordered = Ordered::sort([5, 1, 9]);
        assert_eq!([0, 1, 3, 4, u64::MAX].map(|rank| ordered.at_rank(rank)), [None, Some(1), Some(9), None, None]);
        assert_eq!(ordered.beyond(1), [5, 9]);
        assert_eq!(ordered.beyond(3), [0; 0]);
        assert_eq!(ordered.beyond(u64::MAX), [0; 0]);
        assert_eq!(Ordered::sort([]).at_rank(1), None);
    }

    #[test]
    fn sums_do_not_overflow() {
        assert_eq!(Ordered::sort([u64::MAX; 3]).sum(), 3 * u128::from(u64::MAX));
    }
}
