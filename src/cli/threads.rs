//! How many threads a command reads with: as many as `--threads` says, else one for each core.

use crate::error::{Error, Result};

/// Does `work` where rayon has `threads` threads.
///
/// # Errors
/// [`Error::Setting`] when the system refuses so many.
pub fn on_threads<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T> {
    let Some(threads) = threads else { return Ok(work()) };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|refused| Error::setting("--threads", threads, format!("fewer threads ({refused})")))?;
    Ok(pool.install(work))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_where_there_are_so_many_threads() {
        for threads in [1, 3] {
            assert_eq!(on_threads(Some(threads), rayon::current_num_threads).unwrap(), threads);
        }
        assert!(on_threads(None, rayon::current_num_threads).unwrap() > 0);
    }
}
