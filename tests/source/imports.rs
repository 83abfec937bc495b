//! Imports between modules go one way: no module imports from a layer above its own, and no files
//! import each other in a cycle. To understand a file, only the files below it are needed.
//!
//! The test reads the paths in the source and not the compiler's view of them: `use` trees and
//! paths such as `crate::law::Law`. It follows each through re-exports to the file that defines the
//! name. Comments and tests are ignored.

use super::rust::{Import, Module};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The modules of `src/lib.rs`, the lowest first. A module imports from its own line and from
/// earlier lines.
const LAYERS: &[&[&str]] = &[
    &LEAVES,
    &["numeric", "runs", "interval", "formula"],
    &["law"],
    &["fit"],
    &["tables"],
    &["forecast", "simulate"],
    &[
        "allocation",
        "backtest",
        "capability",
        "curve",
        "plan",
        "scores",
        "versus",
    ],
    &["ledger"],
    &["ask"],
    &["chart"],
    &["report"],
    &["cli"],
];

/// Modules that all others may use.
const LEAVES: [&str; 20] = [
    "arithmetic",
    "code",
    "csv_text",
    "digest",
    "digits",
    "draws",
    "error",
    "finding",
    "machine",
    "number",
    "progress",
    "quantity",
    "random",
    "remedy",
    "resampling",
    "said",
    "seen",
    "serialized",
    "size",
    "text",
];

/// Tables are above these but must not import from them: a table knows nothing about fits.
const APART: &[(&str, &str)] = &[("tables", "fit"), ("tables", "law"), ("tables", "numeric")];

#[test]
fn imports_run_one_way() {
    let mut sources = read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    // The command line is above all modules, and refers to the library by its name.
    for (file, text) in read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/cli/src"))) {
        let text = text
            .replace("crate::", "crate::cli::")
            .replace("scalewise::", "crate::");
        match file.as_str() {
            "main.rs" => None,
            "lib.rs" => sources.insert("cli/mod.rs".to_owned(), text),
            _ => sources.insert(format!("cli/{file}"), text),
        };
    }
    let package = Package::new(&sources);
    assert!(package.modules.len() > 100, "the source was not found");
    let found = package.complaints(LAYERS, &[]);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// Every file below a folder, by its relative path.
fn read(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the source") {
            let path = entry.expect("an entry of the source").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect("a file of the source");
                let name = path.strip_prefix(root).expect("a path below the root");
                found.insert(name.to_string_lossy().replace('\\', "/"), text);
            }
        }
    }
    found
}

/// A module's path from the root of the crate, without `crate`.
type Name = Vec<String>;

/// The modules of a crate, one per file.
struct Package {
    modules: BTreeMap<Name, Module>,
}

impl Package {
    fn new(sources: &BTreeMap<String, String>) -> Package {
        let mut modules = BTreeMap::new();
        for (file, text) in sources.iter().filter(|(file, _)| *file != "main.rs") {
            let place = file.trim_end_matches(".rs");
            let place = place.trim_end_matches("/mod");
            let name: Name = match place {
                "lib" => Vec::new(),
                _ => place.split('/').map(str::to_owned).collect(),
            };
            modules.insert(name, Module::of(file, text));
        }
        let tests: Vec<Name> = modules
            .iter()
            .flat_map(|(name, module)| module.tests.iter().map(|test| child(name, test)))
            .collect();
        modules.retain(|name, _| !tests.contains(name));
        Package { modules }
    }

    /// All violations in its imports.
    fn complaints(&self, layers: &[&[&str]], circles: &[&str]) -> Vec<String> {
        let layer = |name: &str| layers.iter().position(|modules| modules.contains(&name));
        let mut found = Vec::new();
        for top in self.modules.keys().filter(|name| name.len() == 1) {
            if layer(&top[0]).is_none() {
                found.push(format!("{} has no place among the layers", top[0]));
            }
        }
        let (edges, unknown) = self.edges();
        found.extend(unknown);
        let mut tops: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
        for (from, to) in &edges {
            let file = &self.modules[from].file;
            for to in to.iter().filter(|to| to[0] != from[0]) {
                let (lower, higher) = (layer(&from[0]), layer(&to[0]));
                let apart = APART.contains(&(from[0].as_str(), to[0].as_str()));
                if higher > lower || apart {
                    found.push(format!("{file} imports from {}", to.join("::")));
                }
                let imported = tops.entry(from[..1].to_vec()).or_default();
                imported.insert(to[..1].to_vec());
            }
        }
        for circle in circles_in(&tops) {
            found.push(format!("modules in a circle: {}", list(&circle, &tops)));
        }
        for circle in circles_in(&edges) {
            if !circle
                .iter()
                .all(|name| circles.contains(&name[0].as_str()))
            {
                found.push(format!("files in a circle: {}", list(&circle, &edges)));
            }
        }
        found
    }

