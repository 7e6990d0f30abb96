//! Who applies, and once approved, who the agent is.

use kernel::{CreditCode, EmailAddress, IdentityNumber, MobileNumber, PersonName, Text};

/// Whether a person applies for itself or for its company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApplicantKind {
    /// A person for itself.
    Person,
    /// A person for a company.
    Enterprise,
}

impl ApplicantKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Person, Self::Enterprise];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Enterprise => "enterprise",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A company's name.
pub type CompanyName = Text<100>;

/// A company as its business licence names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// Its name.
    pub name: CompanyName,
    /// Its unified social credit code.
    pub credit_code: CreditCode,
}

/// A person, with the company it stands for. The identity number is the identity: one is one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicant {
    /// The person's name.
    pub name: PersonName,
    /// The person's identity number.
    pub identity_number: IdentityNumber,
    /// The company, for an enterprise.
    pub company: Option<Company>,
    /// Where to call.
    pub mobile: MobileNumber,
    /// Where to write.
    pub email: EmailAddress,
}

impl Applicant {
    /// A person, or an enterprise where there is a company.
    pub const fn kind(&self) -> ApplicantKind {
        if self.company.is_some() {
            ApplicantKind::Enterprise
        } else {
            ApplicantKind::Person
        }
    }
}
