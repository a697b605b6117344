//! The .htaccess files of the directories an Apache serves: they are as much of its configuration as its main file.

use std::path::{Path, PathBuf};

use super::Loader;
use super::apache::Item;
use crate::tree::Dialect;

/// What an .htaccess is called unless `AccessFileName` says otherwise; then it has no server we know.
const NAME: &str = ".htaccess";

impl Loader<'_> {
    /// Takes in the .htaccess of each `DocumentRoot`, `Alias` and `<Directory>`.
    pub(super) fn load_htaccess(&mut self) {
        let mut dirs: Vec<PathBuf> = Vec::new();
        for server in &self.workspace.servers {
            let asked = self.workspace.file(server.files[0]).asked;
            for item in server.apache.iter().filter(|_| asked).flat_map(|apache| &apache.items) {
                self.directories(item, &mut dirs);
            }
        }
        dirs.sort_unstable();
        dirs.dedup();
        let fresh = |path: &PathBuf| {
            self.disk.kind(path).is_some()
                && !self.known.contains_key(&(self.disk.canonical(path), Dialect::Apache))
        };
        let fresh: Vec<PathBuf> = dirs.into_iter().map(|dir| dir.join(NAME)).filter(fresh).collect();
        for id in self.load(&fresh, Dialect::Apache).into_iter().flatten() {
            // Who asks about a server asks about all that it reads.
            self.workspace.files[id.0 as usize].asked = true;
            self.load_piece(id, Dialect::Apache);
        }
    }

    /// The directories a directive or section names, and those within it.
    fn directories(&self, item: &Item, dirs: &mut Vec<PathBuf>) {
        let node = self.workspace.node(item.at);
        let named = ["DocumentRoot", "Alias", "Directory"].iter().any(|name| node.is(name));
        let path =
            item.args.last().filter(|arg| named && !arg.is_unresolved()).map(|arg| Path::new(&arg.value));
        // On the machine itself `<Directory />` is no place where a site lies.
        let place = path.filter(|path| path.is_absolute() && path.parent().is_some());
        dirs.extend(place.map(|path| self.below_root(path)));
        for child in &item.children {
            self.directories(child, dirs);
        }
    }
}
