//! Which column plays which role: the one that the user names, or one with a usual name.

use super::log::RawTable;
use super::options::{CountOptions, ReadOptions};
use crate::quantity::parse_quantity;
use crate::remedy::Setting;
use crate::runs::Variable;
use crate::text::{closest, list, quoted};
use crate::{Error, ErrorKind, Result};

/// A role that a column can play.
pub(super) struct ColumnRole {
    /// What messages call it.
    pub(super) name: &'static str,
    /// Column names that mean it; one-letter names are case-sensitive.
    names: &'static [&'static str],
    /// The setting that names its column.
    setting: Setting,
}

pub(super) const COMPUTE: ColumnRole = ColumnRole {
    name: "compute",
    names: &["compute", "flops", "flops_6nd", "C"],
    setting: Setting::ComputeCol,
};
pub(super) const PARAMS: ColumnRole = ColumnRole {
    name: "params",
    names: &["params", "n_params", "N"],
    setting: Setting::ParamsCol,
};
pub(super) const TOKENS: ColumnRole = ColumnRole {
    name: "tokens",
    names: &["tokens", "n_tokens", "D"],
    setting: Setting::TokensCol,
};
pub(super) const UNIQUE: ColumnRole = ColumnRole {
    name: "unique tokens",
    names: &["unique_tokens", "n_unique_tokens", "U"],
    setting: Setting::UniqueCol,
};
pub(super) const LOSS: ColumnRole = ColumnRole {
    name: "loss",
    names: &["loss", "val_loss", "test_loss", "L"],
    setting: Setting::LossCol,
};
pub(super) const SIGMA: ColumnRole = ColumnRole {
    name: "sigma",
    names: &["sigma", "loss_sigma", "loss_std", "std"],
    setting: Setting::SigmaCol,
};
pub(super) const GROUP: ColumnRole = ColumnRole {
    name: "group",
    names: &["group", "run", "run_name"],
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
    setting: Setting::StepCol,
};

pub(super) const MODEL: ColumnRole = ColumnRole {
    name: "model",
    names: &["model", "model_name"],
    setting: Setting::ModelCol,
};
pub(super) const PROBLEM: ColumnRole = ColumnRole {
    name: "problem",
    names: &["problem", "problem_idx", "problem_id", "task_id"],
    setting: Setting::ProblemCol,
};
pub(super) const SAMPLES: ColumnRole = ColumnRole {
    name: "number of samples",
    names: &["n_samples", "num_samples", "n_examples", "n"],
    setting: Setting::SamplesCol,
};
pub(super) const PASSES: ColumnRole = ColumnRole {
    name: "passes",
    names: &["n_correct", "num_correct", "passes", "passed"],
    setting: Setting::PassesCol,
};
pub(super) const PASS_RATE: ColumnRole = ColumnRole {
    name: "pass rate",
    names: &["pass_rate", "pass_at_1", "accuracy"],
    setting: Setting::PassRateCol,
};

impl ColumnRole {
    /// Whether a column of this name plays the role by itself.
    pub(super) fn is_called(&self, column: &str) -> bool {
        self.names.iter().any(|name| same_name(name, column))
    }
}

/// Whether a name is the usual one of a column of runs.
pub(super) fn is_usual(name: &str) -> bool {
    let roles = [
        &COMPUTE, &PARAMS, &TOKENS, &UNIQUE, &LOSS, &SIGMA, &GROUP, &STEP,
    ];
    roles.iter().any(|role| role.is_called(name))
}

/// A column that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) index: usize,
    /// Whether the user named it.
    pub(super) by_user: bool,
}

/// The columns of a table of runs.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// Absent where compute is taken to be 6·N·D.
    pub(super) compute: Option<Column>,
    pub(super) params: Option<Column>,
    pub(super) tokens: Option<Column>,
    pub(super) unique: Option<Column>,
    pub(super) loss: Column,
    pub(super) sigma: Option<Column>,
    /// Together they name the run of a row.
    pub(super) group: Vec<usize>,
    group_by_user: bool,
    /// Name the series of a row; empty where the table is one.
    pub(super) by: Vec<usize>,
}

