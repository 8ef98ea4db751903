//! Who causes the tail: each segment's share of the expected shortfall (Euler), from kept losses or by replay (L3).

use super::result::ShareAtLevel;
use crate::engine::{Ledger, Replay};
use crate::risk::{Contributions, Part, Tail, tail_weights};
use crate::units::Level;
use std::sync::Mutex;

/// Share of each segment at each level, segment-major, for the finished scenarios of `ledger`.
///
/// Where the ledger kept no segment losses, the tail's scenarios are replayed by `replay`; without it, or when the tail
/// loses nothing, shares are empty.
pub fn tail_shares(
    ledger: &Ledger,
    levels: &[Level],
    n_segments: usize,
    replay: Option<&Replay<'_>>,
) -> Vec<Vec<ShareAtLevel>> {
    let losses = ledger.losses();
    let mut shares = vec![Vec::new(); n_segments];
    for &level in levels {
        let tail = tail_weights(&losses, level);
        let sums = match replay {
            _ if ledger.segment_losses(0).is_some() => kept(ledger, &tail, n_segments),
            Some(replay) => replayed(ledger, &tail, replay),
            None => continue,
        };
        for (segment, share) in sums.shares().unwrap_or_default().into_iter().enumerate() {
            let (value, standard_error) = (share.value, share.standard_error);
            shares[segment].push(ShareAtLevel { level: level.value(), value, standard_error });
        }
    }
    shares
}

fn kept(ledger: &Ledger, tail: &Tail, n_segments: usize) -> Contributions {
    let mut sums = Contributions::new(tail, n_segments);
    for (nth, part) in tail.scenarios() {
        sums.add(part, ledger.segment_losses(nth).unwrap_or_default());
    }
    sums
}

fn replayed(ledger: &Ledger, tail: &Tail, replay: &Replay<'_>) -> Contributions {
    let numbers: Vec<u64> = ledger.scenarios().collect();
    let sums = Mutex::new(Contributions::new(tail, replay.n_segments()));
    for (part, places) in [(Part::Above, &tail.above), (Part::Tied, &tail.tied)] {
        let scenarios: Vec<u64> = places.iter().map(|&nth| numbers[nth]).collect();
        replay.each_scenario(&scenarios, |losses| {
            // A poisoned lock only means that another thread died while adding integers; the sums stay usable.
            let mut sums = sums.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            sums.add(part, losses);
        });
    }
    sums.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
