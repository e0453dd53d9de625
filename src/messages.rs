//! Messages for people, in Korean and in English: what happened and what to do about it.

use std::borrow::Cow;

use crate::fault::{BadRequest, Fault, Parameter};
use crate::source::{CircuitOpen, SourceError};
use timetable::NotAvailable;
use timetable::share_link::InvalidLink;

/// A language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// The default.
    Korean,
    /// For callers that ask for it.
    English,
}

/// Placeholder for the name of a parameter.
const NAME: &str = "{name}";

/// One sentence or two for `fault`.
pub fn message(fault: &Fault, language: Language) -> Cow<'static, str> {
    let (korean, english) = both(fault);
    let words = match language {
        Language::Korean => korean,
        Language::English => english,
    };
    match fault.parameter() {
        Some(name) if words.contains(NAME) => words.replace(NAME, name).into(),
        _ => words.into(),
    }
}

/// The sentences in both languages, with [`NAME`] where the fault's parameter is named.
fn both(fault: &Fault) -> (&'static str, &'static str) {
    match fault {
        Fault::MissingLink(None) => (
            "에브리타임 시간표 링크가 없습니다. 공유 링크를 보내 주세요.",
            "No timetable link was given. Send the share link.",
        ),
        Fault::MissingLink(Some(Parameter::Identifier)) => (
            "에브리타임 시간표 링크가 없습니다. 주소 끝에 공유 링크의 @ 뒤 20자를 넣어 주세요.",
            "No timetable link was given. End the address with the 20 letters or digits after the @ of the share link.",
        ),
        Fault::MissingLink(Some(_)) => (
            "에브리타임 시간표 링크가 없습니다. {name}에 공유 링크를 넣어 주세요.",
            "No timetable link was given. Put the share link into `{name}`.",
        ),
        Fault::InvalidLink(why) => invalid_link(*why),
        Fault::BadRequest(why) => bad_request(why),
        Fault::Source(error) => no_timetable(error),
        Fault::Unauthorized => (
            "API 키가 없거나 올바르지 않습니다. X-API-Key 헤더를 확인해 주세요.",
            "The API key is missing or wrong. Check the X-API-Key header.",
        ),
        Fault::RateLimited { .. } => (
            "요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.",
            "Too many requests. Try again when Retry-After has passed.",
        ),
        Fault::WrongKeys { .. } => (
            "이 주소에서 잘못된 API 키를 너무 많이 보냈습니다. 키를 확인하고 잠시 후 다시 시도해 주세요.",
            "Too many wrong API keys came from this address. Check the key, and try again when Retry-After has passed.",
        ),
    }
}

fn no_timetable(error: &SourceError) -> (&'static str, &'static str) {
    match error {
        SourceError::NotAvailable(why) => not_available(why),
        SourceError::CircuitOpen(CircuitOpen {
            last: NotAvailable::Blocked { .. },
            ..
        }) => (
            "에브리타임이 요청을 계속 거부하여 요청을 잠시 멈추었습니다. 잠시 후 다시 시도해 주세요.",
            "Everytime keeps refusing requests and is left alone for a while. Try again when Retry-After has passed.",
        ),
        SourceError::CircuitOpen(_) => (
            "에브리타임에 계속 연결할 수 없어 요청을 잠시 멈추었습니다. 잠시 후 다시 시도해 주세요.",
            "Everytime keeps failing and is left alone for a while. Try again when Retry-After has passed.",
        ),
        SourceError::TooSlow { .. } => TOO_SLOW,
        SourceError::Busy { .. } => (
            "지금 요청이 많습니다. 잠시 후 다시 시도해 주세요.",
            "The service is busy. Try again in a moment.",
        ),
        SourceError::Draining => (
            "서비스를 다시 시작하고 있습니다. 잠시 후 다시 시도해 주세요.",
            "The service is restarting. Try again in a moment.",
        ),
        SourceError::BrowserUnavailable { .. } => (
            "시간표를 읽을 브라우저를 사용할 수 없습니다. 잠시 후 다시 시도해 주세요.",
            "No browser is available to read the timetable. Try again in a moment.",
        ),
        SourceError::Abandoned | SourceError::Internal { .. } => (
            "서비스 내부 오류입니다. 관리자에게 알려 주세요.",
            "The service failed. Tell its operator.",
        ),
    }
}

