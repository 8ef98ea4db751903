//! Resolves `[input]`: how text tapes are written.

use super::keys;
use super::place::{Written, show_text};
use super::raw::RawInput;
use super::resolve::pick;
use crate::error::{Error, Result};
use crate::portfolio::{DecimalSign, TextFormat};

pub(super) fn resolve(raw: &RawInput, defaults: &RawInput) -> Result<TextFormat> {
    let written = pick(&raw.delimiter, &defaults.delimiter)?;
    let delimiter = match written.value.as_bytes() {
        b"tab" => b'\t',
        &[byte] if can_separate(byte) => byte,
        _ => return Err(refuse(written, keys::DELIMITER.wanted)),
    };
    let written = pick(&raw.decimal, &defaults.decimal)?;
    let decimal = match written.value.as_str() {
        "." => DecimalSign::Point,
        "," => DecimalSign::Comma,
        _ => return Err(refuse(written, keys::DECIMAL.wanted)),
    };
    if decimal == DecimalSign::Comma && delimiter == b',' {
        let wanted = "another sign between fields: input.delimiter = \";\" or \"tab\", whichever the tape has";
        return Err(written.refuse("',' with the delimiter ','", wanted));
    }
    let written = pick(&raw.encoding, &defaults.encoding)?;
    let encoding = encoding_rs::Encoding::for_label_no_replacement(written.value.as_bytes());
    let encoding = encoding.ok_or_else(|| refuse(written, keys::ENCODING.wanted))?.name().to_ascii_lowercase();
    Ok(TextFormat { delimiter, decimal, encoding })
}

/// A quote, a line end or part of a name or number cannot separate fields.
fn can_separate(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n\0.-+_".contains(&byte)
}

fn refuse(written: &Written<String>, wanted: &str) -> Error {
    written.refuse(show_text(&written.value), wanted)
}