impl Columns {
    /// Finds every role's column, or says which needed one is missing.
    pub(super) fn find(table: &RawTable, options: &ReadOptions) -> Result<Columns> {
        let named = [
            (&COMPUTE, &options.compute_col),
            (&PARAMS, &options.params_col),
            (&TOKENS, &options.tokens_col),
            (&LOSS, &options.loss_col),
            (&SIGMA, &options.sigma_col),
            (&UNIQUE, &options.unique_col),
        ];
        let claimed = claim_named(table, &named)?;
        let taken: Vec<usize> = claimed
            .iter()
            .flatten()
            .map(|column| column.index)
            .collect();
        let find = |slot: usize| match claimed[slot] {
            Some(column) => Ok(Some(column)),
            None => find_by_name(table, named[slot].0, &taken),
        };
        let [compute, params, tokens] = [find(0)?, find(1)?, find(2)?];
        let [loss, sigma, unique] = [find(3)?, find(4)?, find(5)?];
        // What tells runs apart may be their size too, and then plays both roles.
        let group = match &options.group_col {
            Some(names) => find_list(table, names, Setting::GroupCol)?,
            None => {
                let found = find_by_name(table, &GROUP, &taken)?;
                found.map(|column| column.index).into_iter().collect()
            }
        };
        let group_by_user = options.group_col.is_some();

        let needs = options.needs;
        let derivable = params.is_some() && tokens.is_some();
        let over = options.over;
        if (needs.params || over == Variable::Params) && params.is_none() {
            return Err(missing(table, &PARAMS));
        }
        if (needs.tokens || over == Variable::Tokens) && tokens.is_none() {
            return Err(missing(table, &TOKENS));
        }
        if needs.unique_tokens && unique.is_none() {
            return Err(missing(table, &UNIQUE));
        }
        if over == Variable::Compute && compute.is_none() && !derivable {
            return Err(missing(table, &COMPUTE));
        }
        if needs.sigma && sigma.is_none() {
            return Err(missing(table, &SIGMA));
        }
        let by = match &options.by {
            Some(names) => find_by(table, names)?,
            None => Vec::new(),
        };
        Ok(Columns {
            compute,
            params,
            tokens,
            unique,
            loss: loss.ok_or_else(|| missing(table, &LOSS))?,
            sigma,
            group,
            group_by_user,
            by,
        })
    }

    /// The column of the variable; absent where compute is taken to be 6·N·D.
    pub(super) fn of(&self, variable: Variable) -> Option<Column> {
        match variable {
            Variable::Compute => self.compute,
            Variable::Params => self.params,
            Variable::Tokens => self.tokens,
        }
    }

    /// The name of the role that the column at `index` plays.
    pub(super) fn role_at(&self, index: usize) -> Option<(&'static str, Column)> {
        [
            (COMPUTE.name, self.compute),
            (PARAMS.name, self.params),
            (TOKENS.name, self.tokens),
            (UNIQUE.name, self.unique),
            (LOSS.name, Some(self.loss)),
            (SIGMA.name, self.sigma),
        ]
        .into_iter()
        .chain(self.group.iter().map(|&index| {
            let by_user = self.group_by_user;
            (GROUP.name, Some(Column { index, by_user }))
        }))
        .find_map(|(name, column)| column.filter(|c| c.index == index).map(|c| (name, c)))
    }
}

/// The column of a role: the one of this name, or the one that has a usual name.
fn find_role(table: &RawTable, role: &ColumnRole, name: Option<&str>) -> Result<Option<usize>> {
    match name {
        Some(name) => find_named(table, name, role.setting).map(Some),
        None => Ok(find_by_name(table, role, &[])?.map(|c| c.index)),
    }
}

/// The column of the steps.
pub(super) fn find_step(table: &RawTable, options: &ReadOptions) -> Result<usize> {
    step_if_any(table, options)?.ok_or_else(|| missing(table, &STEP))
}

