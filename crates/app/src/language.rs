//! Which language a client reads.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
};
use std::{
    convert::Infallible,
    future::{Ready, ready},
};

/// The languages that messages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese, unless the client prefers English.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// What `Accept-Language` (RFC 9110, 12.5.4) prefers; Chinese where it prefers neither, says nothing, or makes no
    /// sense.
    pub fn of(headers: &HeaderMap) -> Self {
        let (mut chinese, mut english) = (0, 0);
        let values = headers
            .get_all(header::ACCEPT_LANGUAGE)
            .filter_map(|value| value.to_str().ok());
        for range in values.flat_map(|value| value.split(',')) {
            let mut parts = range.split(';').map(str::trim);
            let primary = parts
                .next()
                .and_then(|tag| tag.split('-').next())
                .unwrap_or_default();
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1_000, thousandths);
            if primary.eq_ignore_ascii_case("en") {
                english = english.max(quality);
            } else if primary.eq_ignore_ascii_case("zh") {
                chinese = chinese.max(quality);
            }
        }
        if english > chinese {
            Self::English
        } else {
            Self::Chinese
        }
    }

    /// The tag for `Content-Language`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The one of two texts that is in this language.
    pub fn pick<T>(self, chinese: T, english: T) -> T {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

impl FromRequest for Language {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request.headers())))
    }
}

/// A quality between 0 and 1 in thousandths; nonsense counts as 0.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{fraction:0<3}");
    match (whole, digits.get(..3).and_then(|digits| digits.parse().ok())) {
        ("1", Some(0)) => 1_000,
        ("0", Some(thousandths)) => thousandths,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    fn preferred(value: &[u8]) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_bytes(value).unwrap());
        Language::of(&headers)
    }

    #[test]
    fn english_is_spoken_only_when_preferred() {
        for value in [
            "en",
            "EN-us",
            "en-GB,zh;q=0.9",
            "fr, en;q=0.1",
            "zh;q=0.2, en;q=0.25",
        ] {
            assert_eq!(preferred(value.as_bytes()), Language::English, "{value}");
        }
        for value in [
            "",
            "zh-CN",
            "zh,en",
            "fr",
            "*",
            "en;q=0",
            "en;q=x",
            "zh;q=0.8,en;q=0.7",
            ";;,",
        ] {
            assert_eq!(preferred(value.as_bytes()), Language::Chinese, "{value}");
        }
        assert_eq!(preferred(b"\xff\xfe"), Language::Chinese);
        assert_eq!(Language::of(&HeaderMap::new()), Language::Chinese);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(value in prop::collection::vec(prop_oneof![32_u8..127, 128_u8..=255], 0..100)) {
            preferred(&value);
        }

        #[test]
        fn qualities_of_any_length_are_read(fraction in "[0-9a-z.;=]{0,40}") {
            let english = format!("en;q=0.{fraction}");
            preferred(english.as_bytes());
        }
    }
}
