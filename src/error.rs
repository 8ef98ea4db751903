//! The library's one error type: every variant says where, what was found and what to do.

use std::fmt;
use std::path::{Path, PathBuf};

/// Result of every fallible function of the library.
pub type Result<T> = std::result::Result<T, Error>;

/// How many dirty rows are shown one by one before the rest is only counted.
pub const SHOWN_ISSUES: usize = 20;

/// One cell of a tape that cannot be used, as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowIssue {
    /// File the row came from.
    pub file: PathBuf,
    /// Line of a text file, counted from 1 with the header; row of a Parquet file, counted from 1.
    pub line: u64,
    /// Column name as it stands in the file.
    pub column: String,
    /// What stands there.
    pub found: String,
    /// What should stand there, with the remedy where one is known.
    pub wanted: String,
}

impl fmt::Display for RowIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, found, wanted } = self;
        write!(f, "{}:{line}: {column}: found {found}; wanted {wanted}", file.display())
    }
}

/// Everything that can go wrong, each with its place and its remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be opened, read, written or renamed.
    #[error("{}: cannot {action}: {cause}; {remedy}", path.display())]
    File {
        /// What was touched.
        path: PathBuf,
        /// What was tried: "open", "read", "write".
        action: &'static str,
        /// What the system said.
        cause: std::io::Error,
        /// What to do.
        remedy: String,
    },
    /// A tape as a whole cannot be read: no header, a missing column, a broken archive.
    #[error("{}: {found}; {remedy}", path.display())]
    Tape {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        found: String,
        /// What to do.
        remedy: String,
    },
    /// Rows of a tape are unusable and skipping was not asked for.
    #[error("{}", show_rows(*count, issues))]
    DirtyRows {
        /// How many rows, in all files.
        count: u64,
        /// The first [`SHOWN_ISSUES`] of them.
        issues: Vec<RowIssue>,
    },
    /// A setting (flag or model key) is out of range, unknown or contradicts another.
    #[error("{key}: found {found}; wanted {wanted}")]
    Setting {
        /// The flag or dotted model key, with file and line where known.
        key: String,
        /// What was given.
        found: String,
        /// What is accepted, with the remedy.
        wanted: String,
    },
    /// A model file cannot be read as TOML, or holds a key that is not known.
    #[error("{place}: {found}; {remedy}")]
    Model {
        /// The file, with line and column where known.
        place: String,
        /// What is wrong with it.
        found: String,
        /// What to do.
        remedy: String,
    },
    /// No device matches what was asked for.
    #[error("--device {wanted}: no such device; here are: {}", here.join(", "))]
    NoDevice {
        /// What was asked for.
        wanted: String,
        /// Names of the devices that are here.
        here: Vec<String>,
    },
    /// A graphics device is there but cannot be used.
    #[error("{name}: {found}; choose another --device (`mc-gpu devices` lists them), or update the driver")]
    Gpu {
        /// The adapter.
        name: String,
        /// What the driver said.
        found: String,
    },
    /// Saved runs cannot be continued or merged.
    #[error("{}: {found}; {remedy}", path.display())]
    Run {
        /// The run's folder.
        path: PathBuf,
        /// What does not fit.
        found: String,
        /// What to do.
        remedy: String,
    },
    /// The run was stopped from outside; finished ranges have been kept where a place for them was given.
    #[error("interrupted")]
    Interrupted,
    /// A promise of this library is broken: our fault.
    #[error("internal error: {0}; please report it with the command that led here")]
    Internal(String),
}

impl Error {
    /// A failed operation on `path`, with a remedy that fits what the system said.
    pub fn file(path: &Path, action: &'static str, cause: std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        let remedy = match cause.kind() {
            Kind::NotFound => "check the path",
            Kind::PermissionDenied => "check the permissions, or choose another place",
            Kind::IsADirectory => "name a file, not a directory",
            Kind::NotADirectory => "a part of the path is a file; choose another place",
            Kind::AlreadyExists => "choose another place, or add --force",
            Kind::StorageFull | Kind::QuotaExceeded => "free some space or choose another disk; nothing was changed",
            Kind::ReadOnlyFilesystem => "choose a place that can be written",
            _ => "check the path and the disk",
        };
        Self::File { path: path.to_owned(), action, cause, remedy: remedy.to_owned() }
    }

    /// A setting that cannot be used.
    pub fn setting(key: impl Into<String>, found: impl fmt::Display, wanted: impl Into<String>) -> Self {
        Self::Setting { key: key.into(), found: found.to_string(), wanted: wanted.into() }
    }

    /// Process exit status: 1 input or settings, 2 our fault, 130 interrupted.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Internal(_) => 2,
            Self::Interrupted => 130,
            _ => 1,
        }
    }
}

fn show_rows(count: u64, issues: &[RowIssue]) -> String {
    let mut text = format!("{count} {} of the tape cannot be used", if count == 1 { "row" } else { "rows" });
    for issue in issues {
        text.push_str(&format!("\n  {issue}"));
    }
    let hidden = count.saturating_sub(issues.len() as u64);
    if hidden > 0 {
        text.push_str(&format!("\n  … and {hidden} more"));
    }
    text.push_str(
        "\nmend them, or leave them out with --on-error skip (they are then written to a file with their reasons)",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_beyond_those_shown() {
        let issue =
            RowIssue { file: "t.csv".into(), line: 3, column: "pd".into(), found: "2".into(), wanted: "0 to 1".into() };
        let text = Error::DirtyRows { count: 3, issues: vec![issue] }.to_string();
        assert!(text.starts_with("3 rows of the tape cannot be used\n  t.csv:3: pd: found 2; wanted 0 to 1"), "{text}");
        assert!(text.contains("… and 2 more"), "{text}");
    }

    #[test]
    fn exit_codes_tell_whose_fault_it_was() {
        assert_eq!(Error::setting("--threads", 0, "at least 1").exit_code(), 1);
        assert_eq!(Error::Internal(String::new()).exit_code(), 2);
        assert_eq!(Error::Interrupted.exit_code(), 130);
    }
}
