//! The imports between modules run one way: no module imports from a layer above its own, and no
//! files import each other in a circle. Whoever reads a file needs to know only what lies below it.
//!
//! The test reads the paths in the source, not what the compiler makes of them: `use` trees and
//! paths such as `crate::law::Law`. It follows each through re-exports to the file that defines the
//! name. It ignores comments and tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The modules of `src/lib.rs`, the lowest first. A module imports from its own line and from those
/// above it here.
const LAYERS: &[&[&str]] = &[
    &LEAVES,
    &["numeric", "runs", "interval"],
    &["law"],
    &["fit"],
    &["tables"],
    &["forecast", "simulate"],
    &["allocation", "backtest", "capability"],
    &["ledger"],
    &["ask"],
    &["chart"],
    &["report"],
    &["cli"],
];

/// What everything else may use.
const LEAVES: [&str; 17] = [
    "arithmetic",
    "code",
    "csv_text",
    "digest",
    "digits",
    "draws",
    "error",
    "number",
    "progress",
    "quantity",
    "random",
    "remedy",
    "resampling",
    "said",
    "serialized",
    "size",
    "text",
];

/// Tables lie above these and import nothing from them all the same: a table knows nothing of fits.
const APART: &[(&str, &str)] = &[("tables", "fit"), ("tables", "law"), ("tables", "numeric")];

#[test]
fn imports_run_one_way() {
    let mut sources = read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    // The command line is the module above all others, and calls the library by its name.
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

/// Every file below a folder, by its path from there.
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

/// The modules of a crate, one a file.
struct Package {
    modules: BTreeMap<Name, Module>,
}

/// What a file declares, imports and names.
#[derive(Default)]
struct Module {
    file: String,
    /// What is defined in it, outside of functions and blocks.
    items: BTreeSet<String>,
    imports: Vec<Import>,
    /// Paths in its code, of two names or more.
    paths: Vec<Vec<String>>,
    /// All names in its code, imports apart.
    words: BTreeSet<String>,
    /// Its child modules that are built for tests only.
    tests: Vec<String>,
}

struct Import {
    path: Vec<String>,
    /// The name it has in the file.
    name: String,
    /// Whether it is handed on (`pub use`).
    public: bool,
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

    /// Everything that is wrong with its imports.
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

    /// From which modules each imports, and the paths into this crate that lead nowhere.
    fn edges(&self) -> (BTreeMap<Name, BTreeSet<Name>>, Vec<String>) {
        let (mut edges, mut unknown) = (BTreeMap::new(), Vec::new());
        for (name, module) in self.modules.iter().filter(|(name, _)| !name.is_empty()) {
            let mut to = BTreeSet::new();
            // What is only handed on is not used here.
            let used = |import: &&Import| !import.public || module.words.contains(&import.name);
            let imports = module.imports.iter().filter(used).map(|i| &i.path);
            for path in imports.chain(&module.paths) {
                let mut named = Vec::new();
                let known = self.resolve(name, path, &mut named, 0);
                if known.is_none() && matches!(path[0].as_str(), "crate" | "super" | "self") {
                    unknown.push(format!("{}: what is {}?", module.file, path.join("::")));
                }
                to.extend(known);
                // The module by whose re-export a name is reached is imported from as well, if it
                // is not the own folder.
                to.extend(named.into_iter().filter(|via| via[0] != name[0]));
            }
            to.remove(name);
            to.remove(&Vec::new());
            edges.insert(name.clone(), to);
        }
        (edges, unknown)
    }

    /// The module that defines what a path names in a module. A folder that is named without an
    /// item is none: what is meant by it follows where the name is used.
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
            // A folder that is handed on: what is meant by it follows where the name is used, too.
            let folder = found.as_ref() == Some(&place) && rest.len() == 1;
            return if folder { Some(from.clone()) } else { found };
        }
    }

    /// What a path names in the modules whose names a module takes over all together.
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

/// The members of a circle, each with those of them that it imports from.
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

/// Groups in which every one leads to every other.
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

impl Module {
    fn of(file: &str, text: &str) -> Module {
        let mut module = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        let tokens = without_tests(&tokens(text), &mut module.tests);
        // How many braces were open where each inline module began.
        let (mut braces, mut inline) = (0, Vec::new());
        let mut i = 0;
        while i < tokens.len() {
            let token = tokens[i].as_str();
            match token {
                "{" => braces += 1,
                "}" => {
                    braces -= 1;
                    inline.retain(|start| *start < braces);
                }
                "use" => {
                    let end = i + tokens[i..].iter().position(|t| t == ";").unwrap_or(0);
                    let public = i > 0 && matches!(tokens[i - 1].as_str(), "pub" | ")");
                    for (path, name) in leaves_of(&tokens[i + 1..end]) {
                        let path = outside(path, inline.len());
                        module.imports.push(Import { path, name, public });
                    }
                    i = end;
                }
                "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "mod"
                | "macro_rules" => {
                    let name = tokens.get(i + 1).map_or("", String::as_str);
                    let opens = tokens.get(i + 2).is_some_and(|t| t == "{");
                    if token == "mod" && opens {
                        inline.push(braces);
                    }
                    let declared = token == "mod" && !opens;
                    if braces == 0 && is_word(name) && !declared {
                        module.items.insert(name.to_owned());
                    }
                    // The declaration of a module in another file does not use it.
                    i += usize::from(declared);
                }
                _ if is_word(token) => {
                    let mut path = vec![token.to_owned()];
                    while i + 2 < tokens.len() && tokens[i + 1] == "::" && is_word(&tokens[i + 2]) {
                        path.push(tokens[i + 2].clone());
                        i += 2;
                    }
                    module.words.insert(path[0].clone());
                    if path.len() > 1 {
                        module.paths.push(outside(path, inline.len()));
                    }
                }
                _ => {}
            }
            i += 1;
        }
        module
    }
}

