//! The form that an applicant fills in.

use super::{PrivacyPolicyVersion, attach::parse_attachments};
use crate::{
    AgentLevel, Applicant, ApplicantKind, Company, CompanyName, agent::parse_level, contract::not_one_of,
};
use identity::PolicyInForce;
use kernel::{
    AttachmentId, BusinessDay, CreditCode, DivisionCode, EmailAddress, FieldError, IdentityNumber, Invalid,
    MobileNumber, PersonName, Validation,
};
use regions::DivisionTree;

/// The most divisions that one application may want.
pub const MAXIMUM_DIVISIONS: usize = 20;
/// The most attachments that one application may have.
pub const MAXIMUM_ATTACHMENTS: usize = 20;

/// The form as a client sends it, nothing checked.
#[derive(Clone, Debug, Default)]
pub struct ApplicationForm {
    /// `person` or `enterprise`.
    pub kind: String,
    /// The person's name.
    pub name: String,
    /// The person's identity number.
    pub identity_number: String,
    /// For an enterprise: its name.
    pub company_name: Option<String>,
    /// For an enterprise: its unified social credit code.
    pub credit_code: Option<String>,
    /// A mainland mobile number.
    pub mobile: String,
    /// An e-mail address.
    pub email: String,
    /// `province`, `city` or `county`.
    pub level: String,
    /// The divisions wanted.
    pub division_codes: Vec<String>,
    /// The privacy policy agreed to.
    pub privacy_policy_version: String,
    /// The ids of pictures that the account uploaded.
    pub attachments: Vec<String>,
}

/// The form once everything in it is right.
#[derive(Clone, Debug)]
pub struct CheckedForm {
    pub(crate) applicant: Applicant,
    pub(crate) level: AgentLevel,
    pub(crate) division_codes: Vec<DivisionCode>,
    pub(crate) privacy_policy_version: PrivacyPolicyVersion,
    pub(crate) attachments: Vec<AttachmentId>,
}

impl ApplicationForm {
    /// Checks every field, on that day, against that edition and under that policy, and reports every error at once.
    pub fn check(
        &self,
        tree: &DivisionTree,
        today: BusinessDay,
        policy: &PolicyInForce,
    ) -> Result<CheckedForm, Vec<FieldError>> {
        let mut validation = Validation::default();
        let kind = validation.take(
            "kind",
            ApplicantKind::from_name(&self.kind).ok_or(not_one_of("person, enterprise")),
        );
        let name = validation.take("name", PersonName::parse(&self.name));
        let identity_number = validation.take(
            "identity_number",
            IdentityNumber::parse(&self.identity_number, today)
                .and_then(|number| number.require_adult(today)),
        );
        let company = kind.and_then(|kind| self.check_company(kind, &mut validation));
        let mobile = validation.take("mobile", MobileNumber::parse(&self.mobile));
        let email = validation.take("email", EmailAddress::parse(&self.email));
        let level = validation.take("level", parse_level(&self.level));
        let division_codes = parse_divisions(&self.division_codes, tree, &mut validation);
        let privacy_policy_version = validation.take(
            "privacy_policy_version",
            policy.require_current(&self.privacy_policy_version),
        );
        let attachments = parse_attachments(&self.attachments, MAXIMUM_ATTACHMENTS, &mut validation);
        let checked = (|| {
            Some(CheckedForm {
                applicant: Applicant {
                    name: name?,
                    identity_number: identity_number?,
                    company: company?,
                    mobile: mobile?,
                    email: email?,
                },
                level: level?,
                division_codes: division_codes?,
                privacy_policy_version: privacy_policy_version?,
                attachments: attachments?,
            })
        })();
        validation.finish_with(checked)
    }

    /// The company of an enterprise; a person has none, and an empty field counts as absent.
    #[expect(clippy::option_option, reason = "a refused company is not an absent one")]
    fn check_company(&self, kind: ApplicantKind, validation: &mut Validation) -> Option<Option<Company>> {
        let given = |field: &Option<String>| field.clone().filter(|text| !text.trim().is_empty());
        let (name, code) = (given(&self.company_name), given(&self.credit_code));
        match kind {
            ApplicantKind::Person => {
                for (field, value) in [("company_name", name), ("credit_code", code)] {
                    if value.is_some() {
                        validation.refuse(
                            field,
                            Invalid::new(
                                "not_for_a_person",
                                "个人申请不填此项",
                                "is only for an enterprise",
                            ),
                        );
                    }
                }
                Some(None)
            }
            ApplicantKind::Enterprise => {
                let name = name
                    .ok_or(Invalid::required())
                    .and_then(|name| Ok(CompanyName::parse(&name)?));
                let name = validation.take("company_name", name);
                let code = code
                    .ok_or(Invalid::required())
                    .and_then(|code| CreditCode::parse(&code));
                let code = validation.take("credit_code", code);
                Some(Some(Company {
                    name: name?,
                    credit_code: code?,
                }))
            }
        }
    }
}

/// Takes 1 to [`MAXIMUM_DIVISIONS`] divisions that can be granted, each once; errors are on `division_codes[i]`.
pub fn parse_divisions(
    texts: &[String],
    tree: &DivisionTree,
    validation: &mut Validation,
) -> Option<Vec<DivisionCode>> {
    if texts.is_empty() {
        validation.refuse("division_codes", Invalid::required());
        return None;
    }
    if texts.len() > MAXIMUM_DIVISIONS {
        validation.refuse("division_codes", too_many(MAXIMUM_DIVISIONS));
        return None;
    }
    let mut codes = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let code = DivisionCode::parse(text)
            .and_then(|code| Ok(tree.grantable(code)?.code))
            .and_then(|code| {
                if codes.contains(&code) {
                    Err(Invalid::new("duplicate", "区划重复", "is there twice"))
                } else {
                    Ok(code)
                }
            });
        codes.extend(validation.take(format!("division_codes[{index}]"), code));
    }
    (codes.len() == texts.len()).then_some(codes)
}

