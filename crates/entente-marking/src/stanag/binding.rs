//! STANAG 4778 (ADatP-4778): labels bound to the data that they are about.
//!
//! A binding stands in a file beside the data (ADatP-4778.2, chapter 9), in XML data itself (chapter 12), or in the XMP packet of a
//! document (chapter 10). It may hold a digest of the data: then other data is not what the label is about.
//!
//! ```
//! use entente_marking::spif::SecurityLabel;
//! use entente_marking::stanag::{Bindings, write_sidecar};
//!
//! let label = SecurityLabel::new("ALLIANCE", "SECRET");
//! let sidecar = write_sidecar("report.md", b"text", &[label.clone()]);
//! let read = Bindings::read(&sidecar)?;
//! assert_eq!(read.about("report.md")[0].label, label);
//! assert!(read.holds("report.md", b"text")?);
//! assert!(read.holds("report.md", b"other").is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::xml::{Element, label, write_xml};
use super::{StanagError, Written};
use crate::spif::SecurityLabel;
use crate::xml::{self, XmlFault, escape, fault};

/// The namespace of bindings (STANAG 4778 edition 1).
pub const BINDING: &str = "urn:nato:stanag:4778:bindinginformation:1:0";
/// The namespace in which a binding stands in an XMP packet (ADatP-4778.2, chapter 10).
pub const BINDING_XMP: &str = "urn:nato:stanag:4778:bindinginformation:1:0:xmp#";
/// The namespace of XML signatures, whose references hold digests.
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The digest that ADatP-4778.2 makes mandatory (table 2-3).
const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
/// The digests that it leaves open.
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";
/// The ending of a file with the binding of the file that is named before it.
pub const SIDECAR: &str = ".bdo";

/// A binding: labels, and what they are about.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Binding {
    labels: Vec<Written>,
    /// Names of data; empty for the whole file in which the binding stands, `#ID` for a part of it.
    about: Vec<String>,
    /// Whether it has the data within itself.
    encapsulates: bool,
    /// Whether a label of it stands elsewhere.
    elsewhere: bool,
}

/// A digest of data.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Digested {
    uri: String,
    algorithm: String,
    value: String,
    transformed: bool,
}

/// What a file says about the labels of data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings {
    bindings: Vec<Binding>,
    digests: Vec<Digested>,
    signed: bool,
}

/// Why data is not what a label is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unbound {
    /// It is other data than was labelled.
    #[error(
        "{0} is not the data that was labelled: its digest is another; ask whoever labelled it for the file as it was"
    )]
    Altered(String),
    /// Its digest cannot be made here.
    #[error("the digest of {0} is made with {1}, which is not done here; ask for SHA-384 over the file as it is")]
    Unknown(String, String),
}

/// Reads XML from strangers, within bounds: no document type, no entities, bounded size and depth.
///
/// # Errors
/// Where it is not well-formed, or beyond a bound.
pub fn document(text: &str) -> Result<roxmltree::Document<'_>, StanagError> {
    Ok(xml::read(text)?)
}

impl Bindings {
    /// Reads a file with a binding, by itself or anywhere in it.
    ///
    /// # Errors
    /// Where the text is not well-formed, declares entities, exceeds a bound, has no binding, or a label in it is not understood.
    pub fn read(text: &str) -> Result<Self, StanagError> {
        let document = xml::read(text)?;
        let mut found = Self::default();
        for node in document.descendants().filter(|node| is(*node, "BindingInformation")) {
            found.take(node)?;
        }
        if found.bindings.is_empty() {
            let root = document.root_element();
            let remedy = "a binding is a `BindingInformation` with a `MetadataBinding` in it";
            return Err(fault(root, "there is no binding here", remedy).into());
        }
        Ok(found)
    }

