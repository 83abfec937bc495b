//! The command line of Scalewise.

fn main() -> std::process::ExitCode {
    scalewise_cli::main()
}
