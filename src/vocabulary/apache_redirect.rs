//! The first word of `Redirect`.

/// The status a word of `Redirect` stands for: a number as far as it goes, or one of four words.
pub fn redirect_status(text: &str) -> Option<u32> {
    match text.to_ascii_lowercase().as_str() {
        "permanent" => Some(301),
        "temp" => Some(302),
        "seeother" => Some(303),
        "gone" => Some(410),
        word => {
            let digits = word.bytes().take_while(u8::is_ascii_digit).count();
            word[..digits].parse().ok()
        }
    }
}
