//! Docker compose: which service a configuration in sight belongs to, and what the others listen on.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::discover::Told;
use crate::load::{File, Workspace};
use crate::source::{FileId, Span};
use crate::stack::endpoint::Endpoint;
use crate::tree::Dialect;
use crate::vocabulary::image_ports;

mod dockerfile;
mod service;
mod yaml;

pub use dockerfile::Dockerfile;
use service::image_name;
pub use service::{Container, Mount, Port};
use yaml::{Item, Yaml};

/// Index of [`Compose::containers`].
pub type ContainerId = usize;

/// The compose files of one directory.
#[derive(Debug, Default)]
pub struct Project {
    /// The directory.
    pub dir: PathBuf,
    /// Its services.
    pub containers: Vec<ContainerId>,
    /// Names that files beside it know, which are put over it now and then.
    pub more: Vec<String>,
    /// Networks made elsewhere, with services of their own.
    pub external: Vec<String>,
    /// Whether it takes in files that are not read.
    pub open: bool,
}

/// All compose files in sight.
#[derive(Debug, Default)]
pub struct Compose {
    /// The projects.
    pub projects: Vec<Project>,
    /// Their services.
    pub containers: Vec<Container>,
    /// What the images made in house are made of, by service.
    images: HashMap<ContainerId, Dockerfile>,
    /// The one service each configuration belongs to, and its path there.
    homes: HashMap<FileId, (ContainerId, String)>,
}

impl Compose {
    /// Reads what was loaded.
    pub(super) fn build(files: &Workspace) -> Self {
        let mut compose = Self::default();
        let mut found: Vec<&File> = files
            .services
            .iter()
            .filter(|(_, told)| *told == Told::Compose)
            .map(|&(id, _)| files.file(id))
            .collect();
        // The file compose reads by itself comes first, then what it puts over that.
        found.sort_by_key(|file| (file.real.parent().map(Path::to_path_buf), rank(&file.path)));
        for file in found {
            compose.read(file);
        }
        compose.read_images(files);
        for file in files.files.iter().filter(|file| file.dialect != Dialect::Service) {
            let homes: Vec<_> = (0..compose.containers.len())
                .filter_map(|id| Some((id, compose.place_in(id, file)?)))
                .collect();
            if let [home] = homes.as_slice() {
                compose.homes.insert(file.id, home.clone());
            }
        }
        compose
    }

    fn read(&mut self, file: &File) {
        let Some(yaml) = Yaml::read(&file.tree) else { return };
        let dir = file.real.parent().unwrap_or(Path::new("/"));
        let known = self.projects.iter().position(|project| project.dir == dir);
        let index = known.unwrap_or_else(|| {
            self.projects.push(Project { dir: dir.to_path_buf(), ..Project::default() });
            self.projects.len() - 1
        });
        let root = yaml.root();
        let services = root.get("services").map(Item::entries).unwrap_or_default();
        let project = &mut self.projects[index];
        project.open |= root.get("include").is_some();
        for (name, network) in root.get("networks").map(Item::entries).unwrap_or_default() {
            if network.get("external").is_some() || network.get("name").is_some() {
                project.external.extend(name.text().map(str::to_owned));
            }
        }
        let read: Vec<Container> =
            services.into_iter().filter_map(|(name, item)| Container::read(index, name, item, dir)).collect();
        if known.is_some() && rank(&file.path) > OVERRIDE {
            let names =
                read.into_iter().flat_map(|container| container.aliases.into_iter().chain([container.name]));
            project.more.extend(names);
            return;
        }
        for container in read {
            self.add(index, container);
        }
    }

    /// A service of a name that is there already adds to it.
    fn add(&mut self, project: usize, new: Container) {
        let there =
            self.projects[project].containers.iter().find(|&&id| self.containers[id].name == new.name);
        let Some(&id) = there else {
            self.projects[project].containers.push(self.containers.len());
            self.containers.push(new);
            return;
        };
        let old = &mut self.containers[id];
        old.aliases.extend(new.aliases);
        old.networks.extend(new.networks);
        old.ports.extend(new.ports);
        old.expose.extend(new.expose);
        old.mounts.extend(new.mounts);
        old.hosts.extend(new.hosts);
        old.ports_open |= new.ports_open;
        old.image = new.image.or(old.image.take());
        old.build = new.build.or(old.build.take());
        old.network_mode = new.network_mode.or(old.network_mode.take());
        old.open |= new.open;
    }

    fn read_images(&mut self, files: &Workspace) {
        for (id, container) in self.containers.iter().enumerate() {
            let Some((context, path)) = &container.build else { continue };
            let mut found = files.services.iter().filter(|(_, told)| *told == Told::Dockerfile);
            if let Some(&(file, _)) = found.find(|&&(file, _)| files.file(file).real == *path) {
                self.images.insert(id, Dockerfile::read(&files.tree(file).text, context));
            }
        }
    }

