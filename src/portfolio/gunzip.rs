//! Gzip: one member after the other, with zero bytes between and after them, as tapes and block devices leave.

use super::decode::Fault;
use flate2::bufread::GzDecoder;
use std::io::{BufRead, Read, Result};

/// The byte that every member begins with.
const MAGIC: u8 = 0x1F;

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
            let Some(member) = &mut self.member else { return Ok(0) };
            let n = member.read(out)?;
            if n > 0 || out.is_empty() {
                return Ok(n);
            }
            // At the end of a member: it stays where it is until it is known what follows, should that be interrupted.
            let next = skip_zeros(member.get_mut())?;
            let ended = self.member.take();
            match next {
                None => {}
                Some(MAGIC) => self.member = ended.map(|member| GzDecoder::new(member.into_inner())),
                Some(_) => return Err(Fault::Appended.into()),
            }
        }
    }
}

/// Passes over zero bytes; gives the byte that follows, if one does.
fn skip_zeros(rest: &mut impl BufRead) -> Result<Option<u8>> {
    loop {
        let piece = rest.fill_buf()?;
        if piece.is_empty() {
            return Ok(None);
        }
        match piece.iter().copied().enumerate().find(|(_, byte)| *byte != 0) {
            Some((zeros, byte)) => {
                rest.consume(zeros);
                return Ok(Some(byte));
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
    use std::io::{BufReader, ErrorKind, Write};

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
            for appended in [&[0, 0, 7][..], b"more"] {
                let error = unpack(&[two.clone(), appended.to_vec()].concat(), room).unwrap_err();
                assert!(matches!(Fault::within(&error), Some(Fault::Appended)), "{error}");
            }
            assert!(unpack(&two[..two.len() - 1], room).is_err(), "cut short");
        }
        assert!(unpack(&[0; 31], 7).is_err(), "zeros alone are no gzip");
    }

    #[test]
    fn interruptions_lose_nothing() {
        /// Gives a byte at a time, and before each one an interruption.
        struct Nervous<'a>(&'a [u8], bool);
        impl Read for Nervous<'_> {
            fn read(&mut self, out: &mut [u8]) -> Result<usize> {
                self.1 = !self.1;
                if self.1 { Err(ErrorKind::Interrupted.into()) } else { self.0.read(&mut out[..1]) }
            }
        }
        let packed = [pack(b"ab"), vec![0; 31], pack(b"c"), vec![0; 7]].concat();
        let mut text = Vec::new();
        // It reads on after an interruption, as every reader should.
        Members::new(BufReader::with_capacity(5, Nervous(&packed, false))).read_to_end(&mut text).unwrap();
        assert_eq!(text, b"abc");
    }
}
