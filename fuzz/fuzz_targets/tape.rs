#![no_main]
//! Any bytes through the reader of tapes: an error or a tape, never a panic.

use libfuzzer_sys::fuzz_target;
use mc_gpu::portfolio::{SegmentRule, TapeSettings, read_tape};
use std::io::Write;

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let settings = TapeSettings { segments: SegmentRule::Any { lgd: Some(0.5) }, ..TapeSettings::default() };
    let _ = read_tape(&[file.path().to_owned()], &settings, &|_| {});
});
