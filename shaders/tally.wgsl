// Sums of losses (two words with carry) and defaults: by thread, by player, then by scenario and segment.

struct Tally {
    loss_lo: u32,
    loss_hi: u32,
    defaults: u32,
}

var<workgroup> sum_lo: array<atomic<u32>, WORKGROUP_SIZE>;
var<workgroup> sum_hi: array<atomic<u32>, WORKGROUP_SIZE>;
var<workgroup> sum_defaults: array<atomic<u32>, WORKGROUP_SIZE>;

fn add(tally: Tally, loss: u32) -> Tally {
    let lo = tally.loss_lo + loss;
    return Tally(lo, tally.loss_hi + select(0u, 1u, lo < loss), tally.defaults + 1u);
}

// Each player's sums start at nothing; a barrier must follow.
fn clear_sums(thread: u32) {
    atomicStore(&sum_lo[thread], 0u);
    atomicStore(&sum_hi[thread], 0u);
    atomicStore(&sum_defaults[thread], 0u);
}

// Adds to the player's sums. Whoever makes the lower word wrap carries one.
fn pool(player: u32, tally: Tally) {
    let before = atomicAdd(&sum_lo[player], tally.loss_lo);
    let carry = select(0u, 1u, before + tally.loss_lo < before);
    atomicAdd(&sum_hi[player], tally.loss_hi + carry);
    atomicAdd(&sum_defaults[player], tally.defaults);
}

// Adds to the sums of the scenario and segment that go back to the host.
fn deliver(place: u32, segment: u32, tally: Tally) {
    let at = HEADER_WORDS + params.n_scenarios + 2u * (place * params.n_segments + segment);
    let before = atomicAdd(&results[at], tally.loss_lo);
    let carry = select(0u, 1u, before + tally.loss_lo < before);
    if tally.loss_hi + carry > 0u {
        atomicAdd(&results[at + 1u], tally.loss_hi + carry);
    }
    atomicAdd(&results[HEADER_WORDS + place], tally.defaults);
}

// Ends a workgroup: sums its threads up, delivers, and signs the batch's receipt. Called by all threads at once.
fn settle(seat: Seat, segment: u32, tally: Tally) {
    if params.lanes > 1u {
        if tally.defaults > 0u {
            pool(seat.player, tally);
        }
        workgroupBarrier();
        if seat.lane == 0u && seat.plays {
            let defaults = atomicLoad(&sum_defaults[seat.player]);
            if defaults > 0u {
                let lo = atomicLoad(&sum_lo[seat.player]);
                let hi = atomicLoad(&sum_hi[seat.player]);
                deliver(seat.place, segment, Tally(lo, hi, defaults));
            }
        }
    } else if tally.defaults > 0u {
        deliver(seat.place, segment, tally);
    }
    workgroupBarrier();
    if seat.player == 0u && seat.lane == 0u {
        atomicStore(&results[STAMP], params.stamp);
        atomicAdd(&results[COMPLETED], params.stamp);
    }
}
