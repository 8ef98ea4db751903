//! Tapes of delimited text, plain or gzipped: bounded memory, every row with the line that it begins on.
//!
//! One thread at a time fetches the next chunk of whole rows (reads, hashes, unpacks, decodes); the others split theirs.

use super::batch::{Batch, Batcher};
use super::chunks::{Chunk, Chunks};
use super::decode::{Decoding, announced, apparent};
use super::faults::{broken, wrong_encoding};
use super::gunzip::Members;
use super::header::read_header;
use super::in_order::in_order;
use super::input::{self, Format, Input};
use super::judge::Judge;
use super::ledger::{Again, Ledger};
use super::plan::Plan;
use super::row::Cell;
use super::schema::Field;
use super::settings::TextFormat;
use super::split::{Fields, Split};
use super::tape::InputFile;
use crate::error::{Error, Result, RowIssue};
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use std::io::{BufReader, Read};
use std::path::Path;

/// Bytes unpacked at once.
const BUFFER: usize = 1 << 16;

/// Loans of a chunk that room is made for: rows of eight bytes; those of shorter ones, and of blank lines, find theirs.
const MOST_LOANS: usize = 1 << 15;

/// A byte order mark in UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads the rows of `input` into `ledger`.
pub(super) fn read(input: Input, judge: &Judge, ledger: &mut Ledger) -> Result<InputFile> {
    let (path, format) = (input.path.clone(), input.format);
    let progress = ledger.progress();
    let before = progress.rows();
    let mut stream = input.into_stream(progress);
    let fields = {
        let plain: Bytes<'_> = match format {
            Format::Gzip => Box::new(Members::new(BufReader::with_capacity(BUFFER, &mut stream))),
            Format::Text | Format::Parquet => Box::new(&mut stream),
        };
        let format = &judge.settings().format;
        let mut chunks = Chunks::new(&path, decode(&path, plain, format)?, format.delimiter);
        let (headers, rest) = read_header(&path, &mut chunks, format.delimiter)?;
        let plan = ledger.begin(&path, &headers)?;
        let rows = Rows { judge, plan: &plan, delimiter: format.delimiter, n_columns: headers.len() };
        let pieces = Some(rest).filter(|rest| !rest.bytes.is_empty()).map(Ok).into_iter().chain(chunks);
        let work = |chunk: Chunk| Ok((rows.read(&chunk)?, chunk));
        in_order(pieces, work, |done| match done {
            Some((batch, chunk)) => ledger.take(&plan, batch, &mut rows.read_again(&chunk)),
            None => progress.tell(),
        })?;
        plan.served()
    };
    let (bytes, sha256) = stream.finish(&path)?;
    Ok(InputFile { path, bytes, sha256, rows: progress.rows() - before, fields })
}

type Bytes<'a> = Box<dyn Read + Send + 'a>;

/// UTF-8 without a byte order mark; what is UTF-8 by declaration is checked chunk by chunk.
fn decode<'a>(path: &Path, plain: Bytes<'a>, format: &TextFormat) -> Result<Bytes<'a>> {
    let (head, plain) = input::peek(plain).map_err(|error| broken(path, 1, error))?;
    input::require_text(path, &head)?;
    let encoding = format.encoding()?;
    if let Some(other) = announced(&head).filter(|other| *other != encoding) {
        return Err(wrong_encoding(path, 1, &format!("a byte order mark of {}", other.name()), other.name()));
    }
    if let Some(other) = apparent(&head).filter(|other| [UTF_16LE, UTF_16BE].contains(&encoding) && *other != encoding)
    {
        return Err(wrong_encoding(path, 1, &format!("text that is {} by its zero bytes", other.name()), other.name()));
    }
    let text: Bytes<'a> = if encoding == UTF_8 {
        skip_mark(path, Box::new(plain))?
    } else {
        Box::new(Decoding::new(plain, encoding)) // passes over the mark by itself
    };
    // Tools that put a mark in front of text that has one are not unheard of.
    skip_mark(path, text)
}

