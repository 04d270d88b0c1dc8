//! What a caller wants of a collection: the fields of an address (TAXII 2.1, section 3.4).

use jiff::Timestamp;

use crate::uuid;

/// What a caller wants of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only what came after this moment.
    pub added_after: Option<Timestamp>,
    /// Only these ids.
    pub ids: Vec<String>,
    /// Only these types.
    pub types: Vec<String>,
    /// Only these versions of STIX; the latest that there is of each object where none is named.
    pub spec_versions: Vec<String>,
    /// Only these versions; the last where none is named.
    pub versions: Vec<Version>,
    /// At most so many.
    pub limit: Option<usize>,
    /// After the object that came at this moment.
    pub after: Option<Timestamp>,
}

/// Which version of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// The first that is here.
    First,
    /// The last.
    Last,
    /// All of them.
    All,
    /// That of this moment.
    At(Timestamp),
}

impl Version {
    fn of(text: &str) -> Option<Self> {
        match text {
            "first" => Some(Self::First),
            "last" => Some(Self::Last),
            "all" => Some(Self::All),
            moment => moment.parse().ok().map(Self::At),
        }
    }
}

impl Filter {
    /// Reads one field of an address; what it does not know it leaves alone.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn field(&mut self, name: &str, value: &str) -> Result<(), String> {
        let list = || {
            let items = value.split(',').map(str::trim).filter(|one| !one.is_empty());
            items.map(str::to_owned).collect::<Vec<String>>()
        };
        match name {
            "added_after" => {
                let at = value
                    .parse()
                    .map_err(|_| format!("`added_after={value}` is no moment; write 2026-01-01T00:00:00.000Z"))?;
                self.added_after = Some(at);
            }
            "match[id]" => self.ids = list(),
            "match[type]" => self.types = list(),
            "match[spec_version]" => self.spec_versions = list(),
            "match[version]" => {
                let read: Option<Vec<Version>> = list().iter().map(|one| Version::of(one)).collect();
                self.versions = read.ok_or_else(|| {
                    format!("`match[version]={value}` is neither `first`, `last`, `all` nor a moment")
                })?;
            }
            "limit" => {
                let limit: usize = value.parse().unwrap_or_default();
                if limit == 0 {
                    return Err(format!("`limit={value}` is no number above 0"));
                }
                self.limit = Some(limit);
            }
            _ => {}
        }
        Ok(())
    }

    /// Everything that there is of one object.
    pub fn of_object(id: &str) -> Self {
        let mut filter = Self {
            spec_versions: vec!["2.0".to_owned(), "2.1".to_owned()],
            ..Self::default()
        };
        filter.of_all_versions(id.to_owned());
        filter
    }

    /// Wants all versions of one object.
    pub fn of_all_versions(&mut self, id: String) {
        self.ids = vec![id];
        self.versions = vec![Version::All];
    }

    /// What the pages of one question have in common: whoever goes on asks the same. A client may change its `limit` from page to
    /// page, and the moment after which it asks.
    pub fn question(&self) -> String {
        let versions = format!("{:?}", self.versions);
        let lists = [&self.ids, &self.types, &self.spec_versions].map(|list| list.join(","));
        uuid::of(&[&lists[0], &lists[1], &lists[2], &versions])
    }

    /// After which moment the objects are that are wanted.
    pub(super) fn from(&self) -> Option<Timestamp> {
        self.added_after.max(self.after)
    }
}
