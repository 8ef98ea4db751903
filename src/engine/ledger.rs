//! The ledger: losses of the scenarios played so far, from any device, thread or machine, in any order (L4, M24).
//!
//! Ledgers of one run form a monoid under [`Ledger::merge`]; [`Ledger::gaps`] says what is missing.

use super::device::Part;
use super::digest::{Digest, Hasher};
use super::stream::STREAM_VERSION;
use crate::error::{Error, Result};
use crate::units::Unit;
use std::ops::Range;

/// Loss and defaults per scenario over a range of scenario numbers, with holes where nothing was played yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    range: Range<u64>,
    losses: Vec<u64>,
    defaults: Vec<u32>,
    segments: Option<SegmentLosses>,
    years: YearLosses,
    done: Vec<Range<u64>>,
}

/// Loss by scenario and segment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SegmentLosses {
    n_segments: usize,
    losses: Vec<u64>,
}

/// Loss by scenario and year of the default; no years in a plan of one period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct YearLosses {
    n_years: usize,
    losses: Vec<u64>,
}

/// Whether a ledger keeps the losses of segments beside the totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Loss and defaults of each scenario.
    Totals,
    /// Also the loss of each of that many segments.
    Segments(usize),
}

impl Ledger {
    /// An empty ledger for the scenarios of `range`.
    pub fn new(range: Range<u64>, keep: Keep) -> Self {
        let n = range.end.saturating_sub(range.start) as usize;
        let segments = match keep {
            Keep::Totals => None,
            Keep::Segments(n_segments) => Some(SegmentLosses { n_segments, losses: vec![0; n * n_segments] }),
        };
        let years = YearLosses::default();
        Self { range, losses: vec![0; n], defaults: vec![0; n], segments, years, done: Vec::new() }
    }

    /// The ledger of a plan of several periods, which always keeps the losses of its `n_years` years: they are in its digest.
    pub fn with_years(self, n_years: usize) -> Self {
        let losses = vec![0; self.losses.len() * n_years];
        Self { years: YearLosses { n_years, losses }, ..self }
    }

    /// Years whose losses it keeps; 0 in a plan of one period.
    pub fn n_years(&self) -> usize {
        self.years.n_years
    }

    /// Scenario numbers that this ledger has room for.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// What it keeps.
    pub fn keep(&self) -> Keep {
        self.segments.as_ref().map_or(Keep::Totals, |segments| Keep::Segments(segments.n_segments))
    }

    /// Ranges that have been played: in order, neither overlapping nor touching.
    pub fn done(&self) -> &[Range<u64>] {
        &self.done
    }

    /// Number of scenarios that have been played.
    pub fn n_done(&self) -> u64 {
        self.done.iter().map(|range| range.end - range.start).sum()
    }

    /// Ranges that are missing, in order.
    pub fn gaps(&self) -> Vec<Range<u64>> {
        let mut gaps = Vec::new();
        let mut next = self.range.start;
        for range in &self.done {
            if range.start > next {
                gaps.push(next..range.start);
            }
            next = range.end;
        }
        if next < self.range.end {
            gaps.push(next..self.range.end);
        }
        gaps
    }

    /// Adds a finished range.
    ///
    /// # Errors
    /// [`Error::Internal`] when the part leaves the ledger's range, has the wrong size, or overlaps what is there.
    pub fn record(&mut self, part: &Part) -> Result<()> {
        let Range { start, end } = part.scenarios;
        let n = end.saturating_sub(start) as usize;
        let n_segments = self.segments.as_ref().map_or(0, |segments| segments.n_segments);
        let fits =
            start >= self.range.start && end <= self.range.end && part.losses.len() == n && part.defaults.len() == n;
        let n_years = self.years.n_years;
        let fits = fits && part.year_losses.len() == n * n_years;
        if !fits || n_segments > 0 && part.segment_losses.len() != n * n_segments {
            return Err(Error::Internal(format!("a device returned scenarios {start}..{end} in the wrong shape")));
        }
        self.mark(start..end)
            .map_err(|()| Error::Internal(format!("a device returned scenarios {start}..{end} twice")))?;
        let place = (start - self.range.start) as usize;
        self.losses[place..place + n].copy_from_slice(&part.losses);
        self.defaults[place..place + n].copy_from_slice(&part.defaults);
        self.years.losses[place * n_years..][..n * n_years].copy_from_slice(&part.year_losses);
        if let Some(segments) = &mut self.segments {
            segments.losses[place * n_segments..][..n * n_segments].copy_from_slice(&part.segment_losses);
        }
        Ok(())
    }