pub(super) fn too_many(maximum: usize) -> Invalid {
    Invalid {
        code: "too_many",
        message_zh: format!("最多 {maximum} 项").into(),
        message_en: format!("must have at most {maximum} items").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> BusinessDay {
        BusinessDay::from_date("2026-11-22".parse().unwrap())
    }

    fn licence(number: usize) -> String {
        format!("00000000-0000-7000-8000-{number:012}")
    }

    fn policy() -> PolicyInForce {
        PolicyInForce::new(PrivacyPolicyVersion::parse("2026-11").unwrap())
    }

    fn form() -> ApplicationForm {
        ApplicationForm {
            kind: "enterprise".into(),
            name: "张三".into(),
            identity_number: "11010519491231002x".into(),
            company_name: Some("杭州清泉商贸有限公司".into()),
            credit_code: Some("91350100M000100Y43".into()),
            mobile: "+86 138 0013 8000".into(),
            email: "zhang@example.com".into(),
            level: "county".into(),
            division_codes: vec!["330106".into(), "330105".into()],
            privacy_policy_version: "2026-11".into(),
            attachments: vec![licence(1)],
        }
    }

    fn errors(form: &ApplicationForm) -> Vec<(String, &'static str)> {
        let errors = form
            .check(DivisionTree::embedded(), today(), &policy())
            .unwrap_err();
        errors
            .into_iter()
            .map(|error| (error.field.into_owned(), error.code))
            .collect()
    }

    #[test]
    fn a_right_form_is_taken_and_normalised() {
        let checked = form()
            .check(DivisionTree::embedded(), today(), &policy())
            .unwrap();
        assert_eq!(checked.applicant.identity_number.as_str(), "11010519491231002X");
        assert_eq!(checked.applicant.mobile.as_str(), "13800138000");
        assert_eq!(checked.applicant.kind(), ApplicantKind::Enterprise);
    }

    #[test]
    fn every_wrong_field_is_reported_at_once() {
        let wrong = ApplicationForm {
            kind: "enterprise".into(),
            level: "township".into(),
            division_codes: ["330106", "330106", "999999", "330104", "110100", "x"]
                .map(String::from)
                .into(),
            attachments: vec![String::new(), licence(1), licence(1)],
            ..ApplicationForm::default()
        };
        assert_eq!(
            errors(&wrong),
            [
                ("name", "empty"),
                ("identity_number", "invalid_identity_number"),
                ("company_name", "required"),
                ("credit_code", "required"),
                ("mobile", "invalid_mobile_number"),
                ("email", "invalid_email"),
                ("level", "unknown_value"),
                ("division_codes[1]", "duplicate"),
                ("division_codes[2]", "unknown_division"),
                ("division_codes[3]", "retired_division"),
                ("division_codes[4]", "shell_division"),
                ("division_codes[5]", "invalid_division_code"),
                ("privacy_policy_version", "empty"),
                ("attachments[0]", "unknown_attachment"),
                ("attachments[2]", "duplicate"),
            ]
            .map(|(field, code)| (field.to_owned(), code))
        );
    }

    #[test]
    fn a_person_has_no_company_and_is_of_age() {
        let person = ApplicationForm {
            kind: "person".into(),
            ..form()
        };
        assert_eq!(
            errors(&person),
            [
                ("company_name".to_owned(), "not_for_a_person"),
                ("credit_code".to_owned(), "not_for_a_person"),
            ]
        );
        let bare = ApplicationForm {
            company_name: Some(" ".into()),
            credit_code: None,
            ..person.clone()
        };
        assert!(bare.check(DivisionTree::embedded(), today(), &policy()).is_ok());
        // Born on the 23rd of November 2008: of age tomorrow.
        let child = ApplicationForm {
            identity_number: "330106200811230018".into(),
            ..bare
        };
        assert_eq!(errors(&child), [("identity_number".to_owned(), "under_age")]);
        assert_eq!(
            errors(&ApplicationForm {
                kind: "firm".into(),
                ..form()
            }),
            [("kind".to_owned(), "unknown_value")]
        );
    }

    #[test]
    fn lists_are_bounded_at_the_edge() {
        let tree = DivisionTree::embedded();
        let counties: Vec<_> = tree
            .divisions()
            .iter()
            .filter(|division| division.level == regions::DivisionLevel::County)
            .map(|division| division.code.to_string())
            .take(MAXIMUM_DIVISIONS + 1)
            .collect();
        let most = ApplicationForm {
            division_codes: counties[..MAXIMUM_DIVISIONS].to_vec(),
            attachments: (0..MAXIMUM_ATTACHMENTS).map(licence).collect(),
            ..form()
        };
        assert!(most.check(tree, today(), &policy()).is_ok());
        let more = ApplicationForm {
            division_codes: counties,
            attachments: (0..=MAXIMUM_ATTACHMENTS).map(licence).collect(),
            ..form()
        };
        assert_eq!(
            errors(&more),
            [
                ("division_codes".to_owned(), "too_many"),
                ("attachments".to_owned(), "too_many"),
            ]
        );
        assert_eq!(
            errors(&ApplicationForm {
                division_codes: vec![],
                ..form()
            })[0]
                .1,
            "required"
        );
    }
}