    /// The modules from which each imports, and the paths into this crate that lead nowhere.
    fn edges(&self) -> (BTreeMap<Name, BTreeSet<Name>>, Vec<String>) {
        let (mut edges, mut unknown) = (BTreeMap::new(), Vec::new());
        for (name, module) in self.modules.iter().filter(|(name, _)| !name.is_empty()) {
            let mut to = BTreeSet::new();
            // A name that is only re-exported is not used here.
            let used = |import: &&Import| !import.public || module.words.contains(&import.name);
            let imports = module.imports.iter().filter(used).map(|i| &i.path);
            for path in imports.chain(&module.paths) {
                let mut named = Vec::new();
                let known = self.resolve(name, path, &mut named, 0);
                if known.is_none() && matches!(path[0].as_str(), "crate" | "super" | "self") {
                    unknown.push(format!("{}: what is {}?", module.file, path.join("::")));
                }
                to.extend(known);
                // A module through whose re-export a name is reached counts as imported, unless it
                // is in the own folder.
                to.extend(named.into_iter().filter(|via| via[0] != name[0]));
            }
            to.remove(name);
            to.remove(&Vec::new());
            edges.insert(name.clone(), to);
        }
        (edges, unknown)
    }

    /// The module that defines what a path names in a module. A folder named without an item does
    /// not count; the items follow where the name is used.
    fn resolve(
        &self,
        from: &Name,
        path: &[String],
        via: &mut Vec<Name>,
        depth: usize,
    ) -> Option<Name> {
        let mut place = from.clone();
        let mut rest = path;
        while let Some(first) = rest.first() {
            match first.as_str() {
                "crate" => place = Vec::new(),
                "super" => _ = place.pop(),
                "self" => {}
                _ => break,
            }
            rest = &rest[1..];
        }
        loop {
            let Some(first) = rest.first() else {
                return Some(place);
            };
            let deeper = child(&place, first);
            if self.modules.contains_key(&deeper) {
                (place, rest) = (deeper, &rest[1..]);
                if rest.is_empty() && self.is_folder(&place) {
                    return Some(from.clone());
                }
                continue;
            }
            let module = self.modules.get(&place)?;
            if module.items.contains(first) || first == "*" {
                return Some(place);
            }
            if depth > 8 {
                return None;
            }
            let Some(import) = module.imports.iter().find(|import| import.name == *first) else {
                return self.through_globs(&place, rest, via, depth);
            };
            if !place.is_empty() && place != *from {
                via.push(place.clone());
            }
            let whole = [&import.path, &rest[1..]].concat();
            let found = self.resolve(&place, &whole, via, depth + 1);
            // A re-exported folder: its items follow where the name is used.
            let folder = found.as_ref() == Some(&place) && rest.len() == 1;
            return if folder { Some(from.clone()) } else { found };
        }
    }

    /// Resolves a path through glob imports.
    fn through_globs(
        &self,
        place: &Name,
        rest: &[String],
        via: &mut Vec<Name>,
        depth: usize,
    ) -> Option<Name> {
        let imports = &self.modules.get(place)?.imports;
        imports
            .iter()
            .filter(|import| import.name == "*")
            .find_map(|import| {
                let folder = &import.path[..import.path.len() - 1];
                self.resolve(place, &[folder, rest].concat(), via, depth + 1)
            })
    }

    fn is_folder(&self, name: &Name) -> bool {
        let below = |other: &Name| other.len() > name.len() && other.starts_with(name);
        self.modules.keys().any(below)
    }
}

fn child(name: &Name, of: &str) -> Name {
    [name, &[of.to_owned()][..]].concat()
}

/// The members of a cycle, each with those that it imports from.
fn list(circle: &[Name], edges: &BTreeMap<Name, BTreeSet<Name>>) -> String {
    let one = |name: &Name| {
        let to = edges.get(name).into_iter().flatten();
        let to: Vec<String> = to
            .filter(|to| circle.contains(to))
            .map(|to| to.join("::"))
            .collect();
        format!("{} (imports {})", name.join("::"), to.join(", "))
    };
    let members: Vec<String> = circle.iter().map(one).collect();
    members.join(", ")
}

