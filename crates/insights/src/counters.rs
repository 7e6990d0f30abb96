//! What is counted.

use kernel::{AgentId, BusinessDay, DivisionCode, Money};

/// Counts of one day, or sums over several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Orders placed, on the day of placing.
    pub orders: i64,
    /// Orders delivered, on the day of delivery.
    pub delivered: i64,
    /// Orders cancelled, on the day of cancelling.
    pub cancelled: i64,
    /// What delivered orders amount to, on the day of delivery.
    pub sales: Money,
    /// Returnable buckets of delivered orders, on the day of delivery.
    pub buckets: i64,
    /// Customers whose first order with the agent was placed, on the day of placing.
    pub new_customers: i64,
    /// Ratings given, on the day of rating.
    pub ratings: Ratings,
}

impl Counters {
    /// The sum of both; `None` where a counter would not fit.
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            orders: self.orders.checked_add(other.orders)?,
            delivered: self.delivered.checked_add(other.delivered)?,
            cancelled: self.cancelled.checked_add(other.cancelled)?,
            sales: self.sales.plus(other.sales)?,
            buckets: self.buckets.checked_add(other.buckets)?,
            new_customers: self.new_customers.checked_add(other.new_customers)?,
            ratings: self.ratings.plus(other.ratings)?,
        })
    }

    /// Sales per delivered order, cut to whole fen; `None` without a delivered order.
    pub const fn average_order(&self) -> Option<Money> {
        match self.sales.fen().checked_div(self.delivered) {
            Some(fen) => Some(Money::from_fen(fen)),
            None => None,
        }
    }
}

/// How many ratings there were of each score, 1 to 5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratings([i64; 5]);

impl Ratings {
    /// The counts of the scores 1 to 5, in this order.
    pub const fn from_counts(counts: [i64; 5]) -> Self {
        Self(counts)
    }

    /// One rating of that score; none for a score outside 1 to 5.
    pub fn one(score: u8) -> Self {
        let mut counts = [0; 5];
        if let Some(count) = usize::from(score)
            .checked_sub(1)
            .and_then(|index| counts.get_mut(index))
        {
            *count = 1;
        }
        Self(counts)
    }

    /// The counts of the scores 1 to 5, in this order.
    pub const fn counts(self) -> [i64; 5] {
        self.0
    }

    /// How many ratings there were.
    pub fn count(self) -> i64 {
        self.0.iter().sum()
    }

    /// The mean score, rounded to two decimals; `None` without a rating.
    pub fn average(self) -> Option<f64> {
        let weighted: i64 = self.0.iter().zip(1..).map(|(count, score)| count * score).sum();
        let hundredths =
            i32::try_from((weighted * 100 + self.count() / 2).checked_div(self.count())?).ok()?;
        Some(f64::from(hundredths) / 100.0)
    }

    fn plus(self, other: Self) -> Option<Self> {
        let mut sum = self.0;
        for (count, more) in sum.iter_mut().zip(other.0) {
            *count = count.checked_add(more)?;
        }
        Some(Self(sum))
    }
}

/// What one transaction adds to the figures of one agent, county and day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyDelta {
    /// The agent whose figures these are.
    pub agent_id: AgentId,
    /// The county the order is delivered in; the most specific known division above township where there is no county.
    pub county_code: DivisionCode,
    /// The business day of the event.
    pub day: BusinessDay,
    /// What is added.
    pub counters: Counters,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_score_is_rounded_and_absent_without_ratings() {
        assert_eq!(Ratings::default().average(), None);
        assert_eq!(Ratings::from_counts([1, 0, 0, 0, 2]).average(), Some(3.67));
        assert_eq!(Ratings::one(5).average(), Some(5.0));
        assert_eq!(Ratings::one(6), Ratings::default());
        assert_eq!(Ratings::one(0), Ratings::default());
    }

    #[test]
    fn the_average_order_is_sales_per_delivered_order() {
        let counters = Counters {
            delivered: 3,
            sales: Money::from_fen(1_000),
            ..Counters::default()
        };
        assert_eq!(counters.average_order(), Some(Money::from_fen(333)));
        assert_eq!(counters.plus(counters).unwrap().sales, Money::from_fen(2_000));
        let full = Counters {
            orders: i64::MAX,
            ..Counters::default()
        };
        assert_eq!(full.plus(full), None);
    }
}
