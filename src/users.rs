//! Users and groups, where the tree holds `etc/passwd` and `etc/group`.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::vfs::Disk;

/// Who is in which group, as far as it can be known.
#[derive(Debug, Default, Clone)]
pub struct Users {
    /// Members of each group, those included whose primary group it is. Empty when not known.
    groups: HashMap<String, HashSet<String>>,
    /// All users. Empty when not known, as where a directory service has more of them.
    names: HashSet<String>,
}

impl Users {
    /// Reads `etc/passwd` and `etc/group` below `root`; without them nothing is known.
    pub(crate) fn read(disk: &Disk, root: &Path) -> Self {
        let text = |name: &str| {
            let bytes = disk.read(&root.join(name)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let local = is_local(&text("etc/nsswitch.conf"));
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
            users
                .names
                .extend(fields.first().filter(|_| local && fields.len() > 3).map(|&name| name.to_owned()));
            if let [name, _, _, group, ..] = fields[..]
                && let Some(group) = names_by_id.get(group)
            {
                users.groups.entry(group.clone()).or_default().insert(name.to_owned());
            }
        }
        users
    }

    /// The names of all users; none where they are not known.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether there is certainly no user of this name.
    pub fn lacks(&self, name: &str) -> bool {
        !self.names.is_empty() && !self.names.contains(name)
    }

    /// The names of all groups; none where they are not known.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str).filter(|_| !self.names.is_empty())
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

/// Whether all users are in `etc/passwd`, by what `etc/nsswitch.conf` says: no directory service has others.
fn is_local(nsswitch: &str) -> bool {
    let lists = nsswitch.lines().filter_map(|line| line.split_once(':'));
    let mut lists = lists.filter(|(name, _)| matches!(name.trim(), "passwd" | "group"));
    lists.all(|(_, from)| from.split_whitespace().all(|one| matches!(one, "files" | "compat" | "systemd")))
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn a_directory_service_has_more_users() {
        assert!(is_local(""));
        assert!(is_local("passwd:         files systemd\ngroup: compat\nhosts: files dns\n"));
        assert!(!is_local("passwd: files sss\ngroup: files\n"));
    }
}
