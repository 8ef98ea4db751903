//! A million inputs each through the readers of tapes and models, without coverage guidance but on stable Rust; expected
//! credit losses of the tapes that are good.
//!
//! `cargo run --release --example fuzz -- 1000000 [seed]`. Seeds are good inputs; each try cuts, repeats, splices and flips
//! them. A panic ends the program. The Parquet decoder panics on some damaged files; the reader catches that and returns an
//! error, and nothing is printed of it here.

use mc_gpu::config::{Overrides, Resolved, parse_model, resolve, template, to_toml};
use mc_gpu::fence::is_fenced;
use mc_gpu::model::staging::Framework;
use mc_gpu::model::term::TermStructures;
use mc_gpu::portfolio::{
    Columns, DecimalSign, Field, FieldSet, MadeUp, MadeUpColumns, OnError, PdKind, SegmentRule, Source, Tape,
    TapeSettings, TextFormat, made_up_model, read_tape, write_made_up,
};
use mc_gpu::risk::ecl::{Depth, measure};
use mc_gpu::rng::{Purpose, counter, key, philox4x32_10};
use mc_gpu::units::Date;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !is_fenced() {
            loud(panic);
        }
    }));
    let mut args = std::env::args().skip(1);
    let tries: u64 = args.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let seed: u64 = args.next().map_or(Ok(1), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let models = model_seeds();
    let tapes = tape_seeds(folder.path())?;
    let ecl = resolve(&parse_model(ECL_MODEL, "fuzz")?)?;
    let mut good = [0u64; 2];
    for number in 0..tries {
        let mut dice = Dice { seed, number, drawn: 0 };
        good[0] += u64::from(try_model(&mutate(&models, &mut dice)));
        good[1] += u64::from(try_tape(&mutate(&tapes, &mut dice), folder.path(), (&ecl, &mut dice))?);
        if number % 50_000 == 49_999 {
            eprintln!("{} tries of {tries}: {} models and {} tapes were still good", number + 1, good[0], good[1]);
        }
    }
    println!("{tries} models and {tries} tapes without a panic ({} and {} of them good)", good[0], good[1]);
    Ok(())
}

/// Random numbers of one try.
struct Dice {
    seed: u64,
    number: u64,
    drawn: u32,
}

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.drawn += 1;
        let [word, ..] = philox4x32_10(counter(Purpose::MadeUp, self.number, u32::MAX, self.drawn), key(self.seed));
        ((u64::from(word) * n as u64) >> 32) as usize
    }
}

/// Settings of expected credit loss of every kind.
const ECL_MODEL: &str = "[ecl]\nframework = \"ifrs9\"\nreporting_date = \"2024-02-29\"\n[time]\nperiod = \"monthly\"\n\
    [exposure]\nprofile = \"annuity\"\nrate_kind = \"effective\"\ninterest_rate = 0.05\nremaining_months = 17\ncpr = 0.1\n\
    ccf = 0.5\n[discounting]\nrate = \"eir\"\n[collateral]\nhaircut = 0.2\ncost_of_sale = 0.1\ngrowth = 0.01\n\
    months_to_sale = 24\nlgd_floor = 0.05\n[staging]\nuse_tape_stage = \"floor\"\nlow_credit_risk = true\nnotches = 2\n\
    cure_months_stage_2 = 3\n[[overlays]]\nname = \"o\"\nbecause = \"b\"\npercent = 10.0\ncap = 0.5\nfrom = \"2024-01-01\"\n\
    until = \"2024-12-31\"\nstage = 2\n[segments.default]\nlgd = 0.45\n";

