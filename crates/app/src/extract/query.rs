//! The query string.

use super::{body::nul, deserialization::field_problem};
use crate::problem::Problem;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use kernel::{Invalid, Validation};
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};

/// The part of the query string that has that shape. Parameters that the route does not document were refused before; a
/// wrong or doubled one is 422.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
        .map_err(|error| field_problem(&error.path().to_string(), &error.inner().to_string()))
}

/// Refuses every parameter that is not one of `known`, and every value with a NUL, all at once.
pub fn unknown_parameters(query: &str, known: &[String]) -> Result<(), Problem> {
    let mut validation = Validation::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if !known.iter().any(|known| *known == name) {
            let name: String = name.chars().take(100).collect();
            validation.refuse(
                name,
                Invalid::new(
                    "unknown_parameter",
                    "没有这个查询参数",
                    "is not a known parameter",
                ),
            );
        } else if value.contains('\0') {
            validation.refuse(name.into_owned(), nul());
        }
    }
    validation.finish(|| ()).map_err(Problem::invalid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Filters {
        state: Option<String>,
        days: Option<u32>,
    }

    #[test]
    fn values_are_decoded_and_bad_ones_refused() {
        let filters: Filters = parse("state=%E5%B7%B2&days=3&limit=5").unwrap();
        assert_eq!(
            filters,
            Filters {
                state: Some("已".into()),
                days: Some(3)
            }
        );
        for query in ["days=x", "days=-1", "days=", "days=1&days=2"] {
            let problem = parse::<Filters>(query).unwrap_err();
            assert_eq!(problem.code(), "invalid_input", "{query}");
        }
    }

    #[test]
    fn odd_bytes_never_panic() {
        for query in ["%", "%%%", "%ff=%fe", "=", "&&&", "a=b=c", "%00"] {
            let _ = parse::<Filters>(query);
            let _ = unknown_parameters(query, &[]);
        }
    }

    #[test]
    fn what_no_route_documents_is_refused() {
        let known = ["state".to_owned()];
        assert!(unknown_parameters("", &known).is_ok());
        assert!(unknown_parameters("state=a&state=b", &known).is_ok());
        assert!(unknown_parameters("state=a&offset=9", &known).is_err());
        assert!(unknown_parameters("state=%00", &known).is_err());
    }
}
