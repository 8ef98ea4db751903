// The granular kernel (M7): hits thrown uniformly at the loans of a block; a loan that is hit at least once defaults.
// A workgroup plays one span of blocks for `players` scenarios.

// One bit per loan and player: `BITMAP_WORDS / players` words each.
var<workgroup> hit_before: array<atomic<u32>, BITMAP_WORDS>;

fn clear_bitmap(thread: u32) {
    for (var word = thread; word < BITMAP_WORDS; word += WORKGROUP_SIZE) {
        atomicStore(&hit_before[word], 0u);
    }
}

// A hit at loan `i`: counts when it is the first. atomicOr tells exactly one of several hits that it was.
fn hit(tally: Tally, seat: Seat, block: Block, i: u32) -> Tally {
    let bit = 1u << (i & 31u);
    let word = seat.player * (BITMAP_WORDS / params.players) + (i >> 5u);
    if (atomicOr(&hit_before[word], bit) & bit) == 0u {
        return add(tally, losses[block.first + i]);
    }
    return tally;
}

// Throws this lane's share of `hits`: hit h is word h mod 4 of Philox block h / 4.
fn play(start: Tally, seat: Seat, block: Block, hits: u32) -> Tally {
    var tally = start;
    let key = vec2<u32>(params.key_lo, params.key_hi);
    for (var first = 4u * seat.lane; first < hits; first += 4u * params.lanes) {
        let words = philox4x32_10(counter(PURPOSE_HIT, seat.place, block.number, first / 4u), key);
        tally = hit(tally, seat, block, mulhi(words.x, block.obligors));
        if first + 1u < hits {
            tally = hit(tally, seat, block, mulhi(words.y, block.obligors));
        }
        if first + 2u < hits {
            tally = hit(tally, seat, block, mulhi(words.z, block.obligors));
        }
        if first + 3u < hits {
            tally = hit(tally, seat, block, mulhi(words.w, block.obligors));
        }
    }
    return tally;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn granular(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let seat = take_seat(group.x, thread);
    let span = spans[params.first_span + group.y];
    var tally = Tally(0u, 0u, 0u);
    clear_sums(thread);
    // Every workgroup of a dispatch takes the same number of turns, known from a uniform: a loop with a barrier whose bound
    // comes from storage is refused by FXC, to which DX12 may fall back.
    for (var nth = 0u; nth < params.most_blocks; nth++) {
        let has_block = nth < span.n_blocks;
        if has_block {
            clear_bitmap(thread);
        }
        workgroupBarrier();
        if has_block && seat.plays {
            let at = span.first_block + nth;
            tally = play(tally, seat, blocks[at], counts[table_index(seat.place, at, params.n_counted)]);
        }
        // The next block's clearing must not meet this block's hits.
        workgroupBarrier();
    }
    settle(seat, span.segment, tally);
}
