//! Checks the files of a command: an output must not be an input, nor be written twice.

use super::config::{self, is_path};
use super::input::usage;
use super::picture::check_name;
use super::save::refuse_kept;
use clap::{Arg, ArgMatches, Command};
use scalewise::Result;
use scalewise::internal::{entry_paths, gathered_files};
use std::path::{Path, PathBuf};

/// Flags whose value is a file to write. All other paths are read.
const WRITTEN: [&str; 4] = ["output", PAGE, "plot", "plot_problems"];
/// An output that is not a picture.
const PAGE: &str = "page";
/// The argument that names a folder of entries, of which other files are not read.
const ENTRIES: &str = "folder";
/// The flag of the result itself, which goes to standard output by default.
const OUTPUT: &str = "output";
/// Most symbolic links to follow; more must form a circle.
const MOST_LINKS: usize = 40;

/// A file and its name in messages.
struct Named {
    name: String,
    path: PathBuf,
    place: Place,
}

/// Identifies a file, whatever its name.
#[derive(Debug, PartialEq)]
struct Place {
    /// Its whole path without links, even if there is no such file yet.
    path: PathBuf,
    /// Device and inode, if the file exists and the system has such numbers.
    id: Option<(u64, u64)>,
}

impl Place {
    fn is(&self, other: &Place) -> bool {
        self.path == other.path || (self.id.is_some() && self.id == other.id)
    }
}

/// Checks the files of a command before anything is read or written.
///
/// # Errors
/// When an output is also an input or another output, or when one of several outputs cannot be
/// written: then nothing is written.
pub fn check(command: &Command, matches: &ArgMatches) -> Result<()> {
    let (command, matches) = innermost(command, matches);
    let (mut read, mut listed, mut written) = (Vec::new(), Vec::new(), Vec::new());
    for arg in command.get_arguments().filter(|arg| is_path(arg)) {
        let id = arg.get_id().as_str();
        let paths = matches.try_get_many::<PathBuf>(id).ok().flatten();
        for path in paths.into_iter().flatten() {
            if WRITTEN.contains(&id) {
                written.push((id, flag(arg), path.as_path()));
            } else if id == ENTRIES {
                listed.extend(entries(path));
            } else {
                read.extend(inputs(path));
            }
        }
    }
    read.extend(named(config::FILE.to_owned(), Path::new(config::FILE)));
    let several = written.len() > 1;
    for (id, _, path) in &written {
        if ![OUTPUT, PAGE].contains(id) {
            check_name(path)?;
        }
        if several {
            refuse_kept(path)?;
        }
    }
    let is_given = |(id, _, path): &(&str, String, &Path)| *id == OUTPUT && !is_standard(path);
    let printed = (!written.iter().any(is_given)).then(standard_output);
    let outputs = written
        .into_iter()
        .filter(|(_, _, path)| !is_standard(path));
    let mut outputs: Vec<Named> = outputs
        .filter_map(|(_, flag, path)| named(flag, path))
        .collect();
    apart(&listed, &outputs)?;
    // A folder of entries may hold the file that the result is printed to: the shell has emptied it
    // already, and the ledger names it and passes over it.
    outputs.extend(printed.flatten());
    apart(&read, &outputs)
}

/// The verb, or the verb below it, with its arguments.
pub fn innermost<'a>(
    mut command: &'a Command,
    mut matches: &'a ArgMatches,
) -> (&'a Command, &'a ArgMatches) {
    while let Some((name, inner)) = matches.subcommand() {
        let Some(found) = command.find_subcommand(name) else {
            break;
        };
        (command, matches) = (found, inner);
    }
    (command, matches)
}

/// Refuses outputs that are also an input or another output.
fn apart(read: &[Named], written: &[Named]) -> Result<()> {
    for (k, output) in written.iter().enumerate() {
        if let Some(input) = read.iter().find(|input| input.place.is(&output.place)) {
            let message = format!(
                "'{}' is an input of this command and would be lost",
                input.path.display()
            );
            return Err(usage(message).with_hint("name another file"));
        }
        if let Some(other) = written[..k].iter().find(|o| o.place.is(&output.place)) {
            let message = format!(
                "{} and {} name one file, '{}', and one of the two results would be lost",
                other.name,
                output.name,
                other.path.display()
            );
            return Err(usage(message).with_hint("name two files"));
        }
    }
    Ok(())
}

