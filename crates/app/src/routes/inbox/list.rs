//! Lists the messages of the caller's account.

use super::MessageAnswer;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, Query},
    language::Language,
    problem::Problem,
    state::State,
};
use ::events::MessageNumber;
use actix_web::{HttpResponse, http::header, web::Data};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};

/// 筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InboxFilter {
    /// 为 true 时只列未读
    unread: Option<bool>,
}

/// 一页站内消息
#[derive(Debug, Serialize, ToSchema)]
pub struct Inbox {
    #[serde(flatten)]
    page: Paged<MessageAnswer>,
    /// 未读的条数，最多数到 100
    unread_count: u16,
    /// 收件箱最新的序号：`GET /events?last_event_id=` 由此接续，不漏不重
    last_event_id: MessageNumber,
}

/// 站内消息
///
/// 本账号的消息，与当前身份无关，最新的在前。消息只有编号与一句话，详情以本人的权限另行读取。已读的保留 90 天，未读的一年。
#[utoipa::path(
    get,
    path = "/inbox",
    params(InboxFilter, PageParameters),
    responses((status = 200, description = "一页消息", body = Inbox))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    Query(filter): Query<InboxFilter>,
    paging: Paging<MessageNumber>,
) -> Result<HttpResponse, Problem> {
    let (account_id, request) = (caller.principal.account_id, paging.request.clone());
    let unread_only = filter.unread.unwrap_or_default();
    let (page, unread_count, last_event_id) = state
        .read(move |session, _| -> Result<_, Problem> {
            // The head first: a page may hold more than that, never less.
            let head = session.find_inbox_heads(&BTreeSet::from([account_id]))?;
            let page = session.list_messages(account_id, unread_only, &request)?;
            let head = head.get(&account_id).copied().unwrap_or_default();
            Ok((page, session.count_unread_messages(account_id)?, head))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Inbox {
            page: paging.answer(page.map(|message| MessageAnswer::of(&message, language)))?,
            unread_count,
            last_event_id,
        }))
}
