//! The names of outlets: under which others each is known.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// By name in lower case, whatever it is: the one the outlet goes by.
static NAMES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let table: BTreeMap<String, Vec<String>> = serde_json::from_str(include_str!("../tables/outlets.json"))
        .expect("the table ships with the crate and is parsed by its tests");
    let names = table.into_iter().flat_map(|(name, mut aliases)| {
        aliases.push(name.clone());
        aliases
            .into_iter()
            .map(move |alias| (alias.to_lowercase(), name.to_lowercase()))
    });
    names.collect()
});

/// The name under which an outlet is known, in lower case: "FT" is the Financial Times.
pub(crate) fn known(outlet: &str) -> String {
    let lower = outlet.to_lowercase();
    NAMES.get(&lower).cloned().unwrap_or(lower)
}

/// Whether this is the name of an outlet in the table.
pub(crate) fn is_outlet(name: &str) -> bool {
    NAMES.contains_key(&name.to_lowercase())
}
