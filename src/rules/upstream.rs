//! Groups of servers: which of them is asked, and what becomes of a request that one of them fails.

pub(super) mod method_redefined;
pub(super) mod repeats_posts;
