//! The roles of columns, and the names by which they are recognised.

use super::heading::{Kind, Name, Unit};
use super::role_words::{is_budget, is_evaluation_loss};
use crate::remedy::Setting;

/// A role that a column can play.
pub(super) struct ColumnRole {
    /// The role's name in messages.
    pub(super) name: &'static str,
    /// Column names that mean it; one-letter names are case-sensitive.
    pub(super) names: &'static [&'static str],
    /// Further names, by their words: used if none of the first is there.
    pub(super) more: &'static [&'static str],
    /// Names that mean it only if there is no better one.
    pub(super) last: &'static [&'static str],
    /// The setting that names its column.
    pub(super) setting: Setting,
}

pub(super) const COMPUTE: ColumnRole = ColumnRole {
    name: "compute",
    names: &["compute", "flops", "flops_6nd", "C"],
    more: &[
        "flop",
        "flos",
        "total_flos",
        "total_flop",
        "total_flops",
        "train_flos",
        "train_flop",
        "train_flops",
        "training_flop",
        "training_flops",
        "train_total_flos",
        "achieved_flop",
        "achieved_flops",
        "model_flops",
        "num_flops",
        "n_flops",
        "flops_total",
        "total_training_flops",
        "total_train_flops",
        "compute_flop",
        "compute_flops",
        "total_compute",
        "train_compute",
        "training_compute",
        "training_compute_flop",
        "training_compute_flops",
    ],
    last: &[],
    setting: Setting::ComputeCol,
};
pub(super) const PARAMS: ColumnRole = ColumnRole {
    name: "params",
    names: &["params", "n_params", "N"],
    more: &[
        "parameter",
        "parameters",
        "parameter_count",
        "param_count",
        "params_count",
        "num_params",
        "num_parameters",
        "n_parameters",
        "n_param",
        "total_params",
        "total_parameters",
        "params_total",
        "n_params_total",
        "model_params",
        "model_parameters",
        "model_n_params",
        "model_num_params",
        "model_size",
        "active_params",
        "active_parameters",
        "activated_params",
        "activated_parameters",
        "n_active_params",
        "number_of_parameters",
    ],
    last: &[
        "model_num_parameters",
        "non_embedding_params",
        "params_non_embedding",
        "n_params_non_embedding",
    ],
    setting: Setting::ParamsCol,
};
pub(super) const TOKENS: ColumnRole = ColumnRole {
    name: "tokens",
    names: &["tokens", "n_tokens", "D"],
    more: &[
        "total_tokens",
        "num_tokens",
        "token_count",
        "tokens_total",
        "tokens_trained",
        "trained_tokens",
        "train_tokens",
        "training_tokens",
        "n_train_tokens",
        "num_train_tokens",
        "n_training_tokens",
        "total_train_tokens",
        "total_training_tokens",
        "tokens_seen",
        "n_tokens_seen",
        "num_tokens_seen",
        "tokens_consumed",
        "consumed_tokens",
        "tokens_processed",
        "number_of_tokens",
    ],
    last: &[],
    setting: Setting::TokensCol,
};
pub(super) const UNIQUE: ColumnRole = ColumnRole {
    name: "unique tokens",
    names: &["unique_tokens", "n_unique_tokens", "U"],
    more: &["num_unique_tokens"],
    last: &[],
    setting: Setting::UniqueCol,
};
/// The compute that a run was planned for, which runs of one IsoFLOP curve share.
pub(super) const BUDGET: ColumnRole = ColumnRole {
    name: "budget",
    names: &["budget", "flops_budget", "compute_budget"],
    more: &[
        "flop_budget",
        "budget_flop",
        "budget_flops",
        "nominal_budget",
        "nominal_compute",
        "nominal_flop",
        "nominal_flops",
        "target_compute",
        "target_flop",
        "target_flops",
        "train_budget",
        "training_budget",
        "isoflop_budget",
        "nominal",
        "isoflop",
        "isoflops",
        "iso_flop",
        "iso_flops",
        "isoflop_flops",
        "compute_bucket",
        "flop_bucket",
        "flops_bucket",
        "compute_group",
        "compute_class",
        "planned_compute",
        "planned_flop",
        "planned_flops",
    ],
    last: &[],
    setting: Setting::BudgetCol,
};
pub(super) const LOSS: ColumnRole = ColumnRole {
    name: "loss",
    names: &["loss", "val_loss", "test_loss", "L"],
    more: &[
        "eval_loss",
        "evaluation_loss",
        "valid_loss",
        "validation_loss",
        "dev_loss",
        "heldout_loss",
        "held_out_loss",
        "final_val_loss",
        "final_eval_loss",
    ],
    last: &[
        "final_loss",
        "lm_loss",
        "train_loss",
        "training_loss",
        "train_lm_loss",
        "val_bpb",
        "eval_bpb",
        "bpb",
        "bits_per_byte",
        "val_bits_per_byte",
        "nll",
        "val_nll",
        "test_nll",
        "eval_nll",
        "xent",
        "cross_entropy",
        "val_cross_entropy",
        "eval_cross_entropy",
    ],
    setting: Setting::LossCol,
};
pub(super) const SIGMA: ColumnRole = ColumnRole {
    name: "sigma",
    names: &["sigma", "loss_sigma", "loss_std", "std"],
    more: &[],
    last: &[],
    setting: Setting::SigmaCol,
};
pub(super) const PAIR: ColumnRole = ColumnRole {
    name: "pair",
    names: &["seed", "random_seed", "data_seed"],
    more: &["train_seed", "init_seed", "rng_seed", "replicate", "repeat"],
    last: &[],
    setting: Setting::PairCol,
};
pub(super) const GROUP: ColumnRole = ColumnRole {
    name: "group",
    names: &["run", "run_name", "group"],
    more: &["name", "display_name", "model_name", "model", "run_id"],
    last: &[],
    setting: Setting::GroupCol,
};
pub(super) const STEP: ColumnRole = ColumnRole {
    name: "step",
    names: &[
        "step",
        "_step",
        "global_step",
        "trainer/global_step",
        "iteration",
        "iter",
    ],
    more: &["train_step", "train_global_step", "eval_global_step"],
    last: &[],
    setting: Setting::StepCol,
};

