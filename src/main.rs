//! The command line; everything it does is in the library.

fn main() -> std::process::ExitCode {
    keep_graphics_drivers_quiet();
    mc_gpu::cli::run(std::env::args_os())
}

/// Mesa's layer that sorts graphics cards complains on stderr wherever there is no display, and asks to be left out by
/// this variable. The order of cards is ours anyway.
#[allow(unsafe_code)]
fn keep_graphics_drivers_quiet() {
    const LEAVE_OUT: &str = "NODEVICE_SELECT";
    if std::env::var_os(LEAVE_OUT).is_none() {
        // SAFETY: this is the first thing the program does; no other thread is there to read the environment.
        unsafe { std::env::set_var(LEAVE_OUT, "1") };
    }
}
