//! The worked example of `docs/register.md`: its commands do what the page says.

use super::*;
use scalewise::ledger::{Entry, Score};

const PAGE: &str = include_str!("../../../docs/register.md");
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/registered");

const OLMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/olmo_ladder_tasks.csv");

/// The commands of the page, each with what the page says it prints.
fn commands() -> Vec<(Vec<String>, Option<String>)> {
    let mut found = Vec::new();
    let mut blocks = PAGE.split("```");
    blocks.next();
    let blocks: Vec<&str> = blocks.step_by(2).collect();
    for (k, block) in blocks.iter().enumerate() {
        let Some(body) = block.strip_prefix("console\n") else {
            continue;
        };
        let printed = blocks.get(k + 1).and_then(|b| b.strip_prefix("text\n"));
        let all: Vec<&str> = body
            .lines()
            .filter_map(|l| l.strip_prefix("$ scalewise "))
            .collect();
        for (i, line) in all.iter().enumerate() {
            let words = line.split_whitespace().map(str::to_owned).collect();
            let last = i + 1 == all.len();
            found.push((words, printed.filter(|_| last).map(str::to_owned)));
        }
    }
    found
}

/// The text without digests, which depend on the machine named in an entry, and with this version
/// in place of the page's.
fn without_digests(text: &str) -> String {
    let this = concat!("by scalewise ", env!("CARGO_PKG_VERSION"));
    let text = text.replace("by scalewise 0.5.0", this);
    let mut parts = text.split("sha256:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out += "sha256:HEX";
        out += part.get(64..).unwrap_or_default();
    }
    out
}

#[test]
fn every_command_of_the_page_prints_what_the_page_says() {
    let (_guard, folder) = temporary();
    let public = folder.join("data/registered/public");
    std::fs::create_dir_all(&public).unwrap();
    for entry in std::fs::read_dir(Path::new(FOLDER).join("public")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, public.join(path.file_name().unwrap())).unwrap();
    }
    std::fs::copy(CEREBRAS, folder.join("data/cerebras_gpt.csv")).unwrap();
    std::fs::write(folder.join("runs.csv"), surface_table()).unwrap();
    std::fs::write(folder.join("counts.csv"), counts_table()).unwrap();
    std::fs::copy(OLMO, folder.join("data/olmo_ladder_tasks.csv")).unwrap();
    std::fs::write(folder.join("many.csv"), many_table()).unwrap();
    let mut compared = 0;
    for (words, printed) in commands() {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let out = ok(&folder, &words);
        if let Some(printed) = printed {
            assert_eq!(
                without_digests(&out),
                without_digests(&printed),
                "{words:?}"
            );
            compared += 1;
        }
    }
    assert!(compared >= 4, "{compared}");

    // The commands write the files in data/registered.
    let read = |folder: &Path, name: &str| std::fs::read(folder.join(name)).unwrap();
    let made = read(&folder.join("data/registered"), "cerebras_13b.json");
    let kept = read(Path::new(FOLDER), "cerebras_13b.json");
    let (made, kept) = (
        Entry::read(&made, "made").unwrap(),
        Entry::read(&kept, "kept").unwrap(),
    );
    if made.registration().machine == kept.registration().machine {
        let mut by_this_version = kept.registration().clone();
        by_this_version.made_by = made.registration().made_by.clone();
        // The kept entry is of version 1, which held the names of flags, and of another method.
        by_this_version.request = made.registration().request.clone();
        by_this_version.result = made.registration().result.clone();
        by_this_version.predictions = made.registration().predictions.clone();
        assert_eq!(
            made.registration(),
            &by_this_version,
            "made again by the commands of docs/register.md"
        );
    }
    let score = Score::read(&read(Path::new(FOLDER), "cerebras_13b.score.json"), "kept").unwrap();
    assert_eq!(score.entry_digest(), kept.digest());
    assert_eq!(score.scores()[0].actual(), 1.575);

    // The suite too, on the machine that its digest names.
    let (made, kept) = (
        read(&folder.join("data/registered"), "olmo_13b_suite.json"),
        read(Path::new(FOLDER), "olmo_13b_suite.json"),
    );
    let kept = Entry::read(&kept, "kept").unwrap();
    let made = Entry::read(&made, "made").unwrap();
    if made.registration().machine == kept.registration().machine {
        assert_eq!(
            made.registration().predictions,
            kept.registration().predictions
        );
    }
    let score = read(Path::new(FOLDER), "olmo_13b_suite.score.json");
    let score = Score::read(&score, "kept").unwrap();
    assert_eq!(score.entry_digest(), kept.digest());
    assert_eq!(score.scores().len(), 9);
}

#[test]
fn the_kept_entry_stands_though_the_method_has_changed() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let out = ok(
        folder,
        &[
            "verify",
            "data/registered/cerebras_13b.json",
            "data/cerebras_gpt.csv",
        ],
    );
    assert!(out.contains("INTACT") && out.contains("UNCHANGED"), "{out}");
    assert!(out.contains("THE METHOD HAS CHANGED SINCE"), "{out}");
}

/// The forecasts registered before the largest rungs of the ladder were trained still hold, and
/// their rows are those of the present table.
#[test]
fn the_forecasts_of_the_ladder_stand() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("data/ladder");
    for (entry, table) in [
        ("loss_from_1e12", "losses.csv"),
        ("loss_from_1e13", "losses.csv"),
        ("passes_from_1e12", "pass_counts.csv"),
        ("passes_from_1e13", "pass_counts.csv"),
    ] {
        let out = ok(
            &root,
            &["verify", &format!("forecasts/{entry}.json"), table],
        );
        assert!(out.contains("INTACT") && out.contains("UNCHANGED"), "{out}");
        assert!(out.contains("THE METHOD HAS CHANGED SINCE"), "{out}");
        let score = std::fs::read(root.join(format!("forecasts/{entry}.score.json"))).unwrap();
        let score = scalewise::ledger::Score::read(&score, entry).unwrap();
        assert_eq!(score.in_advance(), scalewise::ledger::Advance::Yes);
    }
}
