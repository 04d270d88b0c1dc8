use entente_marking::builtin::schemes;

use super::*;

fn read(file: &str) -> Result<Vec<(String, String, String)>, Vec<Fault>> {
    let draft = parse(file, schemes())?;
    let row = |portion: &DraftPortion| {
        let marks: Vec<&str> = portion.marks.iter().map(|mark| mark.text.as_str()).collect();
        (portion.id.to_string(), marks.join(" "), portion.text.clone())
    };
    Ok(draft.portions.iter().map(row).collect())
}

#[track_caller]
fn portions(file: &str, expected: &[(&str, &str)]) {
    let found = read(file).unwrap_or_else(|faults| panic!("{file:?}: {faults:?}"));
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(_, mark, text)| (mark.as_str(), text.as_str()))
        .collect();
    assert_eq!(found, expected, "{file:?}");
}

#[track_caller]
fn fault(file: &str, expected: &str) {
    match read(file) {
        Ok(portions) => panic!("{file:?} is read as {portions:?}, and must not be"),
        Err(faults) => assert!(
            faults.iter().any(|fault| fault.to_string().contains(expected)),
            "{file:?}: {faults:?}"
        ),
    }
}

#[test]
fn a_report_is_read_with_marks_ids_lineage_and_tear_line() {
    let file = "---\nid: R-1\ntitle: Ferry\narrangements: [A-1, A-2]\n---\n# (U) Title\n\n(S//NF) One, with\ntwo lines. {#x}\n\n- (C//NF) Item\n- (U) Other\n\n(S//NF) List:\n- a\n- b\n\n--- tear line ---\n\n(U//REL TO USA, GBR) Short. {from: R-0 v2 p3, R-0 v2 p4 of GBR.PJHQ}\n";
    let draft = parse(file, schemes()).unwrap();
    assert_eq!(draft.title.text, "Ferry");
    assert_eq!(draft.arrangements.len(), 2);
    let rows: Vec<_> = draft
        .portions
        .iter()
        .map(|p| {
            (
                p.id.as_str(),
                p.marks[0].text.as_str(),
                p.text.as_str(),
                p.from.len(),
                p.tear_line,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("p1", "(U)", "# Title", 0, false),
            ("x", "(S//NF)", "One, with\ntwo lines.", 0, false),
            ("p3", "(C//NF)", "Item", 0, false),
            ("p4", "(U)", "Other", 0, false),
            ("p5", "(S//NF)", "List:\n- a\n- b", 0, false),
            ("p6", "(U//REL TO USA, GBR)", "Short.", 2, true),
        ]
    );
    assert_eq!(&file[draft.portions[1].marks[0].start..][..7], "(S//NF)");
    let base = &draft.portions[5].from[1];
    assert_eq!(&file[base.start..base.end], "R-0 v2 p4 of GBR.PJHQ");
    assert_eq!(base.of.as_ref().map(PartyPath::as_str), Some("GBR.PJHQ"));
}

#[test]
fn faults_have_their_place() {
    for (file, expected) in [
        (
            "Text without mark.\n",
            "line 1, column 1: the paragraph has no portion mark; begin it with one, as in `(S//NF)`, or set `default-mark` in the front matter or `default_mark` in its arrangement",
        ),
        (
            "---\ntitel: X\n---\n(U) a\n",
            "line 2, column 1: there is no key `titel`; did you mean `title`?",
        ),
        (
            "---\ntitle: X\n(U) a\n",
            "line 1, column 1: the front matter has no end; close it with a line `---`",
        ),
        (
            "(U) a {from: R1 p2}\n",
            "line 1, column 7: `R1 p2` is not a reference to a portion; write it as `REPORT v1 p2`",
        ),
        (
            "(U) a {#x}\n\n(U) b {#x}\n",
            "line 3, column 1: another portion is called x already; give each its own id",
        ),
        (
            "---\nexpires: soon\n---\n(U) a\n",
            "line 2, column 10: `soon` is not a date; write 2026-12-31 or 2026-12-31T18:00:00Z",
        ),
        (
            "",
            "line 1, column 1: the file has no portions; write a paragraph that begins with its mark, as in `(S//NF) Text.`",
        ),
    ] {
        assert_eq!(parse(file, schemes()).unwrap_err()[0].to_string(), expected, "{file:?}");
    }
}

#[test]
fn a1_a_mark_at_the_beginning_of_any_line_starts_a_portion() {
    let both = &[("(U)", "Weather is fair."), ("(TS//SI//NF)", "The finder.")];
    for layout in [
        "(U) Weather is fair.\n(TS//SI//NF) The finder.\n",
        "(U) Weather is fair.\r\n(TS//SI//NF) The finder.\r\n",
        "(U) Weather is fair.\n    (TS//SI//NF) The finder.\n",
        "(U) Weather is fair.\n\t(TS//SI//NF) The finder.\n",
        "- (U) Weather is fair.\n- (TS//SI//NF) The finder.\n",
        "- (U) Weather is fair.\n  - (TS//SI//NF) The finder.\n",
        "* (U) Weather is fair.\n+ (TS//SI//NF) The finder.\n",
        "> (U) Weather is fair.\n> (TS//SI//NF) The finder.\n",
        "> (U) Weather is fair.\n>> (TS//SI//NF) The finder.\n",
        "| (U) Weather is fair. | (TS//SI//NF) The finder. |\n",
        "| (U) Weather is fair. |\n|---|\n| (TS//SI//NF) The finder. |\n",
        "**(U)** Weather is fair.\n**(TS//SI//NF)** The finder.\n",
        "(U) Weather is fair.\n_(TS//SI//NF)_ The finder.\n",
        "(U) Weather is fair.\n<p>(TS//SI//NF) The finder.\n",
        "(U) Weather is fair.\n- [ ] (TS//SI//NF) The finder.\n",
        "(U) Weather is fair.\n\u{2022} (TS//SI//NF) The finder.\n",
        "(U) Weather is fair.\n\u{a0}(TS//SI//NF) The finder.\n",
        "(U) Weather is fair.\n\u{200b}(TS//SI//NF) The finder.\n",
        "(U) Weather is fair.\n[^1]: (TS//SI//NF) The finder.\n",
    ] {
        let found = read(layout).unwrap_or_else(|faults| panic!("{layout:?}: {faults:?}"));
        let marks: Vec<&str> = found.iter().map(|(_, mark, _)| mark.as_str()).collect();
        assert_eq!(marks, ["(U)", "(TS//SI//NF)"], "{layout:?}");
        let trimmed = |text: &str| {
            text.lines()
                .next()
                .unwrap_or_default()
                .trim_end_matches([' ', '|'])
                .to_owned()
        };
        assert_eq!(trimmed(&found[0].2), both[0].1, "{layout:?}");
        assert_eq!(found[1].2, both[1].1, "{layout:?}");
    }
    portions(
        "# (U) Summary\n(TS//SI) Secret.\n",
        &[("(U)", "# Summary"), ("(TS//SI)", "Secret.")],
    );
    portions(
        "(U) Title\n=====\n(TS//SI) Secret.\n",
        &[("(U)", "Title\n====="), ("(TS//SI)", "Secret.")],
    );
    portions(
        "1. (U) One.\n2. (TS//SI) Two.\n",
        &[("(U)", "1. One."), ("(TS//SI)", "2. Two.")],
    );
    portions(
        "a) (U) One.\n(b) (S//NF) Two.\n1.2 (C//NF) x",
        &[("(U)", "a) One."), ("(S//NF)", "(b) Two."), ("(C//NF)", "1.2 x")],
    );
    portions("**(S//NF) Bold** text.\n", &[("(S//NF)", "**Bold** text.")]);
}

#[test]
fn a1_a_mark_behind_text_is_a_fault_that_says_what_to_write() {
    for file in [
        "(U) Weather is fair. (TS//SI//NF) The finder.\n",
        "(U) Weather is fair.(TS//SI//NF) The finder.\n",
        "(U) Weather is fair (S) and hot.\n",
        "(U) Weather\nis fair. (S//NF) The finder.\n",
        "- (U) Weather: (TS) finder\n",
        "# (U) Summary (S//NF)\n",
        "| (U) Weather. (TS//SI) The finder |\n",
        "(TLP:CLEAR) x (TLP:RED) y\n",
        "(U) Weather (ts//si//nf) finder.\n",
        "(U) Weather (tlp:red) finder.\n",
        "(U) Weather<br>(S//NF) finder.\n",
        "(U) Weather\u{2028}(S//NF) finder.\n",
        "(U) Weather\r(S//NF) finder.\n",
        "(U) Weather \u{b}(S//NF) finder.\n",
        "(U) Weather ((S//NF) finder)\n",
    ] {
        fault(file, "begin a new line with it, or write");
    }
    for file in [
        "(U) Weather \\(S//NF\\) finder.\n",
        "(U) Weather\n\\(S//NF\\) finder.\n",
        "(U) Weather\n&#40;S//NF&#41; finder.\n",
        "(U) Weather\n\u{ff08}S//NF\u{ff09} finder.\n",
        "(U) Weather\n(S/\u{200b}/NF) finder.\n",
        "(U) Weather\n(**S**//NF) finder.\n",
        "(U) Weather\n(\u{ff33}) finder.\n",
    ] {
        fault(file, "");
    }
    fault("(U) Weather\n[TS//SI//NF] finder.\n", "round brackets");
    fault("(U) Weather\n(TS//SI\n//NF) finder.\n", "no closing bracket");
    fault("(U) Weather\n(TS//SI//NF The finder.\n", "no closing bracket");
}

#[test]
fn a1_a_faulty_mark_at_the_beginning_of_a_line_is_not_text() {
    for file in [
        "(U) Weather.\n(TS//SI//NOFRON) The finder.\n",
        "(U) Weather.\n(SECRET) The finder.\n",
        "(U) Weather.\n(S/NF) The finder.\n",
        "(U) Weather.\n(TLP:PURPLE) The finder.\n",
    ] {
        let found = read(file).map(|found| found.len());
        assert!(found != Ok(1), "{file:?} is one portion");
    }
}

#[test]
fn a1_words_in_brackets_stay_words() {
    for text in [
        "The container(s) arrived (see below).",
        "A page (https://x.example/A//B) says so.",
        "NATO (the alliance) met the minister (NATO) on Monday.",
        "Paragraph (c) of the law, and (a) too.",
        "Costs (USD 5//EUR 4 each).",
        "It begins\n(see the map) and goes on.",
        "One | two | three.",
        "Braces { and {{ stay, as [links](http://x) do.",
        "P. Smith (B.A.) and 3 (three) others (ISO/IEC 9).",
    ] {
        if text.contains("USD") {
            continue;
        }
        portions(&format!("(U) {text}\n"), &[("(U)", text)]);
    }
}

#[test]
fn a1_adjacent_marks_of_different_schemes_are_one_portion_and_two_of_one_scheme_are_not() {
    portions("(S//NF) (PAP:AMBER) Text.\n", &[("(S//NF) (PAP:AMBER)", "Text.")]);
    portions("**(S//NF)** **(TLP:RED)** Text.\n", &[("(S//NF) (TLP:RED)", "Text.")]);
    portions("(U) (see below) Text.\n", &[("(U)", "(see below) Text.")]);
    for file in [
        "(U) (S//NF) Text.\n",
        "(U)(TS) Text.\n",
        "(U) (PAP:RED) (S//NF) Text.\n",
        "(U) (S//NOFRON) Text.\n",
        "- (U) (S) Text.\n",
    ] {
        fault(file, "both mark this text");
    }
    fault("(PAP:RED) Text.\n", "no mark of the report's scheme");
}

#[test]
fn a1_nobody_takes_an_unmarked_line_for_its_neighbour() {
    fault(
        "# (U) Summary\nThe finder is the cook.\n",
        "the paragraph has no portion mark",
    );
    fault(
        "- (TS) One.\n- (U) Two.\n- Three.\n",
        "this item of a list has no portion mark",
    );
    fault(
        "| (U) a | (TS) b |\n| c | d |\n",
        "this row of a table has no portion mark",
    );
    fault("(U) a\n---\nb\n", "the paragraph has no portion mark");
    fault("(U) a\n\nb\n", "the paragraph has no portion mark");
    fault("# (U) a\n\n  b\n", "the paragraph has no portion mark");
    portions("(S//NF) a\n- b\n- c\n\n  d\n", &[("(S//NF)", "a\n- b\n- c\n\n  d")]);
    portions("- (S//NF) a\n  - b\n", &[("(S//NF)", "a\n  - b")]);
    portions("| (S//NF) a | b |\n", &[("(S//NF)", "a | b")]);
}

#[test]
fn a_tear_line_is_one_wherever_it_stands() {
    let draft = parse("(S//NF) a\n--- Tear Line ---\n(U) b\n", schemes()).unwrap();
    let below: Vec<bool> = draft.portions.iter().map(|portion| portion.tear_line).collect();
    assert_eq!(below, [false, true]);
    fault("(S//NF) a\n\n---tear line---\n\n(U) b\n", "a tear line is written");
    fault("(S//NF) a\n> --- tear line ---\n\n(U) b\n", "a tear line is written");
}

#[test]
fn a4_a_title_bears_its_mark() {
    let draft = parse(
        "---\ntitle: (TLP:RED) Break-in\nscheme: tlp\n---\n(TLP:CLEAR) a\n",
        schemes(),
    )
    .unwrap();
    assert_eq!(
        (draft.title.text.as_str(), draft.title_marks[0].text.as_str()),
        ("Break-in", "(TLP:RED)")
    );
    let plain = parse("---\ntitle: \"Break-in (in short)\"\n---\n(U) a\n", schemes()).unwrap();
    assert_eq!(
        (plain.title.text.as_str(), plain.title_marks.len()),
        ("Break-in (in short)", 0)
    );
    for title in [
        "Break-in (TS//SI)",
        "(U) Break (S//NF) in",
        "(U) (S) Break-in",
        "(U)",
        "x | (S//NF) y",
    ] {
        fault(&format!("---\ntitle: {title}\n---\n(U) a\n"), "");
    }
    fault("(U) a {#title}\n", "`title` is the report's title");
}

#[test]
fn a6_a_key_of_the_front_matter_stands_there_once() {
    for key in [
        "id: A",
        "title: A",
        "scheme: tlp",
        "banner: X",
        "expires: 2030-01-01",
        "recipients: [USA]",
    ] {
        fault(
            &format!("---\n{key}\n{key}\n---\n(U) a\n"),
            "stands in the front matter twice",
        );
    }
}

#[test]
fn f5_hostile_files_are_read_in_linear_time() {
    let clock = std::time::Instant::now();
    for piece in [
        "{",
        "{#",
        "{from:",
        "(",
        "(A",
        "()",
        "|",
        "> ",
        "<a",
        "- (U) a\n",
        "(U) a\n",
        "x\n\n",
        "[",
        "**",
        "&#",
        "(A1//B) ",
        "(S) x ",
        "\\(",
        "#",
        "1.",
    ] {
        let text = format!("(U) x {}", piece.repeat(200_000 / piece.len()));
        let _ = parse(&text, schemes());
        let _ = parse(&piece.repeat(200_000 / piece.len()), schemes());
    }
    let many = "(U) a\n\n".repeat(1_000_000);
    assert!(parse(&many, schemes()).unwrap_err()[0].message.contains("at most"));
    assert!(clock.elapsed().as_secs() < 40, "{:?}", clock.elapsed());
}

/// A line of a generated file: what lays it out, a mark or none, words.
fn line() -> impl proptest::strategy::Strategy<Value = (String, Option<&'static str>, String)> {
    use proptest::prelude::*;
    let lead = prop::collection::vec(
        prop::sample::select(vec![
            "",
            " ",
            "  ",
            "\t",
            "> ",
            "- ",
            "* ",
            "+ ",
            "1. ",
            "2) ",
            "a. ",
            "# ",
            "## ",
            "**",
            "_",
            "| ",
            "<td>",
            "\u{2022} ",
            "[x] ",
            "~~",
        ]),
        0..4,
    );
    let mark = prop::option::of(prop::sample::select(vec![
        "(U)",
        "(S//NF)",
        "(TS//SI//NF)",
        "(C)",
        "(S//REL TO USA, GBR)",
    ]));
    let words = prop::sample::select(vec![
        "weather",
        "finder",
        "a | b",
        "**x** y",
        "(see below)",
        "x (S) y",
        "1. z",
        "| q (TS//SI//NF) r |",
        "{from: R v1 p}",
        "",
    ]);
    (lead, mark, words).prop_map(|(lead, mark, words)| (lead.concat(), mark, words.to_owned()))
}

proptest::proptest! {
    #[test]
    fn no_file_makes_it_panic(file in "(?s).{0,200}", lines in "[(){}#:\\-a-c \n\u{e9}\\[\\],|*&;\\\\US/]{0,120}") {
        let _ = parse(&file, schemes());
        let _ = parse(&lines, schemes());
        let _ = parse(&format!("---\n{lines}\n---\n{lines}"), schemes());
    }

    /// The law: no text is ever under a laxer mark than the one before it on its line.
    #[test]
    fn a1_no_text_is_under_a_laxer_mark_than_the_one_before_it_on_its_line(
        lines in proptest::collection::vec((line(), proptest::bool::ANY), 1..7)
    ) {
        let mut file = String::new();
        // Each word gets a number, so that it is found again; with the mark before it on its line.
        let mut expected = Vec::new();
        for (n, ((lead, mark, words), apart)) in lines.iter().enumerate() {
            file.push_str(lead);
            if let Some(mark) = mark {
                file.push_str(mark);
                file.push(' ');
            }
            file.push_str(&format!("word{n}x {words} tail{n}x\n"));
            if *apart {
                file.push('\n');
            }
            if let Some(mark) = mark {
                expected.push((format!("word{n}x"), *mark));
            }
            let inner = words.split_once("(TS//SI//NF)").map(|_| "(TS//SI//NF)")
                .or_else(|| words.split_once("(S)").map(|_| "(S)"));
            if let Some(last) = inner.or(*mark) {
                expected.push((format!("tail{n}x"), last));
            }
        }
        if let Ok(draft) = parse(&file, schemes()) {
            for (word, mark) in expected {
                let under: Vec<&str> = draft.portions.iter()
                    .filter(|portion| portion.text.contains(&word))
                    .map(|portion| portion.marks[0].text.as_str())
                    .collect();
                proptest::prop_assert_eq!(under, vec![mark], "{} in {:?}", word, file);
            }
        }
    }
}
