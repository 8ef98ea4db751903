//! What `[index]` and `[scenarios]` mean, and the one message of each contradiction.

use super::super::{Align, Change, TimesChoice, parse_model, read_model, resolve, to_toml};
use super::super::{EclSettings, Resolved};
use super::*;
use crate::model::index::{PdBasis, ReversionShape, ScenarioStaging, Transform, Transformation};

const DRIVER: &str = "[[index.drivers]]\ncolumn = \" uer\"\ntransform = \"change\"\nspan = 4\nlag = 2\nmean = 0.0125\n\
                      standard_deviation = 0.31\ncoefficient = -0.55\n";
const TWO: &str = "[scenarios.baseline]\nweight = 0.6\ndrivers = \"b.csv\"\n[scenarios.'severe one']\nweight = 0.4\nindex = \"s.csv\"\n";

fn model(text: &str) -> Resolved {
    resolve(&parse_model(text, "m.toml").unwrap()).unwrap()
}

fn refusal(text: &str) -> String {
    parse_model(text, "m.toml").and_then(|raw| resolve(&raw)).unwrap_err().to_string()
}

/// Without what was assumed: a written model assumes nothing.
fn bare(resolved: Resolved) -> Resolved {
    Resolved { assumed: Vec::new(), ecl: EclSettings { assumed: Vec::new(), ..resolved.ecl }, ..resolved }
}

#[test]
fn without_the_sections_there_is_no_economy() {
    for text in ["", "[index]\n[scenarios]\n", "[factors]\npersistence = 0.5\n[time]\ndefault_times = \"path\"\n"] {
        assert_eq!(model(text).economy, None, "{text}");
    }
    assert!(!to_toml(&model("")).contains("[index") && !to_toml(&model("")).contains("[scenarios"));
    assert_eq!(model("[index]\n").ecl.default_times, TimesChoice::Copula);
}

#[test]
fn what_is_written_is_taken_and_what_is_not_is_told() {
    let text = format!("[index]\npersistence = 0.75\nr_squared = 0.5\n{DRIVER}{TWO}");
    let first = model(&text);
    let economy = first.economy.clone().unwrap();
    let driver = &economy.index.general.drivers[0];
    assert_eq!((driver.column.as_str(), driver.lag, driver.coefficient), ("uer", 2, -0.55));
    assert_eq!(driver.transformation, Transformation { transform: Transform::Change, span: 4 });
    assert_eq!(economy.scenarios.iter().map(|own| own.name.as_str()).collect::<Vec<_>>(), ["baseline", "severe one"]);
    assert_eq!(economy.scenarios[1].source, PathSource::Index("s.csv".into()));
    assert_eq!((economy.rules.align, economy.rules.reversion.periods), (Align::Date, 8));
    assert_eq!(
        (first.ecl.default_times, first.factors.persistence.as_deref()),
        (TimesChoice::Path, Some([0.75].as_slice()))
    );
    for line in [
        "time.default_times = \"path\" (there is [index])",
        "index.pd_basis = \"ttc\" (default)",
        "scenarios.align = \"date\" (default)",
        "scenarios.reversion = \"linear\" (default)",
        "scenarios.reversion_periods = 8 (default)",
        "scenarios.staging = \"weighted\" (default)",
    ] {
        assert_eq!(first.ecl.assumed.iter().filter(|told| *told == line).count(), 1, "{line}: {:?}", first.ecl.assumed);
    }
    assert_eq!(economy.files(), ["b.csv", "s.csv"].map(PathBuf::from));
    // Drivers have defaults too, and R².
    let short = "[index]\npersistence = 0\ndrivers_file = \"d.csv\"\n[[index.drivers]]\ncolumn = \"uer\"\nmean = 1\n\
                 standard_deviation = 1\ncoefficient = 1\n";
    let assumed = model(short).ecl.assumed;
    for line in
        ["lag = 0 of 'uer' (default)", "transform = \"level\" of 'uer' (default)", "index.r_squared = 0 (default)"]
    {
        assert!(assumed.iter().any(|told| told.contains(line)), "{line}: {assumed:?}");
    }
}