/// A path in so many nested inline modules, as seen from the file.
fn outside(mut path: Vec<String>, inline: usize) -> Vec<String> {
    for _ in 0..inline {
        if path.first().is_some_and(|first| first == "super") {
            path[0] = "self".to_owned();
            if path.get(1).is_some_and(|second| second == "super") {
                path.remove(0);
            }
        }
    }
    path
}

/// The paths of a tree of imports, each with the name that it has from there on.
fn leaves_of(tree: &[String]) -> Vec<(Vec<String>, String)> {
    let mut found = Vec::new();
    let mut prefixes: Vec<Vec<String>> = vec![Vec::new()];
    let (mut path, mut alias): (Vec<String>, Option<String>) = (Vec::new(), None);
    let mut i = 0;
    while i <= tree.len() {
        match tree.get(i).map(String::as_str) {
            Some("{") => {
                let mut prefix = prefixes.last().cloned().unwrap_or_default();
                prefix.append(&mut path);
                prefixes.push(prefix);
            }
            Some("as") => {
                alias = tree.get(i + 1).cloned();
                i += 1;
            }
            Some("::") => {}
            Some(end @ ("," | "}")) => {
                found.extend(leaf(prefixes.last(), &mut path, &mut alias));
                if end == "}" {
                    prefixes.pop();
                }
            }
            None => found.extend(leaf(prefixes.last(), &mut path, &mut alias)),
            Some(word) => path.push(word.to_owned()),
        }
        i += 1;
    }
    found
}

fn leaf(
    prefix: Option<&Vec<String>>,
    path: &mut Vec<String>,
    alias: &mut Option<String>,
) -> Option<(Vec<String>, String)> {
    if path.is_empty() {
        return None;
    }
    let mut whole = prefix.cloned().unwrap_or_default();
    whole.append(path);
    if whole.len() > 1 && whole.last().is_some_and(|last| last == "self") {
        whole.pop();
    }
    let name = alias.take().or_else(|| whole.last().cloned())?;
    Some((whole, name))
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The tokens without the items that are built for tests only; `tests` takes the names of their
/// files.
fn without_tests(tokens: &[String], tests: &mut Vec<String>) -> Vec<String> {
    let mut kept = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let Some(mut end) = attribute(tokens, i) else {
            kept.push(tokens[i].clone());
            i += 1;
            continue;
        };
        let has = |word: &str| tokens[i..end].iter().any(|t| t == word);
        if !(has("cfg") && has("test") && !has("not")) {
            i = end;
            continue;
        }
        while let Some(next) = attribute(tokens, end) {
            end = next;
        }
        // The item ends with its body, or with a semicolon outside of all brackets.
        let (start, mut open) = (end, 0);
        while end < tokens.len() {
            match tokens[end].as_str() {
                "{" | "(" | "[" => open += 1,
                "}" | ")" | "]" => open -= 1,
                _ => {}
            }
            end += 1;
            if open == 0 && matches!(tokens[end - 1].as_str(), "}" | ";") {
                break;
            }
        }
        if let [.., word, name, semicolon] = &tokens[start..end]
            && (word.as_str(), semicolon.as_str()) == ("mod", ";")
        {
            tests.push(name.clone());
        }
        i = end;
    }
    kept
}

/// Where an attribute that begins here ends.
fn attribute(tokens: &[String], start: usize) -> Option<usize> {
    if tokens.get(start)? != "#" {
        return None;
    }
    let first = start + 1 + usize::from(tokens.get(start + 1)? == "!");
    let mut open = 0;
    for (i, token) in tokens.iter().enumerate().skip(first) {
        match token.as_str() {
            "[" => open += 1,
            "]" => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(i + 1);
        }
    }
    None
}

/// Words, `::` and single signs; comments, texts and numbers are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = literal(rest) {
            length
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            let word = &rest[..end.unwrap_or(rest.len())];
            if is_word(word) {
                found.push(word.to_owned());
            }
            word.len()
        } else if rest.starts_with("::") {
            found.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                found.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    found
}

/// The length of the text, the character or the lifetime that begins here.
fn literal(rest: &str) -> Option<usize> {
    let plain = rest.trim_start_matches(['b', 'r']);
    let prefix = rest.len() - plain.len();
    let hashes = plain.len() - plain.trim_start_matches('#').len();
    if rest[..prefix].contains('r') && plain[hashes..].starts_with('"') {
        let end = format!("\"{}", "#".repeat(hashes));
        let start = prefix + hashes + 1;
        return Some(start + rest[start..].find(&end)? + end.len());
    }
    let quote = plain.chars().next().filter(|c| *c == '"' || *c == '\'')?;
    if prefix > 1 || rest[..prefix].contains('r') {
        return None;
    }
    let mut characters = plain.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        if c == '\\' {
            characters.next();
        } else if c == quote {
            return Some(prefix + at + 1);
        } else if quote == '\'' && !plain[at + c.len_utf8()..].starts_with('\'') {
            // A lifetime.
            return Some(1);
        }
    }
    None
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
        // The folder hands names on, which is no circle; using them makes one with whatever imports
        // from it.
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
