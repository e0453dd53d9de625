//! The items that an earlier run has not answered.

use std::io::BufRead;

use super::BatchError;
use super::input::{Item, Items};
use super::journal::Done;

/// The items of an input that are not done. Ends with the first error.
pub struct Remaining<R> {
    items: Items<R>,
    done: Done,
    has_ended: bool,
}

impl<R: BufRead> Remaining<R> {
    /// The part of `items` that is not `done`.
    pub fn of(items: Items<R>, done: Done) -> Self {
        Self {
            items,
            done,
            has_ended: false,
        }
    }

    fn find(&mut self) -> Result<Option<Item>, BatchError> {
        for item in &mut self.items {
            let item = item.map_err(BatchError::Input)?;
            if !self.done.has(&item)? {
                return Ok(Some(item));
            }
        }
        self.done.end()?;
        Ok(None)
    }
}

impl<R: BufRead> Iterator for Remaining<R> {
    type Item = Result<Item, BatchError>;

    fn next(&mut self) -> Option<Result<Item, BatchError>> {
        if self.has_ended {
            return None;
        }
        let found = self.find().transpose();
        self.has_ended = !matches!(found, Some(Ok(_)));
        found
    }
}
