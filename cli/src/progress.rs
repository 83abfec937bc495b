//! A progress bar on standard error.

use super::terminal::shows_unicode;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use scalewise::progress::Progress;
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Computations that end sooner show no bar.
const PATIENCE: Duration = Duration::from_millis(300);
/// Time between two updates.
const TICK: Duration = Duration::from_millis(100);

/// Shows the progress of a computation until it is dropped, then removes itself from the terminal.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    waiting: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Bar {
    /// A bar, which is shown only if `watched`.
    pub fn new(what: &'static str, watched: bool) -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_style(style("{spinner} {msg}, {elapsed}"));
        bar.set_message(what);
        let waiting = watched.then(|| {
            let (done, is_done) = channel();
            let shown = bar.clone();
            let show = move || {
                if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                    remember(&shown);
                    shown.set_draw_target(ProgressDrawTarget::stderr());
                    shown.enable_steady_tick(TICK);
                }
            };
            (done, std::thread::spawn(show))
        });
        Bar { bar, waiting }
    }
}

impl Progress for Bar {
    fn expect(&self, steps: usize) {
        if self.bar.length().is_none() {
            self.bar.set_style(style(
                "{msg} {wide_bar} {human_pos}/{human_len}, {eta} left",
            ));
            self.bar.set_length(0);
        }
        self.bar.inc_length(steps as u64);
    }

    fn step(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.waiting.take() {
            drop(done);
            // A panicked thread draws nothing more.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    // The default style uses block and Braille characters.
    match shows_unicode() {
        true => style,
        false => style.tick_chars("|/-\\ ").progress_chars("=> "),
    }
}

/// The bar on the terminal, which must be cleared before the process ends.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn remember(bar: &ProgressBar) {
    if let Ok(mut shown) = SHOWN.lock() {
        *shown = Some(bar.clone());
    }
}

/// Removes the bar from the terminal, if there is one.
pub fn clear() {
    if let Ok(Some(bar)) = SHOWN.lock().map(|mut shown| shown.take()) {
        bar.finish_and_clear();
    }
}
