//! Reading the file that `data/pack.py` writes: a line with source and review number, then `code ⇥ polygon ⇥ polygon …`,
//! where a polygon is its outer ring and its holes, with a space between, each an encoded polyline.

use flate2::read::GzDecoder;
use geo::{LineString, Polygon};
use kernel::DivisionCode;
use std::io::Read;

/// The digits after the point that the polylines keep.
const PRECISION: u32 = 6;

/// The boundaries as they were packed.
pub(crate) struct Packed {
    pub source: Box<str>,
    pub map_review_number: Box<str>,
    pub polygons: Vec<(DivisionCode, Polygon)>,
}

impl Packed {
    /// The boundaries inside the binary. The file is part of the sources and a test reads every line of it.
    pub fn embedded() -> Self {
        let mut text = String::new();
        GzDecoder::new(&include_bytes!("../data/boundaries.tsv.gz")[..])
            .read_to_string(&mut text)
            .unwrap_or_else(|error| unreachable!("the packed file is broken: {error}"));
        Self::parse(&text)
            .unwrap_or_else(|line| unreachable!("the packed boundaries have a broken line: {line}"))
    }

    /// Reads the lines; the error is the line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, &str> {
        let (header, lines) = text.split_once('\n').ok_or(text)?;
        let (source, map_review_number) = header.split_once('\t').ok_or(header)?;
        let mut polygons = Vec::new();
        for line in lines.lines() {
            polygons.extend(parse_line(line).ok_or(line)?);
        }
        Ok(Self {
            source: source.into(),
            map_review_number: map_review_number.into(),
            polygons,
        })
    }
}

fn parse_line(line: &str) -> Option<Vec<(DivisionCode, Polygon)>> {
    let mut fields = line.split('\t');
    let code = DivisionCode::parse(fields.next()?).ok()?;
    fields
        .map(|polygon| Some((code, parse_polygon(polygon)?)))
        .collect()
}

fn parse_polygon(text: &str) -> Option<Polygon> {
    let mut rings = text
        .split(' ')
        .map(|ring| polyline::decode_polyline(ring, PRECISION).ok());
    let outside = rings.next()??;
    let holes = rings.collect::<Option<Vec<LineString>>>()?;
    (outside.0.len() > 3).then(|| Polygon::new(outside, holes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_line_is_named() {
        for line in ["33", "330106\t", "330106\t_p~iF", "330106\t\u{1}"] {
            let text = format!("source\tnumber\n{line}\n");
            assert_eq!(Packed::parse(&text).err(), Some(line));
        }
        assert_eq!(Packed::parse("source\n").err(), Some("source"));
        assert_eq!(Packed::parse("").err(), Some(""));
    }

    #[test]
    fn a_polygon_has_its_holes() {
        let square = |from: f64, to: f64| {
            let corners = [(from, from), (to, from), (to, to), (from, to), (from, from)];
            polyline::encode_coordinates(corners.map(geo::Coord::from), PRECISION).unwrap()
        };
        let text = format!("s\tn\n330106\t{} {}\n", square(0.0, 4.0), square(1.0, 2.0));
        let packed = Packed::parse(&text).ok().unwrap();
        let (code, polygon) = &packed.polygons[0];
        assert_eq!(code.to_string(), "330106");
        assert_eq!((polygon.exterior().0.len(), polygon.interiors().len()), (5, 1));
        assert_eq!((&*packed.source, &*packed.map_review_number), ("s", "n"));
    }
}
