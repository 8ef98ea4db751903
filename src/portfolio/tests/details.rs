//! What is read of loans beyond segment, exposure, PD and LGD: wanted columns, dates, ratings, contradictions.

use super::*;
use crate::units::{Date, DateFormat};

/// Settings that want every detail, as of 2018-06-30.
fn wanting() -> TapeSettings {
    let reporting_date = Date::new(2018, 6, 30);
    TapeSettings { wanted: FieldSet::DETAILS.with(Field::LoanId), reporting_date, ..settings() }
}

fn formatted(field: Field, format: &str) -> TapeSettings {
    let mut settings = wanting();
    settings.columns.set_format(field, DateFormat::new(format).unwrap());
    settings
}

/// A tape of one loan with a `cell` of its own in `column`.
fn one(column: &str, cell: &str) -> String {
    format!("ead,pd,{column}\n100,0.02,{cell}\n")
}

#[test]
fn a_run_that_wants_nothing_reads_nothing_more() {
    let text = "ead,pd,stage,maturity,limit,rating\n1,0.5,x,never,-3,A\n";
    let tape = read(text, &settings()).unwrap();
    assert_eq!((tape.details, tape.ratings), (Details::default(), Vec::new()));
    let fields: Vec<Field> = tape.inputs[0].fields.iter().map(|served| served.field).collect();
    assert_eq!(fields, [Field::Ead, Field::Pd]);
}

#[test]
fn every_column_is_read_as_of_the_reporting_date() {
    let text = "id,ead,pd,stage,dpd,watchlist,int_rate,maturity,limit,issue_date,orig_pd,grade,orig_rating,collateral,default_date,trigger_date\n\
                a,10,0.02,2,31,yes,0.07,2021-03-31,50,2018-03-31,0.01,B,A,7.5,,2018-01-29\n\
                b,20,0.03,3,200,N,0.05,2018-05-31,,2017-07-01,NA,A,C,,2018-01-31,\n\
                c,30,0.04,,,,,,,,,,,,,\n";
    let tape = read(text, &wanting()).unwrap();
    let details = &tape.details;
    assert_eq!(details.stage, [TapeStage::Two, TapeStage::Three, TapeStage::Blank]);
    assert_eq!(details.days_past_due, [31, 200, 0]);
    assert_eq!(details.watchlist, [true, false, false]);
    assert_eq!((details.interest_rate[0], details.interest_rate[2].is_nan()), (0.07, true));
    assert_eq!(details.remaining_months, [33, 0, 0]);
    assert_eq!(details.age_months, [3, 11, Details::BLANK]);
    assert_eq!(details.limit, [50.0, 0.0, 0.0]);
    assert_eq!((details.origination_pd[0], details.origination_pd[1].is_nan()), (0.01, true));
    assert_eq!(tape.ratings, ["B", "A", "C"]);
    assert_eq!(
        (details.rating.as_slice(), details.origination_rating.as_slice()),
        ([0, 1, u16::MAX].as_slice(), [1, 2, u16::MAX].as_slice())
    );
    assert_eq!(details.collateral, [7.5, 0.0, 0.0]);
    assert_eq!(details.default_months, [Details::BLANK, 5, Details::BLANK]); // from one month's end to another
    assert_eq!(details.trigger_months, [5, Details::BLANK, Details::BLANK]);
    let ids = details.loan_ids.as_ref().unwrap();
    assert_eq!((ids.get(0), ids.get(2), ids.len()), (Some("a"), Some("c"), 3));
    assert_eq!((details.lines.as_slice(), details.file_ends.as_slice()), ([2, 3, 4].as_slice(), [3].as_slice()));
}

