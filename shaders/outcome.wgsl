// When an obligor defaults (M31), and what it loses then (M32, M46).

struct Outcome {
    loss_lo: u32,
    loss_hi: u32,
    // 1, or 0 when all its loans have matured by then.
    defaults: u32,
}

// `low` or `step` more, if so many of the `n` thresholds from `first` on do not exceed `value`.
fn climb(first: u32, n: u32, value: u32, low: u32, step: u32) -> u32 {
    let high = low + step;
    if high <= n && thresholds[first + high - 1u] <= value {
        return high;
    }
    return low;
}

// The period, from 0, below 512: how many thresholds but the last do not exceed `value`. They never decrease.
fn period_of(player: u32, periods: u32, value: u32) -> u32 {
    let first = first_threshold(player);
    let n = periods - 1u;
    // No loop: in a granular block, every one of thousands of hits gets here.
    var low = climb(first, n, value, 0u, 256u);
    low = climb(first, n, value, low, 128u);
    low = climb(first, n, value, low, 64u);
    low = climb(first, n, value, low, 32u);
    low = climb(first, n, value, low, 16u);
    low = climb(first, n, value, low, 8u);
    low = climb(first, n, value, low, 4u);
    low = climb(first, n, value, low, 2u);
    return climb(first, n, value, low, 1u);
}

// What obligor `i` loses in `period`, its severity standing at `severity` in each class. A block has all first losses, all
// second ones, and so on; then their profiles, two to a word.
fn outcome(block: Block, i: u32, period: u32, severity: u32) -> Outcome {
    var sum = Outcome(0u, 0u, 0u);
    let n = block.obligors * block.slots;
    for (var place = i; place < n; place += block.obligors) {
        let pair = losses[block.first + n + (place >> 1u)];
        let profile = (pair >> (16u * (place & 1u))) & 0xFFFFu;
        let factor_at = profile * params.periods + period;
        let factor = tables[factor_at];
        if factor != MATURED {
            let loss = sever(round31(losses[block.first + place], factor), factor_at, severity);
            let lo = sum.loss_lo + loss;
            sum = Outcome(lo, sum.loss_hi + select(0u, 1u, lo < loss), 1u);
        }
    }
    return sum;
}
