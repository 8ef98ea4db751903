//! Line ends made uniform: CRLF, CR and a missing last one all become LF, so that the line of a row can be counted exactly.
//!
//! The CSV parser counts only LF, and takes the LF of a CRLF into the next row. What stands between quotes is treated alike.

use super::decode::Fault;
use std::io::{Read, Result};

/// Bytes that one row may have; more means that a quote was opened and never closed.
pub(super) const LONGEST_ROW: usize = 1 << 24;

/// A stream with uniform line ends.
#[derive(Debug)]
pub(super) struct Lines<R> {
    inner: R,
    after_return: bool,
    last: u8,
    ended: bool,
    since_row: usize,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, after_return: false, last: b'\n', ended: false, since_row: 0 }
    }

    /// A new row begins: it may again be [`LONGEST_ROW`] long.
    pub(super) fn start_row(&mut self) {
        self.since_row = 0;
    }

    /// True once the reader was told that there is no more.
    ///
    /// Since the last line always ends, a row that the parser gives only after this was inside a quote at the end of the file.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Makes line ends in `piece` uniform; gives its new length.
    fn unify(&mut self, piece: &mut [u8]) -> usize {
        if !self.after_return && !piece.contains(&b'\r') {
            return piece.len();
        }
        let mut kept = 0;
        for place in 0..piece.len() {
            let byte = piece[place];
            if !(self.after_return && byte == b'\n') {
                piece[kept] = if byte == b'\r' { b'\n' } else { byte };
                kept += 1;
            }
            self.after_return = byte == b'\r';
        }
        kept
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        if self.since_row > LONGEST_ROW {
            return Err(Fault::EndlessRow(LONGEST_ROW).into());
        }
        loop {
            let fetched = self.inner.read(out)?;
            let Some(piece) = out.get_mut(..fetched).filter(|piece| !piece.is_empty()) else { break };
            let kept = self.unify(piece);
            // Nothing is left of a piece that is only the LF of a CRLF; that is not the end.
            if let Some(last) = kept.checked_sub(1).and_then(|place| piece.get(place)) {
                self.last = *last;
                self.since_row += kept;
                return Ok(kept);
            }
        }
        match out.first_mut() {
            Some(first) if self.last != b'\n' => {
                *first = b'\n';
                self.last = b'\n';
                Ok(1)
            }
            _ => {
                self.ended = true;
                Ok(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most `step` bytes at once.
    struct Drip<'a> {
        rest: &'a [u8],
        step: usize,
    }

    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> Result<usize> {
            let n = self.step.min(out.len());
            self.rest.read(&mut out[..n])
        }
    }

    #[test]
    fn line_ends_become_uniform_in_any_pieces() {
        for step in 1..7 {
            for (text, uniform) in [
                ("a\r\nb\r\n", "a\nb\n"),
                ("a\rb\r\rc", "a\nb\n\nc\n"),
                ("a\n\r\nb", "a\n\nb\n"),
                ("\r\n\r\n", "\n\n"),
                ("a\n", "a\n"),
                ("a", "a\n"),
                ("", ""),
            ] {
                let mut lines = Lines::new(Drip { rest: text.as_bytes(), step });
                let mut got = String::new();
                lines.read_to_string(&mut got).unwrap();
                assert_eq!(got, uniform, "{text:?} by {step}");
                assert!(lines.ended());
            }
        }
    }

    #[test]
    fn a_row_without_end_is_stopped() {
        let mut lines = Lines::new(std::io::repeat(b'x'));
        let mut out = vec![0; 1 << 20];
        let error = std::iter::repeat_with(|| lines.read(&mut out)).take(18).find_map(Result::err).unwrap();
        assert!(matches!(Fault::within(&error), Some(Fault::EndlessRow(_))));
        lines.start_row();
        assert!(lines.read(&mut out).is_ok());
    }
}
