//! What settings mean: defaults, ranges, contradictions, and the rules for segments and factors.

use super::super::{EclSettings, Overrides, SegmentSettings, Segments, read_model};
use super::*;
use crate::engine::KernelChoice;
use crate::model::{AssetCorrelation, BaselClass};
use crate::portfolio::{ColumnUnit, ConstantValue, DecimalSign, Field, Source};
use crate::units::{Level, Unit};
use std::time::{Duration, Instant};

fn resolved(text: &str) -> Resolved {
    resolve(&parse_model(text, "m.toml").unwrap()).unwrap()
}

fn refusal(text: &str) -> String {
    parse_model(text, "m.toml").and_then(|raw| resolve(&raw)).unwrap_err().to_string()
}

fn listed(resolved: Resolved) -> Vec<SegmentSettings> {
    match resolved.segments {
        Segments::Listed(segments) => segments,
        Segments::Any => Vec::new(),
    }
}

const TWO: &str = "[factors]\nnames = [\"north\", \"south\"]\ncorrelation = [[1.0, 0.25], [0.25, 1.0]]\n";

#[test]
fn nothing_written_gives_the_documented_defaults_and_says_so() {
    let model = resolved("");
    let simulation = &model.simulation;
    assert_eq!((simulation.scenarios, simulation.seed, simulation.kernel), (100_000, 42, KernelChoice::Auto));
    assert_eq!(simulation.levels, ["0.95", "0.99", "0.999"].map(|level| Level::parse(level).unwrap()));
    assert_eq!((simulation.band_width, simulation.unit, model.copula), (0.1, None, Copula::Gaussian));
    assert_eq!(
        (model.factors.names.as_slice(), model.factors.correlation.as_slice()),
        (["economy".to_owned()].as_slice(), [1.0].as_slice())
    );
    assert_eq!(model.segments, Segments::Any);
    assert_eq!(
        (model.input.delimiter, model.input.decimal, model.input.encoding.as_str()),
        (b',', DecimalSign::Point, "utf-8")
    );
    assert_eq!(model.assumed.len(), 7, "{:?}", model.assumed);
    assert_eq!(model.assumed[1], "simulation.seed = 42 (default)");
    assert!(model.assumed[6].contains("every segment = { basel = \"other_retail\" }"));
}

#[test]
fn the_template_unchanged_gives_exactly_the_defaults() {
    let bare = |resolved: Resolved| Resolved {
        assumed: Vec::new(),
        ecl: EclSettings { assumed: Vec::new(), ..resolved.ecl },
        ..resolved
    };
    assert_eq!(bare(resolved(&template())), bare(resolved("")));
}

