//! Loans of one borrower.

use super::*;

#[test]
fn obligors_are_numbered_as_they_come_over_all_files() {
    let desk = Desk::new();
    let files = [
        desk.put("a.csv", "ead,pd\n1,0.5\n2,0.5\n"),
        desk.put("b.csv", "ead,pd,obligor_id\n3,0.5,x\n4,0.25,y\n5,0.5, x \n6,0.5,\n"),
        desk.put("c.csv", "ead,pd,customer id\n7,0.25,y\n"),
    ];
    let tape = read_tape(&files, &settings(), &go_on).unwrap();
    assert_eq!(tape.obligor, Some(vec![0, 1, 2, 3, 2, 4, 3]));
    assert!(tape.assumed.iter().any(|note| note.starts_with("1 loan with blank obligor_id")), "{:?}", tape.assumed);
    assert_eq!(read_tape(&files[..1], &settings(), &go_on).unwrap().obligor, None);
}

#[test]
fn loans_of_one_obligor_must_agree() {
    let text = "ead,pd,segment,obligor_id\n1,0.5,a,x\n1,0.25,a,x\n1,0.5,b,x\n1,0.5,a,x\n1,9,c,y\n1,0.25,c,y\n";
    let said = refusal(text, &settings());
    assert!(said.starts_with("3 rows"), "{said}");
    assert!(
        said.contains(":3: pd: found PD 0.25 for obligor 'x'; wanted PD 0.5 as on the obligor's first row"),
        "{said}"
    );
    assert!(said.contains(":4: segment: found segment 'b' for obligor 'x'; wanted segment 'a'"), "{said}");
    assert!(!said.contains(":7:"), "a rejected row is nobody's first: {said}");
}

#[test]
fn loans_in_default_agree_with_nobody_where_they_are_judged_one_by_one() {
    let text =
        "ead,pd,segment,obligor_id,days_past_due\n1,1,b,x,91\n2,0.5,a,x,0\n3,0.25,b,x,\n4,0.75,b,x,91\n5,0.5,a,x,90\n";
    let wanted = FieldSet::of(&[Field::DaysPastDue]);
    let together = TapeSettings { wanted, ..settings() };
    let performing = TapeSettings { obligors: ObligorRule::Performing, ..together.clone() };
    let said = refusal(text, &performing);
    assert!(
        said.starts_with("1 row") && said.contains(":4: pd: found PD 0.25 for obligor 'x'; wanted PD 0.5"),
        "{said}"
    );
    assert!(refusal(text, &together).starts_with("4 rows"), "all agree with the first");
    let mended = text.replace("3,0.25,b", "3,0.5,a");
    assert_eq!(read(&mended, &performing).unwrap().obligor, Some(vec![0; 5]));
    let apart = TapeSettings { obligors: ObligorRule::Apart, ..together };
    assert_eq!(read(text, &apart).unwrap().obligor, None);
}
