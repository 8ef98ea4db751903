//! From a file or text to a `RawModel`: TOML is parsed, unknown keys are refused, types are checked.

use super::node::{Node, Source, entries};
use super::raw::RawModel;
use super::sections;
use super::suggest::{Standing, find, suggest};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use toml::de::DeTable;

/// A thousand segments with ten loadings each take about 200 kB, a matrix of a thousand factors about 10 MB.
const LARGEST_FILE: u64 = 64 << 20;

/// Reads the model file at `path`.
///
/// # Errors
/// [`Error::File`] when it cannot be read, [`Error::Model`] when it is too large, not UTF-8, not TOML or has an unknown
/// key, [`Error::Setting`] for a value of the wrong type.
pub fn read_model(path: &Path) -> Result<RawModel> {
    let name = path.display().to_string();
    let text = read_text(path)?;
    let mut model = parse_model(&text, &name)?;
    model.folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok(model)
}

/// Reads the model in `text`; `name` is what errors call it. Relative paths start from the current folder.
///
/// # Errors
/// As [`read_model`], less those of the file.
pub fn parse_model(text: &str, name: &str) -> Result<RawModel> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = Source::new(name, text);
    let table = DeTable::parse(text).map_err(|error| syntax_error(&source, &error))?;
    let mut model = RawModel::default();
    for (section, node) in entries(&source, "", table.get_ref()) {
        check_keys(&mut vec![section], &node)?;
        sections::read(&mut model, section, &node)?;
    }
    Ok(model)
}

/// Reads a text file beside the settings: the model itself, or a correlation matrix.
pub(super) fn read_text(path: &Path) -> Result<String> {
    let place = || path.display().to_string();
    let metadata = std::fs::metadata(path).map_err(|error| Error::file(path, "open", error))?;
    if metadata.is_dir() {
        return Err(Error::file(path, "read", ErrorKind::IsADirectory.into()));
    }
    let file = File::open(path).map_err(|error| Error::file(path, "open", error))?;
    let mut bytes = Vec::new();
    // One byte more than allowed: files that only say that they are small are caught too.
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(|error| Error::file(path, "read", error))?;
    if bytes.len() as u64 > LARGEST_FILE {
        let found = format!("more than {} MiB", LARGEST_FILE >> 20);
        return Err(Error::Model { place: place(), found, remedy: "name a settings file, not a tape".to_owned() });
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
        let found = "a byte that is not UTF-8".to_owned();
        Error::Model { place: format!("{}:{line}", place()), found, remedy: "save the file as UTF-8".to_owned() }
    })
}

fn syntax_error(source: &Source, error: &toml::de::Error) -> Error {
    let place = match error.span() {
        Some(span) => {
            let (line, column) = source.locate(span.start);
            format!("{}:{line}:{column}", source.name())
        }
        None => source.name().to_string(),
    };
    let found = format!("not valid TOML: {}", error.message().split_whitespace().collect::<Vec<_>>().join(" "));
    Error::Model { place, found, remedy: "`mc-gpu init` prints a template".to_owned() }
}

/// Refuses keys that the table of keys does not know, in `node` at `path` and below.
fn check_keys<'a>(path: &mut Vec<&'a str>, node: &Node<'a>) -> Result<()> {
    match find(path) {
        Standing::Unknown => {
            let written = if node.is_table() { Standing::Table } else { Standing::Leaf };
            Err(node.unknown(suggest(path, written).as_deref()))
        }
        Standing::Table if node.is_table() => {
            for (name, child) in node.table("a table")? {
                path.push(name);
                check_keys(path, &child)?;
                path.pop();
            }
            Ok(())
        }
        Standing::Table | Standing::Leaf => Ok(()),
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
