//! How far reading has come, told from whichever thread reads, and whether it is to go on.

use crate::error::{Error, Result};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

/// Who listens: told the rows so far, he answers whether to go on.
pub(super) type Listener<'a> = &'a (dyn Fn(u64) -> ControlFlow<()> + Sync);

/// The rows so far, and who listens.
pub(super) struct Progress<'a> {
    listener: Listener<'a>,
    rows: AtomicU64,
}

impl<'a> Progress<'a> {
    pub(super) fn new(listener: Listener<'a>) -> Self {
        Self { listener, rows: AtomicU64::new(0) }
    }

    /// Counts `rows` more.
    pub(super) fn add(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    /// Rows entered or rejected so far, over all files.
    pub(super) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Tells how far it is; fails with [`Error::Interrupted`] when it is not to go on.
    pub(super) fn tell(&self) -> Result<()> {
        match (self.listener)(self.rows()) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Interrupted),
        }
    }
}