#[test]
fn values_out_of_range_are_refused() {
    for (text, expected) in [
        ("[simulation]\nscenarios = 0", "simulation.scenarios (m.toml line 2): found 0; wanted a whole number from 1"),
        ("[simulation]\nscenarios = 1099511627777", "found 1099511627777; wanted"),
        ("[simulation]\nscenarios = 1.5", "found 1.5; wanted a whole number"),
        ("[simulation]\nseed = -1", "simulation.seed (m.toml line 2): found -1; wanted a whole number from 0"),
        ("[simulation]\nseed = \"0x-1\"", "found '0x-1';"),
        ("[simulation]\nseed = \"18446744073709551616\"", "found 18446744073709551616;"),
        (
            "[simulation]\nlevels = [1.0]",
            "simulation.levels (m.toml line 2): found 1; wanted more than 0 and less than 1",
        ),
        ("[simulation]\nlevels = []", "found an empty list;"),
        ("[simulation]\nlevels = [0.99, \"99%\"]", "found '99%' twice;"),
        ("[simulation]\nkernel = \"gpu\"", "found 'gpu'; wanted \"auto\", \"granular\" or \"named\""),
        ("[simulation]\nband_width = 0", "found 0; wanted a number above 0"),
        ("[simulation]\nunit = 0.03", "found 0.03; wanted \"auto\", or 1, 2 or 5 times"),
        ("[copula]\ndegrees_of_freedom = 4", "found 4 with a gaussian copula; wanted copula.kind"),
        ("[copula]\nkind = \"student_t\"", "copula.kind (m.toml line 2): found student_t without degrees_of_freedom"),
        ("[copula]\nkind = \"student_t\"\ndegrees_of_freedom = 1.9", "found 1.9; wanted a number from 2"),
        ("[copula]\nkind = \"clayton\"", "found 'clayton'; wanted \"gaussian\" or"),
        ("[ratings]\nB = -0.1", "ratings.B (m.toml line 2): found -0.1;"),
        ("[segments.a]\nlgd = 45", "segments.a.lgd (m.toml line 2): found 45; wanted a number from 0 to 1"),
        ("[segments.a]\nasset_correlation = 1.0", "found 1; wanted a number from 0 to 0.9999"),
        ("[segments.a]\nasset_correlation = { basel = \"mortgages\" }", "did you mean 'mortgage'?"),
        ("[input]\ndelimiter = \";;\"", "found ';;'; wanted one ASCII"),
        ("[input]\ndecimal = \"x\"", "found 'x'; wanted \".\" or \",\""),
        ("[input]\nencoding = \"klingon\"", "found 'klingon'; wanted an encoding"),
        (
            "[columns]\npd = { constant = 2 }",
            "columns.pd (m.toml line 2): found constant = 2; wanted a number from 0 to 1",
        ),
        (
            "[columns]\npd = { column = \"a\", unit = \"million\" }",
            "found unit = 'million'; wanted one of fraction, percent",
        ),
        ("[columns]\nrating = { column = \"a\", unit = \"percent\" }", "found unit = 'percent'; wanted no unit"),
        ("[columns]\nead = [\"a\"]", "found a list of 1; wanted one column"),
        ("[columns]\nloan_id = { constant = \"x\" }", "found a constant; wanted a column"),
        ("[simulation]\nseed = \"\"", "simulation.seed (m.toml line 2): found ''; wanted"),
        ("[simulation]\nunit = \"\"", "found ''; wanted \"auto\""),
        ("[copula]\nkind = \"\"", "found ''; wanted \"gaussian\""),
        ("[input]\ndecimal = \",\"", "input.decimal (m.toml line 2): found ',' with the delimiter ','; wanted another"),
        ("[ratings]\nA = 0.1\n\" A\" = 0.2", "found the rating 'A' twice; wanted each rating once"),
        ("[ratings]\n\" \" = 0.1", "found a rating without a name;"),
        ("[segments.a]\nlgd = 1\n[segments.\"a \"]\nlgd = 0", "found the segment 'a' twice;"),
        ("[segments.a]\nlgd = 1e300", "found 1e300; wanted a number from 0 to 1"),
        (
            "[columns]\nead = { constant = 1e300 }",
            "found constant = 1e300; wanted an amount of 0 or more and below 1e30",
        ),
        ("[columns]\nead = \" \"", "found ' ';"),
        (
            "[columns]\nmaturity_date = { column = \"m\", format = \"%d.%q\" }",
            "columns.maturity_date.format (m.toml line 2): found format = '%d.%q'; wanted a year (%Y or %y), a month",
        ),
        ("[columns]\nead = { column = \"m\", format = \"%Y-%m\" }", "wanted no format: this field is no date"),
        ("[columns]\ninterest_rate = { constant = 5 }", "found constant = 5; wanted a number above -1 and at most 3"),
        ("[columns]\ndays_past_due = { constant = 0.5 }", "found constant = 0.5; wanted a whole number of days"),
        ("[columns]\nmaturity_date = { constant = 2025 }", "wanted a date as a text"),
        ("[columns]\nwatchlist = { column = \"w\", unit = \"one\" }", "found unit = 'one'; wanted no unit"),
    ] {
        let found = refusal(text);
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn whatever_is_in_range_is_taken_exactly() {
    let model = resolved(
        "[simulation]\nscenarios = 1e6\nseed = \"0xFFFFFFFFFFFFFFFF\"\nlevels = [\"99.9%\", 0.29]\nunit = 5e-30\n\
         [copula]\nkind = \"student_t\"\ndegrees_of_freedom = 2\n[input]\ndelimiter = \"tab\"\nencoding = \"latin1\"\n\
         [columns]\nead = { constant = 1e6 }\npd = { column = \"r\", unit = \"percent\" }\nsegment = [\"a\", \"b\"]",
    );
    assert_eq!((model.simulation.scenarios, model.simulation.seed), (1_000_000, u64::MAX));
    assert_eq!(model.simulation.levels, ["0.29", "0.999"].map(|level| Level::parse(level).unwrap()));
    assert_eq!(model.simulation.unit, Unit::new(5, -30));
    assert_eq!(model.copula, Copula::StudentT { degrees_of_freedom: 2.0 });
    assert_eq!((model.input.delimiter, model.input.encoding.as_str()), (b'\t', "windows-1252"));
    let ead = Source::Constant(ConstantValue::Number(1e6));
    let pd = Source::Column { name: "r".to_owned(), unit: Some(ColumnUnit::Percent) };
    let segment = Source::Columns(vec!["a".to_owned(), "b".to_owned()]);
    for (field, source) in [(Field::Ead, &ead), (Field::Pd, &pd), (Field::Segment, &segment)] {
        assert_eq!(model.columns.get(field), Some(source));
    }
    assert_eq!(model.columns.get(Field::Lgd), None);
}

#[test]
fn columns_say_how_dates_are_written_and_what_cells_stand_for() {
    let model = resolved(
        "[columns]\norigination_date = { column = \"issued\", format = \"%b-%y\" }\n\
         days_past_due = { column = \"status\", values = { \"In Grace Period\" = 15, Current = 0 } }\n\
         stage = { column = \"s\", values = { performing = 1, lost = \"3\" } }",
    );
    let columns = &model.columns;
    let pattern = columns.format(Field::OriginationDate).map(|format| format.pattern().to_owned());
    assert_eq!((pattern.as_deref(), columns.format(Field::MaturityDate)), (Some("%b-%y"), None));
    let days = |cell: &str, days| (cell.to_owned(), ConstantValue::Number(days));
    let entries = [days("In Grace Period", 15.0), days("Current", 0.0)];
    assert_eq!(columns.values(Field::DaysPastDue).unwrap().entries(), entries);
    let stage = |cell: &str, stage: &str| (cell.to_owned(), ConstantValue::Text(stage.to_owned()));
    assert_eq!(columns.values(Field::Stage).unwrap().entries(), [stage("performing", "1"), stage("lost", "3")]);
    assert_eq!(columns.values(Field::Limit), None);
}

#[test]
fn segments_follow_their_rules() {
    let text = format!(
        "{TWO}[segments.fixed]\nasset_correlation = 0.16\nloadings = {{ north = 3.0, south = 4.0 }}\n\
         [segments.absolute]\nloadings = {{ south = 0.3 }}\nlgd = 0.45\n[segments.north]\n[segments.south]\n\
         asset_correlation = {{ basel = \"mortgage\" }}\n[segments.none]\nasset_correlation = 0\nloadings = {{ north = 0 }}\n"
    );
    let model = resolved(&text);
    assert!(model.assumed.contains(&"segments.north.asset_correlation = { basel = \"other_retail\" }".to_owned()));
    let segments = listed(model);
    let loading = |name: &str, value: f64| (name.to_owned(), value);
    assert_eq!(segments[0].correlation, AssetCorrelation::Fixed(0.16));
    assert_eq!(segments[0].loadings, [loading("north", 3.0), loading("south", 4.0)]);
    assert_eq!((segments[1].correlation, segments[1].lgd), (AssetCorrelation::FromLoadings, Some(0.45)));
    assert_eq!(segments[2].correlation, AssetCorrelation::Basel(BaselClass::OtherRetail));
    assert_eq!(segments[2].loadings, [loading("north", 1.0)]);
    assert_eq!(segments[3].correlation, AssetCorrelation::Basel(BaselClass::Mortgage));
    assert_eq!(segments[4].loadings, [loading("north", 0.0)]);
    assert_eq!(listed(resolved("[segments.x]\nlgd = 1"))[0].loadings, [loading("economy", 1.0)]);

    for (rest, expected) in [
        (
            "[segments.retail]\nlgd = 1",
            "segments.retail (m.toml line 4): found no loadings, 2 factors and none of them",
        ),
        (
            "[segments.a]\nloadings = { nroth = 1 }",
            "segments.a.loadings.nroth (m.toml line 5): found 'nroth'; wanted a factor that factors.names has; did you mean 'north'?",
        ),
        ("[segments.a]\nloadings = { north = 0 }", "found nothing but zeros;"),
        ("[segments.\" \"]\nlgd = 1", "found a segment without a name;"),
    ] {
        let found = refusal(&format!("{TWO}{rest}"));
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn segments_that_load_on_their_own_factor_say_so() {
    let own = |text: &str| {
        let loads = |line: &String| line.contains("loadings");
        resolved(text).assumed.into_iter().filter(loads).collect::<Vec<_>>()
    };
    let text = format!("{TWO}[segments.north]\nasset_correlation = 0.2\n[segments.a]\nloadings = {{ south = 0.3 }}\n");
    assert_eq!(own(&text), ["segments.north.loadings = { north = 1.0 } (the factor of its own name)"]);
    assert_eq!(own(TWO), ["loadings of every segment: the factor of its own name"]);
    assert!(own("[segments.a]\nlgd = 1").is_empty(), "there is only one factor");
    let names = |text: &str| resolved(text).assumed.iter().filter(|line| line.starts_with("factors.names")).count();
    assert_eq!((names("[factors]\ncorrelation = [[1]]"), names("[factors]\nnames = [\"x\"]")), (1, 0));
}

#[test]
fn correlation_must_be_a_correlation_matrix_of_the_names() {
    for (factors, expected) in [
        ("names = [\"a\", \"b\"]", "found 2 factors without their correlation; wanted factors.correlation or"),
        ("names = [\"a\", \"a\"]", "found 'a' twice;"),
        ("names = []", "found an empty list;"),
        ("names = [\"a\"]\ncorrelation = [[1, 0], [0, 1]]", "found 2 rows for 1 factors;"),
        ("correlation = [[1, 0], [0, 1]]", "found a matrix of 2 rows without names; wanted factors.names as well"),
        ("names = [\"a\", \"b\"]\ncorrelation = [[1, 0], [0]]", "found 1 numbers in row 2 ('b') for 2 factors;"),
        ("names = [\"a\", \"b\"]\ncorrelation = [[1, 0.2], [0.3, 1]]", "found 0.2 from 'a' to 'b' but 0.3 back;"),
        ("names = [\"a\", \"b\"]\ncorrelation = [[1, 0.2], [0.2, 0.9]]", "found 0.9 on the diagonal, at 'b';"),
        ("names = [\"a\", \"b\"]\ncorrelation = [[1, 1.2], [1.2, 1]]", "found 1.2 between 'a' and 'b';"),
        ("correlation = [[1]]\ncorrelation_file = \"x\"", "wanted one of the two"),
        ("correlation = []", "found 0 rows"),
        ("correlation_file = \" \"", "factors.correlation_file (m.toml line 2): found ' '; wanted the path"),
    ] {
        let found = refusal(&format!("[factors]\n{factors}"));
        assert!(found.contains(expected), "{expected}: {found}");
    }
    let nearly = resolved("[factors]\nnames = [\"a\", \"b\"]\ncorrelation = [[1.0000000001, 0.2], [0.2000000001, 1]]");
    let matrix = nearly.factors.correlation;
    assert_eq!((matrix[0], matrix[1]), (1.0, matrix[2]));
    assert_eq!(resolved("[factors]\ncorrelation = [[1]]").factors.names, ["economy"]);
}

#[test]
fn a_correlation_file_lies_beside_the_model_and_its_names_select_and_reorder() {
    let folder = tempfile::tempdir().unwrap();
    let matrix = ",a,b,c\na,1,0.1,0.2\nb,0.1,1,0.3\nc,0.2,0.3,1\n";
    std::fs::write(folder.path().join("c.csv"), matrix).unwrap();
    let factors = |names: &str| {
        let path = folder.path().join("m.toml");
        std::fs::write(&path, format!("[factors]\ncorrelation_file = \"c.csv\"\n{names}")).unwrap();
        resolve(&read_model(&path).unwrap()).map(|resolved| resolved.factors)
    };
    assert_eq!(factors("").unwrap().names, ["a", "b", "c"]);
    let said = |names: &str| {
        factors(names).unwrap();
        let assumed = resolve(&read_model(&folder.path().join("m.toml")).unwrap()).unwrap().assumed;
        assumed.into_iter().filter(|line| line.starts_with("factors.names")).collect::<Vec<_>>()
    };
    assert_eq!(said(""), ["factors.names = [\"a\", \"b\", \"c\"] (the names in 'c.csv')"]);
    assert!(said("names = [\"c\", \"a\"]").is_empty());
    let chosen = factors("names = [\"c\", \"a\"]").unwrap();
    assert_eq!((chosen.names.join(" "), chosen.correlation), ("c a".to_owned(), vec![1.0, 0.2, 0.2, 1.0]));
    let missing = factors("names = [\"d\"]").unwrap_err().to_string();
    assert!(missing.contains("found 'd'; wanted names that correlation_file has"), "{missing}");
    std::fs::write(folder.path().join("c.csv"), "1,0.5\n0.5,1\n").unwrap();
    assert!(factors("").unwrap_err().to_string().contains("found a matrix of 2 rows without names"));
    assert_eq!(factors("names = [\"x\", \"y\"]").unwrap().correlation, [1.0, 0.5, 0.5, 1.0]);
    std::fs::remove_file(folder.path().join("c.csv")).unwrap();
    assert!(factors("").unwrap_err().to_string().contains("c.csv: cannot open"));
}

#[test]
fn flags_win_and_errors_name_them() {
    let resolve_with = |overrides: Overrides| {
        let mut raw = parse_model("[simulation]\nscenarios = 5\nseed = 1\n", "m.toml").unwrap();
        overrides.apply(&mut raw);
        resolve(&raw)
    };
    let some = |text: &str| Some(text.to_owned());
    let good = Overrides { scenarios: some("7"), levels: some("99.9%, 0.5"), ..Default::default() };
    let model = resolve_with(good).unwrap();
    assert_eq!((model.simulation.scenarios, model.simulation.seed, model.simulation.levels.len()), (7, 1, 2));
    assert!(!model.assumed.iter().any(|line| line.contains("levels")), "{:?}", model.assumed);
    for (flags, expected) in [
        (Overrides { scenarios: some("0"), ..Default::default() }, "--scenarios: found 0; wanted a whole number"),
        (Overrides { levels: some("0.9,1.0"), ..Default::default() }, "--levels: found 1.0; wanted more than 0"),
        (Overrides { seed: some("x"), ..Default::default() }, "--seed: found 'x';"),
    ] {
        let found = resolve_with(flags).unwrap_err().to_string();
        assert!(found.starts_with(expected), "{found}");
    }
}

#[test]
fn a_thousand_segments_with_ten_loadings_each_take_well_under_a_second() {
    let k = 97;
    let names: Vec<String> = (0..k).map(|i| format!("\"f{i}\"")).collect();
    let row = |i: usize| format!("{:?}", (0..k).map(|j| if i == j { 1.0 } else { 0.25 }).collect::<Vec<_>>());
    let rows: Vec<String> = (0..k).map(row).collect();
    let mut text = format!("[factors]\nnames = [{}]\ncorrelation = [{}]\n", names.join(", "), rows.join(", "));
    for i in 0..1003 {
        let loadings: Vec<String> = (0..10).map(|j| format!("f{} = 0.{}", (i * 7 + j) % k, j + 1)).collect();
        text.push_str(&format!("[segments.s{i}]\nasset_correlation = 0.2\nloadings = {{ {} }}\n", loadings.join(", ")));
    }
    let start = Instant::now();
    let segments = listed(resolved(&text));
    let taken = start.elapsed();
    assert_eq!((segments.len(), segments[1002].loadings.len()), (1003, 10));
    assert!(taken < Duration::from_secs(1), "{taken:?}");
}
