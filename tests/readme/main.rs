//! The documents tell the truth: what they show as output of a command is what the command prints,
//! the rules reference lists the rules there are, and the picture of the terminal is a real one.
//!
//!     UPDATE_README=1 cargo test --test readme
//!
//! writes down what has changed, instead of failing. Look at the difference before you commit it.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up has failed")]
#![allow(clippy::cast_precision_loss, reason = "no terminal has that many rows")]

mod console;
mod links;
mod reference;
mod terminal;

use std::path::Path;

/// Where the documents are.
fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(checkout().join(path)).expect("the document is there")
}

/// Demands that `path` holds `text`, or sees to it when `UPDATE_README` is set.
fn agree(path: &str, text: &str) {
    let file = checkout().join(path);
    let old = std::fs::read_to_string(&file).unwrap_or_default();
    if old == text {
        return;
    }
    if std::env::var_os("UPDATE_README").is_some_and(|value| value != "0") {
        return std::fs::write(&file, text).expect("the checkout can be written");
    }
    let same = old.lines().zip(text.lines()).take_while(|(old, new)| old == new).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(the end)").to_owned();
    panic!(
        "{path}:{}: out of date\n  is         {}\n  should be  {}\n\
         `UPDATE_README=1 cargo test --test readme` writes it anew",
        same + 1,
        line(&old),
        line(text)
    );
}
