//! One service of a compose file, as it says.

use std::path::{Path, PathBuf};

use super::yaml::Item;
use crate::source::Span;
use crate::vfs::clean;

/// A service of a compose file.
#[derive(Debug)]
pub struct Container {
    /// Its name, by which the others reach it.
    pub name: String,
    /// Where the name is written.
    pub span: Span,
    /// Its project: index of [`super::Compose::projects`].
    pub project: usize,
    /// The other names it has: `container_name`, `hostname`, aliases.
    pub aliases: Vec<String>,
    /// `image`.
    pub image: Option<String>,
    /// The directory it is built from, and the file that says how.
    pub build: Option<(PathBuf, PathBuf)>,
    /// The networks it is in, and where that is written; without any it is in `default`.
    pub networks: Vec<(String, Span)>,
    /// The list of networks, if there is one.
    pub networks_span: Option<Span>,
    /// `network_mode`: it is in another network than its own.
    pub network_mode: Option<String>,
    /// `ports`.
    pub ports: Vec<Port>,
    /// Whether one of its ports is not known.
    pub ports_open: bool,
    /// `expose`.
    pub expose: Vec<u16>,
    /// Directories and files of the host it sees.
    pub mounts: Vec<Mount>,
    /// Names of other hosts it knows: `links`, `external_links`, `extra_hosts`.
    pub hosts: Vec<String>,
    /// `command` and `entrypoint`.
    pub command: String,
    /// `PORT` among its variables.
    pub port_variable: Option<u16>,
    /// Whether it takes more from elsewhere: `extends`.
    pub open: bool,
}

/// An entry of `ports`.
#[derive(Debug, Clone, Copy)]
pub struct Port {
    /// The port of the host.
    pub published: Option<u16>,
    /// The port in the container.
    pub target: u16,
    /// Where it is written.
    pub span: Span,
}

/// A part of the host's file system, or a named volume, in a container.
#[derive(Debug, Clone)]
pub struct Mount {
    /// On the host, if it is a path there.
    pub source: Option<PathBuf>,
    /// The name of a volume.
    pub volume: Option<String>,
    /// In the container.
    pub target: String,
    /// Where it is written.
    pub span: Span,
}

impl Container {
    /// Reads a service; `dir` is what its paths are relative to.
    pub(super) fn read(project: usize, name: Item<'_>, item: Item<'_>, dir: &Path) -> Option<Self> {
        let text = |key: &str| item.get(key).and_then(Item::text).map(str::to_owned);
        let (mut ports, mut ports_open) = (Vec::new(), false);
        for port in item.get("ports").map(Item::items).unwrap_or_default() {
            match read_port(port) {
                Some(read) => ports.extend(read),
                None => ports_open = true,
            }
        }
        let exposed = item.get("expose").map(Item::items).unwrap_or_default();
        let expose = exposed.iter().filter_map(|port| port.text()?.split('/').next()?.parse().ok()).collect();
        let mut mounts: Vec<Mount> = Vec::new();
        for volume in item.get("volumes").map(Item::items).unwrap_or_default() {
            mounts.extend(read_mount(volume, dir));
        }
        let command =
            ["entrypoint", "command"].map(|key| item.get(key).map(Item::joined).unwrap_or_default());
        let mut container = Self {
            name: name.text()?.to_owned(),
            span: name.span(),
            project,
            aliases: ["container_name", "hostname"].into_iter().filter_map(text).collect(),
            image: text("image"),
            build: item.get("build").and_then(|build| read_build(build, dir)),
            networks: Vec::new(),
            networks_span: item.get("networks").map(Item::span),
            network_mode: text("network_mode").or_else(|| text("net")),
            ports,
            ports_open,
            expose,
            mounts,
            hosts: Vec::new(),
            command: command.join(" "),
            port_variable: item.get("environment").and_then(port_variable),
            open: item.get("extends").is_some(),
        };
        container.read_networks(item);
        container.read_hosts(item);
        Some(container)
    }

    fn read_networks(&mut self, item: Item<'_>) {
        let Some(networks) = item.get("networks") else { return };
        for name in networks.names() {
            let Some(text) = name.text() else { continue };
            self.networks.push((text.to_owned(), name.span()));
            let aliases = networks.get(text).and_then(|network| network.get("aliases"));
            let aliases = aliases.map(Item::items).unwrap_or_default();
            self.aliases.extend(aliases.iter().filter_map(|alias| alias.text()).map(str::to_owned));
        }
    }

