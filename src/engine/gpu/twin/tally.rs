//! Twin of `shaders/tally.wgsl`: atomics become plain words, because the twin plays one thread after the other.

use super::super::interface::{COMPLETED, HEADER_WORDS, Params, STAMP};
use super::seat::Seat;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub loss_lo: u32,
    pub loss_hi: u32,
    pub defaults: u32,
}

/// Workgroup memory, one place per player.
pub type Sums = Vec<Tally>;

pub fn add(tally: Tally, loss: u32) -> Tally {
    let lo = tally.loss_lo.wrapping_add(loss);
    Tally { loss_lo: lo, loss_hi: tally.loss_hi + u32::from(lo < loss), defaults: tally.defaults + 1 }
}

pub fn clear_sums(sums: &mut Sums, thread: u32) {
    sums[thread as usize] = Tally::default();
}

pub fn pool(sums: &mut Sums, player: u32, tally: Tally) {
    let sum = &mut sums[player as usize];
    let before = sum.loss_lo;
    sum.loss_lo = before.wrapping_add(tally.loss_lo);
    sum.loss_hi += tally.loss_hi + u32::from(sum.loss_lo < before);
    sum.defaults += tally.defaults;
}

pub fn deliver(params: &Params, results: &mut [u32], (place, segment): (u32, u32), tally: Tally) {
    let at = (HEADER_WORDS + params.n_scenarios + 2 * (place * params.n_segments + segment)) as usize;
    let before = results[at];
    results[at] = before.wrapping_add(tally.loss_lo);
    results[at + 1] += tally.loss_hi + u32::from(results[at] < before);
    results[(HEADER_WORDS + place) as usize] += tally.defaults;
}

/// Ends a workgroup, given every thread's seat and tally.
pub fn settle(params: &Params, results: &mut [u32], (segment, sums): (u32, &mut Sums), threads: &[(Seat, Tally)]) {
    for (seat, tally) in threads.iter().filter(|(_, tally)| tally.defaults > 0) {
        if params.lanes > 1 {
            pool(sums, seat.player, *tally);
        } else {
            deliver(params, results, (seat.place, segment), *tally);
        }
    }
    for (seat, _) in threads.iter().filter(|(seat, _)| params.lanes > 1 && seat.lane == 0 && seat.plays) {
        deliver(params, results, (seat.place, segment), sums[seat.player as usize]);
    }
    results[STAMP as usize] = params.stamp;
    results[COMPLETED as usize] = results[COMPLETED as usize].wrapping_add(params.stamp);
}