    /// Both ledgers together, over the smallest range that holds both; segment losses are kept if both have them.
    ///
    /// # Errors
    /// The first scenario range that both have played.
    pub fn merge(&self, other: &Self) -> std::result::Result<Self, Range<u64>> {
        let range = self.range.start.min(other.range.start)..self.range.end.max(other.range.end);
        let keep = if self.keep() == other.keep() { self.keep() } else { Keep::Totals };
        let mut merged = Self::new(range, keep).with_years(self.years.n_years);
        for ledger in [self, other] {
            for part in ledger.parts() {
                let overlap =
                    merged.done.iter().find(|done| done.start < part.scenarios.end && part.scenarios.start < done.end);
                if let Some(done) = overlap {
                    return Err(done.start.max(part.scenarios.start)..done.end.min(part.scenarios.end));
                }
                merged.record(&part).map_err(|_| part.scenarios.clone())?;
            }
        }
        Ok(merged)
    }

    /// The finished ranges with their outcomes, in order.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        self.done.iter().map(|done| {
            let places = self.places(done);
            let segment_losses = self.segments.as_ref().map_or_else(Vec::new, |segments| {
                segments.losses[places.start * segments.n_segments..places.end * segments.n_segments].to_vec()
            });
            let n_years = self.years.n_years;
            Part {
                scenarios: done.clone(),
                losses: self.losses[places.clone()].to_vec(),
                year_losses: self.years.losses[places.start * n_years..places.end * n_years].to_vec(),
                defaults: self.defaults[places].to_vec(),
                segment_losses,
            }
        })
    }

    /// Losses in units of the finished scenarios, in scenario order.
    pub fn losses(&self) -> Vec<u64> {
        self.done.iter().flat_map(|done| &self.losses[self.places(done)]).copied().collect()
    }

    /// Defaults of the finished scenarios, in scenario order.
    pub fn defaults(&self) -> Vec<u32> {
        self.done.iter().flat_map(|done| &self.defaults[self.places(done)]).copied().collect()
    }

    /// Losses of all years in each finished scenario, in scenario order; none in a plan of one period.
    pub fn year_losses(&self) -> impl Iterator<Item = &[u64]> + '_ {
        let n_years = self.years.n_years;
        let of = move |done: &Range<u64>| {
            let places = self.places(done);
            self.years.losses[places.start * n_years..places.end * n_years].chunks_exact(n_years.max(1))
        };
        self.done.iter().flat_map(of)
    }

    /// Numbers of the finished scenarios, in order.
    pub fn scenarios(&self) -> impl Iterator<Item = u64> + '_ {
        self.done.iter().cloned().flatten()
    }

    /// Losses of every segment in the `nth` finished scenario; None when they were not kept or there is no such one.
    pub fn segment_losses(&self, nth: usize) -> Option<&[u64]> {
        let segments = self.segments.as_ref()?;
        let mut left = nth;
        for done in &self.done {
            let places = self.places(done);
            if left < places.len() {
                return segments.losses.get((places.start + left) * segments.n_segments..)?.get(..segments.n_segments);
            }
            left -= places.len();
        }
        None
    }

    /// SHA-256 over stream version, unit and, per finished scenario in order, loss, defaults and the losses of its years where
    /// there are any, little-endian (M16).
    pub fn losses_digest(&self, unit: Unit) -> Digest {
        let mut hash = Hasher::new("");
        hash.u32s(&[STREAM_VERSION]).f64(unit.value());
        let mut buffer = Vec::with_capacity(12 * 4096);
        for done in &self.done {
            let places = self.places(done);
            for first in places.clone().step_by(4096) {
                buffer.clear();
                for place in first..places.end.min(first + 4096) {
                    buffer.extend_from_slice(&self.losses[place].to_le_bytes());
                    buffer.extend_from_slice(&self.defaults[place].to_le_bytes());
                    let years = &self.years.losses[place * self.years.n_years..][..self.years.n_years];
                    years.iter().for_each(|loss| buffer.extend_from_slice(&loss.to_le_bytes()));
                }
                hash.bytes(&buffer);
            }
        }
        hash.finish()
    }

    fn places(&self, done: &Range<u64>) -> Range<usize> {
        (done.start - self.range.start) as usize..(done.end - self.range.start) as usize
    }

    /// Adds `new` to the finished ranges; an error if it overlaps one.
    fn mark(&mut self, new: Range<u64>) -> std::result::Result<(), ()> {
        if new.is_empty() {
            return Ok(());
        }
        let at = self.done.partition_point(|range| range.start < new.start);
        let before = at.checked_sub(1).map(|index| self.done[index].end);
        let after = self.done.get(at).map(|range| range.start);
        if before.is_some_and(|end| end > new.start) || after.is_some_and(|start| start < new.end) {
            return Err(());
        }
        match (before == Some(new.start), after == Some(new.end)) {
            (true, true) => {
                self.done[at - 1].end = self.done[at].end;
                self.done.remove(at);
            }
            (true, false) => self.done[at - 1].end = new.end,
            (false, true) => self.done[at].start = new.start,
            (false, false) => self.done.insert(at, new),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(scenarios: Range<u64>) -> Part {
        let losses: Vec<u64> = scenarios.clone().map(|s| s * 7).collect();
        let segment_losses = losses.iter().flat_map(|&loss| [loss, 0]).collect();
        let defaults = scenarios.clone().map(|s| s as u32).collect();
        Part { defaults, scenarios, losses, segment_losses, year_losses: vec![] }
    }

    fn ledger(ranges: &[Range<u64>]) -> Ledger {
        let mut ledger = Ledger::new(3..20, Keep::Segments(2));
        ranges.iter().for_each(|range| ledger.record(&part(range.clone())).unwrap());
        ledger
    }

    #[test]
    fn order_of_arrival_does_not_matter() {
        let one = ledger(&[3..7, 7..11, 15..20, 11..15]);
        let other = ledger(&[15..20, 3..7, 11..15, 7..11]);
        assert_eq!(one, other);
        assert_eq!(one.gaps(), vec![]);
        assert_eq!(one.done(), &[3..20]);
        assert_eq!(one.segment_losses(16), Some(&[133, 0][..]));
        assert_eq!(one.segment_losses(17), None);
    }

    #[test]
    fn gaps_and_overlaps_are_seen() {
        let mut some = ledger(&[5..7, 9..10]);
        assert_eq!(some.gaps(), vec![3..5, 7..9, 10..20]);
        assert!(some.record(&part(6..8)).is_err());
        assert!(some.record(&part(4..6)).is_err());
        assert!(some.record(&part(0..3)).is_err());
        assert_eq!(some.n_done(), 3);
        assert_eq!(some.segment_losses(2), Some(&[63, 0][..]));
    }

    #[test]
    fn merging_is_commutative_and_refuses_overlaps() {
        let (a, b) = (ledger(&[3..7, 11..20]), ledger(&[7..11]));
        assert_eq!(a.merge(&b).unwrap(), b.merge(&a).unwrap());
        assert_eq!(a.merge(&b).unwrap(), ledger(&[3..20]));
        assert_eq!(a.merge(&ledger(&[6..8])), Err(6..7));
        let unit = Unit::CENT;
        assert_eq!(a.merge(&b).unwrap().losses_digest(unit), ledger(&[3..20]).losses_digest(unit));
        assert_ne!(a.losses_digest(unit), ledger(&[3..20]).losses_digest(unit));
    }
}
