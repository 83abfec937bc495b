use scalewise::internal::Benchmark;

/// A simulated benchmark as a long table, with problems and models in reverse order.
pub fn csv(benchmark: &Benchmark) -> String {
    let counts = benchmark.simulate().unwrap().counts;
    let mut csv = "model,compute,problem,n_samples,n_correct\n".to_owned();
    for (i, problem) in counts.problems().iter().enumerate().rev() {
        for (place, model) in counts.models().iter().enumerate() {
            let row = counts.counts(place);
            csv += &format!(
                "{},{:e},{problem},{},{}\n",
                model.name, model.compute, row[i].samples, row[i].passes
            );
        }
    }
    csv
}
