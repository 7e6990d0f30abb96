//! Tables as CSV files (RFC 4180) that spreadsheets open rightly and safely.

use crate::problem::Problem;
use actix_web::{HttpResponse, http::header};
use std::borrow::Cow;

/// Without it, Excel reads a file in the machine's own encoding and spoils every Chinese name.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What makes a spreadsheet take a cell for a formula where the cell begins with it, full-width forms included (OWASP,
/// "CSV Injection").
const FORMULA_BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A table in the making. Every row has as many cells as there are columns.
pub struct CsvFile(csv::Writer<Vec<u8>>);

impl CsvFile {
    /// A table with those columns and no rows.
    pub fn with_columns(columns: &[&str]) -> Result<Self, Problem> {
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
        let mut file = Self(writer);
        file.add(columns)?;
        Ok(file)
    }

    /// Adds a row.
    pub fn add(&mut self, cells: &[impl AsRef<str>]) -> Result<(), Problem> {
        let cells = cells.iter().map(|cell| harmless(cell.as_ref()).into_owned());
        self.0.write_record(cells).map_err(Problem::internal)
    }

    /// The whole file.
    pub fn into_bytes(self) -> Result<Vec<u8>, Problem> {
        self.0.into_inner().map_err(Problem::internal)
    }

    /// Answers with the file under that name, which is ASCII and of ours.
    pub fn answer(file: Vec<u8>, name: &str) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8")
            .insert_header((
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            ))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(file)
    }
}

/// The cell as text: one that would be a formula begins with an apostrophe, which spreadsheets do not show.
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(FORMULA_BEGINNINGS) {
        format!("'{cell}").into()
    } else {
        cell.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(columns: &[&str], rows: &[Vec<String>]) -> String {
        let mut file = CsvFile::with_columns(columns).unwrap();
        for row in rows {
            file.add(row).unwrap();
        }
        String::from_utf8(file.into_bytes().unwrap()).unwrap()
    }

    #[test]
    fn a_file_begins_with_its_mark_and_its_columns_and_quotes_where_it_must() {
        let rows = [vec!["330000".to_owned(), "浙江, \"省\"".to_owned()]];
        assert_eq!(
            written(&["代码", "名称"], &rows),
            "\u{feff}代码,名称\r\n330000,\"浙江, \"\"省\"\"\"\r\n"
        );
        let mut file = CsvFile::with_columns(&["a", "b"]).unwrap();
        assert_eq!(file.add(&["one"]).unwrap_err().code(), "internal_error");
    }

    proptest! {
        #[test]
        fn no_cell_is_a_formula_and_every_cell_comes_back(cells in prop::collection::vec("\\PC{0,9}|[=+@\t\r\n＝＋－＠-]\\PC{0,9}", 3)) {
            let text = written(&["a", "b", "c"], std::slice::from_ref(&cells));
            let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap();
            let mut reader = csv::Reader::from_reader(body.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            for (cell, read) in cells.iter().zip(&row) {
                prop_assert!(!read.starts_with(FORMULA_BEGINNINGS));
                prop_assert_eq!(read.strip_prefix('\'').filter(|_| read != cell).unwrap_or(read), cell);
            }
        }
    }
}
