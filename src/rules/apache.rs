//! What Apache refuses, and what it reads otherwise than it is written.

mod fixed_words;
mod header;
mod lines;
mod mapping;
mod outcome;
mod rewrite_target;
mod standing;

pub(super) mod argument_count;
pub(super) mod comment_continued;
pub(super) mod duplicate_listen;
pub(super) mod else_without_if;
pub(super) mod invalid_expression;
pub(super) mod invalid_regex;
pub(super) mod invalid_require;
pub(super) mod invalid_switch;
pub(super) mod invalid_value;
pub(super) mod invalid_word;
pub(super) mod limit_suffix;
pub(super) mod module_not_loaded;
pub(super) mod not_overridable;
pub(super) mod proxy_parameter;
pub(super) mod proxypass_order;
pub(super) mod proxypass_slash;
pub(super) mod rewrite_flag;
pub(super) mod shared_worker;
pub(super) mod text_after_section;
pub(super) mod unclosed_quote;
pub(super) mod undefined_macro;
pub(super) mod undefined_variable;
pub(super) mod unknown_directive;
pub(super) mod wrong_context;