#[test]
fn months_that_remain_come_from_the_first_field_that_says_so() {
    for (text, months, note) in [
        ("ead,pd,remaining_term\n1,0.1,17\n", 17, ""),
        ("ead,pd,term,issue_date\n1,0.1,36,2018-03-31\n", 33, ""),
        (
            "ead,pd,maturity,remaining_term\n1,0.1,2018-07-01,99\n",
            1,
            "the remaining_months column 'remaining_term' is not used",
        ),
        (
            "ead,pd,remaining_term,term,issue_date\n1,0.1,17,36,2018-03-31\n",
            17,
            "the term_months column 'term' is not used",
        ),
        ("ead,pd,term\n1,0.1,36\n", -1, "column 'term' is not used, as nothing says when loans began"),
    ] {
        let tape = read(text, &wanting()).unwrap();
        assert_eq!(tape.details.remaining_months.first().map_or(-1, |months| i32::from(*months)), months, "{text}");
        assert!(tape.assumed.iter().any(|sentence| sentence.contains(note)), "{text}: {:?}", tape.assumed);
    }
    let mut settings = wanting();
    settings.columns.set(Field::TermMonths, Source::Column { name: "term".into(), unit: None });
    let text = refusal("ead,pd,term\n1,0.1,36\n", &settings);
    assert!(text.contains("no column for origination_date"), "{text}");
    let both = "ead,pd,remaining_term,term,issue_date\n1,0.1,17,21,2018-03-31\n1,0.1,17,22,2018-03-31\n";
    let text = refusal(both, &settings);
    assert!(
        text.contains("t.csv:3: term: found '22'; wanted about 20 months") && !text.contains("found '21'"),
        "{text}"
    );
}

#[test]
fn a_loan_in_default_may_be_due() {
    for (more, cells) in [("stage", "3"), ("stage", "poci"), ("dpd", "91")] {
        let tape = read(format!("ead,pd,maturity,{more}\n1,0.1,2018-06-30,{cells}\n"), &wanting()).unwrap();
        assert_eq!(tape.details.remaining_months, [0], "{more} {cells}");
    }
    let text = refusal("ead,pd,maturity,dpd\n1,0.1,2018-06-30,90\n", &wanting());
    assert!(text.contains("found '2018-06-30'; wanted later than the reporting date 2018-06-30, or stage 3"), "{text}");
    assert!(read("ead,pd,maturity\n1,0.1,2018-07-01\n", &wanting()).is_ok());
    let lax = TapeSettings { default_rule: DefaultRule { days_past_due: 60, ..DefaultRule::default() }, ..wanting() };
    assert!(read("ead,pd,maturity,dpd\n1,0.1,2018-06-30,90\n", &lax).is_ok());
}

#[test]
fn contradictions_name_place_and_remedy() {
    for (column, cell, says) in [
        (
            "maturity_date",
            "2018-02-30",
            "found '2018-02-30'; wanted a date such as 2018-06-30, or set [columns] maturity_date = { column = \"maturity_date\", format = \"%b-%y\" }",
        ),
        (
            "maturity_date",
            "2058-07-31",
            "found '2058-07-31'; wanted at most 480 months from the reporting date 2018-06-30",
        ),
        ("remaining_months", "0", "found '0'; wanted later than the reporting date"),
        ("remaining_months", "17.5", "wanted a whole number of months"),
        ("origination_date", "2018-07-01", "found '2018-07-01'; wanted a day not after the reporting date 2018-06-30"),
        ("default_date", "2019-01-01", "wanted a day not after the reporting date 2018-06-30"),
        ("trigger_date", "2019-01-01", "wanted a day not after the reporting date 2018-06-30"),
        (
            "interest_rate",
            "5.31",
            "or set [columns] interest_rate = { column = \"interest_rate\", unit = \"percent\" }",
        ),
        ("interest_rate", "-1", "wanted more than -1 and at most 3"),
        (
            "stage",
            "4",
            "found '4'; wanted 1, 2, 3 or poci; or say with [columns] stage = { column = \"stage\", values =",
        ),
        (
            "days_past_due",
            "Current",
            "or say with [columns] days_past_due = { column = \"days_past_due\", values = { \"…\" = 0 } }",
        ),
        ("watchlist", "perhaps", "wanted true or false"),
        ("collateral_value", "-5", "wanted a finite amount, 0 or more"),
        ("limit", "1e31", "below 1e30"),
    ] {
        let text = refusal(one(column, cell), &wanting());
        assert!(text.contains(&format!("t.csv:2: {column}: ")) && text.contains(says), "{column} {cell}: {text}");
    }
    let text = refusal("ead,pd,stage\n1,1,2\n", &wanting());
    assert!(text.contains("found '2' with a PD of 1; wanted stage 3 or poci"), "{text}");
    let ratings = vec![("AA".to_owned(), 0.01), ("B".to_owned(), 0.1)];
    let text = refusal("ead,pd,rating,origination_rating\n1,0.1,B,AB\n", &TapeSettings { ratings, ..wanting() });
    assert!(
        text.contains("origination_rating: found 'AB'")
            && text.contains("a rating that [ratings] gives a PD to (the nearest is '"),
        "{text}"
    );
}