/// The column of the steps, where there is one.
pub(super) fn step_if_any(table: &RawTable, options: &ReadOptions) -> Result<Option<usize>> {
    find_role(table, &STEP, options.reshape.step_col.as_deref())
}

/// The columns that together tell runs apart.
pub(super) fn find_group(table: &RawTable, options: &ReadOptions) -> Result<Vec<usize>> {
    match &options.group_col {
        Some(names) => find_list(table, names, Setting::GroupCol),
        None => {
            let group = find_role(table, &GROUP, None)?;
            group
                .map(|group| vec![group])
                .ok_or_else(|| missing(table, &GROUP))
        }
    }
}

/// The column of the models of a table of pass counts.
pub(super) fn find_model(table: &RawTable, options: &CountOptions) -> Result<usize> {
    find_role(table, &MODEL, options.model_col.as_deref())?.ok_or_else(|| missing(table, &MODEL))
}

/// The columns that may name the runs of another table, the likeliest first.
pub(super) fn run_names(table: &RawTable) -> Vec<usize> {
    let ranked = GROUP.names.iter().chain(MODEL.names);
    let places = ranked.filter_map(|name| table.header.iter().position(|h| same_name(name, h)));
    places.collect()
}

/// The column of the steps of another table, the likeliest of several.
pub(super) fn first_step(table: &RawTable, name: Option<&str>) -> Option<usize> {
    let named = name.and_then(|name| named_if_any(table, name));
    let place = |name: &&str| table.header.iter().position(|h| same_name(name, h));
    named.or_else(|| STEP.names.iter().find_map(place))
}

/// The column of the losses.
pub(super) fn find_loss(table: &RawTable, options: &ReadOptions) -> Result<usize> {
    find_role(table, &LOSS, options.loss_col.as_deref())?.ok_or_else(|| missing(table, &LOSS))
}

/// The column of compute, or of what else the loss is a law of, in a table that holds targets instead of runs.
pub(super) fn find_variable(table: &RawTable, options: &ReadOptions) -> Result<usize> {
    let (role, name) = match options.over {
        Variable::Compute => (&COMPUTE, &options.compute_col),
        Variable::Params => (&PARAMS, &options.params_col),
        Variable::Tokens => (&TOKENS, &options.tokens_col),
    };
    find_role(table, role, name.as_deref())?.ok_or_else(|| missing(table, role))
}

/// The columns that together name a series: one, or several between commas.
pub(super) fn find_by(table: &RawTable, names: &str) -> Result<Vec<usize>> {
    find_list(table, names, Setting::By)
}

/// The columns that a setting names: one, or several between commas.
fn find_list(table: &RawTable, names: &str, setting: Setting) -> Result<Vec<usize>> {
    if table.header.iter().any(|column| column == names.trim()) {
        return Ok(vec![find_named(table, names, setting)?]);
    }
    names
        .split(',')
        .map(|name| find_named(table, name, setting))
        .collect()
}

/// The column of this name: exactly so, or in another case if only one column fits.
pub(super) fn named_if_any(table: &RawTable, name: &str) -> Option<usize> {
    let wanted = name.trim();
    if let Some(index) = table.header.iter().position(|column| column == wanted) {
        return Some(index);
    }
    let mut others = (0..table.header.len()).filter(|i| same_name(wanted, &table.header[*i]));
    others.next().filter(|_| others.next().is_none())
}

/// The column that a setting or a filter names: exactly so, or in another case if only one column
/// fits.
pub(super) fn find_named(table: &RawTable, name: &str, setting: Setting) -> Result<usize> {
    let wanted = name.trim();
    if let Some(index) = named_if_any(table, wanted) {
        return Ok(index);
    }
    let message = format!(
        "no column {}; the columns are {}",
        quoted(wanted),
        columns_of(table)
    );
    let error = Error::new(ErrorKind::Data, message)
        .at(&table.source, None, None)
        .about(setting);
    let Some(near) = closest(wanted, table.header.iter().map(String::as_str)) else {
        return Err(error.with_hint("use one of the names in the first line of the file"));
    };
    let error = error.with_hint(format!("did you mean {}?", quoted(near)));
    Err(match setting {
        // There the name is only a part of the value.
        Setting::Where | Setting::Exclude | Setting::Let => error,
        _ => error.with_remedy(setting.to(near)),
    })
}

