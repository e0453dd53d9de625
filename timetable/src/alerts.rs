//! What the page's alert boxes mean.

use super::RefusedClass;

/// The meaning of an alert box, by its wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alert {
    /// There is no timetable of that identifier; the address becomes `/` next.
    NoSuchTimetable,
    /// The page refused to draw a class.
    Refused(RefusedClass),
    /// An unknown wording.
    Unknown,
}

impl Alert {
    /// Reads an alert's text.
    pub fn from_text(text: &str) -> Self {
        let text = text.trim();
        // First: the class name before the page's words may be any text.
        if let Some(name) = name_of_overlapping_class(text) {
            return Self::Refused(RefusedClass {
                name: Some(name.to_owned()),
            });
        }
        if text.starts_with("존재하지 않는 시간표입니다") {
            return Self::NoSuchTimetable;
        }
        // These two do not name the class.
        let nameless = [
            "이미 추가한 수업입니다",
            "30개 이상 수업을 추가할 수 없습니다",
        ];
        if nameless.iter().any(|words| text.starts_with(words)) {
            return Self::Refused(RefusedClass { name: None });
        }
        Self::Unknown
    }
}

/// `<name> 수업과 같은 시간에 이미 수업이 있습니다`
fn name_of_overlapping_class(text: &str) -> Option<&str> {
    let text = text.strip_suffix('.').unwrap_or(text);
    text.strip_suffix("수업과 같은 시간에 이미 수업이 있습니다")
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: Option<&str>) -> Alert {
        Alert::Refused(RefusedClass {
            name: name.map(str::to_owned),
        })
    }

    #[test]
    fn each_wording_of_the_page_has_its_meaning() {
        assert_eq!(
            Alert::from_text("존재하지 않는 시간표입니다."),
            Alert::NoSuchTimetable
        );
        assert_eq!(
            Alert::from_text("자료 <b>구조</b> 🧮 수업과 같은 시간에 이미 수업이 있습니다"),
            refused(Some("자료 <b>구조</b> 🧮"))
        );
        assert_eq!(Alert::from_text("이미 추가한 수업입니다."), refused(None));
        assert_eq!(
            Alert::from_text("30개 이상 수업을 추가할 수 없습니다."),
            refused(None)
        );
        assert_eq!(Alert::from_text("로그인이 필요합니다."), Alert::Unknown);
    }

    #[test]
    fn a_refused_class_may_have_the_text_of_another_alert_as_its_name() {
        for name in [
            "존재하지 않는 시간표입니다.",
            "이미 추가한 수업입니다.",
            "30개 이상 수업을 추가할 수 없습니다.",
        ] {
            let text = format!("{name} 수업과 같은 시간에 이미 수업이 있습니다");
            assert_eq!(Alert::from_text(&text), refused(Some(name)));
        }
    }
}
