//! Which column plays which role: the one that the user names, or one with a usual name.

use super::candidates::{ambiguous, candidates, missing};
use super::count_roles::MODEL;
use super::log::RawTable;
pub(super) use super::named::{Column, find_named, named_if_any};
use super::numeral::has_thousands;
use super::options::{CountOptions, ReadOptions};
use super::roles::{
    BUDGET, COMPUTE, ColumnRole, GROUP, LOSS, PAIR, PARAMS, SIGMA, STEP, TOKENS, UNIQUE, same_name,
};
use super::wanted_columns::{self, Found};
use crate::remedy::Setting;
use crate::runs::Variable;
use crate::text::{excerpt, quoted};
use crate::{Error, ErrorKind, Result};

/// The columns of a table of runs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns {
    /// Absent if compute is taken to be 6·N·D.
    pub(super) compute: Option<Column>,
    pub(super) params: Option<Column>,
    pub(super) tokens: Option<Column>,
    pub(super) unique: Option<Column>,
    /// Absent if the caller does not ask for budgets.
    pub(super) budget: Option<Column>,
    pub(super) loss: Column,
    pub(super) sigma: Option<Column>,
    /// Absent if the caller does not ask for pairs.
    pub(super) pair: Option<Column>,
    /// The columns that together name the run of a row.
    pub(super) group: Vec<usize>,
    group_by_user: bool,
    /// The columns that name the series of a row; empty if the table is one series.
    pub(super) by: Vec<usize>,
    /// The other variables of the law.
    pub(super) wanted: Vec<Found>,
    /// The column of the steps, if there is one.
    pub(super) step: Option<usize>,
}

/// The role of a variable of the law other than compute, parameters and tokens.
pub(super) const VARIABLE: &str = "variable";

