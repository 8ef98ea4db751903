//! Opening a file: what it is, by its first bytes.

use super::hashing::Hashing;
use super::progress::Progress;
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{Chain, Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A format that tapes are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Delimited text.
    Text,
    /// Delimited text, compressed with gzip.
    Gzip,
    /// Apache Parquet.
    Parquet,
}

/// A file at its beginning.
#[derive(Debug)]
pub(super) struct Input {
    /// Where it lies.
    pub path: PathBuf,
    /// What it holds.
    pub format: Format,
    /// Its first bytes, already taken from `file`: a pipe cannot be rewound.
    head: Vec<u8>,
    file: File,
}

/// The first bytes of a stream, put back in front of the rest.
pub(super) type Peeked<R> = Chain<Cursor<Vec<u8>>, R>;

/// Bytes that are enough to tell formats apart.
const HEAD: u64 = 8;

/// Opens `path` and recognises its format; fails with [`Error::Tape`] on what is no tape.
pub(super) fn open(path: &Path) -> Result<Input> {
    let failed = |error| Error::file(path, "open", error);
    let mut file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound if path.as_os_str() == "-" => {
            let remedy = "to read from standard input, name /dev/stdin".to_owned();
            Error::File { path: path.to_owned(), action: "open", cause: error, remedy }
        }
        _ => failed(error),
    })?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(failed(ErrorKind::IsADirectory.into()));
    }
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head).map_err(|error| Error::file(path, "read", error))?;
    let format = recognise(&head).map_err(|(found, remedy)| refusal(path, found, remedy))?;
    Ok(Input { path: path.to_owned(), format, head, file })
}

/// The format of content that begins with `head`; or what it is instead, and what to do.
fn recognise(head: &[u8]) -> std::result::Result<Format, (&'static str, &'static str)> {
    const SAVE: &str = "save the table as CSV or Parquet";
    const UNPACK: &str = "unpack it first, or use gzip";
    match head {
        [] => Err(("the file is empty", "give a CSV, CSV.gz or Parquet file with loans")),
        [b'P', b'A', b'R', b'1', ..] => Ok(Format::Parquet),
        [b'P', b'A', b'R', b'E', ..] => Err(("an encrypted Parquet file", "write it without encryption")),
        [0x1F, 0x8B, ..] => Ok(Format::Gzip),
        [b'P', b'K', 3 | 5 | 7, ..] => {
            Err(("a zip archive or an Excel workbook", "unpack it, or save the sheet as CSV"))
        }
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(("an old Excel workbook", SAVE)),
        [b'B', b'Z', b'h', ..] => Err(("a bzip2 archive", UNPACK)),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Err(("a zstd archive", UNPACK)),
        [0xFD, b'7', b'z', b'X', b'Z', ..] => Err(("an xz archive", UNPACK)),
        [b'7', b'z', 0xBC, 0xAF, ..] => Err(("a 7-zip archive", UNPACK)),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Err(("an Arrow (Feather) file", SAVE)),
        _ => Ok(Format::Text),
    }
}

/// Refuses, for `path`, decompressed content that is no text: an archive in an archive.
pub(super) fn require_text(path: &Path, head: &[u8]) -> Result<()> {
    match recognise(head) {
        Ok(Format::Text) => Ok(()),
        Ok(Format::Gzip) => Err(refusal(path, "gzip inside gzip", "unpack it once")),
        Ok(Format::Parquet) => {
            Err(refusal(path, "a Parquet file inside gzip", "unpack it: Parquet compresses by itself"))
        }
        Err((found, remedy)) => Err(refusal(path, &format!("inside gzip: {found}"), remedy)),
    }
}

/// Takes the first bytes (at most 8) of `reader` and puts them back.
pub(super) fn peek<R: Read>(mut reader: R) -> std::io::Result<(Vec<u8>, Peeked<R>)> {
    let mut head = Vec::new();
    reader.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok((head.clone(), Cursor::new(head).chain(reader)))
}

impl Input {
    /// The whole content, hashed as it is read.
    pub(super) fn into_stream<'a>(self, progress: &'a Progress<'a>) -> Hashing<'a, Peeked<File>> {
        Hashing::new(Cursor::new(self.head).chain(self.file), progress)
    }

    /// The file itself, for formats that are not read from front to back.
    pub(super) fn into_file(self) -> File {
        self.file
    }
}

/// The input/output error within an error of the CSV library: its kind says what to do, and wrapped it would be lost.
pub(super) fn io_error(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

fn refusal(path: &Path, found: &str, remedy: &str) -> Error {
    Error::Tape { path: path.to_owned(), found: found.to_owned(), remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_first_bytes() {
        assert_eq!(recognise(b"PAR1...."), Ok(Format::Parquet));
        assert_eq!(recognise(b"\x1f\x8b\x08"), Ok(Format::Gzip));
        assert_eq!(recognise(b"ead,pd"), Ok(Format::Text));
        assert_eq!(recognise(b"P"), Ok(Format::Text));
        for head in
            [&b""[..], b"PARE", b"PK\x03\x04", b"BZh9", b"\xD0\xCF\x11\xE0\xA1", b"\x28\xB5\x2F\xFD", b"ARROW1\0\0"]
        {
            assert!(recognise(head).is_err(), "{head:?}");
        }
    }

    #[test]
    fn peeking_takes_nothing_away() {
        let (head, mut rest) = peek(&b"0123456789"[..]).unwrap();
        let mut all = String::new();
        rest.read_to_string(&mut all).unwrap();
        assert_eq!((head.as_slice(), all.as_str()), (&b"01234567"[..], "0123456789"));
    }
}
