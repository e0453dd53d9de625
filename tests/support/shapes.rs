//! The list of texts that people paste, each with what it is: `tests/links/shapes.json`.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Shape {
    pub name: String,
    pub text: String,
    /// The identifier, or `not_a_link`, `own_address`, `several`.
    pub is: String,
}

impl Shape {
    pub fn is_refused(&self) -> bool {
        ["not_a_link", "own_address", "several"].contains(&self.is.as_str())
    }
}

pub fn shapes() -> Vec<Shape> {
    serde_json::from_str(include_str!("../links/shapes.json")).unwrap()
}
