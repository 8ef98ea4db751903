//! Gzip as gzip itself reads it: one member after the other, and zero bytes after the last, as tapes and block devices leave.

use flate2::bufread::GzDecoder;
use std::io::{BufRead, Read, Result};

/// A stream of gzip members, unpacked.
#[derive(Debug)]
pub(super) struct Members<R> {
    /// The member being read; None after the last.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(packed: R) -> Self {
        Self { member: Some(GzDecoder::new(packed)) }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        loop {
            let Some(mut member) = self.member.take() else { return Ok(0) };
            let n = member.read(out)?;
            if n > 0 || out.is_empty() {
                self.member = Some(member);
                return Ok(n);
            }
            let mut rest = member.into_inner();
            if skip_zeros(&mut rest)? {
                self.member = Some(GzDecoder::new(rest));
            }
        }
    }
}

/// Passes over zero bytes; true when something follows.
fn skip_zeros(rest: &mut impl BufRead) -> Result<bool> {
    loop {
        let piece = rest.fill_buf()?;
        if piece.is_empty() {
            return Ok(false);
        }
        match piece.iter().position(|byte| *byte != 0) {
            Some(zeros) => {
                rest.consume(zeros);
                return Ok(true);
            }
            None => {
                let zeros = piece.len();
                rest.consume(zeros);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::{BufReader, Write};

    fn pack(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// Unpacks through a buffer of `room` bytes, so that members and zeros end inside and between pieces.
    fn unpack(packed: &[u8], room: usize) -> Result<Vec<u8>> {
        let mut text = Vec::new();
        Members::new(BufReader::with_capacity(room, packed)).read_to_end(&mut text).map(|_| text)
    }

    #[test]
    fn members_follow_each_other_and_zeros_end_them() {
        let two = [pack(b"ab"), pack(b""), pack(b"c")].concat();
        for room in [1, 2, 7, 4_099] {
            assert_eq!(unpack(&two, room).unwrap(), b"abc");
            assert_eq!(unpack(&[two.clone(), vec![0; 1_013]].concat(), room).unwrap(), b"abc");
            assert!(unpack(&[two.clone(), vec![0, 0, 7]].concat(), room).is_err(), "that is no padding");
            assert!(unpack(&two[..two.len() - 1], room).is_err(), "cut short");
        }
        assert!(unpack(&[0; 31], 7).is_err(), "zeros alone are no gzip");
    }
}
