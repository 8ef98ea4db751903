//! Files that appear only when they are complete: written under a temporary name in the same folder, then renamed.

use crate::error::{Error, Result};
use std::path::Path;
use tempfile::{Builder, NamedTempFile};

/// A new file beside `target`, removed again unless it is put in place.
pub(crate) fn create(target: &Path) -> Result<NamedTempFile> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = Builder::new();
    // Temporary files are private by default; this one will be a file like any other.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).map_err(|error| Error::file(target, "write", error))
}

/// Gives the finished `file` its name, in place of any file that has it.
pub(crate) fn put_in_place(file: NamedTempFile, target: &Path) -> Result<()> {
    if target.is_dir() {
        return Err(Error::file(target, "write", std::io::ErrorKind::IsADirectory.into()));
    }
    file.persist(target).map(drop).map_err(|error| Error::file(target, "write", error.error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_draft_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.txt");
        std::fs::write(&target, "old").unwrap();
        let mut draft = create(&target).unwrap();
        draft.write_all(b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "old");
        put_in_place(draft, &target).unwrap();
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "new");
        drop(create(&target).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(put_in_place(create(&target).unwrap(), folder.path()).is_err());
        assert!(create(Path::new("/nowhere/at/all")).is_err());
    }
}
