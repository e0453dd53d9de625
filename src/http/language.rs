//! The language of a caller: Korean, unless `Accept-Language` prefers English.

use axum::http::header::{ACCEPT_LANGUAGE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::messages::Language;

const LANGUAGE: HeaderValue = HeaderValue::from_static("accept-language");

/// Says that the answer depends on the language.
pub(super) fn vary(mut response: Response) -> Response {
    response.headers_mut().append(VARY, LANGUAGE);
    response
}

/// The language with the highest weight; the first of equals.
pub(super) fn preferred(headers: &HeaderMap) -> Language {
    let header = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let mut best = (Language::Korean, 0.0);
    for (language, weight) in header.unwrap_or_default().split(',').filter_map(weighed) {
        if weight > best.1 {
            best = (language, weight);
        }
    }
    best.0
}

/// `en-GB;q=0.8`: English, 0.8.
fn weighed(entry: &str) -> Option<(Language, f32)> {
    let (tag, parameter) = entry.split_once(';').unwrap_or((entry, "q=1"));
    let language = match tag.trim().split('-').next()?.to_ascii_lowercase().as_str() {
        "ko" => Language::Korean,
        "en" => Language::English,
        _ => return None,
    };
    Some((
        language,
        parameter.trim().strip_prefix("q=")?.trim().parse().ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(header: &str) -> Language {
        preferred(&HeaderMap::from_iter([(
            ACCEPT_LANGUAGE,
            header.parse().unwrap(),
        )]))
    }

    #[test]
    fn the_answer_is_english_only_if_english_is_preferred() {
        assert_eq!(preferred(&HeaderMap::new()), Language::Korean);
        for header in [
            "ko",
            "ko-KR,ko;q=0.9,en;q=0.8",
            "fr",
            "",
            "en;q=0",
            "*",
            "en;q=x",
            ";;,",
        ] {
            assert_eq!(language(header), Language::Korean, "{header}");
        }
        for header in [
            "en",
            "EN-us",
            "en-GB,en;q=0.9",
            "fr, en;q=0.5",
            "ko;q=0.1, en;q=0.2",
        ] {
            assert_eq!(language(header), Language::English, "{header}");
        }
    }
}
