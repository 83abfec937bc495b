//! The tables of the benchmark.

use scalewise::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Numbers of several columns.
pub type Runs = Vec<Vec<f64>>;

/// All that is read.
pub struct Bench {
    pub tables: BTreeMap<String, Table>,
    pub entries: Vec<Entry>,
    known: BTreeMap<(String, String), Known>,
}

/// One table of runs.
pub struct Table {
    pub header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A law of a task, with its outputs.
pub struct Entry {
    pub task: String,
    pub law: String,
    pub outputs: Vec<Output>,
}

/// A formula of one outcome, and the bounds of its parameters.
pub struct Output {
    pub name: String,
    pub formula: String,
    pub bounds: Vec<(String, f64, f64)>,
}

/// The best known fit of a law, and what the published recipe finds.
pub struct Known {
    pub objective: f64,
    pub test_r2: f64,
    /// The ratio of the published recipe's sum of squares to the best known one.
    pub recipe: f64,
    pub recipe_r2: f64,
}

/// Some rows of a table.
pub struct Rows<'a> {
    table: &'a Table,
    rows: Vec<&'a Vec<String>>,
}

impl Table {
    fn read(name: &str) -> Result<Table> {
        Table::read_beside(&format!("scalebench/{name}"))
    }

    /// A table of the public data.
    pub fn read_beside(name: &str) -> Result<Table> {
        let root = std::env::var("SCALEWISE_CORPUS").unwrap_or_else(|_| "../shared".to_owned());
        let path = PathBuf::from(root).join("data").join(name);
        let fault = |error: csv::Error| {
            Error::new(ErrorKind::Io, error.to_string()).at(&path.to_string_lossy(), None, None)
        };
        let mut reader = csv::Reader::from_path(&path).map_err(fault)?;
        let header = reader
            .headers()
            .map_err(fault)?
            .iter()
            .map(str::to_owned)
            .collect();
        let rows = reader
            .records()
            .map(|row| Ok(row.map_err(fault)?.iter().map(str::to_owned).collect()));
        Ok(Table {
            header,
            rows: rows.collect::<Result<_>>()?,
        })
    }

    fn place(&self, column: &str) -> Result<usize> {
        self.header
            .iter()
            .position(|name| name == column)
            .ok_or_else(|| Error::new(ErrorKind::Data, format!("there is no column '{column}'")))
    }

    /// The rows as maps from names to cells.
    fn records(&self) -> impl Iterator<Item = BTreeMap<&str, &str>> {
        self.rows.iter().map(|row| {
            let cells = self.header.iter().zip(row);
            cells
                .map(|(name, cell)| (name.as_str(), cell.as_str()))
                .collect()
        })
    }

    /// Every row.
    pub fn all(&self) -> Rows<'_> {
        Rows {
            table: self,
            rows: self.rows.iter().collect(),
        }
    }

    /// The groups that are fitted separately; one without a name if there is no such column.
    pub fn groups(&self) -> Vec<String> {
        let Ok(place) = self.place("group") else {
            return vec![String::new()];
        };
        let mut all: Vec<String> = self.rows.iter().map(|row| row[place].clone()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// The rows of a split and a group.
    pub fn rows(&self, split: &str, group: &str) -> Rows<'_> {
        let (split_at, group_at) = (self.place("split").unwrap_or(0), self.place("group"));
        let is_of = |row: &&Vec<String>| {
            row[split_at] == split && group_at.as_ref().map_or(true, |k| row[*k] == group)
        };
        Rows {
            table: self,
            rows: self.rows.iter().filter(is_of).collect(),
        }
    }
}

impl Rows<'_> {
    /// The numbers of a column.
    pub fn column(&self, name: &str) -> Result<Vec<f64>> {
        let place = self.table.place(name)?;
        self.rows.iter().map(|row| number(&row[place])).collect()
    }
}

