//! Values as people write them in configuration files.

/// `8388608` as `8M`: in the largest unit that leaves nothing over, as nginx and PHP take it.
pub fn bytes_text(bytes: u64) -> String {
    let units = [("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10)];
    let exact = units.iter().find(|(_, size)| bytes != 0 && bytes.is_multiple_of(*size));
    exact.map_or_else(|| bytes.to_string(), |(unit, size)| format!("{}{unit}", bytes / size))
}

/// `131072` as `128k`: as nginx takes every size, and in the case people write it there.
pub fn nginx_size_text(bytes: u64) -> String {
    let units = [("m", 1 << 20), ("k", 1 << 10)];
    let exact = units.iter().find(|(_, size)| bytes != 0 && bytes.is_multiple_of(*size));
    exact.map_or_else(|| bytes.to_string(), |(unit, size)| format!("{}{unit}", bytes / size))
}

/// `300` as `300s`: seconds stay seconds, so that two of them can be compared at a glance.
pub fn seconds_text(seconds: u64) -> String {
    format!("{seconds}s")
}

/// `60000` as `60s`, `1500` as `1500ms`.
pub fn millis_text(millis: u64) -> String {
    if millis.is_multiple_of(1000) { seconds_text(millis / 1000) } else { format!("{millis}ms") }
}