#[test]
fn everything_is_written_back() {
    let text = format!(
        "[segments.homes]\nlgd = 0.2\n[segments.'a b']\nlgd = 0.4\n[segments.cars]\nlgd = 0.5\n[ecl]\nreporting_date = \"2018-06-30\"\n\
         [index]\npersistence = 0.75\nr_squared = 0.5\npd_basis = \"pit\"\nhistory = \"é \\\" h.csv\"\n{DRIVER}\
         [index.segments.homes]\nr_squared = 0.25\n[[index.segments.homes.drivers]]\ncolumn = \"hpi\"\ntransform = \"growth\"\n\
         mean = 1e-3\nstandard_deviation = 0.1\ncoefficient = 0.7\n[index.segments.'a b']\ndrivers = []\n[index.regimes]\n\
         leave_calm = 0.05\nleave_turbulent = 0.25\nvolatility = [0.8, 1.9]\n[scenarios]\nstaging = \"scenario\"\n\
         align = \"start\"\nreversion = \"geometric\"\nreversion_periods = 12\n{TWO}"
    );
    let first = model(&text);
    let economy = first.economy.clone().unwrap();
    assert_eq!((economy.index.pd_basis, economy.rules.staging), (PdBasis::PointInTime, ScenarioStaging::Scenario));
    assert_eq!(economy.rules.reversion.shape, ReversionShape::Geometric);
    let by_name = |name: &str| economy.index.of_segment(name).clone();
    assert_eq!((by_name("homes").r_squared, by_name("homes").drivers[0].column.as_str()), (0.25, "hpi"));
    assert_eq!((by_name("a b").r_squared, by_name("a b").drivers.len()), (0.5, 0));
    assert_eq!(by_name("cars"), economy.index.general);
    let again = model(&to_toml(&first));
    assert!(again.ecl.assumed.is_empty() && again.assumed.is_empty(), "{:?} {:?}", again.ecl.assumed, again.assumed);
    assert_eq!(bare(again.clone()), bare(first.clone()));
    // Siblings: every number counts.
    for (old, new) in
        [("lag = 2", "lag = 3"), ("1.9", "1.8"), ("0.7\n", "0.6\n"), ("= 12", "= 11"), ("\"start\"", "\"date\"")]
    {
        assert_ne!(bare(model(&text.replacen(old, new, 1))), bare(first.clone()), "{old}");
    }
    // One path without scenarios, by drivers or as it is, and regimes alone.
    for text in [
        format!("[index]\npersistence = 0.75\nr_squared = 0.5\ndrivers_file = \"d.csv\"\n{DRIVER}[scenarios]\nalign = \"start\"\n"),
        "[factors]\npersistence = 0.5\n[index]\npath = \"p.csv\"\nr_squared = 0.5\n".to_owned(),
        "[index]\npersistence = 0.5\n[index.regimes]\nleave_calm = 1\nleave_turbulent = 0.2\nvolatility = [1, 2]\nmean = [0, -1]\n".to_owned(),
        format!("[factors]\npersistence = 0.5\n{}", TWO.replace("drivers", "index")),
    ] {
        assert_eq!(bare(model(&to_toml(&model(&text)))), bare(model(&text)), "{text}");
    }
}

