//! x
use super::Item;
/// Whether it is one
pub fn recognises(text: &str) -> bool {
    text.contains("<html")
}
/// Reads
pub fn read(bytes: &[u8], emit: &mut dyn FnMut(Item)) {
    let _ = (bytes, emit);
}
