//! Agents that were appointed in the ordinary way.

use agents::{
    ApplicationForm, ApproveApplication, ApprovedApplication, Deadlines, ProposedTerms, SubmitApplication,
    approve_application, submit_application,
};
use kernel::{IdSource, Instant, RepositoryError};
use regions::DivisionTree;
use testing::{
    Memory, SeededIds, Store,
    build::{
        agents::{account_id, form, policy, terms},
        attachments::upload_attachments_of,
    },
    instant,
};

/// When everybody is appointed; their contracts begin on the 1st of December.
pub fn appointed_at() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

pub fn tree() -> &'static DivisionTree {
    DivisionTree::embedded()
}

/// The terms of [`terms`], open to agents below.
pub fn shared() -> ProposedTerms {
    ProposedTerms {
        exclusivity: "shared_below".into(),
        ..terms()
    }
}

/// Person `number` applies for the divisions and is approved.
pub fn appoint(
    memory: &mut Memory,
    ids: &SeededIds,
    number: u16,
    (level, codes): (&str, &[&str]),
    terms: ProposedTerms,
) -> ApprovedApplication {
    let form = ApplicationForm {
        level: level.into(),
        ..form(number, codes)
    };
    upload_attachments_of(memory, &form, account_id(number));
    let command = SubmitApplication {
        account_id: account_id(number),
        form,
        policy: policy(),
        deadlines: Deadlines::default(),
    };
    let submitted = submit_application(memory, ids, tree(), appointed_at(), &command).unwrap();
    let command = ApproveApplication {
        application_id: submitted.id,
        actor: account_id(99),
        terms,
        division_codes: None,
        override_reason: Some("已核实".into()),
    };
    approve_application(memory, ids, tree(), appointed_at(), &command).unwrap()
}

/// Runs the command in a store, so that a refusal rolls back.
pub fn run<T, E: From<RepositoryError>>(
    memory: &mut Memory,
    command: impl FnMut(&mut Memory) -> Result<T, E>,
) -> Result<T, E> {
    let store = std::sync::Mutex::new(memory.clone());
    let outcome = store.write(command);
    *memory = store.into_inner().unwrap();
    outcome
}

/// Who answers for the division then, by number.
pub fn answers(memory: &mut Memory, code: &str, at: &str) -> u16 {
    use regions::TerritoryRepository;
    let map = memory.territory_map().unwrap();
    map.responsible(tree(), code.parse().unwrap(), instant(at))
        .agent_number
        .get()
}

/// Ids that no other test step uses.
pub fn fresh() -> SeededIds {
    let ids = SeededIds::new(7);
    ids.next_uuid(appointed_at());
    ids
}
