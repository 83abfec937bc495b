//! Finds tasks whose score combines other tasks of the same suite, since they would count twice in
//! an average.

/// The scores of one task.
pub struct Named<'a> {
    /// Its name.
    pub task: &'a str,
    /// The models, by a number that identifies each, and their scores.
    pub scores: Vec<(u64, f64)>,
}

/// A task that combines other tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its index.
    pub task: usize,
    /// The indices of its parts.
    pub parts: Vec<usize>,
    /// Whether its scores confirm what its name suggests.
    pub certain: bool,
}

/// Names of tasks that combine all others.
const ALL: [&str; 8] = [
    "all",
    "average",
    "avg",
    "mean",
    "overall",
    "total",
    "macro_avg",
    "macro_average",
];
/// Separators between the name of a group and that of its part.
const BETWEEN: [char; 6] = ['_', '-', ':', '/', '.', '|'];
/// The four groups into which evaluation harnesses divide the subjects of MMLU.
const CATEGORIES: [&str; 4] = ["stem", "humanities", "social_sciences", "other"];
/// Largest distance of a group from the mean of its parts, in units of the score, and in units of
/// the parts' standard deviation, since the parts may have weights.
const NEAR: (f64, f64) = (0.002, 0.35);

/// The rest of a part's name after that of its group.
fn part<'a>(group: &str, other: &'a str) -> Option<&'a str> {
    let rest = other.strip_prefix(group)?;
    rest.strip_prefix(BETWEEN).filter(|rest| !rest.is_empty())
}

/// The groups among these tasks.
pub fn groups(tasks: &[Named<'_>]) -> Vec<Group> {
    let mut found = Vec::new();
    for (place, group) in tasks.iter().enumerate() {
        let whole = ALL.contains(&group.task.to_ascii_lowercase().as_str());
        let parts = (0..tasks.len()).filter(|k| {
            let other = tasks[*k].task;
            *k != place && (whole || part(group.task, other).is_some())
        });
        let parts: Vec<usize> = parts.collect();
        if parts.len() < 2 {
            continue;
        }
        let named: Vec<&str> = parts
            .iter()
            .filter_map(|k| part(group.task, tasks[*k].task))
            .collect();
        // If there are subjects besides all four categories, the categories are groups of them.
        if CATEGORIES.iter().all(|one| named.contains(one)) && named.len() > CATEGORIES.len() {
            let (above, below): (Vec<usize>, Vec<usize>) = parts.iter().partition(|k| {
                part(group.task, tasks[**k].task).is_some_and(|rest| CATEGORIES.contains(&rest))
            });
            for category in above {
                found.push(Group {
                    task: category,
                    parts: below.clone(),
                    certain: true,
                });
            }
            found.push(Group {
                task: place,
                parts: below,
                certain: true,
            });
            continue;
        }
        if let Some(certain) = together(group, &parts, tasks) {
            found.push(Group {
                task: place,
                parts,
                certain,
            });
        }
    }
    found.sort_by_key(|group| group.task);
    found.dedup_by_key(|group| group.task);
    found
}

/// Whether the scores of a task combine those of its parts: `true` if confirmed, `false` if
/// possible; `None` if no model has all the scores, or some model's score lies outside those of its
/// parts.
fn together(group: &Named<'_>, parts: &[usize], tasks: &[Named<'_>]) -> Option<bool> {
    let mut near = true;
    let mut models = 0;
    for (model, score) in &group.scores {
        let of = |k: &usize| {
            tasks[*k]
                .scores
                .iter()
                .find(|(m, _)| m == model)
                .map(|(_, s)| *s)
        };
        let all: Option<Vec<f64>> = parts.iter().map(of).collect();
        let Some(all) = all else { continue };
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let sd = (all.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / n).sqrt();
        let ends = all
            .iter()
            .fold((1.0f64, 0.0f64), |(l, h), s| (l.min(*s), h.max(*s)));
        if *score < ends.0 - NEAR.0 || *score > ends.1 + NEAR.0 {
            return None;
        }
        near &= (score - mean).abs() <= NEAR.0.max(NEAR.1 * sd);
        models += 1;
    }
    (models > 0).then_some(near && models >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<'a>(task: &'a str, scores: &[f64]) -> Named<'a> {
        let numbered = scores.iter().enumerate().map(|(m, s)| (m as u64, *s));
        Named {
            task,
            scores: numbered.collect(),
        }
    }

    #[test]
    fn a_task_that_is_others_together_is_found_by_name_and_scores() {
        let parts = [
            named("mmlu_stem", &[0.30, 0.40, 0.50]),
            named("mmlu_humanities", &[0.40, 0.46, 0.58]),
            named("mmlu_law", &[0.35, 0.49, 0.60]),
            named("arc", &[0.5, 0.6, 0.7]),
        ];
        let with = |task: &'static str, scores: &[f64]| {
            let mut tasks = vec![named(task, scores)];
            tasks.extend(parts.iter().map(|p| Named {
                task: p.task,
                scores: p.scores.clone(),
            }));
            groups(&tasks)
        };
        let certain = |certain| {
            vec![Group {
                task: 0,
                parts: vec![1, 2, 3],
                certain,
            }]
        };
        assert_eq!(with("mmlu", &[0.352, 0.446, 0.555]), certain(true));
        // Between its parts, but not their mean.
        assert_eq!(with("mmlu", &[0.398, 0.402, 0.502]), certain(false));
        // Outside its parts, so a task of its own.
        assert_eq!(with("mmlu", &[0.2, 0.45, 0.56]), []);
        // No part's name begins with this name.
        assert_eq!(with("mml", &[0.352, 0.446, 0.555]), []);
        let all = with("all", &[0.3875, 0.4875, 0.595]);
        assert_eq!(
            all,
            [Group {
                task: 0,
                parts: vec![1, 2, 3, 4],
                certain: true
            }]
        );
    }

    #[test]
    fn one_task_with_the_name_of_another_before_its_own_is_no_part() {
        let tasks = [named("mmlu", &[0.3, 0.4]), named("mmlu_pro", &[0.3, 0.4])];
        assert_eq!(groups(&tasks), []);
    }

    #[test]
    fn subjects_beside_the_four_categories_make_these_groups() {
        let names = [
            "mmlu",
            "mmlu_stem",
            "mmlu_humanities",
            "mmlu_social_sciences",
            "mmlu_other",
            "mmlu_anatomy",
            "mmlu_virology",
        ];
        let tasks: Vec<Named> = names.iter().map(|name| named(name, &[0.3, 0.4])).collect();
        let found: Vec<usize> = groups(&tasks).iter().map(|group| group.task).collect();
        assert_eq!(found, [0, 1, 2, 3, 4]);
        // Without subjects, the categories are the parts.
        let found: Vec<usize> = groups(&tasks[..5]).iter().map(|group| group.task).collect();
        assert_eq!(found, [0]);
    }
}
