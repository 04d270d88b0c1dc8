//! Kinds of statements that were once misread, in every language that is read: each line a sentence, and how it stands.
#![allow(missing_docs)]

use entente_watch::Language::{self, De, En, Es, Fr, Pl};
use entente_watch::facts::Facts;
use entente_watch::report::Report;
use entente_watch::text::read_bytes;
use entente_watch::{ARTICLE, Scanner};

const TAP: [(Language, &str); 5] = [
    (
        En,
        r#"[{"id":"t","text":"The agency taps the minister's phone.","slots":[
        {"name":"tap","any":["tap","tapped","tapping","wiretap*"],"mandatory":true},{"name":"line","any":["phone","telephone"],"mandatory":true},
        {"name":"who","any":["agency"]},{"name":"whose","any":["minister"]}]}]"#,
    ),
    (
        De,
        r#"[{"id":"t","text":"Die Behörde hört das Telefon der Ministerin ab.","slots":[
        {"name":"tap","any":["abgehört","abhören","abhörte","abzuhören","hört … ab","hörte … ab"],"mandatory":true},{"name":"line","any":["Telefon","Handy"],"mandatory":true},
        {"name":"who","any":["Behörde"]},{"name":"whose","any":["Ministerin"]}]}]"#,
    ),
    (
        Fr,
        r#"[{"id":"t","text":"Le service écoute le téléphone de la ministre.","slots":[
        {"name":"tap","any":["sur écoute","écouté","écoutait","écouter"],"mandatory":true},{"name":"line","any":["téléphone","portable"],"mandatory":true},
        {"name":"who","any":["service"]},{"name":"whose","any":["ministre"]}]}]"#,
    ),
    (
        Es,
        r#"[{"id":"t","text":"La agencia interviene el teléfono de la ministra.","slots":[
        {"name":"tap","any":["intervino","intervenido","intervenir","pinchó","pinchado","pinchar","pinchara"],"mandatory":true},{"name":"line","any":["teléfono","móvil"],"mandatory":true},
        {"name":"who","any":["agencia"]},{"name":"whose","any":["ministra"]}]}]"#,
    ),
    (
        Pl,
        r#"[{"id":"t","text":"Agencja podsłuchuje telefon ministra.","slots":[
        {"name":"tap","any":["podsłuch*"],"mandatory":true},{"name":"line","any":["telefon*"],"mandatory":true},
        {"name":"who","any":["agencj*"]},{"name":"whose","any":["ministr*"]}]}]"#,
    ),
];

fn scanner(language: Language) -> Scanner {
    let facts = TAP.iter().find(|(of, _)| *of == language).expect("a fact").1;
    Scanner::new(Facts::parse(facts).expect("valid"))
}

fn scan(language: Language, text: &str) -> Report {
    scanner(language).scan(read_bytes("t.txt", text.as_bytes()).expect("text"))
}

/// The status and speaker of each finding, or `not exposed`, or `nothing`.
fn told(report: &Report) -> Vec<String> {
    let mut told: Vec<String> = report
        .findings
        .iter()
        .map(|f| format!("{} {}", format!("{:?}", f.status).to_lowercase(), f.speaker))
        .collect();
    told.extend(report.summary.not_exposed.iter().map(|_| "not exposed".to_owned()));
    if told.is_empty() {
        told.push("nothing".to_owned());
    }
    told
}

