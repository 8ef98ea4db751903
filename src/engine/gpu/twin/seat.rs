//! Twin of `shaders/seat.wgsl`.

use super::super::interface::Params;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    pub player: u32,
    pub lane: u32,
    pub place: u32,
    pub plays: bool,
}

pub fn take_seat(params: &Params, group: u32, thread: u32) -> Seat {
    let player = thread / params.lanes;
    let place = group * params.players + player;
    Seat { player, lane: thread - player * params.lanes, place, plays: place < params.n_scenarios }
}
