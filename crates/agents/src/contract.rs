//! The terms under which an agent holds its territories.

use crate::AgentLevel;
use kernel::{
    AgentId, ApplicationId, BusinessDay, ContractId, FieldError, Instant, Invalid, Money, Period, Rate,
    Validation, truncate_to_microseconds,
};
use regions::Exclusivity;

/// The most days that a contract may last: thirty years.
pub const MAXIMUM_CONTRACT_DAYS: i64 = 30 * 366;

/// The most days before its end that renewing a contract may have priority.
pub const MAXIMUM_RENEWAL_WINDOW_DAYS: u16 = 365;

/// That many, where nothing was agreed.
pub const DEFAULT_RENEWAL_WINDOW_DAYS: u16 = 90;

/// The most days that may pass after a period before what it asked for counts as missed.
pub const MAXIMUM_GRACE_DAYS: u16 = 90;

/// That many, where nothing was agreed: a week for the last deliveries and for writing a report.
pub const DEFAULT_GRACE_DAYS: u16 = 7;

/// How often a quota or a market report is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuotaPeriod {
    /// Each month.
    Month,
    /// Each quarter of the year.
    Quarter,
    /// Each year.
    Year,
}

impl QuotaPeriod {
    /// Every period.
    pub const ALL: [Self; 3] = [Self::Month, Self::Quarter, Self::Year];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// The period of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.name() == name)
    }
}

/// What a quota counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuotaMeasure {
    /// Buckets delivered.
    Buckets,
    /// Sales in fen.
    Amount,
}

impl QuotaMeasure {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Buckets, Self::Amount];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Buckets => "buckets",
            Self::Amount => "amount",
        }
    }

    /// The measure of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }
}

/// What the agent has to sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How often.
    pub period: QuotaPeriod,
    /// Of what.
    pub measure: QuotaMeasure,
    /// How much each period of the first year: buckets, or fen. At least 1.
    pub target: i64,
    /// By how much the target grows each year.
    pub yearly_growth: Rate,
}

/// What was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractTerms {
    /// Who else may be appointed inside the territories.
    pub exclusivity: Exclusivity,
    /// The agent's share of its own sales.
    pub share_rate: Rate,
    /// Its share of the sales of agents below.
    pub override_rate: Rate,
    /// What it has to sell, if anything.
    pub quota: Option<Quota>,
    /// The deposit it has to pay.
    pub deposit: Money,
    /// What headquarters spends at most on the agent's market during the whole contract; nothing where it is zero.
    pub support_budget: Money,
    /// How often a market report is due, if at all.
    pub report_period: Option<QuotaPeriod>,
    /// How many days before the end the agent may renew before anybody else is heard. At most
    /// [`MAXIMUM_RENEWAL_WINDOW_DAYS`].
    pub renewal_window_days: u16,
    /// How many days after the end of a quota's or a report's period it counts as missed. At most
    /// [`MAXIMUM_GRACE_DAYS`].
    pub grace_days: u16,
    /// From the first instant up to, and not including, the end.
    pub validity: Period,
}

/// The agreement between headquarters and an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// The agent.
    pub agent_id: AgentId,
    /// The application that it came from.
    pub application_id: ApplicationId,
    /// The contract that this one follows without a break, if it does.
    pub renews: Option<ContractId>,
    /// The level it appoints the agent to.
    pub level: AgentLevel,
    /// What was agreed.
    pub terms: ContractTerms,
    /// 1 for what was first agreed; each change is another version.
    pub version: i64,
    /// When headquarters approved it.
    pub signed_at: Instant,
}

/// A quota as a client writes it.
#[derive(Clone, Debug)]
pub struct ProposedQuota {
    /// `month`, `quarter` or `year`.
    pub period: String,
    /// `buckets` or `amount`.
    pub measure: String,
    /// Buckets or fen each period.
    pub target: i64,
    /// Basis points; none where absent.
    pub yearly_growth_bp: Option<i64>,
}