fn all_right(rows: &[(Language, &str, &str)]) {
    let mut wrong = Vec::new();
    for (language, text, expected) in rows {
        let report = scan(*language, text);
        let got = told(&report);
        let right = got.len() == 1 && got[0].starts_with(expected);
        if !right || !report.summary.contradictions.is_empty() {
            wrong.push(format!("{text}\n    expected {expected}\n    got      {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn m2_only_what_is_withheld_is_withheld() {
    all_right(&[
        (
            En,
            "He did not say how the agency had tapped the phone of the minister.",
            "asserted (article)",
        ),
        (
            En,
            "It is not being revealed who the partner was, but the agency tapped the phone of the minister.",
            "asserted (article)",
        ),
        (
            En,
            "The spokesman declined to explain why the agency tapped the minister's phone.",
            "asserted",
        ),
        (
            En,
            "He did not reveal whether the agency had tapped the phone of the minister.",
            "not exposed",
        ),
        (
            En,
            "The paper did not disclose the agency that tapped the minister's phone.",
            "not exposed",
        ),
        (
            De,
            "Er sagte nicht, wie die Behörde das Telefon der Ministerin abgehört hatte.",
            "asserted",
        ),
        (
            De,
            "Er sagte nicht, ob die Behörde das Telefon der Ministerin abgehört hatte.",
            "not exposed",
        ),
        (
            Fr,
            "Il n'a pas précisé comment le service avait mis le téléphone de la ministre sur écoute.",
            "asserted",
        ),
        (
            Fr,
            "Il n'a pas révélé si le service avait mis le téléphone de la ministre sur écoute.",
            "not exposed",
        ),
        (
            Es,
            "No reveló cómo la agencia había intervenido el teléfono de la ministra.",
            "asserted",
        ),
        (
            Es,
            "No reveló si la agencia había intervenido el teléfono de la ministra.",
            "not exposed",
        ),
        (
            Pl,
            "Nie ujawnił, jak agencja podsłuchiwała telefon ministra.",
            "asserted",
        ),
        (
            Pl,
            "Nie ujawnił, czy agencja podsłuchiwała telefon ministra.",
            "not exposed",
        ),
    ]);
}

#[test]
fn m3_a_denial_reaches_its_own_object() {
    all_right(&[
        (
            En,
            "The minister denied any knowledge of money, but the agency tapped the minister's phone.",
            "asserted (article)",
        ),
        (
            En,
            "The spokesman denied making a mistake although the agency had tapped the minister's phone.",
            "asserted",
        ),
        (
            En,
            "The chief denied wrongdoing after the agency tapped the minister's phone.",
            "asserted",
        ),
        (
            En,
            "The agency, which denied breaking the law, tapped the minister's phone.",
            "asserted",
        ),
        (
            En,
            "The spokesman denied that the agency tapped the minister's phone.",
            "denied The spokesman",
        ),
        (
            De,
            "Die Sprecherin bestritt eine Affäre, aber die Behörde hat das Telefon der Ministerin abgehört.",
            "asserted",
        ),
        (
            De,
            "Die Sprecherin bestritt, dass die Behörde das Telefon der Ministerin abgehört hat.",
            "denied",
        ),
        (
            Fr,
            "Le porte-parole a démenti toute liaison, mais le service a mis le téléphone de la ministre sur écoute.",
            "asserted",
        ),
        (
            Fr,
            "Le porte-parole a démenti que le service ait mis le téléphone de la ministre sur écoute.",
            "denied",
        ),
        (
            Es,
            "El portavoz negó cualquier relación, pero la agencia había intervenido el teléfono de la ministra.",
            "asserted",
        ),
        (
            Es,
            "El portavoz negó que la agencia hubiera intervenido el teléfono de la ministra.",
            "denied",
        ),
        (
            Pl,
            "Rzecznik zaprzeczył romansowi, ale agencja podsłuchiwała telefon ministra.",
            "asserted",
        ),
        (
            Pl,
            "Rzecznik zaprzeczył, że agencja podsłuchiwała telefon ministra.",
            "denied",
        ),
    ]);
}

#[test]
fn s1_phrases_that_deny_and_allege() {
    all_right(&[
        (
            En,
            "There is no evidence that the agency tapped the minister's phone.",
            "denied",
        ),
        (
            En,
            "There is no truth in reports that the agency tapped the minister's phone.",
            "denied",
        ),
        (
            En,
            "It is a myth that the agency tapped the minister's phone.",
            "denied",
        ),
        (En, "The agency failed to tap the minister's phone.", "denied"),
        (
            En,
            "“We are not aware that the agency tapped the minister's phone,” the spokesman said.",
            "denied",
        ),
        (
            En,
            "The court cleared the agency of tapping the minister's phone.",
            "denied",
        ),
        (
            En,
            "The opposition accused the agency of tapping the minister's phone.",
            "alleged",
        ),
        (En, "The agency is accused of tapping the minister's phone.", "alleged"),
        (
            De,
            "Es gibt keine Beweise, dass die Behörde das Telefon der Ministerin abgehört hat.",
            "denied",
        ),
        (
            De,
            "Es ist ein Mythos, dass die Behörde das Telefon der Ministerin abgehört hat.",
            "denied",
        ),
        (
            De,
            "Die Behörde hat das Telefon der Ministerin nicht abgehört.",
            "denied",
        ),
        (
            De,
            "Die Opposition wirft der Behörde vor, das Telefon der Ministerin abgehört zu haben.",
            "alleged",
        ),
        (
            De,
            "Die Behörde soll das Telefon der Ministerin abgehört haben.",
            "alleged",
        ),
        (
            Fr,
            "Il n'y a aucune preuve que le service ait mis le téléphone de la ministre sur écoute.",
            "denied",
        ),
        (
            Fr,
            "L'opposition accuse le service d'avoir mis le téléphone de la ministre sur écoute.",
            "alleged",
        ),
        (
            Fr,
            "Le service aurait mis le téléphone de la ministre sur écoute.",
            "alleged",
        ),
        (
            Es,
            "No hay pruebas de que la agencia haya intervenido el teléfono de la ministra.",
            "denied",
        ),
        (
            Es,
            "Es un mito que la agencia haya intervenido el teléfono de la ministra.",
            "denied",
        ),
        (
            Es,
            "La oposición acusa a la agencia de haber intervenido el teléfono de la ministra.",
            "alleged",
        ),
        (
            Pl,
            "Nie ma dowodów, że agencja podsłuchiwała telefon ministra.",
            "denied",
        ),
        (Pl, "To mit, że agencja podsłuchiwała telefon ministra.", "denied"),
        (
            Pl,
            "Opozycja oskarża agencję o podsłuchiwanie telefonu ministra.",
            "alleged",
        ),
    ]);
}

#[test]
fn s2_headlines_are_read_in_their_language() {
    all_right(&[
        (En, "Agency denies tapping minister's phone", "denied"),
        (En, "Agency accused of tapping minister's phone", "alleged"),
        (En, "Minister's phone tapped by agency, says union", "asserted"),
        (En, "Agency tapped minister's phone: report", "asserted report"),
        (En, "Union: agency tapped minister's phone", "asserted Union"),
        (En, "Agency admits tapping minister's phone", "confirmed"),
        (En, "Did agency tap minister's phone?", "alleged"),
        (De, "Behörde bestreitet Abhören von Telefon der Ministerin", "denied"),
        (
            Es,
            "La agencia niega haber intervenido el teléfono de la ministra",
            "denied",
        ),
        (Pl, "Agencja zaprzecza podsłuchiwaniu telefonu ministra", "denied"),
    ]);
    let report = scanner(En)
        .in_language(En)
        .scan(read_bytes("t.txt", b"Agency tapped phone").expect("text"));
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn s3_a_denial_of_something_else_is_laid_on_no_neighbour() {
    all_right(&[
        (
            En,
            "The agency tapped the minister's phone. The minister denied the affair with her driver.",
            "asserted",
        ),
        (
            En,
            "The agency tapped the minister's phone. The driver confirmed the affair.",
            "asserted",
        ),
        (
            De,
            "Die Behörde hat das Telefon der Ministerin abgehört. Der Fahrer bestritt das Verhältnis.",
            "asserted",
        ),
        (
            Fr,
            "Le service a mis le téléphone de la ministre sur écoute. Le chauffeur a nié la liaison.",
            "asserted",
        ),
        (
            Es,
            "La agencia había intervenido el teléfono de la ministra. El chófer negó la relación.",
            "asserted",
        ),
        (
            Pl,
            "Agencja podsłuchiwała telefon ministra. Kierowca zaprzeczył romansowi.",
            "asserted",
        ),
    ]);
    for (language, text) in [
        (
            En,
            "The agency tapped the minister's phone. The spokesman denied the report.",
        ),
        (
            En,
            "The agency tapped the minister's phone. The spokesman denied the tapping.",
        ),
        (
            De,
            "Die Behörde hat das Telefon der Ministerin abgehört. Die Sprecherin dementierte den Bericht.",
        ),
    ] {
        let told = told(&scan(language, text));
        assert!(told.iter().any(|one| one.starts_with("denied")), "{text}: {told:?}");
    }
}

#[test]
fn a1_speakers_are_right_or_none() {
    all_right(&[
        (
            En,
            "The agency is said to have tapped the minister's phone.",
            &format!("alleged {ARTICLE}"),
        ),
        (
            En,
            "The agency's reported tapping of the minister's phone went on for years.",
            &format!("alleged {ARTICLE}"),
        ),
        (
            En,
            "The agency tapped the minister's phone, its chairman said.",
            "asserted its chairman",
        ),
        (
            De,
            "Laut The Register kann die Behörde das Telefon der Ministerin abhören.",
            "asserted The Register",
        ),
    ]);
}

#[test]
fn m1_what_the_attribution_tells_is_told() {
    let facts = r#"[{"id":"list","text":"An informant in the union gave police the list.","slots":[
            {"name":"who","any":["informant"],"mandatory":true},{"name":"where","any":["union"],"mandatory":true},{"name":"what","any":["list","names"]}]},
        {"id":"plan","text":"A source inside the leadership told of the plan.","slots":[
            {"name":"who","any":["source","mole"],"mandatory":true},{"name":"where","any":["leadership"],"mandatory":true},{"name":"what","any":["plan","scheme"]}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    for (text, fact) in [
        ("An informant in the union told police the names on the list.", "list"),
        ("A source inside the leadership told them of the plan.", "plan"),
        ("The plan was revealed by a source inside the leadership.", "plan"),
        ("A mole in the leadership said the plan was ready.", "plan"),
    ] {
        let report = scanner.scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
        let got: Vec<&str> = report.findings.iter().map(|f| f.fact.as_str()).collect();
        assert_eq!(got, [fact], "{text}");
    }
    let report = scanner.scan(read_bytes("t.txt", b"A source said the leadership has a plan.").expect("text"));
    assert!(
        report.findings.is_empty(),
        "that somebody speaks is no content: {:?}",
        report.findings
    );
}

#[test]
fn m4_phrases_may_be_parted_and_m5_hyphens_inflect() {
    let facts = r#"[{"id":"f","slots":[{"name":"move","any":["brought … forward","reverse engineer"],"mandatory":true},
        {"name":"what","any":["raids","protocol"],"mandatory":true}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    for text in [
        "Police brought the raids forward by a week.",
        "Police brought forward the raids by a week.",
        "The protocol was reverse-engineered by students.",
        "They are reverse engineering the protocol.",
        "Reverse-engineering of the protocol took a month.",
    ] {
        let report = scanner.scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
        assert_eq!(report.findings.len(), 1, "{text}");
    }
    let far = "Police brought the men who had planned the raids for a year or more to court, and went forward.";
    assert!(
        scanner
            .scan(read_bytes("t.txt", far.as_bytes()).expect("text"))
            .findings
            .is_empty()
    );
}

#[test]
fn m6_a_pronoun_leads_to_the_sentence_before() {
    let facts = r#"[{"id":"f","slots":[{"name":"who","any":["Quick"],"mandatory":true},{"name":"what","any":["resign*"],"mandatory":true}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    let found = |text: &str| {
        scanner
            .scan(read_bytes("t.txt", text.as_bytes()).expect("text"))
            .findings
            .len()
    };
    assert_eq!(found("A blunder by Bob Quick was seen. He resigned on Thursday."), 1);
    assert_eq!(
        found("A blunder by Bob Quick was seen. The mayor resigned on Thursday."),
        0
    );
}

#[test]
fn m8_indicators_are_found_defanged() {
    let facts = r#"[{"id":"f","values":["starbucls.xyz","198.51.100.7"]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    for (text, count) in [
        ("Traffic went to starbucls[.]xyz at night.", 1),
        ("Traffic went to starbucls.xyz at night.", 1),
        ("Traffic went to hxxp://www.starbucls.xyz/login at night.", 1),
        ("Traffic went to starbucls[dot]xyz at night.", 1),
        ("Traffic went to starbucls(.)xyz at night.", 1),
        ("Traffic went to 198[.]51[.]100[.]7 at night.", 1),
        ("Traffic went to 198.51.100.7:8080 at night.", 1),
        ("They took 198 men, 51 boats, 100 guns and 7 flags.", 0),
        ("Traffic went to starbucls and xyz.", 0),
    ] {
        let report = scanner.scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
        assert_eq!(report.findings.len(), count, "{text}");
    }
    let hidden = entente_watch::facts::salted("salt", "starbucls.xyz");
    let facts = format!(
        r#"[{{"id":"f","values":[{}]}}]"#,
        serde_json::to_string(&hidden).expect("json")
    );
    let scanner = Scanner::new(Facts::parse(&facts).expect("valid"));
    for text in ["Seen at starbucls[.]xyz.", "Seen at starbucls.xyz today."] {
        assert_eq!(
            scanner
                .scan(read_bytes("t.txt", text.as_bytes()).expect("text"))
                .findings
                .len(),
            1,
            "{text}"
        );
    }
}

#[test]
fn m7_near_misses_name_what_is_missing() {
    let facts = r#"[{"id":"city","slots":[
        {"name":"name","any":["Raqqa"],"mandatory":true},{"name":"partner","any":["partner"],"mandatory":true},{"name":"threat","any":["threat","plot"]},{"name":"detect","any":["detect*"]}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    let report = scanner.scan(
        read_bytes(
            "t.txt",
            b"He revealed the city from which the partner detected the threat.",
        )
        .expect("text"),
    );
    assert!(report.findings.is_empty());
    let near = &report.summary.to_review;
    assert_eq!(near.len(), 1, "{near:?}");
    assert_eq!(near[0].missing, ["name"]);
    let unrelated = "The partner of the bakery opened a shop. It sells bread. People like the threat of rain less.";
    let report = scanner.scan(read_bytes("t.txt", unrelated.as_bytes()).expect("text"));
    assert!(report.summary.to_review.is_empty(), "{:?}", report.summary.to_review);
}

#[test]
fn x1_full_is_only_what_is_told() {
    let facts =
        r#"[{"id":"f","slots":[{"name":"gate","any":["gate"],"mandatory":true},{"name":"guards","any":["guards"]}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    let extent = |text: &str| {
        let report = scanner.scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
        format!("{:?}", report.findings.first().map(|f| f.extent))
    };
    assert_eq!(extent("The gate has two guards."), "Some(Full)");
    assert_eq!(
        extent("The gate was painted, although the guards of the palace like to sleep."),
        "Some(Partial)"
    );
}
