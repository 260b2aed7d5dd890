//! The `commlit` command: arguments → library → output and exit code.
//!
//! It uses nothing of the library that is not public. Flags are in [`cli::args`], one module a group of commands beside it;
//! what a person reads is laid out in [`render`].

mod cli;
mod render;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
