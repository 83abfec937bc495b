#![no_main]
#[path = "../../tests/common/readers.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::spoken::spoken(bytes));
