//! Arbitrary bytes and settings: whatever the reader is given, it answers with a tape that keeps its promises or an error.

use super::*;

/// A small generator of numbers (SplitMix64; Steele, Lea, Flood 2014): the test is the same on every run.
struct Mixer(u64);

impl Mixer {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const SEED: &str = "loan_id,obligor_id,segment,ead,pd,rating,lgd\r\n1,x,\"a\n\"\"b\",10.5,0.01,A,0.4\n2,x,a,7e3,1%,B,\n3,,,1,NA,,-\n4,é,c,0,1,A,1\n";

const PIECES: [&[u8]; 22] = [
    b",",
    b"\"",
    b"\n",
    b"\r",
    b"\0",
    b"\xFF\xFE",
    b"\xEF\xBB\xBF",
    b"\xC3",
    b"-",
    b"1e999",
    b"nan",
    b"0x1",
    b";",
    b"%",
    b"99999999999999999999999",
    b"PAR1",
    b"\x1f\x8b",
    b"ead",
    b" ",
    b"\t",
    b"\xF0\x9F\x98\x80",
    b",,,,,,",
];

const DETAILED: &str = "loan_id,obligor_id,ead,pd,rating,stage,dpd,watchlist,rate,maturity,term,limit,issue_date,orig_pd,orig_rating,collateral,default_date,trigger_date\n1,x,10.5,0.01,A,1,0,yes,0.05,2019-01-31,36,20,2018-02-28,.02,B,7,,2018-06-30\n2,x,7,0.01,B,3,91,n,-0.01,,,,,NA,A,,2018-06-29,\n3,,1,1,,poci,,,3,2058-06-30,,,,,,,,\n";

fn mutate(mixer: &mut Mixer, seed: &str) -> Vec<u8> {
    let mut bytes = seed.as_bytes().to_vec();
    for _ in 0..mixer.below(7) {
        let place = mixer.below(bytes.len() + 1);
        match mixer.below(4) {
            0 => drop(bytes.splice(place..place, mixer.pick(&PIECES).iter().copied())),
            1 => bytes.truncate(place),
            2 if place < bytes.len() => bytes[place] ^= 1 << mixer.below(8),
            _ => drop(bytes.drain(place.saturating_sub(mixer.below(20))..place)),
        }
    }
    if mixer.below(8) == 0 { gzip(&bytes) } else { bytes }
}

fn vary(mixer: &mut Mixer, rejects: PathBuf) -> TapeSettings {
    let share = |mixer: &mut Mixer| {
        *mixer.pick(&[None, Some(0.0), Some(0.25), Some(0.5), Some(1.0), Some(1.0), Some(1.1), Some(f64::NAN)])
    };
    let mut columns = Columns::default();
    for _ in 0..mixer.below(6).saturating_sub(3) {
        let name = (*mixer.pick(&["ead", "pd", "rating", "lgd", "segment", "nothing", "", "É"])).to_owned();
        let unit = *mixer.pick(&[None, Some(ColumnUnit::Percent), Some(ColumnUnit::Million)]);
        let source = match mixer.below(4) {
            0 | 1 => Source::Column { name, unit },
            2 => Source::Columns(vec![name, "segment".into()]),
            _ => Source::Constant(ConstantValue::Number(mixer.below(5) as f64 / 2.0 - 0.5)),
        };
        columns.set(mixer.pick(&SCHEMA).field, source);
    }
    let listed = vec![("a".to_owned(), share(mixer)), ("default".to_owned(), share(mixer))];
    let any = SegmentRule::Any { lgd: share(mixer) };
    TapeSettings {
        columns,
        format: TextFormat {
            delimiter: *mixer.pick(b",,,,,,,,;\t|\""),
            decimal: *mixer.pick(&[DecimalSign::Point, DecimalSign::Comma]),
            encoding: (*mixer.pick(&["utf-8", "utf-8", "UTF8", "latin1", "utf-16le", "shift_jis", "x"])).to_owned(),
        },
        ratings: vec![("A".into(), 0.1), ("B".into(), 0.01)],
        segments: if mixer.below(2) == 0 { any } else { SegmentRule::Listed(listed) },
        on_error: match mixer.below(4) {
            0 => OnError::Fail,
            1 => OnError::Inspect,
            _ => OnError::Skip { rejects },
        },
        ..TapeSettings::default()
    }
}

fn keeps_its_promises(tape: &Tape, settings: &TapeSettings) {
    let loans = tape.ead.len();
    assert!(loans > 0 || settings.on_error == OnError::Inspect);
    assert!(tape.exposure().is_finite());
    assert_eq!([tape.pd.len(), tape.lgd.len(), tape.segment.len()], [loans; 3]);
    assert!(tape.pd.iter().chain(&tape.lgd).all(|share| (0.0..=1.0).contains(share)));
    assert!(tape.ead.iter().all(|ead| *ead >= 0.0));
    assert!(tape.segment.iter().all(|segment| (*segment as usize) < tape.segments.len()));
    assert!(tape.obligor.as_ref().is_none_or(|obligor| obligor.len() == loans));
    assert_eq!(tape.inputs[0].rows, loans as u64 + tape.rejected.rows);
    let details = &tape.details;
    let months = [&details.age_months, &details.remaining_months, &details.default_months, &details.trigger_months];
    for column in [&details.rating, &details.origination_rating, &details.days_past_due].into_iter().chain(months) {
        assert!([0, loans].contains(&column.len()));
    }
    for column in [&details.interest_rate, &details.limit, &details.origination_pd, &details.collateral] {
        assert!([0, loans].contains(&column.len()));
    }
    assert!([0, loans].contains(&details.stage.len()) && [0, loans].contains(&details.watchlist.len()));
    assert!(details.remaining_months.iter().all(|months| *months <= 480));
    let is_known = |rating: &u16| *rating == Details::BLANK || usize::from(*rating) < tape.ratings.len();
    assert!(details.rating.iter().chain(&details.origination_rating).all(is_known));
    if settings.wanted.contains(Field::LoanId) {
        assert_eq!([details.lines.len(), details.loan_ids.as_ref().map_or(0, TextArena::len)], [loans; 2]);
        assert_eq!(details.file_ends, [loans as u32]);
    }
}

#[test]
fn nothing_breaks_the_reader_of_details() {
    let desk = Desk::new();
    let mut mixer = Mixer(20_181);
    let mut tapes = 0;
    for _ in 0..3_011 {
        let path = desk.put("t", mutate(&mut mixer, DETAILED));
        let rejects = desk.0.path().join("rejects.csv");
        let tame = TapeSettings { on_error: OnError::Skip { rejects: rejects.clone() }, ..settings() };
        let settings = if mixer.below(3) == 0 { tame } else { vary(&mut mixer, rejects) };
        let wanted = FieldSet::DETAILS.with(Field::LoanId);
        let settings = TapeSettings { wanted, reporting_date: crate::units::Date::new(2018, 6, 30), ..settings };
        match read_tape(&[path], &settings, &go_on) {
            Ok(tape) => {
                keeps_its_promises(&tape, &settings);
                tapes += 1;
            }
            Err(error) => assert_eq!(error.exit_code(), 1, "{error}"),
        }
    }
    assert!(tapes > 300, "only {tapes} of the inputs were tapes");
}

#[test]
fn nothing_breaks_the_reader() {
    let desk = Desk::new();
    let mut mixer = Mixer(20_261);
    let mut tapes = 0;
    for _ in 0..6_007 {
        let path = desk.put("t", mutate(&mut mixer, SEED));
        let rejects = desk.0.path().join("rejects.csv");
        let tame = TapeSettings { on_error: OnError::Skip { rejects: rejects.clone() }, ..settings() };
        let settings = if mixer.below(3) == 0 { tame } else { vary(&mut mixer, rejects) };
        match read_tape(&[path], &settings, &go_on) {
            Ok(tape) => {
                keeps_its_promises(&tape, &settings);
                tapes += 1;
            }
            Err(error) => assert_eq!(error.exit_code(), 1, "{error}"),
        }
    }
    assert!(tapes > 300, "only {tapes} of the inputs were tapes: the test has become too wild to mean anything");
}
