//! Personal values in answers: masked for everybody but the person they are about.

use kernel::{MobileNumber, PersonName, Scope};

/// How many characters of a detailed address are shown to others: enough to tell two apart.
const DETAIL_CHARACTERS: usize = 3;

/// How much of a customer's personal values the reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All: the customer itself.
    Whole,
    /// What tells one customer from another: everybody else.
    Masked,
}

impl Sight {
    /// What somebody of that scope sees of the customers in it.
    pub const fn of(scope: Scope) -> Self {
        match scope {
            Scope::Customer(_) => Self::Whole,
            Scope::All | Scope::Agent(_) | Scope::Courier { .. } => Self::Masked,
        }
    }

    /// A name: `张*`.
    pub fn name(self, name: &PersonName) -> String {
        match self {
            Self::Whole => name.as_str().to_owned(),
            Self::Masked => name.masked(),
        }
    }

    /// A phone number: `138****5678`.
    pub fn phone(self, phone: &MobileNumber) -> String {
        match self {
            Self::Whole => phone.as_str().to_owned(),
            Self::Masked => phone.masked(),
        }
    }

    /// A detailed address: `文三路****`.
    pub fn detail(self, detail: &str) -> String {
        match self {
            Self::Whole => detail.to_owned(),
            Self::Masked => detail
                .chars()
                .take(DETAIL_CHARACTERS)
                .chain("****".chars())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{AgentId, CustomerId};
    use uuid::Uuid;

    #[test]
    fn only_the_customer_sees_everything() {
        let (name, phone) = (
            PersonName::parse("张三").unwrap(),
            MobileNumber::parse("13812345678").unwrap(),
        );
        let shown = |scope| {
            let sight = Sight::of(scope);
            [
                sight.name(&name),
                sight.phone(&phone),
                sight.detail("文三路 1 号"),
            ]
        };
        let own = Scope::Customer(CustomerId::from_uuid(Uuid::from_u128(1)));
        assert_eq!(shown(own), ["张三", "13812345678", "文三路 1 号"]);
        for scope in [Scope::All, Scope::Agent(AgentId::HEADQUARTERS)] {
            assert_eq!(shown(scope), ["张*", "138****5678", "文三路****"]);
        }
    }
}
