//! x
use super::Item;
/// Whether it is one
pub fn recognises(text: &str) -> bool {
    text.contains("Abstract")
}
/// Reads
pub fn read(bytes: &[u8], emit: &mut dyn FnMut(Item)) {
    let _ = (bytes, emit);
}
