//! What the rows of a table are points of.

use super::*;
use scalewise::runs::CurveKind;

fn kind(text: &str, change: impl FnOnce(&mut ReadOptions)) -> CurveKind {
    let mut options = ReadOptions::default();
    change(&mut options);
    read(text, &options).0.curve()
}

#[test]
fn steps_of_one_run_are_a_training_run() {
    let one = CurveKind::TrainingRun;
    let named = "run,step,compute,loss\na,1,1e18,3.5\na,2,2e18,3.2\na,3,4e18,3.0\n";
    assert_eq!(kind(named, |_| {}), one);
    // Steps at one compute are refused only if there are several runs.
    let same = "run,step,compute,loss\na,1,1e18,3.5\na,2,1e18,3.2\na,3,1e18,3.0\n";
    assert_eq!(kind(same, |_| {}), one);
    let nameless = "step,flops,loss\n0,0,9\n10,1e17,3.5\n20,2e17,3.2\n30,3.0e17,3.0\n";
    assert_eq!(kind(nameless, |_| {}), one);
    for several in [
        "run,step,compute,loss\na,1,1e18,3.5\na,2,2e18,3.2\nb,3,4e18,3.0\n",
        "step,flops,loss\n10,1e17,3.5\n20,4e17,3.2\n30,9e17,3.0\n",
        "step,params,tokens,loss\n1,1e8,1e9,3.5\n2,2e8,1e9,3.2\n3,3e8,1e9,3.0\n",
        "step,flops,loss\n10,1e17,3.5\n20,2e17,3.2\n20,2e17,3.0\n",
    ] {
        assert_eq!(kind(several, |_| {}), CurveKind::Ladder, "{several}");
        let asked = |options: &mut ReadOptions| options.curve = Some(one);
        assert_eq!(kind(several, asked), one);
    }
    let reduced = |options: &mut ReadOptions| options.reshape.reduce = "last".parse().ok();
    assert_eq!(kind(named, reduced), CurveKind::Ladder);
}

#[test]
fn columns_name_training_sets_and_samples() {
    let of = |name: &str| {
        let text = format!("{name},loss\n10,3.5\n100,3.2\n");
        kind(&text, |options| options.compute_col = Some(name.to_owned()))
    };
    assert_eq!(of("Train_Size"), CurveKind::DatasetSize);
    assert_eq!(of("k"), CurveKind::Samples);
    assert_eq!(of("flops"), CurveKind::Ladder);
    let tokens = |options: &mut ReadOptions| options.over = scalewise::runs::Variable::Tokens;
    assert_eq!(
        kind("tokens,loss\n1e9,3.5\n2e9,3.2\n", tokens),
        CurveKind::DatasetSize
    );
}

/// Ambiguous names cause a question, and a unit in a bracket is read.
#[test]
fn names_that_mean_several_things_are_asked_for() {
    let read = |text: &str| {
        let read = tables::read(text.as_bytes(), "runs.csv", &ReadOptions::default());
        read.map(|(data, _)| data.runs()[0].x())
            .map_err(|error| error.to_string())
    };
    let losses = read("compute,val_loss_c4,val_loss_pile,train_loss\n1e18,3.1,3.2,3.0\n");
    assert!(losses.is_err_and(|error| error.contains("3 columns could be the loss")));
    let sizes = read("active_params,total_params,tokens,loss\n1e7,8e7,2e8,3.1\n");
    assert!(sizes.is_err(), "{sizes:?}");
    let tokens = read("params,batch_tokens,loss\n1e7,524288,3.1\n");
    assert!(tokens.is_err_and(|error| !error.contains("batch_tokens', name")));
    assert_eq!(read("compute (EF),loss\n0.5,3.1\n"), Ok(5e17));
}
