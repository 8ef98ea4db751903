// Phi(x) as a 32-bit threshold from the host's table of knots (M10).

fn threshold(position: i32) -> u32 {
    let offset = bitcast<u32>(clamp(position, -POSITION_LIMIT, POSITION_LIMIT) + POSITION_LIMIT);
    let index = offset >> PIECE_BITS;
    let fraction = (offset & ((1u << PIECE_BITS) - 1u)) << (32u - PIECE_BITS);
    let left = knots[index];
    return left + mulhi(knots[index + 1u] - left, fraction);
}
