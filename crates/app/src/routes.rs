//! The route table: every path the server answers, who may use it, whose rows it reaches, and the file that does.
//!
//! Registration, the gate in front of each handler and the OpenAPI document are all made from this table; a path that is
//! not here does not exist.

#![allow(
    unused_qualifications,
    reason = "`utoipa::path` writes the types of `params` qualified"
)]

mod accounts;
mod agents;
mod applications;
mod attachments;
mod audit;
mod auth;
mod couriers;
mod customers;
mod dead_letters;
mod divisions;
mod events;
mod inbox;
mod inventory;
mod me;
mod members;
pub(crate) mod orders;
mod privacy_policy;
mod products;
mod running;
mod stats;
mod territories;
mod webhooks;

use crate::route_table::route_table;

route_table! {
    "/api/v1" {
        POST  "/auth/register"                        Public                         Account      => auth::register;
        POST  "/auth/login"                           Public                         Account      => auth::login;
        POST  "/auth/wechat"                          Public                         Account      => auth::wechat;
        POST  "/auth/wechat/phone"                    SignedIn                       Account      => auth::wechat_phone;
        POST  "/auth/refresh"                         Public                         Account      => auth::refresh;
        POST  "/auth/switch"                          SignedIn                       Account      => auth::switch;
        POST  "/auth/logout"                          SignedIn                       Account      => auth::logout;
        POST  "/auth/password"                        SignedIn                       Account      => auth::password;
        GET   "/auth/sessions"                        SignedIn                       Account      => auth::sessions;
        DELETE "/auth/sessions"                       SignedIn                       Account      => auth::end_other_sessions;
        DELETE "/auth/sessions/{id}"                  SignedIn                       Account      => auth::end_session;
        GET   "/me"                                   SignedIn                       Account      => auth::me;
        POST  "/me/consent"                           SignedIn                       Account      => me::consent;
        GET   "/me/export"                            SignedIn                       Account      => me::export;
        POST  "/me/erase"                             SignedIn                       Account      => me::erase;

        GET   "/privacy-policy"                       Public                         Shared       => privacy_policy::get;

        GET   "/products"                             SignedIn                       Shared       => products::list;
        POST  "/products"                             Permission(ManageProducts)     Shared       => products::add;
        PATCH "/products/{id}"                        Permission(ManageProducts)     Shared       => products::change;

        GET   "/inventory"                            Permission(ReadInventory)      Tenant       => inventory::list;
        GET   "/inventory/movements"                  Permission(ReadInventory)      Tenant       => inventory::movements;
        POST  "/inventory/receipts"                   Permission(ManageInventory)    Tenant       => inventory::receive;
        PATCH "/inventory/{product_id}"               Permission(ManageInventory)    Tenant       => inventory::set_threshold;

        GET   "/customers"                            Permission(ReadCustomers)      Tenant       => customers::list;
        POST  "/customers"                            Permission(AddCustomers)       Tenant       => customers::create;
        GET   "/customers/{id}"                       Permission(ReadCustomers)      Tenant       => customers::get;
        PATCH "/customers/{id}"                       Permission(ManageCustomers)    Tenant       => customers::change;
        POST  "/customers/{id}/reveal"                Permission(RevealCustomers)    Tenant       => customers::reveal;
        GET   "/customers/{id}/addresses"             Permission(ReadCustomers)      Tenant       => customers::addresses;
        POST  "/customers/{id}/addresses"             Permission(ManageCustomers)    Tenant       => customers::add_address;
        POST  "/customers/{id}/export"                Permission(ExportPersonalData) Everything   => customers::export;
        POST  "/customers/{id}/erase"                 Permission(ErasePersonalData)  Everything   => customers::erase;

        GET   "/divisions"                            Public                         Shared       => divisions::children;
        GET   "/divisions/search"                     Public                         Shared       => divisions::search;
        GET   "/divisions/locate"                     Public                         Shared       => divisions::locate;
        GET   "/divisions/{code}"                     Public                         Shared       => divisions::get;
        GET   "/divisions/{code}/responsible"         Public                         Shared       => divisions::responsible;

        POST  "/applications"                         SignedIn                       Account      => applications::submit;
        GET   "/applications"                         SignedIn                       Applications => applications::list;
        GET   "/applications/availability"            SignedIn                       Shared       => applications::availability;
        GET   "/applications/next"                    Permission(ReviewApplications) Everything   => applications::next;
        GET   "/applications/{id}"                    SignedIn                       Applications => applications::get;
        POST  "/applications/{id}/supplement"         SignedIn                       Account      => applications::supplement;
        POST  "/applications/{id}/withdraw"           SignedIn                       Account      => applications::withdraw;
        POST  "/applications/{id}/review"             Permission(ReviewApplications) Everything   => applications::review;
        POST  "/applications/{id}/request-supplement" Permission(ReviewApplications) Everything   => applications::request_supplement;
        POST  "/applications/{id}/approve"            Permission(ReviewApplications) Everything   => applications::approve;
        POST  "/applications/{id}/reject"             Permission(ReviewApplications) Everything   => applications::reject;
        POST  "/applications/{id}/hold"               Permission(ReviewApplications) Everything   => applications::hold;
        POST  "/applications/{id}/release"            Permission(ReviewApplications) Everything   => applications::release;
        POST  "/applications/{id}/reveal"             Permission(RevealApplicants)   Everything   => applications::reveal;

        POST  "/attachments"                          SignedIn                       Account      => attachments::upload;
        GET   "/attachments/{id}"                     SignedIn                       Account      => attachments::get;
        POST  "/attachments/{id}/reveal"              Permission(RevealApplicants)   Everything   => attachments::reveal;

        GET   "/territories"                          Permission(ReadTerritories)    Tenant       => territories::list;
        POST  "/territories/check"                    Permission(ReviewApplications) Everything   => territories::check;
        POST  "/territories/transfers"                Permission(ManageAgents)       Everything   => territories::transfers;
        GET   "/territories/outdated"                 Permission(ManageAgents)       Everything   => territories::outdated;
        POST  "/territories/{id}/consents"            Permission(ConsentToOthers)    Tenant       => territories::consents::give;
        POST  "/territories/{id}/consents/withdraw"   Permission(ConsentToOthers)    Tenant       => territories::consents::withdraw;
        GET   "/territories/coverage"                 Permission(ReadTerritories)    Tenant       => territories::coverage::get;
        GET   "/territories/coverage/gaps"            Permission(ReadTerritories)    Tenant       => territories::coverage::gaps;
        GET   "/territories/coverage/export"          Permission(ExportTerritories)  Tenant       => territories::coverage::export;

        GET   "/agents"                               Permission(ReadAgents)         Tenant       => agents::list;
        GET   "/agents/{id}"                          Permission(ReadAgents)         Tenant       => agents::get;
        GET   "/agents/{id}/contract"                 Permission(ReadAgents)         Tenant       => agents::contract;
        GET   "/agents/{id}/overview"                 Permission(ReadContractMoney)  Tenant       => agents::overview;
        GET   "/agents/{id}/history"                  Permission(ReadAgents)         Tenant       => agents::history;
        POST  "/agents/{id}/suspend"                  Permission(ManageAgents)       Everything   => agents::suspend;
        POST  "/agents/{id}/resume"                   Permission(ManageAgents)       Everything   => agents::resume;
        POST  "/agents/{id}/renew"                    Permission(ManageAgents)       Everything   => agents::renew;
        POST  "/agents/{id}/terminate"                Permission(ManageAgents)       Everything   => agents::terminate;
        GET   "/agents/{id}/termination"              Permission(ReadAgents)         Tenant       => agents::departure;
        POST  "/agents/{id}/termination/withdraw"     Permission(ManageAgents)       Everything   => agents::withdraw_termination;
        POST  "/agents/{id}/termination/close"        Permission(ManageAgents)       Everything   => agents::close_termination;
        GET   "/agents/{id}/reserved-customers"       Permission(ReadAgents)         Tenant       => agents::reserved_customers::list;
        POST  "/agents/{id}/reserved-customers"       Permission(ManageAgents)       Everything   => agents::reserved_customers::reserve;
        POST  "/agents/{id}/reserved-customers/release" Permission(ManageAgents)     Everything   => agents::reserved_customers::release;
        POST  "/agents/{id}/reveal"                   Permission(RevealApplicants)   Everything   => agents::reveal;

        GET   "/agents/{id}/attachments/{attachment_id}" Permission(ReadContractMoney) Tenant   => agents::attachment;
        GET   "/agents/{id}/deposits"                 Permission(ReadContractMoney)  Tenant       => agents::deposits::list;
        POST  "/agents/{id}/deposits/payments"        Permission(ManageContractMoney) Everything  => agents::deposits::pay;
        POST  "/agents/{id}/deposits/deductions"      Permission(ManageContractMoney) Everything  => agents::deposits::deduct;
        POST  "/agents/{id}/deposits/refunds"         Permission(ManageContractMoney) Everything  => agents::deposits::refund;
        POST  "/agents/{id}/deposits/{entry_id}/appeal" Permission(ClaimContractMoney) Tenant     => agents::deposits::appeal;
        POST  "/agents/{id}/deposits/{entry_id}/appeal/decide" Permission(ManageContractMoney) Everything => agents::deposits::decide;
        GET   "/agents/{id}/support"                  Permission(ReadContractMoney)  Tenant       => agents::support::list;
        POST  "/agents/{id}/support"                  Permission(ClaimContractMoney) Tenant       => agents::support::request;
        POST  "/agents/{id}/support/{request_id}/approve" Permission(ManageContractMoney) Everything => agents::support::approve;
        POST  "/agents/{id}/support/{request_id}/reject" Permission(ManageContractMoney) Everything => agents::support::reject;
        POST  "/agents/{id}/support/{request_id}/spend" Permission(ClaimContractMoney) Tenant     => agents::support::spend;
        POST  "/agents/{id}/support/{request_id}/cancel" Permission(ClaimContractMoney) Tenant    => agents::support::cancel;
        GET   "/agents/{id}/obligations"              Permission(ReadObligations)    Tenant       => agents::obligations::list;
        GET   "/agents/{id}/quotas"                   Permission(ReadObligations)    Tenant       => agents::obligations::quotas;
        GET   "/agents/{id}/inspections"              Permission(ReadObligations)    Tenant       => agents::inspections::list;
        POST  "/agents/{id}/inspections"              Permission(InspectAgents)      Everything   => agents::inspections::record;
        POST  "/agents/{id}/inspections/{inspection_id}/answer" Permission(FulfilObligations) Tenant => agents::inspections::answer;
        POST  "/agents/{id}/inspections/{inspection_id}/close" Permission(InspectAgents) Everything => agents::inspections::close;
        GET   "/agents/{id}/market-reports"           Permission(ReadObligations)    Tenant       => agents::market_reports::list;
        POST  "/agents/{id}/market-reports"           Permission(FulfilObligations)  Tenant       => agents::market_reports::submit;
        GET   "/agents/{id}/consequences"             Permission(ReadObligations)    Tenant       => agents::consequences::list;
        POST  "/agents/{id}/consequences/{consequence_id}/decide" Permission(DecideConsequences) Everything => agents::consequences::decide;

        POST  "/orders"                               Permission(PlaceOrders)        Tenant       => orders::place;
        GET   "/orders"                               Permission(ReadOrders)         Tenant       => orders::list;
        GET   "/orders/{id}"                          Permission(ReadOrders)         Tenant       => orders::get;
        GET   "/orders/{id}/history"                  Permission(ReadOrders)         Tenant       => orders::history;
        POST  "/orders/{id}/assign"                   Permission(DispatchOrders)     Tenant       => orders::assign;
        POST  "/orders/{id}/claim"                    Permission(ClaimOrders)        Tenant       => orders::claim;
        POST  "/orders/{id}/start"                    Permission(DeliverOrders)      Tenant       => orders::start;
        POST  "/orders/{id}/deliver"                  Permission(DeliverOrders)      Tenant       => orders::deliver;
        POST  "/orders/{id}/fail"                     Permission(DeliverOrders)      Tenant       => orders::fail;
        POST  "/orders/{id}/cancel"                   Permission(CancelOrders)       Tenant       => orders::cancel;
        POST  "/orders/{id}/rating"                   Permission(RateOrders)         Tenant       => orders::rate;
        POST  "/orders/{id}/reveal"                   Permission(RevealCustomers)    Tenant       => orders::reveal;

        GET   "/couriers"                             Permission(ReadCouriers)       Tenant       => couriers::list;
        POST  "/couriers"                             Permission(ManageCouriers)     Tenant       => couriers::hire;
        PATCH "/couriers/{id}"                        Permission(ManageCouriers)     Tenant       => couriers::change;

        GET    "/members"                              Permission(ManageMembers)      Tenant       => members::list;
        DELETE "/members/{membership_id}"              Permission(ManageMembers)      Tenant       => members::end;
        GET    "/members/invitations"                  Permission(ManageMembers)      Tenant       => members::invitations;
        POST   "/members/invitations"                  Permission(ManageMembers)      Tenant       => members::invite;
        DELETE "/members/invitations/{id}"             Permission(ManageMembers)      Tenant       => members::withdraw;
        POST   "/invitations/accept"                   SignedIn                       Account      => members::accept;
        POST   "/accounts/{id}/disable"                Permission(ManageAccounts)     Everything   => accounts::disable;
        POST   "/accounts/{id}/enable"                 Permission(ManageAccounts)     Everything   => accounts::enable;

        GET   "/stats/overview"                       Permission(ReadFigures)        Below        => stats::overview;
        GET   "/stats/series"                         Permission(ReadFigures)        Below        => stats::series;

        GET   "/events"                               SignedIn                       Account      => events::stream;
        GET   "/inbox"                                SignedIn                       Account      => inbox::list;
        POST  "/inbox/read-all"                       SignedIn                       Account      => inbox::read_all;
        POST  "/inbox/{id}/read"                      SignedIn                       Account      => inbox::read;
        GET   "/webhooks"                             Permission(ManageWebhooks)     Tenant       => webhooks::list;
        POST  "/webhooks"                             Permission(ManageWebhooks)     Tenant       => webhooks::create;
        GET   "/webhooks/{id}"                        Permission(ManageWebhooks)     Tenant       => webhooks::get;
        PATCH "/webhooks/{id}"                        Permission(ManageWebhooks)     Tenant       => webhooks::change;
        DELETE "/webhooks/{id}"                       Permission(ManageWebhooks)     Tenant       => webhooks::delete;
        POST  "/webhooks/{id}/test"                   Permission(ManageWebhooks)     Tenant       => webhooks::test;
        GET   "/dead-letters"                         Permission(ReplayDeadLetters)  Tenant       => dead_letters::list;
        POST  "/dead-letters/{id}/replay"             Permission(ReplayDeadLetters)  Tenant       => dead_letters::replay;

        GET   "/audit"                                Permission(ReadAudit)          Everything   => audit::list;

        GET   "/openapi.json"                         Public                         Shared       => running::openapi;
    }
    "" {
        GET   "/healthz"     Public Shared => running::healthz;
        GET   "/readyz"      Public Shared => running::readyz;
        GET   "/metrics"     Public Shared => running::metrics;
        GET   "/docs"        Public Shared => running::docs;
        GET   "/docs/{file}" Public Shared => running::docs_file;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entry, access::Access, reach::Reach};
    use actix_web::http::Method;
    use identity::Role;
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

    fn roles_of(entry: &Entry) -> Vec<Role> {
        let may = |role: &Role| match entry.access {
            Access::Public | Access::SignedIn => true,
            Access::Permission(permission) => role.may(permission),
        };
        Role::ALL.into_iter().filter(may).collect()
    }

    #[test]
    fn what_reaches_everything_is_for_headquarters_alone() {
        for entry in ROUTES.iter().filter(|entry| entry.reach == Reach::Everything) {
            let elsewhere = roles_of(entry).into_iter().find(|role| !role.is_headquarters());
            assert_eq!(elsewhere, None, "{}", entry.module);
        }
    }

    #[test]
    fn what_reaches_a_tenants_rows_needs_a_permission_and_a_role_that_has_rows() {
        for entry in ROUTES {
            if matches!(entry.reach, Reach::Tenant | Reach::Below) {
                assert!(matches!(entry.access, Access::Permission(_)), "{}", entry.module);
                assert!(!roles_of(entry).contains(&Role::Applicant), "{}", entry.module);
            }
            if entry.reach == Reach::Applications {
                assert_ne!(entry.access, Access::Public, "{}", entry.module);
            }
        }
    }

    #[test]
    fn an_auditor_and_whoever_looks_below_only_read() {
        for entry in ROUTES.iter().filter(|entry| entry.method != Method::GET) {
            assert_ne!(entry.reach, Reach::Below, "{}", entry.module);
            if let Access::Permission(permission) = entry.access {
                assert!(!Role::Auditor.may(permission), "{}", entry.module);
            }
        }
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
                } else if file.extension().is_some_and(|extension| extension == "rs")
                    && fs::read_to_string(&file).unwrap().contains("#[utoipa::path(")
                {
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
