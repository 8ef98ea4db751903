//! Twin of `shaders/address.wgsl`.

use super::super::interface::Params;

pub fn counter(params: &Params, purpose: u32, place: u32, [block, index]: [u32; 2]) -> [u32; 4] {
    let scenario_lo = params.scenario_lo.wrapping_add(place);
    let carry = u32::from(scenario_lo < place);
    let scenario_hi = params.scenario_hi.wrapping_add(carry) & 0x00FF_FFFF;
    [index, block, scenario_lo, purpose << 24 | scenario_hi]
}

pub fn table_index(params: &Params, place: u32, row: u32, n_rows: u32) -> u32 {
    let tile = place / params.tile;
    (tile * n_rows + row) * params.tile + (place - tile * params.tile)
}
