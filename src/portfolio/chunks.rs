//! A stream of delimited text in chunks of whole rows, so that threads can read them side by side.

use super::faults::{broken, endless, open_quote};
use super::lines::Lines;
use super::quotes::Quotes;
use crate::error::{Error, Result};
use memchr::memchr_iter;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Bytes fetched at once.
const PIECE: usize = 1 << 16;

/// Bytes of a chunk: they and what becomes of them stay in a core's cache.
const CHUNK: usize = 1 << 18;

/// Bytes that one row may have, without its line end; more means that a quote was opened and never closed.
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
            self.fetched.resize(before + PIECE, 0);
            let (n, fault) = fill(&mut self.text, self.fetched.get_mut(before..).unwrap_or_default());
            self.fetched.truncate(before + n);
            let piece = self.fetched.get(before..).unwrap_or_default();
            if !self.has_room_for(before - self.whole, piece) {
                let line = self.line_at(self.whole);
                self.fetched.truncate(before);
                self.outcome = Some(Err(endless(self.path, line, LONGEST_ROW, self.quotes.are_open())));
                return;
            }
            self.whole = self.quotes.pass(piece).map_or(self.whole, |end| before + end);
            self.outcome = match fault {
                Some(error) => Some(Err(broken(self.path, self.line_at(before + n), error))),
                None if n > 0 => None,
                None if self.quotes.are_open() => Some(Err(open_quote(self.path, self.line_at(self.whole)))),
                None => Some(Ok(())),
            };
        }
    }

    /// Whether the row that has `n` bytes so far and goes on with `piece` is short enough, as far as that is known.
    fn has_room_for(&self, n: usize, piece: &[u8]) -> bool {
        let most = LONGEST_ROW + 1 - n; // with its line end; it has no more than this so far
        piece.get(..most).is_none_or(|within| self.quotes.clone().pass(within).is_some())
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

/// Fills `room` from `text` as far as it goes, so that chunks end at the same places however the stream drips; gives the number
/// of bytes and what went wrong after them.
fn fill(text: &mut impl Read, room: &mut [u8]) -> (usize, Option<std::io::Error>) {
    let mut n = 0;
    while let Some(rest) = room.get_mut(n..).filter(|rest| !rest.is_empty()) {
        match text.read(rest) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (n, Some(error)),
        }
    }
    (n, None)
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
    fn the_longest_row_is_as_long_wherever_it_begins() {
        for before in [0, 20_011, 65_536, 262_143] {
            let lead = [vec![b'x'; before], b"\n".to_vec()].concat();
            for (more, is_quoted) in [(0, false), (0, true), (1, false), (1, true)] {
                let mut row = vec![b'y'; LONGEST_ROW + more];
                if is_quoted {
                    let last = row.len() - 1;
                    (row[0], row[last]) = (b'"', b'"');
                }
                let text = [lead.as_slice(), &row, b"\nz\n"].concat();
                let outcome = chunks(text.as_slice()).into_iter().collect::<Result<Vec<_>>>();
                match outcome {
                    Ok(chunks) => {
                        assert_eq!(more, 0, "{before}");
                        assert_eq!(chunks.iter().map(|chunk| chunk.bytes.len()).sum::<usize>(), text.len());
                    }
                    Err(error) => {
                        let text = error.to_string();
                        assert_eq!(more, 1, "{before}: {text}");
                        assert!(text.contains("the row on line 2 is longer than 16 MiB"), "{text}");
                        assert_eq!(text.contains("double quote"), is_quoted, "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_stream_that_drips_gives_the_same_chunks() {
        struct Drip<'a>(&'a [u8]);
        impl Read for Drip<'_> {
            fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
                let n = (self.0.len() % 7_919 + 1).min(out.len());
                self.0.read(&mut out[..n])
            }
        }
        let text: String = (0..100_003).map(|i| format!("{i},\"c\"\r\n")).collect();
        let ends = |text: &mut dyn Read| {
            let given = Chunks::new(Path::new("t.csv"), text, b',');
            given.map(|chunk| chunk.unwrap().bytes.len()).collect::<Vec<_>>()
        };
        assert_eq!(ends(&mut Drip(text.as_bytes())), ends(&mut text.as_bytes()));
    }

    #[test]
    fn a_stream_that_fails_gives_what_came_before() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(ErrorKind::UnexpectedEof.into())
            }
        }
        let mut chunks = chunks(b"a\nb\nc".as_slice().chain(Failing)).into_iter();
        assert_eq!(chunks.next().unwrap().unwrap().bytes, b"a\nb\n");
        let error = chunks.next().unwrap().unwrap_err().to_string();
        assert!(error.contains("gzip data end too early, near line 3"), "{error}");
        assert!(chunks.next().is_none());
    }
}
