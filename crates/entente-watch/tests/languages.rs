//! The kinds of `kinds.rs` in the languages that are not shown there.
#![allow(missing_docs)]

use entente_watch::Language::{self, De, Es, Fr, Pl};
use entente_watch::Scanner;
use entente_watch::facts::Facts;
use entente_watch::text::read_bytes;

const TAP: [(Language, &str); 4] = [
    (De, r#"["abhören"],["Telefon"],["Behörde"],["Ministerin"]"#),
    (Fr, r#"["sur écoute"],["téléphone"],["service"],["ministre"]"#),
    (Es, r#"["intervenir","pinchar"],["teléfono"],["agencia"],["ministra"]"#),
    (Pl, r#"["podsłuch*"],["telefon"],["agencja"],["minister"]"#),
];
const LIST: [(Language, &str); 4] = [
    (De, r#"["Informant"],["Gewerkschaft"],["Liste","Namen"]"#),
    (Fr, r#"["informateur"],["syndicat"],["liste","noms"]"#),
    (Es, r#"["informante"],["sindicato"],["lista","nombres"]"#),
    (Pl, r#"["informator"],["związek"],["lista","nazwiska"]"#),
];

/// A fact with slots of these alternatives, the first two mandatory.
fn scanner(facts: &[(Language, &str)], language: Language) -> Scanner {
    let slots = facts.iter().find(|(of, _)| *of == language).expect("a fact").1;
    let slots: Vec<Vec<String>> = serde_json::from_str(&format!("[{slots}]")).expect("lists");
    let slots = slots.into_iter().enumerate();
    let slots: Vec<_> = slots
        .map(|(n, any)| serde_json::json!({ "name": n.to_string(), "any": any, "mandatory": n < 2 }))
        .collect();
    let facts = serde_json::json!([{ "id": "f", "slots": slots }]).to_string();
    Scanner::new(Facts::parse(&facts).expect("valid"))
}

fn all_right(facts: &[(Language, &str)], rows: &[(Language, &str, &str)]) {
    let mut wrong = Vec::new();
    for (language, text, expected) in rows {
        let report = scanner(facts, *language).scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
        let got: Vec<String> = report
            .findings
            .iter()
            .map(|f| format!("{} {}", f.status.as_str(), f.speaker))
            .collect();
        if got.len() != 1 || !got[0].starts_with(expected) {
            wrong.push(format!("{text}\n    expected {expected}\n    got      {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn s2_headlines_are_read_in_their_language() {
    all_right(
        &TAP,
        &[
            (De, "Ministerin: Behörde hat Telefon abgehört", "asserted"),
            (De, "Behörde soll Telefon der Ministerin abgehört haben", "alleged"),
            (
                Fr,
                "Le service dément avoir mis sur écoute le téléphone de la ministre",
                "denied",
            ),
            (
                Fr,
                "Le service aurait mis sur écoute le téléphone de la ministre",
                "alleged",
            ),
            (
                Fr,
                "Le service reconnaît avoir mis sur écoute le téléphone de la ministre",
                "confirmed",
            ),
            (
                Es,
                "La agencia admite haber intervenido el teléfono de la ministra",
                "confirmed",
            ),
            (Es, "¿Intervino la agencia el teléfono de la ministra?", "alleged"),
            (
                Pl,
                "Agencja przyznaje się do podsłuchiwania telefonu ministra",
                "confirmed",
            ),
            (Pl, "Czy agencja podsłuchiwała telefon ministra?", "alleged"),
        ],
    );
}

#[test]
fn s4_a_denial_does_not_reach_what_stands_beside_it() {
    all_right(
        &TAP,
        &[
            (
                De,
                "Die Sprecherin bestritt einen Fehler, obwohl die Behörde das Telefon der Ministerin abgehört hatte.",
                "asserted",
            ),
            (
                Fr,
                "Le porte-parole a nié toute erreur, alors que le service avait mis le téléphone de la ministre sur écoute.",
                "asserted",
            ),
            (
                Es,
                "El portavoz negó cualquier error, aunque la agencia había intervenido el teléfono de la ministra.",
                "asserted",
            ),
            (
                Pl,
                "Rzecznik zaprzeczył błędom, choć agencja podsłuchiwała telefon ministra.",
                "asserted",
            ),
        ],
    );
}

#[test]
fn a1_speakers_are_right_or_none() {
    all_right(
        &TAP,
        &[
            (
                De,
                "Die Behörde hat das Telefon der Ministerin abgehört, sagte ihr Vorsitzender.",
                "asserted ihr Vorsitzender",
            ),
            (
                De,
                "Einem Ermittler zufolge hat die Behörde das Telefon der Ministerin abgehört.",
                "asserted Einem Ermittler",
            ),
            (
                Fr,
                "Le service a mis le téléphone de la ministre sur écoute, a déclaré son président.",
                "asserted son président",
            ),
            (
                Fr,
                "Selon deux enquêteurs, le service a mis le téléphone de la ministre sur écoute.",
                "asserted deux enquêteurs",
            ),
            (
                Es,
                "La agencia intervino el teléfono de la ministra, dijo su presidente.",
                "asserted su presidente",
            ),
            (
                Es,
                "Según dos investigadores, la agencia intervino el teléfono de la ministra.",
                "asserted dos investigadores",
            ),
            (
                Pl,
                "Agencja podsłuchiwała telefon ministra, powiedział jej prezes.",
                "asserted jej prezes",
            ),
            (
                Pl,
                "Według dwóch śledczych agencja podsłuchiwała telefon ministra.",
                "asserted dwóch śledczych",
            ),
        ],
    );
}

#[test]
fn m1_what_the_attribution_tells_is_told() {
    all_right(
        &LIST,
        &[
            (
                De,
                "Ein Informant in der Gewerkschaft verriet der Polizei die Namen auf der Liste.",
                "asserted",
            ),
            (
                Fr,
                "Un informateur du syndicat a communiqué à la police les noms de la liste.",
                "asserted",
            ),
            (
                Es,
                "Un informante del sindicato reveló a la policía los nombres de la lista.",
                "asserted",
            ),
            (
                Pl,
                "Informator w związku zdradził policji nazwiska z listy.",
                "asserted",
            ),
        ],
    );
}

#[test]
fn m4_verbs_may_be_parted_and_words_compounded() {
    all_right(
        &TAP,
        &[
            (
                De,
                "Die Behörde hörte das Telefon der Ministerin ein Jahr lang ab.",
                "asserted",
            ),
            (
                De,
                "Das Ministerinnentelefon wurde von der Behörde abgehört.",
                "asserted",
            ),
            (
                De,
                "Um das Telefon der Ministerin abzuhören, brauchte die Behörde ein Jahr.",
                "asserted",
            ),
            (Es, "La agencia interviene el teléfono de la ministra.", "asserted"),
            (
                Fr,
                "Le téléphone de la ministre, dit-on au service, était sur écoute.",
                "alleged",
            ),
            (
                Pl,
                "Telefonem ministra, podsłuchiwanym przez agencję, zajmie się sąd.",
                "asserted",
            ),
        ],
    );
}

#[test]
fn m2_whether_is_left_open_and_how_is_not() {
    for (language, text, found) in [
        (
            De,
            "Ob die Behörde das Telefon der Ministerin abhörte, wollte er nicht sagen.",
            false,
        ),
        (
            Fr,
            "Il a refusé de dire si le service avait mis le téléphone de la ministre sur écoute.",
            false,
        ),
        (
            Es,
            "Se negó a decir si la agencia había intervenido el teléfono de la ministra.",
            false,
        ),
        (
            Pl,
            "Odmówił odpowiedzi na pytanie, czy agencja podsłuchiwała telefon ministra.",
            false,
        ),
        (
            De,
            "Er verriet nicht, seit wann die Behörde das Telefon der Ministerin abhört.",
            true,
        ),
        (
            Fr,
            "Il n'a pas dit pourquoi le service a mis le téléphone de la ministre sur écoute.",
            true,
        ),
        (
            Es,
            "No dijo cuándo la agencia intervino el teléfono de la ministra.",
            true,
        ),
        (
            Pl,
            "Nie powiedział, dlaczego agencja podsłuchiwała telefon ministra.",
            true,
        ),
    ] {
        let report = scanner(&TAP, language).scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
        assert_eq!(!report.findings.is_empty(), found, "{text}: {:?}", report.findings);
    }
}
