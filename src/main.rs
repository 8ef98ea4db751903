//! The command line; everything it does is in the library.

fn main() -> std::process::ExitCode {
    mc_gpu::cli::run(std::env::args_os())
}
