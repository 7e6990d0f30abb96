//! What assigning, claiming, starting, delivering, failing and cancelling have in common.

use super::{OrderAnswer, actor, only};
use crate::{access::Caller, problem::Problem, state::State};
use ::orders::{ChangeOrder, OrderChange, change_orders};
use actix_web::web::Json;
use kernel::{FieldError, OrderId, Text, Validation};

/// Makes one change to one order.
pub(super) async fn change(
    state: &State,
    caller: &Caller,
    order_id: OrderId,
    change: OrderChange,
) -> Result<Json<OrderAnswer>, Problem> {
    state
        .command(caller, move |work| {
            let actor = actor(work.principal, work.scope()?);
            let command = ChangeOrder {
                actor,
                at: work.now,
                order_id,
                change: change.clone(),
            };
            let order = only(change_orders(work.session, work.ids, &[command])?)?;
            Ok::<_, Problem>(OrderAnswer::seen(&order, actor.scope))
        })
        .await
        .map(Json)
}

/// An optional text of a body.
pub(super) fn optional_text(
    field: &'static str,
    text: Option<&str>,
) -> Result<Option<Text<200>>, Vec<FieldError>> {
    let mut validation = Validation::default();
    let text = validation.take_optional(field, text.map(Text::parse));
    validation.finish_with(text)
}
