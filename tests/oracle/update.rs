//! Writes the last tables to docs/oracle.md.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use crate::mutants::Trial;
use crate::server::Server;
use crate::table;

/// The trials of the servers run side by side and share one file.
static WRITING: Mutex<()> = Mutex::new(());

/// Puts the table of one server between its marks.
pub(crate) fn write(server: Server, trial: &Trial) -> Result<(), String> {
    let _guard = WRITING.lock().map_err(|error| error.to_string())?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/oracle.md");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (begin, end) =
        (format!("<!-- {} -->\n", server.name()), format!("<!-- end of {} -->\n", server.name()));
    let parts = text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, behind) =
        parts.ok_or_else(|| format!("docs/oracle.md has no marks for {}", server.name()))?;
    let table = format!("{} bases, {} mutants.\n\n{}", trial.bases, trial.cases.len(), table::table(trial));
    let text = format!("{before}{begin}\n{table}\n{end}{behind}");
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}
