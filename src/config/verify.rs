//! `[verify]`: the commands that ask servers whether they take their files.

use toml_edit::Item;

use super::Reader;
use crate::verify::Server;

/// What a command looks like.
const COMMAND: &str =
    "a program and its arguments, such as [\"nginx\", \"-t\", \"-c\", \"{root}/etc/nginx/nginx.conf\"]";

impl Reader<'_> {
    /// The command of each server.
    pub(super) fn verify(&mut self, item: &Item) {
        let Some(table) = item.as_table_like() else {
            return self.wrong_type(item, "verify", "a table, such as [verify]");
        };
        for (key, item) in table.iter() {
            let Some(server) = Server::ALL.into_iter().find(|server| server.key() == key) else {
                self.unknown_key(table, key, &Server::ALL.map(Server::key));
                continue;
            };
            let command: Vec<String> =
                self.names(key, item, COMMAND).into_iter().map(|(word, _)| word.to_owned()).collect();
            if command.is_empty() && item.as_array().is_some() {
                self.mistake(item.span(), format!("`{key}` is {COMMAND}"), "no program", None);
            }
            self.config.verify.push((server, command));
        }
    }
}
