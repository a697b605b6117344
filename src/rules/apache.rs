//! What Apache refuses, and what it reads otherwise than it is written.

mod header;
mod lines;

pub(super) mod comment_continued;
pub(super) mod invalid_expression;
pub(super) mod invalid_regex;
pub(super) mod invalid_require;
pub(super) mod invalid_value;
pub(super) mod limit_suffix;
pub(super) mod proxy_parameter;
pub(super) mod rewrite_flag;
pub(super) mod text_after_section;
pub(super) mod unclosed_quote;
pub(super) mod undefined_variable;
