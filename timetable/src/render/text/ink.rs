//! Colours in a terminal, or none.

/// Fixed colours of the 256, since the first 16 are whatever the viewer's theme makes of them:
/// light ones, for black letters. A class without a colour number, then the ten that the numbers
/// repeat.
const BLOCKS: [u8; 11] = [252, 217, 223, 229, 193, 158, 153, 147, 183, 218, 187];

/// Writes with colours or without.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    colour: bool,
}

impl Ink {
    /// `colour` is whether the terminal is to get any.
    pub(super) fn new(colour: bool) -> Self {
        Self { colour }
    }

    /// A heading.
    pub(super) fn bold(self, text: &str) -> String {
        self.styled("1", text)
    }

    /// Lines and hours.
    pub(super) fn faint(self, text: &str) -> String {
        self.styled("2", text)
    }

    /// Black on the colour that the page numbers `color`.
    pub(super) fn block(self, color: Option<u8>, text: &str) -> String {
        let colors = BLOCKS.len() as u8 - 1;
        let number = color.and_then(|number| number.checked_sub(1));
        let index = number.map_or(0, |number| number % colors + 1);
        self.styled(
            &format!("38;5;16;48;5;{}", BLOCKS[usize::from(index)]),
            text,
        )
    }

    fn styled(self, style: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{style}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
