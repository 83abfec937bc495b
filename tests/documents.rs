//! The commands of the pages are run as they stand there.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use std::path::Path;

/// Lines that start with `$ scalewise` inside console blocks.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("```console\n").skip(1);
    blocks
        .filter_map(|block| block.split("```").next())
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("$ scalewise "))
        .map(str::to_owned)
        .collect()
}

/// Words of a line as a shell would split them: blanks outside single quotes.
fn words(line: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => all.push(String::new()),
            other => all.last_mut().unwrap().push(other),
        }
    }
    all.retain(|w| !w.is_empty());
    all
}

#[test]
fn every_command_of_the_guides_works() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["quickstart", "report"] {
        let text = std::fs::read_to_string(root.join(format!("docs/{page}.md"))).unwrap();
        let commands = commands(&text);
        assert!(!commands.is_empty(), "{page}");
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let registered = data.join("registered");
        std::fs::create_dir(&registered).unwrap();
        for (from, to) in [("data", &data), ("data/registered", &registered)] {
            for entry in std::fs::read_dir(root.join(from)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
                }
            }
        }
        for command in commands {
            let output = Command::cargo_bin("scalewise")
                .unwrap()
                .current_dir(folder.path())
                .args(words(&command))
                .output()
                .unwrap();
            assert!(
                output.status.success(),
                "{page}: {command}\n{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
}
