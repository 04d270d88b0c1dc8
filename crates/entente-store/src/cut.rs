//! Cutting the wording out of an event's JSON, byte for byte: put back together, it is what it was.

use entente_ledger::{Wording, reference};

/// An event without its wording, and the wording.
pub(crate) struct Cut {
    pub(crate) payload: Vec<u8>,
    pub(crate) texts: Vec<Wording>,
}

/// What stands open around the place that is read.
enum Open {
    List,
    /// A map, with the key that is being read.
    Map(String),
}

/// Takes every string that is wording out of a JSON document, and puts a reference in its place. `is_wording` is asked
/// with the keys on the way. Empty strings stay.
pub(crate) fn cut(json: &[u8], is_wording: impl Fn(&[&str]) -> bool) -> Cut {
    let mut cut = Cut {
        payload: Vec::with_capacity(json.len()),
        texts: Vec::new(),
    };
    let mut open: Vec<Open> = Vec::new();
    let mut key_next = false;
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => {
                let end = at + string_length(&json[at..]);
                let literal = &json[at..end];
                if key_next {
                    let key = serde_json::from_slice(literal).unwrap_or_default();
                    if let Some(Open::Map(current)) = open.last_mut() {
                        *current = key;
                    }
                    cut.payload.extend_from_slice(literal);
                } else if literal.len() > 2 && is_wording(&keys(&open)) {
                    let text = Wording::new(literal.to_vec());
                    cut.payload.extend_from_slice(reference(&text.name()).as_bytes());
                    cut.texts.push(text);
                } else {
                    cut.payload.extend_from_slice(literal);
                }
                key_next = false;
                at = end;
                continue;
            }
            b'{' => {
                open.push(Open::Map(String::new()));
                key_next = true;
            }
            b'[' => {
                open.push(Open::List);
                key_next = false;
            }
            b'}' | b']' => {
                open.pop();
                key_next = false;
            }
            b',' => key_next = matches!(open.last(), Some(Open::Map(_))),
            b':' => key_next = false,
            _ => {}
        }
        cut.payload.push(*byte);
        at += 1;
    }
    cut
}

fn keys(open: &[Open]) -> Vec<&str> {
    let maps = open.iter().filter_map(|open| match open {
        Open::Map(key) => Some(key.as_str()),
        Open::List => None,
    });
    maps.collect()
}

/// How long the string is that begins here, with its quotes.
fn string_length(json: &[u8]) -> usize {
    let mut escaped = false;
    for (at, byte) in json.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use entente_ledger::expand;

    use super::*;

    fn together(cut: &Cut) -> Vec<u8> {
        let find = |name: &str| cut.texts.iter().find(|text| text.name() == name);
        let whole = expand(&cut.payload, |name| {
            Ok::<_, ()>(find(name).map(|text| text.literal().to_vec()))
        });
        whole.expect("nothing fails")
    }

    #[test]
    fn only_wording_is_cut_and_put_back_as_it_was() {
        let json = br#"{"text":"a \"b\" {","list":[{"text":"two","id":"text"},"text"],"text2":"","n":1.50,"m":{"text":["x",{"y":"z"}]}}"#;
        let cut = cut(json, |path| path.last() == Some(&"text"));
        let literals: Vec<&[u8]> = cut.texts.iter().map(Wording::literal).collect();
        assert_eq!(literals, [&br#""a \"b\" {""#[..], b"\"two\"", b"\"x\""]);
        assert_eq!(together(&cut), json);
        serde_json::from_slice::<serde_json::Value>(&cut.payload).expect("it is still JSON");
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_cut_comes_back(texts in proptest::collection::vec("\\PC*", 0..6), key in "\\PC*") {
            let json = serde_json::to_vec(&serde_json::json!({ "a": texts, key: { "b": texts } })).expect("JSON");
            for wording in [true, false] {
                let cut = cut(&json, |_| wording);
                proptest::prop_assert_eq!(&together(&cut), &json);
                let all = texts.iter().filter(|text| !text.is_empty()).count();
                proptest::prop_assert_eq!(cut.texts.len(), if wording { all * 2 } else { 0 });
            }
        }
    }
}