fn same_name(a: &str, b: &str) -> bool {
    if a.len() == 1 {
        a == b
    } else {
        a.eq_ignore_ascii_case(b)
    }
}

fn columns_of(table: &RawTable) -> String {
    list(table.header.iter().map(String::as_str))
}

pub(super) fn claim_named<const N: usize>(
    table: &RawTable,
    named: &[(&ColumnRole, &Option<String>); N],
) -> Result<[Option<Column>; N]> {
    let mut claimed = [None; N];
    for (slot, (role, name)) in named.iter().enumerate() {
        let Some(name) = name else { continue };
        let index = find_named(table, name, role.setting)?;
        let column = Column {
            index,
            by_user: true,
        };
        if let Some(other) = claimed.iter().position(|earlier| *earlier == Some(column)) {
            let other = named[other].0;
            let message = format!(
                "column {} is named as both the {} and the {}",
                quoted(&table.header[index]),
                other.name,
                role.name
            );
            return Err(Error::new(ErrorKind::Usage, message)
                .at(&table.source, None, None)
                .with_hint("give each of them its own column")
                .with_remedy(other.setting)
                .with_remedy(role.setting));
        }
        claimed[slot] = Some(column);
    }
    Ok(claimed)
}

pub(super) fn find_by_name(
    table: &RawTable,
    role: &ColumnRole,
    taken: &[usize],
) -> Result<Option<Column>> {
    let candidates: Vec<usize> = (0..table.header.len())
        .filter(|i| !taken.contains(i) && role.is_called(&table.header[*i]))
        .collect();
    match candidates[..] {
        [] => Ok(None),
        [index] => Ok(Some(Column {
            index,
            by_user: false,
        })),
        _ => {
            let names = candidates.iter().map(|i| table.header[*i].as_str());
            let message = format!(
                "{} columns could be the {}: {}",
                candidates.len(),
                role.name,
                list(names.clone())
            );
            let error = Error::new(ErrorKind::Data, message)
                .at(&table.source, None, None)
                .with_hint("choose one of them");
            Err(names.fold(error, |e, name| e.with_remedy(role.setting.to(name))))
        }
    }
}

pub(super) fn missing(table: &RawTable, role: &ColumnRole) -> Error {
    let message = format!(
        "no column for the {}; the columns are {}",
        role.name,
        columns_of(table)
    );
    let error = Error::new(ErrorKind::Data, message).at(&table.source, None, None);
    let headerless = table.header.iter().all(|name| parse_quantity(name).is_ok());
    if headerless {
        error.with_hint("the first line holds numbers: put a line with the column names above it")
    } else if let Some(near) = likely_column(table, role) {
        error
            .with_hint(format!("if it is {}, name that column", quoted(near)))
            .with_remedy(role.setting.to(near))
    } else if role.name == COMPUTE.name {
        error
            .with_hint("name its column, or those of the parameters and the tokens, which give 6ND")
            .with_remedy(COMPUTE.setting)
            .with_remedy(PARAMS.setting)
            .with_remedy(TOKENS.setting)
    } else {
        error.with_hint("name its column").with_remedy(role.setting)
    }
}

/// A column whose name contains one of the usual names, or nearly is one.
fn likely_column<'a>(table: &'a RawTable, role: &ColumnRole) -> Option<&'a str> {
    let header = || table.header.iter().map(String::as_str);
    let long = || role.names.iter().filter(|name| name.len() > 2);
    long()
        .find_map(|name| closest(name, header()))
        .or_else(|| header().find(|column| long().any(|name| column.to_lowercase().contains(name))))
}
