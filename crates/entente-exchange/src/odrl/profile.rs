//! The profile: what Entente says in ODRL that ODRL has no word for, and the context in which every word is read.

use serde_json::{Map, Value, json};

/// The profile's name, which every policy bears. Whoever does not know it does not know what its words ask for.
pub const PROFILE: &str = "urn:entente:odrl:1";

/// What the profile's words begin with.
const NAMESPACE: &str = "urn:entente:odrl:1#";

/// ODRL's own vocabulary (W3C, ODRL Vocabulary & Expression 2.2).
const ODRL: &str = "http://www.w3.org/ns/odrl/2/";

/// What a word of the profile is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something that may be done or has to be.
    Action,
    /// What a constraint looks at.
    LeftOperand,
    /// Whom or what a rule names, or a constraint compares with.
    Thing,
    /// What is said of a policy, a rule or a constraint.
    Property,
}

/// A word of the profile.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Its name behind the namespace.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it means.
    pub says: &'static str,
}

const fn word(name: &'static str, kind: Kind, says: &'static str) -> Word {
    Word { name, kind, says }
}

/// Every word of the profile.
pub const WORDS: &[Word] = &[
    word(
        "decision",
        Kind::LeftOperand,
        "What whoever holds the text decides about it besides this policy: marks in force, clearances, release lists, embargoes, \
         recalls, local rules, source exposure. Where that is not known, it is not `permit`.",
    ),
    word(
        "distribution",
        Kind::LeftOperand,
        "Whether the recipient is on the list of persons for the report.",
    ),
    word(
        "witnesses",
        Kind::LeftOperand,
        "How many others than its writer signed the log behind an assurance.",
    ),
    word("permit", Kind::Thing, "The decision permits it."),
    word("listed", Kind::Thing, "The recipient is on the list."),
    word(
        "originators",
        Kind::Thing,
        "Everybody on whose behalf the text is marked: every originator in its lineage, and the owners that its mark names.",
    ),
    word(
        "approve",
        Kind::Action,
        "Have a second person of the same party say yes.",
    ),
    word(
        "observe",
        Kind::Action,
        "Keep to the condition that stands in words beside it.",
    ),
    word(
        "assure",
        Kind::Action,
        "Prove to an originator, from a log that others signed, what was done with its material.",
    ),
    word("condition", Kind::Property, "A condition, in the originator's words."),
    word(
        "status",
        Kind::Property,
        "How it stands at the moment at which it was issued.",
    ),
    word("active", Kind::Thing, "In force."),
    word("suspended", Kind::Thing, "Halted by a party for the time being."),
    word("ended", Kind::Thing, "Over for good."),
    word("withdrawn", Kind::Thing, "A consent that its originator took back."),
    word("begins", Kind::Thing, "Not in force yet."),
    word("statusBy", Kind::Property, "The party that suspended or ended it."),
    word("statusReason", Kind::Property, "Why, in that party's words."),
    word("statusSince", Kind::Property, "Since when, by that party's clock."),
    word(
        "clause",
        Kind::Property,
        "Where the term stands in the text that the parties signed.",
    ),
    word(
        "defaultMark",
        Kind::Property,
        "The mark as which text without one is read.",
    ),
    word(
        "unmarked",
        Kind::Property,
        "Where plain unclassified text goes, which says nothing about that itself.",
    ),
    word(
        "toMembers",
        Kind::Thing,
        "Without a list in the banner either, to the parties.",
    ),
    word("asBanner", Kind::Thing, "Where the banner of its report goes."),
    word("asked", Kind::Thing, "The originator is asked each time."),
    word(
        "withheld",
        Kind::Property,
        "Whether whoever receives a part is told that there is more.",
    ),
    word("hidden", Kind::Thing, "The part looks like the whole."),
    word("shown", Kind::Thing, "It is told how many portions there are besides."),
    word(
        "answersFor",
        Kind::Property,
        "An owner that marks name, for which this party answers.",
    ),
    word(
        "answersRequest",
        Kind::Property,
        "The request to which a consent is the answer.",
    ),
    word(
        "follows",
        Kind::Property,
        "Into which later versions a consent follows its portions.",
    ),
    word(
        "sameText",
        Kind::Thing,
        "Those with the same text, mark and originators.",
    ),
    word(
        "changedText",
        Kind::Thing,
        "Those with the same mark and originators, also where the text has changed.",
    ),
];