    fn take(&mut self, node: Element<'_>) -> Result<(), XmlFault> {
        for binding in node.descendants().filter(|node| is(*node, "MetadataBinding")) {
            let parts = |name: &'static str| binding.children().filter(move |child| is(*child, name));
            let mut labels = Vec::new();
            for metadata in parts("Metadata") {
                for child in metadata.children().filter(Node::is_element) {
                    // Other metadata than labels, and the label of the metadata, say nothing about the data.
                    let name = child.tag_name().name();
                    let is_label = child.tag_name().namespace() == Some(super::NAMESPACE);
                    if is_label && !name.eq_ignore_ascii_case("metadataConfidentialityLabel") {
                        labels.push(label(child)?);
                    }
                }
            }
            let uris = parts("DataReference").map(|node| node.attribute("URI").unwrap_or_default());
            self.bindings.push(Binding {
                labels,
                about: uris.map(plain).collect(),
                encapsulates: parts("Data").next().is_some(),
                elsewhere: parts("MetadataReference").next().is_some(),
            });
        }
        let signature = |name: &'static str| node.descendants().filter(move |node| is_dsig(*node, name));
        for reference in signature("Reference") {
            let child = |name| reference.children().find(|node| is_dsig(*node, name));
            let value = child("DigestValue").and_then(|node| node.text()).unwrap_or_default();
            let transforms = child("Transforms").is_some_and(|all| all.children().any(|node| node.is_element()));
            self.digests.push(Digested {
                uri: plain(reference.attribute("URI").unwrap_or_default()),
                algorithm: child("DigestMethod")
                    .and_then(|node| node.attribute("Algorithm"))
                    .unwrap_or_default()
                    .to_owned(),
                value: value.split_whitespace().collect(),
                transformed: transforms,
            });
        }
        self.signed |= signature("SignatureValue").next().is_some();
        Ok(())
    }

    /// Whether it bears a signature. Who signed is not checked: there is no register of keys for it here.
    pub fn is_signed(&self) -> bool {
        self.signed
    }

    /// The labels of a file by its name, of the file in which the binding stands (an empty name), or of a part of it (`#ID`).
    pub fn about(&self, name: &str) -> Vec<&Written> {
        let about =
            |binding: &&Binding| binding.about.iter().any(|uri| uri == name) || binding.encapsulates && name.is_empty();
        self.bindings
            .iter()
            .filter(about)
            .flat_map(|binding| &binding.labels)
            .collect()
    }

    /// Whether a binding of this data has a label that stands elsewhere, which nobody here reads.
    pub fn is_incomplete(&self, name: &str) -> bool {
        let about = |binding: &&Binding| binding.elsewhere && binding.about.iter().any(|uri| uri == name);
        self.bindings.iter().any(|binding| about(&binding))
    }

    /// What it has labels for, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self
            .bindings
            .iter()
            .flat_map(|binding| &binding.about)
            .map(String::as_str)
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether data is bound by a digest, and is what was labelled.
    ///
    /// # Errors
    /// When it is other data, or its digest cannot be made here.
    pub fn holds(&self, name: &str, data: &[u8]) -> Result<bool, Unbound> {
        let mut bound = false;
        for digested in self.digests.iter().filter(|digested| digested.uri == name) {
            let own = match digested.algorithm.as_str() {
                _ if digested.transformed => None,
                SHA256 => Some(Sha256::digest(data).to_vec()),
                SHA384 => Some(Sha384::digest(data).to_vec()),
                SHA512 => Some(Sha512::digest(data).to_vec()),
                _ => None,
            };
            let Some(own) = own else {
                let how = match digested.transformed {
                    true => "a transformation",
                    false => digested.algorithm.as_str(),
                };
                return Err(Unbound::Unknown(name.to_owned(), how.to_owned()));
            };
            if STANDARD.decode(&digested.value).ok().as_deref() != Some(own.as_slice()) {
                return Err(Unbound::Altered(name.to_owned()));
            }
            bound = true;
        }
        Ok(bound)
    }
}

fn is(node: Element<'_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name && node.tag_name().namespace() == Some(BINDING)
}

fn is_dsig(node: Element<'_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name && node.tag_name().namespace() == Some(DSIG)
}

