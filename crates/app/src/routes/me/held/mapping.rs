//! How what is held becomes what is exported.

use super::{
    AccountPart, AddressPart, AgentPart, ApplicantPart, ApplicationPart, AttachmentPart, AuditPart,
    ChangePart, ContractPart, CourierPart, CustomerPart, HeldAnswer, LinePart, MembershipPart, MessagePart,
    OrderPart, RatingPart, SignInPart,
};
use crate::routes::{
    agents::{
        consequences::ConsequenceAnswer, deposits::DepositEntryAnswer, inspections::InspectionAnswer,
        market_reports::MarketReportAnswer, support::SupportRequestAnswer,
    },
    me::consent::ConsentAnswer,
};
use ::agents::{Applicant, Contract};
use ::attachments::Attachment;
use ::customers::{Address, Position};
use ::events::Message;
use ::orders::{Courier, OrderState};
use identity::{AuditEntry, Membership, SignIn};
use kernel::{AccountId, BusinessDay, Text};
use privacy::{Held, HeldAccount, HeldAgent, HeldApplication, HeldCustomer, HeldOrder};

fn owned<const MAX: usize>(text: &Text<MAX>) -> String {
    text.as_str().to_owned()
}

impl HeldAnswer {
    /// All of it, for that account's holder.
    pub(in crate::routes) fn of(held: &Held, account_id: Option<AccountId>, today: BusinessDay) -> Self {
        Self {
            account: held.account.as_ref().map(AccountPart::from),
            customers: held.customers.iter().map(CustomerPart::from).collect(),
            applications: held.applications.iter().map(ApplicationPart::from).collect(),
            attachments: held.attachments.iter().map(AttachmentPart::from).collect(),
            agents: held
                .agents
                .iter()
                .map(|held| AgentPart::of(held, today))
                .collect(),
            couriers: held.couriers.iter().map(CourierPart::from).collect(),
            audit_entries: held
                .audit_entries
                .iter()
                .map(|entry| AuditPart::of(entry, account_id))
                .collect(),
        }
    }
}

impl From<&HeldAccount> for AccountPart {
    fn from(held: &HeldAccount) -> Self {
        let account = &held.account;
        Self {
            id: account.id.as_uuid(),
            username: account
                .username
                .as_ref()
                .map(|username| username.as_str().to_owned()),
            name: account.name.as_str().to_owned(),
            has_password: account.password_hash.is_some(),
            disabled_at: account.disabled_at,
            created_at: account.created_at,
            consents: held.consents.iter().map(ConsentAnswer::from).collect(),
            memberships: held.memberships.iter().map(MembershipPart::from).collect(),
            sign_ins: held.sign_ins.iter().map(SignInPart::from).collect(),
            messages: held.messages.iter().map(MessagePart::from).collect(),
        }
    }
}

impl From<&Message> for MessagePart {
    fn from(message: &Message) -> Self {
        let subject = message.notice().subject;
        Self {
            id: message.event_id.as_uuid(),
            topic: message.fact.name(),
            subject_kind: subject.kind(),
            subject_id: subject.id(),
            occurred_at: message.occurred_at,
            read_at: message.read_at,
        }
    }
}

impl From<&Membership> for MembershipPart {
    fn from(membership: &Membership) -> Self {
        Self {
            id: membership.id.as_uuid(),
            role: membership.position.role().name(),
            agent_id: membership.position.agent_id().map(kernel::AgentId::as_uuid),
            created_at: membership.created_at,
            ended_at: membership.ended_at,
        }
    }
}

impl From<&SignIn> for SignInPart {
    fn from(sign_in: &SignIn) -> Self {
        Self {
            id: sign_in.id.as_uuid(),
            started_at: sign_in.started_at,
            refreshed_at: sign_in.refreshed_at,
            ended_at: sign_in.ended_at,
            user_agent: sign_in.user_agent.as_ref().map(ToString::to_string),
            address: sign_in.address.map(|address| address.to_string()),
        }
    }
}