pub(super) const LR: ColumnRole = ColumnRole {
    name: "learning rate",
    names: &["lr", "learning_rate"],
    more: &[
        "train_lr",
        "train_learning_rate",
        "optimizer_lr",
        "optim_lr",
        "current_lr",
        "lr_group_0",
        "learning_rate_group_0",
    ],
    last: &[],
    setting: Setting::LrCol,
};

pub(super) const END: ColumnRole = ColumnRole {
    name: "end",
    names: &["max_steps", "total_steps"],
    more: &["num_training_steps", "train_steps"],
    last: &[],
    setting: Setting::EndCol,
};

/// The roles of tables of runs that may have a unit.
const OF_SIZES: [&ColumnRole; 5] = [&COMPUTE, &PARAMS, &TOKENS, &UNIQUE, &BUDGET];

/// How well a name means a role: the least is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// One of the first names, exactly.
    First,
    /// Another name, without a unit.
    Known,
    /// A name with a unit.
    Scaled,
    /// A similar name.
    Alike,
    /// Only if there is nothing better.
    Last,
}

impl ColumnRole {
    /// The size role with this name in messages.
    pub(super) fn named(name: &str) -> Option<&'static ColumnRole> {
        OF_SIZES.into_iter().find(|role| role.name == name)
    }

    /// Whether a column of this name plays the role without the user's help.
    pub(super) fn is_called(&self, column: &str) -> bool {
        self.rank(column).is_some()
    }

    /// Whether a column has one of the role's first names.
    pub(super) fn is_first(&self, column: &str) -> bool {
        self.rank(column) == Some(Rank::First)
    }

    /// How well a column's name means the role.
    pub(super) fn rank(&self, column: &str) -> Option<Rank> {
        if self.names.iter().any(|name| same_name(name, column)) {
            return Some(Rank::First);
        }
        let name = Name::of(column);
        let bare = |known: &&&str| known.len() == 1 && **known == name.bare;
        let is = |names: &[&str], words: &str| {
            let alike = |known: &&str| known.len() > 1 && *known == words;
            names.iter().any(alike)
        };
        let known = |words: &str| is(self.names, words) || is(self.more, words);
        let unit = name.unit.filter(|unit| self.takes(*unit));
        if name.unit.is_none() || unit.is_some() {
            let usual = known(&name.words) || self.names.iter().any(|k| bare(&k));
            let rank = match unit {
                Some(_) => Rank::Scaled,
                None => Rank::Known,
            };
            if usual {
                return Some(rank);
            }
        }
        // A name that is only a unit of compute, such as `pf_days`.
        let days = unit.filter(|unit| unit.kind == Kind::FlopDays);
        if self.setting == Setting::ComputeCol && days.is_some() && name.words.is_empty() {
            return Some(Rank::Scaled);
        }
        if known(&Name::whole(column)) {
            return Some(Rank::Known);
        }
        let alike = match self.setting {
            Setting::LossCol => is_evaluation_loss(&name.words),
            Setting::BudgetCol => is_budget(&name.words),
            _ => false,
        };
        if alike {
            return Some(Rank::Alike);
        }
        is(self.last, &name.words).then_some(Rank::Last)
    }

    /// The position of a name among those of the role.
    pub(super) fn place(&self, column: &str) -> usize {
        let words = Name::of(column).words;
        let mut all = self.names.iter().chain(self.more).chain(self.last);
        let place = all.position(|known| same_name(known, column) || *known == words);
        place.unwrap_or(usize::MAX)
    }

    /// Whether numbers of this role may be in the unit.
    pub(super) fn takes(&self, unit: Unit) -> bool {
        match self.setting {
            Setting::ComputeCol | Setting::BudgetCol => unit.kind != Kind::PerCent,
            Setting::ParamsCol | Setting::TokensCol | Setting::UniqueCol | Setting::SamplesCol => {
                unit.kind == Kind::Count
            }
            Setting::PassRateCol | Setting::StderrCol | Setting::ChanceCol => {
                unit.kind == Kind::PerCent
            }
            _ => false,
        }
    }

    /// The unit that a column's name gives to the numbers of this role.
    pub(super) fn unit(&self, column: &str) -> Option<Unit> {
        let name = Name::of(column);
        let known = self.rank(column) == Some(Rank::Scaled);
        name.unit(known).filter(|unit| self.takes(*unit))
    }

    /// Parts of names that may mean it, the likeliest first.
    pub(super) fn parts(&self) -> &'static [&'static str] {
        match self.setting {
            Setting::ComputeCol => &["flop", "compute", "budget"],
            Setting::BudgetCol => &["budget", "flop", "compute"],
            Setting::ParamsCol => &["param", "model_size"],
            Setting::TokensCol => &["token"],
            Setting::LossCol => &["loss", "nll", "xent", "entropy", "bpb", "ppl", "perplexity"],
            Setting::StepCol => &["step", "iter"],
            Setting::EndCol => &["max_steps"],
            Setting::LrCol => &["lr", "learning_rate"],
            Setting::GroupCol | Setting::ModelCol => &["name", "model", "run"],
            Setting::ProblemCol => &["problem", "question", "task"],
            Setting::SamplesCol => &["sample", "trial", "attempt"],
            Setting::PassesCol => &["correct", "pass"],
            Setting::PassRateCol => &["acc", "pass", "score", "match"],
            _ => &[],
        }
    }

    /// Whether its cells are numbers.
    pub(super) fn is_number(&self) -> bool {
        !matches!(
            self.setting,
            Setting::GroupCol
                | Setting::ModelCol
                | Setting::PairCol
                | Setting::ProblemCol
                | Setting::PassesCol
        )
    }
}

