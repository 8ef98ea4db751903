//! What the library tells along the way, as lines on stderr in the voice of the command line.

use std::fmt::Write;
use tracing::{Event, Level, Subscriber, field::Visit};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// What is said without MC_GPU_LOG: warnings, and which device `auto` took. wgpu's own are for its authors.
const SAID: &str = "warn,mc_gpu::engine::auto=info,wgpu_core=error,wgpu_hal=error,naga=error";

/// What is said with `--quiet`: what a result must not hide stands in its notes.
const SAID_QUIETLY: &str = "error";

/// Sends events to stderr from now on; a second call changes nothing.
pub fn start(talk: Talk) {
    let said = match talk {
        Talk::Full => SAID,
        Talk::Quiet => SAID_QUIETLY,
    };
    let filter = EnvFilter::try_from_env("MC_GPU_LOG").unwrap_or_else(|_| said.into());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).event_format(Line);
    // An error means that whoever embeds the command line listens already.
    let _ = log.try_init();
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Talk {
    /// Warnings, and what was decided.
    Full,
    /// Nothing but errors.
    Quiet,
}

/// One line: the program, how grave it is unless merely informative, and what happened.
struct Line;

impl<S: Subscriber + for<'a> LookupSpan<'a>, N: for<'a> FormatFields<'a> + 'static> FormatEvent<S, N> for Line {
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> std::fmt::Result {
        let mut said = Said::default();
        event.record(&mut said);
        out.write_str("mc-gpu: ")?;
        out.write_str(match *event.metadata().level() {
            Level::ERROR => "error: ",
            Level::WARN => "warning: ",
            Level::INFO => "",
            Level::DEBUG => "debug: ",
            Level::TRACE => "trace: ",
        })?;
        writeln!(out, "{}{}", said.message, said.fields)
    }
}

/// The message and the other fields of an event.
#[derive(Default)]
struct Said {
    message: String,
    fields: String,
}

impl Visit for Said {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}
