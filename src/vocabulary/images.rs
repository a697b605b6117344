//! Public images of containers, and the ports their programs listen on.

use std::sync::LazyLock;

struct Image {
    name: &'static str,
    ports: Vec<u16>,
    has_fpm: bool,
}

/// The ports the program of an image listens on; `None` for an image nobody knows.
pub fn image_ports(name: &str, tag: &str) -> Option<&'static [u16]> {
    static ALL: LazyLock<Vec<Image>> = LazyLock::new(|| {
        let lines = include_str!("../../grammar/images.tsv").lines();
        lines.filter(|line| !line.starts_with('#')).filter_map(read).collect()
    });
    let image = ALL.iter().find(|image| image.name == name)?;
    Some(if image.has_fpm && tag.contains("fpm") { &[9000] } else { &image.ports })
}

fn read(line: &'static str) -> Option<Image> {
    let mut columns = line.split('\t');
    let name = columns.next()?;
    let ports = columns.next()?.split(',').filter_map(|port| port.parse().ok()).collect();
    Some(Image { name, ports, has_fpm: columns.next() == Some("fpm") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_tell_fpm() {
        assert_eq!(image_ports("php", "8.2-fpm-alpine"), Some(&[9000][..]));
        assert_eq!(image_ports("php", "8.2-cli"), Some(&[][..]));
        assert_eq!(image_ports("nextcloud", "28"), Some(&[80][..]));
        assert_eq!(image_ports("acme", "1"), None);
    }
}
