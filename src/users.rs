//! Users and groups, where the tree holds `etc/passwd` and `etc/group`.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::vfs::Disk;

/// Who is in which group, as far as it can be known.
#[derive(Debug, Default, Clone)]
pub struct Users {
    /// Members of each group, those included whose primary group it is. Empty when not known.
    groups: HashMap<String, HashSet<String>>,
}

impl Users {
    /// Reads `etc/passwd` and `etc/group` below `root`; without them nothing is known.
    pub(crate) fn read(disk: &Disk, root: &Path) -> Self {
        let text = |name: &str| {
            let bytes = disk.read(&root.join(name)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let mut names_by_id = HashMap::new();
        let mut users = Self::default();
        for line in text("etc/group").lines() {
            let fields: Vec<&str> = line.split(':').collect();
            if let [name, _, id, members] = fields[..] {
                names_by_id.insert(id.to_owned(), name.to_owned());
                let members = members.split(',').filter(|member| !member.is_empty()).map(str::to_owned);
                users.groups.entry(name.to_owned()).or_default().extend(members);
            }
        }
        for line in text("etc/passwd").lines() {
            let fields: Vec<&str> = line.split(':').collect();
            if let [name, _, _, group, ..] = fields[..]
                && let Some(group) = names_by_id.get(group)
            {
                users.groups.entry(group.clone()).or_default().insert(name.to_owned());
            }
        }
        users
    }

    /// Whether `user` is in `group`: certain where the files say so; `None` where they are not there
    /// and the names differ.
    pub fn in_group(&self, user: &str, group: &str) -> Option<bool> {
        match self.groups.get(group) {
            Some(members) => Some(members.contains(user)),
            None if user == group => Some(true),
            None if self.groups.is_empty() => None,
            None => Some(false),
        }
    }
}