/// Whether words name a ratio, an error or a part, which have no role: such columns are never
/// proposed.
pub(super) fn is_none(words: &str, role: &ColumnRole) -> bool {
    /// Words for parts of a run's compute.
    const PARTS: [&str; 8] = [
        "step",
        "batch",
        "gpu",
        "device",
        "chip",
        "iteration",
        "fwd",
        "forward",
    ];
    /// Words for tokens that are not training tokens.
    const OTHERS: [&str; 10] = [
        "batch", "eval", "val", "test", "context", "seq", "sequence", "vocab", "prompt", "step",
    ];
    let is_part = |word: &str| {
        (role.name == COMPUTE.name && PARTS.contains(&word))
            || (role.name == TOKENS.name && OTHERS.contains(&word))
    };
    const NEVER: [&str; 16] = [
        "per", "label", "labels", "stderr", "std", "sem", "ratio", "second", "seconds", "sec",
        "wte", "wpe", "head", "scalars", "time", "log10",
    ];
    const EMBEDDING: [&str; 5] = ["embed", "embeds", "embedding", "embeddings", "emb"];
    let mut before = "";
    words.split('_').any(|word| {
        let part = EMBEDDING.contains(&word) && !["non", "no", "without", "excl"].contains(&before);
        before = word;
        part || is_part(word) || NEVER.contains(&word)
    })
}

/// Whether a name is a usual one for a column of runs.
pub(super) fn is_usual(name: &str) -> bool {
    let roles = [
        &COMPUTE, &PARAMS, &TOKENS, &UNIQUE, &LOSS, &SIGMA, &GROUP, &STEP,
    ];
    roles.iter().any(|role| role.is_called(name))
}

pub(super) fn same_name(a: &str, b: &str) -> bool {
    if a.len() == 1 {
        a == b
    } else {
        a.eq_ignore_ascii_case(b)
    }
}
