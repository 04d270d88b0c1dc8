//! A paper as one self-contained HTML page, also fit for printing: no script, nothing from elsewhere.

use crate::{Block, Paper};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:0 auto;padding:0 1rem 3rem;color:#1a1a1a;background:#fff}\
header,footer{text-align:center;font-weight:700;padding:.5rem 0}header{border-bottom:2px solid #1a1a1a}footer{border-top:2px solid #1a1a1a}\
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem;margin-top:1.5rem}.notice{font-weight:700}\
ul{padding-left:1.2rem}li{margin:.4rem 0}li ul{color:#444}table{border-collapse:collapse;width:100%;font-size:.9rem}\
td,th{border-bottom:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}\
@media print{body{max-width:none;padding:0}li,tr{break-inside:avoid}}";

/// Escapes, and isolates its direction, so that foreign text cannot turn what stands around it.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str("<bdi>");
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("<br>"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push_str("</bdi>");
    out
}

impl Paper {
    /// As a page of HTML, with the banner at head and foot.
    pub fn html(&self) -> String {
        let title = plain(&self.title)
            .replace("<bdi>", "")
            .replace("</bdi>", "")
            .replace("<br>", " ");
        let banner = plain(&self.banner);
        let mut out = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<title>{title}</title><style>{STYLE}</style></head>\n<body><header>{banner}</header><main>\n<h1>{}</h1>\n",
            plain(&self.title)
        );
        if let Some(notice) = &self.notice {
            out += &format!("<p class=\"notice\">{}</p>\n", plain(notice));
        }
        let mut list = false;
        for block in &self.blocks {
            let is_item = matches!(block, Block::Item { .. });
            if is_item != list {
                out += if is_item { "<ul>\n" } else { "</ul>\n" };
                list = is_item;
            }
            match block {
                Block::Heading(text) => out += &format!("<h2>{}</h2>\n", plain(text)),
                Block::Text(text) => out += &format!("<p>{}</p>\n", plain(text)),
                Block::Item { lead, text, notes } => {
                    out += &format!("<li><strong>{}</strong> {}", plain(lead), plain(text));
                    if !notes.is_empty() {
                        let notes: Vec<String> = notes.iter().map(|note| format!("<li>{}</li>", plain(note))).collect();
                        out += &format!("<ul>{}</ul>", notes.concat());
                    }
                    out += "</li>\n";
                }
                Block::Table { head, rows } => {
                    let cells = |tag: &str, row: &[String]| {
                        let cells: Vec<String> = row
                            .iter()
                            .map(|cell| format!("<{tag}>{}</{tag}>", plain(cell)))
                            .collect();
                        format!("<tr>{}</tr>\n", cells.concat())
                    };
                    out += &format!("<table><thead>{}</thead><tbody>", cells("th", head));
                    rows.iter().for_each(|row| out += &cells("td", row));
                    out += "</tbody></table>\n";
                }
            }
        }
        if list {
            out += "</ul>\n";
        }
        out + &format!("</main><footer>{banner}</footer></body></html>\n")
    }
}
