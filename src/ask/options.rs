//! Converts a request's reading settings to the options of the reader.

use super::table::{CountChoice, LossUnits, Reshaping, RowChoice, RunTable};
use crate::error::{Error, ErrorKind, Result};
use crate::law::{Input, Law};
use crate::remedy::Setting;
use crate::tables::{
    CountOptions, Decimal, Filter, Let, LossConversion, Needs, Prefer, ReadOptions, Reduce,
    Reshape, Text, WantedColumn,
};

impl RowChoice {
    /// The conditions that a row must meet, parsed.
    fn filters(&self) -> Result<Vec<Filter>> {
        self.conditions.iter().map(|text| text.parse()).collect()
    }

    /// The conditions that leave a row out, parsed.
    fn excludes(&self) -> Result<Vec<Filter>> {
        self.exclude.iter().map(|text| text.parse()).collect()
    }
}

impl LossUnits {
    fn conversion(&self) -> Result<LossConversion> {
        let fitted = self.fitted.as_ref().unwrap_or(&self.column);
        let text = Text {
            bytes_per_token: self.bytes_per_token,
            words_per_token: self.words_per_token,
        };
        LossConversion::new(&self.column, fitted, text)
    }
}

impl Reshaping {
    fn parsed(&self) -> Result<Reshape> {
        let columns = self.columns.iter().map(|text| text.parse::<Let>());
        let prefer = self.prefer.as_deref().map(str::parse::<Prefer>);
        let reduce = self.reduce.as_deref().map(str::parse::<Reduce>);
        let decimal = self.decimal.as_deref().map(str::parse::<Decimal>);
        Ok(Reshape {
            decimal: decimal.transpose()?,
            wide: self.wide,
            step_col: self.step.clone(),
            join: self.join.0.iter().map(|t| t.as_bytes().to_vec()).collect(),
            join_on: self.join_on.clone(),
            prefer: prefer.transpose()?,
            lets: columns.collect::<Result<_>>()?,
            reduce: reduce.transpose()?,
        })
    }
}

impl RunTable {
    /// The conditions that hold a row out, parsed.
    fn holds(&self) -> Result<Vec<Filter>> {
        self.hold.iter().map(|text| text.parse()).collect()
    }

    /// The options of the reader; the law says which columns it needs.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a condition, a formula, a rule or a unit is invalid, or the
    /// variable of a law of one variable is set for a law of several.
    #[doc(hidden)]
    pub fn options(&self, law: Option<&dyn Law>) -> Result<ReadOptions> {
        let several = law.filter(|law| !self.over.is_compute() && law.inputs() != [Input::Compute]);
        if let Some(law) = several {
            let what = match law.inputs().len() {
                1 => "is no law of compute",
                _ => "has more than one variable",
            };
            let message = format!(
                "law '{}' {what}, and cannot be a law of {} alone",
                law.name(),
                self.over.noun()
            );
            return Err(Error::new(ErrorKind::Usage, message)
                .with_hint("choose a law of one variable, or a law of compute")
                .with_remedy(Setting::Law)
                .with_remedy(Setting::Over.to("compute")));
        }
        let reads = |input| law.is_some_and(|law| law.inputs().contains(&input));
        let needs = Needs {
            compute: law.is_none() || reads(Input::Compute),
            params: reads(Input::Params),
            tokens: reads(Input::Tokens),
            unique_tokens: reads(Input::UniqueTokens),
            sigma: self.columns.sigma.is_some(),
        };
        let columns = law.map_or(&[][..], |law| law.columns());
        Ok(ReadOptions {
            compute_col: self.columns.compute.clone(),
            params_col: self.columns.params.clone(),
            tokens_col: self.columns.tokens.clone(),
            unique_col: self.columns.unique_tokens.clone(),
            budget_col: self.columns.budget.clone(),
            budgets: (needs.params && needs.tokens) || self.columns.budget.is_some(),
            loss_col: self.columns.loss.clone(),
            sigma_col: self.columns.sigma.clone(),
            group_col: self.columns.group.clone(),
            pair_col: None,
            pairs: false,
            filters: self.rows.filters()?,
            excludes: self.rows.excludes()?,
            fit_below: self.rows.fit_below,
            holds: self.holds()?,
            needs,
            columns: columns.iter().map(WantedColumn::required).collect(),
            over: self.over,
            negative_losses: false,
            curve: self.curve,
            lr_decay_ahead: self.lr_decay_ahead,
            loss: self.unit.as_ref().map(LossUnits::conversion).transpose()?,
            by: None,
            reshape: self.reshape.parsed()?,
        })
    }
}