impl Columns {
    /// Finds the column of every role, or an error about a needed one that is missing.
    pub(super) fn find(table: &RawTable, options: &ReadOptions) -> Result<Columns> {
        let named = [
            (&COMPUTE, &options.compute_col),
            (&PARAMS, &options.params_col),
            (&TOKENS, &options.tokens_col),
            (&LOSS, &options.loss_col),
            (&SIGMA, &options.sigma_col),
            (&UNIQUE, &options.unique_col),
            (&BUDGET, &options.budget_col),
            (&PAIR, &options.pair_col),
        ];
        let claimed = claim_named(table, &named)?;
        let wanted = wanted_columns::find(table, &options.columns)?;
        let taken: Vec<usize> = claimed
            .iter()
            .flatten()
            .map(|column| column.index)
            .collect();
        // A variable of the law may also be a size, but its name alone gives it no other role.
        let own = taken.iter().copied();
        let own: Vec<usize> = own.chain(wanted.iter().map(|w| w.column.index)).collect();
        let find = |slot: usize| match claimed[slot] {
            Some(column) => Ok(Some(column)),
            None if slot < 3 => find_if_clear(table, named[slot].0, &taken),
            None => find_if_clear(table, named[slot].0, &own),
        };
        let missing = |role| Err(absent(table, role, &taken));
        let [compute, params, tokens] = [find(0)?, find(1)?, find(2)?];
        let [loss, sigma, unique] = [find(3)?, find(4)?, find(5)?];
        let loss = match loss {
            Some(loss) => Some(loss),
            None => find_if_clear(table, &LOSS, &taken)?,
        };
        if let Some(loss) = loss {
            wanted_columns::refuse_loss(table, &wanted, loss.index)?;
        }
        let budget = match options.budgets {
            true => find(6)?,
            false => None,
        };
        let pair = match options.pairs {
            true => find(7)?,
            false => None,
        };
        // The column that names runs may also be a size; it then has both roles.
        let group = match &options.group_col {
            Some(names) => find_list(table, names, Setting::GroupCol)?,
            None => group_if_any(table, options, &taken)?.into_iter().collect(),
        };
        let group_by_user = options.group_col.is_some();

        let needs = options.needs;
        let derivable = params.is_some() && tokens.is_some();
        let over = options.over;
        if (needs.params || over == Variable::Params) && params.is_none() {
            return missing(&PARAMS);
        }
        if (needs.tokens || over == Variable::Tokens) && tokens.is_none() {
            return missing(&TOKENS);
        }
        if needs.unique_tokens && unique.is_none() {
            return missing(&UNIQUE);
        }
        if over == Variable::Compute && compute.is_none() && !derivable {
            if needs.compute {
                return missing(&COMPUTE);
            }
            if let Some(why) = options.compute_is_asked_for() {
                find_by_name(table, &COMPUTE, &taken)?;
                return Err(wanted_columns::without_compute(table, why));
            }
        }
        if needs.sigma && sigma.is_none() {
            return missing(&SIGMA);
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
            budget,
            loss: loss.ok_or_else(|| absent(table, &LOSS, &own))?,
            sigma,
            pair,
            group,
            group_by_user,
            by,
            wanted,
            step: step_if_any(table, options).ok().flatten(),
        })
    }

    /// The same columns, with whether commas separate thousands as all rows show it.
    pub(super) fn looked_at(&self, table: &RawTable) -> Columns {
        let mut columns = self.clone();
        let sizes = [
            &mut columns.compute,
            &mut columns.params,
            &mut columns.tokens,
            &mut columns.unique,
            &mut columns.budget,
        ];
        let wanted = columns.wanted.iter_mut().map(|wanted| &mut wanted.column);
        for column in sizes.into_iter().flatten().chain(wanted) {
            column.numeral.thousands = has_thousands(table, column.index, Some(self.loss.index));
        }
        columns
    }

    /// How the numbers of each column are written, in words.
    pub(super) fn numerals(&self, table: &RawTable) -> Vec<String> {
        let all = [
            self.compute,
            self.params,
            self.tokens,
            self.unique,
            self.budget,
        ];
        let mut said = Vec::new();
        if let Some(budget) = self.budget.filter(|budget| !budget.by_user) {
            said.push(format!(
                "budgets in '{}'",
                excerpt(&table.header[budget.index])
            ));
        }
        let wanted = self.wanted.iter().map(|wanted| wanted.column);
        for column in all.into_iter().flatten().chain(wanted) {
            let name = excerpt(&table.header[column.index]);
            if let Some(unit) = column.numeral.unit {
                said.push(format!("'{name}' in {}", unit.called()));
            }
            if column.numeral.thousands {
                said.push(format!(
                    "commas of '{name}' taken as separators of thousands"
                ));
            }
        }
        said
    }

    /// The column of the variable; absent if compute is taken to be 6·N·D.
    pub(super) fn of(&self, variable: Variable) -> Option<Column> {
        match variable {
            Variable::Compute => self.compute,
            Variable::Params => self.params,
            Variable::Tokens => self.tokens,
        }
    }

    /// The columns that decide what a row is.
    pub(super) fn used(&self) -> impl Iterator<Item = usize> {
        let sizes = [self.compute, self.params, self.tokens, self.unique];
        let others = [self.budget, Some(self.loss), self.sigma, self.pair];
        let roles = sizes.into_iter().chain(others).flatten();
        let wanted = self.wanted.iter().map(|wanted| wanted.column.index);
        let names = self.group.iter().chain(&self.by).copied();
        let all = roles.map(|column| column.index).chain(wanted).chain(names);
        all.chain(self.step)
    }

    /// The name of the role that the column at `index` plays.
    pub(super) fn role_at(&self, index: usize) -> Option<(&'static str, Column)> {
        let wanted = self.wanted.iter();
        let wanted = wanted.map(|wanted| (VARIABLE, Some(wanted.column)));
        let known = [
            (COMPUTE.name, self.compute),
            (PARAMS.name, self.params),
            (TOKENS.name, self.tokens),
            (UNIQUE.name, self.unique),
            (BUDGET.name, self.budget),
            (LOSS.name, Some(self.loss)),
            (SIGMA.name, self.sigma),
            (PAIR.name, self.pair),
        ];
        let all = wanted.chain(known);
        all.chain(self.group.iter().map(|&index| {
            let by_user = self.group_by_user;
            (GROUP.name, Some(Column::plain(index, by_user)))
        }))
        .find_map(|(name, column)| column.filter(|c| c.index == index).map(|c| (name, c)))
    }
}

/// The column of a role: the one of this name, or the one that has a usual name.
pub(super) fn find_role(
    table: &RawTable,
    role: &ColumnRole,
    name: Option<&str>,
) -> Result<Option<usize>> {
    match name {
        Some(name) => find_named(table, name, role.setting).map(Some),
        None => Ok(find_by_name(table, role, &[])?.map(|c| c.index)),
    }
}

/// The column with a usual name for which runs belong together.
fn group_if_any(table: &RawTable, options: &ReadOptions, taken: &[usize]) -> Result<Option<usize>> {
    // Grouping changes the fit, so a model's name counts only if curves or joins need it.
    if options.reshape.reduce.is_some() || !options.reshape.join.is_empty() {
        return Ok(find_by_name(table, &GROUP, taken)?.map(|column| column.index));
    }
    let first = |k: &usize| GROUP.is_first(&table.header[*k]);
    let all = (0..table.header.len()).filter(|k| !taken.contains(k) && first(k));
    Ok(all.min_by_key(|k| GROUP.place(&table.header[*k])))
}