#[test]
fn a_fragment_is_read_and_what_is_beside_it_wins() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "fitted/index.toml",
        &format!(
            "# by calibrate\n[index]\nr_squared = 0.62\npersistence = 0.7\nhistory = \"h.csv\"\n{DRIVER}[index.segments.a]\n\
             r_squared = 0.1\n[index.segments.b]\nr_squared = 0.2\n[index.regimes]\nleave_calm = 0.05\nleave_turbulent = 0.25\n\
             volatility = [0.8, 1.9]\n"
        ),
    );
    write(
        "m.toml",
        "[index]\nfrom = \"fitted/index.toml\"\nr_squared = 0.5\ndrivers_file = \"d.csv\"\n[index.segments.b]\nr_squared = 0.3\n\
         [index.regimes]\nleave_calm = 0.1\n",
    );
    let first = resolve(&read_model(&folder.path().join("m.toml")).unwrap()).unwrap();
    let economy = first.economy.clone().unwrap();
    let index = &economy.index;
    assert_eq!(
        (index.general.r_squared, index.of_segment("a").r_squared, index.of_segment("b").r_squared),
        (0.5, 0.1, 0.3)
    );
    assert_eq!(index.regimes.unwrap().leave, [0.1, 0.25]);
    assert_eq!(
        (index.history.clone(), first.factors.persistence.clone()),
        (Some("fitted/h.csv".into()), Some(vec![0.7]))
    );
    assert_eq!(economy.files(), ["fitted/index.toml", "fitted/h.csv", "d.csv"].map(|file| folder.path().join(file)));
    // Files may call columns otherwise.
    let renamed = "[index]\nfrom = \"fitted/index.toml\"\ndrivers_file = \"d.csv\"\n[index.columns]\nUER = \"Unemployment rate\"\n";
    write("renamed.toml", renamed);
    let renamed = resolve(&read_model(&folder.path().join("renamed.toml")).unwrap()).unwrap().economy.unwrap().index;
    let column = |index: &IndexSettings, segment: &str| index.of_segment(segment).drivers[0].column.clone();
    assert_eq!(["", "a"].map(|segment| column(&renamed, segment)), ["Unemployment rate"; 2]);
    assert_eq!(column(index, "a"), "uer");
    // Written out, it needs its fragment no more.
    let again = resolve(&parse_model(&to_toml(&first), "again").unwrap()).unwrap().economy.unwrap();
    let without = IndexSettings { fragment: None, ..economy.index.clone() };
    assert_eq!((again.index, again.scenarios), (without, economy.scenarios));
    let refusal = |own: &str| {
        write("other.toml", own);
        resolve(&read_model(&folder.path().join("other.toml")).unwrap()).unwrap_err().to_string()
    };
    write("none.toml", "[copula]\nkind = \"gaussian\"\n");
    write("empty.toml", "# nothing\n");
    write("nested.toml", "[index]\nfrom = \"index.toml\"\n");
    write("wrong.toml", "[index]\nr_squared = 2\n");
    for (text, expected) in [
        (
            "[index]\nfrom = \"none.toml\"",
            "none.toml: more than [index]; name a file with [index] alone, as `mc-gpu calibrate",
        ),
        ("[index]\nfrom = \"empty.toml\"", "empty.toml: no [index]; name a file"),
        ("[index]\nfrom = \"nested.toml\"", "nested.toml line 2): found a fragment within a fragment; wanted"),
        (
            "[index]\npersistence = 0\nfrom = \"wrong.toml\"",
            "wrong.toml line 2): found 2; wanted a number from 0 to 0.9999",
        ),
        ("[index]\nfrom = \"lacking.toml\"", "lacking.toml: cannot open"),
        ("[index]\nfrom = \" \"", "index.from ("),
        (
            "[factors]\npersistence = 0.5\n[index]\nfrom = \"fitted/index.toml\"",
            "index.toml line 4): found a persistence beside factors.persistence (",
        ),
    ] {
        let message = refusal(text);
        assert!(message.contains(expected), "{message}\n{expected}");
    }
}