/// Groups of modules in which each can reach every other.
fn circles_in(edges: &BTreeMap<Name, BTreeSet<Name>>) -> Vec<Vec<Name>> {
    let reached = |start: &Name| {
        let (mut seen, mut left) = (BTreeSet::new(), vec![start]);
        while let Some(name) = left.pop() {
            for next in edges.get(name).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    left.push(next);
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&Name, BTreeSet<Name>> = edges.keys().map(|n| (n, reached(n))).collect();
    let mut found: BTreeSet<Vec<Name>> = BTreeSet::new();
    for (name, to) in &reached {
        if to.contains(*name) {
            let back = |other: &&Name| reached.get(*other).is_some_and(|r| r.contains(*name));
            found.insert(to.iter().filter(back).cloned().collect());
        }
    }
    found.into_iter().collect()
}

mod checker {
    use super::*;

    fn complaints(files: &[(&str, &str)]) -> Vec<String> {
        let layers: &[&[&str]] = &[
            &["low", "leaf"],
            &["fit", "middle"],
            &["tables"],
            &["high"],
            &["cli"],
        ];
        let owned = |(file, text): &(&str, &str)| ((*file).to_owned(), (*text).to_owned());
        let sources = files.iter().map(owned).collect();
        Package::new(&sources).complaints(layers, &["cli"])
    }

    #[test]
    fn an_import_from_above_is_found() {
        let high = (
            "high/mod.rs",
            "mod deep; pub use deep::{Deep, other as Other};",
        );
        let deep = (
            "high/deep.rs",
            "pub struct Deep; pub fn other() {} use crate::low::fine;",
        );
        for text in [
            "use crate::high::Deep;",
            "use crate::{high::deep::{self, Deep}};",
            "fn f() -> crate::high::Other { }",
            "pub use crate::high as up; fn f() { up::Deep }",
            "use crate::Root;",
            "#[cfg(not(test))] use crate::high::Deep;",
        ] {
            let found = complaints(&[
                ("lib.rs", "mod high; mod low; pub use high::Deep as Root;"),
                high,
                deep,
                ("low.rs", &format!("{text} pub fn fine() {{}}")),
            ]);
            assert!(
                found.iter().any(|c| c == "low.rs imports from high::deep"),
                "{text}: {found:?}"
            );
        }
        for text in [
            "// use crate::high::Deep;\n",
            "/* use crate::high::Deep; */",
            "const A: &str = \"crate::high::Deep\"; const B: char = '\"';",
            "const A: &str = r#\"\" crate::high::Deep\"#;",
            "#[cfg(test)] mod tests { use crate::high::Deep; fn f() { {} } }",
            "#[cfg(test)] #[allow(unused)] use crate::high::Deep;",
        ] {
            let low = format!("{text} pub fn fine<'a>() {{}}");
            let found = complaints(&[("lib.rs", ""), high, deep, ("low.rs", &low)]);
            assert_eq!(found, [""; 0], "{text}");
        }
    }

    #[test]
    fn an_import_of_what_is_kept_apart_is_found() {
        let found = complaints(&[
            (
                "fit/mod.rs",
                "mod own; pub use own::Own; pub use crate::low;",
            ),
            ("fit/own.rs", "pub struct Own;"),
            ("low.rs", "pub fn one() {}"),
            (
                "tables.rs",
                "use crate::low::one; fn f(own: crate::fit::Own) {}",
            ),
            (
                "high.rs",
                "use crate::{fit::{self, low}, tables}; fn f() { low::one() }",
            ),
        ]);
        let wanted = [
            "tables.rs imports from fit",
            "tables.rs imports from fit::own",
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_circle_of_files_is_found() {
        let circle = "files in a circle: middle::a (imports middle::b), middle::b (imports middle::c), \
                      middle::c (imports middle::a)";
        let b = (
            "middle/b.rs",
            "use super::{c}; pub struct B; fn f() { c::g() }",
        );
        let c = ("middle/c.rs", "pub fn g() -> super::super::middle::A {}");
        let a = ("middle/a.rs", "use super::B; pub struct A;");
        let parent = (
            "middle/mod.rs",
            "mod a; mod b; mod c; pub use a::A; pub(crate) use b::B;",
        );
        assert_eq!(complaints(&[parent, a, b, c]), [circle]);
        // The folder re-exports names, which is not a cycle; using them forms one with any
        // importer.
        let alone = ("middle/a.rs", "use super::B; pub struct A;");
        let leaf = ("middle/b.rs", "pub struct B;");
        assert_eq!(complaints(&[parent, alone, leaf]), [""; 0]);
        let using = (
            parent.0,
            "mod a; mod b; pub use a::A; use b::B; pub const Z: A = B;",
        );
        assert_eq!(complaints(&[using, alone, leaf]), [""; 0]);
        let back = ("middle/a.rs", "use super::Z; pub struct A;");
        let found = complaints(&[using, back, leaf]);
        assert_eq!(
            found,
            ["files in a circle: middle (imports middle::a), middle::a (imports middle)"]
        );
    }

    #[test]
    fn circles_of_one_layer_and_modules_without_a_layer_are_found() {
        let found = complaints(&[
            ("low.rs", "use crate::leaf::two; pub fn one() {}"),
            ("leaf/mod.rs", "mod own; pub fn two() {}"),
            ("leaf/own.rs", "use crate::low::one; use super::missing;"),
            ("odd.rs", ""),
            ("cli/mod.rs", "mod a; pub fn f() { a::g() }"),
            ("cli/a.rs", "pub fn g() { super::f() }"),
        ]);
        let wanted = [
            "odd has no place among the layers",
            "leaf/own.rs: what is super::missing?",
            "modules in a circle: leaf (imports low), low (imports leaf)",
        ];
        assert_eq!(found, wanted);
    }
}