impl From<&Attachment> for AttachmentPart {
    fn from(attachment: &Attachment) -> Self {
        Self {
            id: attachment.id.as_uuid(),
            media_type: attachment.media_type.name(),
            created_at: attachment.created_at,
        }
    }
}

impl From<&HeldCustomer> for CustomerPart {
    fn from(held: &HeldCustomer) -> Self {
        let customer = &held.customer;
        Self {
            id: customer.id.as_uuid(),
            name: customer.name.as_str().to_owned(),
            phone: customer.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            created_at: customer.created_at,
            erased_at: customer.erased_at,
            addresses: held.addresses.iter().map(AddressPart::from).collect(),
            orders: held.orders.iter().map(OrderPart::from).collect(),
        }
    }
}

impl From<&Address> for AddressPart {
    fn from(address: &Address) -> Self {
        Self {
            id: Some(address.id.as_uuid()),
            division_code: address.division_code,
            detail: owned(&address.detail),
            contact_name: address.contact_name.as_str().to_owned(),
            contact_phone: Some(address.contact_phone.as_str().to_owned()),
            longitude: address.position.map(Position::longitude),
            latitude: address.position.map(Position::latitude),
            created_at: Some(address.created_at),
        }
    }
}

impl From<&HeldOrder> for OrderPart {
    fn from(held: &HeldOrder) -> Self {
        let order = &held.order;
        let address = &order.address;
        let delivery = match &order.state {
            OrderState::Delivered(delivery) => Some(delivery),
            _ => None,
        };
        Self {
            id: order.id.as_uuid(),
            number: order.number.to_string(),
            agent_id: order.agent_id.as_uuid(),
            address: AddressPart {
                id: address.address_id.map(kernel::AddressId::as_uuid),
                division_code: address.division_code,
                detail: owned(&address.detail),
                contact_name: address.contact_name.as_str().to_owned(),
                contact_phone: address
                    .contact_phone
                    .as_ref()
                    .map(|phone| phone.as_str().to_owned()),
                longitude: address.position.map(Position::longitude),
                latitude: address.position.map(Position::latitude),
                created_at: None,
            },
            lines: order
                .lines
                .iter()
                .map(|line| LinePart {
                    product_id: line.product_id.as_uuid(),
                    product_name: owned(&line.product_name),
                    quantity: line.quantity.get(),
                    unit_price_fen: line.unit_price.fen(),
                })
                .collect(),
            total_fen: order.total.fen(),
            payment_method: order.payment_method.name(),
            note: order.note.as_ref().map(owned),
            wanted_from: order.wanted.map(kernel::Period::from),
            wanted_until: order.wanted.map(kernel::Period::until),
            placed_at: order.placed_at,
            placed_by: order.placed_by.map(AccountId::as_uuid),
            state: order.state.name(),
            courier_id: order.state.courier_id().map(kernel::CourierId::as_uuid),
            delivered_at: delivery.map(|delivery| delivery.delivered_at),
            buckets_returned: delivery.map(|delivery| delivery.buckets_returned),
            proof: delivery.and_then(|delivery| delivery.proof.as_ref()).map(owned),
            history: held
                .history
                .iter()
                .map(|entry| ChangePart {
                    at: entry.at,
                    actor: entry.actor.map(AccountId::as_uuid),
                    from: entry.from_state,
                    to: entry.to_state,
                    reason: entry.reason.as_ref().map(owned),
                })
                .collect(),
            rating: held.rating.as_ref().map(|rating| RatingPart {
                score: rating.score.get(),
                comment: rating.comment.as_ref().map(owned),
                tags: rating.tags.iter().map(owned).collect(),
                rated_at: rating.rated_at,
            }),
        }
    }
}

