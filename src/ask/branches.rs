//! The decay branches of runs of constant learning rate. The branches of one run share its trunk,
//! the steps before they begin.

use crate::runs::{Carried, LogPoint, RunLog};

/// A rate has decayed if it is at most this share of the highest one.
const DECAYED: f64 = 0.5;
/// A rate is still constant if it is at least this share of the highest one.
const CONSTANT: f64 = 0.95;

/// A run, or one of the branches of a run.
pub(super) struct Branch {
    /// Its log, which begins with that of the trunk.
    pub(super) log: RunLog,
    /// The run whose trunk it shares with other branches.
    pub(super) trunk: Option<String>,
    /// Whether it has ended at its last step, because the run went back to its trunk.
    pub(super) ended: bool,
    /// Whether it is a trunk whose rate is still constant at its last step.
    pub(super) is_constant: bool,
}

/// The branches of runs, in the order of the runs. `by` are the columns that name the runs.
pub(super) fn branches(logs: &[RunLog], by: Option<&str>) -> Vec<Branch> {
    let others = logs.iter().filter(|log| names_other(log));
    let trunks: Vec<&str> = others.filter_map(|log| log.trunk.as_deref()).collect();
    let of = |log: &RunLog| match &log.trunk {
        Some(trunk) if names_other(log) => vec![below(trunk, log, logs)],
        _ => {
            let mut all = split(log, by);
            for branch in &mut all {
                if trunks.contains(&log.name.as_str()) {
                    branch.trunk = Some(log.name.clone());
                }
                branch.is_constant = branch.trunk.is_some() && is_constant(&branch.log.points);
            }
            all
        }
    };
    logs.iter().flat_map(of).collect()
}

fn names_other(log: &RunLog) -> bool {
    log.trunk.as_ref().is_some_and(|trunk| *trunk != log.name)
}

/// A branch in a log of its own, below the steps of its trunk.
fn below(trunk: &str, log: &RunLog, logs: &[RunLog]) -> Branch {
    let first = log.points.iter().map(|p| p.x).fold(f64::INFINITY, f64::min);
    let of_trunk = logs.iter().find(|other| other.name == trunk);
    let before = of_trunk.into_iter().flat_map(|trunk| &trunk.points);
    let before = before.filter(|p| p.x < first);
    Branch {
        log: RunLog {
            points: before.chain(&log.points).copied().collect(),
            ..log.clone()
        },
        trunk: Some(trunk.to_owned()),
        ended: false,
        is_constant: false,
    }
}

fn highest(points: &[LogPoint]) -> f64 {
    points.iter().filter_map(|p| p.lr).fold(0.0, f64::max)
}

fn is_constant(points: &[LogPoint]) -> bool {
    let last = points.iter().rev().find_map(|p| p.lr);
    last.is_some_and(|rate| rate >= CONSTANT * highest(points))
}

/// The branches in one log. A branch ends where the rate has decayed, the steps go back, and the
/// rate is high again. The run then goes on from its trunk.
fn split(log: &RunLog, by: Option<&str>) -> Vec<Branch> {
    let highest = highest(&log.points);
    let share = |p: &LogPoint| p.lr.map(|rate| rate / highest).filter(|s| s.is_finite());
    let mut ends: Vec<Vec<LogPoint>> = Vec::new();
    let mut path: Vec<LogPoint> = Vec::new();
    for point in &log.points {
        if let Some(last) = path.last().filter(|last| point.x <= last.x) {
            let decayed = share(last).is_some_and(|s| s <= DECAYED);
            if decayed && share(point).is_some_and(|s| s >= CONSTANT) {
                ends.push(path.clone());
            }
            let kept = path.partition_point(|p| p.x < point.x);
            path.truncate(kept);
        }
        path.push(*point);
    }
    if ends.is_empty() {
        return vec![Branch {
            log: log.clone(),
            trunk: None,
            ended: false,
            is_constant: false,
        }];
    }
    let count = ends.len();
    let each = ends.into_iter().chain([path]).enumerate();
    each.map(|(k, points)| named(log, points, by, k < count))
        .collect()
}

/// A branch of a log, named after its run and its last step.
fn named(log: &RunLog, points: Vec<LogPoint>, by: Option<&str>, ended: bool) -> Branch {
    let at = points.last().map_or(0.0, |p| p.x);
    let column = by.and_then(|by| by.rsplit(',').next()).map(str::trim);
    let mut branch = RunLog {
        name: format!("{}@{at}", log.name),
        points,
        ..log.clone()
    };
    for (name, carried) in &mut branch.carried {
        if let (Carried::Same(cell), true) = (carried, Some(name.as_str()) == column) {
            *cell = format!("{cell}@{at}");
        }
    }
    Branch {
        log: branch,
        trunk: Some(log.name.clone()),
        ended,
        is_constant: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(points: &[(f64, f64)]) -> RunLog {
        let steps: Vec<f64> = points.iter().map(|p| p.0).collect();
        let rates: Vec<f64> = points.iter().map(|p| p.1).collect();
        let log = RunLog::of(&steps, &vec![3.0; steps.len()]).and_then(|log| log.rates(&rates));
        RunLog {
            name: "a".to_owned(),
            ..log.expect("a log")
        }
    }

    fn steps(branch: &Branch) -> Vec<f64> {
        branch.log.points.iter().map(|p| p.x).collect()
    }

    #[test]
    fn a_run_that_goes_back_to_its_trunk_has_branches() {
        let one = log(&[(1.0, 1.0), (2.0, 1.0), (3.0, 0.5), (4.0, 0.0)]);
        let whole = branches(std::slice::from_ref(&one), Some("run"));
        assert_eq!((whole.len(), &whole[0].trunk), (1, &None));
        let more = [(3.0, 1.0), (5.0, 1.0), (6.0, 0.1)];
        let first = [(1.0, 1.0), (2.0, 1.0), (3.0, 0.5), (4.0, 0.0)];
        let found = branches(&[log(&[&first[..], &more].concat())], Some("run"));
        let names: Vec<&str> = found.iter().map(|b| b.log.name.as_str()).collect();
        assert_eq!(names, ["a@4", "a@6"]);
        assert_eq!(steps(&found[0]), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(steps(&found[1]), [1.0, 2.0, 3.0, 5.0, 6.0]);
        assert_eq!([found[0].ended, found[1].ended], [true, false]);
        assert!(found.iter().all(|b| b.trunk.as_deref() == Some("a")));
        // A restart while the rate decays is no branch.
        let again = [&first[..3], &[(3.0, 0.5), (4.0, 0.0)]].concat();
        assert_eq!(branches(&[log(&again)], None).len(), 1);
    }

    #[test]
    fn branches_in_logs_of_their_own_are_put_below_their_trunk() {
        let trunk = log(&[(1.0, 1.0), (2.0, 1.0), (3.0, 1.0), (4.0, 1.0)]);
        let branch = RunLog {
            name: "b".to_owned(),
            trunk: Some("a".to_owned()),
            ..log(&[(3.0, 0.5), (4.0, 0.0)])
        };
        let found = branches(&[trunk, branch], Some("run"));
        assert_eq!(steps(&found[1]), [1.0, 2.0, 3.0, 4.0]);
        assert!(found[0].is_constant && !found[1].is_constant);
        assert!(found.iter().all(|b| b.trunk.as_deref() == Some("a")));
    }
}