/// Terms as a client writes them, nothing checked.
#[derive(Clone, Debug)]
pub struct ProposedTerms {
    /// `exclusive` or `shared_below`.
    pub exclusivity: String,
    /// Basis points.
    pub share_rate_bp: i64,
    /// Basis points; none where absent.
    pub override_rate_bp: Option<i64>,
    /// What has to be sold.
    pub quota: Option<ProposedQuota>,
    /// In fen; none where absent.
    pub deposit_fen: Option<i64>,
    /// In fen, for the whole contract; none where absent.
    pub support_budget_fen: Option<i64>,
    /// `month`, `quarter` or `year`; no reports are due where absent.
    pub report_period: Option<String>,
    /// [`DEFAULT_RENEWAL_WINDOW_DAYS`] where absent.
    pub renewal_window_days: Option<i64>,
    /// [`DEFAULT_GRACE_DAYS`] where absent.
    pub grace_days: Option<i64>,
    /// An instant (RFC 3339), or a business day for its first instant.
    pub valid_from: String,
    /// The same; the first instant after.
    pub valid_until: String,
}

impl ProposedTerms {
    /// Checks everything at once; field names begin with `contract.`. The period must reach past `now` and last at most
    /// [`MAXIMUM_CONTRACT_DAYS`].
    pub fn check(&self, now: Instant) -> Result<ContractTerms, Vec<FieldError>> {
        let mut validation = Validation::default();
        let exclusivity = validation.take("contract.exclusivity", parse_exclusivity(&self.exclusivity));
        let share_rate = validation.take("contract.share_rate_bp", rate(self.share_rate_bp));
        let override_rate = validation.take(
            "contract.override_rate_bp",
            rate(self.override_rate_bp.unwrap_or_default()),
        );
        let quota = match &self.quota {
            None => Some(None),
            Some(quota) => quota.check(&mut validation).map(Some),
        };
        let deposit = validation.take(
            "contract.deposit_fen",
            not_negative(self.deposit_fen.unwrap_or_default()),
        );
        let support_budget = validation.take(
            "contract.support_budget_fen",
            not_negative(self.support_budget_fen.unwrap_or_default()),
        );
        let report_period = match &self.report_period {
            None => Some(None),
            Some(period) => validation
                .take("contract.report_period", parse_period(period))
                .map(Some),
        };
        let renewal_window_days = validation.take(
            "contract.renewal_window_days",
            match self.renewal_window_days {
                None => Ok(DEFAULT_RENEWAL_WINDOW_DAYS),
                Some(days) => at_most_days(days, MAXIMUM_RENEWAL_WINDOW_DAYS),
            },
        );
        let grace_days = validation.take(
            "contract.grace_days",
            match self.grace_days {
                None => Ok(DEFAULT_GRACE_DAYS),
                Some(days) => at_most_days(days, MAXIMUM_GRACE_DAYS),
            },
        );
        let validity = parse_validity(
            "contract.",
            &self.valid_from,
            &self.valid_until,
            now,
            &mut validation,
        );
        let terms = (|| {
            Some(ContractTerms {
                exclusivity: exclusivity?,
                share_rate: share_rate?,
                override_rate: override_rate?,
                quota: quota?,
                deposit: deposit?,
                support_budget: support_budget?,
                report_period: report_period?,
                renewal_window_days: renewal_window_days?,
                grace_days: grace_days?,
                validity: validity?,
            })
        })();
        validation.finish_with(terms)
    }
}

impl ProposedQuota {
    fn check(&self, validation: &mut Validation) -> Option<Quota> {
        let period = validation.take("contract.quota.period", parse_period(&self.period));
        let measure = validation.take(
            "contract.quota.measure",
            QuotaMeasure::from_name(&self.measure).ok_or(not_one_of("buckets, amount")),
        );
        let target = validation.take(
            "contract.quota.target",
            match self.target {
                target @ 1.. => Ok(target),
                _ => Err(Invalid::new("out_of_range", "至少为 1", "must be at least 1")),
            },
        );
        let yearly_growth = validation.take(
            "contract.quota.yearly_growth_bp",
            rate(self.yearly_growth_bp.unwrap_or_default()),
        );
        Some(Quota {
            period: period?,
            measure: measure?,
            target: target?,
            yearly_growth: yearly_growth?,
        })
    }
}

