//! Parquet: every type that may serve, those that may not, and files that lie.

use super::*;
use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, GzipLevel};
use ::parquet::file::properties::WriterProperties;
use arrow::array::*;
use arrow::datatypes::{Int32Type, i256};
use std::sync::Arc;

fn parquet(columns: Vec<(&str, ArrayRef)>, compression: Compression) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn plain(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    parquet(columns, Compression::SNAPPY)
}

fn pd() -> (&'static str, ArrayRef) {
    ("pd", Arc::new(Float64Array::from(vec![0.5, 0.25, 0.035])))
}

#[test]
fn every_type_of_number_serves() {
    let decimals = |scale| Decimal128Array::from(vec![150, 70, 35]).with_precision_and_scale(12, scale).unwrap();
    let amounts: Vec<(ArrayRef, [f64; 3])> = vec![
        (Arc::new(Int8Array::from(vec![1, 2, 3])), [1.0, 2.0, 3.0]),
        (Arc::new(UInt64Array::from(vec![1, 2, 1 << 40])), [1.0, 2.0, (1u64 << 40) as f64]),
        (Arc::new(Float32Array::from(vec![1.5, 2.0, 3.0])), [1.5, 2.0, 3.0]),
        (Arc::new(decimals(2)), [1.5, 0.7, 0.35]),
        (Arc::new(decimals(0)), [150.0, 70.0, 35.0]),
        (
            Arc::new(
                Decimal128Array::from(vec![1_234_567_890_123_456_789_012; 3]).with_precision_and_scale(38, 9).unwrap(),
            ),
            [1_234_567_890_123.456_8; 3],
        ),
        (Arc::new(Decimal256Array::from(vec![i256::from(35); 3]).with_precision_and_scale(50, 3).unwrap()), [0.035; 3]),
        (Arc::new(StringArray::from(vec!["1.5", " 2 ", "3e2"])), [1.5, 2.0, 300.0]),
        (Arc::new(LargeStringArray::from(vec!["1", "2", "3"])), [1.0, 2.0, 3.0]),
        (Arc::new(StringViewArray::from(vec!["1", "2", "3"])), [1.0, 2.0, 3.0]),
        (Arc::new(vec!["1", "2", "1"].into_iter().collect::<DictionaryArray<Int32Type>>()), [1.0, 2.0, 1.0]),
    ];
    for (array, wanted) in amounts {
        let kind = array.data_type().clone();
        let tape =
            read(plain(vec![("ead", array), pd()]), &settings()).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(tape.ead, wanted, "{kind}");
        assert_eq!((tape.pd[2], tape.inputs[0].rows), (0.035, 3));
    }
}

#[test]
fn identities_of_every_type_are_the_same_as_in_text() {
    let identities: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![Some(7), None, Some(7)])),
        Arc::new(Float64Array::from(vec![Some(7.0), Some(f64::NAN), Some(7.0)])),
        Arc::new(StringArray::from(vec![Some("7"), Some(" "), Some(" 7")])),
        Arc::new(Decimal128Array::from(vec![Some(7), None, Some(7)]).with_precision_and_scale(30, 0).unwrap()),
    ];
    for identity in identities {
        let kind = identity.data_type().clone();
        let desk = Desk::new();
        let amount = Arc::new(Int64Array::from(vec![1, 2, 3]));
        let same: ArrayRef = Arc::new(Float64Array::from(vec![0.5; 3]));
        let typed = plain(vec![("ead", amount), ("pd", same), ("obligor_id", identity)]);
        let files = [desk.put("a", typed), desk.put("b", "ead,pd,obligor_id\n1,0.5,7\n")];
        assert_eq!(read_tape(&files, &settings(), &go_on).unwrap().obligor, Some(vec![0, 1, 0, 0]), "{kind}");
    }
}

#[test]
fn nulls_are_blank_and_numbers_that_are_none_are_dirty() {
    let ead: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(f64::NAN)]));
    let empty: ArrayRef = Arc::new(StringArray::from(vec![None::<&str>; 3]));
    let bytes = plain(vec![("ead", ead), pd(), ("segment", empty)]);
    let text = refusal(&bytes, &settings());
    assert!(text.contains("t.csv:2: ead: found nothing") && text.contains("t.csv:3: ead: found NaN"), "{text}");
    let desk = Desk::new();
    let rejects = desk.0.path().join("r.csv");
    let skip = TapeSettings { on_error: OnError::Skip { rejects: rejects.clone() }, ..settings() };
    assert_eq!(read(&bytes, &skip).unwrap().segments, ["default"]);
    assert!(std::fs::read_to_string(rejects).unwrap().contains("segment=; ead=NaN; pd=0.035"));
}

