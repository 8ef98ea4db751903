//! Looks paths up in the table of keys and, where one is not known, finds the key that was meant.

use super::keys::keys;
use super::place::quote_key;

/// What is known of a path that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A key with a value.
    Leaf,
    /// A table that holds keys.
    Table,
    /// Neither.
    Unknown,
}

/// Looks up a path given by its parts.
pub fn find(path: &[&str]) -> Standing {
    let mut standing = Standing::Unknown;
    for key in keys() {
        let mut pattern = key.path.split('.');
        let fits = path.iter().all(|part| pattern.next().is_some_and(|own| own == "*" || own == *part));
        match (fits, pattern.next()) {
            (true, None) => return Standing::Leaf,
            (true, Some(_)) => standing = Standing::Table,
            (false, _) => {}
        }
    }
    standing
}

/// Most keys that are listed where none is alike.
const MOST_LISTED: usize = 4;

/// Other words for keys, as papers and other tools have them.
const SYNONYMS: [(&str, &str); 5] = [
    ("rho", "asset_correlation"),
    ("correlation", "asset_correlation"),
    ("df", "degrees_of_freedom"),
    ("dof", "degrees_of_freedom"),
    ("nu", "degrees_of_freedom"),
];

/// The known path that an unknown one was most likely meant to be, first sought in the same section, then as a key in
/// the wrong section; all keys of a small table, to stand in one pair of quotes, where none of them is alike; None when
/// nothing is. Names of the user's choice are taken over. `written` is what stands
/// there: a table at the top is a section, whatever key has a name like it.
pub fn suggest(path: &[&str], written: Standing) -> Option<String> {
    let (section, last) = (*path.first()?, *path.last()?);
    let meant = SYNONYMS.iter().find(|(synonym, _)| *synonym == last.to_lowercase());
    let last = meant.map_or(last, |(_, meant)| meant);
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for key in keys() {
        let mut parts = key.path.split('.');
        let own_section = parts.next().unwrap_or_default();
        let own_last = parts.next_back().filter(|part| *part != "*").unwrap_or_default();
        if path.len() == 1 {
            // A section that is called so is not what was meant by a key.
            if section != own_section {
                far.push((likeness(section, own_section), own_section.to_owned()));
            }
            // An overlay has keys like those of sections that are more often meant.
            if written == Standing::Leaf && own_section != "overlays" {
                far.push((likeness(last, own_last) - 0.1, key.path.to_owned()));
            }
        } else if section == own_section {
            // Of keys with one name the one as deep is meant.
            let apart = key.path.split('.').count().abs_diff(path.len());
            near.push((likeness(last, own_last) - 0.02 * apart as f64, named(key.path, path)));
        } else {
            // Only a near miss: every section has some short word that resembles another.
            far.push((likeness(last, own_last) - 0.25, key.path.to_owned()));
        }
    }
    let best = |candidates: Vec<(f64, String)>| {
        let alike = candidates.into_iter().filter(|(score, _)| *score >= 0.5);
        alike.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, path)| path)
    };
    best(near).or_else(|| siblings(path)).or_else(|| best(far))
}

/// The keys beside which `path` stands in a table of the user's own naming that can hold no more than [`MOST_LISTED`].
fn siblings(path: &[&str]) -> Option<String> {
    let [section, _, _] = path else { return None };
    let holds = |key: &&str| key.strip_prefix(section).is_some_and(|rest| rest.starts_with(".*."));
    let own: Vec<String> = keys().map(|key| key.path).filter(holds).map(|key| named(key, path)).collect();
    (1..=MOST_LISTED).contains(&own.len()).then(|| own.join("', '"))
}

/// The path of a key with names of the user's choice in it taken from `path`.
fn named(key: &str, path: &[&str]) -> String {
    let name = |(i, part): (usize, &str)| match part {
        "*" => path.get(i).map_or("*".to_owned(), |own: &&str| quote_key(own)),
        part => String::from(part),
    };
    key.split('.').enumerate().map(name).collect::<Vec<_>>().join(".")
}

/// 0 to 1; a word inside a longer one, as `correlation` in `asset_correlation`, counts as alike.
fn likeness(wrong: &str, known: &str) -> f64 {
    let alike = strsim::normalized_damerau_levenshtein(&wrong.to_lowercase(), known);
    if wrong.len() >= 3 && known.contains(wrong) { alike.max(0.6) } else { alike }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_leaves_tables_or_unknown() {
        assert_eq!(find(&["simulation", "seed"]), Standing::Leaf);
        assert_eq!(find(&["segments", "a.b", "lgd"]), Standing::Leaf);
        assert_eq!(find(&["ratings", "AA+"]), Standing::Leaf);
        assert_eq!(find(&["segments", "any"]), Standing::Table);
        assert_eq!(find(&["columns"]), Standing::Table);
        for unknown in [&["seed"][..], &["columns", "foo"], &["simulation", "seed", "x"], &["segments", "a", "b"]] {
            assert_eq!(find(unknown), Standing::Unknown, "{unknown:?}");
        }
    }

    #[test]
    fn the_key_that_was_meant_is_found() {
        let cases: [(&[&str], Option<&str>); 20] = [
            (&["simulation", "scenarois"], Some("simulation.scenarios")),
            (&["scenarios"], Some("simulation.scenarios")),
            (&["segments", "retail", "ldg"], Some("segments.retail.lgd")),
            (&["segments", "retail", "correlation"], Some("segments.retail.asset_correlation")),
            (&["colums"], Some("columns")),
            (&["columns", "eda"], Some("columns.ead")),
            (&["simulation", "degrees_of_freedom"], Some("copula.degrees_of_freedom")),
            (&["simulation", "loadings"], Some("segments.*.loadings")),
            (&["copula", "nu"], Some("copula.degrees_of_freedom")),
            (&["copula", "DF"], Some("copula.degrees_of_freedom")),
            (&["simulation", "dof"], Some("copula.degrees_of_freedom")),
            (&["segments", "a", "rho"], Some("segments.a.asset_correlation")),
            (&["rho"], Some("segments.*.asset_correlation")),
            (&["segment"], Some("columns.segment")),
            (&["copula", "x"], None),
            (&["zzzzzz"], None),
            (&["index", "rsquared"], Some("index.r_squared")),
            (&["index", "segments", "a", "rsquared"], Some("index.segments.a.r_squared")),
            (&["scenarios", "severe", "wieght"], Some("scenarios.severe.weight")),
            (
                &["scenarios", "severe", "lgd"],
                Some("scenarios.severe.weight', 'scenarios.severe.drivers', 'scenarios.severe.index"),
            ),
        ];
        for (wrong, meant) in cases {
            assert_eq!(suggest(wrong, Standing::Leaf).as_deref(), meant, "{wrong:?}");
        }
        for (wrong, meant) in [("segment", "segments"), ("rating", "ratings"), ("colums", "columns")] {
            assert_eq!(suggest(&[wrong], Standing::Table).as_deref(), Some(meant), "[{wrong}]");
        }
    }
}
