//! What can be wrong with a file of text as a whole, in words.

use super::decode::Fault;
use crate::error::Error;
use std::io::ErrorKind;
use std::path::Path;

/// What an error of the stream near `line` means for the tape.
pub(super) fn broken(path: &Path, line: u64, error: std::io::Error) -> Error {
    match (Fault::within(&error), error.kind()) {
        (Some(Fault::Malformed(encoding)), _) => {
            let found = format!("bytes near line {line} are not {encoding}");
            fault(path, found, "set [input] encoding to what the file is written in, for example utf-8 or windows-1252")
        }
        (Some(Fault::Interrupted), _) => Error::Interrupted,
        (Some(Fault::Appended), _) => {
            let found = format!("after the gzip data, near line {line}, come bytes that are not gzip");
            fault(path, found, "take away what was appended: unpack it with gzip, which says so and leaves it out")
        }
        (None, ErrorKind::UnexpectedEof) => {
            let found = format!("gzip data end too early, near line {line}");
            fault(path, found, "the file was cut short: copy it again")
        }
        (None, ErrorKind::InvalidInput | ErrorKind::InvalidData) => {
            fault(path, format!("gzip data are damaged near line {line} ({error})"), "copy the file again")
        }
        _ => Error::file(path, "read", error),
    }
}

/// Bytes on `line` that are not in the encoding that the file should have, and probably in that of the `label`.
pub(super) fn wrong_encoding(path: &Path, line: u64, what: &str, label: &str) -> Error {
    let remedy = format!("set [input] encoding, for example encoding = \"{}\"", label.to_lowercase());
    fault(path, format!("line {line} has {what}"), &remedy)
}

/// A row, begun on `line`, that is longer than `bytes` (whole MiB).
pub(super) fn endless(path: &Path, line: u64, bytes: usize, is_quoted: bool) -> Error {
    let found = format!("the row on line {line} is longer than {} MiB", bytes >> 20);
    let remedy = if is_quoted {
        "look there for a double quote that is opened and never closed"
    } else {
        "is it a table of text? End each row with a line end"
    };
    fault(path, found, remedy)
}

/// A row, begun on `line`, that the file ends in.
pub(super) fn open_quote(path: &Path, line: u64) -> Error {
    let found = format!("the row on line {line} opens a double quote that is never closed");
    fault(path, found, "close it, or double a quote that belongs to the text")
}

/// A fault of the file `path`: what was found, and what to do.
pub(super) fn fault(path: &Path, found: String, remedy: &str) -> Error {
    Error::Tape { path: path.to_owned(), found, remedy: remedy.to_owned() }
}
