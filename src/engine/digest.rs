//! Digests of numbers: SHA-256 over little-endian words, the same on every machine.

pub use crate::units::Digest;

use sha2::{Digest as _, Sha256};

/// Builds a [`Digest`] from numbers.
pub(crate) struct Hasher(Sha256);

impl Hasher {
    /// Starts with a name, so that digests of different things never coincide.
    pub(crate) fn new(name: &str) -> Self {
        Self(Sha256::new_with_prefix(name.as_bytes()))
    }

    pub(crate) fn u64(&mut self, value: u64) -> &mut Self {
        self.0.update(value.to_le_bytes());
        self
    }

    pub(crate) fn f64(&mut self, value: f64) -> &mut Self {
        self.u64(value.to_bits())
    }

    pub(crate) fn u32s(&mut self, values: &[u32]) -> &mut Self {
        let mut bytes = [0; 4096];
        for chunk in values.chunks(bytes.len() / 4) {
            for (place, value) in bytes.chunks_exact_mut(4).zip(chunk) {
                place.copy_from_slice(&value.to_le_bytes());
            }
            self.0.update(&bytes[..4 * chunk.len()]);
        }
        self
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(bytes);
        self
    }

    pub(crate) fn finish(self) -> Digest {
        Digest::from(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_hashed_as_their_little_endian_bytes() {
        let mut hash = Hasher::new("ab");
        hash.bytes(b"c").u32s(&[]);
        assert_eq!(hash.finish(), Digest::of(b"abc"));
        let mut hash = Hasher::new("");
        hash.u32s(&[1, 0x0203_0405]).u64(7).f64(1.0);
        let bytes = [1, 0, 0, 0, 5, 4, 3, 2, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
        assert_eq!(hash.finish(), Digest::of(&bytes));
    }
}
