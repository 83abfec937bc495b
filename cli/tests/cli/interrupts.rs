//! A signal at any moment leaves a complete file, the previous file, or none, and nothing else.

use super::*;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command as Process, Stdio};
use std::time::{Duration, Instant};

/// Moments at which each command is interrupted.
const MOMENTS: u32 = 8;

/// A command that writes some files, and what else is in its folder.
struct Writing {
    args: &'static [&'static str],
    writes: &'static [&'static str],
}

/// Long files, so that many moments fall into the writing.
const COMMANDS: [Writing; 6] = [
    Writing {
        args: &[
            "simulate",
            "--set",
            "a=900,b=-0.15,c=1.7",
            "--runs",
            "60000",
            "-o",
            "out.csv",
        ],
        writes: &["out.csv"],
    },
    Writing {
        args: &[
            "forecast", "runs.csv", "--at", "10x", "--method", "delta", "--plot", "plot.svg", "-o",
            "out.txt",
        ],
        writes: &["plot.svg", "out.txt"],
    },
    Writing {
        args: &["fit", "runs.csv", "-o", "law.json", "--overwrite"],
        writes: &["law.json"],
    },
    Writing {
        args: &["report", "runs.csv", "--at", "10x", "-o", "page.html"],
        writes: &["page.html"],
    },
    Writing {
        args: &["register", "runs.csv", "--at", "10x", "-o", "entry.json"],
        writes: &["entry.json"],
    },
    Writing {
        args: &[
            "score",
            "registered.json",
            "--actual",
            "1.9",
            "-o",
            "score.json",
        ],
        writes: &["score.json"],
    },
];

fn program(folder: &Path, args: &[&str]) -> Process {
    let mut process = Process::new(assert_cmd::cargo::cargo_bin("scalewise"));
    process
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    process
}

fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let done = |args: &[&str]| {
        let status = program(folder.path(), args).status().unwrap();
        assert!(status.success(), "{args:?}");
    };
    done(&[
        "simulate",
        "--set",
        "a=900,b=-0.15,c=1.7",
        "--noise",
        "0.005",
        "--seed",
        "1",
        "--runs",
        "30",
        "-o",
        "runs.csv",
    ]);
    done(&[
        "register",
        "runs.csv",
        "--at",
        "10x",
        "-o",
        "registered.json",
    ]);
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let all = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = all
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Interrupts a command at many moments. Files may be there before, with the text `old`.
fn interrupt(writing: &Writing, signal: Signal, there_before: bool) {
    let folder = prepared();
    let folder = folder.path();
    let inputs = names(folder);
    let begin = || {
        for name in writing.writes {
            match there_before {
                true => std::fs::write(folder.join(name), "old").unwrap(),
                false => drop(std::fs::remove_file(folder.join(name))),
            }
        }
    };
    let lengths = || {
        let length = |name: &&str| {
            std::fs::metadata(folder.join(name))
                .map(|about| about.len())
                .ok()
        };
        writing.writes.iter().map(length).collect::<Vec<_>>()
    };
    begin();
    let start = Instant::now();
    program(folder, writing.args).status().unwrap();
    let (lasts, whole) = (start.elapsed(), lengths());
    for k in 0..MOMENTS {
        begin();
        let mut child = program(folder, writing.args).spawn().unwrap();
        // A low-discrepancy sequence of moments, from the start to a little after the end.
        let share = (f64::from(k) * 0.618_033_988_75).fract();
        std::thread::sleep(lasts.mul_f64(1.1 * share));
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        let _ = kill(pid, signal);
        let status = child.wait().unwrap();
        // A signal before the program handles it ends the program as usual.
        let ended = [Some(0), Some(4), Some(128 + signal as i32)].contains(&status.code())
            || status.signal() == Some(signal as i32);
        assert!(ended, "{signal}: {status:?}");
        for (length, whole) in lengths().into_iter().zip(&whole) {
            let old = there_before && length == Some(3);
            // Times in a file make it a little longer or shorter.
            let new = length.zip(*whole).is_some_and(|(a, b)| a.abs_diff(b) < 64);
            let none = !there_before && length.is_none();
            assert!(
                old || new || none,
                "{:?} {signal}: {length:?} {whole:?}",
                writing.args
            );
        }
        let left: Vec<String> = names(folder)
            .into_iter()
            .filter(|name| !inputs.contains(name) && !writing.writes.contains(&name.as_str()))
            .collect();
        // Between two system calls, a file that replaces another has a temporary name, which stays
        // after a kill.
        if signal != Signal::SIGKILL || !there_before {
            assert_eq!(left, Vec::<String>::new(), "{:?} {signal}", writing.args);
        }
        left.iter()
            .for_each(|name| std::fs::remove_file(folder.join(name)).unwrap());
    }
}

