//! Converts the library's settings to command-line flags.

use scalewise::Remedy;
use scalewise::internal::{excerpt, one_line, shell_quoted};

/// The flag of a setting, with its value if it has one.
pub fn flag(remedy: &Remedy) -> String {
    let flag = flag_name(remedy);
    match remedy.value() {
        Some(value) => format!("{flag} {}", typed(&shown(value))),
        None => flag,
    }
}

/// The flag of a setting without a value.
pub fn flag_name(remedy: &Remedy) -> String {
    format!("--{}", name(remedy.setting()))
}

/// A value in full, since a column is found only by its full name; very long text is shortened.
fn shown(value: &str) -> String {
    const LONGEST: usize = 200;
    match value.chars().nth(LONGEST) {
        None => one_line(value),
        Some(_) => excerpt(value),
    }
}

/// A value quoted for a shell, with the quotes that read best.
fn typed(value: &str) -> String {
    let simple = !value.contains(['"', '$', '`', '\\', '!']);
    match value.contains('\'') && simple {
        true => format!("\"{value}\""),
        false => shell_quoted(value),
    }
}

fn name(setting: &str) -> String {
    match setting {
        "bounds" => "bound".to_owned(),
        "levels" => "level".to_owned(),
        "methods" => "method".to_owned(),
        other => other.replace('_', "-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::CommandFactory;

    #[test]
    fn every_setting_has_a_flag() {
        let command = Cli::command();
        let flags: Vec<&str> = command
            .get_subcommands()
            .flat_map(clap::Command::get_arguments)
            .filter_map(clap::Arg::get_long)
            .collect();
        for setting in Remedy::SETTINGS {
            let name = name(setting);
            assert!(flags.contains(&&*name), "--{name} is no flag of any verb");
        }
    }
}
