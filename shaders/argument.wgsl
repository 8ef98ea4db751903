// Phi's argument x = A W - B Y on the grid Q7.24 (M5), with the bits of `Job::counts`.

fn argument(block: Block, mixing: i32, index: i32) -> i32 {
    let level = round_shift(multiply(block.threshold, mixing), block.shift);
    let drift = round_shift(multiply(block.slope, index), FRACTION_BITS);
    return clamp_words(subtract(level, drift), POSITION_LIMIT);
}
