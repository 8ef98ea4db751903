// The granular kernel over several periods (M7, M31): the first hit at a loan draws the period, so it matters which one is
// the first. Hits come in rounds, one after the other; several hits at a loan in one round contest it, and the lowest wins.
// A workgroup plays one span of blocks for `players` scenarios.

// In place of the position of a hit at a loan that was hit in an earlier round, or of no hit.
const SPENT: u32 = 0xFFFFu;

// One bit per loan and player: `BITMAP_WORDS / players` words each.
var<workgroup> hit_before: array<atomic<u32>, BITMAP_WORDS>;
// Whether it was hit again in the round of its first hit.
var<workgroup> hit_again: array<atomic<u32>, BITMAP_WORDS>;
// Positions of a round's hits, two to a word: `ROUND_HITS / players` for each player.
var<workgroup> struck: array<u32, STRUCK_WORDS>;
// The lowest hit at a contested loan, below the loan's number. Where several loans share a place, one of them has it.
var<workgroup> lowest: array<atomic<u32>, CONTEST_WORDS>;
// Loans of each player's block that were hit.
var<workgroup> reached: array<atomic<u32>, WORKGROUP_SIZE>;

fn clear_bitmaps(thread: u32) {
    atomicStore(&reached[thread], 0u);
    for (var word = thread; word < BITMAP_WORDS; word += WORKGROUP_SIZE) {
        atomicStore(&hit_before[word], 0u);
        atomicStore(&hit_again[word], 0u);
    }
}

// Word of both bitmaps that has the bit of loan `i`.
fn bitmap_word(player: u32, i: u32) -> u32 {
    return player * (BITMAP_WORDS / params.players) + (i >> 5u);
}

// The loan that a hit of this word strikes, if it is a hit, or `SPENT`.
fn position(player: u32, block: Block, word: u32, is_hit: bool) -> u32 {
    let i = mulhi(word, block.obligors);
    let before = atomicLoad(&hit_before[bitmap_word(player, i)]);
    return select(SPENT, i, is_hit && (before & (1u << (i & 31u))) == 0u);
}

// The position of a hit of this round.
fn struck_at(player: u32, hit: u32) -> u32 {
    let at = player * (ROUND_HITS / params.players) + hit;
    return (struck[at >> 1u] >> (16u * (at & 1u))) & 0xFFFFu;
}

fn clear_contest(thread: u32) {
    for (var word = thread; word < CONTEST_WORDS; word += WORKGROUP_SIZE) {
        atomicStore(&lowest[word], 0xFFFFFFFFu);
    }
}

// Throws this lane's share of the `n` hits of the round that begins with hit `first`: hit h is word h mod 4 of Philox
// block h / 4. A barrier must follow.
fn strike(seat: Seat, block: Block, first: u32, n: u32) {
    let key = vec2<u32>(params.key_lo, params.key_hi);
    for (var hit = 4u * seat.lane; hit < n; hit += 4u * params.lanes) {
        let words = philox4x32_10(counter(PURPOSE_HIT, seat.place, block.number, (first + hit) / 4u), key);
        let x = position(seat.player, block, words.x, true);
        let y = position(seat.player, block, words.y, hit + 1u < n);
        let z = position(seat.player, block, words.z, hit + 2u < n);
        let w = position(seat.player, block, words.w, hit + 3u < n);
        let at = (seat.player * (ROUND_HITS / params.players) + hit) >> 1u;
        struck[at] = x | (y << 16u);
        struck[at + 1u] = z | (w << 16u);
    }
}

// Hits of the round that begins with hit `first`, of `hits`; none once every loan was hit.
fn n_hits(player: u32, block: Block, first: u32, hits: u32) -> u32 {
    let n = min(hits - min(hits, first), ROUND_HITS / params.players);
    return select(0u, n, atomicLoad(&reached[player]) < block.obligors);
}

// Marks the loan that a hit of this round strikes; 1 if nobody else has, else 0.
fn mark(player: u32, hit: u32) -> u32 {
    let i = struck_at(player, hit);
    if i == SPENT {
        return 0u;
    }
    let bit = 1u << (i & 31u);
    let word = bitmap_word(player, i);
    if (atomicOr(&hit_before[word], bit) & bit) != 0u {
        atomicOr(&hit_again[word], bit);
        return 0u;
    }
    return 1u;
}

// Marks what this lane's share of the `n` hits strikes. A barrier must follow.
fn mark_all(seat: Seat, n: u32) {
    var sum = 0u;
    for (var hit = 4u * seat.lane; hit < n; hit += 4u * params.lanes) {
        sum += mark(seat.player, hit);
        sum += mark(seat.player, hit + 1u);
        sum += mark(seat.player, hit + 2u);
        sum += mark(seat.player, hit + 3u);
    }
    if sum > 0u {
        atomicAdd(&reached[seat.player], sum);
    }
}

