//! The words of the languages: which directives there are, where they may stand, what they take.
//!
//! The tables are `grammar/*.tsv`, one line a directive, read once when the first word is asked for.

mod apache;
mod apache_authz;
mod apache_expr;
mod apache_proxy;
mod apache_redirect;
mod apache_rewrite;
mod apache_values;
mod apache_versions;
mod arity;
mod contexts;
mod entries;
mod excludes;
mod fpm;
mod images;
mod kind;
mod modules;
mod moving;
mod nginx;
mod nginx_versions;
mod php;
mod programs;
mod signatures;
mod slots;
mod tables;
mod variables;
mod zones;

pub use apache::{
    ApacheArgs, ApacheModule, ApacheWord, FixedWords, Inside, Origin, Places, apache, apache_module,
    apache_module_in, apache_modules, apache_words, third_party,
};
pub use apache_authz::{AUTHN_PROVIDERS, authz_providers, is_authz_provider, is_http_method};
pub use apache_expr::ExprName;
pub use apache_proxy::{
    BALANCER_PARAMETERS, LB_METHODS, PROXY_PASS_WORDS, ProxyParameter, ProxyValue, STATUS_LETTERS,
    WORKER_PARAMETERS,
};
pub use apache_redirect::redirect_status;
pub use apache_rewrite::{COND_FLAGS, INTERNAL_MAPS, REWRITE_OPTIONS, RULE_FLAGS, is_http_status};
pub use apache_values::{ApacheReader, ApacheValue, apache_values};
pub use apache_versions::apache_since;
pub use arity::Arity;
pub use contexts::Contexts;
pub use excludes::{EXCLUSIONS, Exclusion, NO_BACKUP};
pub use fpm::{FPM_ARRAYS, FpmType, FpmWord, fpm_word, fpm_words};
pub use images::image_ports;
pub use kind::{Class, Kind, Unit};
pub use modules::{nginx_module_is_known, nginx_module_with};
pub use moving::moves;
pub use nginx::{NginxWord, Value, nginx, nginx_names, nginx_opens_block, nginx_words};
pub use nginx_versions::{NginxSpan, nginx_spans};
pub use php::{
    Changeable, PHP_EVERYDAY, PhpSpan, PhpType, PhpWord, php_span, php_spans, php_word, php_words, timezones,
};
pub use programs::{Program, program, programs};
pub use signatures::{Signature, signatures};
pub use slots::Slot;
pub use tables::{BadLine, Table};
pub use variables::{Domain, NginxVariable, nginx_text, nginx_variable, nginx_variables};
pub use zones::{Shared, ZoneWord, zone_word};
