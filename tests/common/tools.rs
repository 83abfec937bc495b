//! Programs that some tests need and that some machines lack.

/// Prints that a test is skipped because `tool` is missing.
///
/// # Panics
/// When `SCALEWISE_TEST_NEEDS` names the tool, as in `.ci/run`, where the test must not be skipped.
pub fn skip_without(tool: &str) {
    let needed = std::env::var("SCALEWISE_TEST_NEEDS").unwrap_or_default();
    let required = needed.split_whitespace().any(|name| name == tool);
    assert!(
        !required,
        "{tool} is named in SCALEWISE_TEST_NEEDS and cannot be used"
    );
    println!("skipped: {tool} is not here");
}
