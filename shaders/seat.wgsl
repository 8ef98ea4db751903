// Who a thread is: `players` scenarios share a workgroup, `lanes` threads work for each.

struct Seat {
    player: u32,
    lane: u32,
    // Scenario within the batch; the last workgroup may have players without one.
    place: u32,
    plays: bool,
}

fn take_seat(group: u32, thread: u32) -> Seat {
    let player = thread / params.lanes;
    let place = group * params.players + player;
    return Seat(player, thread - player * params.lanes, place, place < params.n_scenarios);
}
