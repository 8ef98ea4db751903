//! How what was found in a file is shown: cut to a line, without control characters, with the nearest known name beside it.

/// Characters of a cell that are shown; the rest is cut.
const SHOWN: usize = 60;

/// `text` between quotes, cut to 60 characters, control characters escaped so that no tape can steer a terminal.
pub(super) fn quote(text: &str) -> String {
    let mut shown = String::from("'");
    for (place, sign) in text.trim().chars().enumerate() {
        if place == SHOWN {
            shown.push('…');
            break;
        }
        if sign.is_control() { shown.extend(sign.escape_default()) } else { shown.push(sign) }
    }
    shown.push('\'');
    shown
}

/// `number` in at most about 20 signs: large and tiny ones with an exponent.
pub(crate) fn show(number: f64) -> String {
    let size = number.abs();
    if size >= 1e16 || size > 0.0 && size < 1e-7 { format!("{number:e}") } else { number.to_string() }
}

/// The candidate most like `name`, if any is like it at all (Jaro–Winkler similarity of what is shown of them; the first of
/// equals).
pub(super) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |name: &str| name.chars().take(SHOWN).flat_map(char::to_lowercase).collect::<String>();
    let name = fold(name);
    let scored = candidates.map(|candidate| (strsim::jaro_winkler(&name, &fold(candidate)), candidate));
    let better = |best: (f64, &'a str), next: (f64, &'a str)| if next.0 > best.0 { next } else { best };
    scored.filter(|(likeness, _)| *likeness > 0.0).reduce(better).map(|(_, candidate)| candidate)
}

/// The one of `names` that `wrong` was most likely meant to be; None when none is alike.
pub(crate) fn nearest_alike<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let likeness = |name: &str| strsim::normalized_damerau_levenshtein(&wrong, &name.to_lowercase());
    let scored = names.into_iter().map(|name| (likeness(name), name)).filter(|(score, _)| *score >= 0.5);
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_hostile_cells_are_tamed() {
        assert_eq!(quote(" a\tb\u{1b}[31m "), "'a\\tb\\u{1b}[31m'");
        let long = quote(&"é".repeat(61));
        assert_eq!(long.chars().count(), 1 + 60 + 1 + 1);
        assert!(long.ends_with("é…'"));
        assert!(!quote(&"é".repeat(60)).contains('…'));
    }

    #[test]
    fn numbers_are_shown_short() {
        for (number, shown) in [(1e300, "1e300"), (-2.5e16, "-2.5e16"), (1e15, "1000000000000000"), (1e-9, "1e-9")] {
            assert_eq!(show(number), shown);
        }
        assert_eq!([show(0.0), show(0.02), show(f64::NAN)], ["0", "0.02", "NaN"]);
    }

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(nearest("reatil", ["corporate", "retail", "rental"].into_iter()), Some("retail"));
        assert_eq!(nearest("x", std::iter::empty()), None);
        assert_eq!(nearest("B", ["R01"].into_iter()), None);
        let long = "reatil".repeat(1 << 18);
        assert_eq!(nearest(&long, ["corporate", "retail"].into_iter()), Some("retail"), "and at once");
    }

    #[test]
    fn the_nearest_name_must_be_alike() {
        assert_eq!(nearest_alike("Nroth", ["south", "north"]), Some("north"));
        assert_eq!(nearest_alike("xyz", ["south", "north"]), None);
    }
}
