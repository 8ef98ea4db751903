//! Text in any encoding to UTF-8, strictly: bytes that mean nothing in the encoding are an error, not a replacement sign.

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_16BE, UTF_16LE};
use std::io::{Error, ErrorKind, Read, Result};

/// Bytes fetched at once.
const CHUNK: usize = 1 << 16;

/// Why a stream stops in the middle.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// Bytes that mean nothing in the encoding.
    #[error("bytes that are not {0}")]
    Malformed(&'static str),
    /// Nobody wants the rest.
    #[error("interrupted")]
    Interrupted,
    /// Something else after gzip data.
    #[error("bytes after the gzip data that are none")]
    Appended,
}

impl Fault {
    /// The fault inside an input/output error, if that is what it carries.
    pub(super) fn within(error: &Error) -> Option<&Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::new(ErrorKind::InvalidData, fault)
    }
}

/// The encoding that the byte order mark at the start of `head` announces, if it is UTF-16.
pub(super) fn announced(head: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_bom(head).map(|(encoding, _)| encoding).filter(|encoding| [UTF_16LE, UTF_16BE].contains(encoding))
}

/// The UTF-16 that text beginning with `head` is in, judged by the zero bytes of its first two characters, if they are ASCII.
pub(super) fn apparent(head: &[u8]) -> Option<&'static Encoding> {
    let all = |is_ascii: fn(&[u8]) -> bool| head.len() >= 2 && head.chunks_exact(2).take(2).all(is_ascii);
    if all(|pair| matches!(pair, [0, low] if *low != 0)) {
        return Some(UTF_16BE);
    }
    all(|pair| matches!(pair, [low, 0] if *low != 0)).then_some(UTF_16LE)
}

/// A stream decoded to UTF-8, without its byte order mark.
pub(super) struct Decoding<R> {
    inner: R,
    decoder: Decoder,
    fetched: Vec<u8>,
    used: usize,
    ended: bool,
    decoded: Vec<u8>,
    given: usize,
    /// What went wrong behind what was fetched.
    fault: Option<Error>,
    /// Whether what follows what was decoded means nothing.
    is_malformed: bool,
}

impl<R: Read> Decoding<R> {
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self {
            inner,
            decoder,
            fetched: Vec::new(),
            used: 0,
            ended: false,
            decoded: Vec::new(),
            given: 0,
            fault: None,
            is_malformed: false,
        }
    }

    /// Decodes the next piece; leaves nothing decoded only at the end. What comes before a fault is given first.
    fn refill(&mut self) -> Result<()> {
        if self.is_malformed {
            return Err(self.malformed());
        }
        self.decoded.clear();
        self.given = 0;
        while self.decoded.is_empty() && !(self.ended && self.used == self.fetched.len()) {
            if self.used == self.fetched.len() {
                self.fetched.clear();
                self.used = 0;
                if let Some(fault) = self.fault.take() {
                    return Err(fault);
                }
                // What was fetched before something went wrong is decoded first.
                match self.inner.by_ref().take(CHUNK as u64).read_to_end(&mut self.fetched) {
                    Ok(n) => self.ended = n == 0,
                    Err(fault) => self.fault = Some(fault),
                }
            }
            let rest = self.fetched.get(self.used..).unwrap_or_default();
            self.decoded.resize(CHUNK * 3, 0);
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(rest, &mut self.decoded, self.ended);
            self.decoded.truncate(written);
            self.used += read;
            if let DecoderResult::Malformed(..) = result {
                self.is_malformed = true;
                if self.decoded.is_empty() {
                    return Err(self.malformed());
                }
            }
        }
        Ok(())
    }

    fn malformed(&self) -> Error {
        Fault::Malformed(self.decoder.encoding().name()).into()
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        if self.given == self.decoded.len() {
            self.refill()?;
        }
        let n = self.decoded.get(self.given..).unwrap_or_default().read(out)?;
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::WINDOWS_1252;

    fn decode(bytes: &[u8], encoding: &'static Encoding) -> Result<String> {
        let mut text = String::new();
        Decoding::new(bytes, encoding).read_to_string(&mut text).map(|_| text)
    }

    fn utf_16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn every_piece_of_a_long_text_arrives() {
        // Odd length: pieces end inside a character.
        let text = "x€😀é".repeat(40_011);
        assert_eq!(decode(&utf_16(&format!("\u{feff}{text}"), u16::to_le_bytes), UTF_16LE).unwrap(), text);
        assert_eq!(decode(&utf_16(&text, u16::to_be_bytes), UTF_16BE).unwrap(), text);
        assert_eq!(decode(b"caf\xE9 \x80", WINDOWS_1252).unwrap(), "café €");
        assert_eq!(decode(b"", UTF_16LE).unwrap(), "");
    }

    #[test]
    fn broken_text_is_an_error() {
        for bytes in [&b"a\0b"[..], b"\x00\xD8a\0", b"a\0\x00\xDC"] {
            let error = decode(bytes, UTF_16LE).unwrap_err();
            assert!(matches!(Fault::within(&error), Some(Fault::Malformed("UTF-16LE"))), "{bytes:?}: {error}");
        }
        let mut decoding = Decoding::new(&b"a\0b\0\x00\xD8a\0"[..], UTF_16LE);
        let mut text = Vec::new();
        assert!(decoding.read_to_end(&mut text).is_err() && text == b"ab", "what was good comes first: {text:?}");
        assert!(decoding.read(&mut [0; 9]).is_err(), "and nothing comes after");
    }

    #[test]
    fn utf_16_announces_itself() {
        assert_eq!(announced(b"\xFF\xFEa\0"), Some(UTF_16LE));
        assert_eq!(announced(b"\xFE\xFF\0a"), Some(UTF_16BE));
        assert_eq!(announced(b"\xEF\xBB\xBFa"), None);
        assert_eq!(announced(b"a"), None);
        for (head, encoding) in [
            (&b"\0e\0a\0d"[..], Some(UTF_16BE)),
            (b"e\0a\0d\0", Some(UTF_16LE)),
            (b"\0x", Some(UTF_16BE)),
            (b"ead,", None),
            (b"e\0ad", None),
            (b"\x16\x04\0e", None),
            (b"", None),
        ] {
            assert_eq!(apparent(head), encoding, "{head:?}");
        }
    }
}