/// The words of ODRL that are used, by what their values are: classes, things, and properties with plain values.
const PLAIN: &[&str] = &[
    "Agreement",
    "AssetCollection",
    "Asset",
    "PartyCollection",
    "Party",
    "prohibit",
    "use",
    "read",
    "distribute",
    "obtainConsent",
    "purpose",
    "dateTime",
    "recipient",
    "eq",
    "gteq",
    "lt",
    "isAnyOf",
    "isNoneOf",
    "isPartOf",
    "rightOperand",
];

/// Properties of ODRL whose values are things with a name of their own.
const NAMED: &[&str] = &[
    "profile",
    "assigner",
    "assignee",
    "consentingParty",
    "target",
    "permission",
    "prohibition",
    "obligation",
    "duty",
    "constraint",
];

/// Properties of ODRL whose values are words of a vocabulary.
const OF_VOCABULARY: &[&str] = &["conflict", "action", "leftOperand", "operator"];

/// The context, the same in every file, so that a file is read without asking anybody for it.
pub fn context() -> Value {
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| drop(all.insert(name.to_owned(), value));
    put("odrl", json!(ODRL));
    put("entente", json!(NAMESPACE));
    put("dct", json!("http://purl.org/dc/terms/"));
    put("xsd", json!("http://www.w3.org/2001/XMLSchema#"));
    put("uid", json!("@id"));
    put("type", json!("@type"));
    put("title", json!("dct:title"));
    put("issued", json!({ "@id": "dct:issued", "@type": "xsd:dateTime" }));
    put("members", json!({ "@reverse": "odrl:partOf", "@type": "@id" }));
    for name in PLAIN {
        put(name, json!(format!("odrl:{name}")));
    }
    for name in NAMED {
        put(name, json!({ "@id": format!("odrl:{name}"), "@type": "@id" }));
    }
    for name in OF_VOCABULARY {
        put(name, json!({ "@id": format!("odrl:{name}"), "@type": "@vocab" }));
    }
    for word in WORDS {
        let id = format!("entente:{}", word.name);
        put(
            word.name,
            match word.name {
                "status" | "unmarked" | "withheld" | "follows" => json!({ "@id": id, "@type": "@vocab" }),
                "statusBy" | "answersFor" | "answersRequest" => json!({ "@id": id, "@type": "@id" }),
                "statusSince" => json!({ "@id": id, "@type": "xsd:dateTime" }),
                _ => json!(id),
            },
        );
    }
    Value::Object(all)
}

/// The file that says what each word of the profile means, and holds the context besides.
pub fn profile() -> Value {
    let rdfs = "http://www.w3.org/2000/01/rdf-schema#";
    let words = WORDS.iter().map(|word| {
        let mut said = json!({
            "@id": format!("{NAMESPACE}{}", word.name),
            "@type": match word.kind {
                Kind::Action => format!("{ODRL}Action"),
                Kind::LeftOperand => format!("{ODRL}LeftOperand"),
                Kind::Thing => "http://www.w3.org/2004/02/skos/core#Concept".to_owned(),
                Kind::Property => "http://www.w3.org/1999/02/22-rdf-syntax-ns#Property".to_owned(),
            },
            format!("{rdfs}label"): { "@value": word.name, "@language": "en" },
            format!("{rdfs}comment"): { "@value": word.says, "@language": "en" },
            format!("{rdfs}isDefinedBy"): { "@id": PROFILE },
        });
        if word.kind == Kind::Action {
            said[format!("{ODRL}includedIn")] = json!({ "@id": format!("{ODRL}use") });
        }
        said
    });
    let itself = json!({
        "@id": PROFILE,
        "@type": "http://www.w3.org/2002/07/owl#Ontology",
        format!("{rdfs}label"): { "@value": "Entente: arrangements and consents", "@language": "en" },
    });
    let all: Vec<Value> = std::iter::once(itself).chain(words).collect();
    json!({ "@context": context(), "@graph": all })
}
