// The conditional probability of default by the end of each period (M30), as thresholds, for every player of a workgroup.

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

// This lane's share of its player's thresholds; a barrier must follow.
fn cumulate(seat: Seat, block: Block, mixing: i32, index: i32) {
    for (var t = seat.lane; t < block.periods; t += params.lanes) {
        thresholds[first_threshold(seat.player) + t] = threshold(argument(in_period(block, t), mixing, index));
    }
}