const TOO_SLOW: (&str, &str) = (
    "에브리타임의 응답이 너무 늦습니다. 잠시 후 다시 시도해 주세요.",
    "Everytime took too long to answer. Try again later.",
);

fn not_available(why: &NotAvailable) -> (&'static str, &'static str) {
    match why {
        NotAvailable::NotFound => (
            "존재하지 않는 시간표입니다. 링크를 다시 복사해 주세요.",
            "There is no such timetable. Copy the link again.",
        ),
        NotAvailable::NotPublic => (
            "공개되지 않은 시간표입니다. 에브리타임에서 시간표 공개 범위를 '전체 공개'로 바꿔 주세요.",
            "The timetable is not public. Set its visibility to public in Everytime.",
        ),
        NotAvailable::NoTimetable => (
            "해당 학기에 등록된 시간표가 없습니다.",
            "There is no timetable for that term.",
        ),
        NotAvailable::LayoutChanged(_) => (
            "에브리타임 페이지의 구조가 달라져 시간표를 정확히 읽을 수 없습니다. 관리자에게 알려 주세요.",
            "Everytime's page has changed and cannot be read for certain. Tell the operator of this service.",
        ),
        NotAvailable::Blocked { .. } => (
            "에브리타임이 요청을 거부했습니다. 잠시 후 다시 시도해 주세요.",
            "Everytime refused the request. Try again later.",
        ),
        NotAvailable::SiteUnavailable { .. } => (
            "에브리타임에 연결할 수 없습니다. 잠시 후 다시 시도해 주세요.",
            "Everytime cannot be reached. Try again later.",
        ),
        NotAvailable::TooSlow => TOO_SLOW,
    }
}

fn invalid_link(why: InvalidLink) -> (&'static str, &'static str) {
    match why {
        InvalidLink::Missing | InvalidLink::NotATimetable => (
            "올바른 에브리타임 시간표 링크가 아닙니다. https://everytime.kr/@로 시작하는 공유 링크를 넣어 주세요.",
            "This is not a timetable link. Use the share link that begins with https://everytime.kr/@.",
        ),
        InvalidLink::OwnAddress => (
            "내 시간표 화면의 주소라서 본인만 열 수 있습니다. 에브리타임 앱에서 시간표 → 설정(톱니바퀴)을 열고, '공개 범위 변경'에서 전체 공개로 바꾼 다음 'URL 공유'로 복사한 링크를 넣어 주세요.",
            "This is the address of your own timetable page, which only you can open. In the Everytime app open the timetable (시간표) and its settings (설정, the gear), make the timetable public (공개 범위 변경), copy its link (URL 공유), and send that link.",
        ),
        InvalidLink::TooLong => (
            "링크로 보기에는 너무 긴 글입니다. 공유 링크만 넣어 주세요.",
            "This is too long to be a link. Send just the share link.",
        ),
        InvalidLink::Ambiguous => (
            "서로 다른 시간표 링크가 여러 개 있습니다. 하나씩 보내 주세요.",
            "These are links to different timetables. Send one at a time.",
        ),
    }
}

