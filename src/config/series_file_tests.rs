//! Shapes of files that are read, and the one message of each that is not.

use super::*;
use crate::config::csv_rows::damaged;
use crate::model::index::{Calendar, Frequency};
use rand::{SeedableRng, rngs::StdRng};

fn series(text: &str) -> Series {
    parse_series(text, "s.csv").unwrap()
}

#[test]
fn published_scenarios_are_read_as_they_are() {
    // The header and rows of a supervisory scenario of the Federal Reserve, cut to three columns.
    let text = "Scenario Name,Date,Real GDP growth,Unemployment rate,BBB corporate yield\r\n\
                Supervisory Baseline,2025 Q1,2.1,4.3,\r\nSupervisory Baseline,2025 Q2,1.9,4.3,5.7\r\n";
    let read = series(text);
    assert_eq!(read.calendar, Calendar::Dated { frequency: Frequency::Quarterly, first: 8_100 });
    assert_eq!(read.column("unemployment RATE "), Some([Some(4.3), Some(4.3)].as_slice()));
    assert_eq!(read.column("BBB corporate yield"), Some([None, Some(5.7)].as_slice()));
    assert_eq!((read.len(), read.label(1)), (2, "2025 Q2".to_owned()));
    assert_eq!(
        read.others,
        [OtherColumn { name: "Scenario Name".into(), line: 2, found: "Supervisory Baseline".into() }]
    );
    assert!(
        read.needed("Scenario name").unwrap_err().to_string().starts_with("s.csv:2: 'Supervisory Baseline' in column")
    );
}

#[test]
fn periods_of_every_shape_tell_their_length() {
    let dated = |frequency, first| Calendar::Dated { frequency, first };
    let numbered = |frequency, first| Calendar::Numbered { frequency, first };
    for (text, calendar) in [
        ("DATE,DRALACBS\n1985-01-01,4.61\n1985-04-01,4.92\n1985-07-01,4.91\n", dated(Frequency::Quarterly, 7_940)),
        ("observation_date,UNRATE\n1948-01-01,3.4\n1948-02-01,3.8\n", dated(Frequency::Monthly, 1948 * 12)),
        ("day;x\n2025-03-31;1\n2025-06-30;2\n", dated(Frequency::Quarterly, 8_100)),
        ("x,quarter\n1,2025-Q4\n2,2026-Q1\n", dated(Frequency::Quarterly, 8_103)),
        ("Month\tx\n2025-12\t1\n2026-01\t2\n", dated(Frequency::Monthly, 2025 * 12 + 11)),
        ("date,x\n2024-12-31,1\n2025-12-31,2\n2026-12-31,2\n", dated(Frequency::Yearly, 2024)),
        ("year,x\n2024,1\n2025,2\n", dated(Frequency::Yearly, 2024)),
        ("time,n,dr\n1,5,0.0\n2,13,0.125\n3,16,.\n", numbered(Frequency::Quarterly, 1)),
        ("month,x\n0,5\n1,13\n", numbered(Frequency::Monthly, 0)),
        ("month,x\n2025-03,5\n", dated(Frequency::Monthly, 2025 * 12 + 2)),
        ("date,x\n2025Q2,5\n", dated(Frequency::Quarterly, 8_101)),
        (",x\n2025Q2,5\n2025Q3,5\n", dated(Frequency::Quarterly, 8_101)),
    ] {
        assert_eq!(series(text).calendar, calendar, "{text}");
    }
}

