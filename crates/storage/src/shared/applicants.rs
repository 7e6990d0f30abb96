//! Applicants as columns: what applications and agents have in common.

use super::sealing::{Envelope, SealedRow};
use ::agents::{Applicant, ApplicantKind, Company, CompanyName};
use kernel::{CreditCode, EmailAddress, IdentityNumber, MobileNumber, PersonName, RepositoryError};

/// The purpose of the blind index over identity numbers: the same for applications and agents.
const IDENTITY_NUMBER: &str = "identity_number";

/// An applicant as its columns hold it.
pub(super) struct SealedApplicant {
    pub(super) kind: String,
    pub(super) name: Envelope,
    pub(super) identity_number: Envelope,
    pub(super) company_name: Option<String>,
    pub(super) credit_code: Option<String>,
    pub(super) mobile: Envelope,
    pub(super) email: Envelope,
}

/// What equal identity numbers, and they alone, have in common.
pub(super) fn identity_index(vault: &crate::Vault, number: &IdentityNumber) -> Vec<u8> {
    vault.blind(IDENTITY_NUMBER, number.as_str())
}

impl SealedApplicant {
    pub(super) fn seal(place: &SealedRow<'_>, applicant: &Applicant) -> Result<Self, RepositoryError> {
        let company = applicant.company.as_ref();
        Ok(Self {
            kind: applicant.kind().name().to_owned(),
            name: place.seal("name_sealed", applicant.name.as_str())?,
            identity_number: place.seal("identity_number_sealed", applicant.identity_number.as_str())?,
            company_name: company.map(|company| company.name.as_str().to_owned()),
            credit_code: company.map(|company| company.credit_code.as_str().to_owned()),
            mobile: place.seal("mobile_sealed", applicant.mobile.as_str())?,
            email: place.seal("email_sealed", applicant.email.as_str())?,
        })
    }

    pub(super) fn open(&self, place: &SealedRow<'_>) -> Result<Applicant, RepositoryError> {
        let unusable = |column, reason: &'static str| place.corrupt(column, reason);
        let company = match (
            ApplicantKind::from_name(&self.kind),
            &self.company_name,
            &self.credit_code,
        ) {
            (Some(ApplicantKind::Person), None, None) => None,
            (Some(ApplicantKind::Enterprise), Some(name), Some(code)) => Some(Company {
                name: CompanyName::parse(name).map_err(|_| unusable("company_name", "no company's name"))?,
                credit_code: CreditCode::parse(code)
                    .map_err(|_| unusable("credit_code", "no credit code"))?,
            }),
            _ => return Err(unusable("kind", "does not fit the company")),
        };
        Ok(Applicant {
            name: place.open("name_sealed", &self.name, PersonName::parse)?,
            identity_number: place.open(
                "identity_number_sealed",
                &self.identity_number,
                IdentityNumber::parse_any_day,
            )?,
            company,
            mobile: place.open("mobile_sealed", &self.mobile, MobileNumber::parse)?,
            email: place.open("email_sealed", &self.email, EmailAddress::parse)?,
        })
    }
}
