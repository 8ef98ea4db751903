// Philox4x32-10 (M13): four random words at an address. Salmon et al., SC'11.

fn philox_round(words: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    let hi0 = mulhi(MULTIPLIER_0, words.x);
    let lo0 = MULTIPLIER_0 * words.x;
    let hi1 = mulhi(MULTIPLIER_1, words.z);
    let lo1 = MULTIPLIER_1 * words.z;
    return vec4<u32>(hi1 ^ words.y ^ key.x, lo1, hi0 ^ words.w ^ key.y, lo0);
}

fn philox4x32_10(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    // Ten calls, not a loop: naga guards every loop with a 64-bit countdown (wgpu issue 7698).
    let weyl = vec2<u32>(INCREMENT_0, INCREMENT_1);
    var words = philox_round(counter, key);
    words = philox_round(words, key + weyl);
    words = philox_round(words, key + weyl * 2u);
    words = philox_round(words, key + weyl * 3u);
    words = philox_round(words, key + weyl * 4u);
    words = philox_round(words, key + weyl * 5u);
    words = philox_round(words, key + weyl * 6u);
    words = philox_round(words, key + weyl * 7u);
    words = philox_round(words, key + weyl * 8u);
    return philox_round(words, key + weyl * 9u);
}
