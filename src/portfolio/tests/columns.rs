//! Which column serves which field.

use super::*;

#[test]
fn names_match_loosely_and_aliases_are_noted() {
    let tape = read(" Loan-Amnt ,PD 1y,Asset.Class\n10,0.5,x\n", &settings()).unwrap();
    assert_eq!((tape.ead, tape.pd, tape.segments), (vec![10.0], vec![0.5], vec!["x".to_owned()]));
    for note in
        ["ead is read from column 'Loan-Amnt'", "segment is read from column 'Asset.Class'", "no column for lgd"]
    {
        assert!(tape.assumed.iter().any(|said| said.starts_with(note)), "{note}: {:?}", tape.assumed);
    }
    let fields = &tape.inputs[0].fields;
    assert!(fields.contains(&Served {
        field: Field::Pd,
        from: "PD 1y".into(),
        unit: Some(ColumnUnit::Fraction),
        format: None,
        how: How::Alias
    }));
}

#[test]
fn a_mapping_beats_the_name_which_beats_the_alias() {
    let text = "ead,amount,balance,pd\n1,2,3,0.5\n";
    assert_eq!(read(text, &settings()).unwrap().ead, [1.0]);
    assert_eq!(read(text, &mapped(Field::Ead, column("balance"))).unwrap().ead, [3.0]);
    let text = refusal("amount,balance,pd\n2,3,0.5\n", &settings());
    assert!(text.contains("'amount', 'balance' could all be ead; say which with [columns] ead = \"amount\""), "{text}");
    // A column that the user gave to another field is no candidate any more.
    assert_eq!(
        read("amount,sector,pd\n2,3,0.5\n", &mapped(Field::LoanId, column("sector"))).unwrap().segments,
        ["default"]
    );
}

#[test]
fn constants_and_units_and_joined_columns() {
    let mut settings = mapped(Field::Ead, Source::Constant(ConstantValue::Number(1e6)));
    settings.columns.set(Field::Pd, Source::Column { name: "rate".into(), unit: Some(ColumnUnit::Percent) });
    settings.columns.set(Field::Segment, Source::Columns(vec!["product".into(), "region".into()]));
    let tape = read("rate,product,region\n3.5,car, north \n0.5%,,\n7,car,\n", &settings).unwrap();
    assert_eq!((tape.ead, tape.pd), (vec![1e6; 3], vec![0.035, 0.005, 0.07]));
    assert_eq!(
        (tape.segments, tape.segment),
        (vec!["car/north".into(), "default".into(), "car/".into()], vec![0, 1, 2])
    );
    // Parts of different rows never make one name.
    let joined = Source::Columns(vec!["product".into(), "region".into()]);
    let text = "ead,pd,product,region\n1,1,a/b,c\n1,1,a,b/c\n1,1,a\\,b\n1,1,,a\n1,1,a,\n1,1,/,\n";
    let names = read(text, &mapped(Field::Segment, joined)).unwrap().segments;
    assert_eq!(names, ["a\\/b/c", "a/b\\/c", "a\\\\/b", "/a", "a/", "\\//"]);

    let settings = mapped(Field::Segment, Source::Constant(ConstantValue::Text("all".into())));
    assert_eq!(read("ead,pd,segment\n1,0.5,x\n", &settings).unwrap().segments, ["all"]);
}

#[test]
fn what_is_missing_is_named_with_what_is_there() {
    let text = refusal("id,pd,foo\n1,0.5,2\n", &settings());
    assert!(
        text.contains("no column for ead (or exposure, ") && text.contains("the header has 'id', 'pd', 'foo'"),
        "{text}"
    );
    assert!(text.contains("[columns] ead = "), "{text}");
    let text = refusal("ead\n1\n", &settings());
    assert!(text.contains("no column for pd (") && text.contains(" or rating (or grade"), "{text}");
    let text = refusal("ead,pd\n1,0.5\n", &mapped(Field::Lgd, column("pd")));
    assert!(
        text.contains("no column for pd (") && text.contains("column 'pd' serves lgd, as [columns] lgd says"),
        "{text}"
    );
    let text = refusal("ead,pd\n1,0.5\n", &mapped(Field::Lgd, column("sverity")));
    assert!(text.contains("no column 'sverity', which [columns] lgd names"), "{text}");
    let text = refusal("ead,pd,severity\n1,0.5,1\n", &mapped(Field::Lgd, column("sverity")));
    assert!(text.contains("the nearest is 'severity'"), "{text}");
}

#[test]
fn columns_of_the_same_name_are_refused() {
    let text = refusal("ead,pd,x, x\n1,0.5,1,1\n", &settings());
    assert!(text.contains("column 'x' occurs more than once"), "{text}");
    let text = refusal("ead,PD,pd\n1,0.5,1\n", &settings());
    assert!(text.contains("'PD', 'pd' could all be pd"), "{text}");
    assert_eq!(read("ead,PD,pd\n1,0.5,1\n", &mapped(Field::Pd, column("PD"))).unwrap().pd, [0.5]);
    assert!(refusal("ead,PD,pd\n1,0.5,1\n", &mapped(Field::Pd, column("Pd"))).contains("exactly as in the header"));
    assert!(read("ead,pd,,\n1,0.5,,\n", &settings()).is_ok(), "columns without a name are nobody's");
}

#[test]
fn a_pd_wins_over_a_rating_unless_the_rating_was_mapped() {
    let text = "ead,pd,grade\n1,0.5,A\n";
    let tape = read(text, &settings()).unwrap();
    assert_eq!((tape.pd, tape.graded), (vec![0.5], false));
    assert!(
        tape.assumed.iter().any(|note| note.contains("the rating column 'grade' is not used")),
        "{:?}",
        tape.assumed
    );
    let mut settings = mapped(Field::Rating, column("grade"));
    settings.ratings = vec![("A".into(), 0.125)];
    let tape = read(text, &settings).unwrap();
    assert_eq!((tape.pd, tape.graded), (vec![0.125], true));
    settings.columns.set(Field::Pd, column("pd"));
    assert_eq!(read(text, &settings).unwrap().pd, [0.5]);
}

#[test]
fn what_no_row_could_mend_is_said_at_once() {
    assert!(refusal("ead,grade\n1,A\n", &settings()).contains("under [ratings]"));
    assert!(refusal("ead,pd\n1,0.5\n", &TapeSettings::default()).contains("no column for lgd"));
    let segments = SegmentRule::Listed(vec![("a".into(), Some(0.5))]);
    assert!(refusal("ead,pd\n1,0.5\n", &TapeSettings { segments, ..settings() }).contains("no segment 'default'"));
}
