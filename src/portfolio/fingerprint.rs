//! A 64-bit fingerprint of text, quick enough for every cell of a tape.
//!
//! The mixing is that of wyhash (Wang Yi 2019, final version 4): words of the text, exclusive-ored with odd constants of even
//! bit density, are multiplied to 128 bits and folded. It is not meant to withstand somebody who looks for collisions: loans
//! with one identity are counted by it, for a note; hash maps that it serves compare their keys too, and what makes loans one
//! obligor is SHA-256.

use std::hash::{BuildHasher, Hasher};

const SECRET: [u64; 2] = [0xA0761D6478BD642F, 0xE7037ED1A0B428DB];

/// The fingerprint of `bytes`.
#[inline]
pub(super) fn fingerprint(bytes: &[u8]) -> u64 {
    let mut seed = SECRET[0].wrapping_mul(SECRET[1]);
    let mut rest = bytes;
    while let Some((block, later)) = rest.split_first_chunk::<16>() {
        if later.is_empty() {
            break;
        }
        seed = fold(word(&block[..8]) ^ SECRET[1], word(&block[8..]) ^ seed);
        rest = later;
    }
    let (low, high) = match rest.len() {
        0..=8 => (word(rest), 0),
        n => (word(&rest[..8]), word(&rest[n - 8..])),
    };
    let (low, high) = spread(low ^ SECRET[1], high ^ seed);
    fold(low ^ SECRET[0] ^ bytes.len() as u64, high ^ SECRET[1])
}

/// Up to eight bytes as a number that differs for different texts of one length.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
    }
    match *bytes {
        [a, b, c] => u64::from(a) | u64::from(b) << 8 | u64::from(c) << 16,
        [a, b] => u64::from(a) | u64::from(b) << 8,
        [a] => u64::from(a),
        _ => 0,
    }
}

fn spread(a: u64, b: u64) -> (u64, u64) {
    let product = u128::from(a) * u128::from(b);
    (product as u64, (product >> 64) as u64)
}

fn fold(a: u64, b: u64) -> u64 {
    let (low, high) = spread(a, b);
    low ^ high
}

/// Makes hash maps of names quick.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fingerprints;

/// The state of a hash map's key: text or numbers.
#[derive(Debug)]
pub(super) struct Key(u64);

impl BuildHasher for Fingerprints {
    type Hasher = Key;

    fn build_hasher(&self) -> Key {
        Key(0)
    }
}

impl Hasher for Key {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = self.0.rotate_left(29) ^ fingerprint(bytes);
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = fold(self.0.rotate_left(29) ^ number ^ SECRET[0], SECRET[1]);
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number as u64);
    }

    /// The mark after a text: it says nothing where a key is one text.
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn identities_that_count_up_have_different_fingerprints() {
        // Among 600,000 random ones two agree with probability 1e-8.
        let mut seen = HashSet::new();
        for i in 0..200_003_u32 {
            for text in [i.to_string(), format!("{i:08}"), format!("LOAN-2024-00{i}-{}", i % 7)] {
                seen.insert(fingerprint(text.as_bytes()));
            }
        }
        assert_eq!(seen.len(), 600_009);
        // Their low bits serve as places in a table: 2^16 of them leave e^-1 of 2^16 places empty (standard deviation 88).
        let places: HashSet<u16> = (0..1_u32 << 16).map(|i| fingerprint(i.to_string().as_bytes()) as u16).collect();
        assert!((40_987..41_867).contains(&places.len()), "{} places: five deviations off", places.len());
    }

    #[test]
    fn every_byte_and_the_length_count() {
        let long: Vec<u8> = (0..83).collect();
        let mut seen = HashSet::new();
        for n in 0..long.len() {
            assert!(seen.insert(fingerprint(&long[..n])), "{n}");
            for place in 0..n {
                let mut other = long[..n].to_vec();
                other[place] ^= 1;
                assert!(seen.insert(fingerprint(&other)), "{n} {place}");
            }
        }
        assert_ne!(fingerprint(&[0; 3]), fingerprint(&[0; 4]));
    }
}
