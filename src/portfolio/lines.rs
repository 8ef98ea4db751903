//! Line ends made uniform: CRLF, CR and a missing last one all become LF, so that the line of a row can be counted exactly.
//!
//! What stands between quotes is treated alike.

use memchr::memchr;
use std::io::{Read, Result};

/// A stream with uniform line ends.
#[derive(Debug)]
pub(super) struct Lines<R> {
    inner: R,
    after_return: bool,
    last: u8,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, after_return: false, last: b'\n' }
    }

    /// Makes line ends in `piece`, which is not empty, uniform; gives its new length.
    fn unify(&mut self, piece: &mut [u8]) -> usize {
        let mut from = usize::from(self.after_return && piece.first() == Some(&b'\n'));
        self.after_return = false;
        let mut kept = 0;
        while let Some(n) = piece.get(from..).and_then(|rest| memchr(b'\r', rest)) {
            piece.copy_within(from..from + n, kept);
            kept += n + 1;
            piece[kept - 1] = b'\n';
            from += n + 1;
            match piece.get(from) {
                Some(b'\n') => from += 1,
                Some(_) => {}
                None => self.after_return = true,
            }
        }
        if from > kept {
            piece.copy_within(from.., kept);
        }
        kept + (piece.len() - from)
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        loop {
            let fetched = self.inner.read(out)?;
            let Some(piece) = out.get_mut(..fetched).filter(|piece| !piece.is_empty()) else { break };
            let kept = self.unify(piece);
            // Nothing is left of a piece that is only the LF of a CRLF; that is not the end.
            if let Some(last) = kept.checked_sub(1).and_then(|place| piece.get(place)) {
                self.last = *last;
                return Ok(kept);
            }
        }
        match out.first_mut() {
            Some(first) if self.last != b'\n' => {
                *first = b'\n';
                self.last = b'\n';
                Ok(1)
            }
            _ => Ok(0),
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
                ("\r\r\n\n\rab\r\ncd", "\n\n\n\nab\ncd\n"),
                ("\r\n\r\n", "\n\n"),
                ("a\n", "a\n"),
                ("a", "a\n"),
                ("", ""),
            ] {
                let mut lines = Lines::new(Drip { rest: text.as_bytes(), step });
                let mut got = String::new();
                lines.read_to_string(&mut got).unwrap();
                assert_eq!(got, uniform, "{text:?} by {step}");
            }
        }
    }
}
