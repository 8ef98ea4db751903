//! Where rows end in a stream of delimited text: at line ends that are not within double quotes.
//!
//! A quote opens only at the beginning of a field; within quotes, two of them are one sign of the text. Elsewhere a quote is
//! a sign like any other (as in the `csv` crate, against which the splitter is tested).

use memchr::{memchr, memrchr};

/// What is known of a stream after the pieces so far.
#[derive(Debug, Clone)]
pub(super) struct Quotes {
    delimiter: u8,
    state: State,
    /// The last byte so far.
    last: u8,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Outside,
    Inside,
    /// After a quote within quotes that the next byte decides on: it closes, or is the first of two.
    Undecided,
}

impl Quotes {
    /// The beginning of a stream whose fields are separated by `delimiter`.
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, state: State::Outside, last: b'\n' }
    }

    /// Passes over the next `piece`; gives the place after the last row that ends in it, if one does.
    pub(super) fn pass(&mut self, piece: &[u8]) -> Option<usize> {
        let (mut at, mut end) = (0, None);
        if let (State::Undecided, Some(first)) = (self.state, piece.first()) {
            self.state = if *first == b'"' { State::Inside } else { State::Outside };
            at = usize::from(*first == b'"');
        }
        loop {
            let rest = piece.get(at..).unwrap_or_default();
            let found = memchr(b'"', rest);
            let stretch = rest.get(..found.unwrap_or(rest.len())).unwrap_or_default();
            if self.state == State::Outside {
                end = memrchr(b'\n', stretch).map(|place| at + place + 1).or(end);
            }
            let before = stretch.last().copied().unwrap_or(self.last);
            let Some(found) = found else { break };
            at += found + 1;
            match (self.state, piece.get(at)) {
                (State::Inside, Some(b'"')) => at += 1,
                (State::Inside, Some(_)) => self.state = State::Outside,
                (State::Inside, None) => self.state = State::Undecided,
                _ if before == self.delimiter || before == b'\n' => self.state = State::Inside,
                _ => {}
            }
            self.last = b'"';
        }
        self.last = piece.last().copied().unwrap_or(self.last);
        end
    }

    /// Whether the stream so far ends within quotes, given that its last byte is a line end.
    pub(super) fn are_open(&self) -> bool {
        self.state == State::Inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_outside_of_quotes_in_any_pieces() {
        // Row ends are marked by "¶", which is left out of what is passed.
        for text in [
            "a,b\n¶c\n¶",
            "\"a\nb\",c\n¶",
            "\"a\"\"\nb\",c\n¶d\"\n¶e",
            "a\"\n¶\"\"\n¶\"\"\"\n\"\n¶",
            "x,\"\"y\"\n¶,\"\n",
            "x\"y,\"a\"b\"\n¶\n¶",
            "é\"\n¶\"é\n\"\n¶",
        ] {
            let ends: Vec<usize> = text.match_indices('¶').enumerate().map(|(i, (at, _))| at - 2 * i).collect();
            let plain = text.replace('¶', "");
            for size in 1..plain.len() + 1 {
                let mut quotes = Quotes::new(b',');
                let pieces = plain.as_bytes().chunks(size).enumerate();
                for (i, piece) in pieces {
                    let from = i * size;
                    let wanted = ends.iter().rev().find(|end| (from + 1..=from + piece.len()).contains(end));
                    assert_eq!(quotes.pass(piece).map(|end| from + end), wanted.copied(), "{text:?} by {size}");
                }
                assert_eq!(quotes.are_open(), plain.ends_with(",\"\n"), "{text:?} by {size}");
            }
        }
    }
}
