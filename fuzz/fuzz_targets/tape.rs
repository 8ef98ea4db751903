#![no_main]
//! Any bytes through the reader of tapes: an error or a tape, never a panic of ours. The Parquet decoder panics on some
//! damaged files; the reader catches that, so it must not end the search.

use libfuzzer_sys::fuzz_target;
use mc_gpu::fence::is_fenced;
use mc_gpu::portfolio::{SegmentRule, TapeSettings, read_tape};
use std::io::Write;
use std::ops::ControlFlow;

fuzz_target!(
    init: {
        let abort = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !is_fenced() {
                abort(panic);
            }
        }));
    },
    |bytes: &[u8]| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let settings = TapeSettings { segments: SegmentRule::Any { lgd: Some(0.5) }, ..TapeSettings::default() };
        let _ = read_tape(&[file.path().to_owned()], &settings, &|_| ControlFlow::Continue(()));
    }
);
