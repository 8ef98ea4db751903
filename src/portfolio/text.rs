//! Tapes of delimited text, plain or gzipped: one pass, bounded memory, every row with the line that it begins on.

use super::decode::{Decoding, Fault, announced, apparent};
use super::found::quote;
use super::gunzip::Members;
use super::input::{self, Format, Input};
use super::ledger::Ledger;
use super::lines::{LONGEST_ROW, Lines};
use super::plan::{Plan, Served};
use super::row::Cell;
use super::settings::TextFormat;
use super::tape::InputFile;
use crate::error::{Error, Result, RowIssue};
use csv::{ByteRecord, StringRecord};
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;

/// Bytes fetched at once.
const BUFFER: usize = 1 << 16;

/// Reads the rows of `input` into `ledger`.
pub(super) fn read(input: Input, ledger: &mut Ledger) -> Result<InputFile> {
    let (path, format) = (input.path.clone(), input.format);
    let before = ledger.rows();
    let mut stream = input.into_stream();
    let fields = {
        let plain: Box<dyn Read + '_> = match format {
            Format::Gzip => Box::new(Members::new(BufReader::with_capacity(BUFFER, &mut stream))),
            Format::Text | Format::Parquet => Box::new(&mut stream),
        };
        let text = decode(&path, plain, &ledger.settings.format)?;
        Rows::open(&path, text, &ledger.settings.format)?.read(ledger)?
    };
    let (bytes, sha256) = stream.finish().map_err(|error| Error::file(&path, "read", error))?;
    Ok(InputFile { path, bytes, sha256, rows: ledger.rows() - before, fields })
}

type Bytes<'a> = Box<dyn Read + 'a>;

/// UTF-8 without a byte order mark; what is UTF-8 by declaration is checked row by row.
fn decode<'a>(path: &Path, plain: Bytes<'a>, format: &TextFormat) -> Result<Bytes<'a>> {
    let (head, mut plain) = input::peek(plain).map_err(|error| broken(path, 1, error))?;
    input::require_text(path, &head)?;
    let encoding = format.encoding()?;
    if let Some(other) = announced(&head).filter(|other| *other != encoding) {
        return Err(wrong_encoding(path, 1, &format!("a byte order mark of {}", other.name()), other.name()));
    }
    if let Some(other) = apparent(&head).filter(|other| [UTF_16LE, UTF_16BE].contains(&encoding) && *other != encoding)
    {
        return Err(wrong_encoding(path, 1, &format!("text that is {} by its zero bytes", other.name()), other.name()));
    }
    if encoding != UTF_8 {
        return Ok(Box::new(Decoding::new(plain, encoding)));
    }
    if head.starts_with(b"\xEF\xBB\xBF") {
        plain.read_exact(&mut [0; 3]).map_err(|error| broken(path, 1, error))?;
    }
    Ok(Box::new(plain))
}

/// The rows of one file, after its header.
struct Rows<'a> {
    path: &'a Path,
    delimiter: u8,
    reader: csv::Reader<Lines<Bytes<'a>>>,
    record: ByteRecord,
    headers: Vec<String>,
}

impl<'a> Rows<'a> {
    /// Reads the header.
    fn open(path: &'a Path, text: Bytes<'a>, format: &TextFormat) -> Result<Self> {
        let delimiter = format.delimiter;
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(BUFFER)
            .from_reader(Lines::new(text));
        let mut rows = Self { path, delimiter, reader, record: ByteRecord::new(), headers: Vec::new() };
        let Some((line, header)) = rows.next()? else {
            return Err(
                rows.error("no header: the file has only blank lines", "put the names of the columns on line 1")
            );
        };
        rows.headers = header.iter().map(str::to_owned).collect();
        rows.record = header.into_byte_record();
        if rows.headers.iter().any(|name| name.contains('\0')) {
            let first = rows.headers.first().and_then(|name| apparent(name.as_bytes()));
            return Err(wrong_encoding(path, line, "zero bytes in the header", first.unwrap_or(UTF_16LE).name()));
        }
        rows.check_delimiter()?;
        Ok(rows)
    }

    fn read(mut self, ledger: &mut Ledger) -> Result<Vec<Served>> {
        let plan = ledger.begin(self.path, &self.headers)?;
        let mut joined = String::new();
        while let Some((line, record)) = self.next()? {
            let raw = || render(&record, self.delimiter);
            if record.len() == self.headers.len() {
                let cell = |_, column| record.get(column).map_or(Cell::Missing, Cell::Text);
                ledger.add(&plan, line, &plan.row(cell, &mut joined), &raw)?;
            } else {
                ledger.reject(self.misshapen(&plan, line, &record), &raw)?;
            }
            self.record = record.into_byte_record();
        }
        Ok(plan.served())
    }