fn bad_request(why: &BadRequest) -> (&'static str, &'static str) {
    match why {
        BadRequest::Method => (
            "지원하지 않는 메서드입니다. GET 또는 POST로 보내 주세요.",
            "That method is not supported. Use GET or POST.",
        ),
        BadRequest::Path => (
            "없는 주소입니다. GET /schedule?url=<링크>를 사용해 주세요.",
            "There is nothing here. Use GET /schedule?url=<link>.",
        ),
        BadRequest::ContentType => (
            "지원하지 않는 Content-Type입니다. JSON이나 폼의 url, 또는 text/plain으로 링크를 보내 주세요.",
            "That content type is not supported. Send the link as `url` in JSON or a form, or as text/plain.",
        ),
        BadRequest::Body => (
            "본문을 읽을 수 없습니다. {\"url\": \"<링크>\"} 형식의 JSON이나 UTF-8 글로 보내 주세요.",
            "The body cannot be read. Send JSON like {\"url\": \"<link>\"} or UTF-8 text.",
        ),
        BadRequest::TooLarge => (
            "본문이 너무 큽니다. 공유 링크만 보내 주세요.",
            "The body is too large. Send just the share link.",
        ),
        BadRequest::TooSlow => (
            "본문이 제시간에 도착하지 않았습니다. 다시 보내 주세요.",
            "The body did not arrive in time. Send it again.",
        ),
        BadRequest::Host => (
            "이 서비스가 모르는 이름(Host)으로 보낸 요청입니다. http://127.0.0.1이나 http://localhost로 보내거나, 운영자가 GONGGANG_ALLOWED_HOSTS에 그 이름을 넣어야 합니다.",
            "The request was sent to a name (Host) that is not one of this service's. Use http://127.0.0.1 or http://localhost, or have the operator add the name to GONGGANG_ALLOWED_HOSTS.",
        ),
        BadRequest::Headers => (
            "요청 헤더가 너무 많거나 너무 깁니다. 필요한 헤더만 보내 주세요.",
            "There are too many headers, or they are too long. Send only those that are needed.",
        ),
        BadRequest::NotJson => (
            "지원하지 않는 Content-Type입니다. Content-Type: application/json과 함께 {\"links\": [\"<링크>\", …]} 형식의 JSON을 보내 주세요.",
            "That content type is not supported. Send JSON like {\"links\": [\"<link>\", …]} with Content-Type: application/json.",
        ),
        BadRequest::NotAnObject => (
            "본문을 읽을 수 없습니다. {\"links\": [\"<링크>\", …]} 형식의 JSON을 보내 주세요.",
            "The body cannot be read. Send JSON like {\"links\": [\"<link>\", …]}.",
        ),
        BadRequest::Repeated(_) => (
            "{name} 값이 두 번 있습니다. 한 번만 보내 주세요.",
            "`{name}` is given twice. Give it once.",
        ),
        BadRequest::Unknown(_) => (
            "{name}은(는) 없는 항목입니다. links, granularity, days, between, at_least_minutes만 보낼 수 있습니다.",
            "`{name}` is not known here. Members are `links`, `granularity`, `days`, `between` and `at_least_minutes`.",
        ),
        BadRequest::Parameter(parameter) => bad_parameter(*parameter),
    }
}

fn bad_parameter(parameter: Parameter) -> (&'static str, &'static str) {
    match parameter {
        Parameter::Url | Parameter::Link | Parameter::Identifier => (
            "{name}에 공유 링크 하나를 글로 넣어 주세요.",
            "`{name}` takes one share link as text.",
        ),
        Parameter::Granularity => (
            "granularity는 5, 10, 15, 30, 60 중 하나여야 합니다.",
            "`granularity` takes one of 5, 10, 15, 30 and 60 minutes.",
        ),
        Parameter::Rounding => (
            "rounding은 cover나 onetime이어야 합니다.",
            "`rounding` takes cover or onetime.",
        ),
        Parameter::From => (
            "from에 학기의 첫날을 2026-09-01처럼 적어 주세요(1989–9998년).",
            "`from` takes the term's first day, written like 2026-09-01, in the years 1989 to 9998.",
        ),
        Parameter::Until => (
            "until에 학기의 마지막 날을 2026-12-18처럼 적어 주세요. from보다 앞설 수 없습니다(1989–9998년).",
            "`until` takes the term's last day, written like 2026-12-18, not before `from`, in the years 1989 to 9998.",
        ),
        Parameter::Detail => (
            "detail은 full이나 busy여야 합니다.",
            "`detail` takes full or busy.",
        ),
        Parameter::Links => (
            "links에 시간표 링크를 2개에서 50개까지 배열로 넣어 주세요.",
            "`links` takes an array of 2 to 50 timetable links.",
        ),
        Parameter::Days => (
            "days는 mon부터 sun까지의 요일을 하나 이상 담은 배열이어야 합니다.",
            "`days` takes an array of at least one of mon to sun.",
        ),
        Parameter::Between => (
            "between은 [\"09:00\", \"22:00\"]처럼 5분 단위의 시작과 그보다 늦은 끝이어야 합니다. 하루의 끝은 24:00입니다.",
            "`between` takes a start and a later end in steps of 5 minutes, like [\"09:00\", \"22:00\"]. The day ends at 24:00.",
        ),
        Parameter::AtLeastMinutes => (
            "at_least_minutes는 0부터 1440까지의 정수여야 합니다.",
            "`at_least_minutes` takes a whole number from 0 to 1440.",
        ),
    }
}
