//! How many independent origins stand behind several texts, who was first, and what contradicts what.
#![allow(missing_docs)]

use entente_watch::facts::Facts;
use entente_watch::report::Report;
use entente_watch::text::read_bytes;
use entente_watch::{Scanner, check, html};

const FACTS: &str = r#"[{"id":"depot","text":"The depot at Lindmoor holds nerve gas.","slots":[
    {"name":"place","any":["depot","bunker"],"mandatory":true},{"name":"agent","any":["nerve gas"],"mandatory":true}]}]"#;

const STORY: &str = "The depot at Lindmoor holds nerve gas, which was brought there by train during the long winter after the treaty had been signed by both sides.";

fn scan(texts: &[(&str, &str)]) -> Report {
    let sources = texts
        .iter()
        .flat_map(|(file, text)| read_bytes(file, text.as_bytes()).expect("text"));
    Scanner::new(Facts::parse(FACTS).expect("valid")).scan(sources)
}

#[test]
fn texts_are_tied_by_credit_then_by_words_then_by_quotations() {
    let credited = format!("According to the Lakeside Tribune, the matter is grave. {STORY}");
    let copied = format!("We can tell our readers today: {STORY}");
    let quote = "“We carried the drums at night because nobody was to see them,” a driver said. ";
    let quoting = format!("{quote}The depot is full of nerve gas.");
    let quoted_again = format!("Neighbours were shocked. {quote}There is nerve gas in that depot.");
    for (texts, origins) in [
        (vec![("a", credited.as_str()), ("b", copied.as_str())], 1),
        (vec![("a", copied.as_str()), ("b", credited.as_str())], 1),
        (vec![("a", quoting.as_str()), ("b", quoted_again.as_str())], 1),
        (
            vec![
                ("a", credited.as_str()),
                ("b", "Engineers told Reuters that the depot holds nerve gas."),
            ],
            2,
        ),
        (
            vec![("a", "The depot has nerve gas."), ("b", "Nerve gas lies in a bunker.")],
            2,
        ),
        (
            vec![
                ("a", "The Tribune said the depot holds nerve gas."),
                ("b", credited.as_str()),
            ],
            1,
        ),
        // What a text without credit shares with two outlets does not make these one.
        (
            vec![
                ("a", credited.as_str()),
                ("b", copied.as_str()),
                ("c", "Reuters said the depot holds nerve gas."),
            ],
            2,
        ),
        (vec![("a", "The weather is fine.")], 0),
    ] {
        let report = scan(&texts);
        assert_eq!(
            report.summary.independent_origins, origins,
            "{texts:?}\n{:?}",
            report.summary.origins
        );
    }
}

#[test]
fn copies_are_grouped_and_the_first_is_named() {
    let page = |date: &str, extra: &str| {
        format!(
            "<html><head><meta property=\"article:published_time\" content=\"{date}\"></head><body><p>{STORY} {extra}</p></body></html>"
        )
    };
    let (late, early) = (
        page("2031-03-02T08:00:00Z", "Copied."),
        page("2031-03-01T08:00:00Z", ""),
    );
    let report = scan(&[
        ("late.html", &late),
        ("early.html", &early),
        ("undated.txt", "The depot holds nerve gas."),
    ]);
    assert_eq!(report.summary.near_duplicates, [["late.html", "early.html"]]);
    let appearance = &report.summary.appearances[0];
    assert_eq!(appearance.first, "early.html");
    assert_eq!(appearance.files, ["early.html", "late.html", "undated.txt"]);
}

#[test]
fn a_contradiction_needs_two_voices() {
    for (text, contradicted) in [
        (
            "Ada Moss said the depot holds nerve gas. Jon Reed denied the report.",
            true,
        ),
        (
            "The general admitted that the depot holds nerve gas. The minister called the story false.",
            true,
        ),
        ("Jon Reed denied that the depot holds nerve gas.", false),
        (
            "If the depot holds nerve gas, people must leave. Jon Reed denied the report.",
            false,
        ),
    ] {
        assert_eq!(
            !scan(&[("t.txt", text)]).summary.contradictions.is_empty(),
            contradicted,
            "{text}"
        );
    }
}

#[test]
fn the_report_prints_as_lines_table_and_page() {
    let text = "Ada Moss said the depot holds nerve gas. Jon Reed denied the report.";
    let report = scan(&[("t.txt", text)]);
    let lines = report.to_json_lines();
    let values: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(values.len(), 3);
    for key in [
        "file",
        "fact",
        "extent",
        "missing",
        "spans",
        "speaker",
        "chain",
        "status",
        "confidence",
    ] {
        assert!(values[0].get(key).is_some(), "{key}");
    }
    for key in ["origins", "independent_origins", "contradictions"] {
        assert!(values[2]["summary"].get(key).is_some(), "{key}");
    }
    assert_eq!(values[1]["status"], "denied");
    let table = report.to_table();
    assert!(
        table.contains("contradiction depot: denied by Jon Reed; stated by Ada Moss"),
        "{table}"
    );
    let sources = read_bytes("t.txt", text.as_bytes()).expect("text");
    assert!(html::page(&report, &sources, &[], None).contains("<mark class=\"asserted\">"));
}

