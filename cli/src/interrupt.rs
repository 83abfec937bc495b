//! Handles signals that end the process, and cleans up first.

use super::progress;
use crate::files;

/// The number that shells add to a signal to make an exit code.
const BY_SIGNAL: i32 = 128;

/// Removes temporary files and the progress bar, and ends the process.
fn end(signal: i32) -> ! {
    let _held = files::remove_all();
    progress::clear();
    std::process::exit(BY_SIGNAL + signal);
}

/// Waits for signals in a thread of its own, so that temporary files and the progress bar are
/// removed when one comes.
#[cfg(unix)]
pub fn watch() {
    use nix::sys::signal::{SigSet, Signal};
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        // A process started with `nohup` must keep ignoring the signal.
        if !is_ignored(signal as i32) {
            signals.add(signal);
        }
    }
    // Threads that start from here on inherit the block, so only the waiting thread gets the
    // signals.
    if signals.thread_block().is_err() {
        return;
    }
    let waiting = std::thread::Builder::new().spawn(move || {
        if let Ok(signal) = signals.wait() {
            end(signal as i32);
        }
    });
    if waiting.is_err() {
        // Without that thread, a signal ends the process as usual.
        let _ = signals.thread_unblock();
    }
}

/// Whether this process was started so as to ignore a signal. Only Linux shows it in a file.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok());
    ignored.is_some_and(|all| all >> (signal - 1) & 1 == 1)
}

/// On systems where Ctrl-C is the only signal.
#[cfg(not(unix))]
pub fn watch() {
    const INTERRUPT: i32 = 2;
    // Without a handler, Ctrl-C ends the process anyway.
    let _ = ctrlc::set_handler(|| end(INTERRUPT));
}
