//! The digest of a file, taken while it is read, so that a report can say what it was made from (L8).

use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Bytes hashed before it is asked whether to go on: a few milliseconds.
const PIECE: usize = 1 << 20;

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

    /// Reads what nobody has read yet of the file `path`; gives the number of bytes and their SHA-256 in hexadecimal.
    ///
    /// Fails as soon as `go_on` does, which is asked now and then.
    pub(super) fn finish(mut self, path: &Path, go_on: impl Fn() -> Result<()>) -> Result<(u64, String)> {
        let mut piece = vec![0; PIECE];
        loop {
            go_on()?;
            match self.read(&mut piece) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::file(path, "read", error)),
            }
        }
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
        assert_eq!(stream.finish(Path::new("t"), || Ok(())).unwrap(), (3, known.to_owned()));
    }

    #[test]
    fn a_long_file_can_be_broken_off() {
        let asked = std::cell::Cell::new(0);
        let go_on = || {
            asked.set(asked.get() + 1);
            if asked.get() < 5 { Ok(()) } else { Err(Error::Interrupted) }
        };
        let outcome = Hashing::new(std::io::repeat(7)).finish(Path::new("t"), go_on);
        assert!(matches!(outcome, Err(Error::Interrupted)));
    }
}