#[test]
fn all_flaws_of_a_row_are_named() {
    let text = refusal("ead,pd,stage,limit,default_date\n1,7,9,x,soon\n", &wanting());
    for column in ["pd", "stage", "limit", "default_date"] {
        assert!(text.contains(column), "{column}: {text}");
    }
}

#[test]
fn required_fields_have_no_blanks() {
    let required =
        |field| TapeSettings { needs: Needs { fields: FieldSet::of(&[field]), ..Needs::default() }, ..wanting() };
    for (field, text, says) in [
        (Field::InterestRate, "ead,pd,rate\n1,0.1,\n", "exposure.interest_rate in the model"),
        (Field::InterestRate, "ead,pd\n1,0.1\n", "no column for interest_rate (or int_rate,"),
        (Field::RemainingMonths, "ead,pd,maturity\n1,0.1,\n", "exposure.remaining_months in the model"),
        (Field::RemainingMonths, "ead,pd\n1,0.1\n", "no column for remaining_months"),
        (
            Field::DefaultDate,
            "ead,pd,stage\n1,0.1,3\n",
            "found nothing on a loan of stage 3; wanted a date, or staging.cure_months_stage_3",
        ),
        (Field::OriginationDate, "ead,pd,issue_date\n1,0.1,-\n", "term_structure.clock"),
    ] {
        let refused = refusal(text, &required(field));
        assert!(refused.contains(says), "{text}: {refused}");
    }
    assert!(read("ead,pd,maturity,stage\n1,0.1,,3\n", &required(Field::RemainingMonths)).is_ok());
    assert!(read("ead,pd,stage\n1,0.1,2\n", &required(Field::DefaultDate)).is_ok());
    assert!(read("ead,pd,rate\n1,0.1,0\n", &required(Field::InterestRate)).is_ok());
}

#[test]
fn dates_need_a_reporting_date() {
    let settings = TapeSettings { reporting_date: None, ..wanting() };
    let text = refusal("ead,pd,maturity\n1,0.1,2027-01-31\n", &settings);
    assert!(text.starts_with("ecl.reporting_date: found nothing; wanted the day"), "{text}");
    assert!(text.contains("maturity_date is read from 'maturity' of") && text.contains("[ecl]"), "{text}");
    // A term counts from a date; months that remain do not.
    let text = refusal("ead,pd,term,issue_date\n1,0.1,36,2024-01-31\n", &settings);
    assert!(text.starts_with("ecl.reporting_date"), "{text}");
    assert_eq!(read("ead,pd,rem_term\n1,0.1,5\n", &settings).unwrap().details.remaining_months, [5]);
    let wanted = FieldSet::of(&[Field::Stage, Field::RemainingMonths]);
    let tape = read("ead,pd,rem_term\n1,0.1,5\n", &TapeSettings { wanted, reporting_date: None, ..settings }).unwrap();
    assert_eq!(tape.details.remaining_months, [5]);
}

#[test]
fn formats_and_values_say_what_cells_mean() {
    let mut settings = formatted(Field::OriginationDate, "%b-%y");
    settings.columns.set(Field::DaysPastDue, Source::Column { name: "loan_status".into(), unit: None });
    let days = |cell: &str, days| (cell.to_owned(), ConstantValue::Number(days));
    settings.columns.set_values(Field::DaysPastDue, vec![days("In Grace Period", 15.0), days("Current", 0.0)]);
    let text = "ead,pd,issue_month,loan_status\n1,0.1,Mar-18,In Grace Period\n1,0.1,feb-18,Current\n1,0.1,Jun-18,44\n";
    let tape = read(text, &settings).unwrap();
    assert_eq!((tape.details.age_months, tape.details.days_past_due), (vec![3, 4, 0], vec![15, 0, 44]));
    let served = tape.inputs[0].fields.iter().find(|served| served.field == Field::OriginationDate).unwrap();
    assert_eq!(served.format.as_ref().map(DateFormat::pattern), Some("%b-%y"));
    let text = refusal("ead,pd,loan_status\n1,0.1,Late\n", &settings);
    assert!(text.contains("found 'Late'; wanted a whole number of days"), "{text}");
    settings.columns.set_values(Field::DaysPastDue, vec![days("Late", -3.0)]);
    let text = refusal("ead,pd,loan_status\n1,0.1,Late\n", &settings);
    assert!(text.starts_with("columns.days_past_due.values: found 'Late' = -3; wanted a whole"), "{text}");
    let text = refusal("ead,pd\n1,0.1\n", &formatted(Field::Limit, "%b-%y"));
    assert!(text.starts_with("columns.limit.format"), "{text}");
}

