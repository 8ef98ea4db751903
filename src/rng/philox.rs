//! Philox4x32-10, the bijection that turns an address into four random words (L3, M13).
//!
//! J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11. Only
//! 32-bit integer products are needed, so every device computes the same words (L1).

/// Multipliers of the two word pairs (Salmon et al., section 3.3; Random123 `PHILOX_M4x32_0`, `PHILOX_M4x32_1`).
pub(crate) const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
/// Weyl increments of the key: the golden ratio and √3 − 1 (Random123 `PHILOX_W32_0`, `PHILOX_W32_1`).
pub(crate) const INCREMENTS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
/// Rounds: ten, the recommended number with a margin over the seven that pass BigCrush.
const ROUNDS: u32 = 10;

/// The key of each round.
pub(crate) type RoundKeys = [[u32; 2]; ROUNDS as usize];

/// The keys of all rounds, from the first round's `key`.
pub(crate) const fn round_keys(key: [u32; 2]) -> RoundKeys {
    let mut keys = [key; ROUNDS as usize];
    let mut round = 1;
    while round < ROUNDS as usize {
        let [k0, k1] = keys[round - 1];
        keys[round] = [k0.wrapping_add(INCREMENTS[0]), k1.wrapping_add(INCREMENTS[1])];
        round += 1;
    }
    keys
}

/// The upper 32 bits of the 64-bit product: maps a word `a` to a position 0…b−1 with bias at most b / 2^32 (M9).
#[inline]
pub const fn mulhi(a: u32, b: u32) -> u32 {
    ((a as u64 * b as u64) >> 32) as u32
}

/// Four random words at address `counter` of the stream `key`; any values are valid.
#[inline]
pub const fn philox4x32_10(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut a, mut b, mut c, mut d] = counter;
    let [mut k0, mut k1] = key;
    let mut round = 0;
    while round < ROUNDS {
        let (hi0, lo0) = (mulhi(MULTIPLIERS[0], a), MULTIPLIERS[0].wrapping_mul(a));
        let (hi1, lo1) = (mulhi(MULTIPLIERS[1], c), MULTIPLIERS[1].wrapping_mul(c));
        (a, b, c, d) = (hi1 ^ b ^ k0, lo1, hi0 ^ d ^ k1, lo0);
        (k0, k1) = (k0.wrapping_add(INCREMENTS[0]), k1.wrapping_add(INCREMENTS[1]));
        round += 1;
    }
    [a, b, c, d]
}

/// `N` addresses of one stream at once, word by word: `counter[w][lane]` in, words `[w][lane]` out.
///
/// Lane by lane the same as [`philox4x32_10`]; the rounds run over whole lanes so that the compiler fills SIMD words. 16 or 32
/// lanes are best on plain x86-64 (1.2 ns a word against 1.5 one by one).
#[inline]
pub fn philox4x32_10_lanes<const N: usize>(counter: [[u32; N]; 4], key: [u32; 2]) -> [[u32; N]; 4] {
    let [mut a, mut b, mut c, mut d] = counter;
    let [mut k0, mut k1] = key;
    for _ in 0..ROUNDS {
        for lane in 0..N {
            let product0 = u64::from(MULTIPLIERS[0]) * u64::from(a[lane]);
            let product1 = u64::from(MULTIPLIERS[1]) * u64::from(c[lane]);
            a[lane] = (product1 >> 32) as u32 ^ b[lane] ^ k0;
            b[lane] = product1 as u32;
            c[lane] = (product0 >> 32) as u32 ^ d[lane] ^ k1;
            d[lane] = product0 as u32;
        }
        (k0, k1) = (k0.wrapping_add(INCREMENTS[0]), k1.wrapping_add(INCREMENTS[1]));
    }
    [a, b, c, d]
}

/// A published input of Philox4x32-10 with the words it must give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownAnswer {
    /// Four address words.
    pub counter: [u32; 4],
    /// Two key words.
    pub key: [u32; 2],
    /// The four words that must come out.
    pub words: [u32; 4],
}

/// The three `philox4x32 10` lines of Random123's `tests/kat_vectors` (D. E. Shaw Research).
pub const KNOWN_ANSWERS: [KnownAnswer; 3] = [
    KnownAnswer { counter: [0; 4], key: [0; 2], words: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8] },
    KnownAnswer {
        counter: [u32::MAX; 4],
        key: [u32::MAX; 2],
        words: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd],
    },
    KnownAnswer {
        counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        key: [0xa409_3822, 0x299f_31d0],
        words: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_words_come_out() {
        for known in KNOWN_ANSWERS {
            assert_eq!(philox4x32_10(known.counter, known.key), known.words);
        }
    }

    #[test]
    fn a_changed_bit_of_counter_or_key_changes_every_word() {
        let known = KNOWN_ANSWERS[2];
        for bit in 0..192 {
            let (mut counter, mut key) = (known.counter, known.key);
            let word = bit / 32;
            if word < 4 {
                counter[word] ^= 1 << (bit % 32)
            } else {
                key[word - 4] ^= 1 << (bit % 32)
            }
            let words = philox4x32_10(counter, key);
            assert!(words.iter().zip(known.words).all(|(a, b)| *a != b), "bit {bit}");
        }
    }

    #[test]
    fn lanes_equal_the_scalar_words() {
        lanes_agree::<1>();
        lanes_agree::<7>();
        lanes_agree::<16>();
    }

    fn lanes_agree<const N: usize>() {
        let mut address = [3, 1, 4, 159];
        for round in 0..345u32 {
            let key = [round, round.wrapping_mul(0x9E37_79B9)];
            let addresses: [[u32; 4]; N] = std::array::from_fn(|_| {
                address = philox4x32_10(address, key);
                address
            });
            let counter = [0, 1, 2, 3].map(|word| addresses.map(|address| address[word]));
            let words = philox4x32_10_lanes(counter, key);
            for (lane, address) in addresses.into_iter().enumerate() {
                let scalar = philox4x32_10(address, key);
                assert_eq!(words.map(|word| word[lane]), scalar, "{N} lanes, lane {lane}");
            }
        }
    }

    #[test]
    fn mulhi_is_the_upper_half_of_the_product() {
        assert_eq!(mulhi(u32::MAX, u32::MAX), u32::MAX - 1);
        assert_eq!(mulhi(u32::MAX, 345), 344);
        assert_eq!(mulhi(1 << 31, 345), 172);
        assert_eq!(mulhi(0, 345), 0);
    }
}