    /// The path of a configuration in a service, if that is one its server reads.
    fn place_in(&self, id: ContainerId, file: &File) -> Option<String> {
        let mounted = self.containers[id].mounts.iter().rev().find_map(|mount| {
            let source = mount.source.as_ref()?;
            let rest = file.real.strip_prefix(source).ok()?.to_string_lossy().into_owned();
            Some(if rest.is_empty() { mount.target.clone() } else { format!("{}/{rest}", mount.target) })
        });
        let place = mounted.or_else(|| self.images.get(&id)?.place_of(&file.real))?;
        is_read_there(file.dialect, &place).then_some(place)
    }

    /// The service a configuration belongs to.
    pub fn home(&self, file: FileId) -> Option<ContainerId> {
        self.homes.get(&file).map(|&(id, _)| id)
    }

    /// The path a configuration has in its service.
    pub fn path_at_home(&self, file: FileId) -> Option<&str> {
        self.homes.get(&file).map(|(_, path)| path.as_str())
    }

    /// Whether some service hands a port to the host.
    pub fn publishes(&self, port: u16) -> bool {
        self.containers
            .iter()
            .any(|at| at.ports_open || at.ports.iter().any(|known| known.published == Some(port)))
    }

    /// The image a service is of, made in house or not: its name and its tag.
    pub fn image(&self, id: ContainerId) -> Option<(&str, &str)> {
        let image = match self.images.get(&id) {
            Some(made) => made.from.as_str(),
            None if self.containers[id].build.is_some() => return None,
            None => self.containers[id].image.as_deref()?,
        };
        let tag = image.rsplit('/').next().and_then(|name| name.split_once(':')).map_or("", |(_, tag)| tag);
        (!image_name(image).contains('$')).then(|| (image_name(image), tag))
    }

    /// Whether nothing but a gateway runs in a service, for all that is known.
    pub fn is_gateway_alone(&self, id: ContainerId) -> bool {
        let gateway =
            |name: &str| ["nginx", "openresty", "angie", "httpd"].iter().any(|part| name.contains(part));
        let crowded = self.images.get(&id).is_some_and(|image| image.crowded);
        let php = |name: &str, tag: &str| name.contains("php") || tag.contains("php");
        !crowded && self.image(id).is_some_and(|(name, tag)| gateway(name) && !php(name, tag))
    }

    /// Whether a service is known to listen on a port of its own.
    pub fn listens(&self, id: ContainerId, port: u16) -> bool {
        let container = &self.containers[id];
        let text = port.to_string();
        let mut words = container.command.split(|c: char| !c.is_ascii_digit());
        container.expose.contains(&port)
            || container.ports.iter().any(|known| known.target == port)
            || container.port_variable == Some(port)
            || words.any(|word| word == text)
            || self.images.get(&id).is_some_and(|image| image.exposes.contains(&port))
            || self
                .image(id)
                .and_then(|(name, tag)| image_ports(name, tag))
                .is_some_and(|ports| ports.contains(&port))
    }

    /// The service of the same project that is called so.
    pub fn called(&self, from: ContainerId, name: &str) -> Option<ContainerId> {
        let project = &self.projects[self.containers[from].project];
        project.containers.iter().copied().find(|&id| self.containers[id].is_called(name))
    }

    /// The service a hop of a gateway in a container goes to by its name.
    pub fn answering(&self, file: FileId, endpoint: &Endpoint) -> Option<&Container> {
        let Endpoint::Tcp { host, .. } = endpoint else { return None };
        self.called(self.home(file)?, host).map(|id| &self.containers[id])
    }

    /// The project of a service.
    pub fn project(&self, id: ContainerId) -> &Project {
        &self.projects[self.containers[id].project]
    }

    /// Whether two services are in one network.
    pub fn share_network(&self, one: ContainerId, other: ContainerId) -> bool {
        let networks = |id: ContainerId| -> Vec<&str> {
            let named: Vec<&str> =
                self.containers[id].networks.iter().map(|(name, _)| name.as_str()).collect();
            if named.is_empty() { vec!["default"] } else { named }
        };
        let (mine, theirs) = (networks(one), networks(other));
        mine.iter().any(|name| theirs.contains(name))
    }

    /// Where the name of a service is written.
    pub fn span(&self, id: ContainerId) -> Span {
        self.containers[id].span
    }
}

/// The rank of the file compose puts over the first one by itself.
const OVERRIDE: usize = 5;

/// In which order the files of one directory are read.
fn rank(path: &Path) -> usize {
    const NAMES: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match NAMES.iter().position(|known| *known == name) {
        Some(rank) => rank,
        None if name.contains(".override.") => OVERRIDE,
        None => OVERRIDE + 1,
    }
}

/// Whether a path in a container is one where a server looks for its configuration.
fn is_read_there(dialect: Dialect, path: &str) -> bool {
    let begins = |dirs: &[&str]| dirs.iter().any(|dir| path.starts_with(dir));
    match dialect {
        Dialect::Nginx => {
            let named = ["nginx", "openresty", "angie"].iter().any(|name| path.contains(name));
            named && begins(&["/etc/", "/usr/local/", "/opt/", "/config/"])
        }
        Dialect::Apache => {
            begins(&["/usr/local/apache2/", "/etc/apache2/", "/etc/httpd/", "/opt/bitnami/apache"])
        }
        Dialect::Fpm | Dialect::Php => begins(&["/usr/local/etc/php", "/etc/php", "/opt/bitnami/php"]),
        Dialect::Service => false,
    }
}