#[test]
fn contradictions_name_place_and_remedy() {
    let index = "[index]\npersistence = 0.5\n";
    let with = |rest: &str| format!("{index}{rest}");
    let path = "[index]\npersistence = 0.5\ndrivers_file = \"d.csv\"\n";
    let drivers = |rest: &str| format!("{path}{}{rest}", DRIVER);
    for (text, expected) in [
        (
            "[index]\npd_basis = \"pit\"".to_owned(),
            "index (m.toml line 1): found no persistence; wanted index.persistence as well (or factors.persistence)",
        ),
        (TWO.to_owned(), "scenarios (m.toml line 1): found no persistence; wanted index.persistence"),
        (
            with("[factors]\npersistence = 0.5"),
            "index.persistence (m.toml line 2): found a persistence beside factors.persistence (m.toml line 4); wanted one of",
        ),
        (
            "[index]\npersistence = 1".to_owned(),
            "index.persistence (m.toml line 2): found 1; wanted a number from 0 to 0.9999",
        ),
        (
            with("[time]\ndefault_times = \"copula\""),
            "time.default_times (m.toml line 4): found copula beside [index]; wanted \"path\", or no such key",
        ),
        (with("r_squared = 1"), "index.r_squared (m.toml line 3): found 1; wanted a number from 0 to 0.9999"),
        (
            with("r_squared = 0.4"),
            "index.r_squared (m.toml line 3): found 0.4 without a path of drivers; wanted [scenarios], index.drivers_file",
        ),
        (with("[index.segments.a]\nr_squared = 0.4"), "(m.toml line 4): found 0.4 without a path of drivers"),
        (with("pd_basis = \"ptt\""), "index.pd_basis (m.toml line 3): found 'ptt'; wanted \"ttc\" or \"pit\""),
        (with("history = \"\""), "index.history (m.toml line 3): found ''; wanted the path of a CSV file"),
        (
            with("drivers_file = \"d.csv\"\npath = \"i.csv\""),
            "index.path (m.toml line 4): found a path beside index.drivers_file;",
        ),
        (
            format!("{index}drivers_file = \"d.csv\"\n{DRIVER}{TWO}"),
            "index.drivers_file (m.toml line 3): found one path beside scenarios; wanted one of the two",
        ),
        (
            path.to_owned(),
            "index.drivers_file (m.toml line 3): found drivers that no index follows; wanted [[index.drivers]]",
        ),
        (with(TWO), "scenarios.baseline.drivers (m.toml line 5): found drivers that no index follows; wanted [[index"),
        (
            with("[scenarios]\nalign = \"start\""),
            "scenarios (m.toml line 3): found no scenario; wanted a table such as",
        ),
        (
            with("[scenarios.a]\nweight = 0.5\nindex = \"a\"\n[scenarios.b]\nweight = 0.4\nindex = \"b\""),
            "scenarios (m.toml line 3): found weights that add up to 0.9: 0.5 of a, 0.4 of b; wanted weights that add up to 1",
        ),
        (
            with("[scenarios.a]\nweight = -0.5\nindex = \"a\""),
            "scenarios.a.weight (m.toml line 4): found -0.5; wanted a number from 0 to 1",
        ),
        (
            with("[scenarios.a]\nindex = \"a\""),
            "scenarios.a (m.toml line 3): found a scenario without a weight; wanted",
        ),
        (
            with("[scenarios.a]\nweight = 1"),
            "scenarios.a (m.toml line 3): found a scenario without drivers or index; wanted",
        ),
        (
            with("[scenarios.a]\nweight = 1\nindex = \"a\"\ndrivers = \"b\""),
            "scenarios.a.index (m.toml line 5): found an index beside drivers; wanted one of the two",
        ),
        (
            with("[scenarios.a]\nweight = 0.5\nindex = \"a\"\n[scenarios.\"a \"]\nweight = 0.5\nindex = \"b\""),
            "(m.toml line 6): found the scenario 'a' twice",
        ),
        (
            with("[scenarios.align]\nweight = 1\nindex = \"a\""),
            "scenarios.align (m.toml line 3): found a scenario called like the setting 'align'; wanted another name",
        ),
        (
            with("[scenarios]\naling = \"start\""),
            "m.toml:4: unknown key 'scenarios.aling'; did you mean 'scenarios.align'?",
        ),
        (
            "scenarios = 5000".to_owned(),
            "scenarios (m.toml line 1): found 5000; wanted tables such as [scenarios.baseline]; how many",
        ),
        (
            with("[scenarios.a]\nwieght = 1"),
            "m.toml:4: unknown key 'scenarios.a.wieght'; did you mean 'scenarios.a.weight'?",
        ),
        (
            with("[[index.drivers]]\ncolumns = \"x\""),
            "m.toml:4: unknown key 'index.drivers.columns'; did you mean 'index.drivers.column'?",
        ),
        (
            with("[index.drivers]\ncolumn = \"x\""),
            "index.drivers (m.toml line 3): found a table; wanted [[index.drivers]] with",
        ),
        (drivers("[scenarios]\nalign = \"end\""), "found 'end'; wanted \"date\" or \"start\""),
        (drivers("[scenarios]\nreversion = \"slow\""), "found 'slow'; wanted \"linear\" or \"geometric\""),
        (drivers("[scenarios]\nreversion_periods = 0"), "found 0; wanted a whole number from 1 to 480"),
        (
            drivers("").replace("0.31", "0"),
            "index.drivers.standard_deviation (m.toml line 10): found 0; wanted a number above 0",
        ),
        (
            drivers("").replace("-0.55", "101"),
            "index.drivers.coefficient (m.toml line 11): found 101; wanted a number from -100 to 100",
        ),
        (
            drivers("").replace("mean = 0.0125\n", ""),
            "index.drivers (m.toml line 4): found a driver without mean; wanted mean as well",
        ),
        (drivers("").replace("\" uer\"", "\" \""), "found a driver without column"),
        (
            drivers("").replace("span = 4", "span = 0"),
            "index.drivers.span (m.toml line 7): found 0; wanted a whole number from 1",
        ),
        (
            drivers("").replace("lag = 2", "lag = -1"),
            "index.drivers.lag (m.toml line 8): found -1; wanted a whole number from 0",
        ),
        (drivers("").replace("\"change\"", "\"log\""), "found 'log'; wanted \"level\", \"change\" or \"growth\""),
        (
            drivers("").replace("\"change\"", "\"level\""),
            "index.drivers.span (m.toml line 7): found span = 4 of a level; wanted",
        ),
        (
            with("[segments.mortgage]\nlgd = 0.2\n[index.segments.mortgages]\nr_squared = 0"),
            "index.segments.mortgages (m.toml line 5): found the segment 'mortgages'; wanted a segment that has a section \
             [segments.mortgages]; did you mean 'mortgage'?",
        ),
        (
            with("[index.segments.a]\nr_squared = 0\n[index.segments.\"a \"]\nr_squared = 0"),
            "found the segment 'a' twice",
        ),
        (
            with("[index.regimes]\nleave_calm = 0.1"),
            "index.regimes.leave_calm (m.toml line 4): found regimes without leave_turbulent;",
        ),
        (
            with("[index.regimes]\nleave_calm = 0\nleave_turbulent = 0.1\nvolatility = [1, 2]"),
            "index.regimes.leave_calm (m.toml line 4): found 0; wanted a number above 0 and at most 1",
        ),
        (
            with("[index.regimes]\nleave_calm = 0.1\nleave_turbulent = 0.1\nvolatility = [1, 0]"),
            "index.regimes.volatility (m.toml line 6): found [1, 0]; wanted two numbers above 0",
        ),
        (
            with("[index.regimes]\nleave_calm = 0.1\nleave_turbulent = 0.1\nvolatility = [1, 2, 3]"),
            "found 3 numbers; wanted two numbers: calm, turbulent",
        ),
        (
            with("[index.regimes]\nleave_calm = 0.1\nleave_turbulent = 0.1\nvolatility = [1, 2]\nmean = [1e7, 0]"),
            "index.regimes.mean (m.toml line 7): found [10000000, 0]; wanted two numbers from -1000000",
        ),
    ] {
        let message = refusal(&text);
        assert!(message.contains(expected), "{message}\n{expected}\n{text}");
    }
}

#[test]
fn what_ifs_resolve_the_economy_again() {
    let text = format!("[index]\npersistence = 0.75\nr_squared = 0.5\n{DRIVER}{TWO}[staging]\nnotches = 4\n");
    let raw = parse_model(&text, "m.toml").unwrap();
    let other = resolve(&Change::parse("staging.notches=7").unwrap().over(&raw).unwrap()).unwrap();
    assert_eq!((other.economy, other.ecl.staging.notches), (resolve(&raw).unwrap().economy, 7));
}
