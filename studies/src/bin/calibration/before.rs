//! The calibrated interval of version 0.3.0 on the same cases, by kind and set: results of `git
//! checkout d07f957` with the same runs and targets.

/// Coverage in %, interval score, median and RMS error in %.
type Figures = (f64, f64, f64, f64);

/// By kind and set.
#[rustfmt::skip]
pub const BEFORE: [(&str, &str, Figures); 23] = [
    ("data ladder", "CLIPseg", (89.4, 1.1793, 5.53, 39.82)),
    ("data ladder", "OLMo", (96.7, 0.0535, 0.47, 1.06)),
    ("data-set size", "DrugResp", (87.5, 0.5487, 3.19, 8.06)),
    ("data-set size", "LCDB-err", (81.2, 1.4709, 10.27, 33.84)),
    ("data-set size", "LCDB-ll", (78.3, 3.4210, 15.24, 73.39)),
    ("data-set size", "MLIP", (87.0, 2.2877, 6.12, 49.45)),
    ("samples", "PassK", (73.8, 4.8922, 17.45, 119.12)),
    ("size ladder", "Gem", (100.0, 0.2899, 6.33, 6.62)),
    ("size ladder", "OLMo", (96.0, 0.1151, 0.83, 2.28)),
    ("size ladder", "Pythia", (93.8, 0.4109, 1.82, 11.72)),
    ("size ladder", "Routing", (95.1, 0.0967, 1.01, 2.82)),
    ("training run", "CLIP, decaying rate", (34.7, 2.1561, 21.02, 21.33)),
    ("training run", "Gem", (100.0, 0.0341, 0.14, 0.23)),
    ("training run", "MPL", (100.0, 0.0686, 0.62, 1.14)),
    ("training run", "MPL, decaying rate", (100.0, 0.0777, 2.76, 2.84)),
    ("training run", "MPLwsd, decaying rate", (60.0, 0.1375, 1.60, 2.54)),
    ("training run", "Pythia", (100.0, 1.2911, 12.79, 28.82)),
    ("training run", "Routing", (68.4, 0.1539, 1.96, 4.37)),
    ("training run", "nanoGPT, decaying rate", (43.6, 0.1375, 2.70, 3.12)),
    ("unknown", "BB", (100.0, 0.0974, 1.02, 1.64)),
    ("unknown", "IC", (98.2, 0.3033, 1.62, 5.04)),
    ("unknown", "LM", (100.0, 0.0369, 0.13, 0.24)),
    ("unknown", "NMT", (95.0, 0.3382, 6.08, 12.22)),
];
