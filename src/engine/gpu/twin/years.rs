//! Twin of `shaders/years.wgsl`: atomics become plain words, because the twin plays one thread after the other.

use super::super::interface::{COMPLETED, HEADER_WORDS, Params, STAMP, YEAR_SUMS};
use super::outcome::Outcome;
use super::seat::Seat;

/// Workgroup memory.
pub struct Years {
    year_lo: [u32; YEAR_SUMS as usize],
    year_hi: [u32; YEAR_SUMS as usize],
    sum_defaults: [u32; 256],
}

/// As on a device, nothing is clear before the kernel clears it.
pub const UNCLEARED: Years =
    Years { year_lo: [7; YEAR_SUMS as usize], year_hi: [7; YEAR_SUMS as usize], sum_defaults: [7; 256] };

pub fn first_year(params: &Params, player: u32) -> usize {
    (player * (YEAR_SUMS / params.players)) as usize
}

pub fn clear_years(sums: &mut Years, thread: u32, workgroup_size: u32) {
    for year in (thread..YEAR_SUMS).step_by(workgroup_size as usize) {
        sums.year_lo[year as usize] = 0;
        sums.year_hi[year as usize] = 0;
    }
    sums.sum_defaults[thread as usize] = 0;
}

pub fn book(params: &Params, sums: &mut Years, (player, period): (u32, u32), found: Outcome) {
    let year = first_year(params, player) + (period / params.per_year) as usize;
    let before = sums.year_lo[year];
    sums.year_lo[year] = before.wrapping_add(found.loss_lo);
    sums.year_hi[year] += found.loss_hi + u32::from(sums.year_lo[year] < before);
}

pub fn deliver(results: &mut [u32], at: u32, lo: u32, hi: u32) {
    let before = results[at as usize];
    results[at as usize] = before.wrapping_add(lo);
    results[at as usize + 1] += hi + u32::from(results[at as usize] < before);
}

pub fn deliver_years(params: &Params, results: &mut [u32], sums: &Years, (seat, segment): (Seat, u32)) {
    let losses_at = HEADER_WORDS + params.n_scenarios;
    let years_at = losses_at + 2 * params.n_scenarios * params.n_segments;
    let (mut sum_lo, mut sum_hi) = (0u32, 0);
    for year in (seat.lane..params.n_years).step_by(params.lanes as usize) {
        let lo = sums.year_lo[first_year(params, seat.player) + year as usize];
        let hi = sums.year_hi[first_year(params, seat.player) + year as usize];
        if lo | hi > 0 {
            deliver(results, years_at + 2 * (seat.place * params.n_years + year), lo, hi);
            sum_lo = sum_lo.wrapping_add(lo);
            sum_hi += hi + u32::from(sum_lo < lo);
        }
    }
    if sum_lo | sum_hi > 0 {
        deliver(results, losses_at + 2 * (seat.place * params.n_segments + segment), sum_lo, sum_hi);
    }
}

/// Ends a workgroup, given every thread's seat and defaults.
pub fn settle(params: &Params, results: &mut [u32], (segment, sums): (u32, &mut Years), threads: &[(Seat, u32)]) {
    threads.iter().for_each(|(seat, defaults)| sums.sum_defaults[seat.player as usize] += defaults);
    for &(seat, _) in threads {
        let sum = sums.sum_defaults[seat.player as usize];
        if seat.plays && sum > 0 {
            deliver_years(params, results, sums, (seat, segment));
            if seat.lane == 0 {
                results[(HEADER_WORDS + seat.place) as usize] += sum;
            }
        }
    }
    results[STAMP as usize] = params.stamp;
    results[COMPLETED as usize] = results[COMPLETED as usize].wrapping_add(params.stamp);
}
