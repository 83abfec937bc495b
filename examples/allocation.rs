//! What to train with a budget, from columns of parameters, tokens and losses.

use scalewise::ask::AllocateRequest;
use scalewise::{Dataset, Result};

fn main() -> Result<()> {
    let (mut params, mut tokens, mut loss) = (Vec::new(), Vec::new(), Vec::new());
    for n in [1e8, 3e8, 1e9, 3e9] {
        for ratio in [5.0, 20.0, 80.0] {
            let d = n * ratio;
            params.push(n);
            tokens.push(d);
            // Hoffmann et al. 2022, without noise.
            loss.push(1.69 + 406.4 / f64::powf(n, 0.34) + 410.7 / f64::powf(d, 0.28));
        }
    }
    let runs = Dataset::of_params_tokens(&params, &tokens, &loss)?;
    let request = AllocateRequest::default()
        .compute(["1e24".parse()?])
        .sensitivity(false)
        .replicates(50);
    let answer = request.of(&runs)?;
    let best = answer.answers()[0].best();
    assert!((best.params * best.tokens * 6.0 / 1e24 - 1.0).abs() < 1e-6);
    assert!(best.params > 3e10 && best.params < 1e11);
    Ok(())
}