// Whether several hits of this round strike loan `i`.
fn is_contested(player: u32, i: u32) -> bool {
    return i != SPENT && (atomicLoad(&hit_again[bitmap_word(player, i)]) & (1u << (i & 31u))) != 0u;
}

// Enters a hit of this round if it contests a loan.
fn contest(player: u32, hit: u32) {
    let i = struck_at(player, hit);
    if is_contested(player, i) {
        let number = i * params.players + player;
        atomicMin(&lowest[number % CONTEST_WORDS], (number << 16u) | hit);
    }
}

// Enters this lane's share of the `n` hits. A barrier must follow.
fn contest_all(seat: Seat, n: u32) {
    for (var hit = 4u * seat.lane; hit < n; hit += 4u * params.lanes) {
        contest(seat.player, hit);
        contest(seat.player, hit + 1u);
        contest(seat.player, hit + 2u);
        contest(seat.player, hit + 3u);
    }
}

// Whether a hit of this round is the first at loan `i`.
fn is_first(player: u32, hit: u32, i: u32) -> bool {
    if !is_contested(player, i) {
        return i != SPENT;
    }
    let number = i * params.players + player;
    let found = atomicLoad(&lowest[number % CONTEST_WORDS]);
    if (found >> 16u) == number {
        return (found & 0xFFFFu) == hit;
    }
    // Another loan has the place, which is rare: look for an earlier hit.
    for (var earlier = 0u; earlier < hit; earlier++) {
        if struck_at(player, earlier) == i {
            return false;
        }
    }
    return true;
}

// Defaults so far, and the loan of this hit if it is the first there; `word` draws the period.
fn resolve(defaults: u32, seat: Seat, block: Block, economy: Economy, hit: u32, word: u32, cell: u32) -> u32 {
    let i = struck_at(seat.player, hit);
    if is_first(seat.player, hit, i) {
        let value = mulhi(word, thresholds[first_threshold(seat.player) + block.periods - 1u]);
        let period = period_of(seat.player, block.periods, value);
        let found = outcome(block, i, period, place_in_class(block, economy, period, cell));
        book(seat.player, period, found);
        return defaults + found.defaults;
    }
    return defaults;
}

// Resolves this lane's share of the hits that `strike` threw. A barrier must follow.
fn play(start: u32, seat: Seat, block: Block, economy: Economy, first: u32, n: u32) -> u32 {
    var defaults = start;
    let key = vec2<u32>(params.key_lo, params.key_hi);
    for (var hit = 4u * seat.lane; hit < n; hit += 4u * params.lanes) {
        let words = philox4x32_10(counter(PURPOSE_OUTCOME, seat.place, block.number, (first + hit) / 4u), key);
        let cells = cells_at(seat, block, (first + hit) / 4u);
        defaults = resolve(defaults, seat, block, economy, hit, words.x, cells.x);
        defaults = resolve(defaults, seat, block, economy, hit + 1u, words.y, cells.y);
        defaults = resolve(defaults, seat, block, economy, hit + 2u, words.z, cells.z);
        defaults = resolve(defaults, seat, block, economy, hit + 3u, words.w, cells.w);
    }
    return defaults;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn timed_granular(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let seat = take_seat(group.x, thread);
    let span = spans[params.first_span + group.y];
    var defaults = 0u;
    let economy = economy_of(seat, span.segment);
    clear_years(thread);
    // The same number of turns and rounds for every workgroup, known from a uniform: see `granular.wgsl`.
    for (var nth = 0u; nth < params.most_blocks; nth++) {
        let plays = seat.plays && nth < span.n_blocks;
        let at = span.first_block + min(nth, span.n_blocks - 1u);
        let block = blocks[at];
        var hits = 0u;
        if plays {
            hits = counts[table_index(seat.place, at, params.n_counted)];
            cumulate(seat, block, economy);
        }
        clear_bitmaps(thread);
        workgroupBarrier();
        if STATEFUL {
            if plays {
                survive(seat, block);
            }
            workgroupBarrier();
        }
        for (var turn = 0u; turn < params.most_rounds; turn++) {
            let first = turn * (ROUND_HITS / params.players);
            let n = n_hits(seat.player, block, first, hits);
            clear_contest(thread);
            strike(seat, block, first, n);
            workgroupBarrier();
            mark_all(seat, n);
            workgroupBarrier();
            contest_all(seat, n);
            workgroupBarrier();
            defaults = play(defaults, seat, block, economy, first, n);
            // The next round's hits must not meet this one's.
            workgroupBarrier();
        }
    }
    settle(seat, span.segment, defaults);
}
