//! Dependencies: only permissive licences, and no type of another crate in the public interface.

use std::path::{Path, PathBuf};

/// Licences that require only attribution.
const ALLOWED: [&str; 12] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "0BSD",
    "ISC",
    "Zlib",
    "Unlicense",
    "BSL-1.0",
    "CC0-1.0",
    "Unicode-3.0",
];

/// Whether an SPDX expression (or the older form with a slash) allows a choice that consists of
/// allowed licences only.
fn allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    // "(A OR B) AND C": published crates use brackets only for choices.
    plain
        .split(" AND ")
        .all(|part| part.split(" OR ").any(|one| ALLOWED.contains(&one.trim())))
}

/// The packages of this system with their licences, without network access.
fn licences(of: &[&str]) -> Result<Vec<(String, String)>, String> {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--prefix", "none"])
        .args(["--edges", "normal,build,dev", "--format", "{p}|{l}"])
        .args(of)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8(output.stdout).unwrap();
    let pairs = text.lines().filter_map(|line| line.rsplit_once('|'));
    // Repeated packages have a mark after them.
    let plain = pairs.map(|(name, licence)| (name.to_owned(), licence.replace(" (*)", "")));
    Ok(plain.collect())
}

#[test]
fn every_dependency_may_be_used_anywhere() {
    assert!(allowed("(MIT OR Apache-2.0) AND Unicode-3.0") && allowed("Unlicense/MIT"));
    assert!(!allowed("GPL-3.0-only") && !allowed("MIT AND GPL-3.0-only"));
    // Packages of other members and of optional features may never have been fetched; those of this
    // build have.
    let packages = licences(&["--workspace", "--all-features"])
        .or_else(|_| licences(&[]))
        .or_else(|_| licences(&["--package", "scalewise"]))
        .unwrap();
    assert!(packages.len() > 50);
    for (name, licence) in packages {
        assert!(allowed(&licence), "{name} has licence '{licence}'");
    }
}

/// Without default features, the library only computes; it does not read, draw or print.
#[test]
fn the_bare_library_has_few_dependencies() {
    // `cargo metadata` covers the whole workspace, whose command line enables every feature.
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--package", "scalewise", "--no-default-features"])
        .args(["--edges", "normal", "--depth", "1", "--prefix", "none"])
        .args(["--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next());
    let direct: Vec<&str> = names.collect();
    assert!((5..=15).contains(&direct.len()), "{direct:?}");
    for name in ["clap", "plotters", "csv", "toml", "indicatif", "tempfile"] {
        assert!(!direct.contains(&name), "{name}");
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

/// A new version of nalgebra, argmin or plotters must not force a new version of this crate.
#[test]
fn no_public_item_names_a_type_of_the_numerical_crates() {
    let foreign = [
        "DMatrix",
        "DVector",
        "nalgebra::",
        "argmin::",
        "plotters::",
        "statrs::",
        "rayon::",
    ];
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        // Every public item up to its body, its end or the end of its field.
        for (at, _) in text.match_indices("pub ") {
            let item = &text[at..];
            let end = item.find(['{', ';']).unwrap_or(item.len());
            let declared = match item[..end].contains("fn ") {
                true => &item[..end],
                false => item.lines().next().unwrap(),
            };
            for name in foreign {
                assert!(!declared.contains(name), "{}: {declared}", file.display());
            }
        }
    }
}

/// `docs/api.txt` is the output of `cargo public-api`; `.ci/run` compares it if that is installed.
#[test]
fn the_list_of_what_is_public_names_no_crate_that_may_change() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/api.txt");
    let listed = std::fs::read_to_string(path).unwrap();
    assert!(listed.contains("pub fn scalewise::FitResult::forecast("));
    let crates = [
        "nalgebra", "argmin", "plotters", "statrs", "rayon", "clap", "csv", "parquet", "pulp",
        "png",
    ];
    for name in crates {
        let found = listed
            .lines()
            .find(|line| line.contains(&format!("{name}::")));
        assert_eq!(found, None);
    }
}
