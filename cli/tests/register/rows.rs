//! The rows behind an entry: a changed digit of a used row is detected, and unused rows may change.

use super::*;

fn verify(folder: &Path, table: &str) -> Ran {
    std::fs::write(folder.join("now.csv"), table).unwrap();
    run(folder, &["verify", "entry.json", "now.csv"])
}

#[test]
fn every_digit_of_every_used_row_counts() {
    let (_guard, folder) = registered();
    let text = std::fs::read_to_string(CEREBRAS).unwrap();
    let start = text.find('\n').unwrap();
    let end = text.find("13B").unwrap();
    let mut tried = 0;
    for (at, c) in text
        .char_indices()
        .filter(|(at, c)| c.is_ascii_digit() && (start..end).contains(at))
    {
        let other = if c == '1' { '2' } else { '1' };
        let ran = verify(
            &folder,
            &format!("{}{other}{}", &text[..at], &text[at + 1..]),
        );
        assert_eq!(ran.code, 3, "digit at byte {at}: {}", ran.out);
        assert!(
            ran.err.contains("CHANGED"),
            "digit at byte {at}: {}",
            ran.err
        );
        tried += 1;
    }
    assert!(tried > 150, "{tried}");
}

#[test]
fn unused_rows_may_change_and_come_and_go() {
    let (_guard, folder) = registered();
    let text = std::fs::read_to_string(CEREBRAS).unwrap();
    let (used, unused) = text.split_at(text.find("13B").unwrap());
    let (head, rows) = used.split_once('\n').unwrap();
    let backwards: Vec<&str> = rows.lines().rev().collect();
    let tables = [
        text.clone(),
        used.to_owned(),
        format!("{used}{}", unused.replace("1.575", "9.575")),
        format!("{used}{}", unused.replace("13B", "14B")),
        format!("{used}{unused}30B,1,2,3e23,1.5\nbroken,,,,\nlater,1,2,1e22,NaN\n"),
        format!("{head}\n{unused}{rows}"),
        format!("{head}\n\n\n{}\n", backwards.join("\n")),
        text.replace(',', ";"),
        text.lines().map(|l| l.to_owned() + ",note\r\n").collect(),
        text.lines()
            .map(|l| {
                l.rsplit_once(',')
                    .map(|(a, b)| format!("{b}, {a} \n"))
                    .unwrap()
            })
            .collect::<String>(),
    ];
    for (k, table) in tables.iter().enumerate() {
        let ran = verify(&folder, table);
        if k == 9 {
            // Only the last column moved, since columns are found by name.
            let names: Vec<&str> = table.lines().next().unwrap().split(',').collect();
            assert_eq!(names[0], "loss");
        }
        assert_eq!(ran.code, 0, "table {k}: {}", ran.err);
        assert!(
            ran.out.contains("identical bytes"),
            "table {k}: {}",
            ran.out
        );
    }
}

#[test]
fn rows_that_leave_the_used_ones_are_noticed_and_those_that_join_them_are_counted() {
    let (_guard, folder) = registered();
    let text = std::fs::read_to_string(CEREBRAS).unwrap();
    let first = text.lines().nth(1).unwrap();
    for (table, words) in [
        (
            text.replace(&format!("{first}\n"), ""),
            "5 rows are used where 6",
        ),
        (
            text.replace("flops,loss\n", "flops,loss\n\n") + first,
            "7 rows are used where 6",
        ),
        (
            text.replace("n_params", "params"),
            "there is no column 'n_params'",
        ),
        (
            text.replace("2.566", "2.5660"),
            "CHANGED: the 6 used rows have sha256:",
        ),
    ] {
        let ran = verify(&folder, &table);
        assert_eq!(ran.code, 3, "{words}: {}", ran.out);
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    // Other rows may join if the used rows are where they were; the new ones are not part of the
    // registration.
    for table in [
        text.clone() + first,
        text.clone() + "extra,1,2,5e20,1.9\n",
        text.replace("2.3e+22", "2.3e+21"),
    ] {
        let ran = verify(&folder, &table);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(
            ran.out.contains("; 1 more would be used today"),
            "{}",
            ran.out
        );
        assert!(ran.out.contains("identical bytes"), "{}", ran.out);
    }
}

/// The usual case: all rows are used, and the large run is added to the same table later.
#[test]
fn the_outcome_may_join_the_table_without_fit_below() {
    let (_guard, folder) = temporary();
    let text = std::fs::read_to_string(CEREBRAS).unwrap();
    let (before, large) = text.split_at(text.find("13B").unwrap());
    std::fs::write(folder.join("runs.csv"), before).unwrap();
    ok(
        &folder,
        &["register", "runs.csv", "--at", "2.3e22", "-o", "entry.json"],
    );
    std::fs::write(folder.join("runs.csv"), format!("{before}{large}")).unwrap();
    let out = ok(&folder, &["verify", "entry.json", "runs.csv"]);
    assert!(out.contains("identical bytes"), "{out}");
}

/// Some results name lines, and draw rows by position: both stay those of the registered table,
/// wherever its rows are now.
#[test]
fn lines_and_places_stay_those_of_the_registered_table() {
    let (_guard, folder) = temporary();
    let text = surface_table();
    let (head, rows) = text.split_once('\n').unwrap();
    std::fs::write(
        folder.join("runs.csv"),
        format!("{head}\nunused,1e9,,\n\n{rows}"),
    )
    .unwrap();
    let made = [
        "register",
        "allocate",
        "runs.csv",
        "--compute",
        "1e24",
        "--replicates",
        "50",
        "-o",
        "entry.json",
    ];
    ok(&folder, &made);
    let entry = json(&std::fs::read_to_string(folder.join("entry.json")).unwrap());
    let without = entry["result"]["sensitivity"].as_array().unwrap().iter();
    let lines: Vec<u64> = without
        .flat_map(|row| row["without"].as_array().unwrap())
        .map(|line| line.as_u64().unwrap())
        .collect();
    assert!(
        !lines.is_empty() && lines.iter().all(|l| (4..29).contains(l)),
        "{lines:?}"
    );
    let mut backwards: Vec<&str> = rows.lines().rev().collect();
    backwards.insert(0, head);
    std::fs::write(folder.join("runs.csv"), backwards.join("\n")).unwrap();
    let out = ok(&folder, &["verify", "entry.json", "runs.csv"]);
    assert!(out.contains("identical bytes"), "{out}");
}

#[test]
fn rows_that_a_condition_holds_out_are_free() {
    let (_guard, folder) = temporary();
    std::fs::copy(CEREBRAS, folder.join("runs.csv")).unwrap();
    let mut question = cerebras("runs.csv", "entry.json");
    (question[2], question[3]) = ("--hold", "model = 13B");
    ok(&folder, &question);
    let entry = json(&std::fs::read_to_string(folder.join("entry.json")).unwrap());
    let table = &entry["request"]["question"]["forecast"]["table"];
    assert_eq!(table["hold"], serde_json::json!(["model = 13B"]), "{entry}");
    let text = std::fs::read_to_string(CEREBRAS).unwrap();
    let free = text.replace("1.575", "9.575");
    assert_ne!(free, text);
    let ran = verify(&folder, &free);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let used = text.replace("2.566", "2.567");
    assert_eq!(verify(&folder, &used).code, 3);
}
