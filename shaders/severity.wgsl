// What a default loses of its base times factor: by class, state of the economy and chance (M45, M46).

// The cells of four defaults, drawn by a Philox block at the place of those that decide them; 0 where there is nothing to draw.
fn cells_at(seat: Seat, block: Block, index: u32) -> vec4<u32> {
    if !STATEFUL || params.severity_cells <= 1u {
        return vec4<u32>(0u);
    }
    let key = vec2<u32>(params.key_lo, params.key_hi);
    let words = philox4x32_10(counter(PURPOSE_SEVERITY, seat.place, block.number, index), key);
    return words >> vec4<u32>(24u);
}

// The row of a state of the economy, Q7.24: row r stands for r / 16 - 8.
fn row_of(state: i32) -> u32 {
    // The grid is wider than the rows, and so narrow that the sum does not wrap.
    let inside = clamp(state, -POSITION_LIMIT, POSITION_LIMIT);
    return u32(clamp((inside + (8i << FRACTION_BITS) + (1i << 19u)) >> 20u, 0, 255));
}

// Place of a default in `period` among the severities of its class.
fn place_in_class(block: Block, economy: Economy, period: u32, cell: u32) -> u32 {
    if !STATEFUL || params.severity_rows <= 1u {
        return cell;
    }
    if params.by_argument > 0u {
        return row_of(argument_in(block, economy, period)) * params.severity_cells + cell;
    }
    return row_of(index_in(economy, period)) * params.severity_cells + cell;
}

// What is lost of `loss` by a default whose factor stands at `factor_at`, and whose class has its severity at `place`.
fn sever(loss: u32, factor_at: u32, place: u32) -> u32 {
    if !STATEFUL || params.severity_cells == 0u {
        return loss;
    }
    let pair = tables[params.first_class + (factor_at >> 1u)];
    let class_of = (pair >> (16u * (factor_at & 1u))) & 0xFFFFu;
    return round31(loss, tables[params.first_severity + class_of * params.severity_rows * params.severity_cells + place]);
}
