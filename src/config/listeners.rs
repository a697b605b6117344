//! The `[[listener]]` tables of gwlint.toml.

use std::ops::Range;

use toml_edit::{Item, TableLike};

use super::{Reader, did_you_mean};
use crate::options::DeclaredListener;
use crate::select::closest;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::Protocol;

impl Reader<'_> {
    /// The `[[listener]]` tables: what listens where and no file in sight tells of.
    pub(super) fn listeners(&mut self, item: &Item) {
        let wanted = "a list of tables, such as [[listener]]";
        if let Some(tables) = item.as_array_of_tables() {
            tables.iter().for_each(|table| self.listener(table, table.span()));
        } else if let Some(list) = item.as_array() {
            for value in list {
                match value.as_inline_table() {
                    Some(table) => self.listener(table, value.span()),
                    None => self.wrong_type(item, "listener", wanted),
                }
            }
        } else {
            self.wrong_type(item, "listener", wanted);
        }
    }

    fn listener(&mut self, table: &dyn TableLike, span: Option<Range<usize>>) {
        let mut said = DeclaredListener::default();
        for (key, item) in table.iter() {
            match key {
                "address" => {
                    let text = self.string(key, item).unwrap_or_default();
                    if !is_address(text) && item.as_str().is_some() {
                        let message = format!("`{text}` is no address");
                        self.mistake(
                            item.span(),
                            message,
                            "write one such as \"127.0.0.1:9000\" or \"unix:/run/shop.sock\"",
                            None,
                        );
                    }
                    text.clone_into(&mut said.address);
                }
                "protocol" => {
                    let Some(word) = self.string(key, item) else { continue };
                    let words = Protocol::ALL.map(Protocol::word);
                    if Protocol::of_word(word).is_none() {
                        let help = did_you_mean(closest(word, words));
                        let message = format!("`protocol` is one of {}, not `{word}`", words.join(", "));
                        self.mistake(item.span(), message, "no protocol", help);
                    }
                    said.protocol = Some(word.to_owned());
                }
                _ => self.unknown_key(table, key, &["address", "protocol"]),
            }
        }
        if !table.contains_key("address") {
            let help = "add a line such as `address = \"127.0.0.1:9000\"`".to_owned();
            self.mistake(span, "a listener has an `address`".to_owned(), "has none", Some(help));
        }
        self.config.options.listeners.push(said);
    }
}

/// Whether something can listen at `text`: a socket, or a host and a port.
fn is_address(text: &str) -> bool {
    match text.strip_prefix("unix:") {
        Some(path) => path.starts_with('/'),
        None => Endpoint::authority(text, None) != Endpoint::Unresolved,
    }
}
