// Where words, counts and shocks live (L3): the scenario at a place of the batch, and its address.

// The Philox counter of the scenario at `place`; purpose in the upper byte of the last word.
fn counter(purpose: u32, place: u32, block: u32, index: u32) -> vec4<u32> {
    let scenario_lo = params.scenario_lo + place;
    let carry = select(0u, 1u, scenario_lo < place);
    let scenario_hi = (params.scenario_hi + carry) & 0x00FFFFFFu;
    return vec4<u32>(index, block, scenario_lo, (purpose << 24u) | scenario_hi);
}

// Index into a table that the host fills tile by tile: `n_rows` rows of one word per scenario of the tile.
fn table_index(place: u32, row: u32, n_rows: u32) -> u32 {
    let tile = place / params.tile;
    return (tile * n_rows + row) * params.tile + (place - tile * params.tile);
}
