//! The label in a PDF: in its XMP packet (ADatP-4778.2, chapter 10).

use entente_marking::spif::SecurityLabel;
use entente_marking::stanag::{Bindings, StanagError, read_xmp, write_xmp};
use lopdf::{Document, Object, Stream, dictionary};

/// The largest packet that is read.
const MAX_PACKET: usize = 4 << 20;

/// Why a PDF bears no label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the PDF cannot bear a label: {0}")]
pub struct NotLabelled(String);

/// The same PDF with these labels in its XMP packet.
///
/// # Errors
/// When it is no PDF that can be read and written.
pub fn into_pdf(pdf: &[u8], labels: &[SecurityLabel]) -> Result<Vec<u8>, NotLabelled> {
    let failed = |error: String| NotLabelled(error);
    let mut document = Document::load_mem(pdf).map_err(|error| failed(error.to_string()))?;
    let own = write_xmp(labels);
    let packet = match packet(&document)
        .as_deref()
        .and_then(|known| known.rsplit_once("</rdf:RDF>"))
    {
        Some((before, after)) => format!("{before}{own}</rdf:RDF>{after}"),
        None => format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
             <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n{own}</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>"
        ),
    };
    let dictionary = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
    // Whoever looks for the packet in the bytes finds it.
    let stream = Stream::new(dictionary, packet.into_bytes()).with_compression(false);
    let id = document.add_object(stream);
    let root = document.trailer.get(b"Root").and_then(Object::as_reference);
    let root = root.map_err(|error| failed(error.to_string()))?;
    let catalog = document.get_object_mut(root).and_then(Object::as_dict_mut);
    catalog
        .map_err(|error| failed(error.to_string()))?
        .set("Metadata", Object::Reference(id));
    let mut out = Vec::new();
    document.save_to(&mut out).map_err(|error| failed(error.to_string()))?;
    Ok(out)
}

/// The labels in the XMP packet of a PDF; nothing where it has none.
///
/// # Errors
/// When the packet is not XML that is read, or a label in it is not understood.
pub(super) fn labels(pdf: &[u8]) -> Result<Option<Bindings>, StanagError> {
    let packet = Document::load_mem(pdf).ok().and_then(|document| packet(&document));
    match packet {
        Some(packet) => read_xmp(packet.trim_start_matches('\u{feff}')),
        None => Ok(None),
    }
}

fn packet(document: &Document) -> Option<String> {
    let catalog = document.catalog().ok()?;
    let id = catalog.get(b"Metadata").ok()?.as_reference().ok()?;
    let stream = document.get_object(id).ok()?.as_stream().ok()?;
    let bytes = match stream.dict.get(b"Filter") {
        Ok(_) => stream.decompressed_content().ok()?,
        Err(_) => stream.content.clone(),
    };
    String::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_PACKET)
}
