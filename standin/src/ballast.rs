//! Text without effect that a browser must load and parse. It makes the files of the stand-in as large as
//! those of the real site, so that a measured page costs as much as a real one.

use std::fmt::Write;

const LABEL: &str = "\n/* Ballast: the weight of the real site's file, without effect. */\n";

/// A style sheet of at least `length` bytes: `own` and rules that match no element.
pub(super) fn style(own: &str, length: usize) -> String {
    padded(own, length, |text, n| {
        let (side, color) = (n % 23, n * 9973 % 0x0100_0000);
        writeln!(
            text,
            ".ballast-{n} .piece-{side}, .ballast-{n}:hover > a {{ margin: {side}px 0 {side}px; color: #{color:06x}; }}"
        )
    })
}

/// A script of at least `length` bytes: `own` and functions that are never called.
pub(super) fn script(own: &str, length: usize) -> String {
    padded(own, length, |text, n| {
        let modulus = n % 17 + 2;
        writeln!(
            text,
            "var ballast = ballast || {{}};\n\
             ballast.select{n} = function (items, options) {{\n  \
               var chosen = [], total = {n};\n  \
               for (var index = 0; index < items.length; index += 1) {{\n    \
                 var weight = items[index].weight % {modulus};\n    \
                 if (weight === 0) {{ chosen.push(items[index]); }} else {{ total += weight * options.factor; }}\n  \
               }}\n  \
               return options.sum ? total : chosen;\n\
             }};"
        )
    })
}

fn padded(
    own: &str,
    length: usize,
    piece: impl Fn(&mut String, usize) -> std::fmt::Result,
) -> String {
    let mut text = own.to_owned() + LABEL;
    let mut number = 0;
    // Writing to a `String` cannot fail.
    while text.len() < length && piece(&mut text, number).is_ok() {
        number += 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ballast_follows_the_text_up_to_the_requested_length() {
        for text in [style("p {}", 2000), script("f();", 2000)] {
            assert!((2000..2600).contains(&text.len()), "{}", text.len());
            assert_eq!(text.lines().nth(1), LABEL.lines().nth(1));
        }
    }

    #[test]
    fn a_text_that_is_long_enough_gets_only_a_label() {
        assert_eq!(style("p {}", 0), format!("p {{}}{LABEL}"));
    }
}
