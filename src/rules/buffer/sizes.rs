//! The sizes of the buffers nginx reads responses into, put in step.

use crate::stack::nginx::Buffers;
use crate::value::nginx_size_text;

/// Values for the five settings; `None` where the default, which always fits, shall stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) header: u64,
    pub(super) buffers: Buffers,
    /// Whether `buffers` is written somewhere: then its count grows, else both.
    pub(super) buffers_set: bool,
    pub(super) busy: Option<u64>,
    pub(super) write: Option<u64>,
    pub(super) max_temp: Option<u64>,
}

impl Sizes {
    /// The value of one of the settings as it is written.
    pub(super) fn text(&self, suffix: &str) -> Option<String> {
        match suffix {
            "buffer_size" => Some(nginx_size_text(self.header)),
            "buffers" => Some(format!("{} {}", self.buffers.count, nginx_size_text(self.buffers.size))),
            "busy_buffers_size" => self.busy.map(nginx_size_text),
            "temp_file_write_size" => self.write.map(nginx_size_text),
            _ => self.max_temp.map(nginx_size_text),
        }
    }

    /// The nearest sizes nginx takes: nothing becomes smaller, and only what has to grow does.
    pub(super) fn fit(mut self) -> Self {
        self.buffers.count = self.buffers.count.max(2);
        loop {
            let largest = self.header.max(self.buffers.size);
            let raise = |value: Option<u64>| value.map(|value| value.max(largest));
            self.busy = raise(self.busy);
            self.write = raise(self.write);
            self.max_temp = self.max_temp.map(|value| if value == 0 { 0 } else { value.max(largest) });
            let busy = self.busy.unwrap_or_else(|| largest.saturating_mul(2));
            if busy <= room(self.buffers) {
                return self;
            }
            if self.buffers_set {
                self.buffers.count = busy.div_ceil(self.buffers.size).saturating_add(1);
                return self;
            }
            self.buffers.size = self.buffers.size.saturating_mul(2);
        }
    }
}

/// What all buffers but one hold: no more than that may be busy.
pub(super) fn room(buffers: Buffers) -> u64 {
    buffers.count.saturating_sub(1).saturating_mul(buffers.size)
}

#[cfg(test)]
mod tests {
    use super::super::ladder::DEFAULT;
    use super::*;

    const K: u64 = 1024;

    fn sizes(header: u64, count: u64, size: u64) -> Sizes {
        let buffers = Buffers { count, size: size * K };
        Sizes { header: header * K, buffers, buffers_set: true, busy: None, write: None, max_temp: None }
    }

    /// What `ngx_http_upstream` demands, spelled out once more.
    fn nginx_takes(sizes: Sizes) -> bool {
        let largest = sizes.header.max(sizes.buffers.size);
        let busy = sizes.busy.unwrap_or(2 * largest);
        sizes.buffers.count >= 2
            && busy >= largest
            && busy <= (sizes.buffers.count - 1) * sizes.buffers.size
            && sizes.write.is_none_or(|write| write >= largest)
            && sizes.max_temp.is_none_or(|most| most == 0 || most >= largest)
    }

    #[test]
    fn what_fits_stays() {
        let fitting = Sizes { busy: Some(32 * K), max_temp: Some(0), ..sizes(16, 8, 16) };
        assert_eq!(fitting.fit(), fitting);
    }

    #[test]
    fn the_count_grows_where_it_is_written() {
        assert_eq!(sizes(128, 4, 16).fit().buffers, Buffers { count: 17, size: 16 * K });
        assert_eq!(sizes(4, 1, 64).fit().buffers, Buffers { count: 3, size: 64 * K });
    }

    #[test]
    fn default_buffers_become_larger() {
        let alone = Sizes { buffers: DEFAULT, buffers_set: false, ..sizes(16, 8, 4) };
        assert_eq!(alone.fit().buffers, Buffers { count: 8, size: 8 * K });
    }

    #[test]
    fn everything_fits_afterwards() {
        let values = [None, Some(0), Some(1), Some(3 * K), Some(100 * K)];
        let written = [(1, 1, 1), (64, 2, 3), (5, 300, 1), (4, 8, 4)]
            .map(|(header, count, size)| sizes(header, count, size));
        let default =
            [1, 4, 64].map(|header| Sizes { buffers: DEFAULT, buffers_set: false, ..sizes(header, 8, 4) });
        for start in written.into_iter().chain(default) {
            for (busy, other) in
                values.iter().flat_map(|busy| values.iter().map(move |other| (*busy, *other)))
            {
                let before = Sizes { busy, write: other, max_temp: other, ..start };
                let after = before.fit();
                assert!(nginx_takes(after), "{before:?} became {after:?}");
                assert_eq!(after.fit(), after);
            }
        }
    }
}
