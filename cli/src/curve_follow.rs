//! `scalewise curve --follow`: prints a line at each new evaluation of a running training run.

use super::args::{CurveArgs, Format};
use super::growing::Growing;
use super::input;
use super::outcome::Outcome;
use super::printer::Printer;
use scalewise::Result;
use scalewise::ask::{CurveFollow, CurveRequest, CurveUpdate};
use scalewise::internal::{json_line, percent};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Time between two checks of the log.
const PAUSE: Duration = Duration::from_millis(500);
/// Checks without a change after which the last line counts as complete. A program that writes in
/// blocks leaves a line incomplete for a while.
const RESTED: u32 = 8;

/// Prints a line at each change of the log until the run ends or a signal ends the program.
pub fn run(args: &CurveArgs, request: &CurveRequest, printer: &Printer) -> Result<Outcome> {
    if ![Format::Text, Format::Json].contains(&args.result.format) {
        return Err(input::usage("--follow prints lines of text or of JSON")
            .with_hint("leave --format out, or ask for --format json"));
    }
    if args.input.as_os_str() == "-" {
        return Err(
            input::usage("--follow reads the log again and again, and not standard input")
                .with_hint("name the file that the run writes"),
        );
    }
    let mut follow = CurveFollow::new(request)?;
    let mut log = Growing::new(&args.input, &args.gather);
    let (mut seen, mut rested) = (None, 0);
    loop {
        let now = state(&args.input);
        let is_new = now != seen || now.is_none();
        rested = if is_new { 0 } else { rested + 1 };
        let settled = rested >= RESTED;
        if is_new || settled && log.waits() {
            seen = now;
            if let Some(update) = log.update(request, &mut follow, settled)? {
                printer.out(&line(&update, args.result.format)?)?;
            }
            if follow.has_ended() {
                return Ok(Outcome::Done);
            }
        }
        std::thread::sleep(PAUSE);
    }
}

/// What changes when a log is written: its length and its modification time.
fn state(path: &Path) -> Option<(u64, SystemTime)> {
    let about = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some((about.len(), about.modified().ok()?))
}

fn line(update: &CurveUpdate, format: Format) -> Result<String> {
    if format == Format::Json {
        return json_line(update);
    }
    let change = match update.change {
        Some(change) => format!(", {change:+.4} since the last"),
        None => String::new(),
    };
    Ok(format!(
        "{}: loss {:.4}; at {} it will be {:.4}, {} interval {:.4} to {:.4}{change}\n",
        update.at,
        update.loss,
        update.end,
        update.point,
        percent(update.level),
        update.lower,
        update.upper
    ))
}
