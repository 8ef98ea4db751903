//! Twin of `shaders/economy.wgsl`.

use super::address::table_index;
use super::seat::Seat;
use super::tests::Memory;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Economy {
    pub mixing: i32,
    pub index: i32,
    pub first_index: u32,
}

pub fn economy_of(memory: &Memory<'_>, seat: Seat, segment: u32) -> Economy {
    if !seat.plays {
        return Economy::default();
    }
    let params = &memory.params;
    let n_rows = 1 + params.n_segments * params.index_rows;
    let first_index = table_index(params, seat.place, 1 + segment * params.index_rows, n_rows);
    let mixing = memory.shocks[table_index(params, seat.place, 0, n_rows) as usize];
    Economy { mixing, index: memory.shocks[first_index as usize], first_index }
}

pub fn index_in(memory: &Memory<'_>, economy: Economy, t: u32) -> i32 {
    if memory.is_stateful && memory.params.index_rows > 1 {
        return memory.shocks[(economy.first_index + t * memory.params.tile) as usize];
    }
    economy.index
}
