//! A tape is the same for every number of threads: its loans and their order, its rejects, its errors.

use super::*;

fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

/// Rows of all kinds over several chunks: quoted and blank lines, bad cells, obligors that contradict themselves.
fn dirty(n: u32) -> String {
    let row = |i: u32| match i % 997 {
        0 => format!("{i},\"a\n\"\"{}\",o{i},x,0.5\r\n", i % 13),
        1 => format!("\n\n{i},\"b\",o{},1,0.25\n", i - 1),
        2 => format!("{i},c\n"),
        3 => format!("{i},d,,-{i},0.5\r"),
        4 => format!("{},late{i},o{},{i},0.125\n", i - 3, i - 3),
        5 => format!("{i},late{i},o{},{i}.5,0.125\n", i / 997 * 7),
        _ => {
            let owner = i / 2 % 1_999;
            format!("{i},s{},o{owner},{i}.25,0.{}\n", owner % 7, 1 + owner % 9)
        }
    };
    "loan_id,segment,obligor_id,ead,pd\n".to_owned() + &(0..n).map(row).collect::<String>()
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let desk = Desk::new();
    let text = dirty(40_009);
    assert!(text.len() > 3 << 18, "{} bytes are not several chunks", text.len());
    let again = text.replace("loan_id", "x").replace("obligor_id", "y");
    let files = [desk.put("a.csv", &text), desk.put("b.csv.gz", gzip(text.as_bytes())), desk.put("c.csv", again)];
    let rejects = desk.0.path().join("rejects.csv");
    let skip = TapeSettings { on_error: OnError::Skip { rejects: rejects.clone() }, ..settings() };
    let outcome = |threads| {
        on_threads(threads, || {
            let tape = read_tape(&files, &skip, &go_on).unwrap();
            let error = read_tape(&files, &settings(), &go_on).unwrap_err().to_string();
            (tape, std::fs::read(&rejects).unwrap(), error)
        })
    };
    let (tape, rows, error) = outcome(1);
    assert!(tape.loans() > 110_000 && tape.rejected.rows > 300, "{} {}", tape.loans(), tape.rejected.rows);
    assert!(error.contains("a.csv:2: ead: found 'x'"), "{error}");
    let contradictions = String::from_utf8(rows.clone()).unwrap().matches("for obligor 'o").count();
    assert!(contradictions > 30, "{contradictions}");
    for threads in [2, 3, 5] {
        assert!(outcome(threads) == (tape.clone(), rows.clone(), error.clone()), "{threads} threads");
    }
}

#[test]
fn typed_files_are_read_alike_by_any_number_of_threads() {
    let desk = Desk::new();
    let path = desk.0.path().join("a.parquet");
    let made_up =
        MadeUp { loans: 100_003, seed: 5, segments: 13, pds: PdKind::Continuous, columns: MadeUpColumns::OneYear };
    write_made_up(&made_up, &path, &go_on).unwrap();
    let read = |threads| on_threads(threads, || read_tape(std::slice::from_ref(&path), &settings(), &go_on).unwrap());
    let one = read(1);
    assert_eq!(one.loans(), 100_003);
    assert!([2, 3, 5].into_iter().all(|threads| read(threads) == one));
}

#[test]
fn a_fault_late_in_a_file_is_named_by_any_number_of_threads() {
    let row = "1,0.5,\u{e9}\n".as_bytes();
    let good = [b"ead,pd,n\n".as_slice(), &row.repeat(70_001)].concat();
    for (end, says) in [
        (&b"1,0.5,\xE9\n1,0.5,\"\n"[..], "line 70003 has bytes that are not UTF-8"),
        (b"1,0.5,\"a\"\n1,0.5,\"\n", "the row on line 70004 opens a double quote"),
    ] {
        let bytes = [&good, end].concat();
        for threads in [1, 2, 3] {
            let text = on_threads(threads, || refusal(&bytes, &settings()));
            assert!(text.contains(says), "{threads} threads: {text}");
        }
    }
}
