//! Records the commit of the build, for `scalewise --version -v`.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SCALEWISE_COMMIT");
    let given = std::env::var("SCALEWISE_COMMIT").ok();
    let commit = given.or_else(of_package).or_else(of_repository);
    let target = std::env::var("TARGET").unwrap_or_default();
    println!(
        "cargo::rustc-env=SCALEWISE_BUILT_FROM={}",
        commit.as_deref().unwrap_or("unknown")
    );
    println!("cargo::rustc-env=SCALEWISE_TARGET={target}");
}

/// The commit of a published package, which Cargo writes into it.
fn of_package() -> Option<String> {
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    let commit = rest.split('"').nth(1)?;
    Some(commit.to_owned())
}

/// The commit of a clone. Only an optimised build asks for it, since otherwise every commit would
/// cause a rebuild.
fn of_repository() -> Option<String> {
    if std::env::var("PROFILE").ok()? != "release" {
        return None;
    }
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    if Path::new(&log).is_file() {
        println!("cargo::rerun-if-changed={log}");
    }
    git(&["rev-parse", "HEAD"])
}

/// The output of git; `None` if git is not installed or this is not a clone.
fn git(words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
