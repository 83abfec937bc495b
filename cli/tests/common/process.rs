use std::path::Path;

/// The result of running the program.
pub struct Ran {
    /// −1 if a signal ended it.
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs the program in a folder with this on its standard input.
pub fn run_in(folder: &Path, args: &[&str], stdin: &str) -> Ran {
    let output = assert_cmd::Command::cargo_bin("scalewise")
        .unwrap()
        .current_dir(folder)
        .args(args)
        .write_stdin(stdin)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

/// The folder of the repository, in which not every test runs.
#[allow(dead_code)]
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
