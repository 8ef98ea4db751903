#![no_main]
//! Any bytes through the reader of models: an error or a model, never a panic.

use libfuzzer_sys::fuzz_target;
use mc_gpu::config::{parse_model, resolve};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(raw) = parse_model(&String::from_utf8_lossy(bytes), "fuzz") {
        let _ = resolve(&raw);
    }
});
