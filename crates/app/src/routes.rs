//! The route table: every path the server answers, who may use it, and the file that does.
//!
//! Registration, the gate in front of each handler and the OpenAPI document are all made from this table; a path that is
//! not here does not exist.

#![allow(
    unused_qualifications,
    reason = "`utoipa::path` writes the types of `params` qualified"
)]

mod agents;
mod applications;
mod auth;
mod couriers;
mod customers;
mod divisions;
mod inventory;
pub(crate) mod orders;
mod products;
mod running;
mod stats;
mod territories;

use crate::{
    access::Access::{Permission, Public, SignedIn},
    route_table::route_table,
};
use identity::Permission::{
    CancelOrders, DeliverOrders, DispatchOrders, ManageCouriers, ManageCustomers, ManageInventory,
    ManageProducts, PlaceOrders, RateOrders, ReadAgents, ReadCouriers, ReadCustomers, ReadFigures,
    ReadInventory, ReadOrders, ReadTerritories, ReviewApplications,
};

route_table! {
    "/api/v1" {
        POST  "/auth/register"            Public                      => auth::register;
        POST  "/auth/login"               Public                      => auth::login;
        POST  "/auth/refresh"             Public                      => auth::refresh;
        POST  "/auth/switch"              SignedIn                    => auth::switch;
        POST  "/auth/logout"              SignedIn                    => auth::logout;
        GET   "/me"                       SignedIn                    => auth::me;

        GET   "/products"                 SignedIn                    => products::list;
        POST  "/products"                 Permission(ManageProducts)  => products::add;
        PATCH "/products/{id}"            Permission(ManageProducts)  => products::change;

        GET   "/inventory"                Permission(ReadInventory)   => inventory::list;
        GET   "/inventory/movements"      Permission(ReadInventory)   => inventory::movements;
        POST  "/inventory/receipts"       Permission(ManageInventory) => inventory::receive;
        PATCH "/inventory/{product_id}"   Permission(ManageInventory) => inventory::set_threshold;

        GET   "/customers"                Permission(ReadCustomers)   => customers::list;
        POST  "/customers"                Permission(ManageCustomers) => customers::create;
        GET   "/customers/{id}"           Permission(ReadCustomers)   => customers::get;
        PATCH "/customers/{id}"           Permission(ManageCustomers) => customers::change;
        GET   "/customers/{id}/addresses" Permission(ReadCustomers)   => customers::addresses;
        POST  "/customers/{id}/addresses" Permission(ManageCustomers) => customers::add_address;

        GET   "/divisions"                               Public                         => divisions::children;
        GET   "/divisions/search"                        Public                         => divisions::search;
        GET   "/divisions/{code}"                        Public                         => divisions::get;
        GET   "/divisions/{code}/responsible"            Public                         => divisions::responsible;

        POST  "/applications"                            SignedIn                       => applications::submit;
        GET   "/applications"                            SignedIn                       => applications::list;
        GET   "/applications/availability"               SignedIn                       => applications::availability;
        GET   "/applications/{id}"                       SignedIn                       => applications::get;
        POST  "/applications/{id}/supplement"            SignedIn                       => applications::supplement;
        POST  "/applications/{id}/withdraw"              SignedIn                       => applications::withdraw;
        POST  "/applications/{id}/review"                Permission(ReviewApplications) => applications::review;
        POST  "/applications/{id}/request-supplement"    Permission(ReviewApplications) => applications::request_supplement;
        POST  "/applications/{id}/approve"               Permission(ReviewApplications) => applications::approve;
        POST  "/applications/{id}/reject"                Permission(ReviewApplications) => applications::reject;

        GET   "/territories"                             Permission(ReadTerritories)    => territories::list;
        POST  "/territories/check"                       Permission(ReviewApplications) => territories::check;

        GET   "/agents"                                  Permission(ReadAgents)         => agents::list;
        GET   "/agents/{id}"                             Permission(ReadAgents)         => agents::get;
        GET   "/agents/{id}/contract"                    Permission(ReadAgents)         => agents::contract;

        POST  "/orders"                   Permission(PlaceOrders)     => orders::place;
        GET   "/orders"                   Permission(ReadOrders)      => orders::list;
        GET   "/orders/{id}"              Permission(ReadOrders)      => orders::get;
        GET   "/orders/{id}/history"      Permission(ReadOrders)      => orders::history;
        POST  "/orders/{id}/assign"       Permission(DispatchOrders)  => orders::assign;
        POST  "/orders/{id}/claim"        Permission(DeliverOrders)   => orders::claim;
        POST  "/orders/{id}/start"        Permission(DeliverOrders)   => orders::start;
        POST  "/orders/{id}/deliver"      Permission(DeliverOrders)   => orders::deliver;
        POST  "/orders/{id}/fail"         Permission(DeliverOrders)   => orders::fail;
        POST  "/orders/{id}/cancel"       Permission(CancelOrders)    => orders::cancel;
        POST  "/orders/{id}/rating"       Permission(RateOrders)      => orders::rate;

        GET   "/couriers"                 Permission(ReadCouriers)    => couriers::list;
        POST  "/couriers"                 Permission(ManageCouriers)  => couriers::hire;
        PATCH "/couriers/{id}"            Permission(ManageCouriers)  => couriers::change;

        GET   "/stats/overview"           Permission(ReadFigures)     => stats::overview;
        GET   "/stats/series"             Permission(ReadFigures)     => stats::series;

        GET   "/openapi.json"             Public                      => running::openapi;
    }
    "" {
        GET "/healthz"      Public => running::healthz;
        GET "/readyz"       Public => running::readyz;
        GET "/metrics"      Public => running::metrics;
        GET "/docs"         Public => running::docs;
        GET "/docs/{file}"  Public => running::docs_file;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeMap, fs, path::Path};

    #[test]
    fn each_line_says_what_its_handler_says() {
        for entry in ROUTES {
            let (methods, path) = (entry.declared)();
            let methods: Vec<_> = methods
                .iter()
                .map(|method| {
                    serde_json::to_value(method)
                        .unwrap()
                        .as_str()
                        .unwrap()
                        .to_uppercase()
                })
                .collect();
            assert_eq!(methods, [entry.method.as_str()], "{}", entry.module);
            assert_eq!(path, entry.path, "{}", entry.module);
        }
    }

    #[test]
    fn no_method_and_path_stands_twice() {
        let mut seen: Vec<_> = ROUTES
            .iter()
            .map(|entry| (entry.path, entry.method.as_str()))
            .collect();
        seen.sort_unstable();
        let all = seen.len();
        seen.dedup();
        assert_eq!(seen.len(), all);
    }

    #[test]
    fn no_two_bodies_share_a_name() {
        let mut named = BTreeMap::new();
        for entry in ROUTES {
            let mut schemas = Vec::new();
            (entry.schemas)(&mut schemas);
            for (name, schema) in schemas {
                let known = named
                    .entry(name.clone())
                    .or_insert_with(|| (entry.module, schema.clone()));
                assert!(
                    known.1 == schema,
                    "{name} is one thing in {} and another in {}",
                    known.0,
                    entry.module
                );
            }
        }
    }

    #[test]
    fn every_handler_file_is_in_the_table() {
        fn handlers(folder: &Path, found: &mut Vec<String>) {
            for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
                if file.is_dir() {
                    handlers(&file, found);
                } else if fs::read_to_string(&file).unwrap().contains("#[utoipa::path(") {
                    found.push(file.display().to_string());
                }
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = Vec::new();
        handlers(&root, &mut found);
        let in_table: Vec<_> = ROUTES
            .iter()
            .map(|entry| {
                let module = entry.module.replace(' ', "").replace("::", "/");
                root.join("routes").join(module + ".rs").display().to_string()
            })
            .collect();
        for file in found
            .iter()
            .filter(|file| !file.ends_with("/src/routes.rs") && !file.ends_with("tests.rs"))
        {
            assert!(in_table.contains(file), "{file} is not in the route table");
        }
        for file in &in_table {
            assert!(
                found.contains(file),
                "{file} is in the route table and has no documented handler"
            );
        }
    }
}
