//! The description of the machine on which an entry was made.

/// Instruction set and operating system. The system's mathematical library selects its code by the
/// instruction set, which affects the last digits of exp and ln.
pub fn machine() -> String {
    let library = match () {
        () if cfg!(target_env = "gnu") => "-gnu",
        () if cfg!(target_env = "musl") => "-musl",
        () if cfg!(target_env = "msvc") => "-msvc",
        () => "",
    };
    let mut text = format!(
        "{}-{}{library}",
        std::env::consts::ARCH,
        std::env::consts::OS
    );
    for feature in features() {
        text += " ";
        text += feature;
    }
    text
}

#[cfg(target_arch = "x86_64")]
fn features() -> Vec<&'static str> {
    let found = [
        ("avx2", std::is_x86_feature_detected!("avx2")),
        ("fma", std::is_x86_feature_detected!("fma")),
        ("avx512f", std::is_x86_feature_detected!("avx512f")),
    ];
    let there = found.into_iter().filter(|f| f.1);
    there.map(|f| f.0).collect()
}

#[cfg(not(target_arch = "x86_64"))]
fn features() -> Vec<&'static str> {
    Vec::new()
}
