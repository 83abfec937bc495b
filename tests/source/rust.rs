//! Parses a Rust file's declarations, imports and names without a compiler.

use std::collections::BTreeSet;

/// The declarations, imports and names of a file.
#[derive(Default)]
pub struct Module {
    pub file: String,
    /// Items defined in it, outside functions and blocks.
    pub items: BTreeSet<String>,
    pub imports: Vec<Import>,
    /// Paths of two or more names in its code.
    pub paths: Vec<Vec<String>>,
    /// All names in its code except imports.
    pub words: BTreeSet<String>,
    /// Its child modules that exist only for tests.
    pub tests: Vec<String>,
}

pub struct Import {
    pub path: Vec<String>,
    /// Its name in the file.
    pub name: String,
    /// Whether it is re-exported (`pub use`).
    pub public: bool,
}

impl Module {
    pub fn of(file: &str, text: &str) -> Module {
        let mut module = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        let tokens = without_tests(&tokens(text), &mut module.tests);
        // How many braces were open at the start of each inline module.
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
                    // Declaring a module of another file does not use it.
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

/// A path inside nested inline modules, as seen from the file.
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

/// The paths of an import tree, each with its local name.
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

/// The tokens without items that exist only for tests, whose file names are added to `tests`.
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
        // The item ends with its body, or with a semicolon outside all brackets.
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

/// The end of an attribute that begins here.
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

/// Words, `::` and single characters, without comments, strings and numbers.
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

/// The length of the string, character or lifetime that begins here.
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
