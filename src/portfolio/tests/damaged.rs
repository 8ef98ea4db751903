//! Typed files that are damaged behind their first batches, read by several threads.

use super::*;
use ::parquet::arrow::ArrowWriter;
use ::parquet::file::properties::WriterProperties;
use arrow::array::{Float64Array, RecordBatch, StringArray};
use std::sync::Arc;

/// Loans of several batches, neither compressed nor in a dictionary; the segment of row number `marked` is `MARK`.
fn plain(rows: usize, marked: usize) -> Vec<u8> {
    let name = |row| if row == marked { "MARK".to_owned() } else { format!("s{}", row % 13) };
    let numbers = |step: f64| Float64Array::from_iter_values((0..rows).map(|row| (row % 97 + 1) as f64 * step));
    let batch = RecordBatch::try_from_iter([
        ("segment", Arc::new(StringArray::from_iter_values((0..rows).map(name))) as _),
        ("ead", Arc::new(numbers(10.0)) as _),
        ("pd", Arc::new(numbers(0.001)) as _),
    ])
    .unwrap();
    let properties = WriterProperties::builder().set_dictionary_enabled(false).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn a_cell_that_is_no_text_ends_the_file_wherever_it_stands() {
    for marked in [0, 8_191, 8_192, 30_011, 49_999] {
        let mut bytes = plain(50_003, marked);
        let place = bytes.windows(4).position(|four| four == b"MARK").unwrap();
        assert_eq!(read(&bytes, &settings()).unwrap().loans(), 50_003);
        bytes[place + 1] = 0xE9;
        for threads in [1, 2, 3, 8] {
            for _ in 0..5 {
                let text = on_threads(threads, || refusal(&bytes, &settings()));
                assert!(text.contains("cannot be read as Parquet") && text.contains("UTF-8"), "{marked}: {text}");
            }
        }
    }
}

#[test]
fn flipped_bytes_give_a_tape_or_an_error() {
    let whole = plain(30_011, 29_000);
    let mut refused = 0;
    for number in 0..307_u64 {
        let mut bytes = whole.clone();
        for flip in 0..=number % 3 {
            // Multiplicative hashing spreads the places over the file (Knuth, volume 3, 6.4).
            let place = (number * 7 + flip).wrapping_mul(0x9E37_79B9_7F4A_7C15) % bytes.len() as u64;
            bytes[place as usize] ^= 1 << (number % 8);
        }
        match on_threads(1 + number as usize % 4, || read(&bytes, &settings())) {
            Ok(tape) => assert_eq!(tape.inputs[0].rows, u64::from(tape.loans())),
            Err(error) => {
                assert_eq!(error.exit_code(), 1, "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 30, "only {refused} were damaged enough to be noticed");
}
