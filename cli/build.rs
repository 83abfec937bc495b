//! Tells the program from which commit it is built, for `scalewise --version -v`.

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

/// The commit that a published package was made of, which Cargo writes into it.
fn of_package() -> Option<String> {
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    let commit = rest.split('"').nth(1)?;
    Some(commit.to_owned())
}

/// The commit of a clone. A build for development would be made again after each commit, so only
/// an optimised one asks.
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

/// What git says; nothing where it is not installed or this is no clone.
fn git(words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