#[test]
fn types_that_cannot_serve_are_refused_only_where_they_are_mapped() {
    let truths: ArrayRef = Arc::new(BooleanArray::from(vec![true, false, true]));
    let lists: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)]); 3]));
    let ead: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3]));
    let bytes = plain(vec![("ead", ead), ("truth", truths), ("list", lists), pd()]);
    assert_eq!(read(&bytes, &settings()).unwrap().pd, [0.5, 0.25, 0.035]);
    for (name, kind) in [("truth", "Boolean"), ("list", "List")] {
        let text = refusal(&bytes, &mapped(Field::Lgd, column(name)));
        assert!(text.contains(&format!("column '{name}' is of type {kind}")), "{text}");
    }
}

#[test]
fn damaged_files_are_refused_or_read_but_never_break_the_reader() {
    let numbers: Vec<f64> = (0..611).map(|i| f64::from(i) / 611.0).collect();
    let names: Vec<String> = (0..611).map(|i| format!("s{}", i % 7)).collect();
    let columns = || -> Vec<(&str, ArrayRef)> {
        vec![
            ("ead", Arc::new(Float64Array::from(numbers.clone()))),
            ("pd", Arc::new(Float64Array::from(numbers.clone()))),
            ("segment", Arc::new(StringArray::from(names.clone()))),
        ]
    };
    let mut broken = 0;
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(Default::default()),
    ] {
        let good = parquet(columns(), compression);
        assert_eq!(read(&good, &settings()).unwrap().loans(), 611);
        for cut in (4..good.len()).step_by(good.len() / 41) {
            assert!(refusal(&good[..cut], &settings()).contains("cut short or damaged"), "{cut}");
        }
        for flip in 0..700_usize {
            let mut bytes = good.clone();
            // Every bit of the footer, where lengths and offsets stand, and a sample of the rest.
            let place = if flip % 2 == 0 { flip * 7_919 % good.len() } else { good.len() - 1 - flip / 2 % good.len() };
            bytes[place] ^= 1 << (flip % 8);
            broken += usize::from(read(&bytes, &settings()).is_err());
        }
    }
    assert!(broken > 500, "only {broken} of 2,800 flips were noticed");
}

#[test]
fn dates_and_flags_of_every_type_serve_and_only_where_they_are_wanted() {
    let reporting_date = crate::units::Date::new(2018, 6, 30);
    let wanting = TapeSettings { wanted: FieldSet::DETAILS, reporting_date, ..settings() };
    let seconds: Vec<Option<i64>> = vec![Some(17_712 * 86_400 - 1), None, Some((17_712 - 30) * 86_400)];
    let scaled = |by: i64| seconds.iter().map(|value| value.map(|value| value * by)).collect::<Vec<_>>();
    let dates: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from(vec![Some(17_711), None, Some(17_682)])),
        Arc::new(TimestampMillisecondArray::from(scaled(1_000))),
        Arc::new(TimestampMicrosecondArray::from(scaled(1_000_000))),
        Arc::new(TimestampNanosecondArray::from(scaled(1_000_000_000))),
        Arc::new(StringArray::from(vec![Some("2018-06-29"), None, Some("2018-05-31")])),
    ];
    for date in dates {
        let kind = date.data_type().clone();
        let ead: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
        let bytes = plain(vec![("ead", ead), pd(), ("origination_date", date)]);
        let tape = read(&bytes, &wanting).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(tape.details.age_months, [0, Details::BLANK, 1], "{kind}");
        assert!(read(&bytes, &settings()).unwrap().details.age_months.is_empty());
    }
    let ead: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let flag: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]));
    let stage: ArrayRef = Arc::new(Float64Array::from(vec![Some(3.0), None, Some(1.0)]));
    let tape =
        read(plain(vec![("ead", ead.clone()), pd(), ("watchlist", flag.clone()), ("stage", stage)]), &wanting).unwrap();
    assert_eq!(tape.details.watchlist, [true, false, false]);
    assert_eq!(tape.details.stage, [TapeStage::Three, TapeStage::Blank, TapeStage::One]);
    let text = refusal(plain(vec![("ead", ead.clone()), pd(), ("limit", flag)]), &wanting);
    assert!(text.contains("column 'limit' is of type Boolean"), "{text}");
    // Midnight of another zone is another day here.
    let zoned = |seconds: i64| -> ArrayRef {
        let times = TimestampMillisecondArray::from(vec![Some(seconds * 1_000), None, None]);
        Arc::new(times.with_timezone("UTC"))
    };
    let utc = read(plain(vec![("ead", ead.clone()), pd(), ("default_date", zoned(17_532 * 86_400))]), &wanting);
    assert_eq!(utc.unwrap().details.default_months[0], 5);
    let berlin = zoned(17_532 * 86_400 - 3_600);
    let text = refusal(plain(vec![("ead", ead.clone()), pd(), ("default_date", berlin)]), &wanting);
    assert!(text.contains("times in a time zone") && text.contains("write it as date or text"), "{text}");
    let far: ArrayRef = Arc::new(Date32Array::from(vec![i32::MAX, 0, 0]));
    let text = refusal(plain(vec![("ead", ead), pd(), ("default_date", far)]), &wanting);
    assert!(text.contains("found 2147483647; wanted a date such as"), "{text}");
}
