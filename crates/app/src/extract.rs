//! What handlers take out of a request. Every refusal is a [`crate::problem::Problem`]; no byte from outside makes a 5xx.

mod agent_parameter;
mod body;
mod deserialization;
mod idempotency;
mod if_match;
mod page;
mod path_id;
mod path_ids;
mod query;
mod upload;

pub use agent_parameter::AgentParameter;
pub use body::{Body, MAXIMUM_BODY_BYTES, OptionalBody};
pub use idempotency::{OptionalKey, OptionalKeyParameter, RequiredKey, RequiredKeyParameter};
pub use if_match::{IfMatch, entity_tag};
pub use page::{PageParameters, Paged, Paging};
pub use path_id::PathId;
pub use path_ids::PathIds;
pub use query::{Query, unknown_parameters};
pub use upload::Upload;
pub(crate) use upload::{not_a_picture, upload_too_large};
