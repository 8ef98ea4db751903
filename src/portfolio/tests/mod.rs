//! Whole tapes through the reader: what comes out, and what each kind of bad file says.

mod assumed;
mod columns;
mod damaged;
mod details;
mod dirty;
mod files;
mod hostile;
mod obligors;
mod threads;
mod typed;

use super::*;
use crate::error::{Error, Result};
use std::ops::ControlFlow;
use std::path::PathBuf;
use tempfile::TempDir;

/// A folder to put tapes in.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// Progress that nobody looks at.
fn go_on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Settings under which a tape needs no lgd.
fn settings() -> TapeSettings {
    TapeSettings { segments: SegmentRule::Any { lgd: Some(0.45) }, ..TapeSettings::default() }
}

fn read(bytes: impl AsRef<[u8]>, settings: &TapeSettings) -> Result<Tape> {
    let desk = Desk::new();
    read_tape(&[desk.put("t.csv", bytes)], settings, &go_on)
}

fn refusal(bytes: impl AsRef<[u8]>, settings: &TapeSettings) -> String {
    let error = read(bytes, settings).unwrap_err();
    assert_eq!(error.exit_code(), 1);
    error.to_string()
}

fn mapped(field: Field, source: Source) -> TapeSettings {
    let mut settings = settings();
    settings.columns.set(field, source);
    settings
}

fn column(name: &str) -> Source {
    Source::Column { name: name.into(), unit: None }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
