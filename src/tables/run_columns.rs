//! Tables with one column a run: which run and which metric a column holds, by its name.

use super::log::RawTable;
use super::roles::LOSS;

/// Trackers add the extremes of averaged metrics as separate columns.
const EXTREMES: [&str; 2] = ["__MIN", "__MAX"];
/// What trackers log on their own beside the metrics.
const OWN: [&str; 3] = ["_step", "_runtime", "_timestamp"];
/// Separates the run and the metric in a column name.
pub(super) const BETWEEN: &str = " - ";

/// The column, run and metric of each column except that of the steps; the metric may be blank.
pub(super) fn parts(table: &RawTable, step: usize) -> Vec<(usize, &str, &str)> {
    let is_extreme = |name: &str| EXTREMES.iter().any(|e| name.ends_with(e));
    let own = table.header.iter().enumerate();
    let own = own.filter(|(k, name)| *k != step && !is_extreme(name));
    let parts = own.map(|(k, name)| match name.rsplit_once(BETWEEN) {
        Some((run, metric)) => (k, run.trim(), metric.trim()),
        None => (k, name.as_str(), ""),
    });
    parts.filter(|part| !OWN.contains(&part.2)).collect()
}

/// The metrics, each once, sorted by their names.
pub(super) fn metrics<'a>(parts: &[(usize, &'a str, &'a str)]) -> Vec<&'a str> {
    let named = parts.iter().map(|part| part.2).filter(|m| !m.is_empty());
    let mut metrics: Vec<&str> = named.collect();
    metrics.sort_unstable();
    metrics.dedup();
    metrics
}

/// The metric whose name means a loss best; a loss on held-out text comes before one of training.
pub(super) fn likely_loss<'a>(metrics: &[&'a str]) -> Option<&'a str> {
    let ranked = metrics.iter().filter_map(|m| Some((LOSS.rank(m)?, *m)));
    let best = ranked
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, metric)| metric);
    best.or_else(|| {
        metrics
            .iter()
            .copied()
            .find(|m| m.to_lowercase().contains("loss"))
    })
}

#[cfg(test)]
mod tests {
    use super::likely_loss;

    #[test]
    fn the_loss_is_chosen_among_metrics() {
        assert_eq!(likely_loss(&["eval/loss", "train/lr"]), Some("eval/loss"));
        assert_eq!(likely_loss(&["eval/loss", "train/loss"]), Some("eval/loss"));
        assert_eq!(likely_loss(&["a", "train/loss"]), Some("train/loss"));
        assert_eq!(likely_loss(&["train/lr"]), None);
    }
}
