//! Whether the losses of a run fit into memory (asked before anything is allocated), and which of them are kept.

use super::ledger::Keep;
use crate::error::{Error, Result};
use std::ops::Range;

/// Bytes per scenario, without losses by segment and year: 12 in the ledger, and copies while it is saved and measured (39 were seen).
const BYTES_PER_SCENARIO: u64 = 40;

/// Losses by segment are kept if they take at most this many bytes; beyond, the tail is replayed.
const KEPT_BYTES: u64 = 256 << 20;

/// What a run over `range` keeps: the losses of its `n_segments` segments where they are not too many.
pub fn what_to_keep(range: &Range<u64>, n_segments: usize) -> Keep {
    let bytes = (range.end - range.start).saturating_mul(8 * n_segments as u64);
    if bytes <= KEPT_BYTES { Keep::Segments(n_segments) } else { Keep::Totals }
}

/// Most bytes that the losses of `range` take, from playing to measuring; by year too where there are `n_years`.
pub fn ledger_bytes(range: &Range<u64>, keep: Keep, n_years: usize) -> u64 {
    let per_segment = match keep {
        Keep::Totals => 0,
        Keep::Segments(n_segments) => 8 * n_segments as u64,
    };
    (range.end - range.start).saturating_mul(BYTES_PER_SCENARIO + per_segment + 16 * n_years as u64)
}

/// Refuses a run whose losses would not fit into the memory that is free; where the system does not say, nothing is refused.
///
/// # Errors
/// [`Error::Setting`] with what is needed, what is there, and how to shard.
pub fn refuse_too_large(range: &Range<u64>, keep: Keep, n_years: usize) -> Result<()> {
    let needed = ledger_bytes(range, keep, n_years);
    match available_bytes() {
        Some(available) if needed > available => {
            let found = format!(
                "{} scenarios, whose losses take {} MiB of memory ({} MiB are free)",
                range.end - range.start,
                needed >> 20,
                available >> 20
            );
            Err(Error::setting(
                "--scenarios",
                found,
                "fewer scenarios, or a machine with more memory; a merged run needs it too",
            ))
        }
        _ => Ok(()),
    }
}

fn available_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_scenarios_fit_and_a_trillion_do_not() {
        assert_eq!(ledger_bytes(&(7..1_000_007), Keep::Segments(3), 0), 64_000_000);
        assert_eq!(ledger_bytes(&(7..1_000_007), Keep::Segments(3), 5), 144_000_000);
        assert_eq!(what_to_keep(&(0..100_000), 335), Keep::Segments(335));
        assert_eq!(what_to_keep(&(0..100_000), 336), Keep::Totals);
        assert!(refuse_too_large(&(0..1_000_000), Keep::Totals, 40).is_ok());
        if available_bytes().is_some() {
            let refused = refuse_too_large(&(0..1 << 40), Keep::Totals, 0).unwrap_err().to_string();
            assert!(refused.contains("fewer scenarios"), "{refused}");
        }
    }
}
