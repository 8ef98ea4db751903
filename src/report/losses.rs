//! Per-scenario losses as files: Parquet (exact, with the manifest inside, so that one file is a valid saved run) and CSV.
//!
//! Parquet columns: `scenario` (u64), `loss_units` (u64), `loss` (f64, currency), `defaults` (u32), and, where they were
//! kept, `segment_loss_units:NAME` (u64) per segment; in a plan of several periods `year_loss_units:1` … (u64), by year of
//! the default. CSV columns: `scenario,loss,defaults`.

use super::manifest::Manifest;
use crate::engine::{Keep, Ledger, Part, refuse_too_large};
use crate::error::{Error, Result};
use crate::fence::fence;
use crate::portfolio::io_error;
use crate::rng::MOST_SCENARIOS;
use crate::units::Unit;
use arrow::array::{Array, ArrayRef, Float64Array, RecordBatch, UInt32Array, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Metadata key under which the manifest travels in the Parquet file.
const MANIFEST_KEY: &str = "mc-gpu.manifest";

/// Prefix of the columns of segments.
const SEGMENT_PREFIX: &str = "segment_loss_units:";

/// Prefix of the columns of years.
const YEAR_PREFIX: &str = "year_loss_units:";

/// Rows handed to the writer at a time.
const ROWS: usize = 65_536;

/// Writes the finished scenarios of `ledger` as Parquet.
pub(super) fn write_parquet(file: File, ledger: &Ledger, manifest: &Manifest) -> std::io::Result<()> {
    let n_segments = segment_count(ledger);
    let mut fields = vec![
        Field::new("scenario", DataType::UInt64, false),
        Field::new("loss_units", DataType::UInt64, false),
        Field::new("loss", DataType::Float64, false),
        Field::new("defaults", DataType::UInt32, false),
    ];
    for segment in manifest.segments.iter().take(n_segments) {
        fields.push(Field::new(format!("{SEGMENT_PREFIX}{}", segment.name), DataType::UInt64, false));
    }
    for year in 1..=ledger.n_years() {
        fields.push(Field::new(format!("{YEAR_PREFIX}{year}"), DataType::UInt64, false));
    }
    let schema = Arc::new(Schema::new(fields));
    let json = serde_json::to_string(manifest)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_key_value_metadata(Some(vec![KeyValue::new(MANIFEST_KEY.to_owned(), json)]))
        .build();
    let mut writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties)).map_err(io_error)?;
    let unit = manifest.portfolio.unit;
    for part in ledger.parts() {
        let n = part.losses.len();
        for start in (0..n).step_by(ROWS) {
            let rows = start..n.min(start + ROWS);
            let losses = &part.losses[rows.clone()];
            let mut columns: Vec<ArrayRef> = vec![
                Arc::new(UInt64Array::from_iter_values(rows.clone().map(|row| part.scenarios.start + row as u64))),
                Arc::new(UInt64Array::from_iter_values(losses.iter().copied())),
                Arc::new(Float64Array::from_iter_values(losses.iter().map(|&loss| unit.currency(loss as f64)))),
                Arc::new(UInt32Array::from_iter_values(part.defaults[rows.clone()].iter().copied())),
            ];
            for (losses, n) in [(&part.segment_losses, n_segments), (&part.year_losses, ledger.n_years())] {
                for column in 0..n {
                    let losses = rows.clone().map(|row| losses[row * n + column]);
                    columns.push(Arc::new(UInt64Array::from_iter_values(losses)));
                }
            }
            let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(std::io::Error::other)?;
            writer.write(&batch).map_err(io_error)?;
        }
    }
    writer.close().map_err(io_error)?;
    Ok(())
}

/// Writes the finished scenarios of `ledger` as CSV.
pub(super) fn write_csv(file: File, ledger: &Ledger, unit: Unit) -> std::io::Result<()> {
    let mut out = BufWriter::new(file);
    writeln!(out, "scenario,loss,defaults")?;
    for part in ledger.parts() {
        for (scenario, (&loss, defaults)) in part.scenarios.zip(part.losses.iter().zip(&part.defaults)) {
            writeln!(out, "{scenario},{},{defaults}", unit.decimal(loss))?;
        }
    }
    out.flush()
}

