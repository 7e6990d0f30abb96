//! Reading the two files that `data/pack.py` writes.

use crate::{Division, DivisionLevel};
use flate2::read::GzDecoder;
use kernel::DivisionCode;
use std::{collections::HashMap, io::Read};

/// What a code that is no longer in use is remembered by.
pub(crate) struct Retired {
    pub name: Box<str>,
    /// What directly took its place; may be retired itself by now.
    pub successors: Box<[DivisionCode]>,
}

/// A published edition as it was packed.
pub(crate) struct Edition {
    pub name: Box<str>,
    /// Sorted by code; `has_children` is still to be found out.
    pub divisions: Vec<Division>,
    pub retired: HashMap<DivisionCode, Retired>,
}

impl Edition {
    /// The edition inside the binary. The files are part of the sources and a test reads every line of them.
    pub fn embedded() -> Self {
        let divisions = unpack(include_bytes!("../data/divisions.tsv.gz"));
        let changes = unpack(include_bytes!("../data/changes.tsv.gz"));
        Self::parse(&divisions, &changes)
            .unwrap_or_else(|line| unreachable!("the packed edition has a broken line: {line}"))
    }

    /// Reads the lines; the error is the line that cannot be read.
    pub fn parse<'text>(divisions: &'text str, changes: &'text str) -> Result<Self, &'text str> {
        let (name, divisions) = divisions.split_once('\n').ok_or(divisions)?;
        Ok(Self {
            name: name.into(),
            divisions: divisions
                .lines()
                .map(|line| parse_division(line).ok_or(line))
                .collect::<Result<_, _>>()?,
            retired: changes
                .lines()
                .map(|line| parse_retired(line).ok_or(line))
                .collect::<Result<_, _>>()?,
        })
    }
}

fn unpack(packed: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(packed)
        .read_to_string(&mut text)
        .unwrap_or_else(|error| unreachable!("a packed file is broken: {error}"));
    text
}

/// `code ⇥ level ⇥ parent ⇥ name`
fn parse_division(line: &str) -> Option<Division> {
    let mut fields = line.split('\t');
    let code = DivisionCode::parse(fields.next()?).ok()?;
    let level = match fields.next()? {
        "p" => DivisionLevel::Province,
        "c" => DivisionLevel::City,
        "x" => DivisionLevel::County,
        "t" => DivisionLevel::Township,
        _ => return None,
    };
    let parent_code = match fields.next()? {
        "" => None,
        parent => Some(DivisionCode::parse(parent).ok()?),
    };
    let name = fields.next()?.into();
    Some(Division {
        code,
        level,
        parent_code,
        has_children: false,
        name,
    })
}

/// `code ⇥ year ⇥ name ⇥ successors`
fn parse_retired(line: &str) -> Option<(DivisionCode, Retired)> {
    let mut fields = line.split('\t');
    let code = DivisionCode::parse(fields.next()?).ok()?;
    let name = fields.nth(1)?.into();
    let successors = fields
        .next()?
        .split(',')
        .filter(|code| !code.is_empty())
        .map(|code| DivisionCode::parse(code).ok())
        .collect::<Option<_>>()?;
    Some((code, Retired { name, successors }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_line_is_named() {
        for line in [
            "330000",
            "330000\tq\t\t浙江省",
            "3300\tp\t\t浙江省",
            "330100\tc\t33\t杭州市",
        ] {
            let divisions = format!("edition\n{line}\n");
            assert_eq!(Edition::parse(&divisions, "").err(), Some(line));
        }
        let changes = "330104\t2021\t江干区\t33";
        assert_eq!(Edition::parse("edition\n", changes).err(), Some(changes));
    }
}
