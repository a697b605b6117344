//! The values in force on one leg.

use crate::load::Workspace;
use crate::stack::apache::{Apache, Worker};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Buffers, Nginx};
use crate::stack::setting::Setting;
use crate::value::{bytes_text, millis_text, seconds_text};

/// Bytes of a page, the unit of nginx's default buffers on x86 and ARM.
const PAGE: u64 = 4096;

/// What nginx waits for, lets in and buffers on a hop.
pub(super) fn of_nginx(files: &Workspace, nginx: &Nginx, hop: &Hop) -> Vec<(String, Setting<String>)> {
    let prefix = hop.protocol.nginx_prefix();
    let mut rows = Vec::new();
    for what in ["connect", "send", "read"] {
        let name = format!("{prefix}_{what}_timeout");
        if let Some(setting) = nginx.time(files, hop.scope, &name, 60_000) {
            rows.push((name, setting.map(millis_text)));
        }
    }
    if let Some(setting) = nginx.size(files, hop.scope, "client_max_body_size", 1 << 20) {
        let text = |bytes| if bytes == 0 { "unlimited".to_owned() } else { bytes_text(bytes) };
        rows.push(("client_max_body_size".to_owned(), setting.map(text)));
    }
    let name = format!("{prefix}_buffer_size");
    if let Some(setting) = nginx.size(files, hop.scope, &name, PAGE) {
        rows.push((name, setting.map(bytes_text)));
    }
    let name = format!("{prefix}_buffers");
    let default = Buffers { count: 8, size: PAGE };
    if let Some(setting) = nginx.buffers(files, hop.scope, &name, default).filter(|_| prefix != "grpc") {
        rows.push((name, setting.map(|buffers| format!("{} x {}", buffers.count, bytes_text(buffers.size)))));
    }
    rows
}

/// What Apache waits for on a hop. `LimitRequestBody` is not among it: it does not hold for
/// requests that are handed on.
pub(super) fn of_apache(
    files: &Workspace,
    apache: &Apache,
    hop: &Hop,
    url: &str,
) -> Vec<(String, Setting<String>)> {
    let worker = apache.worker_for(url, apache.vhost_of(hop.scope)).and_then(Worker::timeout);
    let timeout = match worker {
        Some((seconds, span)) => ("timeout= of the worker".to_owned(), Setting::set(seconds, span, false)),
        None => ("ProxyTimeout".to_owned(), apache.proxy_timeout(files, hop.scope)),
    };
    let seconds = |value: i64| seconds_text(u64::try_from(value).unwrap_or_default());
    let mut rows = vec![(timeout.0, timeout.1.map(seconds))];
    if hop.protocol != Protocol::Fastcgi
        && let Some(setting) = apache.seconds(files, hop.scope, "keepalivetimeout")
    {
        rows.push(("KeepAliveTimeout".to_owned(), setting.map(seconds)));
    }
    rows
}