impl Output {
    /// The law as a formula: names that are not parameters are columns.
    pub fn text(&self, header: &[String]) -> String {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let words: Vec<&str> = self.formula.split(|c| !is_word(c)).collect();
        let is_parameter = |name: &String| self.bounds.iter().any(|b| b.0 == *name);
        let columns = header
            .iter()
            .filter(|name| words.contains(&name.as_str()) && !is_parameter(name));
        let columns: Vec<&str> = columns.map(String::as_str).collect();
        format!("{}({}) = {}", self.name, columns.join(", "), self.formula)
    }
}

impl Entry {
    /// Whether its outputs share no parameter, so that each is fitted separately.
    pub fn is_separable(&self) -> bool {
        let all = self
            .outputs
            .iter()
            .flat_map(|o| o.bounds.iter().map(|b| &b.0));
        let mut all: Vec<&String> = all.collect();
        let count = all.len();
        all.sort();
        all.dedup();
        all.len() == count
    }
}

impl Bench {
    /// The mean test R² of the best known fits of the laws of a task.
    pub fn mean_r2(&self, task: &str) -> f64 {
        let of_task = self.entries.iter().filter(|entry| entry.task == task);
        let all: Vec<f64> = of_task.map(|entry| self.known(entry).test_r2).collect();
        all.iter().sum::<f64>() / all.len() as f64
    }

    /// The best known fit of a law.
    pub fn known(&self, entry: &Entry) -> &Known {
        &self.known[&(entry.task.clone(), entry.law.clone())]
    }

    pub fn read() -> Result<Bench> {
        let laws = Table::read("laws.csv")?;
        let outputs = Table::read("domain_outputs.csv")?;
        let mut tables = BTreeMap::new();
        let mut entries = Vec::new();
        for record in laws.records() {
            let task = record["task"].to_owned();
            if !tables.contains_key(&task) {
                tables.insert(task.clone(), Table::read(&format!("{task}.csv"))?);
            }
            let names = record["parameters"].split_whitespace();
            let ends = record["lower"]
                .split_whitespace()
                .zip(record["upper"].split_whitespace());
            let bounds: Vec<(String, f64, f64)> = names
                .zip(ends)
                .map(|(name, (low, high))| Ok((name.to_owned(), number(low)?, number(high)?)))
                .collect::<Result<_>>()?;
            let own = if task == "domain" {
                let of_law = outputs
                    .records()
                    .filter(|output| output["law"] == record["law"]);
                of_law
                    .map(|output| Output {
                        name: output["output"].to_owned(),
                        formula: output["formula"].to_owned(),
                        bounds: bounds
                            .iter()
                            .filter(|b| output["parameters"].split_whitespace().any(|p| p == b.0))
                            .cloned()
                            .collect(),
                    })
                    .collect()
            } else {
                vec![Output {
                    name: "loss".to_owned(),
                    formula: record["formula"].to_owned(),
                    bounds,
                }]
            };
            entries.push(Entry {
                task,
                law: record["law"].to_owned(),
                outputs: own,
            });
        }
        let recipes = Table::read("source_fitter.csv")?;
        let reference = Table::read("reference.csv")?;
        let known = reference.records().map(|record| {
            let of = |other: &BTreeMap<&str, &str>| {
                other["task"] == record["task"] && other["law"] == record["law"]
            };
            let recipe = recipes.records().find(of);
            let cell = |name: &str| recipe.as_ref().map_or("", |recipe| recipe[name]).to_owned();
            Ok((
                (record["task"].to_owned(), record["law"].to_owned()),
                Known {
                    objective: number(record["objective"])?,
                    test_r2: number(record["test_r2"])?,
                    recipe: number(&cell("ratio_to_reference"))?,
                    recipe_r2: number(&cell("test_r2")).unwrap_or(-1.0),
                },
            ))
        });
        Ok(Bench {
            tables,
            entries,
            known: known.collect::<Result<_>>()?,
        })
    }
}

fn number(text: &str) -> Result<f64> {
    text.parse()
        .map_err(|_| Error::new(ErrorKind::Data, format!("'{text}' is no number")))
}
