//! Names with the party that gave them: what two parties call alike is kept apart.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{NameError, PartyPath, Stored};
use crate::kept::{About, Kept};

/// A name with the party that gave it, written `PARTY/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Named<I> {
    /// The party that gave the name.
    pub by: PartyPath,
    /// The name.
    pub id: I,
}

impl<I> Named<I> {
    /// The name that `by` gave.
    pub fn new(by: PartyPath, id: I) -> Self {
        Self { by, id }
    }
}

impl<I: Ord + Clone + fmt::Display> Named<I> {
    /// The name alone, where no other party among these called something so.
    pub fn shortest<V: About + Clone>(&self, among: &Kept<Self, V>) -> Called<I> {
        let bare = Called::from(self.id.clone());
        match bare.all(among).len() {
            0 | 1 => bare,
            _ => self.clone().into(),
        }
    }
}

impl<I: fmt::Display> fmt::Display for Named<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.by, self.id)
    }
}

impl<I: FromStr<Err = NameError>> FromStr for Named<I> {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (by, id) = text.split_once('/').unwrap_or(("", text));
        Ok(Self {
            by: by.parse()?,
            id: id.parse()?,
        })
    }
}

impl<I: Stored> Stored for Named<I> {
    fn from_stored(text: &str) -> Result<Self, NameError> {
        let (by, id) = text.split_once('/').unwrap_or(("", text));
        Ok(Self {
            by: PartyPath::stored(by)?,
            id: I::from_stored(id)?,
        })
    }
}

/// A name as people write it: `rec-1`, or `GBR/rec-1` where it has to be said whose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Called<I> {
    /// Whose, where that was said.
    pub by: Option<PartyPath>,
    /// The name.
    pub id: I,
}

impl<I: Ord + Clone + fmt::Display> Called<I> {
    /// What is called so, of whichever party.
    pub fn all<'m, V: About + Clone>(&self, among: &'m Kept<Named<I>, V>) -> Vec<(&'m Named<I>, &'m V)> {
        let meant = |named: &Named<I>| named.id == self.id && self.by.as_ref().is_none_or(|by| named.by == *by);
        among.iter().filter(|(named, _)| meant(named)).collect()
    }
}

impl<I> From<I> for Called<I> {
    fn from(id: I) -> Self {
        Self { by: None, id }
    }
}

impl<I> From<Named<I>> for Called<I> {
    fn from(named: Named<I>) -> Self {
        Self {
            by: Some(named.by),
            id: named.id,
        }
    }
}

impl<I: fmt::Display> fmt::Display for Called<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.by {
            Some(by) => write!(f, "{by}/{}", self.id),
            None => self.id.fmt(f),
        }
    }
}

impl<I: FromStr<Err = NameError>> FromStr for Called<I> {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Ok(match text.contains('/') {
            true => text.parse::<Named<I>>()?.into(),
            false => text.parse::<I>()?.into(),
        })
    }
}

impl<I: Stored> Stored for Called<I> {
    fn from_stored(text: &str) -> Result<Self, NameError> {
        Ok(match text.contains('/') {
            true => Named::from_stored(text)?.into(),
            false => I::from_stored(text)?.into(),
        })
    }
}

macro_rules! as_text {
    ($($name:ident),*) => {
        $(impl<I: fmt::Display> Serialize for $name<I> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de, I: Stored> Deserialize<'de> for $name<I> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::from_stored(&text).map_err(serde::de::Error::custom)
            }
        })*
    };
}

as_text!(Named, Called);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RecallId;

    #[test]
    fn a_name_is_kept_under_the_party_that_gave_it() {
        let named: Named<RecallId> = "GBR.CAB/rec-1".parse().unwrap();
        assert_eq!((named.by.as_str(), named.id.as_str()), ("GBR.CAB", "rec-1"));
        let json = serde_json::to_string(&named).unwrap();
        assert_eq!(json, "\"GBR.CAB/rec-1\"");
        assert_eq!(serde_json::from_str::<Named<RecallId>>(&json).unwrap(), named);
        for bad in ["rec-1", "/rec-1", "GBR/", "GBR/a/b"] {
            assert!(bad.parse::<Named<RecallId>>().is_err(), "{bad}");
        }
    }

    #[test]
    fn whose_a_name_is_need_not_be_said() {
        for text in ["rec-1", "GBR.CAB/rec-1"] {
            let called: Called<RecallId> = text.parse().unwrap();
            assert_eq!((called.to_string().as_str(), called.id.as_str()), (text, "rec-1"));
        }
        for bad in ["", "/rec-1", "GBR/", "GBR/a/b"] {
            assert!(bad.parse::<Called<RecallId>>().is_err(), "{bad}");
        }
    }
}
