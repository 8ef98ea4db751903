//! The command line: reads flags, calls the library, prints. Data go to stdout, talk to stderr.

mod args;
mod bench;
mod calibrate;
mod calibrate_args;
mod calibrate_flags;
mod check;
mod compose;
mod devices;
mod ecl;
mod ecl_notes;
mod ecl_play;
mod existing;
mod generate;
mod init;
mod interrupt;
mod lives;
mod log;
mod merge;
mod number;
mod path;
mod playing;
mod prepare;
mod progress;
mod shell;
mod simulate;
mod threads;
mod validate;

use args::{Cli, Command};
use clap::Parser;
use clap::error::ErrorKind;
use log::Talk;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// Exit status of a broken promise.
const OUR_FAULT: u8 = 2;

/// Exit status when a validation check failed.
const CHECK_FAILED: u8 = 3;

/// Runs one command with `args` (the program's name first) and says how it ended: 0 good, 1 input or settings, 2 our
/// fault, 3 a validation check failed, 130 interrupted.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(told) if told.use_stderr() && told.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            eprintln!("mc-gpu: {}", in_one_line(&told));
            return ExitCode::from(1);
        }
        Err(told) => {
            // A closed pipe while help is printed is nobody's fault.
            let _ = told.print();
            return ExitCode::from(u8::from(told.use_stderr()));
        }
    };
    log::start(if cli.command.is_quiet() { Talk::Quiet } else { Talk::Full });
    std::panic::set_hook(Box::new(report_panic));
    let outcome = std::panic::catch_unwind(|| command(cli.command));
    match outcome.unwrap_or(Ok(ExitCode::from(OUR_FAULT))) {
        Ok(code) => code,
        Err(error) => {
            if is_closed_pipe(&error) {
                return ExitCode::SUCCESS;
            }
            eprintln!("mc-gpu: {error}");
            ExitCode::from(error.downcast_ref::<crate::Error>().map_or(OUR_FAULT, crate::Error::exit_code))
        }
    }
}

/// What is wrong with the flags and what to do, without the lines of usage.
fn in_one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let told =
        text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    // The tip for an unknown flag would make it a tape.
    let told: Vec<&str> = told.filter(|line| !line.is_empty() && !line.contains("as a value")).collect();
    told.join("; ").trim_start_matches("error: ").replace(":; ", ": ") + " (mc-gpu help says more)"
}

/// Says that a panic is our fault. The Parquet decoder panics on some damaged files; the reader catches that and names the
/// file instead.
fn report_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map_or(String::new(), ToString::to_string);
    if !crate::fence::is_fenced() {
        let payload = panic.payload();
        let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
        let message = text.unwrap_or("no message");
        eprintln!("mc-gpu: internal error at {place}: {message}; please report it with the command that led here");
    }
}

fn command(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Simulate(args) => simulate::run(&args),
        Command::Ecl(args) => ecl::run(&args),
        Command::Calibrate(args) => calibrate::run(&args),
        Command::Init => init::run(),
        Command::Check(args) => check::run(&args),
        Command::Devices(args) => devices::run(&args),
        Command::Validate(args) => validate::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man => shell::man(),
    }
}

/// Prints `text` to stdout; a reader that went away (`| head`) ends the program quietly.
fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(closed) if closed.kind() == std::io::ErrorKind::BrokenPipe => Err(closed.into()),
        Err(cause) => Err(crate::Error::file(Path::new("standard output"), "write", cause).into()),
        Ok(()) => Ok(()),
    }
}

/// Prints `value` to stdout as JSON.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print(&(serde_json::to_string_pretty(value)? + "\n"))
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