#[test]
fn interrupts_leave_whole_files_or_none() {
    for writing in &COMMANDS {
        interrupt(writing, Signal::SIGINT, false);
    }
}

#[test]
fn interrupts_leave_replaced_files_whole() {
    for writing in COMMANDS.iter().take(4) {
        interrupt(writing, Signal::SIGINT, true);
        interrupt(writing, Signal::SIGTERM, true);
    }
}

#[test]
fn terminations_and_hangups_leave_whole_files_or_none() {
    for (k, writing) in COMMANDS.iter().enumerate() {
        let signal = [Signal::SIGTERM, Signal::SIGHUP][k % 2];
        interrupt(writing, signal, false);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn kills_leave_no_file_where_none_was() {
    for writing in &COMMANDS {
        interrupt(writing, Signal::SIGKILL, false);
    }
}

#[test]
fn exit_codes_tell_the_signals_apart() {
    let (folder, _) = temporary("none");
    for (signal, code) in [
        (Signal::SIGINT, 130),
        (Signal::SIGTERM, 143),
        (Signal::SIGHUP, 129),
    ] {
        // The table never arrives.
        let mut waiting = program(folder.path(), &["fit", "-"]);
        let mut child = waiting.stdin(Stdio::piped()).spawn().unwrap();
        // Waiting for the program would close its standard input, which would also end it.
        let _open = child.stdin.take();
        watched(&child, signal);
        kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
        assert_eq!(ended(&mut child, signal), Some(code));
    }
}

/// The exit code of a program that was sent a signal; `None` if the signal itself ended it. The
/// wait is limited, because under `nohup` the program ignores SIGHUP.
fn ended(child: &mut std::process::Child, signal: Signal) -> Option<i32> {
    for _ in 0..600 {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    child.kill().unwrap();
    panic!("{signal} did not end the program: is it ignored where the tests were started?");
}

/// Waits until the program blocks the signal for its own thread, if the system shows that.
fn watched(child: &std::process::Child, signal: Signal) {
    let path = format!("/proc/{}/status", child.id());
    for _ in 0..1000 {
        let Ok(status) = std::fs::read_to_string(&path) else {
            return;
        };
        let blocked = status.lines().find_map(|line| line.strip_prefix("SigBlk:"));
        let mask = blocked.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok());
        if mask.is_none_or(|mask| mask >> (signal as i32 - 1) & 1 == 1) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// `nohup` starts a program so that it ignores a hangup.
#[cfg(target_os = "linux")]
#[test]
fn a_hangup_that_is_ignored_stays_ignored() {
    let (folder, _) = temporary("none");
    let program = assert_cmd::cargo::cargo_bin("scalewise");
    let script = format!("trap '' HUP; exec {} fit -", program.display());
    let mut child = Process::new("sh")
        .args(["-c", &script])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _open = child.stdin.take();
    watched(&child, Signal::SIGTERM);
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
    kill(pid, Signal::SIGHUP).unwrap();
    kill(pid, Signal::SIGTERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
}