/// Reads what [`write_parquet`] wrote. Whatever the file claims is checked before it is believed.
pub(super) fn read_parquet(path: &Path) -> Result<(Manifest, Ledger)> {
    let file = File::open(path).map_err(|cause| Error::file(path, "open", cause))?;
    let broken = |what: String| Error::Run {
        path: path.to_owned(),
        found: what,
        remedy: "it was not written by this program or is damaged; play its scenarios again".to_owned(),
    };
    let reader = fence(|| ParquetRecordBatchReaderBuilder::try_new(file)).map_err(broken)?;
    let metadata = reader.metadata().file_metadata().key_value_metadata();
    let json = metadata.and_then(|pairs| pairs.iter().find(|pair| pair.key == MANIFEST_KEY)?.value.clone());
    let json = json.ok_or_else(|| broken("no manifest inside".to_owned()))?;
    let manifest: Manifest = serde_json::from_str(&json).map_err(|error| broken(format!("manifest: {error}")))?;
    let [n_segments, n_years] = [SEGMENT_PREFIX, YEAR_PREFIX]
        .map(|prefix| reader.schema().fields().iter().filter(|field| field.name().starts_with(prefix)).count());
    let keep = if n_segments > 0 { Keep::Segments(n_segments) } else { Keep::Totals };
    let n_rows = u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0);
    let hull = hull(&manifest.done, n_rows).ok_or_else(|| broken("scenario ranges that cannot be".to_owned()))?;
    refuse_too_large(&hull, keep, n_years)?;
    let rows = read_rows(reader).map_err(broken)?;
    if !rows.add_up(&rows.segment_losses, n_segments) || !rows.add_up(&rows.year_losses, n_years) {
        return Err(broken("losses of segments or years that do not add up to the scenario's".to_owned()));
    }
    if !rows.scenarios.iter().copied().eq(manifest.done.iter().flat_map(|&[start, end]| start..end)) {
        return Err(broken("scenario numbers differ from the manifest's".to_owned()));
    }
    let mut ledger = Ledger::new(hull, keep).with_years(n_years);
    let mut place = 0;
    for &[start, end] in &manifest.done {
        let places = place..place + (end - start) as usize;
        place = places.end;
        ledger.record(&Part {
            scenarios: start..end,
            losses: rows.losses[places.clone()].to_vec(),
            defaults: rows.defaults[places.clone()].to_vec(),
            segment_losses: rows.segment_losses[places.start * n_segments..places.end * n_segments].to_vec(),
            year_losses: rows.year_losses[places.start * n_years..places.end * n_years].to_vec(),
        })?;
    }
    Ok((manifest, ledger))
}

/// The smallest range around `done`, if its ranges are not empty, ascend, and hold `n_rows` scenarios.
fn hull(done: &[[u64; 2]], n_rows: u64) -> Option<Range<u64>> {
    let (mut end_before, mut n) = (0, 0_u64);
    for &[start, end] in done {
        if start < end_before || end <= start || end > MOST_SCENARIOS {
            return None;
        }
        (end_before, n) = (end, n + (end - start));
    }
    let start = done.first().map_or(0, |first| first[0]);
    (n == n_rows).then_some(start..end_before)
}

fn read_rows(reader: ParquetRecordBatchReaderBuilder<File>) -> std::result::Result<Rows, String> {
    let mut batches = fence(|| reader.build())?;
    let mut rows = Rows::default();
    while let Some(batch) = fence(|| batches.next().transpose())? {
        rows.add(&batch).ok_or("wrong columns")?;
    }
    Ok(rows)
}

fn segment_count(ledger: &Ledger) -> usize {
    match ledger.keep() {
        Keep::Totals => 0,
        Keep::Segments(n_segments) => n_segments,
    }
}

/// Columns as they are read, batch by batch.
#[derive(Default)]
struct Rows {
    scenarios: Vec<u64>,
    losses: Vec<u64>,
    defaults: Vec<u32>,
    segment_losses: Vec<u64>,
    year_losses: Vec<u64>,
}

impl Rows {
    /// Whether `parts`, `n` to a scenario or none at all, make up the loss of each.
    fn add_up(&self, parts: &[u64], n: usize) -> bool {
        let sum = |losses: &[u64]| losses.iter().copied().try_fold(0_u64, u64::checked_add);
        n == 0 || self.losses.iter().zip(parts.chunks(n)).all(|(&loss, losses)| sum(losses) == Some(loss))
    }

    fn add(&mut self, batch: &RecordBatch) -> Option<()> {
        let words = |name: &str| batch.column_by_name(name)?.as_any().downcast_ref::<UInt64Array>();
        self.scenarios.extend(words("scenario")?.values());
        self.losses.extend(words("loss_units")?.values());
        let defaults = batch.column_by_name("defaults")?.as_any().downcast_ref::<UInt32Array>()?;
        self.defaults.extend(defaults.values());
        let schema = batch.schema();
        for (prefix, losses) in [(SEGMENT_PREFIX, &mut self.segment_losses), (YEAR_PREFIX, &mut self.year_losses)] {
            let names = schema.fields().iter().map(|field| field.name()).filter(|name| name.starts_with(prefix));
            let columns: Vec<&UInt64Array> = names.map(|name| words(name)).collect::<Option<_>>()?;
            for row in 0..batch.num_rows() {
                losses.extend(columns.iter().map(|column| column.value(row)));
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_cannot_be_are_refused() {
        assert_eq!(hull(&[[3, 5], [5, 6], [9, 11]], 5), Some(3..11));
        assert_eq!(hull(&[], 0), Some(0..0));
        for (done, n_rows) in [
            (&[[99, 0], [0, 2000]][..], 1901),
            (&[[0, 5], [4, 9]], 10),
            (&[[5, 5]], 0),
            (&[[0, u64::MAX]], u64::MAX),
            (&[[0, 7]], 8),
        ] {
            assert_eq!(hull(done, n_rows), None, "{done:?}");
        }
    }
}