    /// The next row and the line that it begins on.
    fn next(&mut self) -> Result<Option<(u64, StringRecord)>> {
        let mut record = std::mem::take(&mut self.record);
        match self.reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => return Err(broken(self.path, self.reader.position().line(), input::io_error(error))),
        }
        self.reader.get_mut().start_row();
        // Every line ends in LF, and those within the row are in its cells.
        let within = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        let after = self.reader.position().line();
        if self.reader.get_ref().ended() {
            let line = after.saturating_sub(within);
            return Err(self.error(
                &format!("the row on line {line} opens a double quote that is never closed"),
                "close it, or double a quote that belongs to the text",
            ));
        }
        let line = after.saturating_sub(within + 1);
        let undecodable = |_| wrong_encoding(self.path, line, "bytes that are not UTF-8", "windows-1252");
        StringRecord::from_byte_record(record).map(|record| Some((line, record))).map_err(undecodable)
    }

    fn misshapen(&self, plan: &Plan, line: u64, record: &StringRecord) -> RowIssue {
        let count = |n: usize| if n == 1 { "1 field".to_owned() } else { format!("{n} fields") };
        let hint = if record.as_slice().contains('\n') { "; is a double quote left open?" } else { "" };
        RowIssue {
            file: plan.file.clone(),
            line,
            column: "(row)".to_owned(),
            found: count(record.len()),
            wanted: format!("{}, as in the header{hint}", count(self.headers.len())),
        }
    }

    fn check_delimiter(&self) -> Result<()> {
        let alone = self.headers.len() == 1;
        let other = |sign: &char| {
            let is_certain = self.delimiter == b',' && matches!(sign, ';' | '\t');
            *sign != char::from(self.delimiter)
                && (alone || is_certain)
                && self.headers.iter().any(|h| h.contains(*sign))
        };
        match [';', '\t', '|', ','].iter().find(|sign| other(sign)) {
            None => Ok(()),
            Some(sign) => {
                let (here, there) = (char::from(self.delimiter).escape_default(), sign.escape_default());
                let header = quote(&self.headers.join(&char::from(self.delimiter).to_string()));
                let found = format!("fields are split at '{here}', but the header is {header}");
                Err(self.error(&found, &format!("set [input] delimiter = \"{there}\" in the model file")))
            }
        }
    }

    fn error(&self, found: &str, remedy: &str) -> Error {
        Error::Tape { path: self.path.to_owned(), found: found.to_owned(), remedy: remedy.to_owned() }
    }
}

/// The row as it would be written, for the file of rejects.
fn render(record: &StringRecord, delimiter: u8) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let written = writer.write_byte_record(record.as_byte_record());
    // Writing to memory cannot fail; if it did, the cells without quotes are the next best thing.
    match written.ok().and_then(|()| writer.into_inner().ok()) {
        Some(line) => String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned(),
        None => record.iter().collect::<Vec<_>>().join(&char::from(delimiter).to_string()),
    }
}

fn wrong_encoding(path: &Path, line: u64, what: &str, label: &str) -> Error {
    let found = format!("line {line} has {what}");
    let remedy = format!("set [input] encoding, for example encoding = \"{}\"", label.to_lowercase());
    Error::Tape { path: path.to_owned(), found, remedy }
}

/// What an error of the stream means for the tape.
fn broken(path: &Path, line: u64, error: std::io::Error) -> Error {
    let tape = |found: String, remedy: &str| Error::Tape { path: path.to_owned(), found, remedy: remedy.to_owned() };
    match (Fault::within(&error), error.kind()) {
        (Some(Fault::Malformed(encoding)), _) => {
            let found = format!("bytes near line {line} are not {encoding}");
            tape(found, "set [input] encoding to what the file is written in, for example utf-8 or windows-1252")
        }
        (Some(Fault::EndlessRow(_)), _) => {
            let found = format!("the row on line {line} is longer than {} MiB", LONGEST_ROW >> 20);
            tape(found, "look there for a double quote that is opened and never closed")
        }
        (None, ErrorKind::UnexpectedEof) => {
            tape(format!("gzip data end too early, near line {line}"), "the file was cut short: copy it again")
        }
        (None, ErrorKind::InvalidInput | ErrorKind::InvalidData) => {
            tape(format!("gzip data are damaged near line {line} ({error})"), "copy the file again")
        }
        _ => Error::file(path, "read", error),
    }
}
