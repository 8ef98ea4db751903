//! Rows of a chunk of delimited text to fields, as the `csv` crate splits them (a test holds it against that): blank lines
//! are no rows, a quote opens only at the beginning of a field, and what follows a closing quote belongs to the field as it is.

use memchr::{memchr, memchr_iter, memchr2};

/// The rows of a chunk, one after the other.
#[derive(Debug)]
pub(super) struct Split<'t> {
    text: &'t str,
    delimiter: u8,
    /// Where fields end, ascending, if the text has no quotes; those before `next_end` are done with.
    ends: Option<Vec<u32>>,
    next_end: usize,
    /// Where the next row, or a blank line before it, begins.
    at: usize,
    /// The line that place is on, from 0 at the beginning of the text.
    line: u64,
    fields: Vec<Span>,
    /// Fields of the row that do not stand in the text as they are: those with a doubled quote.
    unquoted: String,
}

/// Where a field stands.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: usize,
    to: usize,
    is_unquoted: bool,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'s> {
    /// The line that it begins on, from 0 at the beginning of the text.
    pub line: u64,
    text: &'s str,
    fields: &'s [Span],
    unquoted: &'s str,
}

impl<'t> Split<'t> {
    /// The rows of `text`, all of them ended by a line feed, fields separated by `delimiter` (ASCII).
    pub(super) fn new(text: &'t str, delimiter: u8) -> Self {
        let ends = memchr(b'"', text.as_bytes()).is_none().then(|| find_ends(text.as_bytes(), delimiter));
        Self { text, delimiter, ends, next_end: 0, at: 0, line: 0, fields: Vec::new(), unquoted: String::new() }
    }

    /// The next row, if there is one.
    pub(super) fn next(&mut self) -> Option<Fields<'_>> {
        let bytes = self.text.as_bytes();
        while *bytes.get(self.at)? == b'\n' {
            self.at += 1;
            self.line += 1;
            self.next_end += 1;
        }
        let line = self.line;
        self.fields.clear();
        self.unquoted.clear();
        loop {
            let (field, end) = match &self.ends {
                Some(ends) => {
                    let to = ends.get(self.next_end).map_or(bytes.len(), |&end| end as usize);
                    self.next_end += 1;
                    (Span { from: self.at, to, is_unquoted: false }, to)
                }
                None if bytes.get(self.at) == Some(&b'"') => self.quoted(),
                None => self.plain(self.at),
            };
            self.fields.push(field);
            self.at = end + 1;
            if bytes.get(end) != Some(&self.delimiter) {
                break;
            }
        }
        self.line += 1;
        Some(Fields { line, text: self.text, fields: &self.fields, unquoted: &self.unquoted })
    }

    /// Where the text goes on after the last row given; None when the text ended before that row did.
    pub(super) fn end(&self) -> Option<usize> {
        (self.at <= self.text.len()).then_some(self.at)
    }

    /// The line of that place, from 0.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The field from `from`, without regard to quotes, and the place of the sign that ends it.
    fn plain(&self, from: usize) -> (Span, usize) {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let to = from + memchr2(self.delimiter, b'\n', rest).unwrap_or(rest.len());
        (Span { from, to, is_unquoted: false }, to)
    }

    /// The field that the quote at the present place opens, and the place of the sign that ends it.
    fn quoted(&mut self) -> (Span, usize) {
        let bytes = self.text.as_bytes();
        let (opening, started) = (self.at, self.unquoted.len());
        let (mut from, mut at) = (opening + 1, opening + 1);
        let closing = loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let quote = at + memchr(b'"', rest).unwrap_or(rest.len());
            if bytes.get(quote + 1) != Some(&b'"') {
                break quote;
            }
            self.unquoted.push_str(self.text.get(from..=quote).unwrap_or_default());
            (from, at) = (quote + 2, quote + 2);
        };
        self.line += memchr_iter(b'\n', bytes.get(opening..closing).unwrap_or_default()).count() as u64;
        let (_, end) = self.plain((closing + 1).min(bytes.len()));
        if started == self.unquoted.len() && end <= closing + 1 {
            return (Span { from, to: closing, is_unquoted: false }, end);
        }
        self.unquoted.push_str(self.text.get(from..closing).unwrap_or_default());
        self.unquoted.push_str(self.text.get(closing + 1..end).unwrap_or_default());
        (Span { from: started, to: self.unquoted.len(), is_unquoted: true }, end)
    }
}

