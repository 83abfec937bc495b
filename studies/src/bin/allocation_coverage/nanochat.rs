//! Published runs under each convention for counting parameters.

use scalewise::Result;
use scalewise::allocation::AllocationMethod;
use scalewise::ask::{AllocateRequest, RunTable};
use scalewise::progress::Silent;
use scalewise::tables::Source;
use serde_json::Value;

/// The IsoFLOP runs of nanochat under each convention for counting parameters.
pub fn nanochat() -> Result<Option<String>> {
    let folder = std::env::var_os("SCALEWISE_CORPUS").unwrap_or_else(|| "../shared".into());
    let file = studies::root()
        .join(folder)
        .join("formats/nanochat_results.csv");
    if !file.exists() {
        println!("{} is not there: its table stays as it is", file.display());
        return Ok(None);
    }
    let ways = [
        "params_transformer",
        "params_transformer+params_lm_head",
        "params_transformer+params_lm_head+params_wte",
        "params_total",
    ];
    let table = RunTable::default()
        .params(ways.join("|"))
        .tokens("tokens_trained")
        .loss("val_bpb");
    let request = AllocateRequest::default()
        .table(table)
        .compute([scalewise::Size::Of(1e21)])
        .flops("column")
        .methods([AllocationMethod::Profile])
        .sensitivity(false);
    let answer = request.conventions(&Source::open(&file)?, &Silent)?;
    let json = serde_json::to_value(&answer).unwrap_or_default();
    let mut text = "| parameters | N* ~ C^a, 90 % profile | N* at 1e21 | D*/N* | noise of a run | rolling origin | ln L |\n\
                    |---|---|---|---|---|---|---|\n"
        .to_owned();
    for (k, way) in ways.iter().enumerate() {
        let one = &json["conventions"][k];
        let of = &one["allocation"];
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let best = &of["allocations"][0]["best"];
        let all = of["allocations"][0]["intervals"].as_array();
        let mut all = all.map_or(&[][..], Vec::as_slice).iter();
        let a = all.find(|i| i["quantity"] == "params-exponent");
        let a = a.unwrap_or(&Value::Null);
        text += &format!(
            "| `{way}` | {:.3} ({:.3} to {:.3}) | {:.2}B | {:.0} | {:.3} % | {:.2} % | {:.2} |\n",
            number(&of["allocations"][0]["growth"][0]),
            number(&a["lower"]),
            number(&a["upper"]),
            number(&best["params"]) / 1e9,
            number(&best["tokens"]) / number(&best["params"]),
            100.0 * number(&one["noise"]),
            100.0 * number(&one["rolling_origin"]),
            number(&one["log_likelihood"]),
        );
    }
    Ok(Some(text))
}
