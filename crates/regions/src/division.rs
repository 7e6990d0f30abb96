//! One division, and why a code may name none.

use kernel::DivisionCode;
use std::fmt;
use thiserror::Error;

/// The four levels, from the widest to the narrowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DivisionLevel {
    /// 省: also autonomous regions, municipalities and special administrative regions.
    Province,
    /// 市: also prefectures and leagues.
    City,
    /// 县: also districts and county-level cities.
    County,
    /// 乡镇: also subdistricts.
    Township,
}

impl DivisionLevel {
    /// Every level, widest first.
    pub const ALL: [Self; 4] = [Self::Province, Self::City, Self::County, Self::Township];

    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::City => "city",
            Self::County => "county",
            Self::Township => "township",
        }
    }

    /// What it is called in Chinese.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Province => "省级",
            Self::City => "市级",
            Self::County => "县级",
            Self::Township => "乡级",
        }
    }

    /// The level of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// A node of the tree.
#[derive(Clone, PartialEq, Eq)]
pub struct Division {
    /// Its code.
    pub code: DivisionCode,
    /// Its level. It cannot be told from the code: 441900 is a city whose townships hang on it, 429004 a county without
    /// a city above.
    pub level: DivisionLevel,
    /// The division that it lies in, `None` for a province. Not always a cut of the code's digits.
    pub parent_code: Option<DivisionCode>,
    /// Whether the edition has divisions below.
    pub has_children: bool,
    pub(crate) name: Box<str>,
}

impl Division {
    /// Its name, such as 西湖区.
    pub const fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for Division {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} ({})", self.code, self.name, self.level.name())
    }
}

/// Why a code names no division.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DivisionError {
    /// Neither the edition nor the change events know it.
    #[error("{0} is not the code of a division")]
    Unknown(DivisionCode),
    /// It was a division's once.
    #[error("{code} {name} is no longer in use")]
    Retired {
        /// The code.
        code: DivisionCode,
        /// The name it last stood for.
        name: Box<str>,
        /// The divisions that took its place, as far as the change events know; all of them in use.
        successors: Vec<DivisionCode>,
    },
    /// It groups the districts of a municipality or the counties directly under a province, and is no place.
    #[error("{code} is a grouping of codes, not a division that can be granted; its province is {province}")]
    Shell {
        /// The code.
        code: DivisionCode,
        /// What it is resolved to where an address is meant.
        province: DivisionCode,
    },
}

impl From<DivisionError> for kernel::Invalid {
    fn from(error: DivisionError) -> Self {
        let message_en = error.to_string();
        let (code, message_zh, message_en) = match error {
            DivisionError::Unknown(code) => (
                "unknown_division",
                format!("没有代码为 {code} 的行政区划"),
                message_en,
            ),
            DivisionError::Retired {
                code,
                name,
                successors,
            } if successors.is_empty() => ("retired_division", format!("{code}（{name}）已撤销"), message_en),
            DivisionError::Retired {
                code,
                name,
                successors,
            } => {
                let next = successors
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", ");
                (
                    "retired_division",
                    format!("{code}（{name}）已撤销，现为 {next}"),
                    format!("{message_en}; it was followed by {next}"),
                )
            }
            DivisionError::Shell { code, province } => (
                "shell_division",
                format!("{code} 只是编码分组，不是可授予的区划；所属省级区划为 {province}"),
                message_en,
            ),
        };
        Self {
            code,
            message_zh: message_zh.into(),
            message_en: message_en.into(),
        }
    }
}
