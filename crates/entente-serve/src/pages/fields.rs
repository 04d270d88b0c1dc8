//! The fields of a form.

/// What was typed, in order; a name may come several times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The first field of a name; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Says something else in a field than what was typed.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Every field of a name.
    pub(crate) fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        let fields = self.0.iter().filter(move |(known, _)| known == name);
        fields.map(|(_, value)| value.as_str())
    }
}

impl Fields {
    /// The fields of a query.
    pub(crate) fn of_query(query: &str) -> Self {
        let uri = format!("/?{query}").parse::<axum::http::Uri>().unwrap_or_default();
        let parsed = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri);
        Self(parsed.map(|fields| fields.0).unwrap_or_default())
    }
}