/// The column of the steps.
pub(super) fn find_step(table: &RawTable, options: &ReadOptions) -> Result<usize> {
    step_if_any(table, options)?.ok_or_else(|| absent(table, &STEP, &[]))
}

/// The column of the steps, where there is one.
pub(super) fn step_if_any(table: &RawTable, options: &ReadOptions) -> Result<Option<usize>> {
    match options.reshape.step_col.as_deref() {
        Some(name) => find_named(table, name, STEP.setting).map(Some),
        None => Ok(find_if_clear(table, &STEP, &[])?.map(|column| column.index)),
    }
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

/// The column of the models in a table of pass counts.
pub(super) fn find_model(table: &RawTable, options: &CountOptions) -> Result<usize> {
    find_role(table, &MODEL, options.model_col.as_deref())?.ok_or_else(|| missing(table, &MODEL))
}

/// The columns that may name the runs of a joined table, the likeliest first.
pub(super) fn run_names(table: &RawTable) -> Vec<usize> {
    let names = (0..table.header.len()).filter(|k| GROUP.is_called(&table.header[*k]));
    let mut names: Vec<usize> = names.collect();
    names.sort_by_key(|k| GROUP.place(&table.header[*k]));
    names
}

/// The column of the steps of a joined table, the likeliest if there are several.
pub(super) fn first_step(table: &RawTable, name: Option<&str>) -> Option<usize> {
    let named = name.and_then(|name| named_if_any(table, name));
    let place = |name: &&str| table.header.iter().position(|h| same_name(name, h));
    named.or_else(|| STEP.names.iter().find_map(place))
}

/// The column of the losses.
pub(super) fn find_loss(table: &RawTable, options: &ReadOptions) -> Result<usize> {
    find_role(table, &LOSS, options.loss_col.as_deref())?.ok_or_else(|| missing(table, &LOSS))
}

/// The column of compute, or of the law's variable, in a table of targets.
pub(super) fn find_variable(table: &RawTable, options: &ReadOptions) -> Result<Column> {
    let (role, name) = match options.over {
        Variable::Compute => (&COMPUTE, &options.compute_col),
        Variable::Params => (&PARAMS, &options.params_col),
        Variable::Tokens => (&TOKENS, &options.tokens_col),
    };
    let by_user = name.is_some();
    let index = find_role(table, role, name.as_deref())?.ok_or_else(|| missing(table, role))?;
    Ok(Column::new(table, role, index, by_user))
}

/// The columns that together name a series: one, or several separated by commas.
pub(super) fn find_by(table: &RawTable, names: &str) -> Result<Vec<usize>> {
    find_list(table, names, Setting::By)
}

/// The columns that a setting names: one, or several separated by commas.
fn find_list(table: &RawTable, names: &str, setting: Setting) -> Result<Vec<usize>> {
    if table.header.iter().any(|column| column == names.trim()) {
        return Ok(vec![find_named(table, names, setting)?]);
    }
    names
        .split(',')
        .map(|name| find_named(table, name, setting))
        .collect()
}

pub(super) fn claim_named<const N: usize>(
    table: &RawTable,
    named: &[(&ColumnRole, &Option<String>); N],
) -> Result<[Option<Column>; N]> {
    let mut claimed = [None; N];
    for (slot, (role, name)) in named.iter().enumerate() {
        let Some(name) = name else { continue };
        let index = find_named(table, name, role.setting)?;
        let same = |earlier: &Option<Column>| earlier.is_some_and(|earlier| earlier.index == index);
        if let Some(other) = claimed.iter().position(same) {
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
        claimed[slot] = Some(Column::new(table, role, index, true));
    }
    Ok(claimed)
}

/// As `find_by_name`, but several candidates count as none unless one has one of the role's first
/// names.
fn find_if_clear(table: &RawTable, role: &ColumnRole, taken: &[usize]) -> Result<Option<Column>> {
    let found = candidates(table, role, taken);
    match found.iter().any(|k| role.is_first(&table.header[*k])) {
        false if found.len() > 1 => Ok(None),
        _ => find_by_name(table, role, taken),
    }
}

/// The error for a missing column that is needed.
fn absent(table: &RawTable, role: &ColumnRole, taken: &[usize]) -> Error {
    match find_by_name(table, role, taken) {
        Err(error) => error,
        Ok(_) => missing(table, role),
    }
}

pub(super) fn find_by_name(
    table: &RawTable,
    role: &ColumnRole,
    taken: &[usize],
) -> Result<Option<Column>> {
    let candidates = candidates(table, role, taken);
    match candidates[..] {
        [] => Ok(None),
        [index] => Ok(Some(Column::new(table, role, index, false))),
        _ => Err(ambiguous(table, role, &candidates)),
    }
}
