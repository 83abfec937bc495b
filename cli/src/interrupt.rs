//! Signals that end the process: it leaves nothing half done behind.

use super::progress;
use crate::files;

/// What shells add to the number of a signal to make it an exit code.
const BY_SIGNAL: i32 = 128;

/// Takes away what would be left behind, and ends the process.
fn end(signal: i32) -> ! {
    let _held = files::remove_all();
    progress::clear();
    std::process::exit(BY_SIGNAL + signal);
}

/// Waits for signals in a thread of its own, so that temporary files and the bar are taken away
/// when one comes.
#[cfg(unix)]
pub fn watch() {
    use nix::sys::signal::{SigSet, Signal};
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        // Whoever starts the process with `nohup` wants the signal to do nothing.
        if !is_ignored(signal as i32) {
            signals.add(signal);
        }
    }
    // All threads that are started from here on leave the signals to the one that waits for them.
    if signals.thread_block().is_err() {
        return;
    }
    let waiting = std::thread::Builder::new().spawn(move || {
        if let Ok(signal) = signals.wait() {
            end(signal as i32);
        }
    });
    if waiting.is_err() {
        // Without that thread a signal ends the process as it does by default.
        let _ = signals.thread_unblock();
    }
}

/// Whether this process was started so that a signal does nothing. Only Linux says it in a file.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok());
    ignored.is_some_and(|all| all >> (signal - 1) & 1 == 1)
}

/// The same where there are no signals but the one of Ctrl-C.
#[cfg(not(unix))]
pub fn watch() {
    const INTERRUPT: i32 = 2;
    // Without a handler Ctrl-C ends the process all the same.
    let _ = ctrlc::set_handler(|| end(INTERRUPT));
}
