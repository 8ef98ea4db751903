//! Dirty rows: each is counted, named by line, and never stops the reading before the end.

use super::*;

fn issues(text: &str, settings: &TapeSettings) -> Vec<String> {
    match read(text, settings).unwrap_err() {
        Error::DirtyRows { count, issues } => {
            assert!(count >= issues.len() as u64);
            let show = |issue: &crate::error::RowIssue| {
                format!("{} {}: {} → {}", issue.line, issue.column, issue.found, issue.wanted)
            };
            issues.iter().map(show).collect()
        }
        other => panic!("{other}"),
    }
}

#[test]
fn every_bad_cell_says_where_what_and_what_instead() {
    let text = "ead,pd,lgd\n1,0.5,0.5\n,0.5,1\n-3,0.5,1\n1,35,1\nx,9,9\n1,nan,1\ninf,0.5,1\n1,0.5\n\"1\n2\",0.5,1\n1,0.5,45%\n1,0.5,\n";
    let wanted = [
        "3 ead: nothing → a finite amount, 0 or more",
        "4 ead: '-3' → a finite amount, 0 or more",
        "5 pd: '35' → 0 to 1, or set [columns] pd = { column = \"pd\", unit = \"percent\" }",
        "6 ead: 'x' → a finite amount, 0 or more; \
         also pd: found '9'; wanted 0 to 1, or set [columns] pd = { column = \"pd\", unit = \"percent\" }; \
         also lgd: found '9'; wanted 0 to 1, or set [columns] lgd = { column = \"lgd\", unit = \"percent\" }",
        "7 pd: 'nan' → 0 to 1",
        "8 ead: 'inf' → a finite amount, 0 or more",
        "9 (row): 2 fields → 3 fields, as in the header",
        "10 ead: '1\\n2' → a finite amount, 0 or more",
        "12 lgd: '45%' → 0 to 1, or set [columns] lgd = { column = \"lgd\", unit = \"percent\" }",
    ];
    assert_eq!(issues(text, &settings()), wanted);
}

#[test]
fn lines_are_counted_through_every_kind_of_line_end() {
    for end in ["\n", "\r\n", "\r"] {
        let text =
            ["ead,pd,note", "1,0.5,\"a\"", "", "1,0.5,\"b", "c\"", "1,2,x", "1,3,\"y", "z\"", "", "1,4,last"].join(end);
        let lines: Vec<_> =
            issues(&text, &settings()).iter().map(|issue| issue.split(' ').next().unwrap().to_owned()).collect();
        assert_eq!(lines, ["6", "7", "10"], "{end:?}");
    }
}

#[test]
fn all_are_counted_and_twenty_are_shown() {
    let text = "ead,pd\n".to_owned() + &"1,2\n".repeat(57);
    let Error::DirtyRows { count, issues } = read(&text, &settings()).unwrap_err() else { panic!() };
    assert_eq!((count, issues.len(), issues[19].line), (57, 20, 21));
}

#[test]
fn segments_and_ratings_that_are_not_known_name_the_nearest() {
    let segments = SegmentRule::Listed(vec![("retail".into(), Some(0.5)), ("corporate".into(), None)]);
    let ratings = vec![("AA+".into(), 0.001), ("B".into(), 0.25)];
    let mut settings = TapeSettings { segments, ratings, ..settings() };
    let text = "ead,rating,segment\n1,B,retail\n1,B,retial\n1,AA,retail\n1,,retail\n1,B,\n1,B,corporate\n";
    let said = issues(text, &settings);
    assert!(said[0].starts_with("3 segment: 'retial'") && said[0].contains("nearest is 'retail'"), "{said:?}");
    assert!(said[1].starts_with("4 rating: 'AA'") && said[1].contains("nearest is 'AA+'"), "{said:?}");
    assert!(said[2].starts_with("5 rating: nothing"), "{said:?}");
    assert!(said[3].starts_with("6 segment: nothing (segment 'default')"), "{said:?}");
    assert!(said[4].starts_with("7 lgd: nothing → 0 to 1, or an lgd for segment 'corporate'"), "{said:?}");
    settings.segments = SegmentRule::Any { lgd: Some(0.5) };
    assert_eq!(issues(text, &settings).len(), 2);
}

