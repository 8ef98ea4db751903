// Upper half of a product through u64 temporaries (SHADER_INT64). No u64 ever stands in a buffer (wgpu issue 5857).

fn mulhi(a: u32, b: u32) -> u32 {
    return u32((u64(a) * u64(b)) >> 32u);
}
