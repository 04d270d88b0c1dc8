//! What is proposed for a sentence: values that alarm by chance are none, dates and times are read in every way to write them.
#![allow(missing_docs)]

use entente_watch::Scanner;
use entente_watch::facts::{Fact, Facts, Value};
use entente_watch::proposal::{Thesaurus, propose};
use entente_watch::text::read_bytes;

fn values(fact: &Fact) -> Vec<&str> {
    let plain = fact.values.iter().map(|value| match value {
        Value::Plain(text) => text.as_str(),
        _ => "hidden",
    });
    plain.collect()
}

fn alarms(fact: &Fact, text: &str) -> usize {
    // The wording of the sentence itself would be found without slots.
    let fact = Fact {
        text: String::new(),
        ..fact.clone()
    };
    let scanner = Scanner::new(Facts::new(vec![fact]).expect("valid"));
    let report = scanner.scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
    report.findings.len()
}

#[test]
fn p1_values_are_what_is_distinctive() {
    for (sentence, expected) in [
        ("Version 2.4 of the tool leaves the building on 3 June 2031.", vec![]),
        ("The raid begins at 05:30 on 7 May 2031 with 40 officers.", vec![]),
        ("The implant calls 198.51.100.7 every night.", vec!["198.51.100.7"]),
        (
            "The account PL61109010140000 pays the courier.",
            vec!["PL61109010140000"],
        ),
        ("The flaw CVE-2031-4711 is in the parser.", vec!["CVE-2031-4711"]),
        (
            "The server malware.example answers the implant.",
            vec!["malware.example"],
        ),
        ("Die Razzia beginnt am 7. Mai 2031 um 05:30 Uhr.", vec![]),
        ("L'opération commence le 7 mai 2031 à 5h30.", vec![]),
        ("La operación empieza el 7 de mayo de 2031 a las 05:30.", vec![]),
        ("Akcja zacznie się 7 maja 2031 o 05:30.", vec![]),
    ] {
        let fact = propose("f", sentence, &Thesaurus::new()).expect("text");
        assert_eq!(values(&fact), expected, "{sentence}: {:?}", fact.slots);
        assert_eq!(
            alarms(&fact, "Copyright 2031. Version 2.4. All rights reserved."),
            0,
            "{sentence}"
        );
    }
}

#[test]
fn p1_dates_and_times_are_found_as_others_write_them() {
    for (sentence, others) in [
        (
            "Narwhal ships the patch on 15 December 2031 at 09:30 UTC.",
            [
                "Narwhal ships the patch on December 15, 2031.",
                "Narwhal ships the patch on 2031-12-15.",
                "Narwhal ships the patch on the 15th of December.",
                "Narwhal ships the patch on 15.12.2031.",
            ],
        ),
        (
            "Die Staffel verlegt am 7. Mai 2031 nach Norden.",
            [
                "Die Staffel verlegt am 7.5.2031 nach Norden.",
                "Die Staffel verlegt am 07.05.2031 nach Norden.",
                "Die Staffel verlegt am 2031-05-07 nach Norden.",
                "Die Staffel verlegt am 7. Mai nach Norden.",
            ],
        ),
        (
            "La flotte part le 7 mai 2031 vers le nord.",
            [
                "La flotte part le 7 mai vers le nord.",
                "La flotte part le 07/05/2031 vers le nord.",
                "La flotte part le 7.5.2031 vers le nord.",
                "La flotte part le 2031-05-07 vers le nord.",
            ],
        ),
        (
            "La flota sale el 7 de mayo de 2031 hacia el norte.",
            [
                "La flota sale el 7 de mayo hacia el norte.",
                "La flota sale el 07/05/2031 hacia el norte.",
                "La flota sale el 7 mayo 2031 hacia el norte.",
                "La flota sale el 2031-05-07 hacia el norte.",
            ],
        ),
        (
            "Flota wypływa 7 maja 2031 na północ.",
            [
                "Flota wypływa 7 maja na północ.",
                "Flota wypływa 07.05.2031 na północ.",
                "Flota wypływa 7.5.2031 na północ.",
                "Flota wypływa 2031-05-07 na północ.",
            ],
        ),
    ] {
        let mut fact = propose("f", sentence, &Thesaurus::new()).expect("text");
        // Only the date and what the sentence is about, so that the date has to be read.
        for slot in &mut fact.slots {
            slot.mandatory |= slot.any.iter().any(|any| any.contains("2031"));
        }
        let missed: Vec<&str> = others.into_iter().filter(|other| alarms(&fact, other) == 0).collect();
        assert!(missed.is_empty(), "{sentence}: {missed:?}: {:?}", fact.slots);
        let later = sentence.replace("15 December", "21 December").replace("7", "9");
        assert_eq!(alarms(&fact, &later), 0, "{later}");
    }
}
