//! The scenarios that are still to be played: ranges go out in batches, and come back when a batch fails.

use std::ops::Range;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    ranges: Vec<Range<u64>>,
}

impl Todo {
    /// All of `range`.
    pub fn new(range: Range<u64>) -> Self {
        Self { ranges: if range.is_empty() { vec![] } else { vec![range] } }
    }

    /// Takes the next range: as many scenarios as `choose` wants when it hears how many are left, at least one, but no
    /// more than lie together.
    pub fn take(&mut self, choose: impl FnOnce(u64) -> u32) -> Option<Range<u64>> {
        let left = self.left();
        let range = self.ranges.last_mut()?;
        let end = range.end.min(range.start + u64::from(choose(left)).max(1));
        let taken = range.start..end;
        range.start = end;
        if range.is_empty() {
            self.ranges.pop();
        }
        Some(taken)
    }

    /// Puts a range back; it is the next to be taken.
    pub fn put_back(&mut self, range: Range<u64>) {
        self.ranges.push(range);
    }

    /// Number of scenarios.
    pub fn left(&self) -> u64 {
        self.ranges.iter().map(|range| range.end - range.start).sum()
    }

    /// What is left, next first.
    pub fn ranges(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        self.ranges.iter().rev().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_taken_again_first() {
        let mut todo = Todo::new(3..103);
        assert_eq!(todo.take(|left| left as u32 / 10), Some(3..13));
        assert_eq!(todo.take(|_| 0), Some(13..14), "at least one");
        todo.put_back(3..13);
        assert_eq!(todo.left(), 99);
        assert_eq!(todo.take(|_| 64), Some(3..13), "no more than lie together");
        assert_eq!(todo.ranges().collect::<Vec<_>>(), [14..103]);
        assert_eq!(todo.take(|_| 1_000), Some(14..103));
        assert_eq!(todo.take(|_| 1), None);
        assert_eq!(Todo::new(5..5).take(|_| 1), None);
    }
}
