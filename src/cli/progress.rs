//! Progress on the terminal: scenarios, throughput, time left. Silent when stderr is not a terminal.

use super::args::OutputArgs;
use indicatif::style::TemplateError;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// Whether people are watching and want to be talked to.
pub fn is_talkative(output: &OutputArgs) -> bool {
    !output.quiet && std::io::stderr().is_terminal()
}

/// A bar over `loans` loans that are written; hidden when `quiet` or when stderr is not a terminal.
pub fn loan_bar(loans: u64, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    styled(ProgressBar::new(loans), ProgressStyle::with_template("{bar:32} {human_pos}/{human_len} loans · {eta} left"))
}

/// A bar over `loans` loans that are measured; hidden unless [`is_talkative`].
pub fn measure_bar(loans: u64, output: &OutputArgs) -> ProgressBar {
    if !is_talkative(output) {
        return ProgressBar::hidden();
    }
    styled(ProgressBar::new(loans), ProgressStyle::with_template("{bar:32} {human_pos}/{human_len} loans · {eta} left"))
}

/// A bar over `scenarios` scenarios of `loans` loans; hidden unless [`is_talkative`].
pub fn scenario_bar(scenarios: u64, loans: u64, output: &OutputArgs) -> ProgressBar {
    if !is_talkative(output) {
        return ProgressBar::hidden();
    }
    let speed = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        // Nothing to do about a terminal that cannot be written to.
        let _ = match state.per_sec() * loans as f64 {
            speed if speed > 0.0 => write!(out, "{speed:.2e} loan-scenarios/s"),
            _ => write!(out, "starting"),
        };
    };
    let style = ProgressStyle::with_template("{bar:32} {human_pos}/{human_len} scenarios · {speed} · {eta} left")
        .map(|style| style.with_key("speed", speed));
    styled(ProgressBar::new(scenarios), style)
}

/// A spinner that counts rows read; hidden unless [`is_talkative`].
pub fn row_spinner(output: &OutputArgs) -> ProgressBar {
    if !is_talkative(output) {
        return ProgressBar::hidden();
    }
    styled(ProgressBar::no_length(), ProgressStyle::with_template("reading: {human_pos} rows · {per_sec}"))
}

fn styled(bar: ProgressBar, style: Result<ProgressStyle, TemplateError>) -> ProgressBar {
    bar.enable_steady_tick(Duration::from_millis(200));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar, // the plain style tells as much
    }
}
