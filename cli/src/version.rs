//! `scalewise --version -v`: details of this program for bug reports.

use std::ffi::OsString;

/// Optional features of a build.
const FEATURES: [(&str, bool); 2] = [
    ("parquet", cfg!(feature = "parquet")),
    ("xlsx", cfg!(feature = "xlsx")),
];

/// The long version, if exactly that is requested.
pub fn asked(words: &[OsString]) -> Option<String> {
    let words = words.get(1..)?;
    let one_of = |word: &OsString, forms: &[&str]| forms.iter().any(|form| word == form);
    let both = ["-Vv", "-vV"];
    let version = |word: &OsString| one_of(word, &["--version", "-V"]) || one_of(word, &both);
    let verbose = |word: &OsString| one_of(word, &["--verbose", "-v"]) || one_of(word, &both);
    let only = words.iter().all(|word| version(word) || verbose(word));
    let asked = only && words.iter().any(version) && words.iter().any(verbose);
    asked.then(text)
}

fn text() -> String {
    let features: Vec<&str> = (FEATURES.iter())
        .filter_map(|(name, has)| has.then_some(*name))
        .collect();
    let features = match features.is_empty() {
        true => "none besides the default ones".to_owned(),
        false => features.join(", "),
    };
    let linked = match cfg!(target_feature = "crt-static") {
        true => ", without dynamic libraries",
        false => "",
    };
    format!(
        "scalewise {}\ncommit    {}\ntarget    {}{linked}\nfeatures  {features}\n",
        env!("CARGO_PKG_VERSION"),
        env!("SCALEWISE_BUILT_FROM"),
        env!("SCALEWISE_TARGET"),
    )
}
