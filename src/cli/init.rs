//! `mc-gpu init`: a commented model file with every key and its default.

use crate::config;
use std::process::ExitCode;

/// Prints the template.
pub fn run() -> anyhow::Result<ExitCode> {
    super::print(&config::template())?;
    Ok(ExitCode::SUCCESS)
}
