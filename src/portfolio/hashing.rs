//! The digest of a file, taken while it is read, so that a report can say what it was made from (L8).

use sha2::{Digest, Sha256};
use std::io::Read;

/// A stream that keeps the SHA-256 of what went through.
#[derive(Debug)]
pub(super) struct Hashing<R> {
    inner: R,
    sha256: Sha256,
    bytes: u64,
}

impl<R: Read> Hashing<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, sha256: Sha256::new(), bytes: 0 }
    }

    /// Reads what nobody has read yet; gives the number of bytes and their SHA-256 in hexadecimal.
    pub(super) fn finish(mut self) -> std::io::Result<(u64, String)> {
        std::io::copy(&mut self, &mut std::io::sink())?;
        let digest = self.sha256.finalize();
        Ok((self.bytes, digest.iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(out)?;
        if let Some(read) = out.get(..n) {
            self.sha256.update(read);
        }
        self.bytes += n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_covers_bytes_that_nobody_read() {
        let mut stream = Hashing::new(&b"abc"[..]);
        stream.read_exact(&mut [0]).unwrap();
        // FIPS 180-2, appendix B.1.
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(stream.finish().unwrap(), (3, known.to_owned()));
    }
}
