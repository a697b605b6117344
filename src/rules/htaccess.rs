//! What stands in the .htaccess files of sites, or was written for them.

pub(super) mod php_value_without_mod_php;
