//! Twin of `shaders/severity.wgsl`.

use super::super::interface::Block;
use super::address::counter;
use super::cumulate::argument_in;
use super::economy::{Economy, index_in};
use super::fixed::round31;
use super::philox::philox4x32_10;
use super::seat::Seat;
use super::tests::Memory;
use crate::math::grid::{FRACTION_BITS, POSITION_LIMIT};
use crate::rng::Purpose;

pub fn cells_at(memory: &Memory<'_>, (seat, block): (Seat, &Block), index: u32) -> [u32; 4] {
    let params = &memory.params;
    if !memory.is_stateful || params.severity_cells <= 1 {
        return [0; 4];
    }
    let address = counter(params, Purpose::Severity as u32, seat.place, [block.number, index]);
    philox4x32_10(address, [params.key_lo, params.key_hi]).map(|word| word >> 24)
}

pub fn row_of(state: i32) -> u32 {
    let inside = state.clamp(-POSITION_LIMIT, POSITION_LIMIT);
    ((inside + (8 << FRACTION_BITS) + (1 << 19)) >> 20).clamp(0, 255) as u32
}

pub fn place_in_class(memory: &Memory<'_>, (block, economy): (&Block, Economy), period: u32, cell: u32) -> u32 {
    let params = &memory.params;
    if !memory.is_stateful || params.severity_rows <= 1 {
        return cell;
    }
    if params.by_argument > 0 {
        return row_of(argument_in(memory, (block, economy), period)) * params.severity_cells + cell;
    }
    row_of(index_in(memory, economy, period)) * params.severity_cells + cell
}

pub fn sever(memory: &Memory<'_>, loss: u32, factor_at: u32, place: u32) -> u32 {
    let params = &memory.params;
    if !memory.is_stateful || params.severity_cells == 0 {
        return loss;
    }
    let pair = memory.tables[(params.first_class + (factor_at >> 1)) as usize];
    let class = pair >> (16 * (factor_at & 1)) & 0xFFFF;
    let severity =
        memory.tables[(params.first_severity + class * params.severity_rows * params.severity_cells + place) as usize];
    round31(loss, severity)
}