pub(crate) fn not_one_of(names: &'static str) -> Invalid {
    Invalid {
        code: "unknown_value",
        message_zh: format!("应为以下之一：{names}").into(),
        message_en: format!("must be one of {names}").into(),
    }
}

fn parse_period(name: &str) -> Result<QuotaPeriod, Invalid> {
    QuotaPeriod::from_name(name).ok_or_else(|| not_one_of("month, quarter, year"))
}

fn not_negative(fen: i64) -> Result<Money, Invalid> {
    match fen {
        0.. => Ok(Money::from_fen(fen)),
        _ => Err(Invalid::new("out_of_range", "不能为负数", "must not be negative")),
    }
}

fn at_most_days(days: i64, maximum: u16) -> Result<u16, Invalid> {
    u16::try_from(days)
        .ok()
        .filter(|days| *days <= maximum)
        .ok_or_else(|| Invalid {
            code: "out_of_range",
            message_zh: format!("应在 0 到 {maximum} 天之间").into(),
            message_en: format!("must be from 0 to {maximum} days").into(),
        })
}

fn rate(basis_points: i64) -> Result<Rate, Invalid> {
    u16::try_from(basis_points)
        .ok()
        .and_then(Rate::from_basis_points)
        .ok_or(Invalid::new(
            "out_of_range",
            "应在 0 到 10000 个基点之间",
            "must be from 0 to 10000 basis points",
        ))
}

/// Takes an exclusivity by its name.
pub fn parse_exclusivity(name: &str) -> Result<Exclusivity, Invalid> {
    Exclusivity::from_name(name).ok_or_else(|| not_one_of("exclusive, shared_below"))
}

/// Takes the fields `valid_from` and `valid_until`, their names behind `prefix`: instants (RFC 3339), or business days for
/// their first instants. The period must reach past `now` and last at most [`MAXIMUM_CONTRACT_DAYS`].
pub fn parse_validity(
    prefix: &str,
    from: &str,
    until: &str,
    now: Instant,
    validation: &mut Validation,
) -> Option<Period> {
    let field = |name: &str| format!("{prefix}{name}");
    let from = validation.take(field("valid_from"), instant_or_day(from));
    let until = validation.take(field("valid_until"), instant_or_day(until));
    let (from, until) = from.zip(until)?;
    validation.take(field("valid_until"), check_validity(from, until, now))
}

pub(crate) fn instant_or_day(text: &str) -> Result<Instant, Invalid> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Instant>() {
        return Ok(truncate_to_microseconds(instant));
    }
    match text.parse() {
        Ok(date) => Ok(BusinessDay::from_date(date).start()),
        Err(_) => Err(Invalid::new(
            "invalid_instant",
            "应为 RFC 3339 时间或 YYYY-MM-DD 日期",
            "must be an RFC 3339 instant or a day written YYYY-MM-DD",
        )),
    }
}

