//! Contacts: whom one calls at a party. They say nothing of what it may have, stay here, and are never sent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The most contacts of one party.
pub const MAX_CONTACTS: usize = 100;

/// Somebody, or a desk, whom one reaches at a party.
///
/// ```
/// use entente_core::Contact;
/// let desk = Contact {
///     email: "duty@cert.example".to_owned(),
///     phone: "+48 22 555 01 00".to_owned(),
///     zone: "Europe/Warsaw".to_owned(),
///     ..Contact::default()
/// };
/// assert!(desk.check().is_ok());
/// assert!(Contact { zone: "Warsaw".to_owned(), ..desk }.check().is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    /// An address for mail.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// A telephone number, best with its country's prefix.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// The time zone of its clock, by its name in the IANA database, such as `Europe/Warsaw`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub zone: String,
    /// The fingerprint of an `OpenPGP` key, in hexadecimal digits: 40 of version 4 (RFC 4880, section 12.2), 64 of version 6
    /// (RFC 9580, section 5.5.4).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub openpgp: String,
    /// Anything else, such as office hours.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The contacts of a party by their names.
pub type Contacts = BTreeMap<String, Contact>;

impl Contact {
    /// Looks whether everything in it can be what it says it is.
    ///
    /// # Errors
    /// In words: what cannot, and what to write.
    pub fn check(&self) -> Result<(), String> {
        let too_long = [&self.email, &self.phone, &self.zone, &self.openpgp, &self.note]
            .into_iter()
            .any(|text| text.len() > 500 || text.chars().any(char::is_control));
        if too_long {
            return Err("a contact is given in lines of at most 500 characters".to_owned());
        }
        if *self == Self::default() {
            return Err("a contact needs an address, a number, a zone, a key or a note".to_owned());
        }
        let mail = |text: &str| {
            let parts = text.split_once('@');
            parts.is_some_and(|(who, host)| {
                !who.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(char::is_whitespace)
            })
        };
        if !self.email.is_empty() && !mail(&self.email) {
            return Err(format!("`{}` is no address; write NAME@HOST", self.email));
        }
        let digits = self.phone.chars().filter(char::is_ascii_digit).count();
        let allowed = |c: char| c.is_ascii_digit() || " +-()/.x".contains(c);
        if !self.phone.is_empty() && (digits < 3 || !self.phone.chars().all(allowed)) {
            return Err(format!(
                "`{}` is no telephone number; write it as +48 22 555 01 00",
                self.phone
            ));
        }
        let part =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c));
        let zone = |text: &str| text == "UTC" || (text.contains('/') && text.split('/').all(part));
        if !self.zone.is_empty() && !zone(&self.zone) {
            return Err(format!(
                "`{}` is no time zone; write it as Europe/Warsaw or UTC",
                self.zone
            ));
        }
        let hex = self.openpgp.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        if !hex.is_empty() && (![40, 64].contains(&hex.len()) || !hex.chars().all(|c| c.is_ascii_hexdigit())) {
            return Err(format!(
                "`{}` is no fingerprint of an OpenPGP key; write its 40 or 64 hexadecimal digits",
                self.openpgp
            ));
        }
        Ok(())
    }

    /// In one line, as one reads it before one calls.
    pub fn line(&self) -> String {
        let openpgp = match self.openpgp.is_empty() {
            true => String::new(),
            false => format!("OpenPGP {}", self.openpgp),
        };
        let all = [&self.phone, &self.email, &self.zone, &openpgp, &self.note];
        let said: Vec<&str> = all
            .into_iter()
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        said.join(", ")
    }
}
