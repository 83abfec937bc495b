//! Which files the rows of a united table come from.

/// Rows that are consecutive both in the table and in their file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tables) struct Origin {
    /// The table's line of the first of them.
    first: u64,
    file: String,
    /// The file's line of the first of them.
    line: u64,
}

impl Origin {
    /// Records the origin of one more row; rows come in the order of the table.
    pub(in crate::tables) fn note(origins: &mut Vec<Origin>, first: u64, file: &str, line: u64) {
        let follows =
            |last: &&Origin| last.file == file && last.line + (first - last.first) == line;
        if origins.last().filter(follows).is_none() {
            origins.push(Origin {
                first,
                file: file.to_owned(),
                line,
            });
        }
    }

    /// The file, and the line in it, of the row on a line of the table.
    pub(in crate::tables) fn of(origins: &[Origin], line: u64) -> Option<(&str, u64)> {
        let at = origins.partition_point(|origin| origin.first <= line);
        let origin = origins.get(at.checked_sub(1)?)?;
        Some((&origin.file, origin.line + (line - origin.first)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_table_leads_to_its_file() {
        let mut origins = Vec::new();
        for (k, (file, line)) in [("a", 2), ("a", 3), ("a", 5), ("b", 2)]
            .into_iter()
            .enumerate()
        {
            Origin::note(&mut origins, k as u64 + 2, file, line);
        }
        assert_eq!(origins.len(), 3);
        let found: Vec<_> = (1..6).map(|line| Origin::of(&origins, line)).collect();
        assert_eq!(
            found,
            [
                None,
                Some(("a", 2)),
                Some(("a", 3)),
                Some(("a", 5)),
                Some(("b", 2))
            ]
        );
    }
}
