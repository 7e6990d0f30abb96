//! The equations that a database answers by itself: SQL that both read alike. `$1` is the agent; a difference has the
//! columns `id`, `detail`, `expected` and `found`.

use crate::Equation;

/// How an equation is checked over one agent's rows.
pub(super) struct Query {
    /// What the id of a difference names.
    pub(super) subject: &'static str,
    /// Where the rows are that are checked: what follows `SELECT COUNT(*) FROM`.
    pub(super) rows: &'static str,
    /// The rows that differ.
    pub(super) differences: &'static str,
}

/// The query of an equation; `None` for those that need the domain's own arithmetic.
#[allow(clippy::too_many_lines, reason = "a list of queries is read one by one")]
pub(super) const fn query(equation: Equation) -> Option<Query> {
    let query = match equation {
        Equation::StockIsItsMovements => Query {
            subject: "stock of product",
            rows: "stock_items WHERE agent_id = $1",
            differences: "\
                SELECT product_id AS id, '' AS detail, \
                       'on hand ' || SUM(moved) || ', reserved ' || SUM(moved_reserved) AS expected, \
                       'on hand ' || SUM(on_hand) || ', reserved ' || SUM(reserved) AS found \
                FROM (SELECT product_id, on_hand, reserved, 0 AS moved, 0 AS moved_reserved \
                      FROM stock_items WHERE agent_id = $1 \
                      UNION ALL \
                      SELECT product_id, 0, 0, on_hand_after - on_hand_before, reserved_after - reserved_before \
                      FROM stock_movements WHERE agent_id = $1) AS entries \
                GROUP BY product_id \
                HAVING SUM(on_hand) <> SUM(moved) OR SUM(reserved) <> SUM(moved_reserved)",
        },
        // Movements carry the time their command arrived at, not the order they were made in; what holds whatever the
        // order is that every balance is left as often as it is reached.
        Equation::MovementsAreOneChain => Query {
            subject: "stock of product",
            rows: "stock_movements WHERE agent_id = $1",
            differences: "\
                SELECT product_id AS id, 'at on hand ' || on_hand || ', reserved ' || reserved AS detail, \
                       'left ' || SUM(reached) || ' times' AS expected, 'left ' || SUM(departed) || ' times' AS found \
                FROM (SELECT product_id, on_hand_before AS on_hand, reserved_before AS reserved, 0 AS reached, 1 AS departed \
                      FROM stock_movements WHERE agent_id = $1 \
                      UNION ALL \
                      SELECT product_id, on_hand_after, reserved_after, 1, 0 FROM stock_movements WHERE agent_id = $1 \
                      UNION ALL \
                      SELECT product_id, 0, 0, 1, 0 FROM stock_items WHERE agent_id = $1 \
                      UNION ALL \
                      SELECT product_id, on_hand, reserved, 0, 1 FROM stock_items WHERE agent_id = $1) AS steps \
                GROUP BY product_id, on_hand, reserved \
                HAVING SUM(reached) <> SUM(departed)",
        },
        Equation::MovementsAreAsTheySay => Query {
            subject: "stock movement",
            rows: "stock_movements WHERE agent_id = $1",
            differences: "\
                SELECT id, kind || ' of ' || quantity AS detail, \
                       'on hand by ' || said_on_hand || ', reserved by ' || said_reserved AS expected, \
                       'on hand by ' || moved || ', reserved by ' || moved_reserved AS found \
                FROM (SELECT id, kind, quantity, on_hand_after - on_hand_before AS moved, \
                             reserved_after - reserved_before AS moved_reserved, \
                             CASE kind WHEN 'receipt' THEN quantity WHEN 'adjust' THEN quantity \
                                       WHEN 'consume' THEN -quantity ELSE 0 END AS said_on_hand, \
                             CASE kind WHEN 'reserve' THEN quantity WHEN 'release' THEN -quantity \
                                       WHEN 'consume' THEN -quantity ELSE 0 END AS said_reserved \
                      FROM stock_movements WHERE agent_id = $1) AS entries \
                WHERE moved <> said_on_hand OR moved_reserved <> said_reserved",
        },
        Equation::ReservedIsOpenOrders => Query {
            subject: "stock of product",
            rows: "stock_items WHERE agent_id = $1",
            differences: "\
                SELECT product_id AS id, '' AS detail, 'reserved ' || SUM(promised) AS expected, \
                       'reserved ' || SUM(reserved) AS found \
                FROM (SELECT product_id, reserved, 0 AS promised FROM stock_items WHERE agent_id = $1 \
                      UNION ALL \
                      SELECT order_lines.product_id, 0, order_lines.quantity \
                      FROM orders JOIN order_lines \
                        ON order_lines.agent_id = orders.agent_id AND order_lines.order_id = orders.id \
                      WHERE orders.agent_id = $1 AND orders.state NOT IN ('delivered', 'cancelled')) AS entries \
                GROUP BY product_id \
                HAVING SUM(reserved) <> SUM(promised)",
        },
        Equation::AvailableIsNotNegative => Query {
            subject: "stock of product",
            rows: "stock_items WHERE agent_id = $1",
            differences: "\
                SELECT product_id AS id, '' AS detail, 'reserved from 0 to ' || on_hand AS expected, \
                       'reserved ' || reserved AS found \
                FROM stock_items WHERE agent_id = $1 AND (reserved < 0 OR reserved > on_hand)",
        },
        Equation::OrderIsItsHistory => Query {
            subject: "order",
            rows: "orders WHERE agent_id = $1",
            differences: "\
                SELECT orders.id, '' AS detail, \
                       COALESCE(entry.to_state || ' in version ' || entry.version, 'a history') AS expected, \
                       orders.state || ' in version ' || orders.version AS found \
                FROM orders \
                LEFT JOIN (SELECT order_id, MAX(version) AS version FROM order_history WHERE agent_id = $1 GROUP BY order_id) \
                  AS newest ON newest.order_id = orders.id \
                LEFT JOIN order_history AS entry \
                  ON entry.agent_id = orders.agent_id AND entry.order_id = orders.id AND entry.version = newest.version \
                WHERE orders.agent_id = $1 \
                  AND (entry.version IS NULL OR entry.version <> orders.version OR entry.to_state <> orders.state)",
        },
        Equation::HistoryHasNoGap => Query {
            subject: "order",
            rows: "order_history WHERE agent_id = $1",
            differences: "\
                SELECT order_id AS id, 'history entry ' || version AS detail, \
                       'version ' || (version_before + 1) || ' from ' || COALESCE(state_before, 'nothing') AS expected, \
                       'version ' || version || ' from ' || COALESCE(from_state, 'nothing') AS found \
                FROM (SELECT order_id, version, from_state, \
                             COALESCE(LAG(version) OVER entries, 0) AS version_before, \
                             LAG(to_state) OVER entries AS state_before \
                      FROM order_history WHERE agent_id = $1 \
                      WINDOW entries AS (PARTITION BY order_id ORDER BY version)) AS history \
                WHERE version <> version_before + 1 OR from_state IS DISTINCT FROM state_before",
        },
        Equation::TotalIsItsLines => Query {
            subject: "order",
            rows: "orders WHERE agent_id = $1",
            differences: "\
                SELECT orders.id, '' AS detail, COALESCE(lines.total || ' fen', 'lines') AS expected, \
                       orders.total_fen || ' fen' AS found \
                FROM orders \
                LEFT JOIN (SELECT order_id, SUM(quantity * unit_price_fen) AS total \
                           FROM order_lines WHERE agent_id = $1 GROUP BY order_id) AS lines ON lines.order_id = orders.id \
                WHERE orders.agent_id = $1 AND (lines.total IS NULL OR lines.total <> orders.total_fen)",
        },
        Equation::NumbersAreOrders => Query {
            subject: "order",
            rows: "order_numbers WHERE agent_id = $1",
            differences: "\
                SELECT orders.id, 'number ' || orders.day_count || ' of ' || orders.day AS detail, 'this order' AS expected, \
                       CASE WHEN numbers.order_id IS NULL THEN 'none' ELSE 'another order' END AS found \
                FROM orders \
                LEFT JOIN order_numbers AS numbers ON numbers.agent_id = orders.agent_id \
                  AND numbers.day = orders.day AND numbers.day_count = orders.day_count \
                WHERE orders.agent_id = $1 AND (numbers.order_id IS NULL OR numbers.order_id <> orders.id) \
                UNION ALL \
                SELECT numbers.order_id, 'number ' || numbers.day_count || ' of ' || numbers.day, 'an order', 'none' \
                FROM order_numbers AS numbers \
                LEFT JOIN orders ON orders.agent_id = numbers.agent_id AND orders.id = numbers.order_id \
                WHERE numbers.agent_id = $1 AND orders.id IS NULL \
                UNION ALL \
                SELECT numbers.order_id, 'number of ' || numbers.day, 'at most ' || COALESCE(counters.last, 0), \
                       CAST(numbers.day_count AS text) \
                FROM order_numbers AS numbers \
                LEFT JOIN order_counters AS counters ON counters.agent_id = numbers.agent_id AND counters.day = numbers.day \
                WHERE numbers.agent_id = $1 AND numbers.day_count > COALESCE(counters.last, 0)",
        },
        Equation::FirstOrdersAreOrders => Query {
            subject: "customer",
            rows: "agent_customers WHERE agent_id = $1",
            differences: "\
                SELECT known.customer_id AS id, 'first order' AS detail, 'an order of the customer' AS expected, \
                       'none' AS found \
                FROM agent_customers AS known \
                LEFT JOIN orders ON orders.agent_id = known.agent_id AND orders.id = known.first_order_id \
                  AND orders.customer_id = known.customer_id \
                WHERE known.agent_id = $1 AND known.first_order_id IS NOT NULL AND orders.id IS NULL \
                UNION ALL \
                SELECT DISTINCT orders.customer_id, 'first order', 'one, the customer has ordered', 'none' \
                FROM orders \
                LEFT JOIN agent_customers AS known \
                  ON known.agent_id = orders.agent_id AND known.customer_id = orders.customer_id \
                WHERE orders.agent_id = $1 AND known.first_order_id IS NULL",
        },
        Equation::RatingsAreOfDeliveries => Query {
            subject: "rating of order",
            rows: "order_ratings WHERE agent_id = $1",
            differences: "\
                SELECT ratings.order_id AS id, '' AS detail, \
                       'a delivered order of the same customer and courier' AS expected, \
                       COALESCE(orders.state, 'none') AS found \
                FROM order_ratings AS ratings \
                LEFT JOIN orders ON orders.agent_id = ratings.agent_id AND orders.id = ratings.order_id \
                WHERE ratings.agent_id = $1 AND (orders.id IS NULL OR orders.state <> 'delivered' \
                  OR orders.customer_id <> ratings.customer_id OR orders.courier_id <> ratings.courier_id)",
        },
        Equation::ClaimsAreDisjoint => Query {
            subject: "territory",
            rows: "territory_claims JOIN territories ON territories.id = territory_claims.territory_id \
                   WHERE territories.agent_id = $1",
            differences: "\
                SELECT claims.territory_id AS id, 'codes ' || claims.range_first || ' to ' || claims.range_end AS detail, \
                       'nobody else there' AS expected, \
                       'a claim of codes ' || others.range_first || ' to ' || others.range_end AS found \
                FROM territory_claims AS claims \
                JOIN territories ON territories.id = claims.territory_id \
                JOIN territory_claims AS others \
                  ON others.range_first >= claims.range_first AND others.range_first < claims.range_end \
                  AND others.valid_from < claims.valid_until AND claims.valid_from < others.valid_until \
                  AND NOT (others.territory_id = claims.territory_id AND others.range_first = claims.range_first \
                    AND others.valid_from = claims.valid_from) \
                WHERE territories.agent_id = $1",
        },
        Equation::DepositIsItsEntries => Query {
            subject: "deposit entry",
            rows: "deposit_entries WHERE agent_id = $1",
            differences: "\
                SELECT id, '' AS detail, 'number ' || place || ', balance ' || balance AS expected, \
                       'number ' || number || ', balance ' || balance_after_fen AS found \
                FROM (SELECT id, number, balance_after_fen, ROW_NUMBER() OVER entries AS place, \
                             SUM(CASE WHEN kind IN ('paid', 'reversed') THEN amount_fen ELSE -amount_fen END) \
                               OVER entries AS balance \
                      FROM deposit_entries WHERE agent_id = $1 \
                      WINDOW entries AS (PARTITION BY contract_id ORDER BY number)) AS ledger \
                WHERE number <> place OR balance_after_fen <> balance \
                UNION ALL \
                SELECT deductions.id, 'appeal', \
                       CASE WHEN appeals.outcome = 'reversed' THEN 'undone by ' || deductions.amount_fen ELSE 'not undone' END, \
                       COALESCE('undone by ' || reversals.amount_fen, 'not undone') \
                FROM deposit_entries AS deductions \
                LEFT JOIN deposit_appeals AS appeals \
                  ON appeals.agent_id = deductions.agent_id AND appeals.entry_id = deductions.id \
                LEFT JOIN deposit_entries AS reversals \
                  ON reversals.agent_id = deductions.agent_id AND reversals.deduction_id = deductions.id \
                WHERE deductions.agent_id = $1 \
                  AND CASE WHEN appeals.outcome = 'reversed' THEN deductions.amount_fen ELSE 0 END \
                      <> COALESCE(reversals.amount_fen, 0)",
        },
        Equation::SupportIsItsSpendings => Query {
            subject: "support request",
            rows: "support_requests WHERE agent_id = $1",
            differences: "\
                SELECT requests.id, '' AS detail, 'spent ' || COALESCE(sums.spent, 0) AS expected, \
                       'spent ' || requests.spent_fen AS found \
                FROM support_requests AS requests \
                LEFT JOIN (SELECT request_id, SUM(amount_fen) AS spent FROM support_spendings \
                           WHERE agent_id = $1 GROUP BY request_id) AS sums ON sums.request_id = requests.id \
                WHERE requests.agent_id = $1 AND requests.spent_fen <> COALESCE(sums.spent, 0)",
        },
        Equation::OrderIdTellsAgent
        | Equation::DailyFiguresAreEvents
        | Equation::CountyFiguresAreEvents
        | Equation::AuditIsOneChain => {
            return None;
        }
    };
    Some(query)
}
