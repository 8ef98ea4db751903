// The named kernel (M10): one word per loan; it defaults when the word is below the block's threshold.
// A workgroup plays one span of blocks for `players` scenarios.

fn decide(tally: Tally, block: Block, i: u32, defaulted: bool) -> Tally {
    if defaulted && i < block.obligors {
        return add(tally, losses[block.first + i]);
    }
    return tally;
}

// Decides this lane's share of the loans: loan i by word i mod 4 of Philox block i / 4.
fn play(start: Tally, seat: Seat, block: Block, bound: u32) -> Tally {
    var tally = start;
    let key = vec2<u32>(params.key_lo, params.key_hi);
    for (var first = 4u * seat.lane; first < block.obligors; first += 4u * params.lanes) {
        let words = philox4x32_10(counter(PURPOSE_NAME, seat.place, block.number, first / 4u), key);
        tally = decide(tally, block, first, words.x < bound);
        tally = decide(tally, block, first + 1u, words.y < bound);
        tally = decide(tally, block, first + 2u, words.z < bound);
        tally = decide(tally, block, first + 3u, words.w < bound);
    }
    return tally;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn named(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let seat = take_seat(group.x, thread);
    let span = spans[params.first_span + group.y];
    var tally = Tally(0u, 0u, 0u);
    clear_sums(thread);
    workgroupBarrier();
    if seat.plays {
        let n_rows = 1u + params.n_segments;
        let mixing = shocks[table_index(seat.place, 0u, n_rows)];
        let index = shocks[table_index(seat.place, 1u + span.segment, n_rows)];
        for (var nth = 0u; nth < span.n_blocks; nth++) {
            let block = blocks[span.first_block + nth];
            tally = play(tally, seat, block, threshold(argument(block, mixing, index)));
        }
    }
    settle(seat, span.segment, tally);
}
