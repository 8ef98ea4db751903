//! The digest of a file, taken while it is read, so that a report can say what it was made from (L8).

use super::decode::Fault;
use super::progress::Progress;
use crate::error::{Error, Result};
use crate::units::Digest;
use sha2::{Digest as _, Sha256};
use std::io::Read;
use std::path::Path;

/// Bytes that are read before it is asked whether to go on: a few milliseconds.
const PIECE: usize = 1 << 20;

/// A stream that keeps the SHA-256 of what went through, and breaks off with [`Fault::Interrupted`] when it is not to go on.
pub(super) struct Hashing<'a, R> {
    inner: R,
    progress: &'a Progress<'a>,
    sha256: Sha256,
    bytes: u64,
}

impl<'a, R: Read> Hashing<'a, R> {
    pub(super) fn new(inner: R, progress: &'a Progress<'a>) -> Self {
        Self { inner, progress, sha256: Sha256::new(), bytes: 0 }
    }

    /// Reads what nobody has read yet of the file `path`; gives the number of bytes and their SHA-256 in hexadecimal.
    pub(super) fn finish(mut self, path: &Path) -> Result<(u64, String)> {
        let rest = std::io::copy(&mut self, &mut std::io::sink());
        rest.map_err(|error| match Fault::within(&error) {
            Some(Fault::Interrupted) => Error::Interrupted,
            _ => Error::file(path, "read", error),
        })?;
        Ok((self.bytes, Digest::from(self.sha256).to_string()))
    }
}

impl<R: Read> Read for Hashing<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(out)?;
        if let Some(read) = out.get(..n) {
            self.sha256.update(read);
        }
        let pieces = self.bytes / PIECE as u64;
        self.bytes += n as u64;
        if self.bytes / PIECE as u64 > pieces {
            self.progress.tell().map_err(|_| Fault::Interrupted)?;
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::ControlFlow;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn the_digest_covers_bytes_that_nobody_read() {
        let progress = Progress::new(&|_| ControlFlow::Continue(()));
        let mut stream = Hashing::new(&b"abc"[..], &progress);
        stream.read_exact(&mut [0]).unwrap();
        // FIPS 180-2, appendix B.1.
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(stream.finish(Path::new("t")).unwrap(), (3, known.to_owned()));
    }

    #[test]
    fn a_stream_without_rows_can_be_broken_off() {
        let asked = AtomicU64::new(0);
        let listen = |_| {
            if asked.fetch_add(1, Ordering::SeqCst) < 5 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let progress = Progress::new(&listen);
        let outcome = Hashing::new(std::io::repeat(7), &progress).finish(Path::new("t"));
        assert!(matches!(outcome, Err(Error::Interrupted)));
    }
}
