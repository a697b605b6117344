//! `LoadModule identifier file`.

use super::super::lines::{Fault, is_filled_in};
use crate::stack::apache::Command;
use crate::vocabulary::apache_module_in;

/// The identifier is the name of a variable in the file: of the modules of httpd it is known.
pub(super) fn load_module(command: &Command<'_>) -> Option<Fault> {
    let [identifier, file] = command.args else { return None };
    if is_filled_in(&identifier.value) || is_filled_in(&file.value) {
        return None;
    }
    let known = apache_module_in(&file.value)?;
    let text = identifier.value.as_str();
    if text == known.identifier {
        return None;
    }
    let path = &file.value;
    let log = format!(
        "Can't locate API module structure `{text}' in file {path}: {path}: undefined symbol: {text}"
    );
    let name = path.rsplit('/').next().unwrap_or(path);
    let fault = Fault::new(identifier.span, format!("`{name}` holds no module `{text}`"), log);
    Some(fault.label("is not in the file").meant(identifier.plain, known.identifier))
}