/// The name in a reference: without `./` and the escapes of addresses.
fn plain(uri: &str) -> String {
    let uri = uri.trim().trim_start_matches("./");
    let (bytes, mut at, mut out) = (uri.as_bytes(), 0, Vec::with_capacity(uri.len()));
    while let Some(byte) = bytes.get(at) {
        let hex = uri.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, hex) {
            (b'%', Some(code)) => {
                out.push(code);
                at += 3;
            }
            (byte, _) => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A name as it stands in a reference.
fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// The binding of a file that stands beside it, with the digest of what is in the file.
pub fn write_sidecar(name: &str, data: &[u8], labels: &[SecurityLabel]) -> String {
    let uri = escaped(name);
    let digest = STANDARD.encode(Sha384::digest(data));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    open(&mut out);
    binding(&mut out, labels, &uri);
    let _ = write!(
        out,
        "</mb:MetadataBindingContainer>\n<ds:Manifest xmlns:ds=\"{DSIG}\">\n<ds:Reference URI=\"{uri}\">\n\
         <ds:DigestMethod Algorithm=\"{SHA384}\"/>\n<ds:DigestValue>{digest}</ds:DigestValue>\n</ds:Reference>\n</ds:Manifest>\n\
         </mb:BindingInformation>\n"
    );
    out
}

/// The bindings of parts of the file in which they stand: by `#ID` of each, and an empty name for the whole.
pub fn write_bindings(parts: &[(String, Vec<SecurityLabel>)]) -> String {
    let mut out = String::new();
    open(&mut out);
    for (uri, labels) in parts {
        binding(&mut out, labels, &escape(uri));
    }
    out.push_str("</mb:MetadataBindingContainer>\n</mb:BindingInformation>\n");
    out
}

fn open(out: &mut String) {
    let _ = write!(
        out,
        "<mb:BindingInformation xmlns:mb=\"{BINDING}\">\n<mb:MetadataBindingContainer>\n"
    );
}

fn binding(out: &mut String, labels: &[SecurityLabel], uri: &str) {
    out.push_str("<mb:MetadataBinding>\n");
    for label in labels {
        let _ = write!(out, "<mb:Metadata>\n{}</mb:Metadata>\n", write_xml(label));
    }
    let _ = write!(out, "<mb:DataReference URI=\"{uri}\"/>\n</mb:MetadataBinding>\n");
}

/// A binding as the description in an XMP packet.
pub fn write_xmp(labels: &[SecurityLabel]) -> String {
    let inner = write_bindings(&[(String::new(), labels.to_vec())]);
    format!(
        "<rdf:Description rdf:about=\"\" xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:mbxmp=\"{BINDING_XMP}\">\n\
         <mbxmp:bindingInformation>{}</mbxmp:bindingInformation>\n</rdf:Description>\n",
        escape(&inner)
    )
}

/// Reads the binding in an XMP packet; nothing where there is none.
///
/// # Errors
/// As [`Bindings::read`].
pub fn read_xmp(packet: &str) -> Result<Option<Bindings>, StanagError> {
    let document = xml::read(packet)?;
    let named = |node: &Element<'_>| {
        let tag = node.tag_name();
        node.is_element()
            && tag.namespace() == Some(BINDING_XMP)
            && tag.name().eq_ignore_ascii_case("bindingInformation")
    };
    let property = document.descendants().find(named);
    if let Some(node) = property {
        if let Some(inner) = node.descendants().find(|inner| is(*inner, "BindingInformation")) {
            let mut found = Bindings::default();
            found.take(inner)?;
            return Ok(Some(found));
        }
        return Bindings::read(node.text().unwrap_or_default()).map(Some);
    }
    let attribute = document.descendants().find_map(|node| {
        let mut all = node.attributes();
        all.find(|one| one.namespace() == Some(BINDING_XMP) && one.name().eq_ignore_ascii_case("bindingInformation"))
    });
    attribute.map(|attribute| Bindings::read(attribute.value())).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: &str = r#"<s:originatorConfidentialityLabel xmlns:s="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"><s:ConfidentialityInformation><s:PolicyIdentifier>NATO</s:PolicyIdentifier><s:Classification>SECRET</s:Classification></s:ConfidentialityInformation><s:CreationDateTime>2026-01-01T00:00:00Z</s:CreationDateTime></s:originatorConfidentialityLabel>"#;

    fn file(before: &str, inner: &str) -> String {
        format!(
            r#"{before}<b:BindingInformation xmlns:b="{BINDING}" xmlns:d="{DSIG}"><b:MetadataBindingContainer Id="c"><b:MetadataBinding Id="m">{inner}</b:MetadataBinding></b:MetadataBindingContainer></b:BindingInformation>"#
        )
    }

    #[test]
    fn bindings_of_others_are_read_whatever_their_prefixes() {
        let read = |inner: &str| Bindings::read(&file("<?xml version=\"1.0\"?>\n", inner)).unwrap();
        let one = read(&format!(
            r#"<b:Metadata>{LABEL}</b:Metadata><b:DataReference URI="./my%20file.txt"/>"#
        ));
        assert_eq!(one.about("my file.txt")[0].label.classification, "SECRET");
        assert_eq!(
            (one.about("other.txt").len(), one.holds("my file.txt", b"x")),
            (0, Ok(false))
        );
        // Data within it; other metadata beside the label; a label that stands elsewhere.
        let within = read(&format!(
            "<b:Metadata><title xmlns='urn:x'>t</title></b:Metadata><b:Metadata>{LABEL}</b:Metadata><b:Data><x/></b:Data>"
        ));
        assert_eq!(within.about("").len(), 1);
        let elsewhere = read(r#"<b:MetadataReference URI="label.xml"/><b:DataReference URI="a.txt"/>"#);
        assert!(elsewhere.is_incomplete("a.txt") && !elsewhere.is_incomplete("b.txt"));
    }

    #[test]
    fn what_is_hostile_or_not_understood_is_refused() {
        let entities = r#"<!DOCTYPE x [<!ENTITY a "SECRET"><!ENTITY b SYSTEM "file:///etc/passwd">]>"#;
        let good = format!(r#"<b:Metadata>{LABEL}</b:Metadata><b:DataReference URI="a"/>"#);
        let error = Bindings::read(&file(entities, &good)).unwrap_err();
        assert!(error.remedy.contains("document type"), "{error}");
        let error = Bindings::read("<x/>").unwrap_err();
        assert!(error.reason.contains("no binding"), "{error}");
        let unknown = good.replace("<s:Classification>", "<s:Secret/><s:Classification>");
        assert!(
            Bindings::read(&file("", &unknown)).is_err(),
            "what is not understood might be a restriction"
        );
        let deep = "<a>".repeat(100_000);
        assert!(Bindings::read(&deep).is_err());
    }

    #[test]
    fn data_that_is_bound_by_a_digest_is_what_was_labelled_or_nothing() {
        let digest = |algorithm: &str, value: &str, more: &str| {
            let reference = format!(
                r#"<d:Signature><d:SignedInfo><d:Reference URI="a.txt">{more}<d:DigestMethod Algorithm="{algorithm}"/><d:DigestValue>{value}</d:DigestValue></d:Reference></d:SignedInfo><d:SignatureValue>x</d:SignatureValue></d:Signature>"#
            );
            let whole = file(
                "",
                &format!(r#"<b:Metadata>{LABEL}</b:Metadata><b:DataReference URI="a.txt"/>"#),
            );
            Bindings::read(&whole.replacen(
                "<b:MetadataBindingContainer",
                &format!("{reference}<b:MetadataBindingContainer"),
                1,
            ))
            .unwrap()
        };
        let sha256 = STANDARD.encode(Sha256::digest(b"abc"));
        let right = digest(SHA256, &sha256, "");
        assert_eq!((right.holds("a.txt", b"abc"), right.is_signed()), (Ok(true), true));
        assert_eq!(right.holds("a.txt", b"abd"), Err(Unbound::Altered("a.txt".to_owned())));
        assert!(digest(SHA512, &sha256, "").holds("a.txt", b"abc").is_err());
        for old in ["http://www.w3.org/2000/09/xmldsig#sha1", "urn:none", ""] {
            assert!(
                matches!(
                    digest(old, &sha256, "").holds("a.txt", b"abc"),
                    Err(Unbound::Unknown(..))
                ),
                "{old}"
            );
        }
        let transformed = r#"<d:Transforms><d:Transform Algorithm="x"/></d:Transforms>"#;
        assert!(digest(SHA256, &sha256, transformed).holds("a.txt", b"abc").is_err());
    }

    #[test]
    fn a_label_in_an_xmp_packet_comes_back() {
        let labels = [SecurityLabel::new("NATO", "SECRET")];
        let packet = |inner: &str| {
            format!(
                "<?xpacket begin=\"\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">{inner}</r:RDF></x:xmpmeta><?xpacket end=\"w\"?>"
            )
        };
        let read = read_xmp(&packet(&write_xmp(&labels))).unwrap().unwrap();
        assert_eq!(read.about("")[0].label, labels[0]);
        assert_eq!(read_xmp(&packet("")).unwrap(), None);
        // As a literal, and as an attribute.
        let inner = file(
            "",
            &format!(r#"<b:Metadata>{LABEL}</b:Metadata><b:DataReference URI=""/>"#),
        );
        let literal = format!(
            "<r:Description><m:BindingInformation xmlns:m=\"{BINDING_XMP}\" r:parseType=\"Literal\">{inner}</m:BindingInformation></r:Description>"
        );
        assert_eq!(read_xmp(&packet(&literal)).unwrap().unwrap().about("").len(), 1);
        let attribute = format!(
            "<r:Description xmlns:m=\"{BINDING_XMP}\" m:bindingInformation=\"{}\"/>",
            escape(&inner)
        );
        assert_eq!(read_xmp(&packet(&attribute)).unwrap().unwrap().about("").len(), 1);
    }
}