    fn read_hosts(&mut self, item: Item<'_>) {
        for key in ["links", "external_links"] {
            for link in item.get(key).map(Item::items).unwrap_or_default() {
                let text = link.text().unwrap_or_default();
                self.hosts.push(text.rsplit(':').next().unwrap_or(text).to_owned());
            }
        }
        for host in item.get("extra_hosts").map(Item::names).unwrap_or_default() {
            let text = host.text().unwrap_or_default();
            self.hosts.push(text.split([':', '=']).next().unwrap_or(text).to_owned());
        }
    }

    /// Whether it is called so, in any case.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }

    /// Whether it has a network of its own.
    pub fn has_own_network(&self) -> bool {
        self.network_mode.as_deref().is_none_or(|mode| mode == "bridge" || mode == "default")
    }

    /// The name of its image without registry and tag: `php` of `docker.io/library/php:8.2-fpm`.
    pub fn image_name(&self) -> &str {
        image_name(self.image.as_deref().unwrap_or_default())
    }
}

/// The last part of an image, without its tag.
pub(super) fn image_name(image: &str) -> &str {
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split([':', '@']).next().unwrap_or(name)
}

/// `80`, `8080:80`, `127.0.0.1:8080:80/tcp`, `8000-8010:8000-8010`, or a mapping; `None` for what is not known.
fn read_port(item: Item<'_>) -> Option<Vec<Port>> {
    let span = item.span();
    let Some(text) = item.text() else {
        let number = |key: &str| item.get(key).and_then(Item::text).map(str::parse);
        let target = number("target")?.ok()?;
        let published = number("published").transpose().ok()?;
        return Some(vec![Port { published, target, span }]);
    };
    if text.ends_with("/udp") {
        return Some(Vec::new());
    }
    let text = text.trim_end_matches("/tcp");
    let (host, target) = text.rsplit_once(':').map_or((None, text), |(host, target)| (Some(host), target));
    let (low, high) = range(target)?;
    let published =
        match host.map(|host| host.rsplit(':').next().unwrap_or(host)).filter(|host| !host.is_empty()) {
            Some(host) => Some(range(host)?),
            None => None,
        };
    let ports = (low..=high).map(|target| {
        let published = published.and_then(|(from, _)| from.checked_add(target - low));
        Port { published, target, span }
    });
    Some(ports.collect())
}

fn range(text: &str) -> Option<(u16, u16)> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let (low, high) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
    (low <= high && high - low < 1000).then_some((low, high))
}

fn read_build(item: Item<'_>, dir: &Path) -> Option<(PathBuf, PathBuf)> {
    let context = item.text().or_else(|| item.get("context")?.text()).unwrap_or(".");
    if context.contains(['$', ':']) {
        return None;
    }
    let context = clean(&dir.join(context));
    let file = item.get("dockerfile").and_then(Item::text).unwrap_or("Dockerfile");
    let file = clean(&context.join(file));
    Some((context, file))
}

/// `./site.conf:/etc/nginx/conf.d/default.conf:ro`, `data:/var/lib`, or a mapping.
fn read_mount(item: Item<'_>, dir: &Path) -> Option<Mount> {
    let span = item.span();
    let (source, target) = match item.text() {
        Some(text) => {
            // `${DIR:-./site}` has colons of its own.
            let behind = text.rfind('}').map_or(0, |at| at + 1);
            let at = behind + text[behind..].find(':')?;
            let rest = &text[at + 1..];
            (text[..at].to_owned(), rest.split(':').next().unwrap_or(rest).to_owned())
        }
        None => (item.get("source")?.text()?.to_owned(), item.get("target")?.text()?.to_owned()),
    };
    let is_path = source.starts_with(['.', '/', '~']);
    let known = !source.contains(['$', '~']);
    Some(Mount {
        source: (is_path && known).then(|| clean(&dir.join(&source))),
        volume: (!is_path && known).then_some(source),
        target: target.trim_end_matches('/').to_owned(),
        span,
    })
}

fn port_variable(item: Item<'_>) -> Option<u16> {
    let listed = item.items();
    let mut listed = listed.iter().filter_map(|word| word.text()?.strip_prefix("PORT="));
    listed.next_back().or_else(|| item.get("PORT")?.text())?.parse().ok()
}