impl CountChoice {
    /// The options of the reader.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when a condition is invalid.
    #[doc(hidden)]
    pub fn options(&self) -> Result<CountOptions> {
        let columns = &self.columns;
        let reshape = self.reshape.parsed()?;
        let plain = Reshape {
            wide: false,
            step_col: None,
            reduce: None,
            ..reshape.clone()
        };
        if plain != reshape {
            let message = "a table of pass counts has no steps and no curves to reduce";
            return Err(Error::new(ErrorKind::Usage, message)
                .with_hint("leave out what is about steps")
                .with_remedy(Setting::StepCol)
                .with_remedy(Setting::Reduce));
        }
        Ok(CountOptions {
            compute_col: columns.compute.clone(),
            params_col: columns.params.clone(),
            tokens_col: columns.tokens.clone(),
            model_col: columns.model.clone(),
            problem_col: columns.problem.clone(),
            samples_col: columns.samples.clone(),
            passes_col: columns.passes.clone(),
            pass_rate_col: columns.pass_rate.clone(),
            stderr_col: columns.stderr.clone(),
            chance_col: columns.chance.clone(),
            task_loss_col: columns.task_loss.clone(),
            filters: self.rows.filters()?,
            excludes: self.rows.excludes()?,
            fit_below: self.rows.fit_below,
            by: None,
            reshape,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::{Chinchilla, Parameter, Saturating};
    use crate::runs::Variable;
    use crate::{Dataset, Fit};

    /// A law L(N, S, lr) without compute and tokens.
    #[derive(Debug)]
    struct Columns(Vec<String>);

    impl Law for Columns {
        fn name(&self) -> &str {
            "columns"
        }

        fn formula(&self) -> &str {
            "L = S + lr/N"
        }

        fn inputs(&self) -> &[Input] {
            &[Input::Params, Input::Column(0), Input::Column(1)]
        }

        fn columns(&self) -> &[String] {
            &self.0
        }

        fn parameters(&self) -> &[Parameter] {
            &[]
        }

        fn predict(&self, x: &[f64], _: &[f64]) -> f64 {
            x[1] + x[2] / x[0]
        }
    }

    fn options(table: &RunTable, law: Option<&dyn Law>) -> ReadOptions {
        let options = table.options(law);
        options.unwrap_or_else(|error| unreachable!("{error}"))
    }

    #[test]
    fn a_law_asks_for_its_own_columns_and_for_no_others() {
        let law = Columns(vec!["S".to_owned(), "lr".to_owned()]);
        let table = RunTable::default().hold(["split = test"]);
        let read = options(&table, Some(&law));
        let wanted = ["S", "lr"].map(WantedColumn::required);
        assert_eq!(read.columns, wanted);
        let needs = Needs {
            params: true,
            ..Needs::COLUMNS
        };
        assert_eq!((read.needs, read.budgets), (needs, false));
        let csv = b"params,S,lr,loss,split\n1e9,0,1,3.1,train\n1e9,4,-1,2.9,test\n";
        let data = Dataset::from_csv_bytes(csv, "runs.csv", &read);
        let data = data.unwrap_or_else(|error| unreachable!("{error}"));
        assert_eq!(data.columns().collect::<Vec<_>>(), ["S", "lr"]);
        assert_eq!((data.fit_runs().count(), data.actuals().count()), (1, 1));
        let over = table.over(Variable::Params).options(Some(&law));
        assert!(over.is_err_and(|e| e.message().contains("has more than one variable")));
    }

    #[test]
    fn the_built_in_laws_ask_for_what_they_always_did() {
        let table = RunTable::default();
        assert_eq!(options(&table, None).needs, Needs::CURVE);
        assert_eq!(options(&table, Some(&Saturating)).needs, Needs::CURVE);
        let surface = options(&table, Some(&Chinchilla));
        assert_eq!((surface.needs, surface.budgets), (Needs::SURFACE, true));
        assert!(surface.columns.is_empty());
    }

    #[test]
    fn a_law_of_compute_is_not_fitted_to_runs_without_it() {
        let data = Dataset::of_columns(&[3.0, 2.5, 2.2, 2.1, 2.05]);
        let fitted = data.and_then(|data| Fit::new(Saturating).run(&data));
        assert!(fitted.is_err());
    }
}
