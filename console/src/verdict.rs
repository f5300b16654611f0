//! What a check of the books found, said in one way wherever it is said.

use serde_json::Value;

/// At how many places the books are broken, as far as the check tells places; `None` when everything holds.
pub fn broken(found: &Value) -> Option<usize> {
    let breaks = found.get("breaks").and_then(Value::as_array).map_or(0, Vec::len);
    (breaks > 0 || found.get("ok") == Some(&Value::Bool(false))).then_some(breaks)
}

/// What it found, in words.
pub fn verdict(found: &Value) -> String {
    match broken(found) {
        None => "everything holds".to_owned(),
        Some(0) => "BROKEN".to_owned(),
        Some(1) => "BROKEN in 1 place".to_owned(),
        Some(places) => format!("BROKEN in {places} places"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn books_are_broken_when_the_check_says_so_or_names_a_place() {
        for (found, places, said) in [
            (json!({"ok": true, "breaks": []}), None, "everything holds"),
            (json!({}), None, "everything holds"),
            (json!({"ok": false}), Some(0), "BROKEN"),
            (json!({"ok": false, "breaks": [{}]}), Some(1), "BROKEN in 1 place"),
            (json!({"breaks": [{"check": "INV-7"}, {}]}), Some(2), "BROKEN in 2 places"),
            (json!({"ok": true, "breaks": [{}, {}]}), Some(2), "BROKEN in 2 places"),
        ] {
            assert_eq!((broken(&found), verdict(&found).as_str()), (places, said), "{found}");
        }
    }
}