/// The places of all delimiters and line feeds, ascending.
///
/// Eight bytes at a time: a byte of `word ^ sign` is 0 where the sign stands, and only then does adding 127 to its lower seven
/// bits, and the byte itself, leave the highest bit clear (Mycroft's test, in the form without false alarms).
fn find_ends(text: &[u8], delimiter: u8) -> Vec<u32> {
    const LOW: u64 = u64::from_ne_bytes([0x7F; 8]);
    let [delimiters, feeds] = [delimiter, b'\n'].map(|sign| u64::from_ne_bytes([sign; 8]));
    let absent = |word: u64| ((word & LOW) + LOW) | word | LOW;
    let mut ends = Vec::with_capacity(text.len() / 4);
    let (words, rest) = text.as_chunks::<8>();
    for (number, eight) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*eight);
        let mut found = !(absent(word ^ delimiters) & absent(word ^ feeds));
        while found != 0 {
            ends.push((number * 8) as u32 + found.trailing_zeros() / 8);
            found &= found - 1;
        }
    }
    let before = words.len() * 8;
    let is_end = |(_, byte): &(usize, &u8)| [delimiter, b'\n'].contains(*byte);
    ends.extend(rest.iter().enumerate().filter(is_end).map(|(place, _)| (before + place) as u32));
    ends
}

impl<'s> Fields<'s> {
    /// Number of fields, at least 1.
    pub(super) fn len(self) -> usize {
        self.fields.len()
    }

    /// The field in `column`, from 0, if the row has so many.
    pub(super) fn get(self, column: usize) -> Option<&'s str> {
        let span = self.fields.get(column)?;
        let text = if span.is_unquoted { self.unquoted } else { self.text };
        text.get(span.from..span.to)
    }

    /// All fields in order.
    pub(super) fn iter(self) -> impl Iterator<Item = &'s str> {
        (0..self.len()).map(move |column| self.get(column).unwrap_or_default())
    }

    /// Whether a field holds `sign`.
    pub(super) fn contain(self, sign: char) -> bool {
        self.iter().any(|field| field.contains(sign))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each row with the line that it begins on, from 0.
    fn split(text: &str, delimiter: u8) -> Vec<(u64, Vec<String>)> {
        let mut rows = Split::new(text, delimiter);
        let mut all = Vec::new();
        while let Some(row) = rows.next() {
            all.push((row.line, row.iter().map(str::to_owned).collect()));
        }
        all
    }

    /// The same by the `csv` crate, whose position is that before the blank lines in front of a row.
    fn peer(text: &str, delimiter: u8) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
        reader.into_records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn rows_begin_on_their_line() {
        let lines: Vec<u64> = split("a\n\n\"b\n\n\",\"c\"\"\n\"\nd\n", b',').iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [0, 2, 6]);
        assert_eq!(split("\n\n", b','), []);
        assert_eq!(split("a,\n\"\"\n,\n", b',')[1..], [(1, vec![String::new()]), (2, vec![String::new(); 2])]);
    }

    #[test]
    fn the_place_after_a_row_is_known() {
        for (text, end) in [("\na,b\nc\n", Some(5)), ("\na,\"b\nc\n", None), ("a", None), ("a\n", Some(2))] {
            let mut rows = Split::new(text, b',');
            assert!(rows.next().is_some());
            assert_eq!(rows.end(), end, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn fields_are_those_of_the_csv_crate(text in "[ab é\",;\n]{0,40}|[ab é,;\n]{0,40}", semicolon: bool) {
            let delimiter = if semicolon { b';' } else { b',' };
            // As in a file, the last line is ended, and with it a quote that was left open.
            let mut text = text.trim_start_matches('\u{feff}').to_owned() + "\n";
            let mut quotes = super::super::quotes::Quotes::new(delimiter);
            quotes.pass(text.as_bytes());
            if quotes.are_open() {
                text.push_str("\"\n");
            }
            let got: Vec<Vec<String>> = split(&text, delimiter).into_iter().map(|(_, row)| row).collect();
            prop_assert_eq!(got, peer(&text, delimiter));
        }
    }
}
