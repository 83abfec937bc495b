//! A law that is not built in: the loss against the length of the context, L(c) = (α/c)^β + γ
//! (Xiong et al. 2023, arXiv 2309.16039). It takes one line.
//!
//! `cargo run --release --example typed_law`

use scalewise::ask::{LawChoice, PointsRequest};
use scalewise::law::named;
use scalewise::{Dataset, Fit};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let length = [1024.0, 2048.0, 4096.0, 8192.0, 16384.0, 32768.0];
    // Losses of a known law, with noise of 0.1 %.
    let noise = [0.3, -1.1, 0.8, 0.4, -0.6, 0.2];
    let loss: Vec<f64> = (length.iter().zip(noise))
        .map(|(c, e)| ((25.0_f64 / c).powf(0.45) + 1.6) * (1.0 + 1e-3 * e))
        .collect();
    let data = Dataset::of_columns(&loss)?.column("c", &length)?;

    let fit = Fit::shared(named("L(c) = (alpha/c)^beta + gamma")?)
        .bounds("alpha", 0.0..=f64::INFINITY)
        .run(&data)?;

    for parameter in fit.parameters() {
        println!("{:<6} {:.4}", parameter.name, parameter.value);
    }
    assert!((fit.value("gamma").unwrap_or(0.0) - 1.6).abs() < 0.05);

    // The same as a request, with the loss at a context four times as long.
    let answer = PointsRequest::default()
        .fit(LawChoice::default().law("L(c) = (alpha/c)^beta + gamma"))
        .at([[("c".to_owned(), 131_072.0)].into()])
        .of(&data)?;
    for point in answer.points() {
        println!(
            "{:?}: {:?} {:?}",
            point.at(),
            point.point(),
            point.intervals().last()
        );
    }
    Ok(())
}
