//! The receipt of a batch: two words by which its results tell how much of which batch they are.
//!
//! A driver may call a command buffer complete that never ran (Metal's watchdog: wgpu issue 9545), and buffers are used
//! again, so a bare count could be an earlier batch's. Each batch has a stamp, an odd word of its own. Every workgroup
//! that ends stores the stamp and adds it to the count: the sum is the number of workgroups times the stamp, and because
//! an odd factor can be divided out modulo 2^32, the number is known even when it is too small. Stamps look like chance,
//! so that what is left of an earlier batch, when only the clearing did not run, cannot make up for what is missing of
//! this one: consecutive numbers could (5 · 1 = 1 · 5).

use super::failure::Failure;
use super::interface::{COMPLETED, STAMP};
use std::sync::atomic::{AtomicU32, Ordering};

/// Stamps given out so far in this process, over all devices.
static GIVEN: AtomicU32 = AtomicU32::new(0);

/// A stamp that none of the 2^31 batches before has: odd, so never 0.
pub fn next_stamp() -> u32 {
    stamp(GIVEN.fetch_add(1, Ordering::Relaxed))
}

/// The stamp of the `nth` batch: a one-to-one scramble of 31 bits (multipliers of MurmurHash3's last step), then a 1.
fn stamp(nth: u32) -> u32 {
    const BITS_31: u32 = u32::MAX >> 1;
    let first = nth.wrapping_mul(0x85EB_CA6B) & BITS_31;
    let second = (first ^ (first >> 13)).wrapping_mul(0xC2B2_AE35) & BITS_31;
    (second ^ (second >> 16)) << 1 | 1
}

/// Whether `results` are those of the batch with `stamp`, of which `sent` workgroups, at least 1, were sent.
///
/// # Errors
/// [`Failure::Incomplete`] or [`Failure::OtherBatch`].
pub fn check(results: &[u32], stamp: u32, sent: u32) -> Result<(), Failure> {
    let word = |place: u32| results.get(place as usize).copied().unwrap_or(0);
    let finished = word(COMPLETED).wrapping_mul(inverse(stamp));
    match word(STAMP) {
        // The clearing ran, and not one workgroup.
        0 => Err(Failure::Incomplete { finished: 0, sent }),
        found if found != stamp => Err(Failure::OtherBatch),
        _ if finished != sent => Err(Failure::Incomplete { finished, sent }),
        _ => Ok(()),
    }
}

/// The x with `odd` · x = 1 modulo 2^32, by Newton's iteration: each step doubles the number of right bits, from 3.
fn inverse(odd: u32) -> u32 {
    (0..4).fold(odd, |x, _| x.wrapping_mul(2u32.wrapping_sub(odd.wrapping_mul(x))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_odd_and_differ() {
        let mut stamps: Vec<u32> = (0..345).map(|_| next_stamp()).chain((1 << 20..1 << 21).map(stamp)).collect();
        assert!(stamps.iter().all(|stamp| stamp % 2 == 1));
        let n = stamps.len();
        stamps.sort_unstable();
        stamps.dedup();
        assert_eq!(stamps.len(), n);
    }

    #[test]
    fn an_earlier_count_does_not_make_up_for_a_missing_one() {
        // The first command buffer, with the clearing and `missing` workgroups, never ran; the others did.
        for nth in 0..345 {
            for ago in 1..4 {
                let (earlier, now) = (stamp(nth), stamp(nth + ago));
                for sent in 2..101u32 {
                    for missing in 1..sent {
                        let count = sent.wrapping_mul(earlier).wrapping_add((sent - missing).wrapping_mul(now));
                        assert!(check(&[count, now], now, sent).is_err(), "{nth} {ago} {sent} {missing}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_odd_stamp_can_be_divided_out() {
        for odd in (1..100_003).step_by(2).chain([u32::MAX, 0x9E37_79B9]) {
            assert_eq!(odd.wrapping_mul(inverse(odd)), 1);
        }
    }

    #[test]
    fn only_the_whole_batch_with_its_own_stamp_passes() {
        let results = |finished: u32, stamp: u32| [finished.wrapping_mul(stamp), stamp, 0, 0, 17];
        for (stamp, sent) in [(1, 1), (7, 345), (u32::MAX, 3), (0x9E37_79B9, 1_000_003)] {
            assert_eq!(check(&results(sent, stamp), stamp, sent), Ok(()));
            let less = Failure::Incomplete { finished: sent - 1, sent };
            assert_eq!(check(&results(sent - 1, stamp), stamp, sent), Err(less));
            assert_eq!(check(&results(sent, stamp ^ 2), stamp, sent), Err(Failure::OtherBatch));
            let nothing = Err(Failure::Incomplete { finished: 0, sent });
            assert_eq!(check(&[0; 5], stamp, sent), nothing);
            assert_eq!(check(&[], stamp, sent), nothing);
        }
    }
}
