//! Reads what tells of services that are not gateways, and the configurations these name.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::Loader;
use crate::discover::Told;
use crate::source::FileId;
use crate::tree::Dialect;
use crate::vfs::{Kind, clean};

impl Loader<'_> {
    /// Loads the units, compose files and configurations of application servers in sight.
    pub(super) fn load_services(&mut self) {
        self.take_services(&self.plan.services.clone());
        let named: Vec<_> = self.workspace.services.iter().flat_map(|&(id, _)| self.named_by(id)).collect();
        self.take_services(&named);
    }

    fn take_services(&mut self, found: &[(PathBuf, Told)]) {
        let paths: Vec<PathBuf> = found.iter().map(|(path, _)| path.clone()).collect();
        let ids = self.load(&paths, Dialect::Service);
        let mut seen: HashSet<FileId> = self.workspace.services.iter().map(|&(id, _)| id).collect();
        for (id, (_, told)) in ids.into_iter().zip(found) {
            if let Some(id) = id.filter(|&id| seen.insert(id)) {
                self.workspace.services.push((id, *told));
            }
        }
    }

    /// The configurations a service names on its command line, and the one gunicorn looks for in its
    /// working directory.
    fn named_by(&self, id: FileId) -> Vec<(PathBuf, Told)> {
        let file = self.workspace.file(id);
        let text = &file.tree.text;
        let home = text.lines().find_map(|line| line.trim().strip_prefix("WorkingDirectory="));
        let home = match home.map(|home| Path::new(home.trim().trim_start_matches('-'))) {
            Some(home) if home.is_absolute() => self.below_root(home),
            _ => file.path.with_file_name(""),
        };
        let commands = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
        let words = commands.flat_map(|line| line.split(|c: char| c.is_whitespace() || "=\"'".contains(c)));
        let mut found: Vec<PathBuf> = words
            .map(|word| Path::new(word.trim_start_matches("python:").trim_start_matches("file:")))
            .filter(|path| Told::when_named(path).is_some())
            .map(|path| if path.is_absolute() { self.below_root(path) } else { home.join(path) })
            .collect();
        // `build: ./nginx` of a compose file, or its `context:`.
        let builds = text.lines().filter_map(|line| {
            let line = line.trim();
            line.strip_prefix("build:").or_else(|| line.strip_prefix("context:"))
        });
        if Told::of(&file.path) == Some(Told::Compose) {
            found.extend(
                builds.map(|dir| clean(&home.join(dir.trim().trim_matches(['"', '\'']))).join("Dockerfile")),
            );
        }
        if text.contains("gunicorn") {
            found.push(home.join("gunicorn.conf.py"));
        }
        // What cannot be read is not in sight: nobody asked for it.
        let readable =
            |path: &PathBuf| self.disk.kind(path) == Some(Kind::File) && self.disk.read(path).is_ok();
        found.retain(readable);
        found.into_iter().filter_map(|path| Some((path.clone(), Told::when_named(&path)?))).collect()
    }
}
