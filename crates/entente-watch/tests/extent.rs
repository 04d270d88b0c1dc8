//! `full` is what one statement tells whole, `partial` what only touches every slot or lacks one, in every language that is read.
#![allow(missing_docs)]

use entente_watch::facts::Facts;
use entente_watch::text::read_bytes;
use entente_watch::{Language, Scanner};

const FACTS: [(Language, &str); 5] = [
    (
        Language::En,
        r#"[{"id":"f","slots":[{"name":"gate","any":["gate"],"mandatory":true},{"name":"guards","any":["guards"]}]}]"#,
    ),
    (
        Language::De,
        r#"[{"id":"f","slots":[{"name":"gate","any":["Tor"],"mandatory":true},{"name":"guards","any":["Wachen"]}]}]"#,
    ),
    (
        Language::Fr,
        r#"[{"id":"f","slots":[{"name":"gate","any":["porte"],"mandatory":true},{"name":"guards","any":["gardes"]}]}]"#,
    ),
    (
        Language::Es,
        r#"[{"id":"f","slots":[{"name":"gate","any":["puerta"],"mandatory":true},{"name":"guards","any":["guardias"]}]}]"#,
    ),
    (
        Language::Pl,
        r#"[{"id":"f","slots":[{"name":"gate","any":["brama","bramy","bramę"],"mandatory":true},{"name":"guards","any":["strażnicy","strażników"]}]}]"#,
    ),
];

#[test]
fn x1_full_is_only_what_one_statement_tells() {
    use Language::{De, En, Es, Fr, Pl};
    let mut wrong = Vec::new();
    for (language, text, expected) in [
        (En, "Two guards stand at the gate.", "Full"),
        (En, "The gate, which is old, has two guards.", "Full"),
        (
            En,
            "The gate was painted, but the guards of the palace went on strike.",
            "Partial",
        ),
        (En, "The gate is open; guards sleep in the tower.", "Partial"),
        (De, "Am Tor stehen zwei Wachen.", "Full"),
        (De, "Das Tor, das alt ist, hat zwei Wachen.", "Full"),
        (
            De,
            "Das Tor wurde gestrichen, aber die Wachen des Palasts streiken.",
            "Partial",
        ),
        (
            De,
            "Das Tor wurde gestrichen, obwohl die Wachen des Palasts gern schlafen.",
            "Partial",
        ),
        (Fr, "Deux gardes surveillent la porte.", "Full"),
        (Fr, "La porte, qui est ancienne, a deux gardes.", "Full"),
        (
            Fr,
            "La porte a été repeinte, mais les gardes du palais sont en grève.",
            "Partial",
        ),
        (
            Fr,
            "La porte a été repeinte, bien que les gardes du palais aiment dormir.",
            "Partial",
        ),
        (Es, "Dos guardias vigilan la puerta.", "Full"),
        (Es, "La puerta, que es antigua, tiene dos guardias.", "Full"),
        (
            Es,
            "La puerta fue pintada, pero los guardias del palacio están en huelga.",
            "Partial",
        ),
        (
            Es,
            "La puerta fue pintada, aunque los guardias del palacio duermen.",
            "Partial",
        ),
        (Pl, "Dwóch strażników pilnuje bramy.", "Full"),
        (Pl, "Bramy, która jest stara, pilnuje dwóch strażników.", "Full"),
        (Pl, "Bramę pomalowano, ale strażnicy pałacu strajkują.", "Partial"),
        (Pl, "Bramę pomalowano, chociaż strażnicy pałacu lubią spać.", "Partial"),
    ] {
        let facts = FACTS.iter().find(|(of, _)| *of == language).expect("a fact").1;
        let scanner = Scanner::new(Facts::parse(facts).expect("valid")).in_language(language);
        let report = scanner.scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
        let got: Vec<String> = report.findings.iter().map(|f| format!("{:?}", f.extent)).collect();
        if got != [expected] {
            wrong.push(format!("{text}\n    expected {expected}, got {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
