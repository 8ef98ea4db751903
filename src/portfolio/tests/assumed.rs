//! Whatever the reader assumed is listed, and where files differ, with the files.

use super::*;

fn assumed(text: &str, settings: &TapeSettings) -> Vec<String> {
    read(text, settings).unwrap().assumed
}

/// Settings under which no segment has an lgd.
fn bare() -> TapeSettings {
    TapeSettings { segments: SegmentRule::Any { lgd: None }, ..settings() }
}

#[test]
fn a_tape_that_leaves_nothing_open_assumes_nothing() {
    let none: [String; 0] = [];
    assert_eq!(assumed("ead,pd,segment,lgd\n1,0.5,a,1\n", &bare()), none);
}

#[test]
fn columns_that_are_passed_over_are_named() {
    let said = assumed("ead,balance,exposure,pd,PD 1y,segment,lgd\n1,2,3,0.5,0.25,a,1\n", &bare());
    let wanted = [
        "ead is read from column 'ead'; column 'balance' is not used",
        "ead is read from column 'ead'; column 'exposure' is not used",
        "pd is read from column 'pd'; column 'PD 1y' is not used",
    ];
    assert_eq!(said, wanted);

    let mut rated = mapped(Field::Rating, column("grade"));
    rated.ratings = vec![("A".into(), 0.125)];
    let said = assumed("ead,pd,segment,grade\n1,0.5,a,A\n", &rated);
    assert!(
        said.contains(&"PDs come from ratings, read from column 'grade'; the pd column 'pd' is not used".into()),
        "{said:?}"
    );

    let constant = mapped(Field::Pd, Source::Constant(ConstantValue::Number(0.02)));
    let said = assumed("ead,segment,rating,lgd\n1,a,A,1\n", &constant);
    assert!(said.contains(&"PDs are the constant 0.02; the rating column 'rating' is not used".into()), "{said:?}");
    let both = Source::Constant(ConstantValue::Text("A".into()));
    let mut settings = mapped(Field::Pd, column("pd"));
    settings.columns.set(Field::Rating, both);
    let said = assumed("ead,pd,segment\n1,0.5,a\n", &settings);
    assert!(said.contains(&"PDs are read from column 'pd'; the rating constant 'A' is not used".into()), "{said:?}");
}

#[test]
fn an_lgd_of_the_tape_beats_that_of_the_segment() {
    let said = assumed("ead,pd,segment,lgd\n1,0.5,a,1\n", &settings());
    assert_eq!(said, ["lgd is read from column 'lgd'; the lgd of segments only fills blanks"]);
    let constant = mapped(Field::Lgd, Source::Constant(ConstantValue::Number(0.25)));
    let said = assumed("ead,pd,segment\n1,0.5,a\n", &constant);
    assert_eq!(said, ["lgd is the constant 0.25; the lgd of segments is not used"]);
}

#[test]
fn segments_of_the_model_without_loans_are_named() {
    let listed = ["b", "a", "default", "c"].map(|name| (name.to_owned(), Some(0.5)));
    let settings = TapeSettings { segments: SegmentRule::Listed(listed.to_vec()), ..settings() };
    let said = assumed("ead,pd,segment\n1,0.5,a\n1,7,c\n", &TapeSettings { on_error: OnError::Inspect, ..settings });
    assert!(said.contains(&"segments 'b' and 'c' of the model have no loans on the tape".into()), "{said:?}");
}

#[test]
fn where_files_differ_each_line_names_its_file() {
    let desk = Desk::new();
    let files = [
        desk.put("a.csv", "ead,pd\n1,0.5\n"),
        desk.put("b.csv", "balance,grade,segment,lgd,obligor_id\n1,A,x,0.5,7\n"),
        desk.put("c.csv", "balance,pd\n2,0.5\n"),
    ];
    let settings = TapeSettings { ratings: vec![("A".into(), 0.125)], ..settings() };
    let said = read_tape(&files, &settings, &go_on).unwrap().assumed;
    let name = |file: usize| format!("'{}'", files[file].display());
    let (a, b, c) = (name(0), name(1), name(2));
    let wanted = [
        format!("in {b}, rating is read from column 'grade', a known alias"),
        format!("in {b} and {c}, ead is read from column 'balance', a known alias"),
        format!("in {b}, lgd is read from column 'lgd'; the lgd of segments only fills blanks"),
        format!("PDs stand in {a} and {c}, and come from ratings in {b}"),
        format!("no column for segment in {a} and {c}: loans there belong to segment 'default'"),
        format!("no column for lgd in {a} and {c}: loans there take the lgd of their segment"),
        format!("no column for obligor_id in {a} and {c}: each loan there is an obligor of its own"),
    ];
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(said.clone()), sorted(wanted.to_vec()), "{said:#?}");

    let alike = [desk.put("d.csv", "balance,pd\n1,0.5\n"), desk.put("e.csv", "balance,pd\n2,0.5\n")];
    let said = read_tape(&alike, &settings, &go_on).unwrap().assumed;
    let wanted = [
        "ead is read from column 'balance', a known alias",
        "no column for segment: every loan belongs to segment 'default'",
        "no column for lgd: every loan takes the lgd of its segment",
    ];
    assert_eq!(said, wanted);
}
