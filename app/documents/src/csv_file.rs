//! Tables as text: values separated by commas, semicolons, tabs or bars.

use csv::{ReaderBuilder, StringRecord};

use crate::{Block, Document, DocumentError, Format, Limits, Located, Locator, kind, tidy};

/// Reads a table. The first row names the columns unless it holds numbers.
pub(crate) fn read(text: &str, limits: &Limits) -> Result<Document, DocumentError> {
    let delimiter = kind::delimiter(kind::prefix(text, 16 * 1024), true).unwrap_or(b',');
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut header: Option<Vec<String>> = None;
    let mut blocks = Vec::new();
    let (mut parts, mut number) = (0, 0);
    for record in reader.records() {
        let cells = cells(&record.map_err(|_| DocumentError::Broken { what: "table" })?);
        parts += cells.len();
        if parts > limits.parts {
            return Err(DocumentError::TooComplex);
        }
        if cells.iter().all(String::is_empty) {
            continue;
        }
        let Some(header) = &header else {
            header = Some(if names_columns(&cells) { cells.clone() } else { Vec::new() });
            if !names_columns(&cells) {
                number += 1;
                blocks.push(row(&[], cells, number));
            }
            continue;
        };
        number += 1;
        blocks.push(row(header, cells, number));
    }
    Ok(Document { format: Format::Csv, title: None, blocks, silent_pages: 0 })
}

fn cells(record: &StringRecord) -> Vec<String> {
    record.iter().map(tidy).collect()
}

fn names_columns(cells: &[String]) -> bool {
    let numeric = |cell: &String| {
        cell.chars().next().is_some_and(|c| c.is_ascii_digit()) && cell.chars().all(|c| !c.is_alphabetic())
    };
    !cells.iter().any(numeric)
}

fn row(header: &[String], cells: Vec<String>, number: u32) -> Located {
    let block = Block::Row { header: header.to_vec(), cells };
    Located { block, locator: Locator::Rows { first: number, last: number } }
}
