//! The verbs of users, roles and keys, and who the caller is.

mod keys;
mod me;
mod roles;
mod users;

pub use keys::{NewKey, create_key, insert_key, key_view, last_uses, revoke_key, rotate_key, update_key};
pub use me::{actor_id, me};
pub use roles::{create_role, delete_role, holders, role_view, update_role};
pub(crate) use users::manageable;
pub use users::{create_user, index_user, record_user, update_user, user_view};