#[test]
fn a_check_warns_of_facts_that_match_everywhere() {
    let facts = r#"[
        {"id":"vague","slots":[{"name":"a","any":["report"]},{"name":"b","any":["said"]}]},
        {"id":"sharp","slots":[{"name":"place","any":["Lindmoor","depot"],"mandatory":true},{"name":"agent","any":["nerve gas","sarin"]}]}]"#;
    let background: Vec<_> = [
        "The report said little.",
        "It said in its report that rain fell.",
        "A report by the mayor said so.",
    ]
    .iter()
    .flat_map(|text| read_bytes("b.txt", text.as_bytes()).expect("text"))
    .collect();
    let checked = check::check(Facts::parse(facts).expect("valid"), &background);
    assert!(
        checked[0].distinctive < 0.5 && checked[1].distinctive > 0.9,
        "{checked:?}"
    );
    assert!(
        checked[0].warnings.iter().any(|w| w.contains("nearly everywhere")),
        "{checked:?}"
    );
    assert!(checked[1].warnings.is_empty(), "{checked:?}");
}

#[test]
fn o1_one_outlet_under_several_names_is_one_origin() {
    let facts = r#"[{"id":"f","slots":[{"name":"gate","any":["north gate"],"mandatory":true},{"name":"guards","any":["guards"]}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    let report = scanner.scan(
        [
            (
                "a.txt",
                "The Financial Times reported that the north gate has two guards.",
            ),
            ("b.txt", "According to the FT, only two guards watch the north gate."),
            ("c.txt", "LONDON (FT) - Guards leave the north gate at night."),
            ("d.txt", "Guards of the north gate sleep.\n\nSource: Financial Times"),
        ]
        .into_iter()
        .flat_map(|(name, text)| read_bytes(name, text.as_bytes()).expect("text")),
    );
    assert_eq!(report.summary.independent_origins, 1, "{:?}", report.summary.origins);
}

#[test]
fn o2_press_reports_and_places_are_no_outlets() {
    let facts = r#"[{"id":"f","slots":[{"name":"gate","any":["north gate"],"mandatory":true},{"name":"guards","any":["guards"]}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    for text in [
        "Early press reports said the north gate has two guards.",
        "In Times Square, a man said the north gate has two guards.",
    ] {
        let report = scanner.scan(read_bytes("a.txt", text.as_bytes()).expect("text"));
        let names: Vec<&str> = report.summary.origins.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names, ["a.txt"], "{text}");
    }
}

/// A fact about the north gate and its guards in each language that is read.
const GATES: [&str; 5] = [
    r#"[{"id":"f","slots":[{"name":"gate","any":["north gate"],"mandatory":true},{"name":"guards","any":["guards"]}]}]"#,
    r#"[{"id":"f","slots":[{"name":"gate","any":["Nordtor"],"mandatory":true},{"name":"guards","any":["Wachen"]}]}]"#,
    r#"[{"id":"f","slots":[{"name":"gate","any":["porte nord"],"mandatory":true},{"name":"guards","any":["gardes"]}]}]"#,
    r#"[{"id":"f","slots":[{"name":"gate","any":["puerta norte"],"mandatory":true},{"name":"guards","any":["guardias"]}]}]"#,
    r#"[{"id":"f","slots":[{"name":"gate","any":["brama północna","bramy północnej"],"mandatory":true},{"name":"guards","any":["strażników"]}]}]"#,
];

/// The origins of these texts, each a file of its own, by name.
fn credited(facts: &str, texts: &[&str]) -> Vec<String> {
    let names: Vec<String> = (0..texts.len()).map(|number| format!("{number}.txt")).collect();
    let sources = names
        .iter()
        .zip(texts)
        .flat_map(|(name, text)| read_bytes(name, text.as_bytes()).expect("text"));
    let report = Scanner::new(Facts::parse(facts).expect("valid")).scan(sources);
    report.summary.origins.into_iter().map(|origin| origin.name).collect()
}