fn skip_mark<'a>(path: &Path, text: Bytes<'a>) -> Result<Bytes<'a>> {
    let (head, mut text) = input::peek(text).map_err(|error| broken(path, 1, error))?;
    if head.starts_with(MARK) {
        text.read_exact(&mut [0; MARK.len()]).map_err(|error| broken(path, 1, error))?;
    }
    Ok(Box::new(text))
}

/// What the rows of one file are read by.
struct Rows<'a> {
    judge: &'a Judge<'a>,
    plan: &'a Plan,
    delimiter: u8,
    n_columns: usize,
}

impl Rows<'_> {
    fn read(&self, chunk: &Chunk) -> Result<Batch> {
        let Ok(text) = std::str::from_utf8(&chunk.bytes) else {
            return Err(not_utf_8(&self.plan.file, chunk, self.delimiter));
        };
        let mut rows = Split::new(text, self.delimiter);
        let mut batcher = Batcher::new(self.judge, self.plan);
        batcher.reserve((chunk.lines as usize).min(MOST_LOANS));
        let pattern = self.plan.pattern();
        let mut joined = String::new();
        while let Some(fields) = rows.next() {
            let line = chunk.line + fields.line;
            let raw = || render(fields, self.delimiter);
            if fields.len() == self.n_columns {
                let cell = |_, column| fields.get(column).map_or(Cell::Missing, Cell::Text);
                pattern.with_row(cell, &mut joined, |row| batcher.add(line, row, raw));
            } else {
                batcher.reject(self.misshapen(line, fields), raw);
            }
        }
        Ok(batcher.finish())
    }

    /// Reads rows of `chunk` again, in ascending order.
    fn read_again<'c>(&'c self, chunk: &'c Chunk) -> impl FnMut(u64) -> Again + 'c {
        let mut rows = None;
        let mut passed = 0;
        move |number| {
            // It was valid when it was read; few chunks are read again.
            let rows = rows.get_or_insert_with(|| Split::new(longest_text(&chunk.bytes).0, self.delimiter));
            while passed < number && rows.next().is_some() {
                passed += 1;
            }
            passed += 1;
            let none = Again { line: chunk.line, obligor: String::new(), row: String::new() };
            rows.next().map_or(none, |fields| {
                let columns = self.plan.needed().filter(|(field, _)| *field == Field::ObligorId);
                let obligor = columns.filter_map(|(_, column)| fields.get(column)).collect();
                Again { line: chunk.line + fields.line, obligor, row: render(fields, self.delimiter) }
            })
        }
    }

    fn misshapen(&self, line: u64, fields: Fields) -> RowIssue {
        let count = |n: usize| if n == 1 { "1 field".to_owned() } else { format!("{n} fields") };
        let hint = if fields.contain('\n') { "; is a double quote left open?" } else { "" };
        RowIssue {
            file: self.plan.file.clone(),
            line,
            column: "(row)".to_owned(),
            found: count(fields.len()),
            wanted: format!("{}, as in the header{hint}", count(self.n_columns)),
        }
    }
}

/// The row as it would be written, for the file of rejects.
fn render(fields: Fields, delimiter: u8) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let written = writer.write_record(fields.iter());
    // Writing to memory cannot fail; if it did, the cells without quotes are the next best thing.
    match written.ok().and_then(|()| writer.into_inner().ok()) {
        Some(line) => String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned(),
        None => fields.iter().collect::<Vec<_>>().join(&char::from(delimiter).to_string()),
    }
}

/// The text that `bytes` begin with, and whether that is all of them.
pub(super) fn longest_text(bytes: &[u8]) -> (&str, bool) {
    match bytes.utf8_chunks().next() {
        Some(first) => (first.valid(), first.invalid().is_empty()),
        None => ("", true),
    }
}

/// Names the line of `chunk` on which its first row begins that is not UTF-8.
pub(super) fn not_utf_8(path: &Path, chunk: &Chunk, delimiter: u8) -> Error {
    let mut rows = Split::new(longest_text(&chunk.bytes).0, delimiter);
    let line = loop {
        match rows.next().map(|fields| fields.line) {
            Some(_) if rows.end().is_some() => {}
            Some(cut) => break cut,
            None => break rows.line(),
        }
    };
    wrong_encoding(path, chunk.line + line, "bytes that are not UTF-8", "windows-1252")
}