#[test]
fn skipped_rows_are_written_and_weighed() {
    let desk = Desk::new();
    let rejects = desk.0.path().join("rejects.csv");
    let settings = TapeSettings { on_error: OnError::Skip { rejects: rejects.clone() }, ..settings() };
    let path = desk.put("t.csv", "ead;pd;segment\n1;0.5;b\n30;7;a\n?;0.5;a\n2;0.5\n4;0.25;a\n");
    let format = TextFormat { delimiter: b';', ..TextFormat::default() };
    let tape = read_tape(&[path], &TapeSettings { format, ..settings.clone() }, &go_on).unwrap();
    assert_eq!(
        (tape.ead.as_slice(), tape.segments.as_slice()),
        (&[1.0, 4.0][..], &["b".to_owned(), "a".to_owned()][..])
    );
    assert_eq!((tape.rejected.rows, tape.rejected.exposure, tape.rejected.unreadable), (3, 30.0, 2));
    assert_eq!((tape.inputs[0].rows, tape.rejected.file.as_ref()), (5, Some(&rejects)));
    let written = std::fs::read_to_string(&rejects).unwrap();
    let rows: Vec<&str> = written.lines().collect();
    assert_eq!(rows[0], "file,line,column,found,wanted,row");
    assert!(rows[1].contains(",3,pd,'7',") && rows[1].ends_with(",30;7;a"), "{written}");
    assert!(rows[3].contains(",5,(row),2 fields,") && rows[3].ends_with(",2;0.5"), "{written}");
    assert_eq!(rows.len(), 4);

    let text = refusal("ead,pd\n1,7\n", &settings);
    assert!(text.contains("no loans left after skipping 1 row;"), "{text}");
    assert!(std::fs::read_to_string(&rejects).unwrap().contains(",2,pd,"));
}

#[test]
fn amounts_that_are_too_large_name_their_row() {
    let said = issues("ead,pd\n9e29,0.5\n1e300,0.5\n", &settings());
    assert_eq!(said, ["3 ead: '1e300' → a finite amount, 0 or more and below 1e30; is the unit right?"]);
}

#[test]
fn an_inspection_writes_nothing_and_needs_no_loan() {
    let inspect = TapeSettings { on_error: OnError::Inspect, ..settings() };
    let tape = read("balance,pd\n1,7\n2,8\n", &inspect).unwrap();
    assert_eq!((tape.loans(), tape.rejected.rows, tape.rejected.exposure), (0, 2, 3.0));
    assert_eq!((tape.rejected.issues.len(), &tape.rejected.file), (2, &None));
    assert_eq!((tape.inputs[0].rows, tape.inputs[0].fields.len()), (2, 2));
    assert!(
        tape.assumed.iter().any(|note| note.starts_with("ead is read from column 'balance'")),
        "{:?}",
        tape.assumed
    );
    assert_eq!(read("ead,pd\n1,7\n2,0.5\n", &inspect).unwrap().ead, [2.0]);
    assert!(read("ead\n1\n", &inspect).is_err(), "what spoils a whole file still does");
}

#[test]
fn what_was_filled_is_counted() {
    let tape = read("ead,pd,lgd,loan_id\n1,0.5,,7\n1,0.5,NA,8\n1,0.5,1,7\n", &settings()).unwrap();
    assert_eq!(tape.lgd, [0.45, 0.45, 1.0]);
    assert!(tape.assumed.contains(&"2 loans with blank lgd, filled from the segment".to_owned()), "{:?}", tape.assumed);
    assert!(tape.assumed.iter().any(|note| note.starts_with("1 loan with a loan_id that")), "{:?}", tape.assumed);
}