/// How a flag is written.
fn flag(arg: &Arg) -> String {
    match (arg.get_short(), arg.get_long()) {
        (Some(short), _) => format!("-{short}"),
        (None, Some(long)) => format!("--{long}"),
        (None, None) => arg.get_id().to_string(),
    }
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The files read under a name: a file, every file of a folder or pattern, or the file behind
/// standard input.
fn inputs(path: &Path) -> Vec<Named> {
    let inside = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = inside.map(|entry| entry.path()).collect();
    match is_standard(path) {
        true => files.push(PathBuf::from("/dev/stdin")),
        // A file that cannot be read has its own error later.
        false => files.extend(gathered_files(&[path.to_owned()]).unwrap_or_default()),
    }
    let file = |path: PathBuf| named(path.display().to_string(), &path);
    files.into_iter().filter_map(file).collect()
}

/// The files of a folder that are read if they are entries or scores.
fn entries(folder: &Path) -> Vec<Named> {
    let files = entry_paths(folder).unwrap_or_default().into_iter();
    let file = |path: PathBuf| named(path.display().to_string(), &path);
    files.filter_map(file).collect()
}

/// The file behind standard output, if it is one.
fn standard_output() -> Option<Named> {
    let path = Path::new("/dev/stdout");
    let is_file = path.metadata().is_ok_and(|about| about.is_file());
    named("standard output".to_owned(), path).filter(|_| is_file)
}

/// A file and its identity; `None` for a pipe, a terminal or another device, which cannot be
/// overwritten.
fn named(name: String, path: &Path) -> Option<Named> {
    let place = place(path)?;
    let path = path.to_owned();
    Some(Named { name, path, place })
}

fn place(path: &Path) -> Option<Place> {
    match path.metadata() {
        Ok(about) if about.is_file() => Some(Place {
            path: path.canonicalize().unwrap_or_else(|_| path.to_owned()),
            id: id(&about),
        }),
        Ok(_) => None,
        Err(_) => Some(Place {
            path: to_come(path),
            id: None,
        }),
    }
}

/// The path at which a new file will be created, after following dangling links.
fn to_come(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        match path.read_link() {
            Ok(target) => path = folder.join(target),
            Err(_) => {
                return path
                    .file_name()
                    .map_or_else(|| path.clone(), |name| folder.join(name));
            }
        }
    }
    path
}

#[cfg(unix)]
fn id(about: &std::fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn id(_: &std::fs::Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::super::args::Cli;
    use super::*;
    use clap::CommandFactory;

    /// Paths that are read, by the name of the flag or argument.
    const READ: [&str; 10] = [
        "input",
        "entry",
        "data",
        "folder",
        "join",
        "law_from",
        "targets",
        "candidates",
        "prior",
        "rates",
    ];

    /// Every flag with a path must be in one of the two lists.
    #[test]
    fn every_path_of_every_verb_is_known_as_read_or_written() {
        fn walk(command: &Command, found: &mut Vec<String>) {
            let paths = command.get_arguments().filter(|arg| is_path(arg));
            found.extend(paths.map(|arg| arg.get_id().to_string()));
            command.get_subcommands().for_each(|c| walk(c, found));
        }
        let mut command = Cli::command();
        command.build();
        let mut found = Vec::new();
        walk(&command, &mut found);
        for id in &found {
            assert!(
                READ.contains(&id.as_str()) || WRITTEN.contains(&id.as_str()),
                "{id}"
            );
        }
        for id in READ.iter().chain(&WRITTEN) {
            assert!(found.iter().any(|f| f == id), "{id} is no flag any more");
        }
    }

    #[cfg(unix)]
    #[test]
    fn one_file_is_found_under_all_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "").unwrap();
        std::fs::create_dir(at("sub")).unwrap();
        std::fs::hard_link(at("file"), at("hard")).unwrap();
        std::os::unix::fs::symlink("file", at("soft")).unwrap();
        std::os::unix::fs::symlink("new", at("dangling")).unwrap();
        std::os::unix::fs::symlink("circle", at("circle")).unwrap();
        let same = |a: &str, b: &str| place(&at(a)).unwrap().is(&place(&at(b)).unwrap());
        for (a, b) in [
            ("file", "sub/../file"),
            ("file", "hard"),
            ("file", "soft"),
            ("new", "./new"),
            ("new", "sub/../new"),
            ("new", "dangling"),
        ] {
            assert!(same(a, b), "{a} and {b}");
        }
        assert!(!same("file", "new"));
        assert!(!same("new", "sub/new"));
        assert!(place(&at("circle")).is_some());
        assert!(place(Path::new("/dev/null")).is_none());
    }
}
