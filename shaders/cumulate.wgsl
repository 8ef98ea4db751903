// The conditional probability of default by the end of each period, as thresholds, for every player of a workgroup: each from
// a line of its own (M30), or along a path (M44).

// `PERIOD_WORDS / players` of them each.
var<workgroup> thresholds: array<u32, PERIOD_WORDS>;

// Where the thresholds of a player begin.
fn first_threshold(player: u32) -> u32 {
    return player * (PERIOD_WORDS / params.players);
}

// The block with its line of period `t`, from 0: the last one stands in the block, those before in `tables`.
fn in_period(block: Block, t: u32) -> Block {
    var line = block;
    if t + 1u < block.periods {
        line.threshold = bitcast<i32>(tables[block.first_line + 2u * t]);
        line.shift = tables[block.first_line + 2u * t + 1u];
    }
    return line;
}

// Phi's argument in period `t`: at the lower end of the grid in a period of a path in which nobody defaults.
fn argument_in(block: Block, economy: Economy, t: u32) -> i32 {
    let line = in_period(block, t);
    if STATEFUL && line.shift == NEVER_SHIFT {
        return -POSITION_LIMIT;
    }
    return argument(line, economy.mixing, index_in(economy, t));
}

// This lane's share of its player's thresholds; along a path, those of default within a period. A barrier must follow.
fn cumulate(seat: Seat, block: Block, economy: Economy) {
    for (var t = seat.lane; t < block.periods; t += params.lanes) {
        thresholds[first_threshold(seat.player) + t] = threshold(argument_in(block, economy, t));
    }
}

// Along a path: what `cumulate` left, from default within a period to default by its end. One lane multiplies the survivals
// of its player, because each product is rounded. A barrier must follow.
fn survive(seat: Seat, block: Block) {
    if params.is_path == 0u || seat.lane > 0u {
        return;
    }
    let first = first_threshold(seat.player);
    var alive = 0xFFFFFFFFu;
    for (var t = 0u; t < block.periods; t++) {
        alive -= mulhi(alive, thresholds[first + t]);
        thresholds[first + t] = 0xFFFFFFFFu - alive;
    }
}
