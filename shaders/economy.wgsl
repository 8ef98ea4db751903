// The economy as a player sees it: W, and the index of its segment (M5), which along a path differs from period to period
// (M42).

struct Economy {
    mixing: i32,
    // Of the first period; of all of them where there is no path.
    index: i32,
    // Where that one stands among the shocks; those of the periods after it follow, row by row.
    first_index: u32,
}

// Nothing for who does not play.
fn economy_of(seat: Seat, segment: u32) -> Economy {
    if !seat.plays {
        return Economy(0, 0, 0u);
    }
    let n_rows = 1u + params.n_segments * params.index_rows;
    let first_index = table_index(seat.place, 1u + segment * params.index_rows, n_rows);
    return Economy(shocks[table_index(seat.place, 0u, n_rows)], shocks[first_index], first_index);
}

// The index in period `t`, from 0.
fn index_in(economy: Economy, t: u32) -> i32 {
    if STATEFUL && params.index_rows > 1u {
        return shocks[economy.first_index + t * params.tile];
    }
    return economy.index;
}
