//! The commented template that `mc-gpu init` prints, written from the table of keys. It is also where the defaults are
//! taken from, so the two cannot differ.

use super::keys::{Key, Value, keys};

const OPENING: &str = "\
# A model for mc-gpu. Every key is optional: lines as they stand here give the defaults,
# lines behind a # are examples of what has no default. Segments are those of the tape; [segments.default] serves loans
# without one.
";

/// The names that stand for `*` in the examples.
const SEGMENT: &str = "retail";
const SCENARIO: &str = "baseline";
const COLUMN: &str = "uer";
const RATING: &str = "\"AA+\"";

/// A model file with every key, its meaning, what it may be, and its default or a commented example.
pub fn template() -> String {
    let mut text = OPENING.to_owned();
    let (mut section, mut explained) = (String::new(), "");
    for key in keys() {
        let (parent, leaf) = split(key);
        if parent != section {
            let commented = keys().filter(|other| split(other).0 == parent).all(is_example);
            let is_list = parent == "overlays" || parent.ends_with(".drivers");
            let header = if is_list { format!("[[{parent}]]") } else { format!("[{parent}]") };
            text.push_str(&format!("\n{}{header}\n", if commented { "# " } else { "" }));
            section = parent;
            explained = "";
        }
        text.push_str(&format!("# {}\n", capitalised(key.meaning)));
        // All columns accept the same: once is enough.
        if key.wanted != explained {
            text.push_str(&format!("#   {}\n", key.wanted));
            explained = key.wanted;
        }
        match key.value {
            Value::Default(value) => text.push_str(&format!("{leaf} = {value}\n")),
            Value::Example(value) => text.push_str(&format!("# {leaf} = {value}\n")),
        }
    }
    text
}

/// Table and last part of a key, with names in place of `*`.
fn split(key: &Key) -> (String, String) {
    let (parent, leaf) = key.path.rsplit_once('.').unwrap_or(("", key.path));
    let name = if parent.starts_with("scenarios") { SCENARIO } else { SEGMENT };
    let own = if parent == "index.columns" { COLUMN } else { RATING };
    (parent.replace('*', name), leaf.replace('*', own))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn is_example(key: &Key) -> bool {
    matches!(key.value, Value::Example(_))
}

#[cfg(test)]
mod tests {
    use super::super::read::parse_model;
    use super::*;

    #[test]
    fn the_template_parses_as_it_stands() {
        let model = parse_model(&template(), "template").unwrap();
        assert!(model.simulation.scenarios.is_some() && model.segments.is_none() && model.ratings.is_empty());
    }

    #[test]
    fn every_example_parses_once_its_comment_sign_is_removed() {
        let lines = template().lines().map(example_or_itself).collect::<Vec<_>>().join("\n");
        let model = parse_model(&lines, "examples").unwrap();
        assert_eq!(model.columns.len(), 21);
        assert_eq!(model.segments.unwrap()[0].lgd.as_ref().unwrap().value, 0.45);
        assert_eq!(model.ratings[0].0, "AA+");
        assert!(model.copula.degrees_of_freedom.is_some() && model.factors.correlation.is_some());
    }

    /// Uncomments headers and `key = value` lines; explanations have blanks before any equals sign.
    fn example_or_itself(line: &str) -> String {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let is_pair = bare.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
        if is_pair || bare.starts_with('[') { bare.to_owned() } else { line.to_owned() }
    }
}