fn model_seeds() -> Vec<Vec<u8>> {
    let made_up = MadeUp { loans: 50, seed: 1, segments: 3, pds: PdKind::Grades, columns: MadeUpColumns::OneYear };
    let full = "[simulation]\nscenarios = 1000\nseed = \"0xff\"\nlevels = [0.95, \"99.9%\"]\nkernel = \"named\"\nunit = 0.5\n\
        [copula]\nkind = \"student_t\"\ndegrees_of_freedom = 15\n[factors]\nnames = [\"n\", \"s\"]\ncorrelation = [[1.0, 0.25], [0.25, 1.0]]\n\
        [segments.retail]\nasset_correlation = 0.16\nloadings = { n = 0.6, s = 0.4 }\nlgd = 0.45\n[segments.\"a b\"]\n\
        asset_correlation = { basel = \"mortgage\" }\nloadings = { n = 1.0 }\n[ratings]\n\"AA+\" = 0.0002\n\
        [columns]\nead = \"amount\"\npd = { column = \"rate\", unit = \"percent\" }\nsegment = [\"x\", \"y\"]\nlgd = { constant = 0.4 }\n\
        [input]\ndelimiter = \";\"\ndecimal = \",\"\nencoding = \"windows-1252\"\n";
    let texts = [&template(), &made_up_model(&made_up), full, ECL_MODEL];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

fn tape_seeds(folder: &Path) -> Result<Vec<Vec<u8>>, Box<dyn std::error::Error>> {
    let csv = "loan_id,segment,pd,ead,lgd,obligor_id\n1,a,0.02,1000.50,0.4,x\n2,b,0.5,2e3,,x y\n\"3\n4\",\"a,b\",1,0,1,\n5,é,NaN,-1,2,\"\"\"\"\n";
    let decimal_comma = "Rating;Balance;PD\r\nAA;1.234,5;0,02\r\nB;7;0\r\n";
    let details = "ead,pd,stage,days_past_due,watchlist,interest_rate,maturity_date,limit,origination_date,origination_pd,\
        collateral_value,trigger_date,default_date\n100,0.02,,0,no,0.07,2027-02-28,150,2020-02-29,0.01,80,,\n\
        2e3,1,3,120,yes,0.3,2024-01-31,,2019-12-31,,0,,2023-11-30\n5,0.5,2,31,1,-0.01,2063-12-31,,1999-01-01,0.5,,2024-02-01,\n";
    let texts = [csv, decimal_comma, details];
    let mut seeds = texts.map(|text| text.as_bytes().to_vec()).to_vec();
    for (name, pds) in [("seed.parquet", PdKind::Continuous), ("seed.csv.gz", PdKind::Grades)] {
        let path = folder.join(name);
        write_made_up(
            &MadeUp { loans: 40, seed: 2, segments: 2, pds, columns: MadeUpColumns::OneYear },
            &path,
            &|_| ControlFlow::Continue(()),
        )?;
        seeds.push(std::fs::read(&path)?);
    }
    Ok(seeds)
}

/// A seed, changed in up to eight places.
fn mutate(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    const WORDS: [&str; 24] = [
        "0",
        "1",
        "-1",
        "nan",
        "inf",
        "1e308",
        "1e-320",
        "99999999999999999999",
        "\"",
        "\n",
        ",",
        ";",
        "=",
        "[",
        "]",
        "{",
        "}",
        ".",
        "%",
        "\u{feff}",
        "\0",
        "é",
        "segments",
        "default",
    ];
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..dice.below(9) {
        let n = bytes.len().max(1);
        let (from, to) = (dice.below(n), dice.below(n));
        let (from, to) = (from.min(to).min(bytes.len()), from.max(to).min(bytes.len()));
        match dice.below(7) {
            0 => bytes.truncate(to),
            1 => _ = bytes.drain(from..to.min(from + 40)),
            2 => {
                let piece = bytes[from..to.min(from + 60)].to_vec();
                let at = dice.below(bytes.len() + 1);
                bytes.splice(at..at, piece);
            }
            3 | 4 => {
                let word = WORDS[dice.below(WORDS.len())].bytes().collect::<Vec<u8>>();
                bytes.splice(from..from, word);
            }
            _ if !bytes.is_empty() => bytes[from.min(n - 1)] ^= 1 << dice.below(8),
            _ => {}
        }
    }
    bytes
}

fn try_model(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Ok(mut raw) = parse_model(&text, "fuzz") else { return false };
    Overrides { levels: Some("0.9,99%".to_owned()), ..Overrides::default() }.apply(&mut raw);
    let Ok(resolved) = resolve(&raw) else { return false };
    // What is resolved can be written down and means the same.
    let again =
        parse_model(&to_toml(&resolved), "again").and_then(|raw| resolve(&raw)).expect("a resolved model reads back");
    assert_eq!(to_toml(&again), to_toml(&resolved));
    true
}

fn try_tape(bytes: &[u8], folder: &Path, (ecl, dice): (&Resolved, &mut Dice)) -> std::io::Result<bool> {
    let path: PathBuf = folder.join("tape");
    std::fs::write(&path, bytes)?;
    let mut columns = Columns::default();
    if dice.below(2) == 0 {
        columns.set(Field::Ead, Source::Column { name: "ead".to_owned(), unit: None });
    }
    let comma = dice.below(4) == 0;
    let settings = TapeSettings {
        columns,
        format: TextFormat {
            delimiter: if comma { b';' } else { b',' },
            decimal: if comma { DecimalSign::Comma } else { DecimalSign::Point },
            encoding: if dice.below(4) == 0 { "windows-1252" } else { "utf-8" }.to_owned(),
        },
        ratings: vec![("AA".to_owned(), 0.01)],
        segments: SegmentRule::Any { lgd: Some(0.5) },
        on_error: if dice.below(2) == 0 {
            OnError::Fail
        } else {
            OnError::Skip { rejects: folder.join("rejects.csv") }
        },
        wanted: if dice.below(2) == 0 { FieldSet::DETAILS } else { FieldSet::default() },
        reporting_date: Date::new(2024, 2, 29),
        ..TapeSettings::default()
    };
    let read = read_tape(&[path], &settings, &|_| ControlFlow::Continue(()));
    if let Ok(tape) = &read {
        try_ecl(tape, ecl);
    }
    Ok(read.is_ok())
}

/// What is measured is a number, for every loan.
fn try_ecl(tape: &Tape, settings: &Resolved) {
    let Ok(setup) = settings.ecl_setup(&TermStructures::flat(), Framework::Ifrs9, tape) else { return };
    let measured = measure(tape, &setup, Depth::Loans, &mut |_, loans| {
        loans.iter().for_each(|loan| assert!(loan.ecl >= 0.0 && loan.ecl.is_finite(), "{loan:?}"));
        Ok(())
    });
    drop(measured);
}
