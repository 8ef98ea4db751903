// The named kernel over several periods (M10, M31): the word that says whether a loan defaults also says when.
// A workgroup plays one span of blocks for `players` scenarios.

// Defaults so far, and loan `i` if its word is below the threshold of the last period.
fn decide(defaults: u32, seat: Seat, block: Block, economy: Economy, i: u32, word: u32, cell: u32) -> u32 {
    if i < block.obligors && word < thresholds[first_threshold(seat.player) + block.periods - 1u] {
        let period = period_of(seat.player, block.periods, word);
        let found = outcome(block, i, period, place_in_class(block, economy, period, cell));
        book(seat.player, period, found);
        return defaults + found.defaults;
    }
    return defaults;
}

// Decides this lane's share of the loans: loan i by word i mod 4 of Philox block i / 4.
fn play(start: u32, seat: Seat, block: Block, economy: Economy) -> u32 {
    var defaults = start;
    let top = thresholds[first_threshold(seat.player) + block.periods - 1u];
    let key = vec2<u32>(params.key_lo, params.key_hi);
    for (var first = 4u * seat.lane; first < block.obligors; first += 4u * params.lanes) {
        let words = philox4x32_10(counter(PURPOSE_NAME, seat.place, block.number, first / 4u), key);
        var cells = vec4<u32>(0u);
        if any(words < vec4<u32>(top)) {
            cells = cells_at(seat, block, first / 4u);
        }
        defaults = decide(defaults, seat, block, economy, first, words.x, cells.x);
        defaults = decide(defaults, seat, block, economy, first + 1u, words.y, cells.y);
        defaults = decide(defaults, seat, block, economy, first + 2u, words.z, cells.z);
        defaults = decide(defaults, seat, block, economy, first + 3u, words.w, cells.w);
    }
    return defaults;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn timed_named(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let seat = take_seat(group.x, thread);
    let span = spans[params.first_span + group.y];
    var defaults = 0u;
    let economy = economy_of(seat, span.segment);
    clear_years(thread);
    // The same number of turns for every workgroup, as in the granular kernel.
    for (var nth = 0u; nth < params.most_blocks; nth++) {
        let plays = seat.plays && nth < span.n_blocks;
        let block = blocks[span.first_block + min(nth, span.n_blocks - 1u)];
        if plays {
            cumulate(seat, block, economy);
        }
        workgroupBarrier();
        if STATEFUL {
            if plays {
                survive(seat, block);
            }
            workgroupBarrier();
        }
        if plays {
            defaults = play(defaults, seat, block, economy);
        }
        // The next block's thresholds must not meet this block's loans.
        workgroupBarrier();
    }
    settle(seat, span.segment, defaults);
}
