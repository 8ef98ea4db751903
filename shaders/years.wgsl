// Sums over several periods: losses by player and year (two words with carry) and defaults by player, then by scenario,
// year and segment.

// `YEAR_SUMS / players` of each for a player.
var<workgroup> year_lo: array<atomic<u32>, YEAR_SUMS>;
var<workgroup> year_hi: array<atomic<u32>, YEAR_SUMS>;
var<workgroup> sum_defaults: array<atomic<u32>, WORKGROUP_SIZE>;

// Where the years of a player begin.
fn first_year(player: u32) -> u32 {
    return player * (YEAR_SUMS / params.players);
}

// Each player's sums start at nothing; a barrier must follow.
fn clear_years(thread: u32) {
    for (var year = thread; year < YEAR_SUMS; year += WORKGROUP_SIZE) {
        atomicStore(&year_lo[year], 0u);
        atomicStore(&year_hi[year], 0u);
    }
    atomicStore(&sum_defaults[thread], 0u);
}

// Adds the loss to the year of `period`. Whoever makes the lower word wrap carries one.
fn book(player: u32, period: u32, found: Outcome) {
    let year = first_year(player) + period / params.per_year;
    let before = atomicAdd(&year_lo[year], found.loss_lo);
    let carry = select(0u, 1u, before + found.loss_lo < before);
    if found.loss_hi + carry > 0u {
        atomicAdd(&year_hi[year], found.loss_hi + carry);
    }
}

// Adds to two words that go back to the host.
fn deliver(at: u32, lo: u32, hi: u32) {
    let before = atomicAdd(&results[at], lo);
    let carry = select(0u, 1u, before + lo < before);
    if hi + carry > 0u {
        atomicAdd(&results[at + 1u], hi + carry);
    }
}

// Delivers this lane's share of its player's years, to the year and to the segment.
fn deliver_years(seat: Seat, segment: u32) {
    let losses_at = HEADER_WORDS + params.n_scenarios;
    let years_at = losses_at + 2u * params.n_scenarios * params.n_segments;
    var sum_lo = 0u;
    var sum_hi = 0u;
    for (var year = seat.lane; year < params.n_years; year += params.lanes) {
        let lo = atomicLoad(&year_lo[first_year(seat.player) + year]);
        let hi = atomicLoad(&year_hi[first_year(seat.player) + year]);
        if (lo | hi) > 0u {
            deliver(years_at + 2u * (seat.place * params.n_years + year), lo, hi);
            sum_lo += lo;
            sum_hi += hi + select(0u, 1u, sum_lo < lo);
        }
    }
    if (sum_lo | sum_hi) > 0u {
        deliver(losses_at + 2u * (seat.place * params.n_segments + segment), sum_lo, sum_hi);
    }
}

// Ends a workgroup: sums its threads up, delivers, and signs the batch's receipt. Called by all threads at once.
fn settle(seat: Seat, segment: u32, defaults: u32) {
    if defaults > 0u {
        atomicAdd(&sum_defaults[seat.player], defaults);
    }
    workgroupBarrier();
    let sum = atomicLoad(&sum_defaults[seat.player]);
    if seat.plays && sum > 0u {
        deliver_years(seat, segment);
        if seat.lane == 0u {
            atomicAdd(&results[HEADER_WORDS + seat.place], sum);
        }
    }
    workgroupBarrier();
    if seat.player == 0u && seat.lane == 0u {
        atomicStore(&results[STAMP], params.stamp);
        atomicAdd(&results[COMPLETED], params.stamp);
    }
}
