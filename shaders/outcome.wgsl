// When an obligor defaults (M31), and what it loses then (M32).

struct Outcome {
    loss_lo: u32,
    loss_hi: u32,
    // 1, or 0 when all its loans have matured by then.
    defaults: u32,
}

// The period, from 0: how many thresholds but the last do not exceed `value`. They never decrease.
fn period_of(player: u32, periods: u32, value: u32) -> u32 {
    let first = first_threshold(player);
    var low = 0u;
    var high = periods - 1u;
    while low < high {
        let middle = (low + high) / 2u;
        if thresholds[first + middle] <= value {
            low = middle + 1u;
        } else {
            high = middle;
        }
    }
    return low;
}

// What obligor `i` loses in `period`. A block has all first losses, all second ones, and so on; then their profiles, two
// to a word.
fn outcome(block: Block, i: u32, period: u32) -> Outcome {
    var sum = Outcome(0u, 0u, 0u);
    let n = block.obligors * block.slots;
    for (var place = i; place < n; place += block.obligors) {
        let pair = losses[block.first + n + (place >> 1u)];
        let profile = (pair >> (16u * (place & 1u))) & 0xFFFFu;
        let factor = tables[profile * params.periods + period];
        if factor != MATURED {
            let loss = round31(losses[block.first + place], factor);
            let lo = sum.loss_lo + loss;
            sum = Outcome(lo, sum.loss_hi + select(0u, 1u, lo < loss), 1u);
        }
    }
    return sum;
}
