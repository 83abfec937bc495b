//! Names of columns that mean a role by the words they consist of.

/// Whether words such as `eval_paloma_macro_loss` name a loss on held-out text.
pub(super) fn is_evaluation_loss(words: &str) -> bool {
    const OTHER: [&str; 12] = [
        "train",
        "training",
        "aux",
        "z",
        "router",
        "balance",
        "balancing",
        "moe",
        "reg",
        "kl",
        "std",
        "stderr",
    ];
    let has = |some: &[&str]| words.split('_').any(|word| some.contains(&word));
    words.split('_').next_back() == Some("loss")
        && has(&[
            "eval",
            "evaluation",
            "val",
            "valid",
            "validation",
            "test",
            "heldout",
            "dev",
        ])
        && !has(&OTHER)
}

/// Whether words such as `iso_flop_budget_c` name a budget of compute.
pub(super) fn is_budget(words: &str) -> bool {
    const BUDGETS: [&str; 4] = ["budget", "bucket", "isoflop", "isoflops"];
    const OTHER: [&str; 22] = [
        "token",
        "tokens",
        "data",
        "param",
        "params",
        "batch",
        "memory",
        "mem",
        "time",
        "hours",
        "gpu",
        "money",
        "cost",
        "usd",
        "dollars",
        "latency",
        "inference",
        "loss",
        "lr",
        "id",
        "name",
        "index",
    ];
    let has = |some: &[&str]| words.split('_').any(|word| some.contains(&word));
    has(&BUDGETS) && !has(&OTHER)
}
