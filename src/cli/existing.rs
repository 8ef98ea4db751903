//! Files that are there already are replaced only when `--force` says so.

use crate::error::{Error, Result};
use std::path::Path;

/// Refuses `path` if something is there.
///
/// # Errors
/// [`Error::Run`] with the remedy.
pub fn refuse(path: &Path) -> Result<()> {
    if path.exists() {
        return Err(Error::Run {
            path: path.to_owned(),
            found: "is there already".to_owned(),
            remedy: "choose another place, or add --force to replace it".to_owned(),
        });
    }
    Ok(())
}