#[test]
fn what_cannot_be_read_names_line_and_remedy() {
    for (text, expected) in [
        ("", "s.csv: empty; wanted a CSV"),
        ("date,x\n", "s.csv:1: a header, but no rows; wanted"),
        ("a,b\n1.5,x\n", "s.csv:1: no column of periods in the header 'a,b'; wanted"),
        ("date,x\n2025 Q1\n", "s.csv:2: 1 cells under a header of 2; wanted"),
        ("date,x\n2025 Q1,1,2\n", "s.csv:2: 3 cells under a header of 2; wanted"),
        ("date,x\n2025 Q1,1\n03/2025,2\n", "s.csv:3: '03/2025' in column 'date'; wanted a CSV"),
        (
            "date,x\n2025 Q1,1\n2025-06,2\n",
            "s.csv:3: '2025-06' in column 'date', a month where the first row has a quarter;",
        ),
        (
            "date,x\n2025 Q1,1\n\n2025 Q3,2\n",
            "s.csv:4: '2025 Q3' after '2025 Q1': 1 period is missing between them; wanted",
        ),
        ("date,x\n2025 Q1,1\n2025 Q1,2\n", "s.csv:3: '2025 Q1' after '2025 Q1': the same period twice; wanted"),
        (
            "date,x\n2025-01-03,1\n2025-01-10,2\n",
            "s.csv:3: '2025-01-10' after '2025-01-03', two days of one month; days and weeks are not read, only months, quarters and",
        ),
        ("date,x\n2025 Q2,1\n2025 Q1,2\n", "s.csv:3: '2025 Q1' after '2025 Q2': periods go backwards; wanted"),
        ("date,x\n2025-02,1\n2025-01,2\n", "s.csv:3: '2025-01' after '2025-02': periods go backwards; wanted"),
        (
            "date,x\n2025-01,1\n2025-04,2\n2025-07,2\n2025-08,2\n",
            "s.csv:5: '2025-08' after '2025-07': a step of 1 months where others are of 3; wanted",
        ),
        (
            "date,x\n2025-01,1\n2025-04,2\n2025-07,2\n2026-04,2\n",
            "s.csv:5: '2026-04' after '2025-07': 2 periods are missing",
        ),
        ("date,x\n2025-01,1\n2025-07,2\n", "s.csv:3: a step of 6 months, which is no month, quarter or year; wanted"),
        (
            "date,x\n2025-03-31,1\n",
            "s.csv:2: one row, '2025-03-31', which does not tell how long its period is; wanted",
        ),
        ("time,x\n1,1\n2,1\n4,2\n", "s.csv:4: '4' after '2': 1 period is missing between them; wanted"),
        (
            "date,x\n2025-01-10,1\n2025-01-09,2\n2025-01-08,2\n",
            "s.csv:3: '2025-01-09' after '2025-01-10', two days of one month; days",
        ),
        (
            "date,x\n2025-01-31,1\n2025-02-28,2\n2025-02-28,2\n",
            "s.csv:4: '2025-02-28' after '2025-02-28': the same period twice; wanted",
        ),
        ("date\n2025 Q1\n", "s.csv:1: no column of numbers beside the periods; wanted"),
        (
            "date,x\n2025 Q1,one\n",
            "s.csv:2: 'one' in column 'x', and no other column of numbers beside the periods; mend the cell: numbers have point",
        ),
        ("date,uer\n2025 Q1,1\n2025 Q2,4.5%\n", "s.csv:3: '4.5%' in column 'uer', and no other"),
        ("date;uer\n2025 Q1;4,5\n", "s.csv:2: '4,5' in column 'uer', and no other"),
        ("date,uer\n2025 Q1,inf\n", "s.csv:2: 'inf' in column 'uer', and no other"),
        ("date,x,X\n2025 Q1,1,2\n", "s.csv:1: the column 'X' twice; give each column a name of its own"),
        (
            "Scenario Name,Date,x\nA,2025 Q1,1\nB,2025 Q1,2\n",
            "s.csv:3: a row of scenario 'B' after rows of 'A'; give each scenario a file of its own",
        ),
    ] {
        let message = parse_series(text, "s.csv").unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}\n{expected}");
    }
}

#[test]
fn columns_with_a_word_or_a_sign_of_per_cent_are_told_when_asked_for() {
    let message = series("date;uer;gdp\n2025 Q1;4.3;2,1\n2025 Q2;4.5;1,9\n").needed("gdp").unwrap_err().to_string();
    assert!(message.starts_with("s.csv:2: '2,1' in column 'gdp'; a driver needs numbers with point"), "{message}");
    let message = series("date,x,uer\n2025 Q1,1,4.3\n2025 Q2,2,4.5%\n").needed("UER").unwrap_err().to_string();
    assert!(
        message.starts_with("s.csv:3: '4.5%' in column 'uer'; a driver needs numbers with point decimals"),
        "{message}"
    );
}

#[test]
fn a_file_is_read_from_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.csv");
    std::fs::write(&path, "time,x\n1,0.5\n").unwrap();
    assert_eq!(read_series(&path).unwrap().column("x"), Some([Some(0.5)].as_slice()));
    assert!(read_series(&folder.path().join("none.csv")).unwrap_err().to_string().contains("none.csv"));
}

#[test]
fn no_text_makes_it_panic() {
    let mut rng = StdRng::seed_from_u64(41);
    let plain = [
        "date,x,y\n2025 Q1,1,2\n2025 Q2,3,4\n2025 Q3,5,6\n",
        "time,x\n1,0.5\n2,0.25\n",
        "DATE,x\n2025-01-01,1\n2025-02-01,2\n",
    ];
    let mut good = 0;
    for round in 0..3_003 {
        let text = damaged(plain[round % 3], b"09.,\n-eQ\"A", &mut rng);
        good += usize::from(parse_series(&text, "s.csv").is_ok());
    }
    assert!((300..2_800).contains(&good), "{good}");
}