fn check_validity(from: Instant, until: Instant, now: Instant) -> Result<Period, Invalid> {
    let period = Period::new(from, until).ok_or(Invalid::new(
        "period_is_empty",
        "必须晚于生效时间",
        "must be after valid_from",
    ))?;
    if until <= now {
        Err(Invalid::new(
            "period_is_over",
            "必须晚于现在",
            "must be in the future",
        ))
    } else if (until - from).num_days() > MAXIMUM_CONTRACT_DAYS {
        Err(Invalid::new(
            "period_is_too_long",
            "合同期限最长 30 年",
            "must be within 30 years of valid_from",
        ))
    } else {
        Ok(period)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        "2026-11-22T08:00:00Z".parse().unwrap()
    }

    fn proposed() -> ProposedTerms {
        ProposedTerms {
            exclusivity: "exclusive".into(),
            share_rate_bp: 3_000,
            override_rate_bp: None,
            quota: Some(ProposedQuota {
                period: "month".into(),
                measure: "buckets".into(),
                target: 1_000,
                yearly_growth_bp: Some(500),
            }),
            deposit_fen: Some(5_000_000),
            support_budget_fen: Some(2_000_000),
            report_period: Some("quarter".into()),
            renewal_window_days: Some(365),
            grace_days: Some(90),
            valid_from: "2026-12-01".into(),
            valid_until: "2029-11-30T16:00:00Z".into(),
        }
    }

    #[test]
    fn days_begin_in_shanghai_and_what_is_absent_is_nothing() {
        let terms = proposed().check(now()).unwrap();
        assert_eq!(
            terms.validity.from(),
            "2026-11-30T16:00:00Z".parse::<Instant>().unwrap()
        );
        assert_eq!(terms.override_rate, Rate::default());
        assert_eq!(terms.support_budget, Money::from_fen(2_000_000));
        assert_eq!(terms.report_period, Some(QuotaPeriod::Quarter));
        assert_eq!((terms.renewal_window_days, terms.grace_days), (365, 90));
        let bare = ProposedTerms {
            quota: None,
            deposit_fen: None,
            support_budget_fen: None,
            report_period: None,
            renewal_window_days: None,
            grace_days: None,
            ..proposed()
        };
        let terms = bare.check(now()).unwrap();
        assert_eq!((terms.quota, terms.deposit), (None, Money::ZERO));
        assert_eq!((terms.support_budget, terms.report_period), (Money::ZERO, None));
        assert_eq!((terms.renewal_window_days, terms.grace_days), (90, 7));
    }

    #[test]
    fn every_wrong_field_is_reported_at_once() {
        let wrong = ProposedTerms {
            exclusivity: "none".into(),
            share_rate_bp: 10_001,
            override_rate_bp: Some(-1),
            quota: Some(ProposedQuota {
                period: "week".into(),
                measure: "litres".into(),
                target: 0,
                yearly_growth_bp: Some(70_000),
            }),
            deposit_fen: Some(-1),
            support_budget_fen: Some(-1),
            report_period: Some("week".into()),
            renewal_window_days: Some(366),
            grace_days: Some(91),
            valid_from: "tomorrow".into(),
            valid_until: "2026-02-30".into(),
        };
        let fields: Vec<_> = wrong
            .check(now())
            .unwrap_err()
            .into_iter()
            .map(|error| error.field.into_owned())
            .collect();
        assert_eq!(
            fields,
            [
                "contract.exclusivity",
                "contract.share_rate_bp",
                "contract.override_rate_bp",
                "contract.quota.period",
                "contract.quota.measure",
                "contract.quota.target",
                "contract.quota.yearly_growth_bp",
                "contract.deposit_fen",
                "contract.support_budget_fen",
                "contract.report_period",
                "contract.renewal_window_days",
                "contract.grace_days",
                "contract.valid_from",
                "contract.valid_until",
            ]
        );
    }

    #[test]
    fn a_period_is_in_order_not_over_and_not_endless() {
        for (from, until, code) in [
            ("2026-12-01", "2026-12-01", "period_is_empty"),
            ("2025-12-01", "2026-11-22T08:00:00Z", "period_is_over"),
            ("2026-12-01", "2057-12-01", "period_is_too_long"),
        ] {
            let terms = ProposedTerms {
                valid_from: from.into(),
                valid_until: until.into(),
                ..proposed()
            };
            let errors = terms.check(now()).unwrap_err();
            assert_eq!((errors.len(), errors[0].code), (1, code));
        }
    }

    #[test]
    fn names_come_back() {
        for period in QuotaPeriod::ALL {
            assert_eq!(QuotaPeriod::from_name(period.name()), Some(period));
        }
        for measure in QuotaMeasure::ALL {
            assert_eq!(QuotaMeasure::from_name(measure.name()), Some(measure));
        }
    }
}
