//! Runs computations without the interpreter's lock: on threads of the present process, with
//! progress, and stoppable by Ctrl-C.

use crate::error::raised;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use scalewise::progress::Progress;
use scalewise::{Error, ErrorKind};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Time within which a stopped computation must end.
const GRACE: Duration = Duration::from_millis(300);

/// Time between two checks for signals and progress.
const TICK: Duration = Duration::from_millis(50);

/// The progress of a computation, and whether it must stop.
#[derive(Debug, Default)]
pub struct Steps {
    expected: AtomicUsize,
    done: AtomicUsize,
    stop: AtomicBool,
}

impl Progress for Steps {
    fn expect(&self, steps: usize) {
        self.expected.fetch_add(steps, Ordering::Relaxed);
    }

    fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// The threads of a process. A forked child does not have its parent's threads and needs its own.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

fn pool() -> PyResult<Arc<ThreadPool>> {
    let process = std::process::id();
    let mut held = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, pool)) = &*held
        && *of == process
    {
        return Ok(pool.clone());
    }
    let made = ThreadPoolBuilder::new()
        .thread_name(|k| format!("scalewise-{k}"))
        .build()
        .map_err(|e| PyRuntimeError::new_err(format!("no threads can be started: {e}")))?;
    let pool = Arc::new(made);
    // The parent's threads do not exist in this process, so waiting for them would never end.
    std::mem::forget(held.replace((process, pool.clone())));
    Ok(pool)
}

/// The result of a computation that runs without the interpreter's lock. `progress` is called on
/// the calling thread with the steps done and the steps expected. A computation that the user
/// stops, but that does not end soon, continues in the background, and its result is dropped.
///
/// # Errors
/// As for the computation; `KeyboardInterrupt` if the user stops it; and whatever `progress`
/// raises.
pub fn compute<T: Send + 'static>(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(&Steps) -> scalewise::Result<T> + Send + 'static,
) -> PyResult<T> {
    let steps = Arc::new(Steps::default());
    let (sender, receiver) = sync_channel(1);
    let at_work = steps.clone();
    pool()?.spawn(move || {
        let ended = catch_unwind(AssertUnwindSafe(|| work(&at_work)));
        // After a stop nobody receives the result.
        let _ = sender.send(ended);
    });
    let receiver = Mutex::new(receiver);
    let wait = |py: Python<'_>, time| {
        py.detach(|| {
            let receiver = receiver.lock().unwrap_or_else(PoisonError::into_inner);
            receiver.recv_timeout(time)
        })
    };
    loop {
        match wait(py, TICK) {
            Err(RecvTimeoutError::Timeout) => {
                if let Err(error) = look(py, progress, &steps) {
                    steps.stop.store(true, Ordering::Relaxed);
                    let _ = wait(py, GRACE);
                    return Err(error);
                }
            }
            Ok(Ok(Ok(result))) => {
                tell(py, progress, &steps)?;
                return Ok(result);
            }
            Ok(Ok(Err(error))) => return Err(raised(py, error)),
            Ok(Err(panic)) => return Err(raised(py, failed(&*panic))),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(raised(py, failed(&"the threads ended")));
            }
        }
    }
}

fn look(py: Python<'_>, progress: Option<&Py<PyAny>>, steps: &Steps) -> PyResult<()> {
    py.check_signals()?;
    tell(py, progress, steps)
}

fn tell(py: Python<'_>, progress: Option<&Py<PyAny>>, steps: &Steps) -> PyResult<()> {
    let (done, expected) = (&steps.done, &steps.expected);
    let (done, expected) = (
        done.load(Ordering::Relaxed),
        expected.load(Ordering::Relaxed),
    );
    match progress {
        Some(listener) if expected > 0 => listener.call1(py, (done, expected)).map(drop),
        _ => Ok(()),
    }
}

/// A panic as an error.
fn failed(panic: &dyn Any) -> Error {
    let said = panic.downcast_ref::<&str>().copied();
    let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let message = format!(
        "an internal failure: {}",
        said.unwrap_or("no reason is given")
    );
    Error::new(ErrorKind::Io, message)
        .with_hint("this is a fault of the program: please report it with the call and the data")
}
