//! The header of a text: the names of its columns, and whether it is read with the right separator and encoding.

use super::chunks::{Chunk, Chunks};
use super::decode::apparent;
use super::faults::{fault, wrong_encoding};
use super::found::quote;
use super::split::Split;
use super::text::{longest_text, not_utf_8};
use crate::error::Result;
use encoding_rs::UTF_16LE;
use std::io::Read;
use std::path::Path;

/// The names of the columns, and what stands behind them in their chunk (perhaps nothing).
pub(super) fn read_header<R: Read>(path: &Path, chunks: &mut Chunks<R>, delimiter: u8) -> Result<(Vec<String>, Chunk)> {
    loop {
        let Some(chunk) = chunks.next().transpose()? else {
            let found = "no header: the file has only blank lines".to_owned();
            return Err(fault(path, found, "put the names of the columns on line 1"));
        };
        let (text, is_whole) = longest_text(&chunk.bytes);
        let mut rows = Split::new(text, delimiter);
        let header = rows.next().map(|header| (header.line, header.iter().map(str::to_owned).collect::<Vec<_>>()));
        match (header, rows.end()) {
            (Some((line, headers)), Some(end)) => {
                check_encoding(path, chunk.line + line, &headers)?;
                check_delimiter(path, delimiter, &headers)?;
                let rest = chunk.bytes.get(end..).unwrap_or_default().to_vec();
                let (line, lines) = (chunk.line + rows.line(), chunk.lines.saturating_sub(rows.line()));
                return Ok((headers, Chunk { bytes: rest, line, lines }));
            }
            _ if !is_whole => return Err(not_utf_8(path, &chunk, delimiter)),
            _ => {}
        }
    }
}

fn check_encoding(path: &Path, line: u64, headers: &[String]) -> Result<()> {
    if !headers.iter().any(|name| name.contains('\0')) {
        return Ok(());
    }
    let first = headers.first().and_then(|name| apparent(name.as_bytes()));
    Err(wrong_encoding(path, line, "zero bytes in the header", first.unwrap_or(UTF_16LE).name()))
}

fn check_delimiter(path: &Path, delimiter: u8, headers: &[String]) -> Result<()> {
    let alone = headers.len() == 1;
    let other = |sign: &char| {
        let is_certain = delimiter == b',' && matches!(sign, ';' | '\t');
        *sign != char::from(delimiter) && (alone || is_certain) && headers.iter().any(|name| name.contains(*sign))
    };
    match [';', '\t', '|', ','].iter().find(|sign| other(sign)) {
        None => Ok(()),
        Some(sign) => {
            let (here, there) = (char::from(delimiter).escape_default(), sign.escape_default());
            let header = quote(&headers.join(&char::from(delimiter).to_string()));
            let found = format!("fields are split at '{here}', but the header is {header}");
            Err(fault(path, found, &format!("set [input] delimiter = \"{there}\" in the model file")))
        }
    }
}