#[test]
fn o1_one_outlet_credited_in_several_ways_is_one_origin_in_every_language() {
    let [en, de, fr, es, pl] = GATES;
    let rows: [(&str, &[&str]); 8] = [
        (
            en,
            &[
                "Reuters was first to report that the north gate has two guards.",
                "(Reuters) - The north gate has two guards, officials say.",
                "Only two guards watch the north gate, the Reuters news agency reported.",
                "The north gate has two guards, as first reported by Reuters.",
            ],
        ),
        (
            en,
            &[
                "The BBC reports that the north gate has two guards.",
                "Two guards watch the north gate, BBC News said on Monday.",
                "Guards of the north gate sleep at night, a man told the British Broadcasting Corporation.",
            ],
        ),
        (
            en,
            &[
                "The Lakeside Courier, which was first to report it, says the north gate has two guards.",
                "Two guards watch the north gate, the Courier wrote.",
                "The north gate has two guards.\n\nVia: Lakeside Courier",
            ],
        ),
        (
            en,
            &[
                "PORT MARROW (AP) — The north gate has two guards.",
                "The Associated Press says the north gate has two guards.",
                "The north gate has two guards, according to the AP.",
            ],
        ),
        (
            de,
            &[
                "Das Nordtor hat nur zwei Wachen, berichtet die „Süddeutsche Zeitung“.",
                "Laut SZ stehen nur zwei Wachen am Nordtor.",
                "Am Nordtor stehen zwei Wachen.\n\nQuelle: Süddeutsche Zeitung",
                "Wie die Süddeutsche meldet, stehen am Nordtor zwei Wachen.",
            ],
        ),
        (
            fr,
            &[
                "Selon l'AFP, la porte nord n'a que deux gardes.",
                "La porte nord n'a que deux gardes, a indiqué l'Agence France-Presse.",
                "PARIS (AFP) – La porte nord n'a que deux gardes.",
                "La porte nord n'a que deux gardes.\n\nSource : AFP",
            ],
        ),
        (
            es,
            &[
                "Según El País, la puerta norte tiene dos guardias.",
                "La puerta norte tiene dos guardias, informó El País.",
                "La puerta norte tiene dos guardias.\n\nFuente: El País",
                "El diario El País publicó que la puerta norte tiene dos guardias.",
            ],
        ),
        (
            pl,
            &[
                "Jak podała PAP, bramy północnej pilnuje dwóch strażników.",
                "Według Polskiej Agencji Prasowej bramy północnej pilnuje dwóch strażników.",
                "Bramy północnej pilnuje dwóch strażników.\n\nŹródło: PAP",
                "Bramy północnej pilnuje dwóch strażników, informuje Polska Agencja Prasowa.",
            ],
        ),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .map(|(facts, texts)| (texts, credited(facts, texts)))
        .filter(|(_, names)| names.len() != 1)
        .map(|(texts, names)| format!("{names:?}: {texts:#?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn o1_different_outlets_stay_apart() {
    let names = credited(
        GATES[0],
        &[
            "The FT reported that the north gate has two guards.",
            "Two guards watch the north gate, Reuters said.",
            "The Wall Street Journal says that the north gate has two guards.",
        ],
    );
    assert_eq!(names.len(), 3, "{names:?}");
}

#[test]
fn o2_reports_of_the_press_and_names_of_places_are_no_outlets_in_every_language() {
    let [en, de, fr, es, pl] = GATES;
    let mut wrong = Vec::new();
    for (facts, text) in [
        (en, "Local media reports said the north gate has two guards."),
        (en, "Several newspapers reported that the north gate has two guards."),
        (en, "On Herald Street, a man said the north gate has two guards."),
        (en, "Unconfirmed press reports say the north gate has two guards."),
        (de, "Erste Presseberichte meldeten, am Nordtor stünden zwei Wachen."),
        (de, "Medienberichten zufolge stehen am Nordtor zwei Wachen."),
        (de, "Laut Medien stehen am Nordtor zwei Wachen."),
        (
            de,
            "In der Kurierstraße sagte ein Mann, am Nordtor stünden zwei Wachen.",
        ),
        (fr, "Selon des médias, la porte nord n'a que deux gardes."),
        (fr, "La presse rapporte que la porte nord n'a que deux gardes."),
        (
            fr,
            "Rue du Courrier, un homme a dit que la porte nord n'a que deux gardes.",
        ),
        (fr, "D'après la presse locale, la porte nord n'a que deux gardes."),
        (es, "Según informes de prensa, la puerta norte tiene dos guardias."),
        (es, "Medios locales dijeron que la puerta norte tiene dos guardias."),
        (
            es,
            "En la calle del Diario, un hombre dijo que la puerta norte tiene dos guardias.",
        ),
        (es, "La prensa publicó que la puerta norte tiene dos guardias."),
        (
            pl,
            "Według doniesień prasowych bramy północnej pilnuje dwóch strażników.",
        ),
        (pl, "Media podają, że bramy północnej pilnuje dwóch strażników."),
        (
            pl,
            "Na ulicy Prasowej mężczyzna powiedział, że bramy północnej pilnuje dwóch strażników.",
        ),
        (pl, "Prasa donosi, że bramy północnej pilnuje dwóch strażników."),
    ] {
        let names = credited(facts, &[text]);
        if names != ["0.txt"] {
            wrong.push(format!("{names:?}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