#[test]
fn constants_serve_every_kind() {
    let mut settings = wanting();
    let text = |text: &str| Source::Constant(ConstantValue::Text(text.to_owned()));
    settings.columns.set(Field::MaturityDate, text("2018-12-31"));
    settings.columns.set(Field::Watchlist, text("yes"));
    settings.columns.set(Field::Stage, text("2"));
    settings.columns.set(Field::InterestRate, Source::Constant(ConstantValue::Number(-0.01)));
    let tape = read("ead,pd\n1,0.1\n", &settings).unwrap();
    let details = tape.details;
    assert_eq!(
        (details.remaining_months, details.watchlist, details.interest_rate),
        (vec![6], vec![true], vec![-0.01])
    );
    for (field, source, says) in [
        (
            Field::MaturityDate,
            text("Dec-18"),
            "columns.maturity_date: found 'Dec-18'; wanted a date such as 2018-06-30",
        ),
        (Field::Stage, text("4"), "columns.stage: found '4'; wanted 1, 2, 3 or poci"),
        (Field::Watchlist, text("so"), "columns.watchlist: found 'so'"),
        (Field::InterestRate, Source::Constant(ConstantValue::Number(3.5)), "wanted more than -1 and at most 3"),
        (Field::MaturityDate, Source::Constant(ConstantValue::Number(3.0)), "wanted a text, in quotes"),
        (Field::DaysPastDue, Source::Constant(ConstantValue::Number(0.5)), "wanted a whole number of days"),
    ] {
        let mut settings = wanting();
        settings.columns.set(field, source);
        let text = refusal("ead,pd\n1,0.1\n", &settings);
        assert!(text.contains(says), "{text}");
    }
}

#[test]
fn details_follow_their_loans_past_rejected_rows_and_files() {
    let desk = Desk::new();
    let files = [
        desk.put("a.csv", "ead,pd,obligor_id\n1,0.1,x\n"),
        desk.put(
            "b.csv",
            "ead,pd,obligor_id,limit,grade\n2,0.2,x,20,A\n3,0.1,x,30,B\n4,0.1,y,oops,C\n5,0.3,y,50,D\n6,0.4,y,60,E\n",
        ),
        desk.put("c.csv", "ead,pd,grade\n7,0.1,B\n"),
    ];
    let settings = TapeSettings { on_error: OnError::Inspect, ..wanting() };
    let tape = read_tape(&files, &settings, &go_on).unwrap();
    assert_eq!((tape.ead.as_slice(), tape.rejected.rows), ([1.0, 3.0, 5.0, 7.0].as_slice(), 3));
    assert_eq!(tape.details.limit, [0.0, 30.0, 50.0, 0.0]);
    let names: Vec<Option<&str>> =
        tape.details.rating.iter().map(|rating| tape.ratings.get(usize::from(*rating)).map(String::as_str)).collect();
    assert_eq!(names, [None, Some("B"), Some("D"), Some("B")]);
    assert_eq!(
        (tape.details.lines.as_slice(), tape.details.file_ends.as_slice()),
        ([2, 3, 5, 2].as_slice(), [1, 3, 4].as_slice())
    );
}

#[test]
fn pds_win_over_ratings_that_are_kept_beside_them() {
    let ratings = vec![("A".to_owned(), 0.01), ("B".to_owned(), 0.1)];
    let settings = TapeSettings { ratings, ..wanting() };
    let tape = read("ead,pd,rating\n1,0.07,B\n", &settings).unwrap();
    assert_eq!((tape.pd[0], tape.graded, tape.details.rating[0], tape.ratings.len()), (0.07, false, 1, 2));
    let tape = read("ead,rating\n1,B\n", &settings).unwrap();
    assert_eq!((tape.pd[0], tape.graded, tape.details.rating[0]), (0.1, true, 1));
}
