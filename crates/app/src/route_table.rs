//! What a line of the route table is, and how the table becomes a server's routes.

use crate::{
    access::Access,
    floods::Traffic,
    gate::{Gate, gate},
    problem::Problem,
    reach::Reach,
};
use actix_web::{
    Resource, ResponseError, Route,
    body::BoxBody,
    dev::ServiceRequest,
    guard::{self, Any, Get, Head},
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
    middleware::{Next, from_fn},
    web::{self, ServiceConfig},
};
use std::{collections::BTreeMap, rc::Rc, time::Duration};
use utoipa::openapi::{
    RefOr,
    path::{Operation, ParameterIn},
};

/// One line of the table.
pub struct Entry {
    /// The method.
    pub method: Method,
    /// The whole path, with `{..}` for its parameters.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// Whose rows it reaches.
    pub reach: Reach,
    /// The handler's module below `routes`, such as `orders::place`.
    pub module: &'static str,
    pub(crate) operation: fn() -> Operation,
    /// Method and path as the handler's own `#[utoipa::path]` says them.
    pub declared: fn() -> (Vec<utoipa::openapi::HttpMethod>, String),
    pub(crate) route: fn() -> Route,
    /// Adds the schemas of every body that the handler names.
    #[cfg(test)]
    pub(crate) schemas: fn(&mut Vec<(String, RefOr<utoipa::openapi::Schema>)>),
}

impl Entry {
    /// What it is counted as.
    pub fn traffic(&self) -> Traffic {
        Traffic::of(&self.method, self.path, self.access)
    }
}

/// Makes `ROUTES` of the table, and `Schemas`, which gathers the bodies that the handlers name. A line is method, path,
/// [`Access`], [`Reach`] and handler; one that lacks a column does not compile.
macro_rules! route_table {
    ($($prefix:literal { $($method:ident $path:literal $access:ident $(($permission:ident))? $reach:ident => $($module:ident)::+;)* })*) => {
        /// Every route there is.
        pub static ROUTES: &[$crate::route_table::Entry] = &[$($(
            $crate::route_table::Entry {
                method: actix_web::http::Method::$method,
                path: concat!($prefix, $path),
                access: $crate::access::Access::$access $((identity::Permission::$permission))?,
                reach: $crate::reach::Reach::$reach,
                module: stringify!($($module)::+),
                operation: <$($module)::+::__path_handle as utoipa::Path>::operation,
                declared: || (
                    <$($module)::+::__path_handle as utoipa::Path>::methods(),
                    [$prefix, &<$($module)::+::__path_handle as utoipa::Path>::path()].concat(),
                ),
                route: || actix_web::web::to($($module)::+::handle),
                #[cfg(test)]
                schemas: <$($module)::+::__path_handle as utoipa::__dev::SchemaReferences>::schemas,
            },
        )*)*];

        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($($module)::+::handle,)*)*))]
        pub(crate) struct Schemas;
    };
}
pub(crate) use route_table;

/// Registers the whole table. A handler may take so long to begin its answer.
pub fn configure(config: &mut ServiceConfig, table: &'static [Entry], answer_timeout: Duration) {
    // In the order of the paths, a fixed name comes before a parameter in its place: `{` sorts after every letter.
    let mut paths: BTreeMap<&str, Vec<&'static Entry>> = BTreeMap::new();
    for entry in table {
        paths.entry(entry.path).or_default().push(entry);
    }
    for (path, entries) in paths {
        let allowed = allowed_methods(&entries);
        let mut resource = Resource::new(path);
        for entry in entries {
            resource = resource.route(guarded(entry, answer_timeout));
        }
        config.service(resource.default_service(web::to(move || {
            let allowed = allowed.clone();
            async move {
                Problem::of_status(StatusCode::METHOD_NOT_ALLOWED)
                    .header(header::ALLOW, allowed)
                    .error_response()
            }
        })));
    }
    config.default_service(web::to(|| async { Problem::not_found().error_response() }));
}

fn guarded(entry: &'static Entry, answer_timeout: Duration) -> Route {
    let in_front = Rc::new(Gate {
        entry,
        parameters: query_parameters(&(entry.operation)()),
        answer_timeout,
    });
    let method = entry.method.clone();
    let guard = if method == Method::GET {
        // Whoever may get a page may ask for its headers alone (RFC 9110, 9.3.2); the server leaves the body out.
        Any(Get()).or(Head())
    } else {
        Any(guard::Method(method))
    };
    (entry.route)()
        .guard(guard)
        .wrap(from_fn(move |request: ServiceRequest, next: Next<BoxBody>| {
            gate(Rc::clone(&in_front), request, next)
        }))
}

fn allowed_methods(entries: &[&'static Entry]) -> HeaderValue {
    let mut names: Vec<_> = entries.iter().map(|entry| entry.method.as_str()).collect();
    if names.contains(&"GET") {
        names.push("HEAD");
    }
    HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static(""))
}

fn query_parameters(operation: &Operation) -> Vec<String> {
    let parameters = operation.parameters.iter().flatten();
    parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => {
                Some(parameter.name.clone())
            }
            _ => None,
        })
        .collect()
}
