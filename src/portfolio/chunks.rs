//! A stream of delimited text in chunks of whole rows, so that threads can read them side by side.

use super::faults::{broken, endless, open_quote};
use super::lines::Lines;
use super::quotes::Quotes;
use crate::error::{Error, Result};
use memchr::memchr_iter;
use std::io::Read;
use std::path::Path;

/// Bytes fetched at once.
const PIECE: usize = 1 << 16;

/// Bytes of a chunk: they and what becomes of them stay in a core's cache.
const CHUNK: usize = 1 << 18;

/// Bytes that one row may have; more means that a quote was opened and never closed.
pub(super) const LONGEST_ROW: usize = 1 << 24;

/// Whole rows of a text with uniform line ends, the last one ended too.
#[derive(Debug)]
pub(super) struct Chunk {
    /// The rows; never empty.
    pub bytes: Vec<u8>,
    /// The line of the file that they begin on, from 1.
    pub line: u64,
    /// How many lines they are, which is more than there are rows if some are blank or within quotes.
    pub lines: u64,
}

/// The chunks of one file; the first error is the last item.
pub(super) struct Chunks<'a, R> {
    path: &'a Path,
    text: Lines<R>,
    quotes: Quotes,
    /// What was fetched and not given yet, beginning with a row.
    fetched: Vec<u8>,
    /// How much of it is whole rows.
    whole: usize,
    /// The line that `fetched` begins on.
    line: u64,
    /// What the stream ended with, to be told after its last rows; None while it goes on.
    outcome: Option<std::result::Result<(), Error>>,
}

impl<'a, R: Read> Chunks<'a, R> {
    /// The rows of `text`, the content of the file `path`, with fields separated by `delimiter`.
    pub(super) fn new(path: &'a Path, text: R, delimiter: u8) -> Self {
        let (text, quotes) = (Lines::new(text), Quotes::new(delimiter));
        Self { path, text, quotes, fetched: Vec::with_capacity(CHUNK + PIECE), whole: 0, line: 1, outcome: None }
    }

    /// Fetches until there is a chunk or no more text.
    fn fetch(&mut self) {
        while self.outcome.is_none() && self.whole < CHUNK {
            let before = self.fetched.len();
            if before - self.whole > LONGEST_ROW {
                self.outcome = Some(Err(endless(self.path, self.line_at(self.whole), LONGEST_ROW)));
                return;
            }
            self.fetched.resize(before + PIECE, 0);
            let room = self.fetched.get_mut(before..).unwrap_or_default();
            let n = self.text.read(room);
            self.fetched.truncate(before + n.as_ref().map_or(0, |&n| n));
            match n {
                Ok(0) if self.quotes.are_open() => {
                    self.outcome = Some(Err(open_quote(self.path, self.line_at(self.whole))));
                }
                Ok(0) => self.outcome = Some(Ok(())),
                Ok(_) => {
                    let piece = self.fetched.get(before..).unwrap_or_default();
                    self.whole = self.quotes.pass(piece).map_or(self.whole, |end| before + end);
                }
                Err(error) => self.outcome = Some(Err(broken(self.path, self.line_at(before), error))),
            }
        }
    }

    /// The line of the place `at` in what was fetched.
    fn line_at(&self, at: usize) -> u64 {
        self.line + count_lines(self.fetched.get(..at).unwrap_or_default())
    }
}

impl<R: Read> Iterator for Chunks<'_, R> {
    type Item = Result<Chunk>;

    fn next(&mut self) -> Option<Result<Chunk>> {
        self.fetch();
        if self.whole > 0 {
            let mut rest = Vec::with_capacity(CHUNK + PIECE);
            rest.extend_from_slice(self.fetched.get(self.whole..).unwrap_or_default());
            self.fetched.truncate(self.whole);
            let bytes = std::mem::replace(&mut self.fetched, rest);
            let (line, lines) = (self.line, count_lines(&bytes));
            self.line += lines;
            self.whole = 0;
            return Some(Ok(Chunk { bytes, line, lines }));
        }
        // After an error there is nothing.
        self.outcome.replace(Ok(()))?.err().map(Err)
    }
}

fn count_lines(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(text: impl Read) -> Vec<Result<Chunk>> {
        Chunks::new(Path::new("t.csv"), text, b',').collect()
    }

    #[test]
    fn chunks_are_whole_rows_and_know_their_line() {
        // A quoted line end in every seventh row, so that chunks would often end within quotes.
        let row = |i: u32| if i.is_multiple_of(7) { format!("{i},\"a\nb\"\r\n") } else { format!("{i},\"c\"\r\n") };
        let text: String = (0..200_003).map(row).collect();
        let chunks: Vec<Chunk> = chunks(text.as_bytes()).into_iter().map(Result::unwrap).collect();
        assert!(chunks.len() > 3);
        let mut line = 1;
        for chunk in &chunks {
            assert_eq!(chunk.line, line);
            assert!(chunk.bytes[0].is_ascii_digit() && chunk.bytes.ends_with(b"\"\n"));
            line += count_lines(&chunk.bytes);
        }
        let together: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.bytes).collect();
        assert_eq!(String::from_utf8(together).unwrap(), text.replace("\r\n", "\n"));
    }

    #[test]
    fn a_row_without_end_is_stopped_after_the_rows_before_it() {
        let text = b"a\n\"b\n".as_slice().chain(std::io::repeat(b'x'));
        let mut chunks = chunks(text).into_iter();
        assert_eq!(chunks.next().unwrap().unwrap().bytes, b"a\n");
        let error = chunks.next().unwrap().unwrap_err().to_string();
        assert!(error.starts_with("t.csv: the row on line 2 is longer than 16 MiB"), "{error}");
        assert!(chunks.next().is_none());
    }

    #[test]
    fn a_stream_that_fails_gives_what_came_before() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::UnexpectedEof.into())
            }
        }
        let mut chunks = chunks(b"a\nb\nc".as_slice().chain(Failing)).into_iter();
        assert_eq!(chunks.next().unwrap().unwrap().bytes, b"a\nb\n");
        let error = chunks.next().unwrap().unwrap_err().to_string();
        assert!(error.contains("gzip data end too early, near line 3"), "{error}");
        assert!(chunks.next().is_none());
    }
}