impl From<&Applicant> for ApplicantPart {
    fn from(applicant: &Applicant) -> Self {
        let company = applicant.company.as_ref();
        Self {
            name: applicant.name.as_str().to_owned(),
            identity_number: applicant.identity_number.as_str().to_owned(),
            company_name: company.map(|company| owned(&company.name)),
            credit_code: company.map(|company| company.credit_code.as_str().to_owned()),
            mobile: applicant.mobile.as_str().to_owned(),
            email: applicant.email.as_str().to_owned(),
        }
    }
}

impl From<&HeldApplication> for ApplicationPart {
    fn from(held: &HeldApplication) -> Self {
        let application = &held.application;
        Self {
            id: application.id.as_uuid(),
            applicant: ApplicantPart::from(&application.applicant),
            level: application.level.name(),
            division_codes: application.division_codes.clone(),
            privacy_policy_version: owned(&application.privacy_policy_version),
            attachments: application.attachments.iter().map(|id| id.as_uuid()).collect(),
            state: application.state.name().name(),
            findings: application
                .findings
                .iter()
                .map(|finding| finding.code.name())
                .collect(),
            submitted_at: application.submitted_at,
            history: held
                .history
                .iter()
                .map(|entry| ChangePart {
                    at: entry.at,
                    actor: entry.actor.map(AccountId::as_uuid),
                    from: entry.from.map(::agents::StateName::name),
                    to: entry.to.name(),
                    reason: entry.reason.as_ref().map(owned),
                })
                .collect(),
        }
    }
}

impl AgentPart {
    fn of(held: &HeldAgent, today: BusinessDay) -> Self {
        Self {
            id: held.agent.id.as_uuid(),
            number: held.agent.number.get(),
            holder: held.agent.holder.as_ref().map(ApplicantPart::from),
            created_at: held.agent.created_at,
            contracts: held.contracts.iter().map(ContractPart::from).collect(),
            deposits: held
                .deposits
                .iter()
                .cloned()
                .map(DepositEntryAnswer::from)
                .collect(),
            support: held
                .support
                .iter()
                .cloned()
                .map(SupportRequestAnswer::from)
                .collect(),
            inspections: held
                .inspections
                .iter()
                .cloned()
                .map(|inspection| InspectionAnswer::of(inspection, today))
                .collect(),
            market_reports: held
                .market_reports
                .iter()
                .cloned()
                .map(MarketReportAnswer::from)
                .collect(),
            consequences: held
                .consequences
                .iter()
                .cloned()
                .map(ConsequenceAnswer::from)
                .collect(),
        }
    }
}

impl From<&Contract> for ContractPart {
    fn from(contract: &Contract) -> Self {
        let terms = &contract.terms;
        Self {
            id: contract.id.as_uuid(),
            application_id: contract.application_id.as_uuid(),
            level: contract.level.name(),
            exclusivity: terms.exclusivity.name(),
            share_rate_bp: terms.share_rate.basis_points(),
            override_rate_bp: terms.override_rate.basis_points(),
            deposit_fen: terms.deposit.fen(),
            valid_from: terms.validity.from(),
            valid_until: terms.validity.until(),
            signed_at: contract.signed_at,
        }
    }
}

impl From<&Courier> for CourierPart {
    fn from(courier: &Courier) -> Self {
        Self {
            id: courier.id.as_uuid(),
            agent_id: courier.agent_id.as_uuid(),
            name: courier.name.as_str().to_owned(),
            phone: courier.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            on_duty: courier.on_duty,
            created_at: courier.created_at,
        }
    }
}

impl AuditPart {
    /// An entry, without what is somebody else's: who they are, and where they sat.
    fn of(entry: &AuditEntry, account_id: Option<AccountId>) -> Self {
        let actor = entry.actor.map(|actor| actor.account_id);
        let own = actor.is_some() && actor == account_id;
        Self {
            id: entry.id.as_uuid(),
            at: entry.at,
            action: entry.action.name(),
            role: entry.actor.map(|actor| actor.role.name()),
            own,
            reason: entry.reason.as_ref().map(owned),
            address: entry
                .origin
                .address
                .filter(|_| own)
                .map(|address| address.to_string()),
        }
    }
}
