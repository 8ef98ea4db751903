//! Files as a whole: several, compressed, encoded, cut short, empty, or no tapes at all.

use super::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

const GOOD: &str = "ead,pd,segment\n1.5,0.5,a\n2.5,0.25,b\n";

#[test]
fn several_files_of_any_format_make_one_tape() {
    let desk = Desk::new();
    let zipped = [gzip(GOOD.as_bytes()), gzip(b"7,0.125,c\n")].concat();
    let files = [desk.put("a", GOOD), desk.put("b", zipped.clone()), desk.put("c.csv", "sector,pd,ead\nb,1,0")];
    let seen = Mutex::new(Vec::new());
    let tape = read_tape(&files, &settings(), &|rows| {
        seen.lock().unwrap().push(rows);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(tape.ead, [1.5, 2.5, 1.5, 2.5, 7.0, 0.0]);
    assert_eq!((tape.segments.join(""), tape.segment), ("abc".to_owned(), vec![0, 1, 0, 1, 2, 1]));
    assert_eq!(tape.inputs.iter().map(|input| input.rows).collect::<Vec<_>>(), [2, 3, 1]);
    assert_eq!((tape.inputs[0].bytes, tape.inputs[1].bytes), (GOOD.len() as u64, zipped.len() as u64));
    assert_ne!(tape.inputs[0].sha256, tape.inputs[1].sha256);
    assert_eq!(tape.inputs[0].sha256.len(), 64);
    let mut seen = seen.into_inner().unwrap();
    seen.dedup();
    assert_eq!(seen, [2, 5, 6]);
}

#[test]
fn reading_can_be_broken_off() {
    let desk = Desk::new();
    let rejects = desk.0.path().join("rejects.csv");
    let settings = TapeSettings { on_error: OnError::Skip { rejects: rejects.clone() }, ..settings() };
    let long = desk.put("long.csv", "ead,pd\n".to_owned() + &"1,0.5\n1,2\n".repeat(70_001));
    let rows = AtomicU64::new(0);
    let stop = |read| {
        rows.store(read, Ordering::SeqCst);
        ControlFlow::Break(())
    };
    let error = read_tape(&[long], &settings, &stop).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error}");
    assert!(rows.into_inner() < 140_002, "the tape was read to its end");
    assert_eq!(std::fs::read_dir(desk.0.path()).unwrap().count(), 1, "only the tape is there");
}

#[test]
fn a_file_given_twice_is_refused_and_a_copy_is_noted() {
    let desk = Desk::new();
    let (a, b) = (desk.put("a.csv", GOOD), desk.put("b.csv", GOOD));
    let again = desk.0.path().join(".").join("a.csv");
    let error = read_tape(&[a.clone(), again], &settings(), &go_on).unwrap_err().to_string();
    assert!(error.contains("the same file as"), "{error}");
    let tape = read_tape(&[a, b], &settings(), &go_on).unwrap();
    assert!(tape.assumed.iter().any(|note| note.contains("same content")), "{:?}", tape.assumed);
    assert!(read_tape(&[], &settings(), &go_on).unwrap_err().to_string().contains("at least one"));
}

#[test]
fn what_is_no_tape_says_what_it_is() {
    for (bytes, says) in [
        (&b""[..], "the file is empty"),
        (b"\n\r\n\n", "only blank lines"),
        (b"\xEF\xBB\xBF", "only blank lines"),
        (b"ead,pd\n", "a header, but no rows"),
        (b"PK\x03\x04....", "Excel"),
        (b"BZh91AY", "bzip2"),
        (b"ead;pd\n1;2\n", "set [input] delimiter = \";\""),
        (b"ead\tpd\n1\t2\n", "set [input] delimiter = \"\\t\""),
        (b"\xFF\xFEe\0a\0d\0", "set [input] encoding, for example encoding = \"utf-16le\""),
        (b"e\0a\0d\0,\0p\0d\0\n\0", "encoding = \"utf-16le\""),
        (b"\0e\0a\0d\0,\0p\0d\0\n\0x\0,\0x\0\n", "encoding = \"utf-16be\""),
        (b"ead,pd,n\n1,0.5,a\n1,0.5,caf\xE9\n", "line 3 has bytes that are not UTF-8"),
        (b"ead,pd,n,m\n1,0.5,\xC3,\xA9\n", "line 2 has bytes that are not UTF-8"),
        (b"ead,pd,n\n1,0.5,a\n1,0.5,\"b\n1,0.5,c\n", "the row on line 3 opens a double quote that is never closed"),
        (b"ead,pd,n\n1,0.5,a\n1,0.5,\"b", "the row on line 3 opens a double quote"),
        (b"ead,\"pd\n1,0.5\n", "the row on line 1 opens a double quote"),
    ] {
        let text = refusal(bytes, &settings());
        assert!(text.contains(says), "{bytes:?}: {text}");
    }
}

#[test]
fn a_quote_that_is_closed_at_the_very_end_is_no_fault() {
    assert_eq!(read("pd,ead\n0.5,\"1\"", &settings()).unwrap().ead, [1.0]);
    assert_eq!(read("pd,ead,n\n0.5,1,\"\n\"\n0.5,2,\"a\"\"\"", &settings()).unwrap().ead, [1.0, 2.0]);
}

#[test]
fn gzip_that_is_cut_short_or_damaged_is_refused() {
    let zipped = gzip(
        "ead,pd\n"
            .to_owned()
            .as_bytes()
            .iter()
            .copied()
            .chain("1,0.5\n".repeat(5_003).bytes())
            .collect::<Vec<_>>()
            .as_slice(),
    );
    for cut in [3, 12, zipped.len() / 2, zipped.len() - 9, zipped.len() - 1] {
        let text = refusal(&zipped[..cut], &settings());
        assert!(text.contains("cut short"), "{cut}: {text}");
    }
    assert_eq!(read([zipped.clone(), vec![0; 517]].concat(), &settings()).unwrap().loans(), 5_003);
    assert!(
        refusal([zipped.clone(), b"junk junk junk".to_vec()].concat(), &settings())
            .contains("come bytes that are not gzip")
    );
    let mut damaged = zipped.clone();
    let place = damaged.len() - 6;
    damaged[place] ^= 1; // in the checksum
    assert!(refusal(&damaged, &settings()).contains("damaged"));
    assert!(refusal(gzip(&zipped), &settings()).contains("gzip inside gzip"));
    assert!(refusal(gzip(b""), &settings()).contains("inside gzip: the file is empty"));
}

#[test]
fn encodings_and_separators_can_be_set() {
    let format = |delimiter, decimal, encoding: &str| TapeSettings {
        format: TextFormat { delimiter, decimal, encoding: encoding.into() },
        ..settings()
    };
    let latin = format(b';', DecimalSign::Comma, "windows-1252");
    let tape = read(b"ead;pd;segment\r\n1234,5;0,5;caf\xE9\r\n".as_slice(), &latin).unwrap();
    assert_eq!((tape.ead[0], tape.pd[0], tape.segments[0].as_str()), (1234.5, 0.5, "café"));
    assert!(refusal("ead;pd\n1.234,5;0,5\n", &latin).contains("without thousands separators"));

    let wide: Vec<u8> = "\u{feff}ead\tpd\tsegment\n1\t0.5\té\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf_16 = format(b'\t', DecimalSign::Point, "utf-16le");
    assert_eq!(read(&wide, &utf_16).unwrap().segments, ["é"]);
    assert!(refusal(&wide, &format(b'\t', DecimalSign::Point, "utf-16be")).contains("encoding = \"utf-16le\""));
    // Without a byte order mark the zero bytes tell.
    let text = refusal(&wide[2..], &format(b'\t', DecimalSign::Point, "utf-16be"));
    assert!(text.contains("text that is UTF-16LE by its zero bytes") && text.contains("\"utf-16le\""), "{text}");
    assert_eq!(read(&wide[2..], &utf_16).unwrap().segments, ["é"]);
    assert!(refusal(&wide[..wide.len() - 1], &utf_16).contains("are not UTF-16LE"));
    assert!(read(b"\xEF\xBB\xBFead,pd\n1,0.5\n".as_slice(), &settings()).is_ok());
}

#[test]
fn folders_and_files_that_are_not_there_are_named() {
    let desk = Desk::new();
    let folder = read_tape(&[desk.0.path().to_owned()], &settings(), &go_on).unwrap_err().to_string();
    assert!(folder.contains("name a file, not a directory"), "{folder}");
    let missing = read_tape(&[desk.0.path().join("no.csv")], &settings(), &go_on).unwrap_err().to_string();
    assert!(missing.contains("cannot open") && missing.contains("check the path"), "{missing}");
    let dash = read_tape(&["-".into()], &settings(), &go_on).unwrap_err().to_string();
    assert!(dash.contains("name /dev/stdin"), "{dash}");
}
