//! Entries are written completely or not at all, by one process or many.

use super::*;
use scalewise::ledger::Entry;
use std::process::Child;
use std::time::{Duration, Instant};

fn spawn(folder: &Path, entry: &str) -> Child {
    let mut command = command(folder, &cerebras(CEREBRAS, entry));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let all = std::fs::read_dir(folder).unwrap();
    all.map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_file_that_is_there_is_never_touched() {
    let (_guard, folder) = temporary();
    for there in ["", "anything"] {
        std::fs::write(folder.join("entry.json"), there).unwrap();
        let ran = run(&folder, &cerebras(CEREBRAS, "entry.json"));
        assert_eq!(ran.code, 1);
        assert!(
            ran.err.contains("it exists already") && !ran.err.contains("--force"),
            "{}",
            ran.err
        );
        // --force gives numbers despite a finding, but does not replace a file.
        let forced = run(
            &folder,
            &[&cerebras(CEREBRAS, "entry.json")[..], &["--force"]].concat(),
        );
        assert_eq!(forced.code, 1);
        assert_eq!(
            std::fs::read_to_string(folder.join("entry.json")).unwrap(),
            there
        );
    }
    let missing = run(&folder, &cerebras(CEREBRAS, "no/such/folder/entry.json"));
    assert_eq!(missing.code, 1);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", folder.join("link.json")).unwrap();
        assert_eq!(run(&folder, &cerebras(CEREBRAS, "link.json")).code, 1);
        assert!(!folder.join("nowhere").exists());
    }
}

#[test]
fn of_a_hundred_at_once_exactly_one_writes() {
    let (_guard, folder) = temporary();
    let children: Vec<Child> = (0..100).map(|_| spawn(&folder, "entry.json")).collect();
    let codes: Vec<i32> = children
        .into_iter()
        .map(|mut c| c.wait().unwrap().code().unwrap())
        .collect();
    assert_eq!(codes.iter().filter(|c| **c == 0).count(), 1, "{codes:?}");
    assert!(codes.iter().all(|c| [0, 1].contains(c)), "{codes:?}");
    assert_eq!(names(&folder), ["entry.json"]);
    assert!(
        Entry::read(
            &std::fs::read(folder.join("entry.json")).unwrap(),
            "entry.json"
        )
        .is_ok()
    );
}

#[cfg(unix)]
#[test]
fn a_process_killed_at_any_moment_leaves_a_whole_file_or_none() {
    let (_guard, folder) = temporary();
    let start = Instant::now();
    assert!(spawn(&folder, "timed.json").wait().unwrap().success());
    let whole = start.elapsed();
    let (mut killed, mut done) = (0, 0);
    for k in 0..100u32 {
        let name = format!("{k}.json");
        let mut child = spawn(&folder, &name);
        // A low-discrepancy sequence of moments, from the start to a little after the end.
        let share = (f64::from(k) * 0.618_033_988_75).fract();
        std::thread::sleep(Duration::from_secs_f64(1.2 * share * whole.as_secs_f64()));
        // On unix this is SIGKILL.
        let _ = child.kill();
        child.wait().unwrap();
        match std::fs::read(folder.join(&name)) {
            Ok(bytes) => {
                assert!(Entry::read(&bytes, &name).is_ok(), "{name} is not whole");
                done += 1;
            }
            Err(_) => killed += 1,
        }
    }
    assert_eq!(killed + done, 100);
    assert!(killed > 0, "no process was killed in time");
    // Nothing else is left: on Linux a file has no name until it is whole.
    if cfg!(target_os = "linux") {
        assert_eq!(names(&folder).len(), done + 1);
    }
}
